from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import AvailabilityCommon


class CountCommon(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.count.plan"].search([]).active = False
        cls.counts = cls.env["stock.cycle.count"]
        cls.plan = cls.env["stock.count.plan"].create(
            {"name": "Central", "warehouse_ids": cls.central.ids, "capacity": 3}
        )
        cls.stock = cls.central.lot_stock_id
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"P{number}", "is_storable": True, "standard_price": number}
                for number in range(1, 7)
            ]
        )
        cls.keeper = new_test_user(cls.env, "keeper", "stock.group_stock_user")
        cls.manager = new_test_user(
            cls.env, "manager", "inventory_visibility.group_inventory_visibility_manager"
        )

    def setUp(self):
        super().setUp()
        for product in self.products:
            self._stock(10, product)

    def _quant(self, product, location=None):
        return self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", (location or self.stock).id)]
        )

    def _count(self, product, quantity, location=None, user=None):
        """Count the way the inventory screen does."""
        quant = self._quant(product, location).with_user(user or self.keeper)
        quant = quant.with_context(inventory_mode=True)
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()
        return quant

    def _last(self, product):
        return self.counts.search([("product_id", "=", product.id)], order="id desc", limit=1)


@tagged("post_install", "-at_install")
class TestStockCountPlan(CountCommon):
    @freeze_time("2026-03-02 06:00:00")
    def test_proposes_the_most_valuable_within_capacity(self):
        """All were never counted and nothing looks wrong: the value decides (10 × cost)."""
        counts = self.plan._propose(self.central)
        self.assertEqual(counts.product_id, self.products[:2:-1])
        self.assertEqual(counts.mapped("product_id.standard_price"), [6, 5, 4])
        self.assertRecordValues(
            counts[0],
            [
                {
                    "state": "proposed",
                    "date": date(2026, 3, 2),
                    "abc_class": "C",
                    "value": 60.0,
                    "location_id": self.stock.id,
                    "warehouse_id": self.central.id,
                    "reason": "Class C, never counted.",
                    "plan_id": self.plan.id,
                }
            ],
        )
        # age 1 and value 1 of weights 1, 1 and 2
        self.assertAlmostEqual(counts[0].score, 0.5)
        self.assertAlmostEqual(counts[1].score, (1 + 50 / 60) / 4, 3)
        # asked for in Odoo's own inventory
        self.assertEqual(counts.quant_id.mapped("inventory_date"), [date(2026, 3, 2)] * 3)
        # again on the same day: nothing more
        self.assertFalse(self.plan._propose(self.central))

    def test_idempotent_and_bounded_over_days(self):
        with freeze_time("2026-03-02 06:00:00"):
            first = self.plan._propose(self.central)
            self._count(first[0].product_id, 10)
            self.assertFalse(self.plan._propose(self.central))
        with freeze_time("2026-03-03 06:00:00"):
            # two are still open: there is room for one
            second = self.plan._propose(self.central)
            self.assertEqual(second.product_id, self.products[2])
            self.assertFalse(first.quant_id & second.quant_id)
        with freeze_time("2026-03-04 06:00:00"):
            self.assertFalse(self.plan._propose(self.central))
        for count in (first + second).filtered(lambda count: count.state == "proposed"):
            self._count(count.product_id, 10)
        with freeze_time("2026-03-05 06:00:00"):
            self.assertEqual(self.plan._propose(self.central).product_id, self.products[1::-1])

    def test_scheduled_action(self):
        self.plan.warehouse_ids |= self.shop
        self._stock(1, self.product, self.shop)
        cron = self.env.ref("inventory_visibility.ir_cron_count_propose")
        for _run in range(2):
            with self.enter_registry_test_mode():
                self.assertIs(cron.method_direct_trigger(), True)
        counts = self.counts.search([("plan_id", "=", self.plan.id)])
        self.assertEqual(len(counts.filtered(lambda c: c.warehouse_id == self.central)), 3)
        self.assertEqual(
            counts.filtered(lambda c: c.warehouse_id == self.shop).product_id, self.product
        )

    def test_interval_of_the_class(self):
        """Class A every 30 days, C every 365; a product sold for 90 of 100 is of class A."""
        fast, slow = self.products[0], self.products[1]
        (self.products - fast - slow).active = False
        for product in self.products - fast - slow:
            self._count(product, 0)
        fast.standard_price = 100
        with freeze_time("2026-03-02 06:00:00"):
            self._count(fast, 10)
            self._count(slow, 10)
        self.plan.capacity = 10
        with freeze_time("2026-03-31 06:00:00"):
            self._backdate(self._do(self._move(self.stock, self.customer, 5, product=fast)), 3)
            self.assertFalse(self.plan._propose(self.central))
        with freeze_time("2026-04-01 06:00:00"):
            count = self.plan._propose(self.central)
            self.assertEqual(count.product_id, fast)
            self.assertEqual(count.abc_class, "A")
            self.assertEqual(count.reason, "Class A, last counted 30 days ago; due every 30 days.")
            count.action_skip()
        with freeze_time("2026-04-20 06:00:00"):  # proposed within the interval
            self.assertFalse(self.plan._propose(self.central))
        with freeze_time("2027-03-02 06:00:00"):
            self.assertIn(slow, self.plan._propose(self.central).product_id)

    def test_what_looks_wrong_comes_first(self):
        negative, adjusted = self.products[0], self.products[1]
        self._stock(-25, negative)
        with freeze_time("2026-01-10 06:00:00"):
            self._count(adjusted, 8)
        with freeze_time("2026-02-10 06:00:00"):
            self._count(adjusted, 9)
        with freeze_time("2026-03-02 06:00:00"):
            counts = self.plan._propose(self.central)
        # negative: age 1 and one suspicion; adjusted: twice corrected within a year, and counted
        self.assertEqual(counts[0].product_id, negative)
        self.assertEqual(counts[0].reason, "Negative stock. Class C, never counted.")
        count = counts.filtered(lambda count: count.product_id == adjusted)
        self.assertFalse(count)  # 20 days of 365: what was never counted and is worth more leads
        self.plan.capacity = 10
        with freeze_time("2026-03-02 07:00:00"):
            counts = self.plan._propose(self.central)
        count = counts.filtered(lambda count: count.product_id == adjusted)
        self.assertEqual(count.reason, "Corrected 2 times within a year.")

    def test_open_exception_is_a_suspicion(self):
        product = self.products[0]
        self.env["stock.exception"].sudo().create(
            {
                "kind": "phantom_stock",
                "company_id": self.company.id,
                "product_id": product.id,
                "warehouse_id": self.central.id,
            }
        )
        counts = self.plan._propose(self.central)
        self.assertEqual(counts[0].product_id, product)
        self.assertIn("not sold for an improbably long time", counts[0].reason)

    def test_count_in_progress_is_left_alone(self):
        busy, asked = self.products[5], self.products[4]
        quant = self._quant(busy).with_context(inventory_mode=True)
        quant.inventory_quantity = 7
        self._quant(asked).user_id = self.keeper
        counts = self.plan._propose(self.central)
        self.assertEqual(counts.product_id, self.products[3:0:-1])
        self.assertRecordValues(
            quant, [{"inventory_quantity": 7.0, "inventory_quantity_set": True}]
        )

    def test_only_where_the_plan_says(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self._stock(1, self.products[0], location=shelf)
        self._stock(5, self.products[1], self.shop)
        self.plan.location_ids = shelf
        counts = self.plan._propose(self.central)
        self.assertEqual(counts.location_id, shelf)
        self.assertEqual(counts.product_id, self.products[0])

    def test_stock_that_went_is_closed(self):
        count = self.plan._propose(self.central)[0]
        self._stock(-10, count.product_id)
        self.plan._propose(self.central)
        self.assertEqual(count.state, "cancelled")

    def test_skip_takes_the_request_back(self):
        self.plan.user_id = self.keeper
        counts = self.plan._propose(self.central)
        quant = counts[0].quant_id
        self.assertEqual(quant.user_id, self.keeper)
        before = self.stock._get_next_inventory_date()
        counts[0].with_user(self.keeper).action_skip()
        self.assertEqual(counts[0].state, "cancelled")
        self.assertFalse(quant.user_id)
        self.assertEqual(quant.inventory_date, before)
        viewer = new_test_user(
            self.env, "viewer", "inventory_visibility.group_inventory_visibility_user"
        )
        with self.assertRaises(AccessError):
            counts[1].with_user(viewer).action_skip()

    def test_opens_the_inventory_count(self):
        counts = self.plan._propose(self.central).with_user(self.keeper)
        action = counts[:2].action_count()
        self.assertEqual(action["res_model"], "stock.quant")
        self.assertEqual(action["domain"], [("id", "in", counts[:2].quant_id.ids)])
        self.assertTrue(action["context"]["inventory_mode"])
        self.assertNotIn("search_default_my_count", action["context"])

    def test_queries_do_not_grow_with_stock(self):
        products = self.env["product.product"].create(
            [{"name": f"Q{number}", "is_storable": True} for number in range(50)]
        )
        self.env["stock.quant"].create(
            [
                {"product_id": product.id, "location_id": self.stock.id, "quantity": 3}
                for product in products
            ]
        )
        self.plan._get_candidate_rows(self.central, date(2026, 3, 2))
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            rows = self.plan._get_candidate_rows(self.central, date(2026, 3, 2))
        self.assertGreaterEqual(len(rows), 56)

    def test_bad_plan(self):
        with self.assertRaises(ValidationError):
            self.plan.warehouse_ids = [Command.clear()]

    def test_rights(self):
        self.assertEqual(self.plan.with_user(self.keeper).name, "Central")
        with self.assertRaises(AccessError):
            self.plan.with_user(self.keeper).action_propose()
        self.plan.with_user(self.manager).action_propose()
        counts = self.counts.search([("plan_id", "=", self.plan.id)])
        self.assertEqual(len(counts), 3)
        self.assertEqual(self.counts.with_user(self.keeper).search([]), self.counts.search([]))
        with self.assertRaises(AccessError):
            counts[0].with_user(self.manager).write({"accuracy": 1})
        with self.assertRaises(AccessError):  # worth is for those who see costs
            counts[0].with_user(self.keeper).read(["value"])
        self.keeper.availability_warehouse_ids = self.shop
        self.assertFalse(self.counts.with_user(self.keeper).search([]))
        self.assertFalse(self.env["stock.count.plan"].with_user(self.keeper).search([]))


@tagged("post_install", "-at_install")
class TestStockCycleCountAccuracy(CountCommon):
    @freeze_time("2026-03-02 06:00:00")
    def test_result_of_a_proposal(self):
        """10 recorded at 6 each, 9 counted: one of ten missing, worth 6."""
        counts = self.plan._propose(self.central)
        product = counts[0].product_id
        self._count(product, 9)
        self.assertRecordValues(
            counts[0],
            [
                {
                    "state": "counted",
                    "count_date": datetime(2026, 3, 2, 6),
                    "user_id": self.keeper.id,
                    "expected_quantity": 10.0,
                    "counted_quantity": 9.0,
                    "difference": -1.0,
                    "absolute_difference": 1.0,
                    "expected_value": 60.0,
                    "difference_value": -6.0,
                    "absolute_difference_value": 6.0,
                    "accuracy": 0.0,
                }
            ],
        )
        self.assertEqual(self._quant(product).quantity, 9)
        self._count(counts[1].product_id, 10)
        self._count(counts[2].product_id, 10)
        groups = self.counts._read_group(
            [("plan_id", "=", self.plan.id)],
            ["warehouse_id", "abc_class"],
            ["accuracy:avg", "absolute_difference_value:sum", "expected_value:sum"],
        )
        [(warehouse, abc_class, accuracy, wrong, total)] = groups
        self.assertEqual((warehouse, abc_class), (self.central, "C"))
        self.assertAlmostEqual(accuracy, 2 / 3)
        self.assertEqual((wrong, total), (6.0, 150.0))

    def test_tolerance(self):
        """5 % of 10: 9.5 agrees, 9.4 does not."""
        self.plan.tolerance = 5
        self.products.uom_id = self.env.ref("uom.product_uom_kgm")
        counts = self.plan._propose(self.central)
        for count, quantity, accuracy in zip(counts, (9.5, 9.4, 10.5), (1, 0, 1), strict=True):
            self._count(count.product_id, quantity)
            self.assertEqual(count.accuracy, accuracy)

    def test_unplanned_count_is_kept_apart(self):
        product = self.products[0]
        self._count(product, 12)
        count = self._last(product)
        self.assertRecordValues(
            count,
            [
                {
                    "is_planned": False,
                    "plan_id": False,
                    "state": "counted",
                    "warehouse_id": self.central.id,
                    "difference": 2.0,
                    "accuracy": 0.0,
                }
            ],
        )
        # and it is a count: not due for the class's interval
        self.plan.capacity = 10
        self.assertNotIn(product, self.plan._propose(self.central).product_id)

    def test_one_count_one_result(self):
        counts = self.plan._propose(self.central)
        product = counts[0].product_id
        self._count(product, 10)
        self._count(product, 10)
        results = self.counts.search([("product_id", "=", product.id)])
        self.assertEqual(results.sorted("id").mapped("is_planned"), [True, False])

    def test_many_at_once(self):
        counts = self.plan._propose(self.central)
        quants = counts.quant_id.with_user(self.keeper).with_context(inventory_mode=True)
        quants.action_set_inventory_quantity()
        quants.action_apply_inventory()
        self.assertEqual(counts.mapped("state"), ["counted"] * 3)
        self.assertEqual(counts.mapped("accuracy"), [1.0] * 3)

    def test_failed_count_leaves_nothing(self):
        counts = self.plan._propose(self.central)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._count(counts[0].product_id, 9)
            raise ZeroDivisionError
        self.assertEqual(counts[0].state, "proposed")
        self.assertEqual(self._quant(counts[0].product_id).quantity, 10)

    def test_lots_are_counted_apart(self):
        product = self._create_product("Lotted", tracking="lot")
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("L1", "L2")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(product, self.stock, 5, lot_id=lot)
        first = self._quant(product).filtered(lambda quant: quant.lot_id == lots[0])
        first.with_context(inventory_mode=True).inventory_quantity = 5
        first.action_apply_inventory()
        self.plan.capacity = 20
        counts = self.plan._propose(self.central).filtered(lambda c: c.product_id == product)
        self.assertEqual(counts.lot_id, lots[1])

    def test_not_due_a_day_later(self):
        with freeze_time("2026-03-02 06:00:00"):
            self._count(self.products[5], 10)
        with freeze_time(datetime(2026, 3, 2, 6) + timedelta(days=364)):
            self.assertNotIn(self.products[5], self.plan._propose(self.central).product_id)
        self.plan.capacity = 10
        with freeze_time(datetime(2026, 3, 2, 6) + timedelta(days=365)):
            self.assertIn(self.products[5], self.plan._propose(self.central).product_id)
