from odoo import models
from odoo.tools import SQL


class Oversold(models.AbstractModel):
    """More is promised than there will be, even with the safety stock."""

    _name = "stock.exception.detector.oversold"
    _inherit = "stock.exception.detector"
    _description = "Oversold"
    _kind = "oversold"
    _kind_sequence = 40
    _kind_defaults = {"severity": "2"}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM stock_exception_availability row
             WHERE row.qty_atp + row.qty_safety_stock < 0
               AND row.qty_outgoing > 0
               AND row.warehouse_id IS NOT NULL
            """,
            columns=self._columns(
                product_id=SQL("row.product_id"),
                warehouse_id=SQL("row.warehouse_id"),
                quantity=SQL("-(row.qty_atp + row.qty_safety_stock)"),
                figures={
                    "on_hand": SQL("row.qty_on_hand"),
                    "outgoing": SQL("row.qty_outgoing"),
                    "incoming": SQL("row.qty_incoming"),
                    "shortage": SQL("row.shortage_date"),
                },
            ),
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(quantity)s more are promised than there will be from %(day)s on: %(on_hand)s on"
            " hand, %(incoming)s to arrive, %(outgoing)s to leave.",
            quantity=exception._text_quantity(),
            day=exception._text_date(figures.get("shortage")),
            on_hand=exception._text_number(figures.get("on_hand"), 2),
            incoming=exception._text_number(figures.get("incoming"), 2),
            outgoing=exception._text_number(figures.get("outgoing"), 2),
        )

    def _get_action_name(self):
        return self.env._("Bring Stock Here")

    def _action(self, exception):
        return self._action_bring(exception)
