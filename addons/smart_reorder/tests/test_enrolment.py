from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestEnrolment(SmartReorderCase):
    def _lines(self, orderpoint):
        return self.env["purchase.order.line"].search([("orderpoint_id", "=", orderpoint.id)])

    def _create_odoo_rule(self):
        return self._create_orderpoint(
            smart_reorder=False, trigger="auto", product_min_qty=10, product_max_qty=20
        )

    def test_odoos_scheduler_orders_only_what_is_not_enrolled(self):
        orderpoint = self._create_odoo_rule()
        orderpoint.action_smart_reorder_enrol()
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        self.assertFalse(self._lines(orderpoint))
        orderpoint.action_smart_reorder_leave()
        self.assertRecordValues(
            orderpoint,
            [{"trigger": "auto", "product_min_qty": 10, "product_max_qty": 20, "active": True}],
        )
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        self.assertEqual(self._lines(orderpoint).product_qty, 20)

    def test_confirmed_delivery_does_not_trigger_an_enrolled_rule(self):
        orderpoint = self._create_odoo_rule()
        orderpoint.smart_reorder = True
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.central.out_type_id.id,
                "location_id": self.central.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 3,
                            "location_id": self.central.lot_stock_id.id,
                            "location_dest_id": self.customers.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        self.assertFalse(self._lines(orderpoint))

    def test_a_person_may_still_order_by_hand(self):
        orderpoint = self._create_odoo_rule()
        orderpoint.smart_reorder = True
        orderpoint.action_replenish()
        self.assertEqual(self._lines(orderpoint).product_qty, 20)

    def test_odoos_clean_up_spares_enrolled_rules(self):
        orderpoint = self._create_orderpoint()
        self.env.cr.execute(
            "UPDATE stock_warehouse_orderpoint SET create_uid = 1 WHERE id = %s", orderpoint.ids
        )
        orderpoint.invalidate_recordset()
        self.env["stock.warehouse.orderpoint"]._unlink_processed_orderpoints()
        self.assertTrue(orderpoint.exists())
        orderpoint.smart_reorder = False
        self.env["stock.warehouse.orderpoint"]._unlink_processed_orderpoints()
        self.assertFalse(orderpoint.exists())

    def test_wizard_enrols_what_has_demand(self):
        self._deliver(5, 10)
        self._deliver(5, 20)
        self._deliver(5, 20, warehouse=self.shop)
        quiet = self._create_product("Quiet")
        with Form(self.env["smart.reorder.enrol"]) as form:
            form.mode = "automatic"
        wizard = form.save()
        wizard.action_preview()
        counts = {line.warehouse_id: line.new_count for line in wizard.line_ids}
        self.assertEqual(counts, {self.central: 1, self.shop: 0}, "the shop had one day only")
        wizard.action_enrol()
        orderpoint = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "in", (self.product | quiet).ids)]
        )
        self.assertRecordValues(
            orderpoint,
            [
                {
                    "product_id": self.product.id,
                    "warehouse_id": self.central.id,
                    "smart_reorder": True,
                    "smart_reorder_mode": "automatic",
                    "trigger": "manual",
                    "smart_reorder_created": True,
                }
            ],
        )
        # Leaving archives what enrolment made; enrolling again takes it back.
        orderpoint.action_smart_reorder_leave()
        self.assertFalse(orderpoint.active)
        wizard.action_enrol()
        self.assertTrue(orderpoint.active and orderpoint.smart_reorder)

    def test_wizard_says_when_there_is_nothing(self):
        wizard = self.env["smart.reorder.enrol"].create({"demand_days": 5})
        with self.assertRaisesRegex(UserError, "No product had demand"):
            wizard.action_enrol()

    def test_wizard_from_products_takes_them_all(self):
        wizard = (
            self.env["smart.reorder.enrol"]
            .with_context(active_model="product.product", active_ids=self.product.ids)
            .create({"warehouse_ids": self.central.ids})
        )
        wizard.action_enrol()
        self.assertTrue(self.product.orderpoint_ids.smart_reorder)

    def test_a_shelf_cannot_be_enrolled(self):
        stock = self.central.lot_stock_id
        shelf = stock.create({"name": "Shelf", "location_id": stock.id})
        orderpoint = self._create_orderpoint(smart_reorder=False, location_id=shelf.id)
        with self.assertRaisesRegex(ValidationError, "whole warehouses"):
            orderpoint.action_smart_reorder_enrol()

    def test_settings_are_checked(self):
        for values in (
            {"smart_reorder_service_level": 100},
            {"smart_reorder_service_level": 0},
            {"smart_reorder_review_days": 0},
            {"smart_reorder_history_days": 3},
            {"smart_reorder_order_cost": -1},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.company.write(values)
