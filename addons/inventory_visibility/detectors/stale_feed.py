from odoo import models
from odoo.tools import SQL


class StaleFeed(models.AbstractModel):
    """An external place has not told what it has for longer than it is allowed to.

    At stake is what it stated last: this much is promised on old news.
    """

    _name = "stock.exception.detector.stale_feed"
    _inherit = "stock.exception.detector"
    _description = "Stale Feed"
    _kind = "stale_feed"
    _kind_sequence = 150
    _kind_defaults = {"severity": "2"}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM stock_external_place place
             CROSS JOIN LATERAL (
                    SELECT COUNT(*) AS products, SUM(quant.quantity * COALESCE(
                                (product.standard_price->>%(key)s)::numeric, 0)) AS value
                      FROM stock_external_quant quant
                      JOIN product_product product ON product.id = quant.product_id
                     WHERE quant.place_id = place.id AND quant.quantity > 0
                   ) AS stated
             WHERE place.company_id = %(company)s
               AND place.active
               AND place.stale_after > 0
               AND (place.last_feed_date IS NULL OR place.last_feed_date
                    < %(now)s - place.stale_after * interval '1 hour')
            """,
            columns=self._columns(
                res_model=SQL("'stock.external.place'"),
                res_id=SQL("place.id"),
                quantity=SQL("stated.products"),
                value=SQL("COALESCE(stated.value, 0)"),
                since=SQL(
                    "COALESCE(place.last_feed_date + place.stale_after * interval '1 hour',"
                    " place.create_date)"
                ),
                figures={
                    "last": SQL("place.last_feed_date"),
                    "hours": SQL("place.stale_after"),
                    "products": SQL("stated.products"),
                },
            ),
            key=str(company.id),
            company=company.id,
            now=self._now(),
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        values = {
            "last": exception._text_moment(figures.get("last")),
            "hours": exception._text_number(figures.get("hours"), 0),
            "products": figures.get("products") or 0,
        }
        if figures.get("last"):
            return self.env._(
                "The last feed is from %(last)s, older than the %(hours)s hours allowed; the stock"
                " of %(products)s products is promised on it.",
                **values,
            )
        return self.env._(
            "No feed has come, though one is expected every %(hours)s hours.", **values
        )

    def _get_action_name(self):
        return self.env._("Write to the Owner")

    def _action(self, exception):
        """Open a mail to the partner of the place; without one, the place to name one."""
        place = exception._get_document()
        if not place or not place.partner_id:
            return self._action_document(exception)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to %s", place.partner_id.display_name),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "stock.exception",
                "default_res_ids": exception.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": place.partner_id.ids,
                "default_subject": self.env._("Stock feed of %s", place.name),
                "default_body": exception.sentence,
            },
        }
