from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..core.carriers import registry
from .carrier_case import CarrierCase
from .loopback_carrier import PDF
from .loopback_dhl_express import LoopbackDHLExpress
from .loopback_fedex import LoopbackFedEx
from .loopback_ups import LoopbackUPS
from .loopback_usps import LoopbackUSPS

SERVERS = {
    "dhl_express": LoopbackDHLExpress,
    "fedex": LoopbackFedEx,
    "ups": LoopbackUPS,
    "usps": LoopbackUSPS,
}
#: the cheapest service of each, for one parcel
PRICES = {"dhl_express": 23.50, "fedex": 11.05, "ups": 9.80, "usps": 6.07}


@tagged("post_install", "-at_install")
class TestNativeCarriers(CarrierCase):
    """Every carrier from its account to a label and back, against its loopback server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.box = cls.env["stock.package.type"].create(
            {"name": "Box", "packaging_length": 300, "width": 200, "height": 100}
        )

    def _open(self, provider, **values):
        """A delivery method of an account at the carrier's loopback server."""
        server = SERVERS[provider]()
        server.__enter__()
        self.addCleanup(server.__exit__)
        account = self.env["shipping.account"].create(
            {"name": provider, "provider": provider, "base_url": server.url}
        )
        for line in account.credential_ids:
            line.value = server.credentials.get(line.name)
        method = self._create_carrier(
            provider,
            delivery_type="carrier_account",
            shipping_account_id=account.id,
            shipping_buy_when="validate",
            shipping_package_type_id=self.box.id,
            **values,
        )
        return server, method

    def test_the_form_asks_for_credentials(self):
        for provider in SERVERS:
            with self.subTest(provider):
                form = Form(self.env["shipping.account"])
                form.name = provider
                form.provider = provider
                account = form.save()
                definition = registry.get(provider)
                self.assertEqual(
                    account.credential_ids.mapped("label"),
                    [one.label for one in definition.credentials],
                )
                with self.assertRaisesRegex(UserError, "lacks: "):
                    account.action_check_connection()

    def test_from_the_account_to_a_label_and_back(self):
        for provider, price in PRICES.items():
            with self.subTest(provider):
                server, method = self._open(provider)
                action = method.shipping_account_id.action_check_connection()
                self.assertEqual(action["params"]["type"], "success")
                # 2 USD for a pound
                order = self._create_order(1, carrier=method)
                rate = method.rate_shipment(order)
                self.assertTrue(rate["success"], rate["error_message"])
                self.assertAlmostEqual(rate["price"], price / 2, 2)
                picking = self._create_delivery(1, carrier=method)
                picking.action_buy_labels()
                parcel, purchase = picking.parcel_ids, self._get_purchases(picking)
                [sold] = server.sold
                self.assertEqual(parcel.tracking_number, sold["tracking_code"])
                self.assertAlmostEqual(parcel.cost, price, 2)
                self.assertEqual(purchase.state, "bought")
                self.assertTrue(parcel.label_pdf_id)
                parcel.action_cancel()
                self.env.invalidate_all()
                self.assertEqual(purchase.state, "voided")
                if provider != "dhl_express":
                    self.assertEqual(server.kept, [])

    def test_a_lost_answer_is_found(self):
        """The number comes back by the carrier's look-up, with or without the label."""
        for provider in SERVERS:
            with self.subTest(provider):
                server, method = self._open(provider)
                server.fail("buy", "drop_after")
                picking = self._create_delivery(1, carrier=method)
                picking.action_buy_labels()
                [sold] = server.sold
                self.assertEqual(picking.parcel_ids.tracking_number, sold["tracking_code"])
                self.assertEqual(self._get_purchases(picking).state, "bought")

    def test_fetched_at_a_service_point(self):
        server, method = self._open("ups")
        order = self._create_order(1, carrier=method)
        self.assertTrue(order.has_service_points)
        action = order.action_choose_service_point()
        choice = self.env["shipping.service.point.choice"].browse(action["res_id"])
        self.assertRecordValues(
            choice.line_ids,
            [
                {
                    "name": "THE UPS STORE",
                    "address": "1601 PACIFIC HWY, 90277 Redondo Beach CA",
                    "distance": "0.8 km",
                    "hours": "Mon-Fri: 8:00am-6:00pm",
                },
                {
                    "name": "CORNER SHOP",
                    "address": "1601 PACIFIC HWY, 90277 Redondo Beach CA",
                    "distance": "2.1 km",
                    "hours": "Mon-Fri: 8:00am-6:00pm",
                },
            ],
        )
        choice.line_ids[0].action_choose()
        self.assertIn("THE UPS STORE", order.shipping_service_point_name)
        order.action_confirm()
        picking = order.picking_ids
        self.assertEqual(picking.shipping_service_point_name, order.shipping_service_point_name)
        # the recipient has to hear where it waits
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            picking.action_buy_labels()
        self.assertEqual(server.sold, [])
        self.customer.email = "swan@example.com"
        picking.action_buy_labels()
        self.assertEqual([one["point"] for one in server.sold], ["U97117071"])
        # a label for one place is not used for another
        picking.action_choose_service_point()
        lines = self.env["shipping.service.point.choice.line"].search([], order="id desc", limit=1)
        lines.action_choose()
        with self.assertRaisesRegex(UserError, "before the service point changed"):
            picking.action_buy_labels()
        picking.action_remove_service_point()
        self.assertFalse(picking.shipping_service_point_name)
        picking.parcel_ids.action_cancel()
        picking.action_buy_labels()
        self.assertEqual([one["point"] for one in server.sold if not one["refund_status"]], [None])

    def test_a_service_point_is_one_of_its_carrier(self):
        _server, method = self._open("ups")
        _other_server, other = self._open("usps")
        order = self._create_order(1, carrier=method)
        order.action_choose_service_point()
        line = self.env["shipping.service.point.choice.line"].search([], order="id", limit=1)
        line.action_choose()
        order.carrier_id = other
        self.assertFalse(order.shipping_service_point_name, "UPS' shop is none of USPS'")
        order.carrier_id = self.loopback_method
        self.assertFalse(order.has_service_points)
        with self.assertRaisesRegex(UserError, "These do: DHL Express, FedEx, UPS, USPS"):
            order.action_choose_service_point()

    def test_fedex_keeps_a_parcel(self):
        server, method = self._open("fedex")
        order = self._create_order(1, carrier=method)
        action = order.action_choose_service_point()
        choice = self.env["shipping.service.point.choice"].browse(action["res_id"])
        self.assertRecordValues(choice.line_ids, [{"name": "FedEx Office", "distance": "1.2 km"}])
        choice.line_ids.action_choose()
        order.action_confirm()
        order.picking_ids.action_buy_labels()
        self.assertEqual([one["point"] for one in server.sold], ["RBDA"])

    def test_the_end_of_the_day(self):
        """USPS prints on its form where the parcels leave from."""
        server, method = self._open("usps")
        picking = self._create_delivery(1, carrier=method)
        picking.action_buy_labels()
        manifest = self.env["shipping.manifest"].create(
            {
                "account_id": method.shipping_account_id.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        manifest.action_collect()
        manifest.action_book()
        self.env.invalidate_all()
        [asked] = server.manifests
        self.assertEqual(asked["shipment"]["trackingNumbers"], [picking.parcel_ids.tracking_number])
        self.assertEqual(asked["fromAddress"]["streetAddress"], "388 Townsend St")
        self.assertEqual(asked["entryFacilityZIPCode"], "94107")
        self.assertEqual((manifest.state, manifest.reference), ("booked", "92751"))
        self.assertEqual(manifest.document_id.raw, PDF)

    def test_the_end_of_the_day_of_fedex_ground(self):
        """FedEx closes all that went by Ground, and prints the day again when asked again."""
        server, method = self._open("fedex")
        picking = self._create_delivery(1, carrier=method)
        picking.action_buy_labels()
        self.warehouse.partner_id.tz = "America/Los_Angeles"
        manifests = self.env["shipping.manifest"].create(
            [
                {
                    "account_id": method.shipping_account_id.id,
                    "company_id": self.company.id,
                    "warehouse_id": self.warehouse.id,
                }
            ]
            * 2
        )
        manifest = manifests[0]
        manifest.action_collect()
        # half past five in the afternoon there is the next day in universal time
        with freeze_time("2026-03-03 01:30:00"):
            self.assertEqual(manifest._prepare_question()[2], date(2026, 3, 2))
        manifest.action_book()
        self.env.invalidate_all()
        number = picking.parcel_ids.tracking_number
        self.assertEqual([one["numbers"] for one in server.manifests], [[number]])
        self.assertRecordValues(manifest, [{"state": "booked", "reference": "100323451"}])
        self.assertEqual(manifest.document_id.mimetype, "text/plain")
        self.assertIn(number, manifest.document_id.raw.decode())
        # what FedEx closes by itself
        other = self._create_delivery(1, carrier=method)
        method.shipping_service_code = "FEDEX_2_DAY"
        other.action_buy_labels()
        manifests[1].action_collect()
        self.assertEqual(manifests[1].parcel_ids, other.parcel_ids)
        with self.assertRaisesRegex(UserError, "None of these parcels goes by FedEx Ground"):
            manifests[1].action_book()

    def test_options(self):
        server, method = self._open(
            "fedex",
            shipping_signature=True,
            shipping_adult_signature=True,
            shipping_saturday=True,
            shipping_lithium_battery=True,
            shipping_dry_ice_weight=0.5,
        )
        self.assertEqual(
            method._get_shipping_options(),
            {"adult_signature", "saturday", "dry_ice", "lithium_battery"},
        )
        picking = self._create_delivery(1, carrier=method)
        [parcel] = method._prepare_shipment_spec_from_picking(picking).parcels
        self.assertEqual(float(parcel.dry_ice_weight), 0.5)
        # what is not packed has the size of the usual package
        self.assertEqual((parcel.length, parcel.width, parcel.height), (300, 200, 100))
        picking.action_buy_labels()
        self.assertEqual(len(server.sold), 1)
        # what a carrier does not offer is refused before anything is bought
        _server, other = self._open("usps", shipping_saturday=True)
        with self.assertRaisesRegex(UserError, "does not offer the option saturday"):
            self._create_delivery(1, carrier=other).action_buy_labels()

    def test_each_parcel_declares_what_is_in_it(self):
        """Labels that are bought one by one do not declare the goods of all of them."""
        _server, method = self._open("fedex")
        self.customer.write(
            {
                "country_id": self.env.ref("base.ca").id,
                "state_id": self.env.ref("base.state_ca_bc").id,
                "city": "Vancouver",
                "zip": "V6B 1A1",
            }
        )
        self.product.write({"hs_code": "940520", "country_of_origin": self.env.ref("base.cn").id})
        tea = self._create_product(
            "Tea", weight=0.1, hs_code="090210", country_of_origin=self.env.ref("base.in").id
        )
        order = self._create_order(3, carrier=method)
        order.order_line = [Command.create({"product_id": tea.id, "product_uom_qty": 5})]
        order.action_confirm()
        picking = order.picking_ids
        # one lamp in a box, two lamps and the tea loose
        self._pack(picking, 1, package_type=self.box)
        spec = method._prepare_shipment_spec_from_picking(picking)
        packed, loose = spec.parcels
        self.assertEqual(
            [(one.description, one.quantity) for one in packed.contents], [("Lamp", 1)]
        )
        self.assertEqual(
            {one.description: one.quantity for one in loose.contents}, {"Lamp": 2, "Tea": 5}
        )
        self.assertEqual(
            {one.description: one.quantity for one in spec.customs.items}, {"Lamp": 3, "Tea": 5}
        )
        self.assertEqual([one.description for one in spec.only((packed,)).customs.items], ["Lamp"])
