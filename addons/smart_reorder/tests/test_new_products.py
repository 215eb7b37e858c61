from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import NOW, SmartReorderCase

TODAY = NOW.date()


@tagged("post_install", "-at_install")
class TestNewProducts(SmartReorderCase):
    """Kettles sell 4 a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Kitchen"})
        cls.product.categ_id = cls.category
        cls._deliver_daily(4, 84)
        cls._set_stock(0)
        cls.orderpoint = cls._create_orderpoint()

    def test_successor_inherits(self):
        """The new kettle never moved: it starts with the 4 a day of the old one."""
        new = self._create_product("New Kettle", smart_reorder_replaces_id=self.product.id)
        orderpoint = self._create_orderpoint(new)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertAlmostEqual(proposal.daily_demand, 4)
        self.assertEqual(proposal.evidence, "measured")
        self.assertIn("It replaces Kettle, whose demand of 336", proposal.reason)

    def test_predecessors_demand_counts_until_the_successor_came(self):
        """The new one came ten days ago and sells 4 as well: not 8, though the old still sells."""
        new = self._create_product("New Kettle", smart_reorder_replaces_id=self.product.id)
        self._deliver_daily(4, 10, new)
        orderpoint = self._create_orderpoint(new)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertAlmostEqual(proposal.daily_demand, 4)
        self.assertIn("whose demand of 296", proposal.reason)  # 74 days

    def test_products_do_not_replace_each_other(self):
        new = self._create_product("New Kettle", smart_reorder_replaces_id=self.product.id)
        with self.assertRaises(ValidationError):
            self.product.smart_reorder_replaces_id = new

    def test_new_product_borrows_from_similar_ones(self):
        """Three products like it sell 2, 4 and 6 a day: it starts at 4, much less certain than
        theirs; seven of its own in two days make it (4 + 7)/(1 + 2): α = 16/4, β = 4/4."""
        for name, quantity in (("Pot", 2), ("Pan", 6)):
            product = self._create_product(name, categ_id=self.category.id)
            self._deliver_daily(quantity, 84, product)
            self._set_stock(0, product)
            self._create_orderpoint(product)
        self._run()
        new = self._create_product("Wok", categ_id=self.category.id)
        orderpoint = self._create_orderpoint(new)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual(proposal.evidence, "borrowed")
        self.assertAlmostEqual(proposal.daily_demand, 4, delta=0.05)
        # Over 7 days a mean of 28, the rate gamma of shape 4: 28·15.507/8 = 54.3 at 95 % (χ² with
        # 8 degrees), and the Poisson demand around it a little more.
        self.assertAlmostEqual(proposal.reorder_point, 56, delta=1)
        self.assertIn("3 similar products here", proposal.reason)
        self._deliver(3, 2, new)
        self._deliver(4, 1, new)
        self._set_stock(1, new)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertAlmostEqual(proposal.daily_demand, 11 / 3, delta=0.05)

    def test_attributes_vendor_and_price_make_products_similar(self):
        """Three steel pots and three clay ones, in categories of their own. The new one is of
        clay, from the vendor of the clay pots and at their price, in a category that nothing
        else is in: alike are the clay ones, 4/6 (all but the category), and not the steel ones,
        0. It starts with the 6 a day of the clay ones."""
        material = self.env["product.attribute"].create(
            {
                "name": "Material",
                "create_variant": "always",
                "value_ids": [Command.create({"name": name}) for name in ("Steel", "Clay")],
            }
        )
        potter = self.env["res.partner"].create({"name": "Potter"})

        def create(name, value, category, **values):
            lines = {"attribute_id": material.id, "value_ids": [Command.set(value.ids)]}
            return self._create_product(
                name,
                categ_id=category.id,
                attribute_line_ids=[Command.create(lines)],
                **values,
            )

        steel, clay = material.value_ids
        crafts = self.category.create({"name": "Crafts"})
        metal = self.category.create({"name": "Metal"})
        for number in range(3):
            for name, value, category, price, quantity in (
                ("Steel Pot", steel, metal, 90.0, 1),
                ("Clay Pot", clay, crafts, 5.0, 6),
            ):
                pot = create(f"{name} {number}", value, category, price=price)
                pot.seller_ids.partner_id = potter if value == clay else self.vendor
                self._deliver_daily(quantity, 84, pot)
                self._set_stock(0, pot)
                self._create_orderpoint(pot)
        self._run()
        new = create("Clay Jug", clay, self.category.create({"name": "Jugs"}), price=5.0)
        new.seller_ids.partner_id = potter
        orderpoint = self._create_orderpoint(new)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual(proposal.evidence, "borrowed")
        self.assertAlmostEqual(proposal.daily_demand, 6, delta=0.1)
        note = dict(proposal.reason_data)["alike"]
        self.assertEqual(
            {key: note[key] for key in ("category", "attributes", "price", "vendor")},
            {"category": 0, "attributes": 3, "price": 3, "vendor": 3},
        )
        self.assertIn("the most alike are Clay Pot 0, Clay Pot 1, Clay Pot 2", proposal.reason)

    def test_products_in_another_unit_are_not_alike(self):
        for name in ("Pot", "Pan"):
            product = self._create_product(
                name, categ_id=self.category.id, uom_id=self.env.ref("uom.product_uom_kgm").id
            )
            self._deliver_daily(2, 84, product)
            self._set_stock(0, product)
            self._create_orderpoint(product)
        self._run()
        orderpoint = self._create_orderpoint(self._create_product("Wok", categ_id=self.category.id))
        self._run()
        self.assertEqual(self._proposal(orderpoint).evidence, "none")

    def test_hundreds_of_similar_ones_take_as_many_statements_as_few(self):
        """What new products and their peers are is read at once, whatever their number."""
        planner = self.env["smart.reorder.planner"]

        def count(orderpoints, peers):
            products = self.env["product.product"].create(
                [
                    {"name": f"Peer {number}", "categ_id": self.category.id, "is_storable": True}
                    for number in range(peers)
                ]
            )
            rules = self.env["stock.warehouse.orderpoint"].union(
                *(self._create_orderpoint(product) for product in products)
            )
            self.env["smart.reorder.proposal"].create(
                [{"orderpoint_id": rule.id, "evidence": "measured"} for rule in rules]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            planner._get_traits_and_peers(orderpoints, dict.fromkeys(orderpoints.ids, 2.0))
            return self.env.cr.sql_log_count - before

        new = [
            self._create_orderpoint(self._create_product(f"New {i}", categ_id=self.category.id))
            for i in range(4)
        ]
        few = count(new[0], 3)
        many = count(self.env["stock.warehouse.orderpoint"].union(*new), 40)
        self.assertLessEqual(many, few)

    def test_without_similar_ones_nothing_is_borrowed(self):
        orderpoint = self._create_orderpoint(self._create_product("Wok"))
        self._run()
        self.assertEqual(self._proposal(orderpoint).evidence, "none")

    def test_phase_out_runs_down(self):
        """Gone in ten days: what arrives after six covers the demand until then alone."""
        self._run()
        usual = self._proposal(self.orderpoint)
        point = usual.reorder_point
        self.product.smart_reorder_phase_out = TODAY + timedelta(days=10)
        self._run()
        proposal = self._proposal(self.orderpoint)
        # 40 are expected in ten days; the margin grows with the root of 10/7.
        expected = 40 + (point - 28) * (10 / 7) ** 0.5
        self.assertAlmostEqual(proposal.qty_to_order, expected, delta=1)
        self.assertIn("It is phased out", proposal.reason)

    def test_nothing_is_ordered_that_comes_after_the_end(self):
        self.product.smart_reorder_phase_out = TODAY + timedelta(days=6)
        self._run()
        proposal = self._proposal(self.orderpoint)
        self.assertEqual((proposal.state, proposal.qty_to_order), ("ok", 0))
        self.assertIn("phased out", proposal.reason)
