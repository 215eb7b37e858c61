from odoo import models
from odoo.tools import SQL


class ExpiringUnsold(models.AbstractModel):
    """Lots that expire before they will have sold, at the present demand.

    With lots sold in order of expiry, *S* what lies up to and including a lot, *r* the demand a day
    and *d* the days until the lot expires, what is lost up to that lot is the largest S - r × d so
    far (but not below zero); the lot's own loss is by how much it exceeds the lot's before.
    """

    _name = "stock.exception.detector.expiring_unsold"
    _inherit = "stock.exception.detector"
    _description = "Expires Before It Sells"
    _kind = "expiring_unsold"
    _kind_sequence = 90
    _kind_defaults = {"severity": "1", "days": 90}

    def _get_meanings(self):
        return {"days": self.env._("Days to look ahead: lots that expire later are left out.")}

    def _get_query(self, company, kind):
        return SQL(
            """
            WITH lot AS (
                SELECT quant.product_id, location.warehouse_id, quant.lot_id,
                       MIN(lot.expiration_date) AS expiry, SUM(quant.quantity) AS quantity
                  FROM stock_quant quant
                  JOIN stock_lot lot ON lot.id = quant.lot_id
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE location.usage = 'internal'
                   AND location.warehouse_id IS NOT NULL
                   AND quant.company_id = %(company)s
                   AND lot.expiration_date > %(now)s
                   AND lot.expiration_date <= %(now)s + %(days)s * interval '1 day'
                 GROUP BY quant.product_id, location.warehouse_id, quant.lot_id
                HAVING SUM(quant.quantity) > 0
            ),
            pile AS (
                SELECT lot.*, COALESCE(row.daily_demand, 0) AS demand,
                       SUM(lot.quantity) OVER (
                            PARTITION BY lot.product_id, lot.warehouse_id
                            ORDER BY lot.expiry, lot.lot_id
                       ) - COALESCE(row.daily_demand, 0)::numeric
                         * EXTRACT(EPOCH FROM lot.expiry - %(now)s) / 86400 AS left_over
                  FROM lot
                  LEFT JOIN stock_exception_availability row
                    ON row.product_id = lot.product_id
                   AND row.warehouse_id = lot.warehouse_id
            ),
            lost AS (
                SELECT pile.*, GREATEST(MAX(left_over) OVER (
                            PARTITION BY product_id, warehouse_id ORDER BY expiry, lot_id
                       ), 0) AS up_to,
                       GREATEST(MAX(left_over) OVER (
                            PARTITION BY product_id, warehouse_id ORDER BY expiry, lot_id
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                       ), 0) AS before
                  FROM pile
            )
            SELECT %(columns)s FROM lost
             WHERE ROUND(up_to - before, %(digits)s) > 0
            """,
            columns=self._columns(
                product_id=SQL("lost.product_id"),
                warehouse_id=SQL("lost.warehouse_id"),
                lot_id=SQL("lost.lot_id"),
                quantity=SQL("lost.up_to - lost.before"),
                figures={
                    "on_hand": SQL("lost.quantity"),
                    "expiry": SQL("lost.expiry"),
                    "demand": SQL("lost.demand"),
                },
            ),
            company=company.id,
            now=self._now(),
            days=kind.days,
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(quantity)s of the %(on_hand)s in this lot will not have sold when it expires on"
            " %(day)s, at a demand of %(demand)s a day.",
            quantity=exception._text_quantity(),
            on_hand=exception._text_number(figures.get("on_hand"), 2),
            day=exception._text_date(figures.get("expiry")),
            demand=exception._text_number(figures.get("demand"), 2),
        )

    def _get_action_name(self):
        return self.env._("Open the Lots")
