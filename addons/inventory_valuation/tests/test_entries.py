"""What follows from single operations; values by hand."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ValuationCommon


@tagged("post_install", "-at_install")
class TestEntries(ValuationCommon):
    def kinds(self, product):
        return [
            (entry.kind, entry.location_id, entry.quantity, entry.value)
            for entry in self.entries(product)
        ]

    def test_moving_average_over_two_warehouses(self):
        """10 at 10.00 in the store, 10 at 20.00 in the annex: 15.00 each, wherever they lie."""
        product = self.make_product("average")
        self.receive(product, 10, 100)
        self.receive(product, 10, 200, self.annex)
        self.assertEqual(self.values(product), {self.store: (10, 150), self.annex: (10, 150)})
        self.deliver(product, 4)
        self.move(product, self.annex, self.shelf, 3)
        self.assertEqual(
            self.values(product),
            {self.store: (6, 90), self.annex: (7, 105), self.shelf: (3, 45)},
        )
        self.assertEqual(
            self.kinds(product)[-3:],
            [
                ("delivery", self.store, -4, -60),
                ("transfer", self.annex, -3, -45),
                ("transfer", self.shelf, 3, 45),
            ],
        )
        self.assert_balanced(product)

    def test_fifo_layers_move(self):
        """5 of the old layer at 1.00 go to the annex; a delivery from the store takes the company's
        oldest goods, which are worth 1.00."""
        product = self.make_product("fifo")
        self.receive(product, 10, 10)
        self.receive(product, 10, 50)
        self.move(product, self.store, self.annex, 5)
        self.assertEqual(self.values(product), {self.store: (15, 55), self.annex: (5, 5)})
        self.deliver(product, 10)
        # 10 × 1.00 left; what remains is 10 × 5.00 in two places
        self.assertEqual(self.values(product), {self.store: (5, 25), self.annex: (5, 25)})
        self.assert_balanced(product)

    def test_standard_price(self):
        product = self.make_product("standard", 8)
        self.receive(product, 10)
        self.move(product, self.store, self.annex, 4)
        self.later()
        product.standard_price = 8.5
        self.assertEqual(self.values(product), {self.store: (6, 51), self.annex: (4, 34)})
        last = self.entries(product, kind="revaluation")[-2:]
        self.assertEqual(sorted(last.mapped("value")), [2, 3])
        self.assertEqual(set(last.mapped("res_model")), {"product.value"})
        self.assert_balanced(product)

    def test_negative_stock_healed(self):
        """4 leave at 5.00 before 10 come at 7.00: 6 × 7.00 remain, and 8.00 went to nowhere."""
        product = self.make_product("average", 5)
        self.deliver(product, 4)
        self.assertEqual(self.values(product), {self.store: (-4, -20)})
        self.receive(product, 10, 70)
        self.assertEqual(self.values(product), {self.store: (6, 42)})
        self.assert_balanced(product)

    def test_by_lot(self):
        product = self.make_product("average", tracking="lot", lot_valuated=True)
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("L1", "L2")]
        )
        self.receive(product, 4, 40, lot=lots[0])
        self.receive(product, 6, 120, lot=lots[1])
        self.move(product, self.store, self.annex, 2, lot=lots[1])
        self.deliver(product, 1, lot=lots[0])
        sums = {
            key: sum(entries.mapped("value"))
            for key, entries in self.entries(product)
            .grouped(lambda entry: (entry.lot_id, entry.location_id))
            .items()
        }
        self.assertEqual(
            sums,
            {(lots[0], self.store): 30, (lots[1], self.store): 80, (lots[1], self.annex): 40},
        )
        self.assert_balanced(product)

    def test_consigned_goods_are_a_memo(self):
        for method in ("standard", "average", "fifo"):
            product = self.make_product(method, 8)
            self.receive(product, 5, 40)
            self.receive(product, 3, owner=self.consignor)
            self.move(product, self.store, self.annex, 1, owner=self.consignor)
            entries = self.entries(product, owner_id=self.consignor.id)
            self.assertEqual(sum(entries.mapped("quantity")), 3)
            self.assertEqual(sum(entries.mapped("value")), 0)
            self.assertEqual(sum(entries.mapped("memo_value")), 24)
            self.assertEqual(
                sum(self.entries(product).mapped("value")), 40, f"{method}: 5 own at 8.00"
            )

    def test_loss_gain_and_scrap(self):
        product = self.make_product("average")
        self.receive(product, 10, 100)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.store.id)]
        )
        self.later()
        quant.with_context(inventory_mode=True).inventory_quantity = 7
        quant.action_apply_inventory()
        self.later()
        self.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": 2,
                "location_id": self.store.id,
                "company_id": self.company.id,
            }
        ).action_validate()
        self.assertEqual(
            self.kinds(product)[-2:],
            [("adjustment", self.store, -3, -30), ("scrap", self.store, -2, -20)],
        )
        self.assert_balanced(product)

    def test_a_place_that_is_being_counted(self):
        """A count that is entered and not applied yet is a quant without a quantity."""
        product = self.make_product("average")
        self.receive(product, 5, 50)
        quant = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": product.id,
                    "location_id": self.annex.id,
                    "inventory_quantity": 3,
                }
            )
        )
        self.deliver(product, 1)
        self.assertEqual(self.values(product), {self.store: (4, 40)})
        quant.action_apply_inventory()
        self.assertEqual(self.values(product), {self.store: (4, 40), self.annex: (3, 30)})

    def test_a_done_receipt_is_corrected(self):
        """10 were entered, 8 had come; then it turns out that they lie in the annex."""
        product = self.make_product("average")
        receipt = self.receive(product, 10, 100)
        count = len(self.entries(product))
        self.later()
        receipt.move_line_ids.quantity = 8
        self.assertEqual(self.values(product)[self.store][0], 8)
        self.assert_balanced(product)
        self.later()
        receipt.move_line_ids.location_dest_id = self.annex
        self.assertEqual(self.values(product)[self.store], (0, 0))
        self.assertEqual(self.values(product)[self.annex][0], 8)
        self.assert_balanced(product)
        self.assertGreater(len(self.entries(product)), count + 2)

    def test_returns(self):
        product = self.make_product("fifo")
        receipt = self.receive(product, 10, 100)
        delivery = self.deliver(product, 4)
        self.move(product, self.customer, self.store, 1, origin_returned_move_id=delivery.id)
        self.move(product, self.store, self.supplier, 2, origin_returned_move_id=receipt.id)
        self.assertEqual(
            self.kinds(product)[-2:],
            [("return", self.store, 1, 10), ("return", self.store, -2, -20)],
        )
        self.assert_balanced(product)

    def test_cost_method_changes(self):
        """10 at 1.00, 10 at 5.00, 10 delivered: 50.00 under FIFO."""
        product = self.make_product("fifo")
        self.receive(product, 10, 10)
        self.receive(product, 10, 50)
        self.deliver(product, 10)
        self.assertEqual(self.values(product), {self.store: (10, 50)})
        self.later()
        self.categories["fifo"].property_cost_method = "average"
        self.assert_balanced(product)

    def test_past_stays(self):
        """What is known later does not change what the ledger says about before."""
        product = self.make_product("average")
        receipt = self.receive(product, 10, 100)
        before = receipt.date
        self.later(48)
        receipt.value_manual = 130
        self.assertEqual(self.values(product), {self.store: (10, 130)})
        self.assertEqual(self.values(product, before), {self.store: (10, 100)})

    def test_validation_takes_its_time(self):
        """Odoo dates movements when they are done, and anew when their transfer is: each is booked
        once, as of the date that it has in the end."""
        product = self.make_product("average", 5)
        picking_type = self.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", self.company.id)], limit=1
        )
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": self.supplier.id,
                "location_dest_id": self.store.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 10,
                            "location_id": self.supplier.id,
                            "location_dest_id": self.store.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.picked = True
        with freeze_time(datetime.now(), auto_tick_seconds=3):
            picking.button_validate()
        self.assertEqual(picking.date_done, picking.move_ids.date)
        entry = self.entries(product)
        self.assertEqual((entry.quantity, entry.value), (10, 50))
        self.assertEqual((entry.date, entry.move_id), (picking.date_done, picking.move_ids))
        # what the user says later
        picking.date_done = earlier = picking.date_done - timedelta(hours=5)
        self.assertEqual(self.values(product, earlier), {self.store: (10, 50)})
        self.assertEqual(self.entries(product).mapped("quantity"), [10, -10, 10])

    def test_another_date(self):
        """A done transfer is given another date: taken back as of the old one, and booked anew."""
        product = self.make_product("standard", 5)
        receipt = self.receive(product, 10)
        delivery = self.deliver(product, 4)
        old = delivery.date
        before = self.entries(product)
        self.later(48)
        delivery.date = new = old + timedelta(hours=24)
        added = self.entries(product) - before
        self.assertEqual(
            [(entry.date, entry.quantity, entry.value) for entry in added],
            [(old, 4, 20), (new, -4, -20)],
        )
        self.assertEqual(set(added.mapped("posted_at")), {datetime.now()})
        self.assertEqual(set(added.mapped("kind")), {"delivery"})
        self.assertEqual(self.values(product, old), {self.store: (10, 50)})
        self.assertEqual(self.values(product, new), {self.store: (6, 30)})
        # the receipt as well, and the delivery again: nothing is left at dates in between
        receipt.date = receipt.date - timedelta(hours=24)
        self.assertEqual(self.values(product, receipt.date), {self.store: (10, 50)})
        delivery.date = old
        self.assertEqual(self.values(product, old), {self.store: (6, 30)})
        self.assertEqual(self.values(product, new), {self.store: (6, 30)})
        self.assert_balanced(product)

    def test_another_date_changes_layers(self):
        """FIFO: 5 at 1.00 and 5 at 2.00 came, 5 left. The second receipt is dated before the first:
        it is the one that left then, and 5 at 1.00 remain."""
        product = self.make_product("fifo")
        first = self.receive(product, 5, 5)
        second = self.receive(product, 5, 10, self.annex)
        self.deliver(product, 5)
        self.assert_balanced(product)
        second.date = first.date - timedelta(hours=1)
        self.assertEqual(self.odoo_value(product), 5)
        self.assert_balanced(product)

    def test_another_date_for_a_transfer(self):
        """Between places, by owner: quantities and memo values change their date too."""
        product = self.make_product("average", 3)
        self.receive(product, 10, owner=self.consignor)
        move = self.move(product, self.store, self.annex, 4, owner=self.consignor)
        old = move.date
        self.later(48)
        move.date = new = old + timedelta(hours=2)
        self.assertEqual(self.values(product, old), {self.store: (10, 0), self.annex: (0, 0)})
        self.assertEqual(self.values(product, new), {self.store: (6, 0), self.annex: (4, 0)})
        self.assertEqual(sum(self.entries(product).mapped("memo_value")), 30)

    def test_append_only(self):
        product = self.make_product("average")
        self.receive(product, 1, 10)
        entry = self.entries(product)[0]
        with self.assertRaisesRegex(UserError, "neither changed nor deleted"):
            entry.sudo().value = 5
        with self.assertRaisesRegex(UserError, "neither changed nor deleted"):
            entry.sudo().unlink()

    def test_services_and_untracked_goods_have_no_entries(self):
        product = self.make_product("average", is_storable=False)
        self.receive(product, 5)
        self.assertFalse(self.entries(product))
