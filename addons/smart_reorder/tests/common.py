from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import TransactionCase

NOW = datetime(2025, 6, 16, 9, 0, 0)  # a Monday


class SmartReorderCase(TransactionCase):
    """A central warehouse that buys, a shop that is supplied from it, one product with a vendor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        frozen = freeze_time(NOW)
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        cls.company = cls.env["res.company"].create({"name": "Reorder Test Company"})
        cls.company.partner_id.tz = "UTC"
        cls.env.user.company_ids = [Command.link(cls.company.id)]
        cls.env = cls.env(
            context=dict(
                cls.env.context, allowed_company_ids=cls.company.ids, tracking_disable=True
            )
        )
        cls.env.user.company_id = cls.company
        cls.env.user.group_ids = [
            Command.link(cls.env.ref("stock.group_stock_multi_warehouses").id),
            Command.link(cls.env.ref("stock.group_stock_multi_locations").id),
            Command.link(cls.env.ref("stock.group_adv_location").id),
        ]
        cls.company.write(
            {
                "smart_reorder_service_level": 95,
                "smart_reorder_review_days": 1,
                "smart_reorder_cycle_days": 7,
                "smart_reorder_history_days": 365,
            }
        )
        cls.company.days_to_purchase = 0
        cls.central = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)])
        cls.central.write({"name": "Central", "code": "CEN"})
        cls.shop = cls.env["stock.warehouse"].create(
            {
                "name": "Shop",
                "code": "SHP",
                "company_id": cls.company.id,
                "resupply_wh_ids": [Command.set(cls.central.ids)],
            }
        )
        cls.resupply_route = cls.shop.resupply_route_ids
        cls.buy_route = cls.central.buy_pull_id.route_id
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.product = cls._create_product("Kettle")
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")

    @classmethod
    def _create_product(cls, name, price=2.0, min_qty=0.0, delay=6, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "standard_price": price,
                "route_ids": [Command.set(cls.buy_route.ids)],
                "seller_ids": [
                    Command.create(
                        {
                            "partner_id": cls.vendor.id,
                            "price": price,
                            "min_qty": min_qty,
                            "delay": delay,
                            "company_id": cls.company.id,
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _create_orderpoint(cls, product=None, warehouse=None, **values):
        warehouse = warehouse or cls.central
        return cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": (product or cls.product).id,
                "warehouse_id": warehouse.id,
                "location_id": warehouse.lot_stock_id.id,
                "company_id": cls.company.id,
                "smart_reorder": True,
                "trigger": "manual",
                **values,
            }
        )

    @classmethod
    def _move(cls, product, quantity, source, destination, days_ago, hour=10, uom=None, **values):
        """A done move at a date in the past."""
        date = NOW.replace(hour=hour) - timedelta(days=days_ago)
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": (uom or product.uom_id).id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": cls.company.id,
                **values,
            }
        )
        move._action_confirm(merge=False)
        move.quantity = quantity
        move.picked = True
        move._action_done()
        move.write({"date": date})
        move.move_line_ids.write({"date": date})
        return move

    @classmethod
    def _deliver(cls, quantity, days_ago, product=None, warehouse=None, **values):
        warehouse = warehouse or cls.central
        return cls._move(
            product or cls.product,
            quantity,
            warehouse.lot_stock_id,
            cls.customers,
            days_ago,
            **values,
        )

    @classmethod
    def _deliver_daily(cls, quantity, days, product=None, warehouse=None):
        """The same quantity on each of the last days: demand without any doubt."""
        warehouse = warehouse or cls.central
        product = product or cls.product
        moves = cls.env["stock.move"]
        for days_ago in range(1, days + 1):
            moves |= cls._deliver(quantity, days_ago, product, warehouse)
        return moves

    @classmethod
    def _set_stock(cls, quantity, product=None, warehouse=None):
        """Bring the stock to a quantity without making demand of it."""
        product, location = product or cls.product, (warehouse or cls.central).lot_stock_id
        current = sum(cls.env["stock.quant"]._gather(product, location).mapped("quantity"))
        cls.env["stock.quant"]._update_available_quantity(product, location, quantity - current)

    def _run(self):
        run = self.env["smart.reorder.run"].create({"company_id": self.company.id})
        self.assertTrue(run._process(commit=False))
        self.env["smart.reorder.proposal"].flush_model()
        return run

    def _proposal(self, orderpoint):
        return self.env["smart.reorder.proposal"].search(
            [("orderpoint_id", "=", orderpoint.id), ("is_current", "=", True)]
        )

    def _today(self):
        return fields.Date.context_today(self.env.user)
