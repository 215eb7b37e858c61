from odoo import models
from odoo.tools import SQL


class ReservedIdle(models.AbstractModel):
    """Stock has been reserved for many days, and nobody moves it."""

    _name = "stock.exception.detector.reserved_idle"
    _inherit = "stock.exception.detector"
    _description = "Reserved Without Movement"
    _kind = "reserved_idle"
    _kind_sequence = 80
    _kind_defaults = {"severity": "0", "days": 14}

    def _get_meanings(self):
        return {"days": self.env._("Days that stock may be reserved before it is moved.")}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM (
                    SELECT line.product_id, location.warehouse_id,
                           CASE WHEN line.picking_id IS NULL
                                THEN 'stock.move' ELSE 'stock.picking' END AS res_model,
                           COALESCE(line.picking_id, line.move_id) AS res_id,
                           SUM(line.quantity_product_uom) AS quantity,
                           MIN(line.create_date) AS date
                      FROM stock_move_line line
                      JOIN stock_location location ON location.id = line.location_id
                     WHERE line.state IN ('assigned', 'partially_available')
                       AND line.company_id = %(company)s
                       AND line.quantity_product_uom > 0
                       AND line.picked IS NOT TRUE
                       AND line.create_date < %(now)s - %(days)s * interval '1 day'
                       AND line.move_id IS NOT NULL
                       AND location.usage IN ('internal', 'transit')
                     GROUP BY 1, 2, 3, 4
                   ) AS idle
            """,
            columns=self._columns(
                product_id=SQL("idle.product_id"),
                warehouse_id=SQL("idle.warehouse_id"),
                res_model=SQL("idle.res_model"),
                res_id=SQL("idle.res_id"),
                quantity=SQL("idle.quantity"),
                since=SQL("idle.date"),
                figures={"date": SQL("idle.date")},
            ),
            company=company.id,
            now=self._now(),
            days=kind.days,
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(quantity)s have been reserved since %(day)s and were not moved.",
            quantity=exception._text_quantity(),
            day=exception._text_date(figures.get("date")),
        )

    def _get_action_name(self):
        return self.env._("Unreserve")

    def _action(self, exception):
        """Give the product back, and open the document that held it."""
        document = exception._get_document()
        if document:
            moves = document if document._name == "stock.move" else document.move_ids
            moves.filtered(
                lambda move: (
                    move.product_id == exception.product_id
                    and move.state in ("assigned", "partially_available")
                    and not move.picked
                )
            )._do_unreserve()
        return self._action_document(exception)
