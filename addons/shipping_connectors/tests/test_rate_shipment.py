from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestRateShipment(ShippingCase):
    """Quoting an order. Prices are calculated by hand from the table in common.py."""

    def _rate(self, order, **context):
        return self.carrier.with_context(**context).rate_shipment(order)

    def test_the_price_and_its_reason(self):
        # 2 kg (4 litres are 0.8 kg): (4 + 1 × 2) × 1.1 = 6.60
        rate = self._rate(self._create_order(1))
        self.assertTrue(rate["success"])
        self.assertAlmostEqual(rate["price"], 6.60)
        self.assertEqual(
            rate["warning_message"],
            "Standard to Mainland, 2 kg (actual): 4 + 1 × 2 kg, + 10 % fuel. Delivery in 2 days.",
        )

    def test_the_cheapest_unless_chosen_or_preset(self):
        order = self._create_order(1)
        self.assertAlmostEqual(self._rate(order)["price"], 6.60)
        self.carrier.rate_table_service_id = self.express
        # express has no fuel surcharge: 20 + 2 × 2 = 24
        self.assertAlmostEqual(self._rate(order)["price"], 24.0)
        order.rate_service_id = self.standard
        self.assertAlmostEqual(self._rate(order)["price"], 6.60)
        self.assertAlmostEqual(self._rate(order, rate_service_id=self.express.id)["price"], 24.0)

    def test_a_service_of_another_method_is_ignored(self):
        other = self._create_carrier("Other vans")
        foreign = self.env["delivery.rate.service"].create(
            {"name": "Foreign", "carrier_id": other.id}
        )
        order = self._create_order(1, rate_service_id=foreign.id)
        self.assertAlmostEqual(self._rate(order)["price"], 6.60)

    def test_units_of_measure_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_order(1)
        order.order_line.product_uom_id = dozen
        # 12 × 2 kg = 24 kg: (4 + 24) × 1.1 = 30.80
        self.assertAlmostEqual(self._rate(order)["price"], 30.80)

    def test_the_weight_that_the_user_enters(self):
        # (4 + 10) × 1.1 = 15.40
        self.assertAlmostEqual(self._rate(self._create_order(1), order_weight=10)["price"], 15.40)

    def test_volume_of_the_products(self):
        # 50 litres / 5 = 10 kg dimensional: (4 + 10) × 1.1 = 15.40
        pillow = self._create_product("Pillow", weight=1.0, volume=0.05)
        rate = self._rate(self._create_order(1, product=pillow))
        self.assertAlmostEqual(rate["price"], 15.40)
        self.assertIn("10 kg (dimensional)", rate["warning_message"])

    def test_the_usual_box(self):
        self.carrier.shipping_package_type_id = self.env["stock.package.type"].create(
            {
                "name": "Box",
                "packaging_length": 400,
                "width": 300,
                "height": 200,
                "base_weight": 0.5,
                "max_weight": 10,
            }
        )
        # 12 kg in boxes that hold 9.5: 10 kg and 3 kg gross, both over the 4.8 kg or under it:
        # (4 + 10) × 1.1 = 15.40 and, dimensional 24 litres / 5 = 4.8 kg, (4 + 4.8) × 1.1 = 9.68
        rate = self._rate(self._create_order(6))
        self.assertAlmostEqual(rate["price"], 15.40 + 9.68)

    def test_pounds_and_feet(self):
        """The database weighs in pounds, the table in kg."""
        self.env["ir.config_parameter"].sudo().set_param("product.weight_in_lbs", "1")
        # 2 lb = 0.907 kg: the first line, 4 × 1.1 = 4.40
        self.assertAlmostEqual(self._rate(self._create_order(1))["price"], 4.40)
        # 4 lb = 1.814 kg: (4 + 1.814) × 1.1 = 6.3954
        rate = self._rate(self._create_order(2))
        self.assertAlmostEqual(rate["price"], 6.40)

    def test_another_currency_of_the_table(self):
        eur = self._activate_currency("EUR")
        day = fields.Date.today()
        self.env["res.currency.rate"].create(
            {"currency_id": eur.id, "company_id": self.company.id, "name": day, "rate": 1.25}
        )
        self.carrier.rate_table_currency_id = eur
        # 6.60 EUR / 1.25 = 5.28 GBP
        self.assertAlmostEqual(self._rate(self._create_order(1))["price"], 5.28)

    def test_another_currency_of_the_order(self):
        """Odoo writes the price on the order as it is: it has to be in the order's currency."""
        eur = self._activate_currency("EUR")
        self.env["res.currency.rate"].create(
            {
                "currency_id": eur.id,
                "company_id": self.company.id,
                "name": fields.Date.today(),
                "rate": 1.25,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": eur.id, "company_id": self.company.id}
        )
        order = self._create_order(1, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, eur)
        # 6.60 GBP × 1.25 = 8.25 EUR
        self.assertAlmostEqual(self._rate(order)["price"], 8.25)

    def test_margins_and_free_shipping(self):
        self.carrier.write({"margin": 0.5, "fixed_margin": 1})
        order = self._create_order(1)
        self.assertAlmostEqual(self._rate(order)["price"], 6.60 * 1.5 + 1)
        self.carrier.write({"free_over": True, "amount": 50})
        self.assertEqual(self._rate(order)["price"], 0)

    # -- refusals -------------------------------------------------------------------------------

    def _refusal(self, order, **context):
        rate = self._rate(order, **context)
        self.assertFalse(rate["success"])
        self.assertEqual(rate["price"], 0)
        return rate["error_message"]

    def test_no_zone(self):
        self.customer.country_id = self.env.ref("base.fr")
        self.assertIn("no zone for FR SW1A 2AA", self._refusal(self._create_order(1)))

    def test_customers_are_offered_what_has_a_price(self):
        order = self._create_order(1)
        self.assertTrue(self.carrier._is_available_for_order(order))
        self.customer.country_id = self.env.ref("base.fr")
        self.assertFalse(self.carrier._is_available_for_order(order))

    def test_no_country(self):
        self.customer.country_id = False
        self.assertIn("has no country", self._refusal(self._create_order(1)))

    def test_no_weight(self):
        feather = self._create_product("Feather")
        self.assertIn("weight is missing", self._refusal(self._create_order(1, product=feather)))

    def test_some_products_without_weight_are_named(self):
        feather = self._create_product("Feather")
        order = self._create_order(1)
        order.order_line = [Command.create({"product_id": feather.id})]
        self.assertIn("Without a weight: Feather.", self._rate(order)["warning_message"])

    def test_too_heavy(self):
        message = self._refusal(self._create_order(20))
        self.assertIn("40 kg is over the 30 kg that Standard carries to Mainland", message)

    def test_service_that_does_not_go_there(self):
        self.customer.zip = "ZE1 0AA"
        order = self._create_order(1)
        self.assertAlmostEqual(self._rate(order)["price"], 11.0)
        message = self._refusal(order, rate_service_id=self.express.id)
        self.assertIn("Express does not deliver to Islands", message)

    # -- the wizard on the order ----------------------------------------------------------------

    def test_wizard_quotes_at_once_and_remembers_the_service(self):
        order = self._create_order(1, carrier_id=False)
        wizard = Form(self.env["choose.delivery.carrier"].with_context(default_order_id=order.id))
        wizard.carrier_id = self.carrier
        self.assertAlmostEqual(wizard.display_price, 6.60)
        wizard.rate_service_id = self.express
        self.assertAlmostEqual(wizard.display_price, 24.0)
        self.assertIn("Express to Mainland", wizard.delivery_message)
        wizard.save().button_confirm()
        self.assertEqual(order.carrier_id, self.carrier)
        self.assertEqual(order.rate_service_id, self.express)
        delivery_line = order.order_line.filtered("is_delivery")
        self.assertAlmostEqual(delivery_line.price_unit, 24.0)
        order.action_confirm()
        self.assertEqual(order.picking_ids.rate_service_id, self.express)

    def test_wizard_opens_with_what_was_chosen(self):
        order = self._create_order(1, rate_service_id=self.express.id)
        wizard = Form(
            self.env["choose.delivery.carrier"].with_context(
                default_order_id=order.id, default_carrier_id=self.carrier.id
            )
        )
        self.assertEqual(wizard.rate_service_id, self.express)

    def test_another_method_forgets_the_service(self):
        order = self._create_order(1, rate_service_id=self.express.id)
        fixed = self.env["delivery.carrier"].create(
            {"name": "Post", "delivery_type": "fixed", "product_id": self.carrier.product_id.id}
        )
        order.set_delivery_line(fixed, 5)
        self.assertFalse(order.rate_service_id)

    def test_salespeople_quote_without_inventory_rights(self):
        user = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "seller",
                "group_ids": [Command.set(self.env.ref("sales_team.group_sale_salesman").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        order = self._create_order(1)
        order.user_id = user
        rate = self.carrier.with_user(user).rate_shipment(order.with_user(user))
        self.assertAlmostEqual(rate["price"], 6.60)
