from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestNotification(ShippingCase):
    """Customers are told what became of their parcel, once for each kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("shipped", "out_for_delivery", "delivered", "exception"):
            cls.company[f"shipping_mail_{kind}"] = True

    def setUp(self):
        super().setUp()
        picking = self._create_delivery()
        picking.action_create_parcels()
        self.parcel = picking.parcel_ids

    def _get_mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "shipping.parcel"), ("res_id", "=", self.parcel.id)], order="id"
        )

    def test_told_once_for_each_kind(self):
        add = self.parcel._add_event
        add("picked_up")
        add("in_transit")
        add("out_for_delivery")
        add("attempted")
        add("out_for_delivery")
        add("exception")
        add("delivered")
        mails = self._get_mails()
        self.assertEqual(
            [mail.subject.split(": ")[1].split(" (")[0] for mail in mails],
            [
                "your parcel is on its way",
                "your parcel arrives today",
                "there is a problem with your parcel",
                "your parcel was delivered",
            ],
        )
        self.assertEqual(mails.recipient_ids, self.customer)
        for mail in mails:
            self.assertIn(f"/shipping/track/{self.parcel.sudo().access_token}", mail.body_html)
            self.assertIn(self.parcel.tracking_number, mail.body_html)
        self.assertEqual(
            self.parcel.notification_ids.sorted("id").mapped("kind"),
            ["shipped", "out_for_delivery", "exception", "delivered"],
        )

    def test_what_got_further_was_not_just_shipped(self):
        self.parcel._add_event("out_for_delivery")
        self.parcel._add_event("in_transit")
        self.assertEqual(self.parcel.notification_ids.mapped("kind"), ["out_for_delivery"])

    def test_per_company(self):
        self.company.shipping_mail_shipped = False
        self.parcel._add_event("picked_up")
        self.assertFalse(self.parcel.notification_ids)
        self.assertFalse(self._get_mails())

    def test_a_template_of_ones_own(self):
        mine = self.env.ref("shipping_connectors.mail_template_shipped").copy(
            {"subject": "Off it goes"}
        )
        self.company.shipping_mail_shipped_template_id = mine
        self.parcel._add_event("picked_up")
        self.assertEqual(self._get_mails().subject, "Off it goes")

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("shipping_connectors.mail_template_delivered")
        template.with_context(lang="fr_FR").subject = "Livré"
        self.customer.lang = "fr_FR"
        self.parcel._add_event("delivered", recipient="Jane")
        self.assertEqual(self._get_mails().subject, "Livré")

    def test_without_an_address(self):
        self.customer.email = False
        self.parcel._add_event("picked_up")
        self.assertFalse(self._get_mails())
        self.assertEqual(self.parcel.notification_ids.outcome, "no_address")

    def test_whoever_ordered_is_told_instead(self):
        address = self.customer.copy(
            {"email": False, "parent_id": self.customer.id, "type": "delivery"}
        )
        self.parcel.partner_id = address
        self.parcel._add_event("picked_up")
        self.assertEqual(self._get_mails().recipient_ids, self.customer)

    def test_no_old_news(self):
        self.parcel._add_event(
            "picked_up", moment=fields.Datetime.now() - timedelta(days=3, hours=1)
        )
        self.assertEqual(self.parcel.notification_ids.outcome, "too_late")
        self.assertFalse(self._get_mails())

    def test_a_broken_template_stops_nothing(self):
        template = self.env.ref("shipping_connectors.mail_template_shipped")
        # past the check of templates that are written by hand
        self.env.cr.execute(
            "UPDATE mail_template SET subject = %s WHERE id = %s",
            ['{"en_US": "{{ object.carrier_id.name.upper(1, 2) }}"}', template.id],
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.parcel._add_event("picked_up")
        self.assertEqual(self.parcel.state, "picked_up")
        self.assertEqual(self.parcel.notification_ids.outcome, "failed")
        self.assertTrue(self.parcel.notification_ids.note)

    def test_returns_tell_nothing(self):
        self.parcel.is_return = True
        self.parcel._add_event("picked_up")
        self.assertFalse(self.parcel.notification_ids)
