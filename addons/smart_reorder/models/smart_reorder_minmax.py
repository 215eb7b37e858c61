from collections import namedtuple
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, float_compare

# Actions whose delays are those of the rules and the vendor, and nothing else.
PLAIN_ACTIONS = {"buy", "pull", "pull_push"}

#: What is read of each orderpoint: ids, the unit's of the product, and the limits.
Row = namedtuple("Row", "id product place company route seller multiple unit least most")


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
        if not orderpoints:
            return {}
        today = fields.Date.today()
        rows = self._get_rows(orderpoints)
        # From the rows: reading the rules as records would take as long as all the rest.
        products = self.env["product.product"].browse({row.product for row in rows})
        leads, horizons = self._get_horizons(orderpoints, products, rows, today)
        asked = self._get_asked(products, rows, horizons, today)
        figures = {
            orderpoint.id: MinMax(
                orderpoint.qty_on_hand,
                orderpoint.qty_forecast,
                orderpoint._get_qty_to_order(),
                leads[orderpoint.id],
            )
            for orderpoint in orderpoints.browse(asked)
        }
        rows = [row for row in rows if row.id not in asked]
        stocks = self._get_stocks(rows, horizons, today)
        progress, _by_warehouse = products._get_quantity_in_progress(
            list({row.place for row in rows})
        )
        rounded = self._get_rounded(products, rows)
        units = {unit.id: self._get_rounder(unit) for unit in products.uom_id}
        for row in rows:
            nice, rounding = units[row.unit]
            on_hand, incoming, outgoing = stocks[row.id]
            forecast = nice(on_hand + nice(incoming) - nice(outgoing))
            forecast += progress.get((row.product, row.place), 0.0)
            quantity = 0.0
            below = forecast < row.least
            if below and float_compare(forecast, row.least, precision_rounding=rounding) < 0:
                quantity = max(row.least, row.most) - forecast
                if row.id in rounded:
                    one = self._pick(orderpoints, row)
                    quantity = one._get_multiple_rounded_qty(quantity)
            figures[row.id] = MinMax(nice(on_hand), forecast, quantity, leads[row.id])
        return figures

    @api.model
    def _get_rows(self, orderpoints):
        """:return: list of :data:`Row`"""
        self.env["stock.warehouse.orderpoint"].flush_model(
            [
                *("product_id", "location_id", "company_id", "route_id", "supplier_id"),
                *("replenishment_uom_id", "product_min_qty", "product_max_qty"),
            ]
        )
        self.env["product.template"].flush_model(["uom_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rule.id, rule.product_id, rule.location_id, rule.company_id, rule.route_id,
                       rule.supplier_id, rule.replenishment_uom_id, template.uom_id,
                       rule.product_min_qty::float, rule.product_max_qty::float
                  FROM stock_warehouse_orderpoint rule
                  JOIN product_product product ON product.id = rule.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE rule.id = ANY(%s::int[])
                """,
                orderpoints.ids,
            )
        )
        return [Row(*row) for row in rows]

    @api.model
    def _pick(self, orderpoints, row):
        """The record of a row; what is read of it is read for all."""
        return orderpoints.browse(row.id).with_prefetch(orderpoints._prefetch_ids)

    @api.model
    def _get_asked(self, products, rows, horizons, today):
        """Ids of rules that Odoo is asked about one by one: kits, and what should have come
        yesterday.
        """
        kits = set()
        if "is_kits" in self.env["product.product"]._fields:
            kits = set(products.filtered("is_kits").ids)
        return {row.id for row in rows if row.product in kits or horizons[row.id] < today}

    @api.model
    def _get_rounded(self, products, rows):
        """Ids of rules whose quantity Odoo rounds to a unit other than the product's."""
        other = products.product_tmpl_id.seller_ids.filtered(
            lambda seller: seller.product_uom_id != seller.product_tmpl_id.uom_id
        ).product_tmpl_id
        made = (
            self.env["stock.rule"].search([("action", "not in", [*PLAIN_ACTIONS, "push"])]).route_id
        )
        odd = set()
        if other:
            odd |= set(products.filtered(lambda product: product.product_tmpl_id in other).ids)
        if made:
            odd |= {
                product.id
                for product in products
                if (product.route_ids | product.categ_id.total_route_ids) & made
            }
        routes = set(made.ids)
        return {row.id for row in rows if row.multiple or row.product in odd or row.route in routes}

    @api.model
    def _get_rounder(self, unit):
        """``(function that rounds as the unit does, its rounding)``; whole numbers stay whole."""
        steps = 1 / unit.rounding
        whole = abs(steps - round(steps)) < 1e-9

        def nice(quantity):
            return quantity if whole and quantity.is_integer() else unit.round(quantity)

        return nice, unit.rounding

    # ------------------------------------------------------------------
    # How far ahead
    # ------------------------------------------------------------------

    @api.model
    def _get_horizons(self, orderpoints, products, rows, today):
        """Days until what is ordered now is there, and the last day whose moves count.

        :return: ``(dict orderpoint id -> days, dict orderpoint id -> date)``
        """
        orderpoints = orderpoints.with_context(bypass_delay_description=True)
        routes = {product.id: self._get_route_key(product) for product in products}
        chains, vendors, alike, first = {}, {}, {}, {}
        for row in rows:
            key = (row.place, row.route, routes[row.product])
            if key not in chains:
                chains[key] = self._get_chain(orderpoints.browse(row.id))
            chain, bought, plain = chains[key]
            # The same rules and the same vendor take the same time.
            delay = None
            if bought:
                vendor = (row.product, row.company, row.seller)
                if vendor not in vendors:
                    vendors[vendor] = self._get_vendor_delay(products, row)
                delay = vendors[vendor]
            alike[row.id] = key = (chain, row.company, delay, None if plain else row.id)
            first.setdefault(key, row.id)
        # One of each is asked, and nothing is read of the others.
        delays = {}
        for key, orderpoint in zip(first, orderpoints.browse(first.values()), strict=True):
            chain = key[0]
            found, _text = chain._get_lead_days(
                orderpoint.product_id, **orderpoint._get_lead_days_values()
            )
            ahead = found["total_delay"] + found["horizon_time"]
            delays[key] = found["total_delay"], today + relativedelta(days=ahead)
        leads = {row_id: delays[key][0] for row_id, key in alike.items()}
        horizons = {row_id: delays[key][1] for row_id, key in alike.items()}
        return leads, horizons

    @api.model
    def _get_chain(self, orderpoint):
        """Rules that replenish it, whether they buy, and whether nothing but rules and vendor
        decide how long that takes.
        """
        chain = orderpoint.product_id._get_rules_from_location(
            orderpoint.location_id, route_ids=orderpoint.route_id
        )
        actions = set(chain.mapped("action"))
        return chain, "buy" in actions, actions <= PLAIN_ACTIONS

    @api.model
    def _get_vendor_delay(self, products, row):
        """Days of the vendor that Odoo counts with; None when there is no vendor."""
        if row.seller:
            return self.env["product.supplierinfo"].browse(row.seller).delay
        product = products.browse(row.product).with_prefetch(products._prefetch_ids)
        only = product.product_tmpl_id.seller_ids
        # What there is to choose among is often one.
        simple = (
            len(only) == 1
            and not (only.date_start or only.date_end)
            and only.company_id.id in (False, row.company)
        )
        if simple and only.product_id in (product, product.browse()) and only.partner_id.active:
            return only.delay
        seller = product.with_company(row.company)._select_seller(quantity=None)
        return seller.delay if seller else None

    @api.model
    def _get_route_key(self, product):
        """What decides which rules apply to a product; products that share it share the rules."""
        # Of the template: what a variant has of it is copied to each, one by one.
        template = product.product_tmpl_id
        made = "bom_ids" in product._fields and bool(product.bom_ids)
        routes = template.route_ids._ids, template.categ_id.total_route_ids._ids
        return *routes, bool(template.seller_ids), made

    # ------------------------------------------------------------------
    # Stock
    # ------------------------------------------------------------------

    @api.model
    def _get_stocks(self, rows, horizons, today):
        """On hand, incoming and outgoing up to each one's horizon, by Odoo's own definitions.

        :return: dict ``orderpoint id -> (on hand, incoming, outgoing)``, without those of nothing
        """
        for model in ("stock.quant", "stock.move", "stock.location"):
            self.env[model].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (
                    SELECT id, product_id, place_id,
                           (%(today)s::date + days) + time '23:59:59.999999' AS horizon
                      FROM unnest(%(ids)s::int[], %(of)s::int[], %(at)s::int[], %(days)s::int[])
                        AS wanted (id, product_id, place_id, days)
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
                SELECT wanted.id, COALESCE(present.quantity, 0)::float,
                       COALESCE(moved.incoming, 0)::float, COALESCE(moved.outgoing, 0)::float
                  FROM wanted
             LEFT JOIN present
                    ON present.product_id = wanted.product_id
                   AND present.place_id = wanted.place_id
             LEFT JOIN moved ON moved.id = wanted.id
                """,
                ids=[row.id for row in rows],
                of=[row.product for row in rows],
                at=[row.place for row in rows],
                days=[(horizons[row.id] - today).days for row in rows],
                today=today,
                products=list({row.product for row in rows}),
                places=list({row.place for row in rows}),
            )
        )
        return {op_id: figures for op_id, *figures in found}
