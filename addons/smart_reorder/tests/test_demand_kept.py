from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.tests import tagged
from odoo.tools import SQL

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestDemandKept(SmartReorderCase):
    """A night reads the moves of what has changed; what it has of the others is what they say.

    4 a day were sold in the central warehouse and in the shop, whose moves are a day old when the
    first night reads them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for warehouse in cls.central | cls.shop:
            cls._move(cls.product, 300, cls.suppliers, warehouse.lot_stock_id, 61)
            cls._deliver_daily(4, 60, warehouse=warehouse)
            cls._create_orderpoint(warehouse=warehouse)
        cls.places = {(cls.product.id, place.id) for place in cls.central | cls.shop}
        cls.start = NOW.date() - timedelta(days=cls.company.smart_reorder_history_days)

    def setUp(self):
        super().setUp()
        # What is written bears the moment at which its transaction began.
        self.addCleanup(setattr, self.env.cr, "_now", self.env.cr.now())
        self.env.cr._now = NOW - timedelta(days=1)
        self.env.cr.execute(SQL("UPDATE stock_move SET write_date = %s", self.env.cr.now()))
        self.env.invalidate_all()
        self._pass(days=1)
        self._run()

    def _pass(self, **time):
        self.env.flush_all()
        self.env.cr._now += timedelta(**time)

    def _read_next_night(self):
        """The places that the next night reads anew; it has what the moves say of all of them."""
        self._pass(days=1)
        with self._reading() as read:
            run = self._run()
        self.assertEqual(run.histories_read, len(read))
        self.assertEqual(run.histories_read + run.histories_kept, len(self.places))
        reader = self.env["smart.reorder.demand"]
        kept = self.env["smart.reorder.demand.kept"]._get_valid(self.places, self.start)
        self.assertEqual(kept.keys(), self.places)
        for pair, record in reader._read_places(self.places, self.start).items():
            self.assertEqual(kept[pair].first_day, record.first_day)
            for name in ("demand", "changes"):
                found, expected = getattr(kept[pair], name), getattr(record, name)
                self.assertEqual(sorted(found.tolist()), sorted(expected.tolist()))
        names = {self.central.id: "central", self.shop.id: "shop"}
        return sorted(names[place] for _product, place in read)

    @contextmanager
    def _reading(self):
        reader, read = type(self.env["smart.reorder.demand"]), set()
        original = reader._read_places

        def read_places(this, pairs, date_from):
            read.update(pairs)
            return original(this, pairs, date_from)

        with patch.object(reader, "_read_places", read_places):
            yield read

    def test_nothing_is_read_where_nothing_changed(self):
        self.assertEqual(self._read_next_night(), [])
        self.assertEqual(self._read_next_night(), [])

    def test_what_is_kept_gives_the_same_history(self):
        planner = self.env["smart.reorder.planner"].with_company(self.company)
        rules = self.env["stock.warehouse.orderpoint"].search([("smart_reorder", "=", True)])
        self._pass(days=1)
        kept = planner._get_history(rules, NOW.date())
        self.env.cr.execute("DELETE FROM smart_reorder_demand_kept")
        anew = planner._get_history(rules, NOW.date())
        for name in ("quantity", "recorded", "first_day", "estimated"):
            np.testing.assert_array_equal(getattr(kept, name), getattr(anew, name))
        # 60 days of 4, as the moves have it
        self.assertEqual(kept.recorded.sum(1).tolist(), [240.0, 240.0])

    def test_a_delivery_is_read_where_it_was(self):
        self._pass(hours=12)
        self._deliver(7, 0, warehouse=self.shop)
        self.assertEqual(self._read_next_night(), ["shop"])
        self.assertEqual(self._read_next_night(), [])

    def test_a_transfer_is_read_at_both_ends(self):
        self._pass(hours=12)
        transit = self.company.internal_transit_location_id
        final = {"location_final_id": self.shop.lot_stock_id.id}
        self._move(self.product, 7, self.central.lot_stock_id, transit, 0, **final)
        self._move(self.product, 7, transit, self.shop.lot_stock_id, 0)
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_other_products_and_open_moves_change_nothing(self):
        self._pass(hours=12)
        self._deliver(7, 0, product=self._create_product("Another"))
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 3,
                "location_id": self.shop.lot_stock_id.id,
                "location_dest_id": self.customers.id,
            }
        )
        move._action_confirm()
        self.assertEqual(self._read_next_night(), [])

    def _old_move(self):
        return self.env["stock.move"].search(
            [
                ("product_id", "=", self.product.id),
                ("location_id", "=", self.shop.lot_stock_id.id),
                ("date", "<", NOW - timedelta(days=30)),
            ],
            limit=1,
        )

    def test_an_old_move_that_was_corrected(self):
        """It may have been anywhere before, so all places of the product are read."""
        self._old_move().quantity = 9
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_an_old_move_that_was_given_another_day(self):
        self._old_move().date = NOW - timedelta(days=3)
        self.assertIn("shop", self._read_next_night())

    def test_an_old_move_that_was_given_another_place(self):
        """Odoo's screens do not let one; a migration may."""
        self._old_move()._write({"location_id": self.central.lot_stock_id.id})
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_a_delivery_that_was_recorded_afterwards(self):
        self._deliver(7, 40, warehouse=self.shop)
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_a_transaction_that_was_open_while_the_night_read(self):
        """It began five hours before, and ended after: what it wrote bears the earlier moment."""
        began = self.env.cr.now() - timedelta(hours=5)
        move = self._deliver(7, 0, warehouse=self.shop)
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE stock_move SET write_date = %s WHERE id = %s", began, move.id)
        )
        self.assertEqual(self._read_next_night(), ["shop"])

    def test_one_off_set_and_taken_back(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.shop.out_type_id.id,
                "location_id": self.shop.lot_stock_id.id,
                "location_dest_id": self.customers.id,
            }
        )
        move = self._deliver(50, 20, warehouse=self.shop, picking_id=picking.id)
        back = {"origin_returned_move_id": move.id}
        self._move(self.product, 5, self.customers, self.central.lot_stock_id, 10, **back)
        self._read_next_night()
        self._pass(days=1)
        picking.smart_reorder_one_off = True
        self.assertEqual(self._read_next_night(), ["central", "shop"])
        self._pass(days=1)
        picking.smart_reorder_one_off = False
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_another_time_zone_of_the_place(self):
        self.shop.partner_id = self.env["res.partner"].create(
            {"name": "Shop", "tz": "Pacific/Auckland"}
        )
        self.assertEqual(self._read_next_night(), ["shop"])

    def test_another_unit_of_the_product(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE product_template SET uom_id = %s WHERE id = %s",
                dozen.id,
                self.product.product_tmpl_id.id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_another_factor_of_a_unit(self):
        self.env.ref("uom.product_uom_dozen").relative_factor = 13
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_a_location_that_became_another_one_and_one_that_is_new(self):
        self.shop.lot_stock_id.create(
            {"name": "New", "usage": "internal", "location_id": self.shop.lot_stock_id.id}
        )
        self.assertEqual(self._read_next_night(), [])
        self.customers._write({"usage": "production"})
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_another_statement(self):
        """An addon that leaves other moves out of the demand was installed."""
        reader = type(self.env["smart.reorder.demand"])
        condition = SQL("AND NOT move.is_inventory")
        with patch.object(reader, "_get_demand_condition", lambda this: condition):
            self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_a_longer_history(self):
        self.company.smart_reorder_history_days += 100
        self.start -= timedelta(days=100)
        self.assertEqual(self._read_next_night(), ["central", "shop"])

    def test_a_broken_record(self):
        self.env.cr.execute(
            SQL(
                "UPDATE smart_reorder_demand_kept SET demand = 'broken' WHERE warehouse_id = %s",
                self.shop.id,
            )
        )
        self.assertEqual(self._read_next_night(), ["shop"])

    def test_who_only_looks_keeps_nothing(self):
        """A replay may be at work beside a run."""
        self.env.cr.execute("DELETE FROM smart_reorder_demand_kept")
        rules = self.env["stock.warehouse.orderpoint"].search([("smart_reorder", "=", True)])
        self.env["smart.reorder.planner"]._get_history(rules, NOW.date())
        self.assertFalse(self.env["smart.reorder.demand.kept"].search([]))

    def test_what_nobody_looks_at_is_forgotten(self):
        kept = self.env["smart.reorder.demand.kept"]
        self._pass(days=29)
        kept._gc_kept()
        self.assertEqual(kept.search_count([]), 2)
        self._pass(days=2)
        self.assertFalse(kept._get_valid(self.places, self.start))
        kept._gc_kept()
        self.assertFalse(kept.search([]))

    def test_as_many_statements_whatever_the_number_of_places(self):
        """The records, units, locations and moves written: 4; the first place or a hundred."""
        reader = self.env["smart.reorder.demand"]
        self._pass(days=1)
        self.env.flush_all()
        (self.central | self.shop).partner_id.mapped("tz")
        for places in (set(list(self.places)[:1]), self.places):
            with self.assertQueryCount(4):
                self.assertEqual(reader._get_places(places, self.start).keys(), places)
