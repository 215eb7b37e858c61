from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .carrier_case import CarrierCase


@tagged("post_install", "-at_install")
class TestShippingRule(CarrierCase):
    """Rules choose by themselves, and say why.

    The loopback carrier offers 6.07 USD in 3 days, 7.42 in 2 and 34.15 in 1; a pound is 2 USD.
    """

    def _create_rule(self, **values):
        return self.env["shipping.rule"].create(
            {
                "name": "Usual",
                "company_id": self.company.id,
                "carrier_ids": [(6, 0, self.loopback_method.ids)],
                **values,
            }
        )

    def test_the_conditions(self):
        picking = self._create_delivery(2)  # 4 kg; 2 × 50 dollars, 2 of them a pound sterling
        rule = self._create_rule()
        rules = self.env["shipping.rule"]
        france = self.env.ref("base.fr")
        category = self.env["product.category"].create({"name": "Light"})
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        for values, fits in (
            ({}, True),
            ({"min_weight": 4}, True),
            ({"min_weight": 4.1}, False),
            ({"max_weight": 4}, True),
            ({"max_weight": 3.9}, False),
            ({"min_value": 50}, True),
            ({"min_value": 50.01}, False),
            ({"max_value": 49}, False),
            ({"country_ids": [(6, 0, self.customer.country_id.ids)]}, True),
            ({"country_ids": [(6, 0, france.ids)]}, False),
            ({"zip_prefixes": "10, 902"}, True),
            ({"zip_prefixes": "91"}, False),
            ({"product_categ_ids": [(6, 0, category.ids)]}, False),
            ({"partner_category_ids": [(6, 0, tag.ids)]}, False),
        ):
            with self.subTest(values):
                rule.unlink()
                rule = self._create_rule(**values)
                self.assertEqual(rules._get_rule(picking), rule if fits else rules)
                self.assertEqual(rules._get_rule(picking.sale_id), rule if fits else rules)
        rule.partner_category_ids = False
        self.product.categ_id = self.env["product.category"].create(
            {"name": "Lamps", "parent_id": category.id}
        )
        rule.product_categ_ids = category
        self.assertEqual(rules._get_rule(picking), rule, "a category holds what is below it")

    def test_the_first_that_fits(self):
        picking = self._create_delivery()
        second = self._create_rule(name="Second", sequence=2)
        first = self._create_rule(name="First", sequence=1)
        self.assertEqual(self.env["shipping.rule"]._get_rule(picking), first)
        first.active = False
        self.assertEqual(self.env["shipping.rule"]._get_rule(picking), second)

    def test_deliveries_get_their_service(self):
        self._create_rule()
        pickings = self._create_deliveries(2)
        nobody = self._create_unserved()
        action = (pickings | nobody).action_choose_by_rules()
        self.assertEqual(set(pickings.mapped("shipping_service_code")), {"USPS/GroundAdvantage"})
        self.assertIn("2 deliveries have their service", action["params"]["message"])
        self.assertIn(nobody.name, action["params"]["message"])
        self.assertIn("The cheapest of 3 services", pickings[0].message_ids[0].body)
        pickings.action_buy_labels()
        with self.assertRaisesRegex(UserError, "has labels already"):
            pickings.action_choose_by_rules()

    def test_the_fastest_and_within_days(self):
        picking = self._create_delivery()
        rule = self._create_rule(strategy="fastest")
        picking.action_choose_by_rules()
        self.assertEqual(picking.shipping_service_code, "USPS/Express")
        rule.write({"strategy": "cheapest", "within_days": 30})
        picking.action_choose_by_rules()
        self.assertEqual(picking.shipping_service_code, "USPS/GroundAdvantage")
        rule.within_days = 0
        rule.before_deadline = True
        picking.move_ids.date_deadline = fields.Datetime.now() - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "None of 3 services is promised until"):
            picking.action_choose_by_rules()

    def test_no_rule(self):
        with self.assertRaisesRegex(UserError, "No shipping rule fits"):
            self._create_delivery().action_choose_by_rules()

    def _deliver(self, count, days_late):
        """Parcels of the cheapest service that came so many days after their promise."""
        pickings = self._create_deliveries(count)
        pickings.action_buy_labels()
        for parcel in pickings.parcel_ids:
            now = fields.Datetime.now()
            parcel.promised_date = fields.Date.today() - timedelta(days=days_late)
            parcel._add_event("delivered", moment=now, recipient="E. Swan")

    def test_a_lane_that_is_late(self):
        """Of ten deliveries six kept their promise: 60 %."""
        self._deliver(6, 0)
        self._deliver(3, 2)
        picking = self._create_delivery()
        rule = self._create_rule(least_on_time=70)
        picking.action_choose_by_rules()
        self.assertEqual(picking.shipping_service_code, "USPS/GroundAdvantage", "nine say nothing")
        self._deliver(1, 2)
        picking.action_choose_by_rules()
        self.assertEqual(picking.shipping_service_code, "USPS/Priority")
        rule.least_on_time = 60
        shop = self.env["shipping.rate.shop"].browse(picking.action_compare_shipping()["res_id"])
        self.assertIn(
            "USPS GroundAdvantage. Rule “Usual”: The cheapest of 3 services", shop.rule_reason
        )
        chosen = shop.line_ids.filtered("is_chosen")
        self.assertEqual(chosen.service_code, "USPS/GroundAdvantage")
        self.assertEqual(chosen.on_time, "60 %")
        self.assertFalse((shop.line_ids - chosen).filtered("on_time"))
