from odoo import Command
from odoo.tests.common import TransactionCase

# 4 for the first kg, 4 + 1 × kg up to 30; express twice that; the islands cost 10
RATES = """\
service,transit_days,dimensional_divisor,fuel_surcharge,zone,countries,zips,max_weight,base_price,price_per_weight
Standard,2,5000,10,Mainland,GB,,1,4,0
Standard,2,5000,10,Mainland,GB,,30,4,1
Standard,2,5000,10,Islands,GB,ZE; KW15-KW17,30,10,0
Express,1,0,0,Mainland,GB,,30,20,2
"""


class ShippingCase(TransactionCase):
    """A company in Britain with own vans, a lamp of 2 kg and a customer in London."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "skip_sms": True, "tracking_disable": True})
        cls.gbp = cls._activate_currency("GBP")
        cls.company = cls.env["res.company"].create(
            {
                "name": "Acme",
                "currency_id": cls.gbp.id,
                "country_id": cls.env.ref("base.uk").id,
                "street": "1 Dock Road",
                "city": "Bristol",
                "zip": "BS1 1AA",
                "gs1_company_prefix": "9521234",
            }
        )
        cls.env.user.write(
            {"company_ids": [Command.link(cls.company.id)], "company_id": cls.company.id}
        )
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.carrier = cls._create_carrier("Own vans")
        cls.carrier._rate_table_import_csv(RATES)
        cls.standard, cls.express = cls.carrier.rate_table_service_ids
        cls.product = cls._create_product("Lamp", weight=2.0, volume=0.004)
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Jane Doe",
                "street": "10 Downing Street",
                "zip": "SW1A 2AA",
                "city": "London",
                "country_id": cls.env.ref("base.uk").id,
                "phone": "+44 20 7946 0000",
                "email": "jane@example.com",
            }
        )

    @classmethod
    def _activate_currency(cls, name):
        currency = (
            cls.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
        )
        currency.active = True
        return currency

    @classmethod
    def _create_carrier(cls, name, **values):
        product = cls.env["product.product"].create(
            {"name": name, "type": "service", "list_price": 0, "taxes_id": False}
        )
        return cls.env["delivery.carrier"].create(
            {
                "name": name,
                "delivery_type": "rate_table",
                "product_id": product.id,
                "rate_table_currency_id": cls.gbp.id,
                **values,
            }
        )

    @classmethod
    def _create_product(cls, name, stock=100, **values):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": 50,
                "taxes_id": False,
                **values,
            }
        )
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, stock
        )
        return product

    def _create_order(self, quantity=1, product=None, carrier=None, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "carrier_id": (carrier or self.carrier).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.product).id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
                **values,
            }
        )

    def _create_delivery(self, quantity=1, **values):
        """A reserved delivery of a confirmed order."""
        order = self._create_order(quantity, **values)
        order.action_confirm()
        self.assertEqual(order.picking_ids.state, "assigned")
        return order.picking_ids

    def _pack(self, picking, *quantities, package_type=None, weight=None):
        """Put quantities of the picking's first move into a package each."""
        packages = self.env["stock.package"]
        move = picking.move_ids[0]
        for quantity in quantities:
            line = move.move_line_ids.filtered(lambda one: not one.result_package_id)[:1]
            rest = line.quantity - quantity
            line.write({"quantity": quantity})
            if rest > 0:
                line.copy({"quantity": rest, "result_package_id": False})
            package = self.env["stock.package"].create(
                {"package_type_id": package_type.id if package_type else False}
            )
            if weight:
                package.shipping_weight = weight
            line.result_package_id = package
            packages |= package
        return packages

    def _validate(self, picking):
        picking.move_ids.picked = True
        result = picking.with_context(skip_backorder=True).button_validate()
        self.assertIs(result, True)
        self.assertEqual(picking.state, "done")
