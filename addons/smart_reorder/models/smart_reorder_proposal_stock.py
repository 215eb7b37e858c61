from odoo import api, fields, models


class SmartReorderProposal(models.Model):
    """State of stock of a proposal, at the moment it was computed."""

    _inherit = "smart.reorder.proposal"

    qty_on_hand = fields.Float(string="On Hand", digits="Product Unit", readonly=True)
    qty_incoming = fields.Float(string="Incoming", digits="Product Unit", readonly=True)
    qty_outgoing = fields.Float(
        string="Promised", digits="Product Unit", readonly=True, help="Planned to leave."
    )
    qty_in_progress = fields.Float(
        string="On Quotations",
        digits="Product Unit",
        readonly=True,
        help="On requests for quotation that are not confirmed.",
    )
    qty_dependents = fields.Float(
        string="Needed by Places",
        digits="Product Unit",
        readonly=True,
        help="What the places that this warehouse supplies need, but have not ordered yet.",
    )
    qty_later = fields.Float(
        string="Promised for Later",
        digits="Product Unit",
        readonly=True,
        help="Of what is promised: due after the review period and lead time, or part of the demand"
        " forecast for them. It is not taken off a second time.",
    )
    qty_position = fields.Float(
        string="Position",
        digits="Product Unit",
        readonly=True,
        help="On hand + incoming + on quotations - promised + promised for later - needed by"
        " supplied places.",
    )
    days_of_cover = fields.Float(
        digits=(16, 1),
        compute="_compute_days_of_cover",
        store=True,
        aggregator="min",
        help="Days that the stock on hand lasts at the forecast demand.",
    )

    excess_qty = fields.Float(
        string="Excess",
        digits="Product Unit",
        compute="_compute_excess",
        store=True,
        help="What the position has above the order-up-to level: more than would be bought anew.",
    )
    excess_value = fields.Monetary(
        string="Value of Excess",
        compute="_compute_excess",
        store=True,
        help="At the unit cost.",
    )

    # At stake
    risk_qty = fields.Float(
        string="Short without Order",
        digits="Product Unit",
        readonly=True,
        help="Units of the demand over the review period and lead time that would probably not be"
        " served when nothing is ordered.",
    )
    risk_value = fields.Monetary(
        string="At Risk",
        readonly=True,
        help="What missing these units costs: their margin (sales price less unit cost), times the"
        " factor of the settings.",
    )
    risk_left_value = fields.Monetary(
        string="At Risk with the Order",
        readonly=True,
        help="What is still at risk when what is proposed is ordered.",
    )
    risk_avoided_value = fields.Monetary(
        string="Risk Avoided",
        compute="_compute_risk_avoided_value",
        store=True,
        help="What the order proposed takes off the risk.",
    )
    stockout_chance = fields.Float(
        string="Chance of Running Out",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Probability that demand over the review period and lead time exceeds the position, in"
        " %.",
    )
    stockout_chance_left = fields.Float(
        string="Chance with the Order",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="The same when what is proposed is ordered, in %.",
    )
    order_by = fields.Date(
        readonly=True,
        help="Ordered later than this day, the goods arrive after the position is expected to be"
        " used up.",
    )

    @api.depends("qty_on_hand", "daily_demand")
    def _compute_days_of_cover(self):
        for proposal in self:
            proposal.update(self._derive_days_of_cover(proposal))

    @api.model
    def _derive_days_of_cover(self, values):
        """:param values: a proposal, or a mapping of what one will have"""
        demand = values["daily_demand"]
        # Without demand the stock lasts for ever; sorted last.
        days = max(values["qty_on_hand"], 0) / demand if demand > 0 else 9999
        return {"days_of_cover": days}

    @api.depends("qty_position", "order_up_to", "price_unit", "forecast_method")
    def _compute_excess(self):
        for proposal in self:
            proposal.update(self._derive_excess(proposal))

    @api.model
    def _derive_excess(self, values):
        excess = max(values["qty_position"] - values["order_up_to"], 0.0)
        # Without a forecast there is no level to exceed.
        excess = excess if values["forecast_method"] else 0.0
        return {"excess_qty": excess, "excess_value": excess * values["price_unit"]}

    @api.depends("risk_value", "risk_left_value", "state")
    def _compute_risk_avoided_value(self):
        for proposal in self:
            proposal.update(self._derive_risk_avoided(proposal))

    @api.model
    def _derive_risk_avoided(self, values):
        avoided = max(values["risk_value"] - values["risk_left_value"], 0.0)
        draft = values["state"] in ("draft", "accepted")
        return {"risk_avoided_value": avoided if draft else 0.0}
