from odoo import api, fields, models
from odoo.exceptions import UserError

from .stock_valuation_entry import KINDS

#: Whose documents mend a difference where the document that shows it does not.
ORDERS = {
    "received_not_billed": ("purchase_line_id", "purchase.order"),
    "delivered_not_invoiced": ("sale_line_id", "sale.order"),
}


class StockValuationReconciliationLine(models.Model):
    """A part of a difference, with the documents that it comes from."""

    _name = "stock.valuation.reconciliation.line"
    _description = "Difference Between Stock and General Ledger"
    _order = "class_id, id"
    _rec_name = "document"

    class_id = fields.Many2one(
        "stock.valuation.reconciliation.class", required=True, readonly=True, index=True
    )
    reconciliation_id = fields.Many2one(
        related="class_id.reconciliation_id", store=True, index=True, readonly=True
    )
    category = fields.Selection(related="class_id.category", store=True, readonly=True)
    company_id = fields.Many2one(related="reconciliation_id.company_id", store=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    uom_id = fields.Many2one(related="product_id.uom_id")
    kind = fields.Selection(KINDS, string="Movement", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    amount = fields.Monetary(readonly=True, help="Of the difference: stock less general ledger.")
    count = fields.Integer(
        string="Items", readonly=True, help="Entries and journal items behind it."
    )
    document = fields.Char(string="Documents", readonly=True)
    sources = fields.Json(readonly=True, help="Ids of the documents, by model.")
    remedy = fields.Char(related="class_id.remedy", string="What Mends It")
    has_stock = fields.Boolean(compute="_compute_has")
    has_journal = fields.Boolean(compute="_compute_has")
    has_orders = fields.Boolean(compute="_compute_has")

    @api.depends("sources", "category")
    def _compute_has(self):
        for line in self:
            sources = line.sources or {}
            line.has_stock = bool({"stock.move", "product.value"} & set(sources)) or bool(
                line.category == "awaiting_closing"
            )
            line.has_journal = "account.move" in sources
            field, model = ORDERS.get(line.category, ("", ""))
            line.has_orders = (
                model in self.env
                and field in self.env["stock.move"]._fields
                and "stock.move" in sources
            )

    # -- documents ---------------------------------------------------------------------------

    def action_open_stock(self):
        """Open the transfers, or what else changed the value of stock."""
        self.ensure_one()
        if self.category == "awaiting_closing":
            return self._open_entries()
        moves = self._get_records("stock.move")
        if not moves:
            return self._get_records("product.value")._get_records_action(
                name=self.env._("Costs that were set")
            )
        pickings = moves.picking_id
        if pickings and not moves.filtered(lambda move: not move.picking_id):
            return pickings._get_records_action(name=self.env._("Transfers"))
        return moves._get_records_action(name=self.env._("Stock Moves"))

    def action_open_journal(self):
        self.ensure_one()
        return self._get_records("account.move")._get_records_action(
            name=self.env._("Journal Entries")
        )

    def action_open_orders(self):
        """Open the orders whose bills or invoices are missing."""
        self.ensure_one()
        field, _model = ORDERS[self.category]
        return self._get_records("stock.move")[field].order_id._get_records_action(
            name=self.env._("Orders")
        )

    def _get_records(self, model):
        self.ensure_one()
        return self.env[model].browse((self.sources or {}).get(model, [])).exists()

    def _open_entries(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_valuation.stock_valuation_entry_action"
        )
        reconciliation = self.reconciliation_id
        accounts = self.env["stock.valuation.ledgers"].sudo()._get_accounts(self.company_id)
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("product_id.categ_id", "in", accounts.get(reconciliation.account_id.sudo(), [])),
            ("date", "<=", fields.Datetime.to_string(reconciliation.moment)),
        ]
        if reconciliation.closing_until:
            until = fields.Datetime.to_string(reconciliation.closing_until)
            action["domain"].append(("date", ">", until))
        if self.kind:
            action["domain"].append(("kind", "=", self.kind))
        action["context"] = {}
        return action

    # -- frozen ------------------------------------------------------------------------------

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A reconciliation stays as it was made."))

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self.env._("A reconciliation stays as it was made."))
