from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.carriers import registry
from ..core.port import Capability
from .carrier_case import CarrierCase
from .loopback_carrier import PDF, ZPL


@tagged("post_install", "-at_install")
class TestBuyLabels(CarrierCase):
    """Labels that cost money: bought once, adopted ever after, given back once."""

    def _assert_books_balance(self):
        """What the carrier sold is what the ledger says, each on a parcel or in the queue."""
        self.env.invalidate_all()
        purchases = self.env["shipping.purchase"].search([("account_id", "=", self.account.id)])
        bought = purchases.filtered(lambda one: one.state == "bought")
        self.assertEqual(
            sorted(bought.mapped("tracking_number")),
            sorted(one["tracking_code"] for one in self.server.kept),
        )
        for purchase in bought:
            self.assertTrue(purchase.is_attached or purchase.is_open)

    # -- rates ----------------------------------------------------------------------------------

    def test_rate(self):
        order = self._create_order(carrier=self.loopback_method)
        rate = self.loopback_method.rate_shipment(order)
        self.assertTrue(rate["success"], rate)
        # 6.07 USD at 2 USD for a pound sterling
        self.assertAlmostEqual(rate["price"], 3.04)
        self.assertEqual(rate["warning_message"], "USPS GroundAdvantage, delivery in 3 days.")
        self.assertEqual(len(self.server.sold), 0)

    def test_rate_that_fails(self):
        order = self._create_order(carrier=self.loopback_method)
        self.server.fail("create", "html_error")
        rate = self.loopback_method.rate_shipment(order)
        self.assertFalse(rate["success"])
        self.assertIn("problem of its own (500)", rate["error_message"])
        self.product.weight = 0
        order = self._create_order(carrier=self.loopback_method)
        rate = self.loopback_method.rate_shipment(order)
        self.assertIn("weight is missing", rate["error_message"])

    # -- the main flow --------------------------------------------------------------------------

    def test_bought_at_the_bench_and_adopted_at_validation(self):
        picking = self._create_delivery(3)
        self._pack(picking, 1, 2)
        action = picking.action_buy_labels()
        self.assertEqual(action["params"]["type"], "success")
        parcels = picking.parcel_ids.sorted("number_in_shipment")
        self.assertEqual(len(self.server.sold), 2)
        self.assertRecordValues(
            parcels,
            [
                {
                    "tracking_number": sold["tracking_code"],
                    "carrier_ref": sold["id"],
                    "cost": 6.07,
                    "currency_id": self.env.ref("base.USD").id,
                    "service_name": "USPS GroundAdvantage",
                    "state": "pending",
                    "parcel_count": 2,
                }
                for sold in self.server.sold
            ],
        )
        self.assertEqual(parcels.label_pdf_id.mapped("raw"), [PDF, PDF])
        self.assertFalse(picking.carrier_tracking_ref)
        self._validate(picking)
        self.assertEqual(picking.parcel_ids, parcels)
        self.assertEqual(picking.carrier_tracking_ref, ",".join(parcels.mapped("tracking_number")))
        # 2 × 6.07 USD at 2 USD for a pound
        self.assertAlmostEqual(picking.carrier_price, 6.07)
        self.assertEqual(len(self.server.sold), 2)
        self._assert_books_balance()

    def test_bought_at_validation(self):
        picking = self._create_delivery(1)
        self._validate(picking)
        self.assertEqual(len(self.server.sold), 1)
        self.assertEqual(picking.parcel_ids.tracking_number, picking.carrier_tracking_ref)
        self._assert_books_balance()

    def test_validation_buys_nothing_unless_told_to(self):
        self.loopback_method.shipping_buy_when = "button"
        picking = self._create_delivery(1)
        with self.assertRaisesRegex(UserError, "has no label yet. Press Buy Labels first"):
            picking.button_validate()
        self.assertEqual(len(self.server.sold), 0)
        picking.action_buy_labels()
        self._validate(picking)
        self.assertEqual(len(self.server.sold), 1)

    def test_only_what_is_picked_is_labelled(self):
        picking = self._create_delivery(3)
        self._pack(picking, 1, 2)
        lines = picking.move_line_ids.sorted("quantity")
        lines[0].picked = True
        picking.action_buy_labels()
        self.assertEqual(picking.parcel_ids.package_id, lines[0].result_package_id)
        self.assertEqual(picking.parcel_ids.weight, 2)

    def test_zpl(self):
        self.loopback_method.shipping_label_format = "zpl"
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        self.assertEqual(picking.parcel_ids.label_zpl_id.raw, ZPL)
        self.assertFalse(picking.parcel_ids.label_pdf_id)

    def test_the_service_of_the_method(self):
        self.loopback_method.shipping_service_code = "USPS/Priority"
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        self.assertEqual(picking.parcel_ids.cost, 7.42)

    def test_insurance_in_the_carriers_currency(self):
        self.loopback_method.shipping_insurance = 50
        picking = self._create_delivery(2)
        picking.sale_id.order_line.price_unit = 25
        picking.action_buy_labels()
        # 50 pounds for two lamps, half of it, at 2 USD for a pound
        self.assertEqual(self.server.sold[0]["insurance"], "50.00")

    def test_a_return_label(self):
        self.loopback_method.return_label_on_delivery = True
        picking = self._create_delivery(1)
        self._validate(picking)
        self.assertEqual([one["is_return"] for one in self.server.sold], [False, True])
        self.assertEqual(picking.parcel_ids.sorted("id").mapped("is_return"), [False, True])
        self._assert_books_balance()

    # -- twice ----------------------------------------------------------------------------------

    def test_pressing_twice_buys_once(self):
        picking = self._create_delivery(1)
        for _again in range(3):
            picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 1)
        self.assertEqual(len(picking.parcel_ids), 1)

    def test_two_parcels_the_second_of_which_fails(self):
        """The first one is paid: the next attempt goes on with the second one."""
        picking = self._create_delivery(3)
        self._pack(picking, 1, 2)
        self.server.fail("buy", "duplicate", "rate_limited")
        with self.assertRaisesRegex(UserError, "asked too often"):
            picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 1)
        self.assertEqual(self._get_purchases(picking).mapped("state"), ["bought", "rejected"])
        picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 2)
        self.assertEqual(len(picking.parcel_ids), 2)
        self.assertEqual(
            self._get_purchases(picking).mapped("state"), ["bought", "rejected", "bought"]
        )
        self._assert_books_balance()

    def test_a_label_that_is_not_true_any_more(self):
        picking = self._create_delivery(3)
        [package] = self._pack(picking, 3)
        picking.action_buy_labels()
        package.shipping_weight = 9
        with self.assertRaisesRegex(UserError, "was bought before the weight changed"):
            self._validate(picking)
        picking.parcel_ids.action_cancel()
        self._validate(picking)
        self.assertEqual((len(self.server.sold), len(self.server.kept)), (2, 1))
        self._assert_books_balance()

    def test_repacking_gives_the_other_label_back(self):
        picking = self._create_delivery(3)
        first, second = self._pack(picking, 1, 2)
        picking.action_buy_labels()
        first.shipping_weight = second.shipping_weight = 6
        picking.parcel_ids.filtered(lambda one: one.package_id == second).action_cancel()
        picking.move_line_ids.result_package_id = second
        self._validate(picking)
        active = picking.parcel_ids.filtered(lambda one: one.state != "cancelled")
        self.assertEqual(active.package_id, second)
        self.assertEqual((len(self.server.sold), len(self.server.kept)), (3, 1))
        self._assert_books_balance()

    # -- batches --------------------------------------------------------------------------------

    def test_a_batch_with_one_that_fails(self):
        bad = self._create_unserved()
        good = self._create_deliveries(2)
        action = (bad | good).action_buy_labels()
        self.assertIn("2 labels for 2 deliveries", action["params"]["message"])
        self.assertIn("No service to ZIP 00000", action["params"]["message"])
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(good.parcel_ids.mapped("state"), ["pending"] * 2)
        self.assertFalse(bad.parcel_ids)
        self._assert_books_balance()

    def test_a_selection_is_bought_delivery_by_delivery(self):
        """What the screen that shows the progress is given, and what it is told of each."""
        bad = self._create_unserved()
        good = self._create_delivery()
        selection = bad | good
        action = selection.action_buy_labels_of_selection()
        self.assertEqual(action["tag"], "shipping_connectors.buy_labels")
        self.assertEqual(
            action["params"]["pickings"], [{"id": one.id, "name": one.name} for one in selection]
        )
        self.assertFalse(self.server.sold, "nothing is bought by opening the screen")
        told = [one.buy_labels_of_one() for one in selection]
        self.assertEqual(told[0]["labels"], 0)
        self.assertIn("No service to ZIP 00000", told[0]["error"])
        self.assertEqual(told[1], {"labels": 1, "error": False})
        self.assertEqual(good.parcel_ids.state, "pending")
        good.buy_labels_of_one()
        self.assertEqual(len(self.server.sold), 1, "asking again buys nothing twice")
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._create_delivery().with_user(clerk).buy_labels_of_one()
        self._assert_books_balance()

    def test_a_selection_of_one_needs_no_screen(self):
        action = self._create_delivery().action_buy_labels_of_selection()
        self.assertEqual(action["tag"], "display_notification")

    def test_the_order_knows_its_parcels(self):
        picking = self._create_delivery()
        order = picking.sale_id
        self.assertEqual(order.parcel_count, 0)
        picking.action_buy_labels()
        self.assertEqual(order.parcel_count, 1)
        self.assertEqual(order.action_view_parcels()["res_id"], picking.parcel_ids.id)

    def test_validating_a_batch_with_one_that_fails(self):
        """Odoo would undo all when the first one fails; the others are through, and it is told."""
        bad = self._create_unserved()
        good = self._create_deliveries(2)
        batch = bad | good
        batch.move_ids.picked = True
        batch.with_context(skip_backorder=True).button_validate()
        self.assertEqual(batch.mapped("state"), ["done"] * 3)
        self.assertTrue(all(good.mapped("carrier_tracking_ref")))
        self.assertFalse(bad.carrier_tracking_ref)
        self.assertIn("No service to ZIP 00000", bad.activity_ids.note)
        self.assertEqual(self.server.count("create"), 3, "what failed was not asked for again")
        self._assert_books_balance()

    def test_validating_a_single_one_that_fails(self):
        picking = self._create_unserved()
        with self.assertRaisesRegex(UserError, "No service to ZIP 00000"):
            picking.button_validate()
        self.assertEqual(picking.state, "assigned")

    # -- doubt ----------------------------------------------------------------------------------

    def test_a_lost_answer_is_looked_up_at_once(self):
        for fault in ("drop_after", "truncated", "html_error_sold", "wrong_type", "not_json"):
            with self.subTest(fault):
                picking = self._create_delivery(1)
                self.server.fail("buy", fault)
                picking.action_buy_labels()
                self.assertEqual(picking.parcel_ids.state, "pending")
                self.assertTrue(picking.parcel_ids.label_pdf_id)
        self.assertEqual(self.server.count("buy"), 5)
        self._assert_books_balance()

    def test_a_purchase_in_doubt_is_not_repeated(self):
        picking = self._create_delivery(1)
        self.server.fail("buy", "drop_before")
        for _again in range(2):
            with self.assertRaisesRegex(UserError, "may have been bought"):
                picking.action_buy_labels()
        self.assertEqual(self.server.count("buy"), 1)
        purchase = self._get_purchases(picking)
        self.assertEqual(purchase.state, "unknown")
        self.assertTrue(purchase.is_open)
        self.assertIn(purchase, self.env["shipping.purchase"].search([("is_open", "=", True)]))
        # after some minutes the carrier's silence is proof
        self._age(purchase)
        picking.action_buy_labels()
        self.assertEqual(self._get_purchases(picking).mapped("state"), ["rejected", "bought"])
        self._assert_books_balance()

    def test_the_carrier_is_silent_when_it_is_looked_up(self):
        picking = self._create_delivery(1)
        self.server.fail("buy", "drop_after")
        self.server.fail("find", "html_error", "html_error", "html_error")
        with self.assertRaisesRegex(UserError, "may have been bought"):
            picking.action_buy_labels()
        purchase = self._get_purchases(picking)
        self._age(purchase)
        self._recover()
        self.assertEqual(purchase.state, "bought")
        self._age(purchase)
        self._recover()
        self.assertEqual(picking.parcel_ids.purchase_key, purchase.key)
        self._assert_books_balance()

    def test_while_somebody_else_buys(self):
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        purchase = self._get_purchases(picking)
        self.env.cr.execute(
            "UPDATE shipping_purchase SET state = 'sending' WHERE id = %s", [purchase.id]
        )
        with self.assertRaisesRegex(UserError, "is being bought by"):
            picking.action_buy_labels()
        self.assertEqual(self.server.count("buy"), 1)

    def test_decided_by_a_person(self):
        picking = self._create_delivery(1)
        self.server.fail("buy", "drop_before")
        # not assertRaises, which would undo what the ledger wrote
        with self.assertRaisesRegex(UserError, "may have been bought"):
            picking.action_buy_labels()
        purchase = self._get_purchases(picking)
        user = new_test_user(
            self.env, "packer", "stock.group_stock_user", company_id=self.company.id
        )
        with self.assertRaisesRegex(UserError, "administrator"):
            purchase.with_user(user).action_not_bought()
        with self.assertRaises(AccessError):
            purchase.with_user(user).write({"state": "rejected"})
        with self.assertRaises(AccessError):
            purchase.with_user(user).unlink()
        seller = new_test_user(
            self.env, "seller", "sales_team.group_sale_salesman", company_id=self.company.id
        )
        with self.assertRaisesRegex(AccessError, "Only users of Shipping"):
            picking.with_user(seller).action_buy_labels()
        with self.assertRaisesRegex(UserError, "is kept"):
            purchase.unlink()
        purchase.action_not_bought()
        self.assertEqual(purchase.state, "rejected")
        picking.action_buy_labels()
        self._assert_books_balance()

    # -- what a rollback leaves -----------------------------------------------------------------

    def _lose_parcels(self, picking):
        """As if the transaction that bought had been rolled back: the ledger stands."""
        self.env.cr.execute("DELETE FROM shipping_parcel WHERE picking_id = %s", [picking.id])
        self.env.invalidate_all()
        return self._get_purchases(picking)

    def test_a_lost_label_is_adopted_by_the_next_attempt(self):
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        number = picking.parcel_ids.tracking_number
        self._lose_parcels(picking)
        self._validate(picking)
        self.assertEqual(picking.carrier_tracking_ref, number)
        self.assertEqual(picking.parcel_ids.label_pdf_id.raw, PDF)
        self.assertEqual(len(self.server.sold), 1)

    def test_a_lost_label_is_attached(self):
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        purchase = self._lose_parcels(picking)
        self.assertTrue(purchase.is_open)
        self._recover()
        self.assertFalse(picking.parcel_ids, "it may still be on its way for some minutes")
        self._age(purchase)
        self._recover()
        self.assertEqual(picking.parcel_ids.purchase_key, purchase.key)
        self.assertFalse(purchase.is_open)

    def test_a_lost_label_of_a_cancelled_delivery_is_given_back(self):
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        purchase = self._lose_parcels(picking)
        picking.action_cancel()
        self._age(purchase)
        self._recover()
        self.assertEqual(purchase.state, "voided")
        self.assertEqual(self.server.kept, [])

    def test_a_lost_label_whose_parcel_is_gone_waits_for_a_person(self):
        picking = self._create_delivery(3)
        self._pack(picking, 3)
        picking.action_buy_labels()
        purchase = self._lose_parcels(picking)
        picking.move_line_ids.result_package_id = False
        self._age(purchase)
        with self.assertRaisesRegex(UserError, "has no parcel"):
            self._recover()
        self.assertTrue(purchase.is_open)
        purchase.action_void()
        self.env.invalidate_all()
        self.assertEqual(purchase.state, "voided")
        self.assertEqual(self.server.kept, [])

    def test_a_label_that_arrives_later(self):
        picking = self._create_delivery(1)
        self.server.fail("file", "html_error", "html_error", "html_error")
        picking.action_buy_labels()
        self.assertFalse(picking.parcel_ids.label_pdf_id)
        purchase = self._get_purchases(picking)
        self._age(purchase)
        self._recover()
        self.assertEqual(picking.parcel_ids.label_pdf_id.raw, PDF)
        self.assertEqual(len(self.server.sold), 1)

    # -- giving back ----------------------------------------------------------------------------

    def test_cancelling_gives_back_once(self):
        picking = self._create_delivery(1)
        self._validate(picking)
        purchase = self._get_purchases(picking)
        picking.cancel_shipment()
        picking.carrier_id.cancel_shipment(picking)
        self.env.invalidate_all()
        self.assertEqual(purchase.state, "voided")
        self.assertEqual(self.server.kept, [])
        self.assertEqual(self.server.count("void"), 1)
        self.assertEqual(picking.parcel_ids.state, "cancelled")
        self.assertFalse(picking.carrier_tracking_ref)
        picking.send_to_shipper()
        self.assertEqual(len(self.server.kept), 1)
        self._assert_books_balance()

    def test_a_cancelled_delivery(self):
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        picking.action_cancel()
        self.assertEqual(self.server.kept, [])

    def test_a_void_that_the_carrier_refuses(self):
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        parcel, purchase = picking.parcel_ids, self._get_purchases(picking)
        self.server.fail("void", "unauthorized")
        with self.assertRaisesRegex(UserError, "cannot be given back"):
            parcel.action_cancel()
        self.env.invalidate_all()
        self.assertEqual((parcel.state, purchase.state), ("pending", "bought"))
        self.assertTrue(purchase.is_void_refused)
        self.assertTrue(purchase.is_open)

    def test_a_void_while_the_carrier_is_away(self):
        """The parcel is cancelled; the label is given back as soon as the carrier answers."""
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        purchase = self._get_purchases(picking)
        self.server.fail("void", "html_error")
        picking.parcel_ids.action_cancel()
        self.env.invalidate_all()
        self.assertEqual(purchase.state, "void_pending")
        self._age(purchase)
        self._recover()
        self.assertEqual(purchase.state, "voided")
        self.assertEqual(self.server.kept, [])

    def test_a_carrier_without_voids(self):
        """Where unused labels cost nothing they are given back unasked, elsewhere not at all."""
        definition = registry.get("easypost")
        without = definition.capabilities - {Capability.VOID}
        for bills_used_only, state in ((True, "voided"), (False, "bought")):
            with self.subTest(bills_used_only=bills_used_only):
                changed = replace(definition, capabilities=without, bills_used_only=bills_used_only)
                picking = self._create_delivery(1)
                picking.action_buy_labels()
                with patch.dict(registry._definitions, {"easypost": changed}):
                    if bills_used_only:
                        picking.parcel_ids.action_cancel()
                    else:
                        with self.assertRaisesRegex(UserError, "takes no labels back"):
                            picking.parcel_ids.action_cancel()
                self.env.invalidate_all()
                self.assertEqual(self._get_purchases(picking).state, state)
        self.assertEqual(self.server.count("void"), 0)

    def test_a_parcel_whose_label_was_given_back(self):
        """A rollback after the void: the parcel may not go out with a void label."""
        picking = self._create_delivery(1)
        picking.action_buy_labels()
        parcel, purchase = picking.parcel_ids, self._get_purchases(picking)
        parcel.action_cancel()
        self.env.cr.execute(
            "UPDATE shipping_parcel SET state = 'pending' WHERE id = %s", [parcel.id]
        )
        self.env.invalidate_all()
        self._recover()
        self.assertEqual(parcel.state, "cancelled")
        self.assertEqual(purchase.state, "voided")

    # -- bad input ------------------------------------------------------------------------------

    def test_nothing_is_bought_with_bad_input(self):
        cases = [
            (self.customer, {"street": False}, "no street"),
            (self.customer, {"state_id": False}, "no state"),
            (self.customer, {"name": "銀座"}, "Latin letters"),
            (self.product, {"weight": 0}, "weight is missing"),
        ]
        for record, values, message in cases:
            with self.subTest(message):
                picking = self._create_delivery(1)
                before = record.read(list(values))[0]
                record.write(values)
                with self.assertRaisesRegex(UserError, message):
                    picking.action_buy_labels()
                record.write(
                    {
                        name: value[0] if isinstance(value, tuple) else value
                        for name, value in before.items()
                        if name != "id"
                    }
                )
        self.assertEqual(self.server.sold, [])

    def test_customs(self):
        self.customer.write(
            {
                "country_id": self.env.ref("base.ca").id,
                "state_id": self.env.ref("base.state_ca_bc").id,
                "city": "Vancouver",
                "zip": "V6B 1A1",
            }
        )
        picking = self._create_delivery(2)
        with self.assertRaisesRegex(UserError, "Lamp: the customs declaration needs an HS code"):
            picking.action_buy_labels()
        self.product.hs_code = "940520"
        with self.assertRaisesRegex(UserError, "country of origin"):
            picking.action_buy_labels()
        self.product.country_of_origin = self.env.ref("base.cn")
        picking.action_buy_labels()
        self.assertEqual(len(self.server.sold), 1)

    def test_what_cannot_be_bought(self):
        receipt = self._create_delivery(1)
        receipt.carrier_id = self.carrier
        with self.assertRaisesRegex(UserError, "not shipped by a carrier account"):
            receipt.action_buy_labels()
        waiting = self._create_delivery(1)
        waiting.do_unreserve()
        with self.assertRaisesRegex(UserError, "is not ready"):
            waiting.action_buy_labels()
        self.loopback_method.shipping_account_id = False
        picking = self._create_delivery(1)
        with self.assertRaisesRegex(UserError, "Choose a carrier account"):
            picking.action_buy_labels()
