import io
import json

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from ..core import gs1
from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestSendShipping(ShippingCase):
    """From a packed delivery to labels and tracking numbers, through Odoo's own validation."""

    def _create_box(self, **values):
        return self.env["stock.package.type"].create({"name": "Box", **values})

    # -- the main flow --------------------------------------------------------------------------

    def test_order_to_label(self):
        picking = self._create_delivery(1)
        self.assertEqual(picking.carrier_id, self.carrier)
        self._validate(picking)
        parcel = picking.parcel_ids
        self.assertRecordValues(
            parcel,
            [
                {
                    "state": "pending",
                    "weight": 2.0,
                    "chargeable_weight": 2.0,
                    "cost": 6.60,
                    "currency_id": self.gbp.id,
                    "service_name": "Standard",
                    "zone_name": "Mainland",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "package_id": False,
                    "number_in_shipment": 1,
                    "parcel_count": 1,
                    "is_return": False,
                }
            ],
        )
        self.assertEqual(picking.carrier_tracking_ref, parcel.tracking_number)
        self.assertAlmostEqual(picking.carrier_price, 6.60)
        self.assertTrue(gs1.is_sscc(parcel.sscc))
        self.assertEqual(parcel.sscc[1:8], "9521234")
        self.assertEqual(picking.parcel_count, 1)

    def test_labels_are_stored_and_posted(self):
        picking = self._create_delivery(1)
        self._validate(picking)
        parcel = picking.parcel_ids
        self.assertTrue(parcel.label_pdf_id.raw.startswith(b"%PDF"))
        self.assertIn(parcel.sscc.encode(), parcel.label_zpl_id.raw)
        self.assertIn("Jane Doe", parcel.label_zpl_id.raw.decode())
        posted = picking.message_ids.attachment_ids
        self.assertEqual(
            posted.mapped("name"), [f"LabelShipping-rate_table-{parcel.tracking_number}.pdf"]
        )
        self.assertEqual(posted.raw, parcel.label_pdf_id.raw)

    def test_a_parcel_per_package_and_one_for_the_rest(self):
        picking = self._create_delivery(6)
        first, second = self._pack(picking, 1, 2)
        self._validate(picking)
        parcels = picking.parcel_ids.sorted("number_in_shipment")
        self.assertEqual(
            parcels.mapped("package_id"), first | second, "the bulk parcel has no package"
        )
        # (4 + 2) × 1.1, (4 + 4) × 1.1, (4 + 6) × 1.1
        self.assertEqual(parcels.mapped("cost"), [6.60, 8.80, 11.0])
        self.assertEqual(parcels.mapped("weight"), [2, 4, 6])
        self.assertEqual(parcels.mapped("parcel_count"), [3, 3, 3])
        self.assertEqual(picking.carrier_tracking_ref, ",".join(parcels.mapped("tracking_number")))
        self.assertAlmostEqual(picking.carrier_price, 26.40)
        self.assertEqual(len(set(parcels.mapped("sscc"))), 3)
        links = json.loads(picking.carrier_tracking_url)
        self.assertEqual([number for number, _url in links], parcels.mapped("tracking_number"))

    def test_size_and_weight_of_the_package(self):
        box = self._create_box(
            packaging_length=500, width=400, height=300, base_weight=1.0, max_weight=30
        )
        picking = self._create_delivery(2)
        self._pack(picking, 1, package_type=box)
        self._pack(picking, 1, package_type=box, weight=13.0)
        self._validate(picking)
        computed, weighed = picking.parcel_ids.sorted("weight")
        # 60,000 cm³ / 5000 = 12 kg, more than 1 + 2 kg: (4 + 12) × 1.1 = 17.60
        self.assertEqual((computed.weight, computed.chargeable_weight), (3.0, 12.0))
        self.assertAlmostEqual(computed.cost, 17.60)
        # weighed 13 kg is more than 12: (4 + 13) × 1.1 = 18.70
        self.assertEqual((weighed.weight, weighed.chargeable_weight), (13.0, 13.0))
        self.assertAlmostEqual(weighed.cost, 18.70)

    def test_the_put_in_pack_wizard_offers_any_box_and_asks_the_weight(self):
        picking = self._create_delivery(1)
        action = picking.action_put_in_pack()
        self.assertEqual(action["context"]["default_package_carrier_type"], "none")
        wizard = self.env["stock.put.in.pack"].with_context(**action["context"]).create({})
        wizard.package_type_id = self._create_box(base_weight=0.3)
        self.assertAlmostEqual(wizard.shipping_weight, 2.3)
        wizard.shipping_weight = 2.5
        wizard.action_put_in_pack()
        self._validate(picking)
        self.assertEqual(picking.parcel_ids.weight, 2.5)
        self.assertEqual(picking.parcel_ids.package_id, picking.move_line_ids.result_package_id)

    def test_packages_in_a_package_are_one_parcel(self):
        self.env.user.group_ids += self.env.ref("stock.group_tracking_lot")
        picking = self._create_delivery(2)
        packages = self._pack(picking, 1, 1)
        outer = self.env["stock.package"].create(
            {"package_type_id": self._create_box(base_weight=1.5).id}
        )
        packages.package_dest_id = outer
        picking.carrier_id._rate_table_ship(picking)
        parcel = picking.parcel_ids
        self.assertEqual(parcel.package_id, outer)
        self.assertEqual(parcel.weight, 5.5)
        self._validate(picking)
        self.assertEqual(picking.parcel_ids, parcel, "validation adopts it")

    def test_the_weight_entered_for_a_delivery_without_packages(self):
        picking = self._create_delivery(1)
        picking.shipping_weight = 7
        self._validate(picking)
        self.assertEqual(picking.parcel_ids.weight, 7)

    def test_the_chosen_service(self):
        picking = self._create_delivery(1, rate_service_id=self.express.id)
        self.assertEqual(picking.rate_service_id, self.express)
        self._validate(picking)
        self.assertEqual(picking.parcel_ids.service_name, "Express")
        self.assertEqual(picking.parcel_ids.cost, 24.0)

    def test_a_backorder_keeps_method_and_service(self):
        picking = self._create_delivery(3, rate_service_id=self.express.id)
        picking.move_ids.quantity = 1
        self._validate(picking)
        backorder = picking.backorder_ids
        self.assertEqual(backorder.rate_service_id, self.express)
        self._validate(backorder)
        self.assertNotEqual(backorder.carrier_tracking_ref, picking.carrier_tracking_ref)
        self.assertEqual(backorder.parcel_ids.weight, 4)

    def test_real_cost_goes_to_the_order_in_its_currency(self):
        eur = self._activate_currency("EUR")
        self.env["res.currency.rate"].create(
            {
                "currency_id": eur.id,
                "company_id": self.company.id,
                "name": fields.Date.today(),
                "rate": 1.25,
            }
        )
        self.carrier.invoice_policy = "real"
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": eur.id, "company_id": self.company.id}
        )
        picking = self._create_delivery(1, pricelist_id=pricelist.id)
        self._validate(picking)
        # 6.60 GBP × 1.25 = 8.25 EUR; the parcel keeps the currency of the table
        self.assertAlmostEqual(picking.carrier_price, 8.25)
        self.assertEqual(picking.parcel_ids.cost, 6.60)
        delivery_line = picking.sale_id.order_line.filtered("is_delivery")
        self.assertAlmostEqual(delivery_line.price_unit, 8.25)

    # -- twice ----------------------------------------------------------------------------------

    def test_labels_before_validation_are_adopted(self):
        picking = self._create_delivery(3)
        self._pack(picking, 1, 2)
        picking.action_create_parcels()
        parcels = picking.parcel_ids
        numbers = parcels.mapped("tracking_number")
        files = parcels.mapped("label_pdf_id.checksum")
        self.assertFalse(picking.carrier_tracking_ref, "it has not left yet")
        messages = picking.message_ids
        self._validate(picking)
        self.assertEqual(picking.parcel_ids, parcels)
        self.assertEqual(parcels.mapped("tracking_number"), numbers)
        self.assertEqual(parcels.mapped("label_pdf_id.checksum"), files)
        self.assertFalse(
            (picking.message_ids - messages).attachment_ids, "unchanged labels are not posted again"
        )

    def test_shipping_again_gives_the_same(self):
        picking = self._create_delivery(1)
        self._validate(picking)
        parcel = picking.parcel_ids
        first = {"exact_price": 6.60, "tracking_number": parcel.tracking_number}
        for _again in range(2):
            self.assertEqual(self.carrier.send_shipping(picking), [first])
        self.assertEqual(picking.parcel_ids, parcel)

    def test_a_box_that_was_repacked(self):
        picking = self._create_delivery(3)
        packages = self._pack(picking, 1, 2)
        picking.action_create_parcels()
        kept, gone = (
            picking.parcel_ids.filtered(lambda parcel, one=one: parcel.package_id == one)
            for one in packages
        )
        # all goes into the first box after all
        picking.move_line_ids.result_package_id = packages[0]
        picking.action_create_parcels()
        self.assertEqual(gone.state, "cancelled")
        self.assertEqual((kept.weight, kept.parcel_count), (6.0, 1))
        self.assertIn(b"6.00 kg", kept.label_zpl_id.raw, "the label is drawn anew")
        self.assertEqual(picking.parcel_count, 1)

    def test_reprinting_renews_nothing(self):
        picking = self._create_delivery(3)
        self._pack(picking, 1, 2)
        self._validate(picking)
        parcels = picking.parcel_ids
        action = picking.action_print_parcel_labels()
        self.assertTrue(action["url"].startswith("/shipping/labels/pdf?ids="))
        reader = PdfFileReader(io.BytesIO(parcels._get_labels_content("pdf")))
        self.assertEqual(reader.getNumPages(), 2)
        zpl = parcels._get_labels_content("zpl")
        self.assertEqual(zpl.count(b"^XA"), 2)
        self.assertEqual(picking.parcel_ids, parcels)

    # -- cancelling -----------------------------------------------------------------------------

    def test_cancelling_twice_and_shipping_anew(self):
        picking = self._create_delivery(1)
        self._validate(picking)
        parcel = picking.parcel_ids
        picking.cancel_shipment()
        self.assertEqual(parcel.state, "cancelled")
        self.assertFalse(picking.carrier_tracking_ref)
        self.carrier.cancel_shipment(picking)
        self.assertEqual(len(parcel.event_ids), 1, "one event however often it is cancelled")
        picking.send_to_shipper()
        anew = picking.parcel_ids - parcel
        self.assertEqual(picking.carrier_tracking_ref, anew.tracking_number)
        self.assertNotEqual(anew.sscc, parcel.sscc, "an SSCC is not used again")

    def test_cancelling_many_pickings(self):
        """Odoo calls the carrier once per picking, each time with all of them."""
        pickings = self._create_delivery(1) | self._create_delivery(2)
        for picking in pickings:
            self._validate(picking)
        pickings.cancel_shipment()
        self.assertEqual(set(pickings.parcel_ids.mapped("state")), {"cancelled"})
        self.assertEqual([len(parcel.event_ids) for parcel in pickings.parcel_ids], [1, 1])

    def test_only_its_own_parcels_are_cancelled(self):
        mine, other = self._create_delivery(1), self._create_delivery(1)
        other_carrier = self.carrier.copy()
        other.carrier_id = other_carrier
        for picking in mine | other:
            self._validate(picking)
        self.carrier.cancel_shipment(mine | other)
        self.assertEqual(mine.parcel_ids.state, "cancelled")
        self.assertEqual(other.parcel_ids.state, "pending")

    def test_what_arrived_cannot_be_cancelled(self):
        picking = self._create_delivery(1)
        self._validate(picking)
        picking.parcel_ids._add_event("delivered", recipient="Jane")
        with self.assertRaisesRegex(UserError, "has arrived"):
            picking.cancel_shipment()

    def test_cancelling_the_delivery_cancels_its_labels(self):
        picking = self._create_delivery(1)
        picking.action_create_parcels()
        picking.action_cancel()
        self.assertEqual(picking.parcel_ids.state, "cancelled")

    def test_another_method_cancels_the_labels_of_the_first(self):
        picking = self._create_delivery(1)
        picking.action_create_parcels()
        parcel = picking.parcel_ids
        picking.carrier_id = self.carrier.copy()
        self._validate(picking)
        self.assertEqual(parcel.state, "cancelled")
        self.assertEqual(picking.parcel_ids._filter_outbound().carrier_id, picking.carrier_id)

    # -- refusals -------------------------------------------------------------------------------

    def test_what_is_missing_is_said_and_nothing_is_made(self):
        sequence = self.env.ref("shipping_connectors.ir_sequence_parcel_tracking")
        before = sequence.number_next_actual
        picking = self._create_delivery(1)
        self.customer.country_id = self.env.ref("base.fr")
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "no zone for FR"):
            picking.button_validate()
        self.assertFalse(picking.parcel_ids)
        self.assertEqual(sequence.number_next_actual, before, "no number is taken")

    def test_no_weight(self):
        feather = self._create_product("Feather")
        picking = self._create_delivery(1, product=feather)
        with self.assertRaisesRegex(UserError, "weight is missing"):
            picking.action_create_parcels()

    def test_one_failing_delivery_does_not_stop_the_others(self):
        """Odoo turns the second error of a batch into an activity; nothing of it is left."""
        good, bad = self._create_delivery(1), self._create_delivery(20)
        (good | bad).move_ids.picked = True
        (good | bad).button_validate()
        self.assertEqual((good | bad).mapped("state"), ["done", "done"])
        self.assertTrue(good.parcel_ids)
        self.assertFalse(bad.parcel_ids)
        self.assertIn("over the 30 kg", bad.activity_ids.note)

    def test_labels_need_a_reserved_delivery_by_rate_table(self):
        fixed = self.env["delivery.carrier"].create(
            {"name": "Post", "delivery_type": "fixed", "product_id": self.carrier.product_id.id}
        )
        with self.assertRaisesRegex(UserError, "not shipped by a rate table"):
            self._create_delivery(1, carrier=fixed).action_create_parcels()
        order = self._create_order(1)
        order.action_confirm()
        order.picking_ids.do_unreserve()
        with self.assertRaisesRegex(UserError, "not ready"):
            order.picking_ids.action_create_parcels()

    # -- returns --------------------------------------------------------------------------------

    def test_return_label_on_delivery(self):
        self.carrier.return_label_on_delivery = True
        picking = self._create_delivery(1)
        self._validate(picking)
        outbound, back = picking.parcel_ids.sorted("is_return")
        self.assertEqual(picking.carrier_tracking_ref, outbound.tracking_number)
        self.assertTrue(back.is_return)
        self.assertIn(b"RETURN", back.label_zpl_id.raw)
        self.assertEqual(
            picking.return_label_ids.mapped("name"),
            [f"LabelReturn-rate_table-{back.tracking_number}.pdf"],
        )
        self.assertEqual(picking.parcel_count, 2)

    # -- kinds of deliveries --------------------------------------------------------------------

    def test_two_steps_label_only_the_last(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_order(1)
        order.action_confirm()
        pick = order.picking_ids
        self._validate(pick)
        self.assertFalse(pick.parcel_ids)
        ship = order.picking_ids - pick
        self.assertEqual(ship.carrier_id, self.carrier)
        self._validate(ship)
        self.assertEqual(len(ship.parcel_ids), 1)

    def test_a_delivery_without_order(self):
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "carrier_id": self.carrier.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self._validate(picking)
        self.assertAlmostEqual(picking.carrier_price, 6.60)

    def test_rate_only_makes_no_label(self):
        self.carrier.integration_level = "rate"
        picking = self._create_delivery(1)
        self._validate(picking)
        self.assertFalse(picking.parcel_ids)
