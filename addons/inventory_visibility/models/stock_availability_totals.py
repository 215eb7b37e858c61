"""Totals of whole places, over all their products."""

from odoo import api, fields, models
from odoo.tools import SQL


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    @api.model
    def _get_place_totals(self, places=None):
        """Return what whole places hold now, in one statement over all products.

        A sum needs one unit: there is a row for each unit that something is kept in. What is
        planned and what is in transit is not in it.

        :param places: as for :meth:`_get_availability`; every warehouse that the user may see when
            left out
        :return: ``{(place id, unit id): {"on_hand", "reserved", "blocked", "soft_reserved",
            "safety_stock", "available", "as_of"}}``
        :raise AccessError: the user may not read the availability or a place
        """
        everywhere = places is None
        if everywhere:
            places = self.env["stock.warehouse"].search([("active", "=", True)])
        self._check_figures_access(self.env["product.product"], places)
        if not places:
            return {}
        names = ("on_hand", "reserved", "blocked", "soft_reserved", "safety_stock", "available")
        scope = self._get_figures_scope(self.env["product.product"], places)
        del scope["product_id"]
        self._flush_figures()
        query = self.env["stock.availability.query"]
        self._do_not_compile()
        as_of = fields.Datetime.now()
        return {
            (place_id, uom_id): dict(zip(names, values, strict=True), as_of=as_of)
            for place_id, uom_id, *values in self.env.execute_query(
                query._get_totals_query(scope, as_of, everywhere)
            )
        }


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    def _get_totals_query(self, scope, as_of, everywhere=False):
        """Return the statement of the totals; see `stock.availability._get_place_totals`.

        :param everywhere: nearly all quants are wanted. They are read in one pass then, and not
            location by location: no index knows ``location_id + 0``.
        """
        needed = ("product", "place", "member", "claim", "hold", "safety")
        ctes = [(name, cte) for name, cte in self._get_promise_ctes(scope, as_of) if name in needed]
        names = ("on_hand", "reserved", "blocked", "held", "safety")
        return self._with(
            ctes,
            SQL(
                """
                SELECT place_id, uom_id, %(totals)s, %(available)s
                  FROM (
                        SELECT member.place_id, item.uom_id,
                               COALESCE(SUM(quant.quantity), 0)::float8 AS on_hand,
                               SUM(quant.reserved_quantity)::float8 AS reserved,
                               COALESCE(SUM(quant.quantity - quant.reserved_quantity)
                                        FILTER (WHERE %(blocked)s), 0)::float8 AS blocked,
                               0 AS held, 0 AS safety
                          FROM stock_quant quant
                          JOIN (
                                SELECT variant.id, template.uom_id
                                  FROM product_product variant
                                  JOIN product_template template
                                    ON template.id = variant.product_tmpl_id
                                   AND template.is_storable
                               ) AS item ON item.id = quant.product_id
                          JOIN member ON member.location_id = %(location)s
                          JOIN place ON place.id = member.place_id
                          %(tables)s
                         GROUP BY member.place_id, item.uom_id
                         UNION ALL
                        SELECT hold.place_id, product.uom_id, 0, 0, 0, hold.quantity, 0
                          FROM hold JOIN product ON product.id = hold.product_id
                         UNION ALL
                        SELECT safety.place_id, product.uom_id, 0, 0, 0, 0, safety.quantity
                          FROM safety JOIN product ON product.id = safety.product_id
                       ) AS part
                 GROUP BY place_id, uom_id
                """,
                totals=SQL(", ").join(
                    self._round(SQL("SUM(%s)", SQL.identifier(name))) for name in names
                ),
                available=self._round(SQL("SUM(on_hand - reserved - blocked - held - safety)")),
                location=SQL("quant.location_id + 0" if everywhere else "quant.location_id"),
                tables=self._join_blocked_tables(),
                blocked=self._get_blocked_condition(as_of),
            ),
            # a step that is computed on its own would keep the quants to one processor
            inline=needed,
        )
