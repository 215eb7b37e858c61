from odoo.exceptions import UserError
from odoo.tests import tagged

from .carrier_case import CarrierCase


@tagged("post_install", "-at_install")
class TestPackCheck(CarrierCase):
    """A box whose weight is wrong gets no label until somebody decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shipping_weight_check = True
        cls.carton = cls.env["stock.package.type"].create(
            {
                "name": "Carton",
                "packaging_length": 300,
                "width": 200,
                "height": 100,
                "base_weight": 0.5,
            }
        )

    def setUp(self):
        super().setUp()
        self.picking = self._create_delivery(2)

    def _open(self, picking=None):
        action = (picking or self.picking).action_pack_check()
        return self.env["shipping.pack.check"].browse(action["res_id"])

    def test_a_wrong_weight_stops_the_label(self):
        """Two lamps of 2 kg in a carton of 0.5 kg: 4.5 kg, of which 5 % are 0.225 kg."""
        package = self._pack(self.picking, 2, package_type=self.carton, weight=2.5)
        with self.assertRaisesRegex(UserError, r"weighs 2.500 kg, and 4.500 kg were expected"):
            self.picking.action_buy_labels()
        self.assertEqual(self.server.sold, [])
        package.shipping_weight = 4.72
        self.assertEqual(self._open().line_ids.verdict, "right")
        package.shipping_weight = 4.73
        check = self._open()
        self.assertRecordValues(
            check.line_ids,
            [{"expected": 4.5, "weighed": 4.73, "verdict": "too_heavy", "box": package.name}],
        )
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            check.line_ids.action_accept()
        check.line_ids.reason = "More padding than usual"
        check.line_ids.action_accept()
        decision = self.env["shipping.pack.decision"].search([("picking_id", "=", self.picking.id)])
        self.assertRecordValues(
            decision,
            [
                {
                    "user_id": self.env.uid,
                    "reason": "More padding than usual",
                    "expected": 4.5,
                    "weighed": 4.73,
                }
            ],
        )
        self.assertIn("More padding than usual", self.picking.message_ids[0].body)
        self.assertEqual(self._open().line_ids.reason, "More padding than usual")
        with self.assertRaises(UserError):
            decision.reason = "Changed my mind"
        # it holds for these weights only
        package.shipping_weight = 9
        with self.assertRaisesRegex(UserError, "gets no label yet"):
            self.picking.action_buy_labels()
        package.shipping_weight = 4.73
        self.picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 1)

    def test_at_validation_as_well(self):
        self._pack(self.picking, 2, package_type=self.carton, weight=2.5)
        self.picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "gets no label yet"):
            self.picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.picking.state, "assigned")
        self.assertEqual(self.server.sold, [])

    def test_own_vans_as_well(self):
        self.carrier.rate_table_zone_ids.country_ids += self.env.ref("base.us")
        self.picking.carrier_id = self.carrier
        self._pack(self.picking, 2, package_type=self.carton, weight=2.5)
        with self.assertRaisesRegex(UserError, "gets no label yet"):
            self.picking.action_create_parcels()
        self.assertFalse(self.picking.parcel_ids)

    def test_without_the_check(self):
        self.company.shipping_weight_check = False
        self._pack(self.picking, 2, package_type=self.carton, weight=2.5)
        self.picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 1)

    def test_what_was_not_weighed_is_as_expected(self):
        self._pack(self.picking, 2, package_type=self.carton)
        self.picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 1)

    def test_dimensional_weight(self):
        """30 × 20 × 10 cm at 5000 cm³/kg: 1.2 kg."""
        self._pack(self.picking, 2, package_type=self.carton)
        self.assertAlmostEqual(self._open().line_ids.dimensional_weight, 1.2)
        self.loopback_method.shipping_divisor = 4000
        self.assertAlmostEqual(self._open().line_ids.dimensional_weight, 1.5)

    # -- which box --------------------------------------------------------------------------------

    def test_the_box_that_would_do(self):
        self.env["stock.package.type"].search([("id", "!=", self.carton.id)]).packaging_length = 0
        self.product.write({"shipping_length": 300, "shipping_width": 100, "shipping_height": 100})
        check = self._open()
        self.assertEqual(check.suggested_type_id, self.carton)
        self.assertIn("Carton: 2 pieces, 100 % full, 4.50 kg", check.suggestion)
        check.action_pack()
        package = self.picking.move_line_ids.result_package_id
        self.assertEqual(package.package_type_id, self.carton)
        self.assertFalse(self._open().suggestion, "all is packed")

    def test_it_takes_two(self):
        self.env["stock.package.type"].search([("id", "!=", self.carton.id)]).packaging_length = 0
        self.product.write({"shipping_length": 300, "shipping_width": 200, "shipping_height": 60})
        check = self._open()
        self.assertFalse(check.suggested_type_id)
        self.assertEqual(check.suggestion.count("Carton: 1 pieces, 60 % full"), 2)

    def test_nothing_takes_it(self):
        self.product.write({"shipping_length": 3000, "shipping_width": 1, "shipping_height": 1})
        self.assertIn("No package type", self._open().suggestion)


@tagged("post_install", "-at_install")
class TestPackScan(CarrierCase):
    """What is scanned is what is inside."""

    def setUp(self):
        super().setUp()
        self.product.barcode = "4006381333931"
        self.picking = self._create_delivery(3)

    def _open(self):
        action = self.picking.action_pack_scan()
        return self.env["shipping.pack.scan"].browse(action["res_id"])

    def test_one_parcel_after_the_other(self):
        scan = self._open()
        self.assertIsNone(scan.on_barcode_scanned("4006381333931"))
        self.assertIsNone(scan.on_barcode_scanned("4006381333931"))
        self.assertIn("2 of 3", scan.message)
        scan.weight = 4.1
        action = scan.action_close_parcel()
        packed = self.picking.move_line_ids.filtered("result_package_id")
        self.assertEqual(packed.quantity, 2)
        self.assertAlmostEqual(packed.result_package_id.shipping_weight, 4.1)
        following = self.env["shipping.pack.scan"].browse(action["res_id"])
        self.assertEqual(following.line_ids.wanted, 1)
        following.on_barcode_scanned("4006381333931")
        self.assertEqual(following.action_close_parcel(), {"type": "ir.actions.act_window_close"})
        self.assertEqual(len(self.picking.move_line_ids.result_package_id), 2)
        self.assertEqual(sum(self.picking.move_line_ids.mapped("quantity")), 3)
        with self.assertRaisesRegex(UserError, "is packed"):
            self.picking.action_pack_scan()
        self.picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 2)

    def test_what_does_not_belong(self):
        scan = self._open()
        result = scan.on_barcode_scanned("5901234123457")
        self.assertIn("does not belong", result["warning"]["message"])
        for _piece in range(3):
            scan.on_barcode_scanned("4006381333931")
        result = scan.on_barcode_scanned("4006381333931")
        self.assertIn("One is too many", result["warning"]["message"])
        self.assertEqual(scan.line_ids.scanned, 3)

    def test_nothing_scanned(self):
        with self.assertRaisesRegex(UserError, "Scan the products"):
            self._open().action_close_parcel()

    def test_somebody_else_packed_it(self):
        scan = self._open()
        scan.on_barcode_scanned("4006381333931")
        self._pack(self.picking, 3)
        with self.assertRaisesRegex(UserError, "by somebody else meanwhile"):
            scan.action_close_parcel()

    def test_typed(self):
        scan = self._open()
        scan.code = "4006381333931"
        scan._onchange_code()
        self.assertFalse(scan.code)
        self.assertEqual(scan.line_ids.scanned, 1)
