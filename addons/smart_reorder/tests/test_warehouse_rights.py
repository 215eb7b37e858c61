from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import SmartReorderCase


class TestWarehouseRights(SmartReorderCase):
    """Who is limited to some warehouses plans for these only."""

    def test_planner_of_one_warehouse(self):
        central = self._create_orderpoint()
        shop = self._create_orderpoint(warehouse=self.shop, route_id=self.resupply_route.id)
        self._set_stock(500)
        self._deliver_daily(2, 40)
        self._deliver_daily(1, 40, warehouse=self.shop)
        self._run()
        planner = new_test_user(
            self.env,
            "planner of the shop",
            groups="smart_reorder.group_smart_reorder_planner,purchase.group_purchase_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        proposals = self._proposal(central) | self._proposal(shop)
        self.assertEqual(len(proposals), 2)
        everything = self.env["smart.reorder.proposal"].with_user(planner)
        self.assertEqual(everything.search([("id", "in", proposals.ids)]), proposals)

        planner.availability_warehouse_ids = self.shop
        self.env.invalidate_all()
        seen = everything.search([("id", "in", proposals.ids)])
        self.assertEqual(seen.warehouse_id, self.shop)
        # where it would come from is told by name, though it is not theirs
        [values] = seen.web_read({"source_warehouse_id": {"fields": {"display_name": {}}}})
        self.assertEqual(values["source_warehouse_id"]["display_name"], "Central")
        with self.assertRaises(AccessError):
            self._proposal(central).with_user(planner).action_accept()

    def test_every_place_is_limited(self):
        models = self.env["ir.model.fields"].search(
            [
                ("name", "=", "warehouse_id"),
                ("model", "=like", "smart.reorder.%"),
                ("store", "=", True),
            ]
        )
        names = {field.model for field in models if not self.env[field.model]._transient}
        self.assertIn("smart.reorder.proposal", names)
        limited = self.env["ir.rule"].search(
            [("domain_force", "like", "availability_warehouse_ids")]
        )
        self.assertLessEqual(names, set(limited.model_id.mapped("model")))
