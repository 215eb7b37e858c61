from odoo import fields, models
from odoo.tools import SQL


class ProjectedStockOut(models.AbstractModel):
    """What is available will not last until the next receipt, at the present demand.

    The quantity is the demand between the day on which nothing is left and the next receipt, or
    the end of the days of the kind when none is planned before. A receipt that is overdue counts
    as none: nobody knows when it comes.
    """

    _name = "stock.exception.detector.projected_stock_out"
    _inherit = "stock.exception.detector"
    _description = "Projected Stock-Out"
    _kind = "projected_stock_out"
    _kind_sequence = 30
    _kind_defaults = {"severity": "1", "days": 14}

    def _get_meanings(self):
        return {"days": self.env._("Days to look ahead.")}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM stock_exception_availability row
             CROSS JOIN LATERAL (
                    SELECT CASE WHEN row.next_receipt_date >= %(now)s::date
                                THEN LEAST(row.next_receipt_date - %(now)s::date, %(days)s)
                                ELSE %(days)s
                            END AS days
                   ) AS gap
             WHERE row.qty_available > 0
               AND row.daily_demand > 0
               AND row.qty_available / row.daily_demand < gap.days
               AND row.active
               AND row.warehouse_id IS NOT NULL
            """,
            columns=self._columns(
                product_id=SQL("row.product_id"),
                warehouse_id=SQL("row.warehouse_id"),
                quantity=SQL("row.daily_demand * gap.days - row.qty_available"),
                figures={
                    "available": SQL("row.qty_available"),
                    "demand": SQL("row.daily_demand"),
                    "cover": SQL("row.qty_available / row.daily_demand"),
                    "receipt": SQL("row.next_receipt_date"),
                    "days": SQL("gap.days"),
                },
            ),
            now=self._now(),
            days=kind.days,
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        values = {
            "available": exception._text_quantity(figures.get("available")),
            "demand": exception._text_number(figures.get("demand"), 2),
            "cover": exception._text_number(figures.get("cover")),
            "receipt": exception._text_date(figures.get("receipt")),
            "quantity": exception._text_quantity(),
        }
        if (figures.get("receipt") or "") >= fields.Date.to_string(fields.Date.today()):
            return self.env._(
                "%(available)s available last %(cover)s days at %(demand)s a day; the next receipt"
                " is planned for %(receipt)s. %(quantity)s will be missing.",
                **values,
            )
        return self.env._(
            "%(available)s available last %(cover)s days at %(demand)s a day, and no receipt is"
            " planned. %(quantity)s will be missing.",
            **values,
        )

    def _get_action_name(self):
        return self.env._("Replenish")

    def _action(self, exception):
        return self._action_replenish(exception)
