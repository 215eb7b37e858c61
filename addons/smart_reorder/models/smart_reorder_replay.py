from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.replay import weeks_of


class SmartReorderReplay(models.Model):
    """What would it have done? The company's own history, present rules against ours."""

    _name = "smart.reorder.replay"
    _description = "Replay of the Past"
    _order = "id desc"
    _rec_name = "create_date"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "New"), ("running", "Playing"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="draft",
    )
    # What if
    extra_lead_days = fields.Integer(
        string="Lead Time longer by", help="Days; negative: shorter. For all products."
    )
    service_level = fields.Float(help="In %, for all products. 0: each its own.")
    budget_change = fields.Float(
        help="In % of the budgets of the weeks played: -20 is a fifth less money for purchases."
        " Where none was set, in % of what the present rules would have spent.",
    )
    # Result
    total = fields.Integer(string="Products × Places", readonly=True)
    played = fields.Integer(readonly=True)
    skipped = fields.Integer(
        readonly=True,
        help="Without a present minimum and maximum to compare with, or with too little history.",
    )
    progress = fields.Float(compute="_compute_progress", help="In %.")
    weeks = fields.Integer(readonly=True)
    first_day = fields.Date(string="From", readonly=True, help="First day played.")
    error = fields.Text(readonly=True)
    stock_present = fields.Monetary(readonly=True, help="Mean value on hand.")
    stock_ours = fields.Monetary(readonly=True, help="Mean value on hand.")
    stock_change = fields.Monetary(readonly=True)
    stock_low = fields.Monetary(readonly=True)
    stock_high = fields.Monetary(readonly=True)
    fill_present = fields.Float(readonly=True, digits=(16, 1), help="Units served, in %.")
    fill_ours = fields.Float(readonly=True, digits=(16, 1), help="Units served, in %.")
    fill_change = fields.Float(readonly=True, digits=(16, 1), help="In points.")
    fill_low = fields.Float(readonly=True, digits=(16, 1))
    fill_high = fields.Float(readonly=True, digits=(16, 1))
    orders_present = fields.Integer(readonly=True)
    orders_ours = fields.Integer(readonly=True)
    cost_present = fields.Monetary(
        readonly=True, help="A year of holding, ordering and margins missed."
    )
    cost_ours = fields.Monetary(
        readonly=True, help="A year of holding, ordering and margins missed."
    )
    cost_change = fields.Monetary(readonly=True)
    cost_low = fields.Monetary(readonly=True)
    cost_high = fields.Monetary(readonly=True)
    bought_present = fields.Monetary(readonly=True, help="Ordered from vendors.")
    bought_ours = fields.Monetary(readonly=True, help="Ordered from vendors.")
    line_ids = fields.One2many("smart.reorder.replay.line", "replay_id", readonly=True)
    point_ids = fields.One2many("smart.reorder.replay.point", "replay_id", readonly=True)

    @api.depends("played", "skipped", "total")
    def _compute_progress(self):
        for replay in self:
            done = replay.played + replay.skipped
            replay.progress = 100 * done / replay.total if replay.total else 0

    @api.constrains("extra_lead_days", "service_level", "budget_change")
    def _check_what_if(self):
        for replay in self:
            if not -365 <= replay.extra_lead_days <= 365:
                raise ValidationError(
                    self.env._("Lead times can be changed by up to a year, not more.")
                )
            if replay.service_level and not 50 <= replay.service_level <= 99.9:
                raise ValidationError(
                    self.env._("The service level must be between 50 and 99.9 %, or 0.")
                )
            if not -95 <= replay.budget_change <= 500:
                raise ValidationError(
                    self.env._("The budget can be changed by -95 to 500 %, not more.")
                )

    # ------------------------------------------------------------------
    # Playing
    # ------------------------------------------------------------------

    def action_start(self):
        """Play in the background; the progress is shown here."""
        self.env["smart.reorder.proposal"]._check_planner()
        for replay in self:
            if replay.state == "running":
                raise UserError(self.env._("It is being played already."))
            total = len(replay._get_orderpoints())
            if not total:
                raise UserError(
                    self.env._("No reordering rule of %s is enrolled.", replay.company_id.name)
                )
            planner = self.env["smart.reorder.planner"]
            weeks = weeks_of(replay.company_id.smart_reorder_history_days)
            replay.line_ids.sudo().unlink()
            replay._get_parts().unlink()
            replay.point_ids.sudo().unlink()
            replay.sudo().write(
                {
                    "state": "running",
                    "total": total,
                    "played": 0,
                    "skipped": 0,
                    "error": False,
                    "terms_data": False,
                    "weeks": weeks,
                    "first_day": planner._get_today(replay.company_id) - timedelta(days=7 * weeks),
                }
            )
        self.env.ref("smart_reorder.ir_cron_smart_reorder_replay").sudo()._trigger()

    def _get_today(self):
        """The day after those that are played."""
        return self.first_day + timedelta(days=7 * self.weeks)

    def _get_orderpoints(self):
        domain = self.env["smart.reorder.run"]._get_orderpoint_domain()
        return self.env["stock.warehouse.orderpoint"].search(
            [*domain, ("company_id", "=", self.company_id.id)], order="id"
        )

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def action_view_lines(self):
        return self._open("smart_reorder.smart_reorder_replay_line_action", skipped=False)

    def action_view_curve(self):
        return self._open("smart_reorder.smart_reorder_replay_point_action")

    def _open(self, xmlid, **conditions):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        extra = [(name, "=", value) for name, value in conditions.items()]
        action["domain"] = [("replay_id", "=", self.id), *extra]
        return action
