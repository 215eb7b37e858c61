from odoo import models
from odoo.tools import SQL


class UnusualDemand(models.AbstractModel):
    """Demand of the last seven days is far from what the product's own weeks were.

    Demand is what left for customers and production, net of returns. Products with demand in
    fewer than 13 of 26 weeks are left out: where sales come now and then, no week is unusual.
    """

    _name = "stock.exception.detector.unusual_demand"
    _inherit = "stock.exception.detector.unusual"
    _description = "Unusual Demand"
    _kind = "unusual_demand"
    _kind_sequence = 130
    _kind_defaults = {"severity": "1", "odds": 10000, "share": 50}

    _minimum_weeks = 13

    def _get_meanings(self):
        return {
            **super()._get_meanings(),
            "share": self.env._("Least distance from the median week, in percent of it."),
        }

    def _select_weeks(self, company):
        return SQL(
            """
            SELECT product_id, warehouse_id, week, SUM(quantity) AS quantity
              FROM (
                    SELECT move.product_id, side.warehouse_id, %(week)s AS week,
                           side.sign * move.quantity * uom.factor / product_uom.factor AS quantity
                      FROM stock_move move
                      JOIN stock_location source ON source.id = move.location_id
                      JOIN stock_location target ON target.id = move.location_dest_id
                      JOIN uom_uom uom ON uom.id = move.product_uom
                      JOIN product_product product ON product.id = move.product_id
                      JOIN product_template template
                        ON template.id = product.product_tmpl_id AND template.is_storable
                      JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                     CROSS JOIN LATERAL (
                            SELECT CASE WHEN source.usage = 'internal'
                                         AND target.usage IN ('customer', 'production')
                                        THEN source.warehouse_id
                                        WHEN target.usage = 'internal'
                                         AND (source.usage = 'customer'
                                              OR source.usage = 'production'
                                             AND move.origin_returned_move_id IS NOT NULL)
                                        THEN target.warehouse_id
                                    END AS warehouse_id,
                                   CASE WHEN source.usage = 'internal' THEN 1 ELSE -1 END AS sign
                           ) AS side
                     WHERE move.state = 'done'
                       AND move.company_id = %(company)s
                       AND move.date > %(now)s - %(weeks)s * interval '7 days'
                       AND move.date <= %(now)s
                       AND side.warehouse_id IS NOT NULL
                   ) AS line
             GROUP BY product_id, warehouse_id, week
            """,
            week=self._select_week(),
            company=company.id,
            now=self._now(),
            weeks=self._weeks + 1,
        )

    def _where_unusual(self, kind):
        return SQL("ABS(measure.difference) >= ABS(spread.median) * %s / 100.0", kind.share)

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(latest)s left in the last 7 days; the median of the %(weeks)s weeks before is"
            " %(median)s, %(z)s robust standard deviations away.",
            latest=exception._text_quantity(figures.get("latest")),
            weeks=figures.get("weeks"),
            median=exception._text_number(figures.get("median"), 2),
            z=exception._text_number(abs(figures.get("z") or 0), 1),
        )

    def _get_action_name(self):
        return self.env._("See What Left")

    def _action(self, exception):
        """Open the moves of the last weeks, so that the one that stands out is seen."""
        action = self.env["ir.actions.actions"]._for_xml_id("stock.stock_move_action")
        action["domain"] = [
            ("product_id", "=", exception.product_id.id),
            ("state", "=", "done"),
            "|",
            ("location_id.warehouse_id", "=", exception.warehouse_id.id),
            ("location_dest_id.warehouse_id", "=", exception.warehouse_id.id),
        ]
        action["context"] = {}
        return action
