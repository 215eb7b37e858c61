"""Customers are told what became of their parcel."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import tracking

#: what a state tells the customer; the others tell nothing
KIND_BY_STATE = {
    tracking.PICKED_UP: "shipped",
    tracking.IN_TRANSIT: "shipped",
    tracking.OUT_FOR_DELIVERY: "out_for_delivery",
    tracking.DELIVERED: "delivered",
    tracking.EXCEPTION: "exception",
    tracking.ATTEMPTED: "exception",
    tracking.RETURNED: "exception",
}
#: news that reach us later than this are no news any more
NEWS = timedelta(days=3)


class ShippingParcel(models.Model):
    _inherit = "shipping.parcel"

    notification_ids = fields.One2many(
        "shipping.notification", "parcel_id", string="Mails to the Customer", readonly=True
    )
    notified_partner_id = fields.Many2one(
        "res.partner",
        string="Told by Email",
        compute="_compute_notified_partner_id",
        compute_sudo=True,
        help="The recipient; without an email address who ordered, else the company it belongs to.",
    )

    @api.depends("partner_id", "picking_id")
    def _compute_notified_partner_id(self):
        for parcel in self:
            partner = parcel.partner_id
            candidates = partner + parcel.picking_id.sale_id.partner_id
            candidates += partner.commercial_partner_id
            parcel.notified_partner_id = candidates.filtered("email")[:1] or partner

    def _state_changed(self, event):
        result = super()._state_changed(event)
        kind = KIND_BY_STATE.get(self.state)
        if kind and not self.is_return and self._wants_notification(kind):
            self._notify_customer(kind, event.moment)
        return result

    def _wants_notification(self, kind):
        """Whether the company tells it. A parcel that got further was not just shipped."""
        self.ensure_one()
        if not self.company_id.sudo()[f"shipping_mail_{kind}"]:
            return False
        return kind != "shipped" or not self.sudo().notification_ids

    def _notify_customer(self, kind, moment):
        """Send the mail of this kind, once whoever reports the state and however often.

        The mail is queued in the transaction that changes the state: either both are, or neither.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO shipping_notification
                       (parcel_id, kind, moment, outcome, create_uid, create_date)
                VALUES (%(parcel)s, %(kind)s, %(now)s, 'sent', %(user)s, %(now)s)
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                parcel=self.id,
                kind=kind,
                now=now,
                user=self.env.uid,
            )
        )
        if not inserted:
            return
        self.invalidate_recordset(["notification_ids"])
        notification = self.env["shipping.notification"].sudo().browse(inserted[0][0])
        outcome, note = self._send_notification(kind, moment, now)
        if outcome != "sent":
            notification.write({"outcome": outcome, "note": note})

    def _send_notification(self, kind, moment, now):
        """:return: what became of it, and why"""
        if now - moment > NEWS:
            return "too_late", False
        if not self.notified_partner_id.email:
            return "no_address", False
        template = self.company_id.sudo()._get_shipping_template(kind)
        if not template:
            return "failed", self.env._("The mail template is missing.")
        try:
            with self.env.cr.savepoint():
                template.sudo().send_mail(self.id)
        except UserError as error:
            # a template that somebody broke does not keep parcels from being followed
            return "failed", str(error)[:500]
        return "sent", False
