from odoo import fields, models


class StockWebhookEventType(models.Model):
    """A kind of event that webhooks subscribe to; other addons add theirs as data."""

    _name = "stock.webhook.event.type"
    _description = "Webhook Event Type"
    _order = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, readonly=True, help="What the receiver gets as type of the event."
    )
    description = fields.Char(translate=True)

    _code_uniq = models.UniqueIndex("(code)", "There is an event type with this code already.")
