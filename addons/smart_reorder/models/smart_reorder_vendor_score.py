from odoo import fields, models
from odoo.tools import SQL

RECENT_DAYS = 90
COMPARED_DAYS = 365


class SmartReorderVendorScore(models.Model):
    """Scorecard: how each vendor has delivered and priced, from receipts and orders.

    Nothing is stored. Each order line weighs the same: quantities of different products do not add
    up. A line counts once it is complete, or its promised day is over.
    """

    _name = "smart.reorder.vendor.score"
    _description = "Vendor Scorecard"
    _auto = False
    _depends = {
        "smart.reorder.delivery": ["share", "days", "days_late"],
        "purchase.order": ["state", "date_approve", "currency_rate"],
        "purchase.order.line": ["price_subtotal", "product_uom_qty"],
    }
    _order = "lines_done desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    lines_done = fields.Integer(
        string="Order Lines", readonly=True, help="Complete, or overdue. What the shares are of."
    )
    lines_overdue = fields.Integer(
        string="Overdue", readonly=True, help="Promised for an earlier day and not complete."
    )
    on_time = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Part of the quantity received on or before the promised day, mean of the order"
        " lines, in %.",
    )
    in_full = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Order lines that came complete in one delivery, in %.",
    )
    lead_mean = fields.Float(
        digits=(16, 1),
        string="Lead Time",
        readonly=True,
        aggregator="avg",
        help="Mean days from the confirmation of an order to the receipt.",
    )
    lead_spread = fields.Float(
        digits=(16, 1),
        string="Spread",
        readonly=True,
        aggregator="avg",
        help="Standard deviation of the lead time, in days.",
    )
    lead_stated = fields.Float(
        digits=(16, 1),
        string="Stated",
        readonly=True,
        aggregator="avg",
        help="Mean of the lead times stated.",
    )
    price_drift = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="What was ordered in the last 90 days, against the same quantities at the average"
        " prices of the year before (Paasche index), in %. Prices without tax, in the company's"
        " currency.",
    )
    has_price_drift = fields.Boolean(readonly=True, help="Products were ordered in both periods.")
    spend = fields.Monetary(string="Ordered in 12 Months", readonly=True)
    date_last = fields.Date(string="Last Order", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH delivery AS (%(deliveries)s),
            line AS (
                SELECT purchase_line_id, partner_id, company_id,
                       BOOL_OR(is_open) AS is_open,
                       MAX(until) FILTER (WHERE is_open) > MIN(day_promised) AS is_overdue,
                       LEAST(COALESCE(SUM(share) FILTER (
                           WHERE NOT is_open AND until <= day_promised), 0), 1) AS on_time,
                       NOT BOOL_OR(is_open)
                           AND MIN(day_received) = MAX(day_received)
                           AND SUM(share) > 0.999 AS in_full,
                       SUM(share) FILTER (WHERE NOT is_open) AS share,
                       SUM(share * days) FILTER (WHERE NOT is_open) AS days,
                       SUM(share * days * days) FILTER (WHERE NOT is_open) AS square,
                       MAX(days_stated) AS days_stated
                  FROM delivery
              GROUP BY purchase_line_id, partner_id, company_id
            ),
            score AS (
                SELECT partner_id, company_id,
                       MIN(purchase_line_id) AS id,
                       COUNT(*) FILTER (WHERE counted) AS lines_done,
                       COUNT(*) FILTER (WHERE is_overdue) AS lines_overdue,
                       100 * AVG(on_time) FILTER (WHERE counted) AS on_time,
                       100 * AVG(in_full::int) FILTER (WHERE counted) AS in_full,
                       SUM(days) / SUM(share) AS lead_mean,
                       SQRT(GREATEST(SUM(square) / SUM(share) - (SUM(days) / SUM(share)) ^ 2, 0))
                           AS lead_spread,
                       AVG(days_stated) AS lead_stated
                  FROM line
            CROSS JOIN LATERAL (
                       SELECT NOT line.is_open OR COALESCE(line.is_overdue, FALSE) AS counted
                       ) state
              GROUP BY partner_id, company_id
            ),
            purchase AS (%(purchases)s),
            usual AS (
                SELECT partner_id, company_id, product_id, SUM(amount) / SUM(quantity) AS price
                  FROM purchase
                 WHERE NOT is_recent
              GROUP BY partner_id, company_id, product_id
            ),
            price AS (
                SELECT purchase.partner_id, purchase.company_id,
                       SUM(purchase.amount) FILTER (WHERE is_recent AND usual.price > 0)
                           / SUM(purchase.quantity * usual.price)
                               FILTER (WHERE is_recent AND usual.price > 0) AS index,
                       SUM(purchase.amount) FILTER (WHERE purchase.within_year) AS spend,
                       MAX(purchase.day) AS date_last
                  FROM purchase
             LEFT JOIN usual USING (partner_id, company_id, product_id)
              GROUP BY purchase.partner_id, purchase.company_id
            )
            SELECT score.id, score.partner_id, score.company_id, score.lines_done,
                   score.lines_overdue, score.on_time, score.in_full, score.lead_mean,
                   score.lead_spread, score.lead_stated,
                   100 * (price.index - 1) AS price_drift,
                   price.index IS NOT NULL AS has_price_drift,
                   price.spend, price.date_last
              FROM score
         LEFT JOIN price USING (partner_id, company_id)
            """,
            deliveries=self.env["smart.reorder.delivery"]._table_query,
            purchases=self._get_purchase_query(),
        )

    def _get_purchase_query(self):
        """Order lines of the last 15 months with their price: 90 days, and the year before."""
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT vendor.commercial_partner_id AS partner_id,
                   purchase.company_id,
                   line.product_id,
                   line.product_uom_qty AS quantity,
                   line.price_subtotal / COALESCE(NULLIF(purchase.currency_rate, 0), 1) AS amount,
                   purchase.date_approve::date AS day,
                   purchase.date_approve >= %(recent)s AS is_recent,
                   purchase.date_approve >= %(year)s AS within_year
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN res_partner vendor ON vendor.id = purchase.partner_id
             WHERE purchase.state = 'purchase'
               AND purchase.date_approve >= %(since)s
               AND line.product_uom_qty > 0
               AND line.product_id IS NOT NULL
            """,
            recent=fields.Datetime.subtract(now, days=RECENT_DAYS),
            year=fields.Datetime.subtract(now, days=COMPARED_DAYS),
            since=fields.Datetime.subtract(now, days=RECENT_DAYS + COMPARED_DAYS),
        )

    def action_view_deliveries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_delivery_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["display_name"] = self.env._(
            "Deliveries of %(vendor)s", vendor=self.partner_id.display_name
        )
        return action
