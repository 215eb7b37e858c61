from odoo import api, fields, models
from odoo.exceptions import UserError

from .tools import TRACKING_STATES


class ShippingTrackingEvent(models.Model):
    """What happened to a parcel, for good: events are added, never changed or removed."""

    _name = "shipping.tracking.event"
    _description = "Tracking Event"
    _order = "moment desc, id desc"
    _rec_name = "code"

    parcel_id = fields.Many2one(
        "shipping.parcel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="parcel_id.company_id", store=True, index=True)
    carrier_id = fields.Many2one(related="parcel_id.carrier_id", store=True)
    code = fields.Selection(TRACKING_STATES, string="Event", required=True, readonly=True)
    raw_status = fields.Char(
        string="Carrier's Word", readonly=True, help="The status as the carrier sent it."
    )
    moment = fields.Datetime(required=True, readonly=True, help="When it happened.")
    location = fields.Char(readonly=True)
    note = fields.Char(readonly=True)
    recipient = fields.Char(string="Received By", readonly=True)
    user_id = fields.Many2one("res.users", string="Reported By", readonly=True)
    key = fields.Char(
        string="Source Key",
        readonly=True,
        help="Identifies the event at its source, so that it is recorded once.",
    )

    _key_uniq = models.UniqueIndex(
        "(parcel_id, key) WHERE key IS NOT NULL", "This event was recorded already."
    )
    _moment_idx = models.Index("(parcel_id, moment)")

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("Tracking events are not changed. Report what is right as a new event.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Tracking events are kept."))
