"""The lists that the figures of the dashboard open."""

from odoo import api, models
from odoo.fields import Domain


class SmartReorderDashboard(models.AbstractModel):
    _inherit = "smart.reorder.dashboard"

    @api.model
    def _open(self, xml_id, domain, warehouse_id, label):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"smart_reorder.{xml_id}")
        action["domain"] = list(domain & self._get_place_domain(warehouse_id))
        action["context"] = {}
        action["display_name"] = label
        # An action with a path of its own would lose its domain when the page is read again.
        action.pop("path", None)
        return action

    @api.model
    def _open_proposals(self, name, warehouse_id):
        domain, label = self._get_proposal_domains()[name], self._get_proposal_labels()[name]
        return self._open("smart_reorder_proposal_action", domain, warehouse_id, label)

    @api.model
    def _open_accuracy(self, name, warehouse_id):
        if not warehouse_id:
            return self.env["ir.actions.act_window"]._for_xml_id(
                "smart_reorder.smart_reorder_calibration_action"
            )
        return self._open(
            "smart_reorder_score_action",
            Domain("state", "=", "scored"),
            warehouse_id,
            self.env._("Forecast History"),
        )

    @api.model
    def _open_changes(self, name, warehouse_id):
        return self._open(
            "smart_reorder_change_action",
            self._get_automatic_domain(),
            warehouse_id,
            self.env._("Ordered by Itself"),
        )
