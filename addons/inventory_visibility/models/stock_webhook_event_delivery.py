"""Delivery of the outbox: claim, commit, send, record."""

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from functools import partial

from odoo import api, fields, models
from odoo.service.model import retrying
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..core import webhook as core
from ..core import webhook_http as http

# Events that one round sends, and how many of these at once.
BATCH = 40
BATCH_PER_WEBHOOK = 20
THREADS = 8
# A round ends within BATCH / THREADS timeouts. After the lease, its worker counts as killed.
LEASE = timedelta(minutes=5)
# A failing receiver is left alone for at most so long.
PAUSE_CAP = 600.0
DELIVERED_DAYS = "inventory_visibility.webhook_keep_days"
DELIVERED_DAYS_DEFAULT = 30
DEAD_DAYS = 90


class StockWebhookEvent(models.Model):
    _inherit = "stock.webhook.event"

    @api.model
    def _cron_deliver(self):
        """Deliver what is due, in rounds; no transaction is open while the network is used.

        A round claims events for the time of a lease and commits, sends them, and records the
        outcomes. What a killed worker had claimed is sent again when the lease is over: so an
        event is delivered at least once.
        """
        cron = self.env["ir.cron"]
        while deliveries := retrying(partial(self._claim, BATCH), self.env):
            allowed = self.env["stock.webhook"]._get_allowed_networks()
            cron._commit_progress()  # ends the transaction before the network is used
            outcomes = self._send(deliveries, allowed)
            retrying(partial(self._record, outcomes), self.env)
            if not cron._commit_progress(len(deliveries), remaining=self._count_due()):
                return
        next_attempt = self._get_next_attempt()
        if next_attempt:
            self._trigger_delivery(next_attempt)

    # ------------------------------------------------------------------
    # Claim
    # ------------------------------------------------------------------

    @api.model
    def _claim(self, limit):
        """Lease the events that are to be sent now.

        :return: list of `webhook_http.Delivery`, at most one of each webhook and product
        """
        now = fields.Datetime.now()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE stock_webhook_event event
                   SET lease_until = %(lease)s, last_attempt = %(now)s,
                       attempt_count = COALESCE(event.attempt_count, 0) + 1
                  FROM (
                        SELECT candidate.id
                          FROM stock_webhook_event candidate
                         WHERE candidate.id IN (%(due)s) AND candidate.state = 'pending'
                         ORDER BY candidate.id
                         LIMIT %(limit)s
                           FOR UPDATE SKIP LOCKED
                       ) AS claimed
                 WHERE event.id = claimed.id
             RETURNING event.id
                """,
                lease=now + LEASE,
                now=now,
                due=self._get_due_query(now),
                limit=limit,
            )
        )
        events = self.sudo().browse(sorted(id_ for (id_,) in rows))
        events.invalidate_recordset()
        return [event._prepare_delivery(now) for event in events]

    @api.model
    def _get_due_query(self, now):
        """Return the ids of the events to send: the first pending one of each webhook and product.

        Not those whose receiver is paused, that wait for another attempt or that a worker has.
        """
        return SQL(
            """
            SELECT due.id
              FROM (
                    SELECT head.id,
                           ROW_NUMBER() OVER (
                                PARTITION BY head.webhook_id ORDER BY head.next_attempt, head.id
                           ) AS position
                      FROM (%(heads)s) AS head
                     WHERE head.next_attempt <= %(now)s
                       AND COALESCE(head.paused_until, %(now)s) <= %(now)s
                       AND COALESCE(head.lease_until, %(now)s) <= %(now)s
                   ) AS due
             WHERE due.position <= %(most)s
            """,
            heads=self._get_heads_query(),
            now=now,
            most=BATCH_PER_WEBHOOK,
        )

    @api.model
    def _get_heads_query(self):
        return SQL(
            """
            SELECT DISTINCT ON (pending.webhook_id, COALESCE(pending.product_id, 0))
                   pending.id, pending.webhook_id, pending.next_attempt, pending.lease_until,
                   webhook.paused_until
              FROM stock_webhook_event pending
              JOIN stock_webhook webhook ON webhook.id = pending.webhook_id AND webhook.active
             WHERE pending.state = 'pending'
             ORDER BY pending.webhook_id, COALESCE(pending.product_id, 0), pending.id
            """
        )

    @api.model
    def _count_due(self):
        query = self._get_due_query(fields.Datetime.now())
        return self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) AS due", query))[0][0]

    @api.model
    def _get_next_attempt(self):
        """Return the moment at which something is due next, or None."""
        return self.env.execute_query(
            SQL(
                "SELECT MIN(GREATEST(next_attempt, paused_until, lease_until)) FROM (%s) AS head",
                self._get_heads_query(),
            )
        )[0][0]

    def _prepare_delivery(self, now):
        self.ensure_one()
        body = self._build_body()
        timestamp = int(now.replace(tzinfo=timezone.utc).timestamp())
        secrets = self.webhook_id._get_valid_secrets(now)
        headers = core.signed_headers(secrets, self.uuid, timestamp, body)
        return http.Delivery(self.id, self.webhook_id.url, headers, body)

    # ------------------------------------------------------------------
    # Send
    # ------------------------------------------------------------------

    @api.model
    def _send(self, deliveries, allowed):
        """Send deliveries at the same time; nothing of the database is touched here."""
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            return list(pool.map(partial(http.post, allowed=allowed), deliveries))

    # ------------------------------------------------------------------
    # Record
    # ------------------------------------------------------------------

    @api.model
    def _record(self, outcomes):
        """Write down what became of the events, and how their receivers are."""
        events = self.sudo().browse([outcome.key for outcome in outcomes]).exists()
        by_id = {outcome.key: outcome for outcome in outcomes}
        for event in events:
            # delivered twice (a lease that ran out), or replayed meanwhile: delivered once counts
            if event.state == "pending":
                event.write(event._prepare_outcome_values(by_id[event.id]))
        for webhook, of_webhook in events.grouped("webhook_id").items():
            webhook._record_health([by_id[event.id] for event in of_webhook])

    def _prepare_outcome_values(self, outcome):
        self.ensure_one()
        now = fields.Datetime.now()
        values = {"lease_until": False, "last_status": outcome.status}
        if outcome.is_delivered:
            return {**values, "state": "delivered", "delivered_date": now, "last_error": False}
        values["last_error"] = self._explain_outcome(outcome)
        if self.attempt_count >= self.webhook_id.max_attempts:
            return {**values, "state": "dead"}
        wait = max(core.backoff(self.attempt_count), outcome.retry_after or 0)
        return {**values, "next_attempt": now + timedelta(seconds=math.ceil(wait))}

    def _explain_outcome(self, outcome):
        """Return what went wrong as a sentence."""
        texts = {
            "status": self.env._("The receiver answered with status %s.", outcome.status),
            "redirect": self.env._(
                "The receiver redirects (status %s), which is not followed:"
                " enter the final address.",
                outcome.status,
            ),
            "timeout": self.env._("No complete answer within %s seconds.", outcome.detail),
            "tls": self.env._("No secure connection: %s", outcome.detail),
            "connection": self.env._("No connection: %s", outcome.detail),
            "protocol": self.env._("The answer is not HTTP (%s).", outcome.detail),
        }
        if outcome.error in texts:
            return texts[outcome.error]
        error = core.WebhookAddressError(outcome.error, outcome.detail)
        return self.webhook_id._explain_address_error(error)

    # ------------------------------------------------------------------
    # Replay and purge
    # ------------------------------------------------------------------

    def action_replay(self):
        """Deliver again, given up or not, under the same message id."""
        self.check_access("read")
        events = self.sudo()
        events.write(
            {
                "state": "pending",
                "attempt_count": 0,
                "next_attempt": fields.Datetime.now(),
                "lease_until": False,
                "delivered_date": False,
            }
        )
        events._trigger_delivery()

    @api.autovacuum
    def _gc_events(self):
        """Delete what was delivered some time ago, and what was given up long ago."""
        days = self.env["ir.config_parameter"].sudo().get_param(DELIVERED_DAYS)
        days = int(days) if (days or "").isdigit() else DELIVERED_DAYS_DEFAULT
        now = fields.Datetime.now()
        domain = [
            "|",
            "&",
            ("state", "=", "delivered"),
            ("delivered_date", "<", now - timedelta(days=days)),
            "&",
            ("state", "=", "dead"),
            ("date", "<", now - timedelta(days=DEAD_DAYS)),
        ]
        events = self.sudo().search(domain, limit=GC_UNLINK_LIMIT, order="id")
        events.unlink()
        return len(events), len(events) == GC_UNLINK_LIMIT


class StockWebhook(models.Model):
    _inherit = "stock.webhook"

    def _record_health(self, outcomes):
        """Pause a receiver that failed, the longer the more often; stop one that is gone.

        Without it, each of its thousand events would wait for its own timeout, and other
        receivers' events behind them.
        """
        self.ensure_one()
        if any(outcome.is_gone for outcome in outcomes):
            self.active = False
            self.message_post(
                body=self.env._(
                    "Archived: the receiver answered that it is gone (status 410). What is pending"
                    " is delivered when the webhook is restored."
                )
            )
        if any(outcome.is_delivered for outcome in outcomes):
            if self.failure_count:
                self.write({"failure_count": 0, "paused_until": False})
            return
        count = self.failure_count + 1
        wait = max(
            core.backoff(count, cap=PAUSE_CAP),
            *(outcome.retry_after or 0 for outcome in outcomes),
        )
        until = fields.Datetime.now() + timedelta(seconds=math.ceil(wait))
        self.write({"failure_count": count, "paused_until": until})
