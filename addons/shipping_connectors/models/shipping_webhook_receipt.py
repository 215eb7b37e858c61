from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import webhook

KEPT = timedelta(days=30)


class ShippingWebhookReceipt(models.Model):
    """A carrier's report was received: known again when it is repeated."""

    _name = "shipping.webhook.receipt"
    _description = "Carrier Report"
    _order = "id desc"
    _rec_name = "key"

    account_id = fields.Many2one(
        "shipping.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    key = fields.Char(required=True, readonly=True)
    moment = fields.Datetime(string="Received", required=True, readonly=True)
    outcome = fields.Selection(
        [("stored", "Used"), ("foreign", "No Parcel of Ours"), ("unreadable", "Unreadable")],
        readonly=True,
    )
    parcel_count = fields.Integer(string="Parcels", readonly=True, aggregator=None)
    note = fields.Char(readonly=True)

    _key_uniq = models.UniqueIndex("(account_id, key)", "A report is received once.")

    @api.model
    def _receive(self, account, body):
        """Use a report whose signature was found right.

        :param body: raw bytes
        :return: the receipt, empty when the report was known already
        """
        note, report, outcome = False, None, "stored"
        try:
            report = account._get_webhook().read(webhook.parse(body), body)
            key = report.key[:200]
        except webhook.Unreadable as error:
            key, note, outcome = webhook.body_key(body), str(error), "unreadable"
        now = fields.Datetime.now()
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO shipping_webhook_receipt
                       (account_id, key, moment, outcome, note, create_date, parcel_count)
                VALUES (%(account)s, %(key)s, %(now)s, %(outcome)s, %(note)s, %(now)s, 0)
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                account=account.id,
                key=key,
                now=now,
                outcome=outcome,
                note=note or None,
            )
        )
        if not inserted:
            return self.browse()
        receipt = self.browse(inserted[0][0])
        if report:
            count = self._use(account, report)
            receipt.write({"parcel_count": count, "outcome": "stored" if count else "foreign"})
        return receipt

    @api.model
    def _use(self, account, report):
        """Store what the report says, and have asked for what it only names.

        :return: how many parcels of ours it was about
        """
        parcel_model = self.env["shipping.parcel"].with_context(mail_notrack=True)
        numbers = {track.number for track in report.tracks} | set(report.numbers)
        parcels = parcel_model._find_by_number(account, numbers)
        parcel_model._store_tracks(
            {parcels[track.number].id: track for track in report.tracks if track.number in parcels}
        )
        now = fields.Datetime.now()
        named = parcel_model.sudo().union(
            *(parcels[number] for number in report.numbers if number in parcels)
        )
        named = named.filtered(lambda one: not one.next_poll_at or one.next_poll_at > now)
        if named:
            named.next_poll_at = now
            self.env.ref("shipping_connectors.ir_cron_track")._trigger()
        for parcel in parcels.values():
            if parcel not in named:
                parcel.next_poll_at = parcel._get_next_poll(now) or False
        return len(parcels)

    @api.autovacuum
    def _gc_receipts(self):
        """A report is not repeated after so long."""
        old = self.search([("moment", "<", fields.Datetime.now() - KEPT)], limit=10_000)
        old.unlink()
        return len(old), len(old) == 10_000
