from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.lead_time import Delivery, by_product, by_vendor, certain
from .smart_reorder_source import BUY

# An open receipt that is overdue for longer was forgotten rather than delayed.
FORGOTTEN_DAYS = 90


class SmartReorderLeadTime(models.AbstractModel):
    """Learns how long vendors take, from the receipts of purchase orders."""

    _name = "smart.reorder.lead.time"
    _description = "Lead Time Learner"

    @api.model
    def _get_lead_times(self, orderpoints, sources):
        """Distribution of the lead time of each orderpoint, in days.

        Purchases are learned from the vendor's deliveries; transfers, and everything when the
        company does not want it learned, are taken as stated.

        :param sources: dict ``orderpoint id -> Source``
        :return: dict ``orderpoint id -> LeadTime``
        """
        company = orderpoints.company_id
        buying = orderpoints.filtered(
            lambda op: sources[op.id].kind == BUY and sources[op.id].partner
        )
        of_vendor, of_place = {}, {}
        if company.smart_reorder_lead_learning and buying:
            of_vendor, of_place = self._get_deliveries(buying, sources)
        prior = company.smart_reorder_lead_weight
        result, bases = {}, {}
        for orderpoint in orderpoints:
            source = sources[orderpoint.id]
            vendor = source.partner.commercial_partner_id.id if source.partner else None
            stated = source.lead_days - source.order_days
            if vendor not in of_vendor or stated < 0:
                result[orderpoint.id] = certain(source.lead_days)
                continue
            if (vendor, stated) not in bases:
                bases[vendor, stated] = by_vendor(stated, of_vendor[vendor], prior)
            place = (vendor, orderpoint.product_id.id, orderpoint.warehouse_id.id)
            learned = by_product(bases[vendor, stated], of_place.get(place, ()), prior)
            result[orderpoint.id] = learned.shifted(source.order_days)
        return result

    @api.model
    def _get_deliveries(self, orderpoints, sources):
        """Read what the vendors of the orderpoints delivered, in one statement.

        :return: ``(dict vendor id -> deliveries in days over what was stated, dict (vendor id,
            product id, warehouse id) -> deliveries in days)``
        """
        vendors = {sources[op.id].partner.commercial_partner_id.id for op in orderpoints}
        self._flush()
        rows = self.env.execute_query(
            self._get_deliveries_query(
                vendors, orderpoints.product_id, orderpoints.warehouse_id, orderpoints.company_id
            )
        )
        of_vendor, of_place = defaultdict(list), defaultdict(list)
        for vendor, product, warehouse, is_open, days, weight in rows:
            delivery = Delivery(float(days), float(weight), is_open)
            if product is None:
                of_vendor[vendor].append(delivery)
            else:
                of_place[vendor, product, warehouse].append(delivery)
        return of_vendor, of_place

    @api.model
    def _flush(self):
        self.env["purchase.order"].flush_model()
        self.env["purchase.order.line"].flush_model()
        self.env["stock.move"].flush_model()
        self.env["product.supplierinfo"].flush_model()

    @api.model
    def _get_deliveries_query(self, vendors, products, warehouses, company):
        return SQL(
            """
            WITH delivery AS (
                SELECT *
                  FROM (%(deliveries)s) delivery
                 WHERE partner_id = ANY(%(vendors)s)
                   AND company_id = %(company)s
                   AND date_approve >= %(since)s
                   AND NOT (is_open AND days_late > %(forgotten)s)
            )
            SELECT partner_id, NULL::int, NULL::int, is_open, days - days_stated, SUM(share)
              FROM delivery
          GROUP BY partner_id, is_open, days - days_stated
         UNION ALL
            SELECT partner_id, product_id, warehouse_id, is_open, days, SUM(share)
              FROM delivery
             WHERE product_id = ANY(%(products)s)
               AND warehouse_id = ANY(%(warehouses)s)
          GROUP BY partner_id, product_id, warehouse_id, is_open, days
            """,
            deliveries=self.env["smart.reorder.delivery"]._table_query,
            vendors=list(vendors),
            company=company.id,
            since=fields.Datetime.now() - timedelta(days=company.smart_reorder_history_days),
            forgotten=FORGOTTEN_DAYS,
            products=products.ids,
            warehouses=warehouses.ids,
        )
