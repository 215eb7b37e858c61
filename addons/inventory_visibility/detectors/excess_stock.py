from odoo import models
from odoo.tools import SQL


class ExcessStock(models.AbstractModel):
    """More is available than will be used within the days of cover that the company allows.

    The limit is the company's own setting, the same that makes a row of the availability *Excess*.
    The quantity is what exceeds it.
    """

    _name = "stock.exception.detector.excess_stock"
    _inherit = "stock.exception.detector"
    _description = "Excess Stock"
    _kind = "excess_stock"
    _kind_sequence = 110
    _kind_defaults = {"severity": "0"}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM stock_exception_availability row
             WHERE row.daily_demand > 0
               AND row.qty_available > row.daily_demand * %(days)s
               AND row.warehouse_id IS NOT NULL
            """,
            columns=self._columns(
                product_id=SQL("row.product_id"),
                warehouse_id=SQL("row.warehouse_id"),
                quantity=SQL("row.qty_available - row.daily_demand * %s", self._limit(company)),
                figures={
                    "available": SQL("row.qty_available"),
                    "demand": SQL("row.daily_demand"),
                    "cover": SQL("row.qty_available / row.daily_demand"),
                    "days": SQL("%s", self._limit(company)),
                },
            ),
            days=self._limit(company),
        )

    def _limit(self, company):
        return company.availability_excess_days

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(available)s available last %(cover)s days at %(demand)s a day: %(quantity)s more"
            " than the %(days)s days that the company keeps.",
            available=exception._text_quantity(figures.get("available")),
            cover=exception._text_number(figures.get("cover"), 0),
            demand=exception._text_number(figures.get("demand"), 2),
            quantity=exception._text_quantity(),
            days=exception._text_number(figures.get("days"), 0),
        )

    def _get_action_name(self):
        return self.env._("See Other Warehouses")

    def _action(self, exception):
        return self._action_availability(exception)
