from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.lead_time import Delivery
from .smart_reorder_lead_time import FORGOTTEN_DAYS
from .smart_reorder_source import TRANSFER


class SmartReorderLeadTime(models.AbstractModel):
    """Transfers between warehouses are learned from as well: who delivers is the lane, a pair of
    warehouses, and what is stated are the days of its rules.
    """

    _inherit = "smart.reorder.lead.time"

    @api.model
    def _get_deliverer(self, orderpoint, source):
        if source.kind == TRANSFER and source.warehouse:
            return (source.warehouse.id, orderpoint.warehouse_id.id)
        return super()._get_deliverer(orderpoint, source)

    @api.model
    def _get_days_before(self, source):
        """What the place waits at its supplier by risk pooling is planned, not learned."""
        return source.supplier_days if source.kind == TRANSFER else super()._get_days_before(source)

    @api.model
    def _get_days_over(self, deliveries, source, stated):
        """A lane states the same for all products."""
        if source.kind != TRANSFER:
            return super()._get_days_over(deliveries, source, stated)
        return [replace(delivery, days=delivery.days - stated) for delivery in deliveries]

    @api.model
    def _get_deliveries(self, orderpoints, sources):
        by_deliverer, by_place = super()._get_deliveries(orderpoints, sources)
        moving = orderpoints.filtered(lambda op: sources[op.id].kind == TRANSFER)
        if not moving:
            return by_deliverer, by_place
        self.env["stock.move"].flush_model()
        self.env["stock.picking"].flush_model(["backorder_id"])
        rows = self.env.execute_query(self._get_transfers_query(moving))
        for source, warehouse, product, is_open, days, weight in rows:
            lane = (source, warehouse)
            delivery = Delivery(float(days), float(weight), is_open)
            by_deliverer[lane].append(delivery)
            if product:
                by_place[lane, product, warehouse].append(delivery)
        return by_deliverer, by_place

    @api.model
    def _get_transfers_query(self, orderpoints):
        """What came, or is to come, to the places from other warehouses.

        A transfer is ordered when the first of its moves is made, and delivered when the one that
        enters the place is done. What is left for a backorder was ordered with the rest; parts
        count by their share. Moves that were recorded afterwards (made later than done) say
        nothing, and neither does what was forgotten. Products that are not asked for are added
        up, without an id.
        """
        company = orderpoints.company_id
        return SQL(
            """
            WITH receipt AS (
                SELECT COALESCE(origin.warehouse_id, source.warehouse_id) AS source_id,
                       destination.warehouse_id,
                       move.product_id,
                       move.state != 'done' AS is_open,
                       LEAST(move.create_date, origin.created, backorder.create_date) AS ordered,
                       CASE WHEN move.state = 'done' THEN move.date ELSE %(now)s END AS until,
                       CASE WHEN move.state = 'done' THEN move.quantity
                            ELSE move.product_uom_qty END AS quantity,
                       COALESCE(picking.backorder_id, picking.id, -move.id) AS part_of,
                       move.date AS planned
                  FROM stock_move move
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location destination ON destination.id = move.location_dest_id
             LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             LEFT JOIN stock_picking backorder ON backorder.id = picking.backorder_id
             LEFT JOIN LATERAL (
                       SELECT MIN(before.create_date) AS created,
                              MIN(place.warehouse_id) AS warehouse_id
                         FROM stock_move_move_rel link
                         JOIN stock_move before ON before.id = link.move_orig_id
                         JOIN stock_location place ON place.id = before.location_id
                        WHERE link.move_dest_id = move.id
                       ) origin ON TRUE
                 WHERE move.company_id = %(company)s
                   AND move.state NOT IN ('draft', 'cancel')
                   AND move.date >= %(since)s
                   AND destination.usage = 'internal'
                   AND destination.warehouse_id = ANY(%(warehouses)s)
                   AND source.usage IN ('transit', 'internal')
                   AND source.warehouse_id IS DISTINCT FROM destination.warehouse_id
            ),
            delivery AS (
                SELECT source_id, warehouse_id, is_open,
                       CASE WHEN product_id = ANY(%(products)s) THEN product_id END AS product_id,
                       (until AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                           - (ordered AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS days,
                       quantity / SUM(quantity) OVER (PARTITION BY part_of, product_id) AS share
                  FROM receipt
                 WHERE quantity > 0
                   AND ordered <= until
                   AND source_id IS DISTINCT FROM warehouse_id
                   AND NOT (is_open AND planned < %(forgotten)s)
            )
            SELECT source_id, warehouse_id, product_id, is_open, days, SUM(share)
              FROM delivery
             WHERE source_id IS NOT NULL
          GROUP BY source_id, warehouse_id, product_id, is_open, days
            """,
            now=fields.Datetime.now(),
            company=company.id,
            since=self._get_since(company),
            forgotten=fields.Datetime.subtract(fields.Datetime.now(), days=FORGOTTEN_DAYS),
            warehouses=orderpoints.warehouse_id.ids,
            products=orderpoints.product_id.ids,
            zone=company.partner_id.tz or "UTC",
        )
