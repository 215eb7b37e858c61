"""Parcels that a carrier with an account is asked for."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import polling, port, tracking, working_days

#: a claimed parcel that nobody asked for after all is asked for again after so many minutes
LEASE_MINUTES = 15


class ShippingParcel(models.Model):
    _inherit = "shipping.parcel"

    account_id = fields.Many2one(
        "shipping.account",
        string="Carrier Account",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        readonly=True,
        ondelete="restrict",
        help="The account that the label was bought with, and that its carrier is asked with.",
    )
    promised_date = fields.Date(
        string="Promised",
        readonly=True,
        help="The day that was promised when the label was made: the carrier's date, else its "
        "days from Monday to Friday.",
    )
    estimated_delivery = fields.Datetime(
        string="Expected", readonly=True, help="When the carrier now expects to deliver."
    )
    days_late = fields.Float(
        compute="_compute_days_late",
        store=True,
        digits=(16, 1),
        aggregator="avg",
        help="Days between the promise and the delivery; negative when it came earlier. A mean is "
        "that of parcels that were delivered after a promise.",
    )
    manifest_id = fields.Many2one(
        "shipping.manifest", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    next_poll_at = fields.Datetime(string="Asked Next", readonly=True, copy=False)
    polled_at = fields.Datetime(string="Last Asked", readonly=True, copy=False)
    poll_failures = fields.Integer(readonly=True, copy=False, aggregator=None)
    poll_error = fields.Char(string="Tracking Problem", readonly=True, copy=False)

    # what the scheduled action looks for: due parcels of one account, the longest due first
    _poll_idx = models.Index("(account_id, next_poll_at) WHERE next_poll_at IS NOT NULL")
    _account_number_idx = models.Index("(account_id, tracking_number)")

    @api.depends("carrier_id")
    def _compute_account_id(self):
        """As it was when the label was made: another account of the method changes nothing."""
        for parcel in self:
            carrier = parcel.carrier_id.sudo()
            is_account = carrier.delivery_type == "carrier_account"
            parcel.account_id = carrier.shipping_account_id if is_account else False

    @api.depends("promised_date", "delivered_at")
    def _compute_days_late(self):
        for parcel in self:
            if parcel.promised_date and parcel.delivered_at:
                zone = parcel.company_id.partner_id.tz or "UTC"
                local = fields.Datetime.context_timestamp(
                    parcel.with_context(tz=zone), parcel.delivered_at
                )
                parcel.days_late = (local.date() - parcel.promised_date).days
            else:
                parcel.days_late = 0

    def _read_group_select(self, aggregate_spec, query):
        """Parcels that are on the way, or were promised for no day, are neither late nor early."""
        expression = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec != "days_late:avg":
            return expression
        return SQL(
            "%s FILTER (WHERE %s IS NOT NULL AND %s IS NOT NULL)",
            expression,
            self._field_to_sql(self._table, "delivered_at", query),
            self._field_to_sql(self._table, "promised_date", query),
        )

    @api.model_create_multi
    def create(self, vals_list):
        parcels = super().create(vals_list)
        now = fields.Datetime.now()
        for parcel in parcels:
            if parcel.account_id._can_track():
                parcel.next_poll_at = now + polling.INTERVALS[tracking.PENDING]
            if not parcel.promised_date and parcel.transit_days and parcel.ship_date:
                parcel.promised_date = working_days.add(parcel.ship_date, parcel.transit_days)
        return parcels

    # -- claiming -------------------------------------------------------------------------------

    @api.model
    def _claim_due(self, account, limit):
        """Take due parcels of an account for asking, in one statement.

        Whoever comes at the same time takes others. When the worker dies they are due again after
        the lease.

        :return: ``[(parcel id, tracking number)]``
        """
        now = fields.Datetime.now()
        return self.env.execute_query(
            SQL(
                """
                UPDATE shipping_parcel parcel
                   SET next_poll_at = %(now)s + %(lease)s * interval '1 minute'
                  FROM (SELECT id FROM shipping_parcel
                         WHERE account_id = %(account)s AND next_poll_at <= %(now)s
                         ORDER BY next_poll_at
                         LIMIT %(limit)s
                           FOR UPDATE SKIP LOCKED) due
                 WHERE parcel.id = due.id
             RETURNING parcel.id, parcel.tracking_number
                """,
                now=now,
                lease=LEASE_MINUTES,
                account=account.id,
                limit=limit,
            )
        )

    # -- storing --------------------------------------------------------------------------------

    @api.model
    def _store_answers(self, answers):
        """What a batch of questions brought.

        :param answers: ``{parcel id: port.Track | port.CarrierError | None}``; ``None`` was not
            asked after all
        """
        tracks = {number: one for number, one in answers.items() if isinstance(one, port.Track)}
        self._store_tracks(tracks)
        now = fields.Datetime.now()
        parcels = self.sudo().browse(sorted(answers)).exists()
        for parcel in parcels:
            parcel.write(parcel._prepare_polled(answers[parcel.id], now))

    def _prepare_polled(self, answer, now):
        self.ensure_one()
        if answer is None:
            return {"next_poll_at": now}
        failures, error = 0, False
        if isinstance(answer, port.CarrierError):
            failures = self.poll_failures + 1
            error = self.env["delivery.carrier"]._get_shipping_error_message(answer)[:500]
        return {
            "polled_at": now,
            "poll_failures": failures,
            "poll_error": error,
            "next_poll_at": self._get_next_poll(now, failures) or False,
        }

    def _get_next_poll(self, now, failures=0):
        last_change = self.last_event_at or self.create_date or now
        return polling.next_poll(self.state, now, last_change, failures)

    # -- by hand --------------------------------------------------------------------------------

    def action_poll(self):
        """Ask the carrier now where these parcels are."""
        asked = self.filtered("account_id")[:50]
        if not asked:
            raise UserError(
                self.env._("These parcels have no carrier account that could be asked.")
            )
        failures = []
        for account, parcels in asked.grouped("account_id").items():
            pairs = [(parcel.id, parcel.tracking_number) for parcel in parcels]
            answers = account._ask_tracks(pairs)
            self._store_answers(answers)
            failures += [one for one in answers.values() if isinstance(one, port.CarrierError)]
        if failures and len(asked) == 1:
            message = self.env["delivery.carrier"]._get_shipping_error_message(failures[0])
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"type": "warning", "message": message},
            }
        return True

    @api.model
    def _find_by_number(self, account, numbers):
        """The parcel that each tracking number now belongs to.

        Carriers give numbers again: the newest parcel that is not cancelled has it.

        :return: ``{number: parcel}``
        """
        parcels = self.sudo().search(
            Domain("account_id", "=", account.id)
            & Domain("tracking_number", "in", list(numbers))
            & Domain("state", "!=", tracking.CANCELLED),
            order="id",
        )
        return {parcel.tracking_number: parcel for parcel in parcels}
