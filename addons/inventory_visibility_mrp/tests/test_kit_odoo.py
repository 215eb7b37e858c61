"""Kits compared with Odoo's own quantities, on generated stocks and orders.

Odoo is right, and equal, where the bill of materials makes one kit in the kit's own unit and asks
for whole components: on hand, free and forecasted quantity of one warehouse. Elsewhere:

- Incoming and outgoing. Odoo counts what all receipts alone would make; 4 legs to come and every
  top on hand are no table to come for it. Ours add up: on hand + incoming - outgoing = forecasted.
- A bill that makes several kits. Odoo rounds down to whole bills' components first and
  multiplies then.
- A bill in another unit than the kit's. Odoo answers in that unit.
- No warehouse. Odoo adds components of all warehouses together, though nothing is put together
  from two of them. We ask by warehouse, or by group, which says that it is a network.
"""

import random

from odoo.tests import tagged

from .common import KitCommon

SEEDS = range(12)


@tagged("post_install", "-at_install")
class TestKitOdoo(KitCommon):
    def test_random_stocks(self):
        drawer = self._create_kit("Drawer", [(self.leg, 2), (self.top, 1, self.dozen)])
        desk = self._create_kit("Desk", [(drawer, 2), (self.top, 3), (self.product, 1)])
        tables = self.table | drawer | desk
        components = self.leg | self.top | self.product
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self._generate(random.Random(seed), components)
                self._compare(tables)

    def _generate(self, chance, components):
        for component in components:
            for warehouse in self.central | self.shop:
                self._stock(chance.randint(1, 60), component, warehouse)
                stock = warehouse.lot_stock_id
                days, quantity = chance.randint(1, 9), chance.randint(1, 50)
                if chance.random() < 0.5:
                    self._move(self.supplier, stock, quantity, days, product=component)
                else:
                    move = self._move(stock, self.customer, quantity, days, product=component)
                    move._action_assign()

    def _compare(self, tables):
        figures = self.availability._get_availability(tables, self.central | self.shop)
        for warehouse in self.central | self.shop:
            for kit in tables.with_context(warehouse_id=warehouse.id):
                kit.invalidate_recordset()
                ours = figures[kit.id, warehouse.id]
                self.assertEqual(
                    (ours["qty_on_hand"], ours["qty_free"], ours["qty_forecast"]),
                    (kit.qty_available, kit.free_qty, kit.virtual_available),
                    f"{kit.name} in {warehouse.name}",
                )
