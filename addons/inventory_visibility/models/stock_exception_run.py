"""The scheduled action that looks for exceptions: one kind of one company after the other."""

import logging
import time

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)

# How often a kind is tried again when somebody changed an exception at the same moment.
ATTEMPTS = 3
# Up to so many quants a run asked for by hand is done at once, in the request.
DIRECT_LIMIT = 20_000


class StockExceptionKind(models.Model):
    """What is left to do is marked on the kinds, so a run that was killed is gone on with.

    The row of a kind is locked while it is worked on: two runs at once share the kinds out, and
    never look at the same one.
    """

    _inherit = "stock.exception.kind"

    # ------------------------------------------------------------------
    # Entry points
    # ------------------------------------------------------------------

    @api.model
    def _cron_detect(self):
        """Look for every kind in every company; go on with what a killed run left."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._ensure_kinds()
        except UniqueViolation:
            # another run made them at this moment: go on with a snapshot that holds them
            self.env.cr.rollback()
        self._get_due()._run(commit=True)

    @api.model
    def _get_due(self):
        """Return what a killed run left, or else everything, marked as to be looked for."""
        kinds = self.with_context(active_test=False)
        due = kinds.search([("due", "=", True)])
        if not due:
            companies = self.env["res.company"].search([("active", "=", True)])
            due = self._get_kinds_to_run(companies)
            due.due = True
        try:
            self._commit(0, len(due))
        except OperationalError:
            # another run marked them at this moment: share its work
            self.env.cr.rollback()
            due = kinds.search([("due", "=", True)])
            self._commit(0, len(due))
        return due

    @api.model
    def action_run_now(self):
        """Look now: at once in a small company, else by the scheduled action."""
        if not self.env.user.has_group("inventory_visibility.group_inventory_visibility_manager"):
            raise AccessError(
                self.env._("Only administrators of visibility start the search for exceptions.")
            )
        kinds = self.sudo()
        kinds._ensure_kinds()
        quants = self.env["stock.quant"].sudo().search_count([], limit=DIRECT_LIMIT + 1)
        if quants > DIRECT_LIMIT:
            self.env.ref("inventory_visibility.ir_cron_stock_exception").sudo()._trigger()
            message = self.env._("The search has started in the background.")
        else:
            due = kinds._get_kinds_to_run(self.env.companies)
            due.due = True
            counts = due._run(commit=False)
            message = self.env._(
                "%(opened)s exceptions opened, %(closed)s closed.",
                opened=counts["opened"],
                closed=counts["closed"],
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _get_kinds_to_run(self, companies):
        """Active kinds, and archived ones that still have something open to be closed."""
        kinds = self.with_context(active_test=False).search([("company_id", "in", companies.ids)])
        alive = {
            (company.id, kind)
            for company, kind in self.env["stock.exception"]._read_group(
                [("state", "!=", "closed")], ["company_id", "kind"]
            )
        }
        return kinds.filtered(lambda kind: kind.active or (kind.company_id.id, kind.kind) in alive)

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def _run(self, commit):
        """Look for these kinds, company by company.

        :param commit: commit after each kind, and end when the time of the scheduled action is
            used up; without it everything is one transaction
        :return: ``{"opened": n, "closed": n}``
        """
        self = self.sudo().with_context(lang=None, active_test=False)
        source = self.env["stock.exception.source"]
        counts = {"opened": 0, "closed": 0}
        remaining = len(self)
        try:
            for company, kinds in self.grouped("company_id").items():
                failure = self._attempt(source._prepare, company, commit=commit)
                if commit and not self._commit(0, remaining):
                    return counts
                for kind in kinds.sorted(lambda kind: (kind.sequence, kind.id)):
                    for name, count in kind._run_one(failure, commit).items():
                        counts[name] += count
                    remaining -= 1
                    if commit and not self._commit(1, remaining):
                        return counts
        finally:
            # not reached with a transaction that failed: every step is undone when it fails
            source._drop()
        if commit:
            self._commit(0, 0)
        return counts

    def _commit(self, processed, remaining):
        """:return: whether there is time left"""
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining) > 0

    def _attempt(self, function, *args, commit):
        """Call a function, undone when it fails, again when somebody was in the way.

        :return: the exception that it failed with, or None
        """
        for attempt in range(ATTEMPTS):
            try:
                with self.env.cr.savepoint():
                    function(*args)
                return None
            except OperationalError as error:
                if not commit:
                    raise  # the request is repeated as a whole
                self.env.cr.rollback()
                if attempt == ATTEMPTS - 1:
                    return error
            except Exception as error:
                return error

    def _run_one(self, failure, commit):
        """Look for one kind, unless another run does or did; one that fails only says so."""
        self.ensure_one()
        counts = {}

        def run():
            if self._take():
                started = time.monotonic()
                if failure:
                    raise failure
                counts.update(self._detect())
                self._done(started)

        error = self._attempt(run, commit=commit)
        if error:
            counts.clear()
            self._failed(error)
        return counts

    def _take(self):
        """Lock the kind for this transaction; False when another run has or had it."""
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["due"])
        return bool(locked) and locked.due

    def _detect(self):
        """Bring the exceptions of this kind up to date and tell who wants to know."""
        self.ensure_one()
        query = None
        if self.active:
            query = self._get_detector()._get_query(self.company_id, self)
        exceptions = self.env["stock.exception"]
        counts = exceptions._store(self, query)
        exceptions._follow_up(self)
        return counts

    def _done(self, started):
        self.write(
            {
                "due": False,
                "last_run_date": fields.Datetime.now(),
                "last_duration": time.monotonic() - started,
                "last_error": False,
            }
        )

    def _failed(self, error):
        """Report on the kind itself; its exceptions stay as they were."""
        _logger.error("Exceptions of kind %s could not be found", self.kind, exc_info=error)
        text = f"{type(error).__name__}: {error}".strip()
        if text != self.last_error:
            self.message_post(
                body=self.env._("The search failed, what it found before is unchanged: %s", text)
            )
        self.write({"due": False, "last_run_date": fields.Datetime.now(), "last_error": text})
