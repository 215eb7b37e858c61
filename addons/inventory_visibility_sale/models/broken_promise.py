from odoo import models
from odoo.tools import SQL


class BrokenPromise(models.AbstractModel):
    """A customer was promised a day, and what is planned now comes later or not at all."""

    _name = "stock.exception.detector.broken_promise"
    _inherit = "stock.exception.detector"
    _description = "Broken Promise"
    _kind = "broken_promise"
    _kind_sequence = 45
    _kind_defaults = {"severity": "2"}

    def _get_query(self, company, kind):
        """Read what the scheduled check of the promises has found."""
        return SQL(
            """
            SELECT %(columns)s
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
              JOIN uom_uom uom ON uom.id = template.uom_id
             WHERE line.promise_state = 'broken'
               AND line.promise_date IS NOT NULL
               AND line.state = 'sale'
               AND line.company_id = %(company)s
            """,
            columns=self._columns(
                product_id=SQL("line.product_id"),
                warehouse_id=SQL("COALESCE(line.warehouse_id, sale.warehouse_id)"),
                res_model=SQL("'sale.order.line'"),
                res_id=SQL("line.id"),
                quantity=SQL(
                    "(line.product_uom_qty - line.qty_delivered) * line_uom.factor / uom.factor"
                ),
                value=SQL(
                    "line.price_reduce_taxexcl * (line.product_uom_qty - line.qty_delivered)"
                    " / COALESCE(NULLIF(sale.currency_rate, 0), 1)"
                ),
                since=SQL("line.promise_broken"),
                figures={
                    "order": SQL("sale.name"),
                    "promised": SQL("line.promise_date"),
                    "expected": SQL("line.promise_expected_date"),
                },
            ),
            company=company.id,
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        values = {
            "order": figures.get("order"),
            "quantity": exception._text_quantity(),
            "promised": exception._text_date(figures.get("promised")),
            "expected": exception._text_date(figures.get("expected")),
        }
        if figures.get("expected"):
            return self.env._(
                "%(quantity)s of %(order)s were promised for %(promised)s"
                " and are expected on %(expected)s.",
                **values,
            )
        return self.env._(
            "%(quantity)s of %(order)s were promised for %(promised)s,"
            " and nothing planned covers them.",
            **values,
        )

    def _get_action_name(self):
        return self.env._("Open the Order")

    def _action(self, exception):
        line = self.env["sale.order.line"].browse(exception.res_id).exists()
        return line.action_view_promise_order() if line else super()._action(exception)
