"""What is reserved, at warehouses, in groups and for channels."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_reservation import ReservationCommon


@tagged("post_install", "-at_install")
class TestReserve(ReservationCommon):
    def test_answer(self):
        with freeze_time("2030-03-01 10:00:00"):
            answer = self._reserve("A", 4, channel="WEB")
        record = self.holds.browse(answer["id"])
        self.assertEqual(
            answer,
            {
                "id": record.id,
                "reference": "A",
                "line": 1,
                "state": "held",
                "product_id": self.product.id,
                "quantity": 4.0,
                "consumed_quantity": 0.0,
                "uom": "Units",
                "date": False,
                "date_until": "2030-03-01 10:30:00",
                "reason": False,
            },
        )
        self.assertRecordValues(
            record,
            [
                {
                    "channel_id": self.web.id,
                    "warehouse_id": self.central.id,
                    "company_id": self.company.id,
                    "state": "held",
                }
            ],
        )

    def test_never_more_than_can_be_promised(self):
        self.assertEqual(self._reserve("A", 7)["state"], "held")
        answer = self._reserve("B", 4)
        self.assertEqual(answer["state"], "refused")
        self.assertEqual(answer["promisable"], 3.0)
        self.assertEqual(answer["reason"], "Only 3 Units can be promised.")
        self.assertEqual(self._reserve("C", 3)["state"], "held")
        self.assertEqual(self._reserve("D", 0.01)["state"], "refused")
        self.assertEqual(self._held(), 10)

    def test_what_the_caller_wrote_stays(self):
        """Also where the call is all that a request does: an addon may write before it goes on."""
        self.product.name = "Written before"
        with patch.object(type(self.holds), "_is_whole_request", lambda holds: True):
            self.assertEqual(self._reserve("A", 1)["state"], "held")
        self.env.invalidate_all()
        self.assertEqual(self.product.name, "Written before")

    def test_what_is_promised_by_orders_is_gone(self):
        self._deliver(self.central, 6, days=3)
        self.assertEqual(self._reserve("A", 5)["promisable"], 4.0)

    def test_later_promise_leaves_what_arrives_before_it(self):
        """10 here and 10 to come on the third day: 10 for the fifth day, and 10 for today."""
        later = {"date": str(self._day(5))}
        self._receive(self.central, 10, days=3)
        self.assertEqual(self._reserve("LATER", 10, **later)["state"], "held")
        self.assertFigures(
            {"qty_soft_reserved": 10.0, "qty_available": 0.0, "qty_atp": 10.0, "qty_outgoing": 0.0}
        )
        steps = self.availability._get_projection(self.product, self.central)
        self.assertEqual(
            [(step["date"], step["balance"]) for step in steps[self.product.id, self.central.id]],
            [(self._day(0), 10.0), (self._day(3), 20.0), (self._day(5), 10.0)],
        )
        self.assertEqual(self._reserve("NOW", 10)["state"], "held")
        self.assertEqual(self._reserve("MORE", 0.01)["state"], "refused")
        self.assertEqual(self._reserve("MORE", 0.01, **later)["state"], "refused")

    def test_what_is_held_for_later_is_out_only_without_a_receipt_in_time(self):
        """What is here serves today's orders where a receipt comes for the later ones.

        10 here, of which a delivery has reserved 1, and 10 are held: one too many for now.
        """
        self._deliver(self.central, 1, days=20)
        later = {"date": str(self._day(5))}
        receipt = self._receive(self.central, 10, days=3)
        self._reserve("LATER", 10, **later)
        self.assertFigures({"qty_available": -1.0, "qty_atp": 9.0, "state": "ok"})
        receipt._action_cancel()
        self.assertFigures({"qty_available": -1.0, "qty_atp": -1.0, "state": "short"})

    def test_an_overdue_receipt_leaves_nothing_for_today(self):
        self._receive(self.central, 10, days=-2)
        self._deliver(self.central, 1, days=20)
        self._reserve("NOW", 10)
        self.assertFigures({"qty_available": -1.0, "qty_atp": 9.0, "state": "out"})

    def test_later_promise_of_what_is_here_is_gone_today(self):
        self._receive(self.central, 4, days=7)
        self._reserve("LATER", 8, date=str(self._day(5)))
        self.assertEqual(self._reserve("NOW", 3)["promisable"], 2.0)
        self.assertEqual(self._reserve("LAST", 7, date=str(self._day(7)))["promisable"], 6.0)

    def test_one_call_promises_the_same_as_several(self):
        self._receive(self.central, 10, days=3)
        lines = [
            self._line("LATER", 10, date=str(self._day(5))),
            self._line("NOW", 10),
            self._line("MORE", 1),
        ]
        self.assertEqual(
            [answer["state"] for answer in self.holds.reserve(lines)], ["held", "held", "refused"]
        )

    def test_promised_day_that_is_past_counts_today(self):
        self._receive(self.central, 10, days=9)
        self._reserve(
            "LATER", 4, date=str(self._day(2)), date_until=str(self._day(8)) + "T00:00:00Z"
        )
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.assertFigures({"qty_soft_reserved": 4.0, "qty_atp": 6.0})

    def test_same_reference_reserves_once(self):
        first = self._reserve("A", 7, channel="WEB")
        self.assertEqual(self._reserve("A", 7, channel="WEB"), first)
        self.assertEqual(self._held(), 7)
        # another channel has references of its own
        self.assertEqual(self._reserve("A", 3, channel="MKT")["state"], "held")

    def test_what_was_refused_may_be_tried_again(self):
        self._reserve("A", 10)
        self.assertEqual(self._reserve("B", 1)["state"], "refused")
        self.holds.release("A")
        self.assertEqual(self._reserve("B", 1)["state"], "held")

    def test_same_reference_for_something_else(self):
        self._reserve("A", 7)
        other = self._create_product("Other")
        for values in (
            {"quantity": 6},
            {"product": other},
            {"place": {"warehouse": self.shop.id}},
            {"date_until": "2040-01-01T00:00:00Z"},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, "new ref"):
                self._reserve(**{"quantity": 7, **values})
        with self.assertRaisesRegex(ValidationError, r"lines\[0\]: the reference A"):
            self.holds.reserve([self._line("A", 7), self._line("A", 1)])
        self.assertEqual(self._held(), 7)

    def test_lines_of_a_reference_hold_together_or_not_at_all(self):
        table = self._create_product("Table")
        lines = [self._line("A", 6), self._line("A", 1, product=table), self._line("B", 5)]
        answers = self.holds.reserve(lines)
        self.assertEqual([a["state"] for a in answers], ["refused", "refused", "held"])
        self.assertEqual(answers[1]["promisable"], 0.0)
        self.assertNotIn("promisable", answers[0])
        self.assertEqual([a["line"] for a in answers], [1, 2, 1])

    def test_each_line_for_itself(self):
        table = self._create_product("Table")
        lines = [self._line("A", 6), self._line("A", 1, product=table), self._line("A", 4)]
        answers = self.holds.reserve(lines, together="line")
        self.assertEqual([a["state"] for a in answers], ["held", "refused", "held"])
        self.assertEqual([a["line"] for a in answers], [1, 2, 3])
        self._stock(1, product=table)
        answers = self.holds.reserve(lines, together="line")
        self.assertEqual([a["state"] for a in answers], ["held", "held", "held"])
        self.assertEqual(self._held(), 11)

    def test_all_or_nothing(self):
        lines = [self._line("A", 6), self._line("B", 5), self._line("C", 1)]
        answers = self.holds.reserve(lines, together="call")
        self.assertEqual({a["state"] for a in answers}, {"refused"})
        self.assertEqual(answers[1]["promisable"], 4.0)
        self.assertEqual(self._held(), 0)

    def test_by_code(self):
        answers = self.holds.reserve(
            [
                {
                    "reference": "A",
                    "product": "CHAIR",
                    "place": {"warehouse": "CEN"},
                    "quantity": 1,
                }
            ],
            channel="WEB",
        )
        self.assertEqual(answers[0]["state"], "held")

    def test_empty_call(self):
        self.assertEqual(self.holds.reserve([]), [])

    def test_queries_do_not_grow_with_the_lines(self):
        """100 products in one call: the same statements as for 2."""
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "is_storable": True} for n in range(103)]
        )
        for product in products:
            self._stock(1, product=product)
        self.env.flush_all()

        def count(some, name):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            answers = self.holds.reserve([self._line(f"{name}{p.id}", 1, product=p) for p in some])
            self.assertEqual([a for a in answers if a["state"] != "held"], [])
            return self.cr.sql_log_count - before

        count(products[:1], "warm")
        few = count(products[1:3], "few")
        many = count(products[3:], "many")
        self.assertLessEqual(many, few)


@tagged("post_install", "-at_install")
class TestGroups(ReservationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock(5, warehouse=cls.shop)
        cls.network = cls.env["stock.place.group"].create(
            {
                "name": "Network",
                "code": "NET",
                "warehouse_ids": [(6, 0, (cls.central | cls.shop).ids)],
            }
        )

    def test_group_and_members(self):
        """15 in the network. 12 held there leave 3, in either warehouse, but not in both."""
        net = {"group": "NET"}
        self.assertEqual(self._reserve("A", 16, net)["promisable"], 15.0)
        self.assertEqual(self._reserve("A", 12, net)["state"], "held")
        shop = {"warehouse": "SHP"}
        self.assertEqual(self._reserve("B", 4)["promisable"], 3.0)
        self.assertEqual(self._reserve("B", 4, shop)["promisable"], 3.0)
        self.assertEqual(self._reserve("B", 2)["state"], "held")
        self.assertEqual(self._reserve("C", 4, shop)["promisable"], 1.0)
        self.assertEqual(self._reserve("C", 4, net)["promisable"], 1.0)

    def test_group_hold_that_one_member_can_bear(self):
        """The central warehouse alone has the 4; the shop may promise its 5, and then no more."""
        self._reserve("A", 4, {"group": "NET"})
        self.assertEqual(self._reserve("B", 5, {"warehouse": "SHP"})["state"], "held")
        self.assertEqual(self._reserve("C", 7)["promisable"], 6.0)

    def test_groups_with_a_common_member(self):
        """NET holds 14 of 15; so a group of the shop and the steps (2) has 15 + 2 - 14 = 3."""
        self._stock(2, warehouse=self.steps)
        self.env["stock.place.group"].create(
            {
                "name": "Other",
                "code": "OTH",
                "warehouse_ids": [(6, 0, (self.shop | self.steps).ids)],
            }
        )
        self._reserve("A", 14, {"group": "NET"})
        self.assertEqual(self._reserve("B", 9, {"group": "OTH"})["promisable"], 3.0)
        self._reserve("B", 3, {"group": "OTH"})
        self.assertEqual(self._reserve("C", 1)["promisable"], 0.0)

    def test_expired_and_released_holds_of_a_group(self):
        with freeze_time("2030-03-01 10:00:00"):
            self._reserve("A", 12, {"group": "NET"})
        with freeze_time("2030-03-01 10:30:00"):
            self.assertEqual(self._reserve("B", 10)["state"], "held")

    def test_group_in_one_batch(self):
        answers = self.holds.reserve(
            [
                self._line("A", 12, {"group": "NET"}),
                self._line("B", 3),
                self._line("C", 1, {"warehouse": "SHP"}),
            ]
        )
        self.assertEqual([a["state"] for a in answers], ["held", "held", "refused"])

    def test_lock_takes_what_groups_tie_together(self):
        self._reserve("A", 12, {"group": "NET"})
        counters = self.env["stock.promise.counter"]
        before = {c.place: c.revision for c in counters.search([])}
        self.env.invalidate_all()
        self.holds._lock_promise(self.product, [self.central])
        after = {c.place: c.revision for c in counters.search([])}
        changed = {place for place in after if after[place] != before.get(place)}
        self.assertEqual(
            changed,
            {f"stock.warehouse,{self.central.id}", f"stock.warehouse,{self.shop.id}"},
        )


@tagged("post_install", "-at_install")
class TestChannels(ReservationCommon):
    """10 in the central warehouse."""

    def _rule(self, channel, amount, method="fixed", kind="allocation", **values):
        return self.env["stock.channel.allocation"].create(
            {
                "channel_id": channel.id,
                "amount": amount,
                "method": method,
                "kind": kind,
                **values,
            }
        )

    def assertSeen(self, web, market, nobody):  # noqa: N802
        seen = [
            self._reserve("TEST", 1000, channel=channel)["promisable"]
            for channel in ("WEB", "MKT", None)
        ]
        self.assertEqual(seen, [web, market, nobody])

    def test_no_rules(self):
        self.assertSeen(10, 10, 10)

    def test_allocation(self):
        """4 are the web's. What the web takes beyond that comes out of what is nobody's."""
        self._rule(self.web, 4)
        self.assertSeen(10, 6, 6)
        self._reserve("A", 3, channel="WEB")
        self.assertSeen(7, 6, 6)
        self._reserve("B", 6, channel="MKT")
        self.assertSeen(1, 0, 0)

    def test_percentages(self):
        """70 % and 50 % are more than there is: 7 and 5 of 12 parts of 10 units."""
        self._rule(self.web, 70, "percentage")
        self.assertSeen(10, 3, 3)
        self._rule(self.market, 50, "percentage")
        # 10 × 7/12 = 5.83, 10 × 5/12 = 4.16, rounded down to hundredths
        self.assertSeen(10 - 4.16, 10 - 5.83, 0.01)
        self._reserve("A", 5.84, channel="WEB")
        self.assertSeen(0, 4.16, 0)

    def test_consumed_counts_since_the_start(self):
        """50 % of 10: the web sells 5, and has no share of the other 5."""
        self._rule(self.web, 50, "percentage", date_start="2020-01-01")
        rule = self._rule(self.market, 50, "percentage", date_start="2020-01-01")
        self._reserve("A", 5, channel="WEB")
        self._deliver(self.central, 5)
        self.holds.consume("A", channel="WEB")
        self.assertSeen(0, 5, 0)
        # counted anew, the market has half of the 5 that are there
        rule.date_start = fields.Datetime.now() + timedelta(days=1)
        self.web.allocation_ids.date_start = fields.Datetime.now() + timedelta(days=1)
        self.assertSeen(2.5, 2.5, 0)

    def test_days_of_cover(self):
        """9 left over 90 days: 0.1 a day; 30 days of it are 3."""
        self._stock(9)
        move = self._move(self.central.lot_stock_id, self.customer, 9)
        self._do(move)
        self._backdate(move, 2)
        self._rule(self.web, 30, "days")
        self.assertSeen(10, 7, 7)

    def test_buffer(self):
        self._rule(self.market, 2, kind="buffer")
        self.assertSeen(10, 8, 10)
        self._rule(self.web, 5)
        self.assertSeen(10, 3, 5)

    def test_place_product_and_category(self):
        table = self._create_product("Table")
        self._stock(10, product=table)
        self._rule(self.web, 1)
        self._rule(self.web, 2, categ_id=self.product.categ_id.id)
        self.assertSeen(10, 8, 8)
        self._rule(self.web, 3, product_id=self.product.id)
        self.assertSeen(10, 7, 7)
        self._rule(self.web, 4, product_id=self.product.id, warehouse_id=self.central.id)
        self.assertSeen(10, 6, 6)
        self._rule(self.web, 5, product_id=self.product.id, warehouse_id=self.shop.id)
        self.assertSeen(10, 6, 6)
        self._rule(self.web, 6, product_id=table.id)
        self.assertSeen(10, 6, 6)

    def test_group(self):
        """10 in the central warehouse, 5 in the shop; of the 15 the web is to have 8."""
        self._stock(5, warehouse=self.shop)
        group = self.env["stock.place.group"].create(
            {
                "name": "Network",
                "code": "NET",
                "warehouse_ids": [(6, 0, (self.central | self.shop).ids)],
            }
        )
        self._rule(self.web, 8, group_id=group.id)
        self.assertSeen(10, 7, 7)
        self.assertEqual(self._reserve("T", 99, {"group": "NET"}, channel="MKT")["promisable"], 7.0)
        self._reserve("A", 7, channel="MKT")
        self.assertEqual(
            self._reserve("T", 5, {"warehouse": "SHP"}, channel="MKT")["promisable"], 0.0
        )
        self.assertEqual(self._reserve("B", 8, {"group": "NET"}, channel="WEB")["state"], "held")

    def test_archived_channel_or_rule(self):
        rule = self._rule(self.web, 4)
        self.assertSeen(10, 6, 6)
        rule.active = False
        self.assertSeen(10, 10, 10)
        rule.active = True
        self.web.active = False
        self.assertEqual(self._reserve("T", 99)["promisable"], 10.0)
        with self.assertRaisesRegex(ValidationError, "WEB is archived"):
            self._reserve("T", 1, channel="WEB")
