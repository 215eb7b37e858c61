"""An account's parcels are followed: by asking, and by what the carrier reports."""

import logging
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..core import polling, port, webhook
from ..core.carriers import registry

_logger = logging.getLogger(__name__)

#: parcels that are asked for in one transaction
BATCH = 50
THREADS = 4
#: seconds that the questions of a batch may take together; what is left over is put back
BATCH_TIME = 60
#: after the carrier asked for a pause without saying how long
PAUSE = timedelta(minutes=5)
TRIES = 3


class ShippingAccount(models.Model):
    _inherit = "shipping.account"

    poll_per_minute = fields.Integer(
        string="Tracking Requests per Minute",
        default=300,
        help="So often at most the carrier is asked where parcels are. The carrier's contract "
        "says how much it allows. 0 asks never.",
    )
    poll_budget = fields.Float(readonly=True, copy=False)
    poll_budget_at = fields.Datetime(readonly=True, copy=False)
    poll_paused_until = fields.Datetime(
        string="Tracking Paused Until", readonly=True, copy=False, help="The carrier asked for it."
    )
    poll_error = fields.Char(string="Tracking Problem", readonly=True, copy=False)
    webhook_token = fields.Char(copy=False, readonly=True, groups="base.group_system")
    webhook_secret = fields.Char(
        copy=False,
        groups="base.group_system",
        help="Reports that are not signed with it are refused. Without a secret all are.",
    )
    webhook_url = fields.Char(
        string="Webhook Address", compute="_compute_webhook_url", groups="base.group_system"
    )
    webhook_help = fields.Char(compute="_compute_webhook_url", groups="base.group_system")

    _webhook_token_uniq = models.UniqueIndex(
        "(webhook_token) WHERE webhook_token IS NOT NULL", "A webhook address is of one account."
    )
    _poll_per_minute_check = models.Constraint(
        "CHECK(poll_per_minute >= 0)", "Tracking requests per minute cannot be negative."
    )

    @api.depends("webhook_token", "provider")
    def _compute_webhook_url(self):
        for account in self:
            token = account.webhook_token
            account.webhook_url = (
                f"{account.get_base_url()}/shipping/webhook/{token}" if token else False
            )
            definition = registry.get(account.provider) if account.provider else None
            account.webhook_help = definition.webhook.help if definition else False

    def action_create_webhook(self):
        """An address and a secret of its own; pressed again, the former ones end."""
        for account in self:
            account.write(
                {
                    "webhook_token": secrets.token_urlsafe(24),
                    "webhook_secret": secrets.token_urlsafe(32),
                }
            )
        return True

    def action_remove_webhook(self):
        self.write({"webhook_token": False, "webhook_secret": False})
        return True

    def _get_webhook(self) -> webhook.Webhook:
        self.ensure_one()
        return self._get_definition().webhook

    def _can_track(self):
        return bool(self) and self._has_capability(port.Capability.TRACK)

    # -- the scheduled action -------------------------------------------------------------------

    @api.model
    def _cron_track(self):
        """Ask for the parcels that are due, account by account, as far as each allows.

        A batch is two transactions: in the first the parcels are claimed, in the second what the
        carrier said is stored. Between them nothing is locked.
        """
        cron = self.env["ir.cron"]
        accounts = self._get_poll_accounts()
        seconds = cron._commit_progress(remaining=len(accounts))
        while accounts and seconds:
            for account in accounts:
                if account._poll_batch() < BATCH:
                    accounts -= account
                seconds = cron._commit_progress(remaining=len(accounts))
                if not seconds:
                    break
        if not accounts:
            self._plan_next_run()
        return True

    @api.model
    def _get_poll_accounts(self):
        """Accounts with parcels that are due and may be asked for now."""
        now = fields.Datetime.now()
        accounts = self.sudo().search(
            [
                ("poll_per_minute", ">", 0),
                "|",
                ("poll_paused_until", "=", False),
                ("poll_paused_until", "<=", now),
            ]
        )
        return accounts.filtered(lambda one: one._can_track() and one._has_due(now))

    def _has_due(self, now):
        self.ensure_one()
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM shipping_parcel"
                    " WHERE account_id = %s AND next_poll_at <= %s LIMIT 1",
                    self.id,
                    now,
                )
            )
        )

    @api.model
    def _plan_next_run(self):
        """What was left because a budget was spent goes on when it is full again."""
        now = fields.Datetime.now()
        moments = [account._get_budget().next_full(now) for account in self._get_poll_accounts()]
        if moments:
            cron = self.env.ref("shipping_connectors.ir_cron_track", raise_if_not_found=False)
            if cron:
                cron._trigger(min(moments))

    # -- one batch ------------------------------------------------------------------------------

    def _poll_batch(self):
        """:return: how many parcels were asked for"""
        self.ensure_one()
        pairs = self._try_again(self._claim_batch)
        # what is claimed is so for everybody, and no row is locked while the carrier thinks
        self.env["ir.cron"]._commit_progress()
        if not pairs:
            return 0
        answers = self._ask_tracks(pairs)
        self._try_again(self._store_batch, answers)
        return len(pairs)

    def _try_again(self, step, *args):
        """Take a step that begins a transaction.

        Another worker, a driver or a webhook may have been at the same account or parcels since it
        began: then again, on what they did.
        """
        for attempt in range(1, TRIES + 1):
            try:
                result = step(*args)
                self.env.flush_all()
                return result
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all()
                if attempt == TRIES:
                    raise
        return None

    def _store_batch(self, answers):
        self.env["shipping.parcel"].with_context(mail_notrack=True)._store_answers(answers)
        self._note_answers(answers)

    def _get_budget(self):
        self.ensure_one()
        return polling.Budget(self.poll_per_minute, self.poll_budget, self.poll_budget_at or None)

    def _claim_batch(self):
        """Take as many due parcels as the account's budget allows."""
        self.ensure_one()
        # two workers share one budget; foreign keys to the account do not wait for this lock
        self.env.cr.execute(
            SQL("SELECT id FROM shipping_account WHERE id = %s FOR NO KEY UPDATE", self.id)
        )
        self.invalidate_recordset(["poll_budget", "poll_budget_at"])
        now = fields.Datetime.now()
        granted, _left = self._get_budget().take(now, BATCH)
        if not granted:
            return []
        pairs = self.env["shipping.parcel"]._claim_due(self, granted)
        self._spend(len(pairs), now)
        return pairs

    def _spend(self, count, now):
        _granted, left = self._get_budget().take(now, count)
        self.sudo().with_context(tracking_disable=True).write(
            {"poll_budget": left.tokens, "poll_budget_at": left.at}
        )

    def _ask_tracks(self, pairs):
        """Ask the carrier for parcels, several at once; no record is touched meanwhile.

        :param pairs: ``[(parcel id, tracking number)]``
        :return: ``{parcel id: port.Track | port.CarrierError | None}``: ``None`` was not asked,
            as the carrier wants a pause or time was up
        """
        self.ensure_one()
        try:
            adapters = [self._connect() for _thread in range(min(THREADS, len(pairs)))]
        except UserError as error:
            failure = port.Rejected(str(error), "account")
            return {number: failure for number, _tracking_number in pairs}
        questions = list(pairs)
        answers = dict.fromkeys((number for number, _tracking_number in pairs), None)
        until = time.monotonic() + BATCH_TIME

        def work(adapter):
            while questions and time.monotonic() < until:
                try:
                    number, tracking_number = questions.pop(0)
                except IndexError:  # another thread was faster
                    return
                answer = answers[number] = _ask(adapter, tracking_number)
                if isinstance(answer, port.CarrierError) and _is_pause(answer):
                    questions.clear()

        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            list(pool.map(work, adapters))
        return answers

    def _note_answers(self, answers):
        """A carrier that wants a pause gets it; what keeps every parcel is said on the account."""
        self.ensure_one()
        failures = [one for one in answers.values() if isinstance(one, port.CarrierError)]
        pauses = [one for one in failures if _is_pause(one)]
        account_failures = [one for one in failures if one.code in ("account", "auth")]
        message = False
        values = {}
        if pauses:
            seconds = max(one.retry_after or 0 for one in pauses)
            pause = timedelta(seconds=seconds) if seconds else PAUSE
            values["poll_paused_until"] = fields.Datetime.now() + pause
        elif account_failures:
            # nothing of this account can be asked: once an hour is enough to see whether it can
            values["poll_paused_until"] = fields.Datetime.now() + timedelta(hours=1)
        elif self.poll_paused_until:
            values["poll_paused_until"] = False
        for failure in (*account_failures, *pauses):
            message = self.env["delivery.carrier"]._get_shipping_error_message(failure)[:500]
            break
        if message != self.poll_error:
            values["poll_error"] = message
        if values:
            self.sudo().with_context(tracking_disable=True).write(values)


def _ask(adapter, tracking_number):
    """In a thread of its own: no record, no cursor."""
    try:
        return adapter.track(tracking_number)
    except port.CarrierError as failure:
        return failure
    except Exception as fault:
        _logger.exception("A parcel could not be tracked")
        return port.Retryable(f"{type(fault).__name__}", "fault")


def _is_pause(failure):
    return failure.code == "rate_limited"
