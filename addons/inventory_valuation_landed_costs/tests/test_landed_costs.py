"""Landed costs in the ledger; values by hand."""

from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.inventory_valuation.tests.common import ValuationCommon


@tagged("post_install", "-at_install")
class TestLandedCosts(ValuationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("generic_coa", cls.company)
        cls.freight = cls.env["product.product"].create({"name": "Freight", "type": "service"})
        cls.incoming = (
            cls.env["stock.warehouse"]
            .search([("company_id", "=", cls.company.id)], limit=1)
            .in_type_id
        )

    def receive_together(self, *goods):
        """Receive products at their cost, in one transfer: (product, quantity)."""
        self.later()
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.incoming.id,
                "location_id": self.supplier.id,
                "location_dest_id": self.store.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.supplier.id,
                            "location_dest_id": self.store.id,
                        }
                    )
                    for product, quantity in goods
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.picked = True
        picking.button_validate()
        return picking

    def make_cost(self, pickings, amount):
        self.later(24)
        return self.env["stock.landed.cost"].create(
            {
                "picking_ids": [Command.set(pickings.ids)],
                "cost_lines": [
                    Command.create(
                        {
                            "product_id": self.freight.id,
                            "name": "Freight",
                            "price_unit": amount,
                            "split_method": "by_quantity",
                        }
                    )
                ],
            }
        )

    def charge(self, pickings, amount):
        cost = self.make_cost(pickings, amount)
        cost.button_validate()
        return cost

    def added(self, product):
        return self.entries(product, kind="landed_cost")

    def test_average(self):
        """10 at 10.00, 4 of them in the annex; freight of 20.00 makes them 12.00 each."""
        product = self.make_product("average", 10)
        picking = self.receive_together((product, 10))
        self.move(product, self.store, self.annex, 4)
        cost = self.charge(picking, 20)
        self.assertEqual(self.values(product), {self.store: (6, 72), self.annex: (4, 48)})
        added = self.added(product)
        self.assertEqual(
            {(entry.location_id, entry.value) for entry in added},
            {(self.store, 12), (self.annex, 8)},
        )
        self.assertEqual(
            {(entry.res_model, entry.res_id) for entry in added}, {("stock.landed.cost", cost.id)}
        )
        self.assertEqual(set(added.mapped("quantity")), {0})
        self.assert_balanced(product)

    def test_fifo_partly_gone(self):
        """Of 10 at 10.00 that get 20.00 of freight, 4 are gone: 6 × 2.00 remain in stock."""
        product = self.make_product("fifo", 10)
        picking = self.receive_together((product, 10))
        self.deliver(product, 4)
        self.charge(picking, 20)
        self.assertEqual(sum(self.added(product).mapped("value")), 12)
        self.assertEqual(self.values(product), {self.store: (6, 72)})
        self.assert_balanced(product)

    def test_each_product_has_its_document(self):
        """Two costs validated at once, each for another transfer."""
        first, second = self.make_product("fifo", 5), self.make_product("fifo", 7)
        costs = self.make_cost(self.receive_together((first, 10)), 30)
        costs += self.make_cost(self.receive_together((second, 10)), 40)
        costs.button_validate()
        for product, cost, value in zip((first, second), costs, (30, 40), strict=True):
            added = self.added(product)
            self.assertEqual(added.mapped("value"), [value])
            self.assertEqual(added.res_id, cost.id)
            self.assertEqual(added.action_open_document()["res_id"], cost.id)
            self.assert_balanced(product)

    def test_roll_forward(self):
        """The screens count it among the revaluations."""
        product = self.make_product("average", 10)
        picking = self.receive_together((product, 10))
        before = datetime.now()
        self.charge(picking, 20)
        line = (
            self.env["stock.valuation.line"]
            .with_context(valuation_since=before, valuation_at=datetime.now())
            .search([("product_id", "=", product.id)])
        )
        self.assertEqual((line.opening_value, line.revaluation_value, line.value), (100, 20, 120))
