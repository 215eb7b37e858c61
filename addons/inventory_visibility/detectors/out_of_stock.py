from odoo import fields, models
from odoo.tools import SQL


class OutOfStock(models.AbstractModel):
    """Nothing is available now, though it is wanted.

    The quantity is what will be wanted until the next receipt, or within the days of the kind when
    none is planned before: the larger of the demand of those days and of the open deliveries that
    the stock does not cover.
    """

    _name = "stock.exception.detector.out_of_stock"
    _inherit = "stock.exception.detector"
    _description = "Out of Stock"
    _kind = "out_of_stock"
    _kind_sequence = 20
    _kind_defaults = {"severity": "2", "days": 14}

    def _get_meanings(self):
        return {
            "days": self.env._(
                "Days of demand that count as missing when no receipt is planned within them."
            )
        }

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
              LEFT JOIN stock_exception_history history
                ON history.product_id = row.product_id
               AND history.warehouse_id = row.warehouse_id
             WHERE row.left_today <= 0
               AND (row.daily_demand > 0 OR row.qty_outgoing > 0)
               AND row.active
               AND row.warehouse_id IS NOT NULL
            """,
            columns=self._columns(
                product_id=SQL("row.product_id"),
                warehouse_id=SQL("row.warehouse_id"),
                quantity=SQL(
                    "GREATEST(row.daily_demand * gap.days, row.qty_outgoing - row.qty_on_hand, 0)"
                ),
                since=SQL("history.last_out"),
                figures={
                    "demand": SQL("row.daily_demand"),
                    "outgoing": SQL("row.qty_outgoing"),
                    "receipt": SQL("row.next_receipt_date"),
                    "days": SQL("gap.days"),
                },
            ),
            now=self._now(),
            days=kind.days,
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        receipt = figures.get("receipt")
        values = {
            "demand": exception._text_quantity(figures.get("demand"), 2),
            "outgoing": exception._text_quantity(figures.get("outgoing")),
            "receipt": exception._text_date(receipt),
        }
        if receipt and receipt < fields.Date.to_string(fields.Date.today()):
            return self.env._(
                "Nothing available, and the receipt of %(receipt)s is overdue."
                " Demand %(demand)s a day, %(outgoing)s to deliver.",
                **values,
            )
        if receipt:
            return self.env._(
                "Nothing available until the receipt of %(receipt)s."
                " Demand %(demand)s a day, %(outgoing)s to deliver.",
                **values,
            )
        return self.env._(
            "Nothing available, and no receipt planned."
            " Demand %(demand)s a day, %(outgoing)s to deliver.",
            **values,
        )

    def _get_action_name(self):
        return self.env._("Bring Stock Here")

    def _action(self, exception):
        return self._action_bring(exception)
