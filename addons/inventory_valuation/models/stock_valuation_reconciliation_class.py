from odoo import api, fields, models
from odoo.exceptions import UserError

CATEGORIES = [
    ("manual", "Manual entries on the account"),
    ("no_entry", "Movements without a journal entry"),
    ("awaiting_closing", "Movements since the last closing"),
    ("cut_off", "Cut-off: stock and accounting on two sides of the date"),
    ("edit", "Edits after posting"),
    ("revaluation", "Costs that were set, without a journal entry"),
    ("price_difference", "Price differences"),
    ("received_not_billed", "Received, not billed"),
    ("billed_not_received", "Billed, not received"),
    ("delivered_not_invoiced", "Delivered, not invoiced"),
    ("invoiced_not_delivered", "Invoiced, not delivered"),
    ("consignment", "Consigned goods"),
    ("rounding", "Rounding"),
    ("unexplained", "Unexplained"),
]


class StockValuationReconciliationClass(models.Model):
    """What a reason comes to, with the lines that it is made of."""

    _name = "stock.valuation.reconciliation.class"
    _description = "Reason of a Difference Between Stock and General Ledger"
    _order = "reconciliation_id, id"
    _rec_name = "category"

    reconciliation_id = fields.Many2one(
        "stock.valuation.reconciliation", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(related="reconciliation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    category = fields.Selection(CATEGORIES, string="Reason", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Of the difference: stock less general ledger.")
    count = fields.Integer(string="Items", readonly=True)
    remedy = fields.Char(string="What Mends It", compute="_compute_remedy")
    line_ids = fields.One2many("stock.valuation.reconciliation.line", "class_id", readonly=True)

    @api.depends("category")
    def _compute_remedy(self):
        remedies = self._get_remedies()
        for record in self:
            record.remedy = remedies.get(record.category)

    @api.model
    def _get_remedies(self):
        """Return what mends a difference, by its reason."""
        return {
            "manual": self.env._(
                "Reverse the entry, or move it to another account; what was meant to change the"
                " value of stock is entered on the product or the receipt instead."
            ),
            "no_entry": self.env._(
                "Set a valuation account on the location of losses, scrap or production, so that"
                " the next ones are posted; a closing posts these."
            ),
            "awaiting_closing": self.env._(
                "Nothing is wrong: post the next closing of the valuation."
            ),
            "cut_off": self.env._(
                "Check which date is right. Correct the accounting date of the bill or invoice,"
                " or accrue it; it goes away by itself in the period of the other half."
            ),
            "edit": self.env._(
                "Post the difference by a closing, or take the edit back if it was a mistake."
            ),
            "revaluation": self.env._(
                "A closing posts it. A cost that was set by mistake is set back on the product."
            ),
            "price_difference": self.env._(
                "Goods that left before their cost was known: a closing posts it to the variation"
                " account. Under standard price, set the price difference account of the category."
            ),
            "received_not_billed": self.env._(
                "Enter the vendor's bill, dated in this period; else accrue the amount."
            ),
            "billed_not_received": self.env._(
                "Validate the receipt, ask the vendor for a credit note, or book the bill as a"
                " prepayment."
            ),
            "delivered_not_invoiced": self.env._(
                "Invoice the delivery in this period, or accrue its cost."
            ),
            "invoiced_not_delivered": self.env._("Validate the delivery, or credit the invoice."),
            "consignment": self.env._(
                "Goods of somebody else are no stock of the company: move the bill's or the"
                " invoice's line to an expense account, or buy the goods from their owner."
            ),
            "rounding": self.env._("Nothing: a closing takes it along."),
            "unexplained": self.env._(
                "Look for entries that were changed after the closing, and at the nightly"
                " comparison with Odoo's value."
            ),
        }

    def action_open_lines(self):
        self.ensure_one()
        action = self.reconciliation_id.action_open_lines()
        action["domain"] = [("class_id", "=", self.id)]
        action["name"] = dict(self._fields["category"]._description_selection(self.env))[
            self.category
        ]
        action["context"] = {}
        return action

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A reconciliation stays as it was made."))

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self.env._("A reconciliation stays as it was made."))
