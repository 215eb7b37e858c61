import re

from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .carrier_case import CarrierCase
from .loopback_carrier import PDF


class ReturnCase(CarrierCase):
    def setUp(self):
        super().setUp()
        self.picking = self._create_delivery(3)
        self._validate(self.picking)
        self.move = self.picking.move_ids
        self.reason = self.env.ref("shipping_connectors.return_reason_fit")

    def _ask(self, quantity=2, **values):
        return self.env["shipping.return"].create(
            {
                "picking_id": self.picking.id,
                "reason_id": self.reason.id,
                "line_ids": [(0, 0, {"move_id": self.move.id, "quantity": quantity})],
                **values,
            }
        )

    def _count_returns_sold(self):
        return sum(1 for one in self.server.kept if one["is_return"])


@tagged("post_install", "-at_install")
class TestReturn(ReturnCase):
    """Goods come back: with Odoo's return transfer, and a label that is paid once."""

    def test_from_the_delivery_to_the_shelf(self):
        action = self.picking.action_return_label()
        self.assertEqual(action["context"], {"default_picking_id": self.picking.id})
        one = self._ask()
        self.assertTrue(one.name.startswith("RET/"))
        self.assertEqual(one.carrier_id, self.loopback_method)
        one.action_approve()
        transfer = one.return_picking_id
        self.assertRecordValues(
            transfer,
            [
                {
                    "return_id": self.picking.id,
                    "picking_type_code": "incoming",
                    "carrier_id": self.loopback_method.id,
                    "state": "assigned",
                }
            ],
        )
        self.assertEqual(transfer.move_ids.origin_returned_move_id, self.move)
        self.assertEqual(transfer.move_ids.product_uom_qty, 2)
        one.action_buy_label()
        parcel = one.parcel_ids
        self.assertEqual(self._count_returns_sold(), 1)
        self.assertRecordValues(
            parcel,
            [
                {
                    "is_return": True,
                    "picking_id": transfer.id,
                    "weight": 4.0,  # two lamps of 2 kg
                    "partner_id": self.customer.id,
                    "state": "pending",
                }
            ],
        )
        self.assertEqual(parcel.label_pdf_id.raw, PDF)
        self.assertTrue(parcel.next_poll_at, "it is followed as any other")
        self.assertEqual(transfer.action_print_parcel_labels()["target"], "new")
        # pressed again
        one.action_buy_label()
        one.action_buy_label()
        self.assertEqual(self._count_returns_sold(), 1)
        self._validate(transfer)
        self.assertEqual(one.state, "received")
        with self.assertRaisesRegex(UserError, "is received already"):
            one.action_buy_label()

    def test_a_rollback_after_the_purchase(self):
        """The label is paid: the next attempt uses it."""
        one = self._ask()
        one.action_approve()
        self.env.flush_all()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            one.action_buy_label()
            raise ZeroDivisionError
        one.action_buy_label()
        self.assertEqual(len(one.parcel_ids), 1)

    def test_a_lost_answer_buys_nothing_twice(self):
        one = self._ask()
        one.action_approve()
        self.server.fail("buy", "drop_after")
        one.action_buy_label()
        one.action_buy_label()
        self.assertEqual(self._count_returns_sold(), 1)

    def test_a_cancelled_return_gives_its_label_back(self):
        one = self._ask()
        one.action_approve()
        one.action_buy_label()
        one.return_picking_id.action_cancel()
        self.assertEqual(self._count_returns_sold(), 0)
        # what did not come back can be asked for again
        self.assertEqual(self.move._get_returnable(), {self.move: 3.0})

    def test_how_much_can_come_back(self):
        self.assertEqual(self.move._get_returnable(), {self.move: 3.0})
        first = self._ask(2)
        self.assertEqual(self.move._get_returnable(), {self.move: 1.0})
        self.assertEqual(self.move._get_returnable(but=first), {self.move: 3.0})
        self.assertEqual(first.line_ids.returnable, 3.0, "its own quantity does not count")
        second = self._ask(2)
        with self.assertRaisesRegex(ValidationError, "2 are to come back, and 1 can"):
            second.action_approve()
        first.action_approve()
        self.assertEqual(self.move._get_returnable(), {self.move: 0.0}, "2 and 2 are asked for")
        second.line_ids.quantity = 1
        second.action_approve()
        self.assertEqual(self.move._get_returnable(), {self.move: 0.0})
        with self.assertRaises(ValidationError):
            self._ask(1).action_approve()

    def test_what_is_missing(self):
        with self.assertRaisesRegex(UserError, "Enter the quantities"):
            self._ask(0).action_approve()
        damaged = self._ask(reason_id=self.env.ref("shipping_connectors.return_reason_damaged").id)
        with self.assertRaisesRegex(UserError, "asks for details"):
            damaged.action_approve()
        with self.assertRaisesRegex(UserError, "not approved"):
            damaged.action_buy_label()
        with self.assertRaisesRegex(UserError, "what the customer is told"):
            damaged.action_refuse()
        damaged.refusal = "It is older than a year."
        damaged.action_refuse()
        self.assertEqual(damaged.state, "refused")
        damaged.action_approve()
        self.assertFalse(damaged.return_picking_id)

    def test_a_line_of_another_delivery(self):
        other = self._create_delivery(1)
        self._validate(other)
        with self.assertRaisesRegex(ValidationError, "was not delivered by"):
            self.env["shipping.return"].create(
                {
                    "picking_id": self.picking.id,
                    "reason_id": self.reason.id,
                    "line_ids": [(0, 0, {"move_id": other.move_ids.id, "quantity": 1})],
                }
            )

    def test_own_vans(self):
        picking = self._create_delivery(1, carrier=self.carrier)
        picking.carrier_id = self.carrier
        self.carrier.rate_table_zone_ids.country_ids += self.env.ref("base.us")
        self._validate(picking)
        one = self.env["shipping.return"].create(
            {
                "picking_id": picking.id,
                "reason_id": self.reason.id,
                "line_ids": [(0, 0, {"move_id": picking.move_ids.id, "quantity": 1})],
            }
        )
        one.action_approve()
        one.action_buy_label()
        one.action_buy_label()
        self.assertEqual(len(one.parcel_ids), 1)
        self.assertTrue(one.parcel_ids.label_pdf_id)

    def test_sent_to_the_customer(self):
        one = self._ask()
        one.action_approve()
        with self.assertRaisesRegex(UserError, "no label yet"):
            one.action_send_label()
        one.action_buy_label()
        one.action_send_label()
        mail = self.env["mail.mail"].search(
            [("model", "=", "shipping.return"), ("res_id", "=", one.id)], limit=1
        )
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(mail.attachment_ids.mapped("raw"), [PDF])

    def test_who_decides(self):
        seller = new_test_user(
            self.env,
            "seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        one = self._ask().with_user(seller)
        with self.assertRaisesRegex(UserError, "Only users of Shipping"):
            one.action_approve()


@tagged("post_install", "-at_install")
class TestReturnPortal(HttpCase, ReturnCase):
    """Customers ask for a return from the page of their order; nobody is logged in."""

    def setUp(self):
        super().setUp()
        self.company.shipping_return_portal = "auto"
        self.order = self.picking.sale_id
        self.order._portal_ensure_token()
        self.url = f"/my/orders/{self.order.id}/return?access_token={self.order.access_token}"

    def _get_form(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        hidden = dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', page.text))
        return {**hidden, "reason": str(self.reason.id), f"quantity_{self.move.id}": "1"}

    def _get_returns(self):
        self.env.invalidate_all()
        return self.env["shipping.return"].search([("picking_id", "=", self.picking.id)])

    def test_from_the_order_to_the_label(self):
        order = self.url_open(self.order.get_portal_url())
        self.assertIn("Return products", order.text)
        form = self._get_form()
        page = self.url_open(self.url, data=form)
        made = self._get_returns()
        self.assertEqual(made.state, "approved")
        self.assertTrue(made.is_from_portal)
        self.assertIn(f"/shipping/return/{made.access_token}", page.url)
        self.assertIn("Get the label", page.text)
        # the form once more, as by a double click
        self.url_open(self.url, data=form)
        self.assertEqual(self._get_returns(), made)
        label_url = f"/shipping/return/{made.access_token}/label"
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        for _again in range(2):
            page = self.url_open(label_url, data={"csrf_token": token})
            self.assertIn("Print the label", page.text)
        self.assertEqual(self._count_returns_sold(), 1)
        self.assertEqual(self.url_open(f"{label_url}.pdf").content, PDF)
        self.assertIn("Follow parcel", page.text)

    def test_the_way_back_to_a_return(self):
        """Who closed a return's page finds it again on the order, also when nothing is left."""
        form = {**self._get_form(), f"quantity_{self.move.id}": "3"}
        self.url_open(self.url, data=form)
        made = self._get_returns()
        link = f'href="/shipping/return/{made.access_token}"'
        order = self.url_open(self.order.get_portal_url()).text
        self.assertIn(link, order)
        self.assertNotIn("Return products", order)
        again = self.url_open(self.url).text
        self.assertIn(link, again)
        self.assertIn("can be returned online", again)
        self.assertIn(self.order.name, self.url_open(f"/shipping/return/{made.access_token}").text)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.reason.with_context(lang="fr_FR").name = "Ne convient pas"
        self.customer.lang = "fr_FR"
        made = self._ask()
        page = self.url_open(f"/shipping/return/{made.access_token}").text
        self.assertIn("Ne convient pas", page)

    def test_the_order_knows_its_returns(self):
        self.assertEqual(self.order.shipping_return_count, 0)
        made = self._ask()
        self.assertEqual(self.order.shipping_return_count, 1)
        domain = self.order.action_view_returns()["domain"]
        self.assertEqual(self.env["shipping.return"].search(domain), made)

    def test_approved_by_us(self):
        self.company.shipping_return_portal = "approve"
        page = self.url_open(self.url, data=self._get_form())
        made = self._get_returns()
        self.assertEqual(made.state, "requested")
        self.assertIn("We look at it", page.text)
        token = made.access_token
        self.url_open(f"/shipping/return/{token}/label", data={"csrf_token": "x"})
        made.action_approve()
        waiting = self.url_open(f"/shipping/return/{token}").text
        self.assertNotIn("Get the label", waiting)
        self.assertIn("We send you the label", waiting)
        made.action_buy_label()
        self.assertIn("Print the label", self.url_open(f"/shipping/return/{token}").text)

    def test_what_is_wrong_is_said(self):
        quantity = f"quantity_{self.move.id}"
        for change, message in (
            ({quantity: ""}, "Enter how many"),
            ({quantity: "4"}, "4 are to come back, and 3 can"),
            ({quantity: "many"}, "is no quantity"),
            ({quantity: "-1"}, "is no quantity"),
            ({"reason": ""}, "Choose why"),
            ({"reason": "99999"}, "Choose why"),
            ({"key": "x"}, "too old"),
        ):
            page = self.url_open(self.url, data={**self._get_form(), **change})
            self.assertIn(message, page.text)
        damaged = self.env.ref("shipping_connectors.return_reason_damaged")
        page = self.url_open(self.url, data={**self._get_form(), "reason": str(damaged.id)})
        self.assertIn("Describe what is wrong", page.text)
        self.assertFalse(self._get_returns())

    def test_where_it_is_not_offered(self):
        self.picking.date_done = "2020-01-01"
        self.assertIn("can be returned online", self.url_open(self.url).text)
        self.company.shipping_return_days = 0
        self.assertIn("Ask for the return", self.url_open(self.url).text)
        self.company.shipping_return_portal = "no"
        self.assertIn("can be returned online", self.url_open(self.url).text)

    def test_whose_order_it_is(self):
        wrong = self.url_open(f"/my/orders/{self.order.id}/return?access_token=wrong")
        self.assertNotIn("Ask for the return", wrong.text)
        for token in ("short", "a" * 32):
            self.assertEqual(self.url_open(f"/shipping/return/{token}").status_code, 404)
            self.assertEqual(self.url_open(f"/shipping/return/{token}/label.pdf").status_code, 404)
