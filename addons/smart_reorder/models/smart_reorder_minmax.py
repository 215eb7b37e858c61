from dataclasses import dataclass
from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, float_compare

# Actions whose delays are those of the rules and the vendor, and nothing else.
PLAIN_ACTIONS = {"buy", "pull", "pull_push"}


@dataclass
class MinMax:
    """What Odoo's rule says of one orderpoint, in the product's unit.

    :ivar on_hand: now
    :ivar forecast: at the end of the lead time, with what is on quotations
    :ivar quantity: to order, 0 when the forecast is not below the minimum
    :ivar lead_days: until what is ordered now is there
    """

    on_hand: float
    forecast: float
    quantity: float
    lead_days: float


class SmartReorderMinmax(models.AbstractModel):
    """Odoo's own rule, order up to the maximum once the forecast is below the minimum, for all.

    Odoo asks its stock figures anew for each rule. Here one statement reads them for all rules,
    each to the end of its own lead time; rules whose routes, vendors and units are the same share
    what Odoo's methods say about them. The quantities are those of ``qty_to_order_computed``.
    """

    _name = "smart.reorder.minmax"
    _description = "Minimum and Maximum for Many Rules"

    @api.model
    def _get_figures(self, orderpoints):
        """:return: dict ``orderpoint id -> MinMax``"""
        today = fields.Date.today()
        leads, horizons = self._get_horizons(orderpoints, today)
        asked = self._get_asked(orderpoints, horizons)
        figures = {
            orderpoint.id: MinMax(
                orderpoint.qty_on_hand,
                orderpoint.qty_forecast,
                orderpoint._get_qty_to_order(),
                leads[orderpoint.id],
            )
            for orderpoint in asked
        }
        counted = orderpoints - asked
        stocks = self._get_stocks(counted, horizons)
        progress, _by_warehouse = counted.product_id._get_quantity_in_progress(
            counted.location_id.ids
        )
        rounded = self._get_rounded(counted)
        for orderpoint in counted:
            product, unit = orderpoint.product_id, orderpoint.product_uom
            on_hand, incoming, outgoing = stocks[orderpoint.id]
            forecast = unit.round(on_hand + unit.round(incoming) - unit.round(outgoing))
            forecast += progress.get((product.id, orderpoint.location_id.id), 0.0)
            least, most = orderpoint.product_min_qty, orderpoint.product_max_qty
            quantity = 0.0
            if float_compare(forecast, least, precision_rounding=unit.rounding) < 0:
                quantity = max(least, most) - forecast
                if orderpoint.id in rounded:
                    quantity = orderpoint._get_multiple_rounded_qty(quantity)
            figures[orderpoint.id] = MinMax(
                unit.round(on_hand), forecast, quantity, leads[orderpoint.id]
            )
        return figures

    @api.model
    def _get_asked(self, orderpoints, horizons):
        """Rules that Odoo is asked about one by one: kits, and what should have come yesterday."""
        today = fields.Date.today()
        kits = "is_kits" in self.env["product.product"]._fields
        return orderpoints.filtered(
            lambda op: horizons[op.id] < today or (kits and op.product_id.is_kits)
        )

    @api.model
    def _get_rounded(self, orderpoints):
        """Ids of rules whose quantity Odoo rounds to a unit other than the product's."""
        other = orderpoints.product_id.seller_ids.filtered(
            lambda seller: seller.product_uom_id != seller.product_tmpl_id.uom_id
        ).product_tmpl_id
        made = (
            self.env["stock.rule"].search([("action", "not in", [*PLAIN_ACTIONS, "push"])]).route_id
        )
        odd = {
            product.id
            for product in orderpoints.product_id
            if product.product_tmpl_id in other
            or (product.route_ids | product.categ_id.total_route_ids) & made
        }
        return {
            orderpoint.id
            for orderpoint in orderpoints
            if orderpoint.product_id.id in odd
            or orderpoint.replenishment_uom_id
            or orderpoint.route_id & made
        }

    # ------------------------------------------------------------------
    # How far ahead
    # ------------------------------------------------------------------

    @api.model
    def _get_horizons(self, orderpoints, today):
        """Days until what is ordered now is there, and the last day whose moves count.

        :return: ``(dict orderpoint id -> days, dict orderpoint id -> date)``
        """
        chains, kinds, delays, vendors = {}, {}, {}, {}
        leads, horizons = {}, {}
        for orderpoint in orderpoints.with_context(bypass_delay_description=True):
            product, company = orderpoint.product_id, orderpoint.company_id
            key = (orderpoint.location_id.id, orderpoint.route_id.id, *self._get_route_key(product))
            chain = chains.get(key)
            if chain is None:
                chain = chains[key] = product._get_rules_from_location(
                    orderpoint.location_id, route_ids=orderpoint.route_id
                )
            bought, plain = kinds.get(chain) or kinds.setdefault(chain, self._get_kind(chain))
            # The same rules and the same vendor take the same time.
            seller = orderpoint.supplier_id
            if bought and not seller:
                place = (product.id, company.id)
                if place not in vendors:
                    vendors[place] = product.with_company(company)._select_seller(quantity=None)
                seller = vendors[place]
            delay = seller.delay if bought and seller else None
            key = (chain, company, delay, None if plain else orderpoint)
            if key not in delays:
                found, _text = chain._get_lead_days(product, **orderpoint._get_lead_days_values())
                delays[key] = found["total_delay"], found["horizon_time"]
            lead, ahead = delays[key]
            leads[orderpoint.id] = lead
            horizons[orderpoint.id] = today + relativedelta(days=lead + ahead)
        return leads, horizons

    @api.model
    def _get_kind(self, chain):
        """Whether rules buy, and whether nothing but rules and vendor decide how long they take."""
        actions = set(chain.mapped("action"))
        return "buy" in actions, actions <= PLAIN_ACTIONS

    @api.model
    def _get_route_key(self, product):
        """What decides which rules apply to a product; products that share it share the rules."""
        made = "bom_ids" in product._fields and bool(product.bom_ids)
        return product.route_ids, product.categ_id, bool(product.seller_ids), made

    # ------------------------------------------------------------------
    # Stock
    # ------------------------------------------------------------------

    @api.model
    def _get_stocks(self, orderpoints, horizons):
        """On hand, incoming and outgoing up to each one's horizon, by Odoo's own definitions.

        :return: dict ``orderpoint id -> (on hand, incoming, outgoing)``, without those of nothing
        """
        for model in ("stock.quant", "stock.move", "stock.location"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (
                    SELECT *
                      FROM unnest(%(ids)s::int[], %(products)s::int[], %(places)s::int[],
                                  %(horizons)s::timestamp[])
                        AS wanted (id, product_id, place_id, horizon)
                ),
                inside AS MATERIALIZED (
                    SELECT place.id AS place_id, location.id AS location_id
                      FROM stock_location place
                      JOIN stock_location location
                        ON location.parent_path LIKE place.parent_path || '%%'
                     WHERE place.id = ANY(%(places)s::int[])
                ),
                present AS (
                    SELECT inside.place_id, quant.product_id, SUM(quant.quantity) AS quantity
                      FROM stock_quant quant
                      JOIN inside ON inside.location_id = quant.location_id
                     WHERE quant.product_id = ANY(%(products)s::int[])
                  GROUP BY 1, 2
                ),
                open_move AS MATERIALIZED (
                    SELECT product_id, date, product_qty, location_id,
                           COALESCE(location_final_id, location_dest_id) AS target_id
                      FROM stock_move
                     WHERE state IN ('waiting', 'confirmed', 'assigned', 'partially_available')
                       AND product_id = ANY(%(products)s::int[])
                ),
                passing AS (
                    SELECT target.place_id, move.product_id, move.date,
                           move.product_qty AS incoming, 0 AS outgoing
                      FROM open_move move
                      JOIN inside target ON target.location_id = move.target_id
                 LEFT JOIN inside source
                        ON source.location_id = move.location_id
                       AND source.place_id = target.place_id
                     WHERE source.place_id IS NULL
                     UNION ALL
                    SELECT source.place_id, move.product_id, move.date, 0, move.product_qty
                      FROM open_move move
                      JOIN inside source ON source.location_id = move.location_id
                 LEFT JOIN inside target
                        ON target.location_id = move.target_id
                       AND target.place_id = source.place_id
                     WHERE target.place_id IS NULL
                ),
                moved AS (
                    SELECT wanted.id, SUM(incoming) AS incoming, SUM(outgoing) AS outgoing
                      FROM wanted
                      JOIN passing
                        ON passing.product_id = wanted.product_id
                       AND passing.place_id = wanted.place_id
                       AND passing.date <= wanted.horizon
                  GROUP BY wanted.id
                )
                SELECT wanted.id, COALESCE(present.quantity, 0), COALESCE(moved.incoming, 0),
                       COALESCE(moved.outgoing, 0)
                  FROM wanted
             LEFT JOIN present
                    ON present.product_id = wanted.product_id
                   AND present.place_id = wanted.place_id
             LEFT JOIN moved ON moved.id = wanted.id
                """,
                ids=orderpoints.ids,
                products=[orderpoint.product_id.id for orderpoint in orderpoints],
                places=[orderpoint.location_id.id for orderpoint in orderpoints],
                horizons=[datetime.combine(horizons[op_id], time.max) for op_id in orderpoints.ids],
            )
        )
        return {op_id: (float(a), float(b), float(c)) for op_id, a, b, c in rows}
