from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def _propose(self):
        """Dates are not frozen: the browser has its own clock, and nothing here depends on it."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        vendor = self.env["res.partner"].create({"name": "Tour Vendor"})
        product = self.env["product.product"].create(
            {
                "name": "Tour Kettle",
                "is_storable": True,
                "route_ids": [Command.set(warehouse.buy_pull_id.route_id.ids)],
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 3, "delay": 6})],
            }
        )
        for days_ago in range(1, 41):
            move = self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": 3,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                }
            )
            move._action_confirm(merge=False)
            move.quantity = 3
            move.picked = True
            move._action_done()
            move.date = fields.Datetime.now() - timedelta(days=days_ago)
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": warehouse.id,
                "location_id": warehouse.lot_stock_id.id,
                "trigger": "manual",
                "smart_reorder": True,
            }
        )
        self.env["smart.reorder.run"].action_run_now()
        planner = new_test_user(
            self.env,
            "tour_planner",
            "smart_reorder.group_smart_reorder_planner,purchase.group_purchase_user",
        )
        return product, planner

    def test_dashboard_opens_what_it_counts(self):
        product, _planner = self._propose()
        self.start_tour("/odoo/reorder-dashboard", "smart_reorder_dashboard", login="tour_planner")
        proposal = self.env["smart.reorder.proposal"].search([("product_id", "=", product.id)])
        self.assertTrue(proposal.is_locked)

    def test_accept_a_proposal(self):
        product, planner = self._propose()
        self.start_tour("/odoo/smart-reorder", "smart_reorder_accept", login="tour_planner")
        line = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        self.assertEqual(line.product_qty, 77)
        proposal = self.env["smart.reorder.proposal"].search(
            [("product_id", "=", product.id), ("state", "=", "accepted")]
        )
        self.assertEqual(proposal.decided_by_id, planner)
