from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.lead_time import Delivery, by_product, by_vendor, certain
from .smart_reorder_source import BUY

# What is open and overdue for longer was forgotten rather than delayed.
FORGOTTEN_DAYS = 90


class SmartReorderLeadTime(models.AbstractModel):
    """Learns how long vendors take, from the receipts of purchase orders.

    Who delivers is a key of its own kind: here the vendor's id, for the deliveries of a vendor.
    """

    _name = "smart.reorder.lead.time"
    _description = "Lead Time Learner"

    @api.model
    def _get_lead_times(self, orderpoints, sources):
        """Distribution of the lead time of each orderpoint, in days.

        It is learned from deliveries; as stated when there are none, or the company does not want
        it learned.

        :param sources: dict ``orderpoint id -> Source``
        :return: dict ``orderpoint id -> LeadTime``
        """
        company = orderpoints.company_id
        by_deliverer, by_place = {}, {}
        if company.smart_reorder_lead_learning:
            by_deliverer, by_place = self._get_deliveries(orderpoints, sources)
        prior = company.smart_reorder_lead_weight
        result, bases = {}, {}
        for orderpoint in orderpoints:
            source = sources[orderpoint.id]
            deliverer = self._get_deliverer(orderpoint, source)
            before = self._get_days_before(source)
            stated = source.lead_days - before
            if deliverer not in by_deliverer or stated < 0:
                result[orderpoint.id] = certain(source.lead_days)
                continue
            if (deliverer, stated) not in bases:
                over = self._get_days_over(by_deliverer[deliverer], source, stated)
                bases[deliverer, stated] = by_vendor(stated, over, prior)
            place = (deliverer, orderpoint.product_id.id, orderpoint.warehouse_id.id)
            learned = by_product(bases[deliverer, stated], by_place.get(place, ()), prior)
            result[orderpoint.id] = learned.shifted(before)
        return result

    @api.model
    def _get_deliverer(self, orderpoint, source):
        """Hook: key of who delivers, None when it cannot be learned from."""
        if source.kind == BUY and source.partner:
            return source.partner.commercial_partner_id.id
        return None

    @api.model
    def _get_days_before(self, source):
        """Hook: days of the lead time that no delivery tells: until the order is placed."""
        return source.order_days

    @api.model
    def _get_days_over(self, deliveries, source, stated):
        """Hook: the deliverer's deliveries, in days over what was stated."""
        return deliveries

    @api.model
    def _get_deliveries(self, orderpoints, sources):
        """Hook: what was delivered, in as many statements as there are kinds of deliverers.

        :return: ``(dict deliverer -> deliveries in days over what was stated, dict (deliverer,
            product id, warehouse id) -> deliveries in days)``
        """
        by_deliverer, by_place = defaultdict(list), defaultdict(list)
        buying = orderpoints.filtered(lambda op: sources[op.id].kind == BUY)
        vendors = {self._get_deliverer(op, sources[op.id]) for op in buying} - {None}
        if vendors:
            self._flush()
            rows = self.env.execute_query(
                self._get_deliveries_query(
                    vendors, buying.product_id, buying.warehouse_id, orderpoints.company_id
                )
            )
            for vendor, product, warehouse, is_open, days, weight in rows:
                delivery = Delivery(float(days), float(weight), is_open)
                if product is None:
                    by_deliverer[vendor].append(delivery)
                else:
                    by_place[vendor, product, warehouse].append(delivery)
        return by_deliverer, by_place

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
            since=self._get_since(company),
            forgotten=FORGOTTEN_DAYS,
            products=products.ids,
            warehouses=warehouses.ids,
        )

    @api.model
    def _get_since(self, company):
        return fields.Datetime.now() - timedelta(days=company.smart_reorder_history_days)
