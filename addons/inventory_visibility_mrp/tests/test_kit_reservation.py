from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitReservation(KitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock(12, cls.leg)
        cls._stock(5, cls.top)

    def _available(self, product):
        return self._get(product)["qty_available"]

    def test_holds_its_components(self):
        answer = self._reserve("KIT", 2, product=self.table)
        self.assertEqual((answer["state"], answer["quantity"]), ("held", 2.0))
        self.assertEqual(answer["product_id"], self.table.id)
        self.assertEqual(self._available(self.leg), 4.0)
        self.assertEqual(self._available(self.top), 3.0)
        self.assertEqual(self._available(self.table), 1.0)
        self.assertEqual(self._get(self.table)["qty_soft_reserved"], 2.0)
        record = self.holds.browse(answer["id"])
        self.assertEqual(len(record), 1)
        self.assertEqual(record.part_note, "8.00 Units [LEG] Leg, 2.00 Units [TOP] Top")

    def test_never_more_than_the_components_allow(self):
        answer = self._reserve("KIT", 4, product=self.table)
        self.assertEqual((answer["state"], answer["promisable"]), ("refused", 3.0))
        self.assertFalse(self._get_holds())
        self.assertEqual(self._reserve("KIT", 3, product=self.table)["state"], "held")
        self.assertEqual(self._reserve("LEG", 1, product=self.leg)["state"], "refused")

    def test_component_that_is_held_is_not_in_a_kit(self):
        self._reserve("LEG", 5, product=self.leg)
        answer = self._reserve("KIT", 2, product=self.table)
        self.assertEqual((answer["state"], answer["promisable"]), ("refused", 1.0))

    def test_kit_and_component_in_one_call(self):
        lines = [
            self._line("KIT", 2, product=self.table),
            self._line("LEG", 4, product=self.leg),
            self._line("MORE", 1, product=self.leg),
        ]
        answers = self.holds.reserve(lines)
        self.assertEqual([one["state"] for one in answers], ["held", "held", "refused"])

    def test_all_or_nothing(self):
        lines = [
            self._line("ONE", 2, product=self.table),
            self._line("ONE", 5, product=self.leg),
        ]
        self.assertEqual(
            [one["state"] for one in self.holds.reserve(lines)], ["refused", "refused"]
        )
        self.assertEqual(self._available(self.leg), 12.0)

    def test_same_reference_reserves_once(self):
        first = self._reserve("KIT", 2, product=self.table)
        self.assertEqual(self._reserve("KIT", 2, product=self.table), first)
        self.assertEqual(self._available(self.leg), 4.0)

    def test_another_bill_later_changes_nothing_of_what_is_held(self):
        self._reserve("KIT", 2, product=self.table)
        self.table.bom_ids.bom_line_ids.filtered(
            lambda line: line.product_id == self.leg
        ).product_qty = 3
        self.assertEqual(self._available(self.leg), 4.0)

    def test_release(self):
        self._reserve("KIT", 2, product=self.table)
        self.holds.release("KIT")
        self.assertEqual(self._available(self.leg), 12.0)

    def test_consumed_in_parts(self):
        self._reserve("KIT", 2, product=self.table)
        self.holds.consume("KIT", 1)
        self.assertEqual(self._available(self.leg), 8.0)
        self.assertEqual(self._available(self.top), 4.0)
        self.holds.consume("KIT", 2)
        self.assertEqual(self._available(self.leg), 12.0)

    def test_past_its_time(self):
        self._reserve("KIT", 2, product=self.table)
        later = fields.Datetime.now() + timedelta(minutes=31)
        with freeze_time(later):
            self.assertEqual(self._available(self.leg), 12.0)

    def test_rounded_up(self):
        """A third of a sheet for one kit is held as 0.34, and three kits as one sheet."""
        kit = self._create_kit("Third", [(self.top, 1)], quantity=3)
        self._reserve("ONE", 1, product=kit)
        self.assertAlmostEqual(self._available(self.top), 4.66, 6)
        self._reserve("THREE", 3, product=kit)
        self.assertAlmostEqual(self._available(self.top), 3.66, 6)

    def test_group(self):
        self.env["stock.place.group"].create(
            {
                "name": "Both",
                "code": "BOTH",
                "warehouse_ids": [Command.set((self.central | self.shop).ids)],
            }
        )
        self._stock(4, self.leg, self.shop)
        place = {"group": "BOTH"}
        answer = self._reserve("GROUP", 4, place, product=self.table)
        self.assertEqual(answer["state"], "held")  # 16 legs, all of them
        self.assertEqual(self._reserve("LEG", 1, product=self.leg)["state"], "refused")
        self.assertEqual(self._reserve("TOP", 1, product=self.top)["state"], "held")
        self.assertEqual(self._reserve("TOP 2", 1, product=self.top)["state"], "refused")

    def test_set_aside_of_a_component(self):
        self.env["stock.channel.allocation"].create(
            {
                "channel_id": self.market.id,
                "product_id": self.leg.id,
                "warehouse_id": self.central.id,
                "kind": "allocation",
                "method": "fixed",
                "amount": 5,
            }
        )
        answer = self._reserve("KIT", 2, product=self.table, channel="WEB")
        self.assertEqual((answer["state"], answer["promisable"]), ("refused", 1.0))
        self.assertEqual(
            self._reserve("KIT", 3, product=self.table, channel="MKT")["state"], "held"
        )

    def test_external_place_states_kits(self):
        self.env["stock.external.place"].create({"name": "3PL", "code": "3PL"})
        tracked = self._create_kit("Tracked", [(self.top, 1)], is_storable=True)
        self.env["stock.external.quant"].feed("3PL", [{"product": "TRACKED", "quantity": 7}])
        place = {"external_place": "3PL"}
        rows = self.availability.get_availability(["TRACKED"], [place], channel="WEB")
        self.assertEqual((rows[0]["qty_available"], rows[0]["promisable"]), (7.0, 7.0))
        self.assertEqual(self._reserve("A", 7, place, product=tracked)["state"], "held")
        self.assertEqual(self._reserve("B", 1, place, product=tracked)["state"], "refused")

    def test_kit_without_tracked_components(self):
        glue = self._create_component("Glue", is_storable=False)
        kit = self._create_kit("Nothing", [(glue, 1)], is_storable=True)
        with self.assertRaisesRegex(ValidationError, r"lines\[0\]\.product: no component"):
            self._reserve("KIT", 1, product=kit)

    def test_promiser_without_a_right_on_bills_of_materials(self):
        promiser = new_test_user(
            self.env, "kit promiser", "inventory_visibility.group_inventory_visibility_reserve"
        )
        holds = self.holds.with_user(promiser)
        [answer] = holds.reserve([self._line("KIT", 1, product=self.table)])
        self.assertEqual(answer["state"], "held")
        self.assertIn("4.00", holds.browse(answer["id"]).part_note)

    def test_locks_the_components(self):
        """An order for kits waits for whoever promises a component."""
        self.holds._lock_promise(self.table, self.central)
        locked = self.env["stock.promise.counter"].search(
            [("place", "=", f"stock.warehouse,{self.central.id}")]
        )
        self.assertLessEqual(self.leg | self.top, locked.product_id)
