"""Landed costs in the ledger; values by hand."""

from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.inventory_valuation.tests.test_reconciliation import ReconciliationCommon


class LandedCostsCommon(ReconciliationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
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


@tagged("post_install", "-at_install")
class TestLandedCosts(LandedCostsCommon):
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


@tagged("post_install", "-at_install")
class TestReconciliation(LandedCostsCommon):
    """Landed costs are on both sides, and so no reason why the two differ."""

    def test_in_both_ledgers(self):
        """10 at 10.00 are received, 4 delivered; of 20.00 of freight, 6 × 2.00 are in stock and on
        the account. What differs is what has neither bill nor invoice."""
        product = self.make_product("average", 10)
        picking = self.receive_together((product, 10))
        self.deliver(product, 4)
        cost = self.charge(picking, 20)
        record = self.reconcile()
        self.assertEqual((record.stock_value, record.account_balance), (72, 12))
        self.assertEqual(cost.account_move_id.line_ids.account_id & self.account, self.account)
        reasons = {one.category: one.amount for one in record.class_ids}
        self.assertEqual(reasons, {"received_not_billed": 100, "delivered_not_invoiced": -40})
        self.assertEqual(record.remaining, 0)

    def test_dated_before_its_validation(self):
        """A cost of March 3 that is validated on March 6: on the account since the 3rd, in stock
        since the 6th, and in between a cut-off."""
        product = self.make_product("fifo", 10)
        picking = self.receive_together((product, 10))
        self.later(24)
        dated = date.today()
        cost = self.make_cost(picking, 20)
        cost.date = dated
        self.later(48)
        cost.button_validate()
        self.assertEqual(
            self.reasons(dated + timedelta(days=1)), {"cut_off": -20, "received_not_billed": 100}
        )
        self.assertEqual(self.reasons(), {"received_not_billed": 100})

    def test_periodic_goods_wait_for_their_closing(self):
        """Odoo posts no landed cost of periodic products: their closing does."""
        self.categories["average"].property_valuation = "periodic"
        product = self.make_product("average", 10)
        picking = self.receive_together((product, 10))
        self.charge(picking, 20)
        self.assertEqual(self.reasons(), {"awaiting_closing": 120})
        self.close()
        self.assertEqual(self.reasons(), {})
