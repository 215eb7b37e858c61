from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKit(KitCommon):
    def test_figures_follow_from_the_components(self):
        self._stock(10, self.leg)  # 2 tables
        self._stock(5, self.top)  # 5 tables
        self._do_assign(self._move(self.central.lot_stock_id, self.customer, 3, product=self.leg))
        self._move(self.supplier, self.central.lot_stock_id, 9, days=5, product=self.leg)
        self.assertFigures(
            {
                "qty_on_hand": 2.0,
                "qty_reserved": 1.0,  # of 7 legs there is 1 table
                "qty_free": 1.0,
                "qty_blocked": 0.0,
                "qty_available": 1.0,
                "qty_outgoing": 1.0,
                "qty_incoming": 3.0,  # 7 + 9 = 16 legs: 4 tables instead of 1
                "qty_forecast": 4.0,
                "qty_atp": 1.0,
                "next_receipt_date": self._day(5),
                "daily_demand": 0.0,
                "days_of_cover": False,
            },
            self.table,
        )

    def _do_assign(self, move):
        move._action_assign()
        return move

    def test_columns_add_up(self):
        self._stock(21, self.leg)  # 5 tables
        self._stock(4, self.leg, location=self._create_blocked_location())  # with it: 6
        self._stock(7, self.top)
        self._do_assign(self._move(self.central.lot_stock_id, self.customer, 2, product=self.leg))
        self.env["stock.safety.stock"].create(
            {"product_id": self.leg.id, "warehouse_id": self.central.id, "quantity": 3}
        )
        self.holds.reserve([self._line("LEGS", 5, product=self.leg)])
        row = self._get(self.table)
        # legs: 25 on hand (6), - 2 reserved = 23 (5), - 4 blocked = 19 (4), - 5 held = 14 (3),
        # - 3 kept = 11 (2)
        expected = {
            "qty_on_hand": 6.0,
            "qty_reserved": 1.0,
            "qty_blocked": 1.0,
            "qty_soft_reserved": 1.0,
            "qty_safety_stock": 1.0,
            "qty_available": 2.0,
        }
        self.assertEqual({name: row[name] for name in expected}, expected)

    def _create_blocked_location(self):
        return self.env["stock.location"].create(
            {
                "name": "Damaged",
                "location_id": self.central.view_location_id.id,
                "availability_block": "damaged",
            }
        )

    def test_promise_by_date(self):
        self._stock(4, self.leg)
        self._stock(1, self.top)
        self._move(self.supplier, self.central.lot_stock_id, 8, days=3, product=self.leg)
        self._move(self.supplier, self.central.lot_stock_id, 1, days=6, product=self.top)
        self._move(self.central.lot_stock_id, self.customer, 5, days=9, product=self.leg)
        dates = [self._day(days) for days in (0, 3, 6, 9)]
        figures = self.availability._get_availability(self.table, self.central, dates)
        # legs: 4, 12, 12, 7 -> what can be promised: 4, 7, 7, 7 (1 table each); tops 1, 1, 2, 2
        self.assertEqual(
            figures[self.table.id, self.central.id]["atp_by_date"],
            dict.fromkeys(dates, 1.0),
        )
        steps = self.availability._get_projection(self.table, self.central)
        self.assertEqual(
            [(step["date"], step["balance"]) for step in steps[self.table.id, self.central.id]],
            [(dates[0], 1.0), (dates[1], 1.0), (dates[2], 2.0), (dates[3], 1.0)],
        )

    def test_component_that_is_short_makes_the_kit_short(self):
        self._stock(1, self.top)
        self._move(self.central.lot_stock_id, self.customer, 1, days=2, product=self.leg)
        self.assertFigures(
            {"qty_atp": -1.0, "shortage_date": self._day(2), "state": "short"}, self.table
        )

    def test_nested_shared_and_other_units(self):
        screw = self._create_component("Screw")
        drawer = self._create_kit("Drawer", [(screw, 1, self.dozen), (self.top, 1)])
        # two desks: 2 drawers, 6 screws, 2 tops more; one desk: 15 screws, 2 tops
        desk = self._create_kit("Desk", [(drawer, 2), (screw, 6), (self.top, 2)], quantity=2)
        self._stock(44, screw)  # 2 desks of 15, and 14 over
        self._stock(7, self.top)  # 3 desks
        self.assertEqual(
            self.availability._get_parts(desk, self.company),
            {desk.id: {screw.id: 15.0, self.top.id: 2.0}},
        )
        self.assertFigures({"qty_available": 2.0}, desk)
        self.assertFigures({"qty_available": 3.0}, drawer)  # 44 / 12 and 7 / 1

    def test_kit_in_dozens(self):
        crate = self._create_kit("Crate", [(self.top, 24)], uom_id=self.dozen.id)
        crate.bom_ids.product_uom_id = self.unit  # 24 tops to one unit: 288 to a dozen
        self._stock(600, self.top)
        self.assertFigures({"qty_available": 2.0}, crate)

    def test_only_the_lines_of_the_variant(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "create_variant": "always",
                "value_ids": [Command.create({"name": name}) for name in ("Small", "Large")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Sized",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        small, large = template.product_variant_ids
        bill = self.table.bom_ids.copy({"product_tmpl_id": template.id, "product_id": False})
        bill.bom_line_ids.filtered(
            lambda line: line.product_id == self.leg
        ).bom_product_template_attribute_value_ids = large.product_template_attribute_value_ids
        parts = self.availability._get_parts(small | large, self.company)
        self.assertEqual(parts[small.id], {self.top.id: 1.0})
        self.assertEqual(parts[large.id], {self.top.id: 1.0, self.leg.id: 4.0})

    def test_component_that_is_not_tracked_limits_nothing(self):
        glue = self._create_component("Glue", is_storable=False)
        self.table.product_tmpl_id.bom_ids.bom_line_ids = [
            Command.create({"product_id": glue.id, "product_qty": 1})
        ]
        self._stock(4, self.leg)
        self._stock(1, self.top)
        self.assertFigures({"qty_available": 1.0}, self.table)

    def test_nothing_tracked_is_nothing_available(self):
        glue = self._create_component("Glue", is_storable=False)
        kit = self._create_kit("Nothing", [(glue, 1)])
        self.assertFigures({"qty_available": 0.0, "state": "idle"}, kit)
        with self.assertRaisesRegex(ValidationError, r"products\[0\]: .*not tracked"):
            self.availability.get_availability(["NOTHING"], [{"warehouse": "CEN"}])

    def test_components_in_different_warehouses_make_no_kit(self):
        self._stock(4, self.leg, self.central)
        self._stock(1, self.top, self.shop)
        group = self.env["stock.place.group"].create(
            {
                "name": "Both",
                "code": "BOTH",
                "warehouse_ids": [Command.set((self.central | self.shop).ids)],
            }
        )
        for warehouse in self.central | self.shop:
            self.assertFigures({"qty_available": 0.0}, self.table, warehouse)
        # the network has what one table takes, in two places
        self.assertFigures({"qty_available": 1.0}, self.table, group)

    def test_bill_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        kit = self._create_kit("Foreign", [(self.top, 1)], company=other)
        self._stock(3, self.top)
        self.assertFalse(self.availability._get_parts(kit, self.company))
        self.assertEqual(self.availability._get_parts(kit, other), {kit.id: {self.top.id: 1.0}})
        self.assertFigures({"qty_available": 0.0}, kit)
        self.assertFalse(self.availability._get_parts(kit, self.env["res.company"]))

    def test_what_is_a_kit_is_known_at_once(self):
        bill = self.table.bom_ids
        self._stock(4, self.leg)
        self._stock(1, self.top)
        self.assertFigures({"qty_available": 1.0}, self.table)
        bill.active = False
        self.assertFalse(self.availability._get_parts(self.table, self.company))
        bill.active = True
        self.assertTrue(self.availability._get_parts(self.table, self.company))
        bill.unlink()
        self.assertFalse(self.availability._get_parts(self.table, self.company))

    def test_api(self):
        self._stock(8, self.leg)
        self._stock(3, self.top)
        rows = self.availability.get_availability(
            ["TABLE", "LEG"],
            [{"warehouse": "CEN"}, {"location": self.central.lot_stock_id.id}],
            dates=[str(self._day(2))],
            channel="WEB",
        )
        self.assertEqual(
            [(row["product"], row["qty_available"], row["promisable"]) for row in rows],
            [("TABLE", 2.0, 2.0), ("TABLE", 2.0, None), ("LEG", 8.0, 8.0), ("LEG", 8.0, None)],
        )
        self.assertEqual(rows[0]["promisable_by_date"], {str(self._day(2)): 2.0})
        self.assertEqual(rows[0]["atp_by_date"], {str(self._day(2)): 2.0})
        self.assertEqual(rows[0].keys(), rows[2].keys())

    def test_viewer_without_a_right_on_bills_of_materials(self):
        viewer = new_test_user(
            self.env, "kit viewer", "inventory_visibility.group_inventory_visibility_user"
        )
        self._stock(4, self.leg)
        self._stock(1, self.top)
        rows = self.availability.with_user(viewer).get_availability(
            ["TABLE"], [{"warehouse": "CEN"}]
        )
        self.assertEqual(rows[0]["qty_available"], 1.0)
        viewer.availability_warehouse_ids = self.shop
        with self.assertRaises(AccessError):
            self.availability.with_user(viewer)._get_availability(
                self.table.with_user(viewer), self.central.with_user(viewer)
            )

    def test_list_shows_components_not_kits(self):
        tracked = self._create_kit("Tracked", [(self.top, 1)], is_storable=True)
        rows = self.availability.search(
            [
                ("product_id", "in", (tracked | self.top).ids),
                ("warehouse_id", "=", self.central.id),
            ]
        )
        self.assertEqual(rows.product_id, self.top)

    def test_queries_do_not_grow_with_the_kits(self):
        kits = self.table
        for number in range(20):
            kits |= self._create_kit(f"Kit {number}", [(self.leg, 1), (self.table, 1)])
        counts = []
        for products in (kits[:2], kits[:2], kits):  # the first fills what lasts
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.availability._get_availability(products, self.central | self.shop)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    def test_threshold_watches_the_components(self):
        rule = self.env["stock.webhook.threshold"]
        self.env.flush_all()
        webhook = self.env["stock.webhook"].create(
            {"name": "Shop", "url": "https://shop.example.com/hook"}
        )
        rule = rule.create(
            {
                "webhook_id": webhook.id,
                "warehouse_id": self.central.id,
                "figure": "qty_available",
                "quantity": 1,
            }
        )
        rule.checked_until = self.env.cr.now()
        self._stock(4, self.leg)
        self.assertLessEqual({self.leg.id, self.table.id}, rule._get_changed_product_ids())
