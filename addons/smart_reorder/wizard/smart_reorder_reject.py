from datetime import timedelta

from odoo import api, fields, models

from ..models.smart_reorder_proposal_decision import REJECT_REASONS


class SmartReorderReject(models.TransientModel):
    """Asks why proposals are rejected, and when to propose again."""

    _name = "smart.reorder.reject"
    _description = "Reject Proposals"

    proposal_ids = fields.Many2many("smart.reorder.proposal", required=True)
    proposal_count = fields.Integer(compute="_compute_proposal_count")
    reason = fields.Selection(REJECT_REASONS, required=True)
    note = fields.Char(help="For whoever reads it later.")
    again = fields.Selection(
        [
            ("0", "With the next run"),
            ("7", "In a week"),
            ("30", "In 30 days"),
            ("date", "On a day"),
        ],
        string="Propose Again",
        required=True,
        default="7",
    )
    date_again = fields.Date(string="Day")

    @api.depends("proposal_ids")
    def _compute_proposal_count(self):
        for wizard in self:
            wizard.proposal_count = len(wizard.proposal_ids)

    def action_reject(self):
        self.ensure_one()
        again = self.date_again
        if self.again != "date":
            days = int(self.again)
            again = days and fields.Date.context_today(self) + timedelta(days=days)
        self.proposal_ids._reject(self.reason, self.note, again or False)
        return {"type": "ir.actions.act_window_close"}
