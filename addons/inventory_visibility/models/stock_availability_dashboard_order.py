"""Order of the matrix by a figure: decided in SQL, where only the page leaves the database."""

from odoo import api, models
from odoo.tools import SQL


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    def _get_page_by_figure(self, domain, places, name, desc, offset, limit):
        """Return the products of a page in the order of a figure, all places together.

        Products without the figure (no demand, no date) come last either way; equal ones are in
        the order of their ids, so that pages neither repeat nor miss one.
        """
        products = self.env["product.product"]
        query = products._search(domain)
        column = self._get_quant_columns(places).get(name)
        figures = (
            self._select_from_quants(column, places)
            if column
            else self._select_from_rows(domain, places, name)
        )
        direction = SQL("DESC") if desc else SQL("ASC")
        found = self.env.execute_query(
            SQL(
                """
                SELECT wanted.id
                  FROM (%(wanted)s) AS wanted(id)
                  LEFT JOIN (%(figures)s) AS figure ON figure.product_id = wanted.id
                 ORDER BY %(value)s %(direction)s NULLS LAST, wanted.id
                OFFSET %(offset)s LIMIT %(limit)s
                """,
                wanted=query.select(SQL("%s.id", SQL.identifier(query.table))),
                figures=figures,
                value=SQL("COALESCE(figure.value, 0)") if column else SQL("figure.value"),
                direction=direction,
                offset=offset,
                limit=limit,
            )
        )
        return products.browse([product_id for (product_id,) in found])

    @api.model
    def _get_quant_columns(self, places):
        """Return the figures that are sums of one column of the quants: these need no more."""
        if places._name != "stock.warehouse":
            return {}
        return {"qty_on_hand": "quantity", "qty_reserved": "reserved_quantity"}

    @api.model
    def _select_from_quants(self, column, places):
        return SQL(
            """
            SELECT quant.product_id, SUM(%s) AS value
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage = 'internal'
               AND location.warehouse_id IN %s
             GROUP BY quant.product_id
            """,
            SQL.identifier("quant", column),
            tuple(places.ids),
        )

    @api.model
    def _select_from_rows(self, domain, places, name):
        """Return the figure per product from the availability statement, over the filtered
        products only.
        """
        query = self._search_rows(domain, places)
        if name == "days_of_cover":
            value = SQL(
                "GREATEST(SUM(qty_available + qty_safety_stock), 0) / NULLIF(SUM(daily_demand), 0)"
            )
        elif name == "state":
            value = SQL("MIN(severity)")
        elif name.endswith("_date"):
            value = SQL("MIN(%s)", SQL.identifier(name))
        else:
            value = SQL("SUM(%s)", SQL.identifier(name))
        names = {
            "product_id",
            "qty_available",
            "qty_safety_stock",
            "daily_demand",
            "severity",
            name,
        }
        columns = SQL(", ").join(
            SQL("%s AS %s", SQL.identifier(query.table, column), SQL.identifier(column))
            for column in sorted(names)
        )
        return SQL(
            "SELECT product_id, %s AS value FROM (%s) AS row GROUP BY product_id",
            value,
            query.select(columns),
        )
