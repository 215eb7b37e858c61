from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase


class AvailabilityCommon(TransactionCase):
    """Warehouses of every kind and helpers that move stock the way users do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.supplier = cls.env.ref("stock.stock_location_suppliers")
        cls.customer = cls.env.ref("stock.stock_location_customers")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.central = cls._create_warehouse("Central", "CEN")
        cls.steps = cls._create_warehouse(
            "Steps", "STP", reception_steps="three_steps", delivery_steps="pick_pack_ship"
        )
        cls.shop = cls._create_warehouse(
            "Shop",
            "SHP",
            reception_steps="two_steps",
            delivery_steps="pick_ship",
            resupply_wh_ids=[(4, cls.central.id)],
        )
        cls.warehouses = cls.central | cls.steps | cls.shop
        cls.product = cls._create_product("Chair")
        cls.availability = cls.env["stock.availability"]

    @classmethod
    def _create_warehouse(cls, name, code, **values):
        return cls.env["stock.warehouse"].create({"name": name, "code": code, **values})

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create({"name": name, "is_storable": True, **values})

    def _get(self, product=None, warehouse=None):
        """Return the figures of one product in one warehouse."""
        product = product or self.product
        warehouse = warehouse or self.central
        return self.availability._get_availability(product, warehouse)[product.id, warehouse.id]

    def assertFigures(self, expected, product=None, warehouse=None):  # noqa: N802
        figures = self._get(product, warehouse)
        self.assertEqual({name: figures[name] for name in expected}, expected)

    @classmethod
    def _day(cls, days):
        """Return the date `days` from today."""
        return fields.Date.today() + timedelta(days=days)

    @classmethod
    def _stock(cls, quantity, product=None, warehouse=None, location=None, owner=None):
        """Put a quantity on hand."""
        cls.env["stock.quant"]._update_available_quantity(
            product or cls.product,
            location or (warehouse or cls.central).lot_stock_id,
            quantity,
            owner_id=owner,
        )

    @classmethod
    def _move(cls, source, target, quantity, days=0, product=None, uom=None, **values):
        """Plan a move at noon, `days` from today."""
        product = product or cls.product
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": (uom or product.uom_id).id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": target.id,
                "date": fields.Datetime.to_datetime(cls._day(days)) + timedelta(hours=12),
                **values,
            }
        )
        move._action_confirm(merge=False)
        return move

    @classmethod
    def _receive(cls, warehouse, quantity, days=0, **values):
        """Plan a receipt the way a purchase order does: into stock, in the warehouse's steps."""
        picking_type = warehouse.in_type_id
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": cls.supplier.id,
                "location_dest_id": picking_type.default_location_dest_id.id,
            }
        )
        return cls._move(
            cls.supplier,
            picking_type.default_location_dest_id,
            quantity,
            days,
            picking_id=picking.id,
            picking_type_id=picking_type.id,
            warehouse_id=warehouse.id,
            location_final_id=warehouse.lot_stock_id.id,
            **values,
        )

    @classmethod
    def _procure(cls, warehouse, location, quantity, days=0, product=None, uom=None, route=None):
        """Run a procurement of its own order and return the moves that it created."""
        product = product or cls.product
        before = cls.env["stock.move"].search([("product_id", "=", product.id)])
        values = {
            "warehouse_id": warehouse,
            "company_id": warehouse.company_id,
            "reference_ids": cls.env["stock.reference"].create({"name": "Order"}),
            "date_planned": fields.Datetime.to_datetime(cls._day(days)) + timedelta(hours=12),
        }
        if route:
            values["route_ids"] = route
        rule = cls.env["stock.rule"]
        rule.run(
            [
                rule.Procurement(
                    product,
                    quantity,
                    uom or product.uom_id,
                    location,
                    "test",
                    "test",
                    warehouse.company_id,
                    values,
                )
            ]
        )
        return cls.env["stock.move"].search([("product_id", "=", product.id)]) - before

    @classmethod
    def _deliver(cls, warehouse, quantity, days=0, **values):
        """Plan a delivery the way a sales order does: in the warehouse's steps."""
        return cls._procure(warehouse, cls.customer, quantity, days, **values)

    @classmethod
    def _resupply(cls, quantity, days=0, **values):
        """Plan a transfer from the central warehouse to the shop, through transit."""
        return cls._procure(
            cls.shop,
            cls.shop.lot_stock_id,
            quantity,
            days,
            route=cls.shop.resupply_route_ids,
            **values,
        )

    @classmethod
    def _do(cls, moves, quantity=None):
        """Process moves, in full or a quantity of each with the rest as backorder."""
        for move in moves:
            move._action_assign()
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        moves._action_done()
        return moves

    @classmethod
    def _backdate(cls, moves, days):
        """Let done moves have happened `days` ago."""
        moves.date = fields.Datetime.now() - timedelta(days=days)
