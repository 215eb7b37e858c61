from odoo import api, fields, models
from odoo.tools import SQL


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    @api.model
    def _get_projection(self, products, places):
        """Return the projected balance per day, until the base addon offers it."""
        if parent := getattr(super(), "_get_projection", None):
            return parent(products, places)
        builder = self.env["stock.availability.query"]
        scope = {"product_id": products.ids, "warehouse_id": places.ids}
        wanted = ("product", "location", "place", "stock", "open_move", "planned")
        ctes = [
            SQL("%s AS MATERIALIZED (%s)", SQL.identifier(name), query)
            for name, query in builder._get_ctes(scope, fields.Datetime.now())
            if name in wanted
        ]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT planned.product_id, planned.place_id, planned.day, arriving,"
                " leaving, COALESCE(on_hand, 0) FROM planned"
                " LEFT JOIN stock USING (product_id, place_id)"
                " ORDER BY planned.day",
                SQL(", ").join(ctes),
            )
        )
        result = {}
        for product_id, place_id, day, arriving, leaving, on_hand in rows:
            steps = result.setdefault((product_id, place_id), [])
            balance = steps[-1]["balance"] if steps else float(on_hand)
            balance += float(arriving) - float(leaving)
            steps.append({"date": day, "balance": balance})
        return result
