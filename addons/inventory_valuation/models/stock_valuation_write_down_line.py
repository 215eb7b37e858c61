from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..core.write_down import get_change, get_required

KINDS = [
    ("expiry", "Expiry"),
    ("contract", "Contract Price"),
    ("sales_after", "Sales After the Date"),
    ("price_list", "Price List"),
    ("ageing", "Age"),
    ("none", "No Evidence"),
    ("gone", "Goods Gone"),
]

#: What people write of a line; the rest is what was found.
DECIDED_FIELDS = {"nrv_unit", "reason", "decision"}


class StockValuationWriteDownLine(models.Model):
    """Units of a product that have one net realisable value for one reason."""

    _name = "stock.valuation.write.down.line"
    _description = "Line of a Write-Down"
    _order = "write_down_id, product_id, id"
    _rec_name = "product_id"

    write_down_id = fields.Many2one(
        "stock.valuation.write.down", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="write_down_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="write_down_id.date", store=True)
    state = fields.Selection(related="write_down_id.state")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict"
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    categ_id = fields.Many2one(related="product_id.categ_id", store=True, string="Category")
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", readonly=True, ondelete="restrict")
    quantity = fields.Float(digits="Product Unit", readonly=True)
    cost_value = fields.Monetary(
        string="Cost", readonly=True, help="Of these units, by the valuation at the date."
    )
    kind = fields.Selection(KINDS, string="Evidence", required=True, readonly=True)
    evidence = fields.Char(string="What It Says", readonly=True)
    unit_price = fields.Float(
        string="Expected Price", digits="Product Price", readonly=True, aggregator=None
    )
    proposed_nrv_unit = fields.Float(
        string="Proposed NRV",
        digits="Product Price",
        readonly=True,
        aggregator=None,
        help="Of a unit: the expected price less the costs to complete and to sell.",
    )
    nrv_unit = fields.Float(
        string="NRV",
        digits="Product Price",
        aggregator=None,
        help="Net realisable value of a unit. If you change it, say why.",
    )
    nrv_value = fields.Monetary(string="NRV in All", compute="_compute_change", store=True)
    prior_amount = fields.Monetary(
        string="Written Down Before", readonly=True, help="And neither reversed nor used since."
    )
    kept = fields.Float(
        readonly=True,
        aggregator=None,
        help="Which part of the goods that were written down before is still there.",
    )
    required_amount = fields.Monetary(
        string="Allowance Needed",
        compute="_compute_change",
        store=True,
        help="Cost less net realisable value, where that is lower.",
    )
    write_down_amount = fields.Monetary(string="Write-Down", compute="_compute_change", store=True)
    reversal_amount = fields.Monetary(
        string="Reversal",
        compute="_compute_change",
        store=True,
        help="Net realisable value has recovered: back to cost at most.",
    )
    used_amount = fields.Monetary(
        string="Used",
        compute="_compute_change",
        store=True,
        help="Written down before for goods that were sold or used since.",
    )
    amount = fields.Monetary(
        string="Change",
        compute="_compute_change",
        store=True,
        help="Of the allowance: the write-down less what is reversed or used.",
    )
    decision = fields.Selection(
        [("open", "Open"), ("accepted", "Accepted"), ("rejected", "Rejected")],
        default="open",
        required=True,
        readonly=True,
    )
    reason = fields.Char(help="Of the decision; needed when you reject or change what is proposed.")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    allowance_after = fields.Monetary(
        compute="_compute_allowance_after",
        store=True,
        help="What these units are written down by when the entry is posted.",
    )

    _nrv_not_negative = models.Constraint(
        "CHECK (nrv_unit >= 0)", "The net realisable value of a unit cannot be negative."
    )

    @api.depends("nrv_unit", "quantity", "cost_value", "prior_amount", "kept")
    def _compute_change(self):
        source = self.env["stock.valuation.source"]
        for line in self:
            company = line.company_id
            nrv = company.currency_id.round(line.nrv_unit * line.quantity)
            cost, worth, prior = (
                source._to_cents(company, amount)
                for amount in (line.cost_value, nrv, line.prior_amount)
            )
            required = get_required(cost, worth)
            change = get_change(prior, required, line.kept)
            line.nrv_value = nrv
            line.required_amount = source._to_amount(company, required)
            line.write_down_amount = source._to_amount(company, change.write_down)
            line.reversal_amount = source._to_amount(company, change.reversal)
            line.used_amount = source._to_amount(company, change.used)
            line.amount = source._to_amount(company, required - prior)

    @api.depends("decision", "amount", "prior_amount")
    def _compute_allowance_after(self):
        for line in self:
            change = line.amount if line.decision == "accepted" else 0.0
            line.allowance_after = line.currency_id.round(line.prior_amount + change)

    def _is_changed(self):
        self.ensure_one()
        return self.currency_id.compare_amounts(
            self.nrv_unit * self.quantity, self.proposed_nrv_unit * self.quantity
        )

    # -- decisions ---------------------------------------------------------------------------

    def action_accept(self):
        """Accept lines; what was changed needs a reason."""
        self._decide("accepted")

    def action_reject(self):
        """Leave the allowance as it is; needs a reason."""
        self._decide("rejected")

    def action_reopen(self):
        self._decide("open")

    def _decide(self, decision):
        self.write({"decision": decision})

    @api.constrains("decision", "nrv_unit", "reason")
    def _check_reason(self):
        """Whatever departs from what is proposed says why, whoever decides by which way."""
        for line in self:
            decided = line.decision
            needed = decided == "rejected" or (decided == "accepted" and line._is_changed())
            if needed and not (line.reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%s: say why in the column “Reason”. It goes into the working paper.",
                        line.product_id.display_name,
                    )
                )

    @api.constrains("nrv_unit")
    def _check_gone(self):
        for line in self:
            if line.kind == "gone" and line.nrv_unit:
                raise ValidationError(
                    self.env._(
                        "%s: these goods are gone, so there is nothing left to be worth anything.",
                        line.product_id.display_name,
                    )
                )

    def write(self, vals):
        if not self.env.su and (found := vals.keys() - DECIDED_FIELDS):
            raise AccessError(
                self.env._(
                    "A line of a write-down is decided on, not entered: %s cannot be changed.",
                    ", ".join(sorted(found)),
                )
            )
        for proposal in self.write_down_id:
            proposal._check_open()
        if "nrv_unit" in vals and "decision" not in vals:
            vals = {**vals, "decision": "open"}
        if "decision" in vals:
            decided = vals["decision"] != "open"
            vals = {
                **vals,
                "decided_by_id": decided and self.env.uid,
                "decided_at": decided and fields.Datetime.now(),
            }
        return super().write(vals)
