from odoo.exceptions import UserError
from odoo.tests import tagged

from .carrier_case import CarrierCase


@tagged("post_install", "-at_install")
class TestRateShop(CarrierCase):
    """All services of all methods side by side; one is chosen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # own vans deliver in Britain only: tables of other tests and demo data are not asked
        cls.env["delivery.carrier"].search(
            [("id", "not in", (cls.carrier | cls.loopback_method).ids)]
        ).active = False

    def _shop(self, document):
        action = document.action_compare_shipping()
        return self.env["shipping.rate.shop"].browse(action["res_id"])

    def test_side_by_side(self):
        order = self._create_order(1)
        shop = self._shop(order)
        offers = shop.line_ids.filtered(lambda line: not line.problem)
        # 2 USD for a pound: 6.07, 7.42 and 34.15 USD
        self.assertRecordValues(
            offers,
            [
                {
                    "carrier_id": self.loopback_method.id,
                    "service_code": code,
                    "price": price,
                    "transit_days": days,
                    "is_cheapest": cheapest,
                }
                for code, price, days, cheapest in (
                    ("USPS/GroundAdvantage", 3.04, 3, True),
                    ("USPS/Priority", 3.71, 2, False),
                    ("USPS/Express", 17.08, 1, False),
                )
            ],
        )
        [refused] = shop.line_ids - offers
        self.assertEqual(refused.carrier_id, self.carrier)
        self.assertIn("no zone for", refused.problem)
        with self.assertRaisesRegex(UserError, "no zone for"):
            refused.action_choose()
        self.assertEqual(self.server.sold, [])

    def test_tables_beside_accounts(self):
        self.customer.write(
            {"country_id": self.env.ref("base.uk").id, "state_id": False, "zip": "SW1A 2AA"}
        )
        self.product.write({"hs_code": "940520", "country_of_origin": self.env.ref("base.cn").id})
        shop = self._shop(self._create_order(1))
        self.assertEqual(
            [(line.carrier_id, line.price) for line in shop.line_ids],
            # the loopback carrier asks the same anywhere; the vans 6.60 and 24 pounds
            [
                (self.loopback_method, 3.04),
                (self.loopback_method, 3.71),
                (self.carrier, 6.60),
                (self.loopback_method, 17.08),
                (self.carrier, 24.00),
            ],
        )

    def test_one_carrier_away_does_not_hide_the_others(self):
        self.server.fail("create", "html_error")
        shop = self._shop(self._create_order(1))
        self.assertEqual(len(shop.line_ids), 2)
        problem = shop.line_ids.filtered(lambda line: line.carrier_id == self.loopback_method)
        self.assertIn("problem of its own (500)", problem.problem)

    def test_chosen_on_the_order_and_bought(self):
        self.loopback_method.margin = 0.5
        order = self._create_order(1)
        shop = self._shop(order)
        shop.line_ids.filtered(lambda line: line.service_code == "USPS/Priority").action_choose()
        self.assertEqual(order.carrier_id, self.loopback_method)
        self.assertEqual(order.shipping_service_code, "USPS/Priority")
        # 3.71 and half of it
        self.assertAlmostEqual(order.order_line.filtered("is_delivery").price_unit, 5.565)
        order.action_confirm()
        picking = order.picking_ids
        self.assertEqual(picking.shipping_service_code, "USPS/Priority")
        picking.action_buy_labels()
        self.assertEqual(picking.parcel_ids.service_name, "USPS Priority")
        self.assertEqual(picking.parcel_ids.cost, 7.42)

    def test_chosen_on_the_delivery(self):
        picking = self._create_delivery(3)
        self._pack(picking, 1, 2)
        shop = self._shop(picking)
        offers = shop.line_ids.filtered(lambda line: not line.problem)
        # two parcels each
        self.assertEqual(offers.mapped("price"), [6.07, 7.42, 34.15])
        offers[1].action_choose()
        self.assertEqual(picking.shipping_service_code, "USPS/Priority")
        picking.action_buy_labels()
        self.assertEqual(picking.parcel_ids.mapped("cost"), [7.42, 7.42])

    def test_a_table_is_chosen_with_its_service(self):
        order = self._create_order(1, carrier=self.loopback_method)
        order._choose_shipping_service(self.carrier, str(self.express.id), 24)
        self.assertEqual(order.carrier_id, self.carrier)
        self.assertEqual(order.rate_service_id, self.express)
        self.assertFalse(order.shipping_service_code)

    def test_emissions(self):
        """2 kg from one degree of latitude away, 111.2 km: 0.2224 tonne-km."""
        order = self._create_order(1)
        self.company.partner_id.write({"partner_latitude": 34, "partner_longitude": -118})
        self.customer.write({"partner_latitude": 35, "partner_longitude": -118})
        self.env["stock.warehouse"].browse(self.warehouse.id).partner_id = self.company.partner_id
        shop = self._shop(order)
        self.assertEqual(
            shop.distance_text,
            "CO₂e over 111 km, as the crow flies between the two addresses.",
        )
        shown = {line.service_code: line.emissions for line in shop.line_ids if not line.problem}
        self.assertEqual(
            shown,
            {
                "USPS/GroundAdvantage": "≈ 0.02 kg",  # × 0.10163 = 0.0226
                "USPS/Priority": False,  # by road or by air, nobody knows
                "USPS/Express": "≈ 0.28 kg",  # × 1.27835 = 0.2843
            },
        )
        self.loopback_method.shipping_transport_mode = "van"
        self.assertEqual(
            set(self._shop(order).line_ids.mapped("emissions")),
            {"≈ 0.14 kg", False},  # × 0.6313 = 0.1404; the vans' table does not deliver there
        )

    def test_emissions_without_coordinates(self):
        """Two places somewhere in the USA: 9,629,091 km² suppose 1,585 km, and it is said."""
        order = self._create_order(1)
        shop = self._shop(order)
        self.assertIn("CO₂e over 1,585 km, an assumption", shop.distance_text)
        self.assertIn("as large as United States", shop.distance_text)
        shown = {line.service_code: line.emissions for line in shop.line_ids}
        # 0.002 t × 1,585 km × 0.10163
        self.assertEqual(shown["USPS/GroundAdvantage"], "≈ 0.32 kg")
        # nothing is said of a distance that nothing is estimated over
        self.customer.country_id = False
        self.assertFalse(self.env["shipping.rate.shop"]._get_distance_text([], self.customer))

    def test_nobody_to_ask(self):
        (self.carrier | self.loopback_method).active = False
        with self.assertRaisesRegex(UserError, "No delivery method"):
            self._create_order(1).action_compare_shipping()
