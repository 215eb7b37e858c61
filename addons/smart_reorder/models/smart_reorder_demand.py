from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class SmartReorderDemand(models.AbstractModel):
    """Reads the demand history from done moves, all products and places in one statement."""

    _name = "smart.reorder.demand"
    _description = "Demand History Reader"

    @api.model
    def _get_demand(self, products, warehouses, date_from, date_to):
        """Demand per product, warehouse, receiving warehouse and day.

        What left a warehouse for customers, production, or another warehouse counts; what came back
        from customers or production is taken off. Quantities are in the product's unit; days are
        those of the warehouse's time zone.

        :param date_from: first day, a date
        :param date_to: last day, a date
        :return: list of ``(product id, warehouse id, receiving warehouse id or None, day,
            quantity)``
        """
        if not products or not warehouses:
            return []
        self._flush()
        return self.env.execute_query(
            self._get_demand_query(products, warehouses, date_from, date_to)
        )

    @api.model
    def _flush(self):
        self.env["stock.move"].flush_model()
        self.env["stock.location"].flush_model(["usage", "warehouse_id"])
        self.env["uom.uom"].flush_model(["factor"])
        self.env["product.template"].flush_model(["uom_id"])

    @api.model
    def _get_demand_query(self, products, warehouses, date_from, date_to=None, pairs=None):
        """:param date_to: None for no end: days of a clock that is ahead as well
        :param pairs: (product id, warehouse id) to be read, all by default
        """
        return SQL(
            """
            WITH place AS (
                SELECT * FROM unnest(%(warehouse_ids)s::int[], %(timezones)s::text[])
                    AS place(warehouse_id, tz)
            )
            SELECT move.product_id,
                   place.warehouse_id,
                   CASE WHEN here_is_source
                        THEN COALESCE(final.warehouse_id, destination.warehouse_id)
                   END AS receiver_id,
                   (move.date AT TIME ZONE 'UTC' AT TIME ZONE place.tz)::date AS day,
                   SUM(CASE WHEN here_is_source THEN 1 ELSE -1 END
                       * move.quantity * line_uom.factor / product_uom.factor) AS quantity
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location destination ON destination.id = move.location_dest_id
         LEFT JOIN stock_location final ON final.id = move.location_final_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
              JOIN uom_uom line_uom ON line_uom.id = move.product_uom
        CROSS JOIN LATERAL (VALUES (TRUE), (FALSE)) AS side(here_is_source)
              JOIN place ON place.warehouse_id = CASE WHEN here_is_source
                   THEN source.warehouse_id ELSE destination.warehouse_id END
             WHERE move.state = 'done'
               AND move.product_id = ANY(%(product_ids)s)
               AND move.date >= %(since)s
               AND move.date < %(until)s
               AND source.warehouse_id IS DISTINCT FROM destination.warehouse_id
               AND CASE WHEN here_is_source
                        THEN source.usage = 'internal'
                         AND destination.usage IN ('customer', 'production', 'transit', 'internal')
                        ELSE destination.usage = 'internal'
                         AND source.usage IN ('customer', 'production')
                   END
               %(extra)s
               %(restricted)s
          GROUP BY 1, 2, 3, 4
            """,
            warehouse_ids=warehouses.ids,
            timezones=[self._get_timezone(warehouse) for warehouse in warehouses],
            product_ids=products.ids,
            # A day more on both sides: the time zone decides what belongs to the window.
            since=fields.Datetime.to_datetime(date_from) - timedelta(days=1),
            until=fields.Datetime.to_datetime(date_to) + timedelta(days=2)
            if date_to
            else "infinity",
            extra=self._get_demand_condition(),
            restricted=self._restrict(pairs, SQL("place.warehouse_id")),
        )

    @api.model
    def _restrict(self, pairs, warehouse):
        """Condition on ``move`` and the SQL of its warehouse, to read some pairs only.

        Each pair is one number: joined to a table of pairs, PostgreSQL takes these for few, and
        looks for all moves of each of them again.
        """
        if pairs is None:
            return SQL()
        return SQL(
            "AND (move.product_id::bigint << 32) + %s = ANY(%s::bigint[])",
            warehouse,
            [(product << 32) + place for product, place in pairs],
        )

    @api.model
    def _get_demand_condition(self):
        """Hook: a further ``SQL('AND …')`` on ``move``, to leave some moves out of the demand.

        Production that gives something back is demand undone only when it returns a component: what
        is produced comes from production too.
        """
        return SQL(
            "AND (here_is_source OR source.usage = 'customer' OR move.origin_returned_move_id IS"
            " NOT NULL)"
        )

    @api.model
    def _get_first_days(self, products, warehouses):
        """Day of the first done move of each product in each warehouse.

        :return: dict ``(product id, warehouse id) -> date``
        """
        if not products or not warehouses:
            return {}
        self._flush()
        rows = self.env.execute_query(self._get_first_days_query(products, warehouses))
        return {(product, warehouse): day for product, warehouse, day in rows}

    @api.model
    def _get_first_days_query(self, products, warehouses, pairs=None):
        return SQL(
            """
            SELECT move.product_id, location.warehouse_id, MIN(move.date)::date
              FROM stock_move move
        CROSS JOIN LATERAL (VALUES (move.location_id), (move.location_dest_id)) AS side(id)
              JOIN stock_location location ON location.id = side.id
             WHERE move.state = 'done'
               AND move.product_id = ANY(%(product_ids)s)
               AND location.warehouse_id = ANY(%(warehouse_ids)s)
               %(restricted)s
          GROUP BY 1, 2
            """,
            product_ids=products.ids,
            warehouse_ids=warehouses.ids,
            restricted=self._restrict(pairs, SQL("location.warehouse_id")),
        )

    @api.model
    def _get_on_hand(self, products, warehouses):
        """:return: dict ``(product id, warehouse id) -> quantity on hand``"""
        self.env["stock.quant"].flush_model(["quantity"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT quant.product_id, location.warehouse_id, SUM(quant.quantity)
                  FROM stock_quant quant
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE location.usage = 'internal'
                   AND quant.product_id = ANY(%(product_ids)s)
                   AND location.warehouse_id = ANY(%(warehouse_ids)s)
              GROUP BY 1, 2
                """,
                product_ids=products.ids,
                warehouse_ids=warehouses.ids,
            )
        )
        return {(product, warehouse): float(total) for product, warehouse, total in rows}

    @api.model
    def _get_stock_changes_query(self, products, warehouses, date_from, pairs=None):
        """What came into and went out of warehouses per day, whatever the reason."""
        return SQL(
            """
            WITH place AS (
                SELECT * FROM unnest(%(warehouse_ids)s::int[], %(timezones)s::text[])
                    AS place(warehouse_id, tz)
            )
            SELECT move.product_id,
                   place.warehouse_id,
                   (move.date AT TIME ZONE 'UTC' AT TIME ZONE place.tz)::date AS day,
                   SUM(CASE WHEN here_is_source THEN -part.quantity ELSE part.quantity END),
                   SUM(CASE WHEN here_is_source THEN 0 ELSE part.quantity END)
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location destination ON destination.id = move.location_dest_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
              JOIN uom_uom line_uom ON line_uom.id = move.product_uom
        CROSS JOIN LATERAL (
                   SELECT move.quantity * line_uom.factor / product_uom.factor AS quantity
                   ) part
        CROSS JOIN LATERAL (VALUES (TRUE), (FALSE)) AS side(here_is_source)
              JOIN place ON place.warehouse_id = CASE WHEN here_is_source
                   THEN source.warehouse_id ELSE destination.warehouse_id END
             WHERE move.state = 'done'
               AND move.product_id = ANY(%(product_ids)s)
               AND move.date >= %(since)s
               AND CASE WHEN here_is_source THEN source.usage ELSE destination.usage END
                   = 'internal'
               AND NOT (source.usage = 'internal' AND destination.usage = 'internal'
                        AND source.warehouse_id = destination.warehouse_id)
               %(restricted)s
          GROUP BY 1, 2, 3
            """,
            warehouse_ids=warehouses.ids,
            timezones=[self._get_timezone(warehouse) for warehouse in warehouses],
            product_ids=products.ids,
            since=fields.Datetime.to_datetime(date_from) - timedelta(days=1),
            restricted=self._restrict(pairs, SQL("place.warehouse_id")),
        )

    @api.model
    def _get_promised(self, products, warehouses, today):
        """Open deliveries to customers and production, by the days until they are due.

        Transfers to other warehouses are left out: what these need is planned, not forecast.

        :return: dict ``(product id, warehouse id) -> (list of days, list of quantities)``
        """
        if not products or not warehouses:
            return {}
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                WITH place AS (
                    SELECT * FROM unnest(%(warehouse_ids)s::int[], %(timezones)s::text[])
                        AS place(warehouse_id, tz)
                )
                SELECT move.product_id,
                       place.warehouse_id,
                       (move.date AT TIME ZONE 'UTC' AT TIME ZONE place.tz)::date - %(today)s::date
                           AS days,
                       SUM(move.product_qty)
                  FROM stock_move move
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location destination ON destination.id = move.location_dest_id
                  JOIN place ON place.warehouse_id = source.warehouse_id
                 WHERE move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
                   AND move.product_id = ANY(%(product_ids)s)
                   AND source.usage = 'internal'
                   AND destination.usage IN ('customer', 'production')
              GROUP BY 1, 2, 3
                """,
                warehouse_ids=warehouses.ids,
                timezones=[self._get_timezone(warehouse) for warehouse in warehouses],
                today=today,
                product_ids=products.ids,
            )
        )
        promised = defaultdict(lambda: ([], []))
        for product, warehouse, days, quantity in rows:
            promised[product, warehouse][0].append(days)
            promised[product, warehouse][1].append(float(quantity))
        return promised

    @api.model
    def _get_timezone(self, warehouse):
        return warehouse.partner_id.tz or warehouse.company_id.partner_id.tz or "UTC"
