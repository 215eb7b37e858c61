from odoo import models
from odoo.tools import SQL


class UnusualAdjustment(models.AbstractModel):
    """Counts and scrap of the last seven days took or gave more than they used to.

    The weeks compared are net losses to inventory and scrap locations, weeks without any counted as
    zero. A product that was never adjusted before has no spread: any adjustment of at least the
    share of the kind is unusual then.
    """

    _name = "stock.exception.detector.unusual_adjustment"
    _inherit = "stock.exception.detector.unusual"
    _description = "Unusual Adjustment"
    _kind = "unusual_adjustment"
    _kind_sequence = 140
    _kind_defaults = {"severity": "2", "odds": 10000, "share": 5}

    _weeks = 52

    def _get_meanings(self):
        return {
            **super()._get_meanings(),
            "share": self.env._(
                "Least adjustment, in percent of what was on hand before the loss or after the"
                " gain."
            ),
        }

    def _having_candidate(self):
        return SQL("COUNT(*) FILTER (WHERE week = 0 AND quantity <> 0) > 0")

    def _select_weeks(self, company):
        return SQL(
            """
            SELECT product_id, warehouse_id, week, SUM(quantity) AS quantity
              FROM (
                    SELECT move.product_id,
                           CASE WHEN source.usage = 'internal'
                                THEN source.warehouse_id ELSE target.warehouse_id
                            END AS warehouse_id,
                           %(week)s AS week,
                           CASE WHEN source.usage = 'internal' THEN 1 ELSE -1 END
                           * move.quantity * uom.factor / product_uom.factor AS quantity
                      FROM stock_move move
                      JOIN stock_location source ON source.id = move.location_id
                      JOIN stock_location target ON target.id = move.location_dest_id
                      JOIN uom_uom uom ON uom.id = move.product_uom
                      JOIN product_product product ON product.id = move.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                     WHERE move.state = 'done'
                       AND move.company_id = %(company)s
                       AND move.date > %(now)s - %(weeks)s * interval '7 days'
                       AND move.date <= %(now)s
                       AND (source.usage = 'internal' AND target.usage = 'inventory'
                            OR source.usage = 'inventory' AND target.usage = 'internal')
                   ) AS line
             WHERE warehouse_id IS NOT NULL
             GROUP BY product_id, warehouse_id, week
            """,
            week=self._select_week(),
            company=company.id,
            now=self._now(),
            weeks=self._weeks + 1,
        )

    def _where_unusual(self, kind):
        return SQL(
            "ABS(spread.latest) >= GREATEST(COALESCE(row.qty_on_hand, 0), 0) * %(share)s / 100.0"
            " + GREATEST(spread.latest, 0) * %(share)s / 100.0",
            share=kind.share,
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        latest = figures.get("latest") or 0
        values = {
            "latest": exception._text_quantity(abs(latest)),
            "weeks": figures.get("weeks"),
            "median": exception._text_number(figures.get("median"), 2),
            "scale": exception._text_number(figures.get("scale"), 2),
        }
        if latest > 0:
            return self.env._(
                "Counts and scrap took %(latest)s away in the last 7 days; in the %(weeks)s weeks"
                " before, the median was %(median)s a week with a deviation of %(scale)s.",
                **values,
            )
        return self.env._(
            "Counts added %(latest)s in the last 7 days; in the %(weeks)s weeks before, the median"
            " loss was %(median)s a week with a deviation of %(scale)s.",
            **values,
        )

    def _get_action_name(self):
        return self.env._("Count It Again")

    def _action(self, exception):
        return self._action_count(exception)
