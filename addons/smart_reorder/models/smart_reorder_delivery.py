from odoo import fields, models
from odoo.tools import SQL


class SmartReorderDelivery(models.Model):
    """What came, or is to come, of each purchase order line: one row per receipt.

    Nothing is stored. Lead times are learned from these rows, and the vendors' scorecard counts
    them, so that both can be traced back to the receipts.
    """

    _name = "smart.reorder.delivery"
    _description = "Vendor Delivery"
    _auto = False
    _depends = {
        "purchase.order": ["partner_id", "date_approve", "company_id"],
        "purchase.order.line": ["product_uom_qty", "date_planned"],
        "stock.move": ["state", "date", "quantity", "product_uom_qty", "product_uom"],
        "stock.location": ["usage", "warehouse_id"],
        "product.supplierinfo": ["partner_id", "product_tmpl_id", "product_id", "delay"],
    }
    _order = "date_approve desc, id desc"
    _rec_name = "order_id"

    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True)
    order_id = fields.Many2one("purchase.order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", string="Place", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_approve = fields.Datetime(string="Ordered", readonly=True)
    day_approve = fields.Date(string="Day of Order", readonly=True)
    day_promised = fields.Date(string="Promised", readonly=True)
    day_received = fields.Date(string="Received", readonly=True)
    is_open = fields.Boolean(string="On its Way", readonly=True)
    is_late = fields.Boolean(
        string="Late",
        readonly=True,
        help="Received after the promised day, or overdue today.",
    )
    quantity = fields.Float(digits="Product Unit", readonly=True, help="In the product's unit.")
    qty_ordered = fields.Float(
        string="Ordered Quantity",
        digits="Product Unit",
        readonly=True,
        help="Of the whole order line, in the product's unit.",
        aggregator=None,
    )
    share = fields.Float(
        readonly=True,
        digits=(16, 2),
        help="Part of the order line's quantity: what an incomplete delivery counts.",
    )
    days = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From the confirmation of the order to the receipt, or to today when it is open.",
    )
    days_stated = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Lead time on the vendor's price today; without one, what the order promised.",
    )
    days_late = fields.Float(
        readonly=True,
        aggregator="avg",
        help="After the promised day; negative when early.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT delivery.*,
                   delivery.until - delivery.day_approve AS days,
                   delivery.until - delivery.day_promised AS days_late,
                   delivery.until > delivery.day_promised AS is_late,
                   COALESCE(
                       (SELECT MAX(price.delay)
                          FROM product_supplierinfo price
                          JOIN res_partner seller ON seller.id = price.partner_id
                         WHERE price.product_tmpl_id = delivery.product_tmpl_id
                           AND seller.commercial_partner_id = delivery.partner_id
                           AND (price.product_id IS NULL OR price.product_id = delivery.product_id)
                           AND (price.company_id IS NULL OR price.company_id = delivery.company_id)
                       ),
                       GREATEST(delivery.day_promised - delivery.day_approve, 0)
                   ) AS days_stated
              FROM (%(deliveries)s) delivery
            """,
            deliveries=self._get_delivery_query(),
        )

    def _get_delivery_query(self):
        """Receipts from vendors, done and open. Returns to vendors and dropshipping are none.

        What is cancelled is neither received nor open, and so no evidence. Days are those of the
        company's time zone.
        """
        return SQL(
            """
            SELECT move.id,
                   line.id AS purchase_line_id,
                   line.order_id,
                   vendor.commercial_partner_id AS partner_id,
                   move.product_id,
                   product.product_tmpl_id,
                   destination.warehouse_id,
                   purchase.company_id,
                   purchase.date_approve,
                   day.approve AS day_approve,
                   COALESCE(day.promised, day.approve) AS day_promised,
                   CASE WHEN move.state = 'done' THEN day.moved END AS day_received,
                   CASE WHEN move.state = 'done' THEN GREATEST(day.moved, day.approve)
                        ELSE day.today END AS until,
                   move.state != 'done' AS is_open,
                   part.quantity,
                   line.product_uom_qty AS qty_ordered,
                   LEAST(part.quantity / line.product_uom_qty, 1) AS share
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN stock_move move ON move.purchase_line_id = line.id
              JOIN res_partner vendor ON vendor.id = purchase.partner_id
              JOIN res_company company ON company.id = purchase.company_id
              JOIN res_partner company_partner ON company_partner.id = company.partner_id
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location destination ON destination.id = move.location_dest_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
        CROSS JOIN LATERAL (
                   SELECT COALESCE(company_partner.tz, 'UTC') AS name
                   ) zone
        CROSS JOIN LATERAL (
                   SELECT (purchase.date_approve AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date
                              AS approve,
                          (line.date_planned AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date
                              AS promised,
                          (move.date AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date AS moved,
                          (%(now)s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date
                              AS today
                   ) day
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN move.state = 'done' THEN move.quantity
                               ELSE move.product_uom_qty END
                          * move_uom.factor / product_uom.factor AS quantity
                   ) part
             WHERE purchase.date_approve IS NOT NULL
               AND line.product_uom_qty > 0
               AND part.quantity > 0
               AND move.state NOT IN ('draft', 'cancel')
               AND source.usage IN ('supplier', 'transit')
               AND destination.usage = 'internal'
            """,
            now=fields.Datetime.now(),
        )
