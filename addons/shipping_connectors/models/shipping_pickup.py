from datetime import datetime, time, timedelta, timezone

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..core import port
from .shipping_booking import BOOKED, CANCELLED, DRAFT


class ShippingPickup(models.Model):
    """A driver comes for parcels: booked once, cancelled when nobody is to come."""

    _name = "shipping.pickup"
    _description = "Carrier Pickup"
    _inherit = ["shipping.booking", "mail.thread"]

    hour_from = fields.Float(string="From", required=True, default=14.0)
    hour_to = fields.Float(string="Until", required=True, default=17.0)
    instructions = fields.Char(help="For the driver: gate, floor, whom to ask for.")
    is_extra = fields.Boolean(
        string="One More Driver", help="Books a driver although one comes that day already."
    )
    parcel_ids = fields.Many2many(
        "shipping.parcel",
        string="Parcels",
        domain="[('account_id', '=', account_id), ('state', '=', 'pending')]",
    )
    parcel_count = fields.Integer(compute="_compute_parcel_count")
    confirmation = fields.Char(readonly=True, copy=False, help="What the driver names.")
    amount = fields.Monetary(string="Price", readonly=True, copy=False)
    currency_id = fields.Many2one("res.currency", readonly=True, copy=False)

    # two users who book for the same day do not get two drivers
    _day_uniq = models.UniqueIndex(
        "(account_id, warehouse_id, day)"
        " WHERE state IN ('sending', 'booked', 'unknown') AND is_extra IS NOT TRUE",
        "A driver is booked for this day already.",
    )
    _hours_check = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < hour_to AND hour_to < 24)",
        "A driver comes between two times of the same day.",
    )

    @api.depends("parcel_ids")
    def _compute_parcel_count(self):
        for one in self:
            one.parcel_count = len(one.parcel_ids)

    @api.onchange("account_id", "warehouse_id")
    def _onchange_account_id(self):
        self.parcel_ids = [Command.set(self._get_waiting_parcels().ids)]

    def _get_waiting_parcels(self):
        """Parcels that wait and no driver is booked for."""
        if not self.account_id or not self.warehouse_id:
            return self.env["shipping.parcel"]
        booked = self.search([("state", "=", BOOKED), ("account_id", "=", self.account_id.id)])
        return self.env["shipping.parcel"].search(
            [*self._get_waiting_domain(), ("id", "not in", booked.parcel_ids.ids)]
        )

    def _get_moment(self, hour):
        midnight = datetime.combine(self.day, time(), tzinfo=self._get_zone())
        return midnight + timedelta(minutes=round(hour * 60))

    # -- booking ----------------------------------------------------------------------------------

    def _check_booking(self):
        if not self.account_id._has_capability(port.Capability.PICKUP):
            raise UserError(
                self.env._(
                    "%s offers no pickups here: book them on its website.", self.account_id.name
                )
            )
        if not self.parcel_ids:
            raise UserError(self.env._("Choose the parcels that the driver comes for."))
        foreign = self.parcel_ids.filtered(lambda one: one.account_id != self.account_id)
        if foreign:
            raise UserError(
                self.env._(
                    "%s were bought with another account: remove them.",
                    ", ".join(foreign.mapped("tracking_number")),
                )
            )
        if self._get_moment(self.hour_to) < datetime.now(timezone.utc):
            raise UserError(self.env._("This time is past. Choose another one."))

    def _prepare_question(self):
        weight = sum(self.parcel_ids.mapped("weight"))
        return port.PickupSpec(
            address=self._prepare_sender(),
            earliest=self._get_moment(self.hour_from),
            latest=self._get_moment(self.hour_to),
            references=tuple(one.carrier_ref or one.tracking_number for one in self.parcel_ids),
            instructions=self.instructions or "",
            weight=self.env["delivery.carrier"]._shipping_weight_to_kg(weight),
        )

    def _ask(self, adapter, question):
        return adapter.pickup(question)

    def _prepare_booked(self, answer):
        currency = self.env["res.currency"].with_context(active_test=False)
        return {
            **super()._prepare_booked(answer),
            "confirmation": answer.confirmation,
            "amount": float(answer.amount),
            "currency_id": currency.search([("name", "=", answer.currency)], limit=1).id,
        }

    def _get_taken_message(self):
        return self.env._(
            "A driver is booked, or being booked, for that day and warehouse already. Reload the "
            "page, or tick “One More Driver”."
        )

    # -- cancelling -------------------------------------------------------------------------------

    def action_cancel(self):
        """Nobody is to come; what is cancelled already is no error."""
        self._check_user()
        for one in self:
            if one.state == DRAFT:
                one.state = CANCELLED
            elif one.state == BOOKED:
                one._cancel_booked()
            elif one.state != CANCELLED:
                raise UserError(self.env._("Decide first whether it was booked: ask the carrier."))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _cancel_booked(self):
        self.ensure_one()
        if not self.reference:
            raise UserError(
                self.env._("The carrier's reference is not known: cancel it at the carrier.")
            )
        try:
            self.sudo().account_id._connect().cancel_pickup(self.reference)
        except port.CarrierError as failure:
            raise UserError(
                self.env["delivery.carrier"]._get_shipping_error_message(failure)
            ) from failure
        self._record(lambda row: {"state": CANCELLED, "error": False})
