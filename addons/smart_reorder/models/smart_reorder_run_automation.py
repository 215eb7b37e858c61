from odoo import models
from odoo.tools import split_every

ORDER_BATCH_SIZE = 200


class SmartReorderRun(models.Model):
    """What a run does by itself: write minima and maxima, and order, within the limits set."""

    _inherit = "smart.reorder.run"

    def _order_automatically(self, commit):
        """Do what rules and policy allow to happen by itself, within their limits.

        :return: False when there was no time to do it all
        """
        # An error says that what is decided across products was not decided.
        if not self.company_id.smart_reorder_automation or self.error:
            return True
        proposals = self.env["smart.reorder.proposal"].search(
            [
                ("run_id", "=", self.id),
                ("state", "in", ("draft", "ok")),
                "|",
                ("mode", "!=", "suggest"),
                ("orderpoint_id.smart_reorder_by_odoo", "=", True),
                ("issue", "=", False),
                ("is_locked", "=", False),
            ],
            order="partner_id, id",
        )
        for ids in split_every(ORDER_BATCH_SIZE, proposals.ids):
            self._automate(proposals.browse(ids))
            if commit and (not self._commit(len(ids), 1) or not self._take()):
                return False
        return True

    def _automate(self, proposals):
        changes = self.env["smart.reorder.change"]
        lines = self.env["smart.reorder.autonomy"]._get_lines(proposals)
        last = proposals._get_last_ordered()
        order, minmax = proposals.browse(), proposals.browse()
        for proposal, line in lines.items():
            mode = line._get_mode(proposal)
            orderpoint = proposal.orderpoint_id
            if mode != "minmax" and orderpoint.smart_reorder_by_odoo:
                orderpoint.smart_reorder_by_odoo = False  # one of the two orders, never both
            if mode == "minmax":
                cost, old, new = 0.0, orderpoint.product_max_qty, proposal.order_up_to
            elif mode == "automatic" and proposal.state == "draft" and proposal.qty_to_order > 0:
                new = proposal.qty_to_order
                cost, old = proposal.cost, last.get(orderpoint.id, 0.0)
            else:
                continue
            refusal = line._find_refusal(proposal, cost, old, new)
            if refusal:
                proposal.reason_data = [*(proposal.reason_data or []), refusal]
            elif mode == "minmax":
                minmax |= proposal
            else:
                order |= proposal
        changes._apply_minmax(minmax, self)
        accepted = order._accept_automatically()
        changes._log_orders(accepted, self)
        self.accepted += len(accepted)
