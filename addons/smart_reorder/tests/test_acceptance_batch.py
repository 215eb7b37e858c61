from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestAcceptanceBatch(SmartReorderCase):
    """Many proposals ordered at once: what Odoo asks for each line is asked once, and its answers
    stay what they are.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.smart_reorder_levels = "minmax"

    @classmethod
    def _need(cls, product, quantity=5.0):
        return cls._create_orderpoint(
            product,
            route_id=cls.buy_route.id,
            product_min_qty=quantity,
            product_max_qty=quantity,
        )

    def _accept(self, orderpoints):
        """:return: the order lines, in the order of the rules"""
        self._run()
        proposals = self.env["smart.reorder.proposal"].concat(
            *(self._proposal(orderpoint) for orderpoint in orderpoints)
        )
        proposals.action_accept()
        self.assertEqual(set(proposals.mapped("state")), {"accepted"})
        return proposals.mapped("purchase_line_ids")

    def test_lines_are_named_as_the_vendor_calls_the_product_at_that_quantity(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.vendor.lang = "fr_FR"
        kettle = self._create_product("Kettle")
        kettle.with_context(lang="fr_FR").name = "Bouilloire"
        kettle.with_context(lang="fr_FR").description_purchase = "Sans fil"
        kettle.seller_ids.write({"product_code": "ONE", "product_name": False})
        kettle.seller_ids.copy(
            {"min_qty": 10, "price": 1.5, "product_code": "TEN", "product_name": "Lot de dix"}
        )
        pot = self._create_product("Pot")
        pot.default_code = "P1"
        lines = self._accept(self._need(kettle, 5) | self._need(pot, 5))
        self.assertEqual(lines.mapped("name"), ["[ONE] Bouilloire\nSans fil", "[P1] Pot"])
        lines.order_id.button_cancel()
        kettle.orderpoint_ids.product_max_qty = 12
        self.assertEqual(self._accept(kettle.orderpoint_ids).name, "[TEN] Lot de dix\nSans fil")

    def test_analytic_distributions_apply_where_there_are_any(self):
        plain, costed = self._create_product("Plain"), self._create_product("Costed")
        self.env["account.analytic.distribution.model"].search([]).unlink()
        rules = self._need(plain) | self._need(costed)
        lines = self._accept(rules)
        self.assertEqual(lines.mapped("analytic_distribution"), [False, False])
        lines.order_id.button_cancel()
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        account = self.env["account.analytic.account"].create({"name": "A", "plan_id": plan.id})
        self.env["account.analytic.distribution.model"].create(
            {"product_id": costed.id, "analytic_distribution": {str(account.id): 100}}
        )
        lines = self._accept(rules)
        self.assertEqual(lines.mapped("analytic_distribution"), [False, {str(account.id): 100.0}])

    def test_what_odoo_would_order_is_known_again_afterwards(self):
        rules = self._need(self._create_product("One")) | self._need(self._create_product("Two"))
        self.assertEqual(rules.mapped("qty_to_order_computed"), [5.0, 5.0])
        self._accept(rules)
        self.env.invalidate_all()
        self.assertEqual(rules.mapped("qty_to_order_computed"), [0.0, 0.0])

    def test_queries_do_not_grow_with_each_proposal(self):
        def spent(count, name):
            rules = self.env["stock.warehouse.orderpoint"].union(
                *(self._need(self._create_product(f"{name} {index}")) for index in range(count))
            )
            self._run()
            proposals = self.env["smart.reorder.proposal"].search(
                [("orderpoint_id", "in", rules.ids), ("is_current", "=", True)]
            )
            self.assertEqual(len(proposals), count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            proposals._accept_automatically()
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
            proposals.purchase_line_ids.order_id.button_cancel()
            rules.action_smart_reorder_leave()
            return queries

        spent(2, "Warm")
        few, many = spent(5, "Few"), spent(45, "Many")
        # Odoo's own way takes more than four for each line.
        self.assertLess((many - few) / 40, 0.5)
