from odoo import api, fields, models
from odoo.tools import SQL


class StockValuationAgeingBucket(models.Model):
    """Ages from a day to a day, both included. Companies with the same bounds share them."""

    _name = "stock.valuation.ageing.bucket"
    _description = "Ageing Bucket"
    _order = "days_from, days_to"

    days_from = fields.Integer(
        string="From", required=True, readonly=True, help="-1: owed, without age."
    )
    days_to = fields.Integer(string="To", readonly=True, help="0: no end.")

    _days_uniq = models.UniqueIndex("(days_from, days_to)")

    @api.depends("days_from", "days_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for bucket in self:
            if bucket.days_from < 0:
                name = self.env._("Negative stock")
            elif not bucket.days_to:
                name = self.env._("Over %s days", max(bucket.days_from - 1, 0))
            else:
                name = self.env._(
                    "%(first)s to %(last)s days", first=bucket.days_from, last=bucket.days_to
                )
            bucket.display_name = name

    @api.model
    def _get(self, days_from, days_to):
        """Return the bucket of these days, which is made when it is new; None as in
        :func:`core.ageing.get_bucket`."""
        values = {"days_from": -1 if days_from is None else days_from, "days_to": days_to or 0}
        # two reports at a time may need it
        self.env.execute_query(
            SQL(
                "INSERT INTO stock_valuation_ageing_bucket"
                " (days_from, days_to, create_uid, create_date) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING RETURNING id",
                values["days_from"],
                values["days_to"],
                self.env.uid,
                fields.Datetime.now(),
            )
        )
        return self.sudo().search([(name, "=", value) for name, value in values.items()])
