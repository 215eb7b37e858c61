"""What the ageing reads from the ledger, one statement each."""

from odoo import api, models
from odoo.tools import SQL


class StockValuationAgeingSource(models.AbstractModel):
    _name = "stock.valuation.ageing.source"
    _description = "What the Ageing of Stock Reads"

    @api.model
    def _get_products(self, company, at):
        """Return the products that a company's ledger has anything of at a moment."""
        return [
            product
            for (product,) in self.env.execute_query(
                SQL(
                    """
                    SELECT product_id
                      FROM (
                            SELECT product_id, SUM(quantity) AS quantity, SUM(value) AS value
                              FROM stock_valuation_entry
                             WHERE company_id = %s AND owner_id IS NULL AND date <= %s
                             GROUP BY product_id, location_id, lot_id
                           ) AS held
                     WHERE ABS(quantity) > 1e-7 OR value <> 0
                     GROUP BY product_id
                     ORDER BY product_id
                    """,
                    company.id,
                    at,
                )
            )
        ]

    @api.model
    def _get_flows(self, company, product_ids, at):
        """Return what came to and left places, as it happened.

        A product move is one flow at each of its places: what FIFO changes there between layers of
        value does not move goods, and what was taken back (a move got another date) never did.
        Changes of place without a product move (untracked stock that becomes a lot's) follow each
        other in the ledger, and share a key.

        :return: rows of product, key, location, lot, quantity, moment, entry
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT product_id,
                       COALESCE(move_line_id, CASE WHEN kind = 'transfer' THEN 0 ELSE -id END)
                            AS key,
                       location_id, lot_id, SUM(quantity), date, MIN(id)
                  FROM (
                        SELECT id, product_id, location_id, lot_id, quantity, date, move_line_id,
                               CASE WHEN move_line_id IS NULL THEN id END AS single,
                               CASE WHEN move_line_id IS NULL THEN kind END AS kind
                          FROM stock_valuation_entry
                         WHERE company_id = %s
                           AND product_id = ANY(%s)
                           AND owner_id IS NULL
                           AND date <= %s
                           AND quantity <> 0
                       ) AS entry
                 GROUP BY product_id, 2, location_id, lot_id, single, date
                HAVING ABS(SUM(quantity)) > 1e-7
                 ORDER BY product_id, date, MIN(id)
                """,
                company.id,
                product_ids,
                at,
            )
        )

    @api.model
    def _get_values(self, company, product_ids, at):
        """Return what places are worth: {(product, location, lot): (warehouse, value)}."""
        return {
            tuple(place): (warehouse, value)
            for *place, warehouse, value in self.env.execute_query(
                SQL(
                    """
                    SELECT product_id, location_id, lot_id, MAX(warehouse_id), SUM(value)
                      FROM stock_valuation_entry
                     WHERE company_id = %s AND product_id = ANY(%s)
                       AND owner_id IS NULL AND date <= %s
                     GROUP BY product_id, location_id, lot_id
                    HAVING ABS(SUM(quantity)) > 1e-7 OR SUM(value) <> 0
                    """,
                    company.id,
                    product_ids,
                    at,
                )
            )
        }

    @api.model
    def _get_costs(self, company, product_ids, at):
        """Return the layers of cost that FIFO has at places, the oldest first.

        What a layer costs is what its receipt is worth today: it says how a place's value is
        shared out, not what the place is worth.

        :return: {(product, location, lot): [(quantity, unit cost)]}
        """
        held = self.env.execute_query(
            SQL(
                """
                SELECT product_id, location_id, lot_id, layer_move_id, SUM(quantity)
                  FROM stock_valuation_entry
                 WHERE company_id = %s AND product_id = ANY(%s)
                   AND owner_id IS NULL AND date <= %s
                   AND layer_move_id IS NOT NULL
                 GROUP BY product_id, location_id, lot_id, layer_move_id
                HAVING SUM(quantity) > 1e-7
                """,
                company.id,
                product_ids,
                at,
            )
        )
        unit_costs = self.env["stock.valuation.source"]._get_layers(
            company, {layer for *_place, layer, _quantity in held}
        )
        oldest_first = {layer: number for number, layer in enumerate(unit_costs)}
        costs = {}
        known = [row for row in held if row[3] in unit_costs]
        for *place, layer, quantity in sorted(known, key=lambda row: oldest_first[row[3]]):
            costs.setdefault(tuple(place), []).append((quantity, float(unit_costs[layer])))
        return costs

    @api.model
    def _get_departures(self, company, product_ids, at):
        """Return when something last left a warehouse for customers, production or another one.

        :return: {(product, warehouse): moment}
        """
        return {
            (product, warehouse): moment
            for product, warehouse, moment in self.env.execute_query(
                SQL(
                    """
                    SELECT product_id, warehouse_id, MAX(date)
                      FROM (
                            SELECT product_id, warehouse_id, date
                              FROM stock_valuation_entry
                             WHERE company_id = %s AND product_id = ANY(%s)
                               AND owner_id IS NULL AND date <= %s
                               AND kind IN ('delivery', 'manufacturing', 'transfer')
                               AND move_line_id IS NOT NULL
                             GROUP BY product_id, warehouse_id, move_line_id, date
                            HAVING SUM(quantity) < -1e-7
                           ) AS departure
                     GROUP BY product_id, warehouse_id
                    """,
                    company.id,
                    product_ids,
                    at,
                )
            )
        }

    @api.model
    def _get_daily_demand(self, company, product_ids, at):
        """Return the demand a day of the window up to a moment, as `inventory_visibility` counts
        it: {(product, warehouse): quantity in the product's unit}."""
        builder = self.env["stock.availability.query"]
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", company.id)])
        )
        if not warehouses:
            return {}
        scope = {"product_id": product_ids, "warehouse_id": warehouses.ids}
        ctes = [
            ("product", builder._cte_product(scope)),
            ("place", builder._cte_place(scope, at)),
            ("member", builder._cte_member(scope, "internal")),
            ("flow", builder._cte_flow(scope, at)),
            ("demand", builder._cte_demand()),
        ]
        self.env["stock.move"].flush_model()
        return {
            (product, warehouse): daily
            for product, warehouse, daily in self.env.execute_query(
                builder._with(
                    ctes,
                    SQL(
                        """
                        SELECT demand.product_id, place.warehouse_id,
                               demand.quantity / product.factor::float8 / place.demand_days
                          FROM demand
                          JOIN product ON product.id = demand.product_id
                          JOIN place ON place.id = demand.place_id
                         WHERE demand.quantity > 0 AND place.warehouse_id IS NOT NULL
                        """
                    ),
                )
            )
        }
