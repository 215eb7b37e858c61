"""Something is booked with a carrier, once: what pickups and manifests have in common."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from psycopg2.errors import LockNotAvailable, UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core import port

DRAFT, SENDING, BOOKED = "draft", "sending", "booked"
UNKNOWN, CANCELLED = "unknown", "cancelled"
#: what is, or may be, booked
LIVE = (SENDING, BOOKED, UNKNOWN)
#: after so long whoever sent a booking is dead
LEASE = timedelta(minutes=5)


class ShippingBooking(models.AbstractModel):
    """As the ledger of purchases does it: *sending* is committed on a cursor of its own before the
    carrier is called, and what it answered straight after. No rollback, repeated request or second
    user books again; what nobody knows is decided by a person.
    """

    _name = "shipping.booking"
    _description = "Booking with a Carrier"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    account_id = fields.Many2one(
        "shipping.account", string="Carrier Account", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
        help="Where the parcels leave from.",
    )
    day = fields.Date(required=True, default=fields.Date.context_today)
    state = fields.Selection(
        [
            (DRAFT, "Draft"),
            (SENDING, "Being Sent"),
            (BOOKED, "Booked"),
            (UNKNOWN, "Unknown"),
            (CANCELLED, "Cancelled"),
        ],
        required=True,
        readonly=True,
        default=DRAFT,
        copy=False,
        index=True,
    )
    sent_at = fields.Datetime(string="Sent", readonly=True, copy=False)
    booked_at = fields.Datetime(string="Booked On", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Booked By", readonly=True, copy=False)
    reference = fields.Char(string="Carrier Reference", readonly=True, copy=False)
    error = fields.Text(string="Problem", readonly=True, copy=False)

    @api.depends("account_id", "day")
    def _compute_name(self):
        for one in self:
            one.name = f"{one.account_id.name or ''} {one.day or ''}".strip()

    def _get_waiting_domain(self):
        """The parcels of the account that wait at the warehouse."""
        return [
            ("account_id", "=", self.account_id.id),
            ("state", "=", "pending"),
            ("is_return", "=", False),
            ("picking_id.picking_type_id.warehouse_id", "=", self.warehouse_id.id),
        ]

    def _get_zone(self):
        """The warehouse's time zone: days and hours are those on its clock."""
        partner = self.warehouse_id.partner_id
        return ZoneInfo(partner.tz or self.company_id.partner_id.tz or self.env.user.tz or "UTC")

    def _prepare_sender(self):
        carriers = self.env["delivery.carrier"]
        sender = carriers._get_shipping_sender(self.warehouse_id, self.company_id)
        return carriers._prepare_shipping_address(sender)

    # -- what each kind says -----------------------------------------------------------------------

    def _check_booking(self):
        """:raises UserError: when it cannot be booked as it is"""

    def _prepare_question(self):
        """What the carrier is asked with, read before it is called."""
        raise NotImplementedError

    def _ask(self, adapter, question):
        """The call that books."""
        raise NotImplementedError

    def _prepare_booked(self, answer):
        """What is written of the carrier's answer; ``self`` is on the booking's own cursor."""
        return {"reference": answer.reference}

    def _get_taken_message(self):
        return self.env._("This was booked by somebody else meanwhile. Reload the page.")

    # -- booking -----------------------------------------------------------------------------------

    def action_book(self):
        """Book with the carrier, once however often it is pressed."""
        self._check_user()
        for one in self:
            one._book()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_user(self):
        if not self.env.su and not self.env.user.has_group(
            "shipping_connectors.group_shipping_user"
        ):
            raise AccessError(self.env._("Only users of Shipping book with carriers."))
        self.check_access("write")

    def _book(self):
        self.ensure_one()
        one = self.sudo()
        one._check_booking()
        question = one._prepare_question()
        adapter = one.account_id._connect()
        self._claim()
        carriers = self.env["delivery.carrier"]
        try:
            answer = one._ask(adapter, question)
        except (port.Rejected, port.Retryable) as failure:
            message = carriers._get_shipping_error_message(failure)
            self._record(lambda row: {"state": DRAFT, "error": message})
            raise UserError(message) from failure
        except port.Unknown as failure:
            message = carriers._get_shipping_error_message(failure)
            self._record(lambda row: {"state": UNKNOWN, "error": message})
            raise UserError(
                self.env._(
                    "It may have been booked: %(problem)s Ask the carrier, then say here what it "
                    "told you.",
                    problem=message,
                )
            ) from failure
        except Exception as failure:
            text = f"{type(failure).__name__}: {failure}"
            self._record(lambda row: {"state": UNKNOWN, "error": text})
            raise
        self._record(
            lambda row: {
                "state": BOOKED,
                "booked_at": fields.Datetime.now(),
                "error": False,
                **row._prepare_booked(answer),
            }
        )

    def _claim(self):
        """Commit that it is being sent.

        :raises UserError: when it is being sent, or booked, already
        """
        self.flush_recordset()
        try:
            with self.env.registry.cursor() as cr:
                cr.execute("SET LOCAL lock_timeout = '5s'")
                cr.execute(
                    SQL(
                        "UPDATE %s SET state = %s, sent_at = %s, user_id = %s"
                        " WHERE id = %s AND state = %s",
                        SQL.identifier(self._table),
                        SENDING,
                        fields.Datetime.now(),
                        self.env.uid,
                        self.id,
                        DRAFT,
                    ),
                    log_exceptions=False,
                )
                claimed = cr.rowcount
        except (UniqueViolation, LockNotAvailable) as taken:
            raise UserError(self._get_taken_message()) from taken
        self.invalidate_recordset()
        if not claimed:
            raise UserError(self._get_taken_message())

    def _record(self, prepare):
        """Commit what became of it, whatever becomes of the caller's transaction."""
        with self.env.registry.cursor() as cr:
            row = api.Environment(cr, SUPERUSER_ID, dict(self.env.context))[self._name].browse(
                self.id
            )
            row.write(prepare(row))
            row.env.flush_all()
        self.invalidate_recordset()

    # -- decided by a person -----------------------------------------------------------------------

    def _check_in_doubt(self):
        for one in self:
            abandoned = (
                one.state == SENDING and one.sent_at and one.sent_at < fields.Datetime.now() - LEASE
            )
            if one.state != UNKNOWN and not abandoned:
                raise UserError(
                    self.env._("There is nothing to decide: it is no booking in doubt.")
                )

    def action_was_booked(self):
        """The carrier says that it has the booking."""
        self._check_user()
        self._check_in_doubt()
        self.sudo().write(
            {"state": BOOKED, "booked_at": fields.Datetime.now(), "user_id": self.env.uid}
        )
        return True

    def action_was_not_booked(self):
        """The carrier says that it has no such booking: it can be sent again."""
        self._check_user()
        self._check_in_doubt()
        self.sudo().write({"state": DRAFT, "error": False})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(one.state != DRAFT for one in self):
            raise UserError(self.env._("What was sent to a carrier is kept. Cancel it instead."))
