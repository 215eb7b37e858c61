from odoo import fields, models


class StockWebhookThresholdState(models.Model):
    """On which side of a threshold a product was when it was last looked at."""

    _name = "stock.webhook.threshold.state"
    _description = "Webhook Threshold State"
    _order = "date desc, id desc"
    _rec_name = "product_id"

    threshold_id = fields.Many2one(
        "stock.webhook.threshold", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="threshold_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    is_below = fields.Boolean(string="Below", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="When it crossed, or was first looked at."
    )
    date = fields.Datetime(readonly=True)

    _threshold_product_uniq = models.UniqueIndex("(threshold_id, product_id)")
