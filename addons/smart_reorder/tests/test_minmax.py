from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestMinmax(SmartReorderCase):
    """Odoo's own rule for many at once: the same quantities as Odoo's, by hand and by Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.horizon_days = 0  # as far ahead as the lead time, and no further
        cls.rules = cls.env["stock.warehouse.orderpoint"]

    def _rule(self, least, most, product=None, **values):
        product = product or self.product
        rule = self._create_orderpoint(
            product, product_min_qty=least, product_max_qty=most, **values
        )
        self.rules |= rule
        return rule

    def _plan_move(self, quantity, days, source, target, product=None):
        move = self.env["stock.move"].create(
            {
                "product_id": (product or self.product).id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": self.company.id,
                "date": NOW + timedelta(days=days),
            }
        )
        move._action_confirm(merge=False)
        move.date = NOW + timedelta(days=days)
        return move

    def _quantities(self):
        """Ours, after they were found equal to Odoo's own."""
        self.env.flush_all()
        self.env.invalidate_all()
        figures = self.env["smart.reorder.minmax"]._get_figures(self.rules)
        self.env.invalidate_all()
        # Of rules that are not enrolled, Odoo's own method is left alone.
        self.rules.smart_reorder = False
        self.rules._compute_qty_to_order_computed()
        for rule in self.rules:
            figure = figures[rule.id]
            self.assertEqual(figure.quantity, rule.qty_to_order_computed, rule.display_name)
            self.assertEqual(figure.forecast, rule.qty_forecast, rule.display_name)
            self.assertEqual(figure.on_hand, rule.qty_on_hand, rule.display_name)
        return [figures[rule.id].quantity for rule in self.rules]

    def test_below_the_minimum(self):
        self._set_stock(4)
        self._rule(5, 20)
        self.assertEqual(self._quantities(), [16])

    def test_at_the_minimum_nothing(self):
        self._set_stock(5)
        self._rule(5, 20)
        self.assertEqual(self._quantities(), [0])

    def test_only_what_moves_within_the_lead_time_counts(self):
        """The vendor takes six days: a delivery on the seventh is the next order's."""
        stock = self.central.lot_stock_id
        self._set_stock(10)
        self._plan_move(7, 6, stock, self.customers)
        self._plan_move(100, 7, stock, self.customers)
        self._plan_move(1, 2, self.suppliers, stock)
        self._rule(5, 20)
        self.assertEqual(self._quantities(), [16])

    def test_shelves_below_the_place_count_and_moves_between_them_do_not(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.central.lot_stock_id.id}
        )
        self.env["stock.quant"]._update_available_quantity(self.product, shelf, 3)
        self._plan_move(2, 1, shelf, self.central.lot_stock_id)
        self._rule(5, 20)
        self.assertEqual(self._quantities(), [17])

    def test_quotations_count(self):
        self._set_stock(1)
        self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "picking_type_id": self.central.in_type_id.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "product_qty": 4}),
                ],
            }
        )
        self._rule(6, 20)
        self.assertEqual(self._quantities(), [15])

    def test_units_of_the_vendor_and_of_the_rule(self):
        """17 missing: two dozens from the vendor, three packs of six by the rule."""
        dozen = self.env.ref("uom.product_uom_dozen")
        pack = self.env["uom.uom"].create(
            {
                "name": "Pack of six",
                "relative_factor": 6,
                "relative_uom_id": self.env.ref("uom.product_uom_unit").id,
            }
        )
        by_dozen = self._create_product("Cups")
        by_dozen.seller_ids.product_uom_id = dozen
        self._rule(5, 17, by_dozen)
        self._rule(5, 17, self._create_product("Plates"), replenishment_uom_id=pack.id)
        self._rule(5, 17)
        self.assertEqual(self._quantities(), [24, 18, 17])

    def test_each_rule_has_its_own_lead_time(self):
        """Vendors of 2 and 6 days and none at all, and a shop that is supplied in 4 days."""
        self.resupply_route.rule_ids.filtered(lambda rule: rule.delay == 0)[:1].delay = 4
        fast = self._create_product("Fast", delay=2)
        nobody = self._create_product("Nobody's")
        nobody.seller_ids.unlink()
        for product in (fast, self.product, nobody):
            self._set_stock(10, product)
            self._plan_move(6, 3, self.central.lot_stock_id, self.customers, product)
            self._rule(5, 20, product)
        self._set_stock(10, warehouse=self.shop)
        self._plan_move(6, 3, self.shop.lot_stock_id, self.customers)
        self._rule(
            5,
            20,
            warehouse_id=self.shop.id,
            location_id=self.shop.lot_stock_id.id,
            route_id=self.resupply_route.id,
        )
        self.assertEqual(self._quantities()[:2], [0, 16])

    def test_enrolled_rules_are_recomputed_the_same_way(self):
        self._set_stock(4)
        rule = self._rule(5, 20)
        self.env.flush_all()
        self.assertEqual(rule.qty_to_order_computed, 16)
        self._set_stock(6)
        rule._compute_qty_to_order_computed()
        self.assertEqual(rule.qty_to_order_computed, 0)
        self._plan_move(2, 1, self.central.lot_stock_id, self.customers)
        rule.product_max_qty = 25
        self.assertEqual(rule.qty_to_order_computed, 21)

    def test_hundreds_take_as_many_statements_as_few(self):
        minmax = self.env["smart.reorder.minmax"]
        for number in range(40):
            self._rule(5, 20, self._create_product(f"Product {number}"))

        def count(rules):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            minmax._get_figures(rules)
            return self.env.cr.sql_log_count - before

        count(self.rules)
        self.assertLessEqual(count(self.rules), count(self.rules[:10]) + 2)


@tagged("post_install", "-at_install")
class TestMinmaxPolicy(SmartReorderCase):
    """Levels from Odoo's minimum and maximum: proposals and orders as Odoo's scheduler has them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"horizon_days": 0, "smart_reorder_levels": "minmax"})
        cls.rules = cls.env["stock.warehouse.orderpoint"]
        other = cls.env["res.partner"].create({"name": "Other Vendor"})
        for number, (stock, least, most) in enumerate(((0, 5, 20), (9, 5, 20), (2, 3, 3))):
            product = cls._create_product(f"Product {number}", price=3.0, delay=2 + number)
            if number == 2:
                product.seller_ids.partner_id = other
            if stock:
                cls._set_stock(stock, product)
            cls.rules |= cls._create_orderpoint(
                product, product_min_qty=least, product_max_qty=most
            )

    def _lines(self):
        self.env.flush_all()
        lines = self.env["purchase.order.line"].search(
            [("orderpoint_id", "in", self.rules.ids)], order="product_id"
        )
        return [
            (
                line.order_id.partner_id,
                line.order_id.picking_type_id,
                line.product_id,
                line.product_qty,
                line.price_unit,
                line.date_planned,
            )
            for line in lines
        ]

    def test_proposals_have_odoos_quantities(self):
        self._run()
        proposals = [self._proposal(rule) for rule in self.rules]
        self.assertEqual([p.qty_to_order for p in proposals], [20, 0, 1])
        self.assertEqual([p.state for p in proposals], ["draft", "ok", "draft"])
        self.assertIn("less than the minimum of 5", proposals[0].reason)
        self.assertEqual(proposals[0].cost, 60)

    def test_orders_are_those_of_the_scheduler(self):
        self.rules.write({"smart_reorder": False, "trigger": "auto"})
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            self.env["stock.rule"].run_scheduler(company_id=self.company.id)
            expected = self._lines()
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual([line[3] for line in expected], [20, 1])
        self.rules.write({"smart_reorder": True, "trigger": "manual"})
        self._run()
        self.env["smart.reorder.proposal"].search(
            [("orderpoint_id", "in", self.rules.ids), ("state", "=", "draft")]
        ).action_accept()
        self.assertEqual(self._lines(), expected)
        # What is on quotations now is not to be ordered any more.
        self.assertEqual(self.rules.mapped("qty_to_order_computed"), [0, 0, 0])

    def test_what_somebody_else_ordered_is_not_ordered_again(self):
        self._run()
        proposal = self._proposal(self.rules[0])
        self._set_stock(30, self.rules[0].product_id)
        proposal.action_accept()
        self.assertEqual(proposal.state, "ok")
        self.assertFalse(self._lines())

    def test_back_to_forecasts(self):
        self._run()
        self.company.smart_reorder_levels = "forecast"
        self._run()
        self.assertEqual(self._proposal(self.rules[0]).evidence, "none")
