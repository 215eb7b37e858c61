from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_reservation import ReservationCommon


@tagged("post_install", "-at_install")
class TestAvailabilityApi(ReservationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.barcode = "4006381333931"
        cls._stock(5, warehouse=cls.shop)
        cls.network = cls.env["stock.place.group"].create(
            {
                "name": "Network",
                "code": "NET",
                "warehouse_ids": [(6, 0, (cls.central | cls.shop).ids)],
            }
        )
        cls.outside = cls.env["stock.external.place"].create({"name": "3PL", "code": "3PL"})
        cls.viewer = new_test_user(
            cls.env, "viewer", "inventory_visibility.group_inventory_visibility_user"
        )

    def _get_rows(self, *args, user=None, **kwargs):
        return self.availability.with_user(user or self.viewer).get_availability(*args, **kwargs)

    def test_every_kind_of_place(self):
        places = [
            {"warehouse": "CEN"},
            {"location": "CEN/Stock"},
            {"location": self.shop.lot_stock_id.id},
            {"group": "NET"},
            {"external_place": "3PL"},
        ]
        rows = self._get_rows(["CHAIR", "4006381333931", self.product.id], places)
        self.assertEqual(len(rows), 15)
        self.assertEqual([row["place"] for row in rows[:5]], places)
        self.assertEqual(
            [row["product"] for row in rows[::5]], ["CHAIR", "4006381333931", self.product.id]
        )
        self.assertEqual([row["qty_on_hand"] for row in rows[:5]], [10.0, 10.0, 5.0, 15.0, 0.0])
        self.assertEqual({row["uom"] for row in rows}, {"Units"})
        self.assertRegex(rows[0]["as_of"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        self.assertNotIn("promisable", rows[0])

    def test_some_figures(self):
        """A caller gets the figures he names, as they are among all of them."""
        places = [{"warehouse": "CEN"}, {"external_place": "3PL"}]
        every = self._get_rows(["CHAIR"], places)
        some = self._get_rows(["CHAIR"], places, figures=["qty_available", "qty_external"])
        named = {"product", "place", "product_id", "place_id", "uom", "as_of", "qty_available"}
        self.assertEqual([set(row) for row in some], [named, named | {"qty_external"}])
        for row, whole in zip(some, every, strict=True):
            self.assertEqual(row["qty_available"], whole["qty_available"])
        # what no place of the call has, or is in every answer, is no figure to compute
        [row] = self._get_rows(["CHAIR"], places[:1], figures=["qty_external"])
        self.assertEqual(set(row), named - {"qty_available"})
        with self.assertRaisesRegex(ValidationError, r"figures\[1\]: choose from qty_on_hand"):
            self._get_rows(["CHAIR"], places, figures=["qty_free", "id"])
        with self.assertRaisesRegex(ValidationError, "figures: choose from qty_on_hand"):
            self._get_rows(["CHAIR"], places, figures=[])

    def test_dates(self):
        """10 here; 4 leave in two days, 20 arrive in five: 6 now, 26 from the fifth day on."""
        with freeze_time("2030-03-01 10:00:00"):
            self._deliver(self.central, 4, days=2)
            self._receive(self.central, 20, days=5)
            [row] = self._get_rows(
                ["CHAIR"],
                [{"warehouse": "CEN"}],
                dates=["2030-03-06", "2030-03-01", "2030-03-05"],
                channel="WEB",
            )
            self.assertEqual(
                row["atp_by_date"], {"2030-03-01": 6.0, "2030-03-05": 6.0, "2030-03-06": 26.0}
            )
            self.assertEqual(row["promisable_by_date"], row["atp_by_date"])
            self.assertEqual(row["promisable"], 6.0)
            for dates, message in (
                (["2030-03-01", "2030-02-28"], r"dates\[1\]: 2030-02-28 is past"),
                (["soon"], r"dates\[0\]: give a date"),
                ([None], r"dates\[0\]: None is past"),
                ("2030-03-01", "dates: give a list"),
            ):
                with self.subTest(dates=dates), self.assertRaisesRegex(ValidationError, message):
                    self._get_rows(["CHAIR"], [{"warehouse": "CEN"}], dates=dates)

    def test_what_a_channel_may_promise(self):
        """15 in the network, 12 of them held there: 3 are left in each; 1 is the market's."""
        self._reserve("A", 12, {"group": "NET"})
        self.env["stock.channel.allocation"].create(
            {"channel_id": self.market.id, "amount": 1, "warehouse_id": self.shop.id}
        )
        places = [
            {"warehouse": "CEN"},
            {"warehouse": "SHP"},
            {"group": "NET"},
            {"location": "CEN/Stock"},
        ]
        for channel, expected in (("WEB", [2.0, 2.0, 2.0, None]), ("MKT", [3.0, 3.0, 3.0, None])):
            rows = self._get_rows(["CHAIR"], places, channel=channel)
            self.assertEqual([row["promisable"] for row in rows], expected)

    def test_bad_input(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        hidden = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        good = {"warehouse": "CEN"}
        for products, places, message in (
            ("CHAIR", [good], "products: give a list"),
            (["CHAIR"], good, "places: give a list"),
            (["CHAIR", "X"], [good], r"products\[1\]: there is no X, or you may not see it"),
            (
                ["CHAIR"],
                [good, {"warehouse": hidden.id}],
                rf"places\[1\]: there is no {hidden.id},",
            ),
            (["CHAIR"], [{"group": "X"}], r"places\[0\]: there is no X"),
            (["CHAIR"], [good, {"shelf": 1}], r"places\[1\]: a place is named by its kind"),
        ):
            with self.subTest(message=message), self.assertRaisesRegex(ValidationError, message):
                self._get_rows(products, places)
        self.assertEqual(self._get_rows([], [good]), [])
        self.assertEqual(self._get_rows(["CHAIR"], []), [])

    def test_stock_by_lot_owner_and_location(self):
        """5 of A and 3 of B, of which 2 belong to a consignor, and 4 in a damaged zone."""
        product = self._create_product("Jar", default_code="JAR", tracking="lot")
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("A", "B")]
        )
        owner = self.env["res.partner"].create({"name": "Consignor"})
        damaged = self.env["stock.location"].create(
            {
                "name": "Broken",
                "location_id": self.central.lot_stock_id.id,
                "availability_block": "damaged",
            }
        )
        stock = self.env["stock.quant"]._update_available_quantity
        stock(product, self.central.lot_stock_id, 5, lot_id=lots[0])
        stock(product, self.central.lot_stock_id, 1, lot_id=lots[1])
        stock(product, self.central.lot_stock_id, 2, lot_id=lots[1], owner_id=owner)
        stock(product, damaged, 4, lot_id=lots[1])
        call = self.availability.with_user(self.viewer).get_stock_detail
        rows = call(["JAR"], [{"warehouse": "CEN"}], ["lot"])
        self.assertEqual(
            [(r["lot"]["name"], r["on_hand"], r["reserved"], r["blocked"]) for r in rows],
            [("A", 5.0, 0.0, 0.0), ("B", 7.0, 0.0, 4.0)],
        )
        self.assertEqual(
            (rows[0]["product"], rows[0]["place"], rows[0]["uom"]),
            ("JAR", {"warehouse": "CEN"}, "Units"),
        )
        self.assertTrue(rows[0]["as_of"])
        rows = call(["JAR"], [{"location": self.central.lot_stock_id.id}], ["owner", "location"])
        self.assertCountEqual(
            [(r["owner"] and r["owner"]["name"], r["location"]["id"], r["on_hand"]) for r in rows],
            [
                (False, self.central.lot_stock_id.id, 6.0),
                ("Consignor", self.central.lot_stock_id.id, 2.0),
                (False, damaged.id, 4.0),
            ],
        )
        rows = call(["JAR", "CHAIR"], [{"warehouse": "SHP"}, {"warehouse": "CEN"}], ["package"])
        self.assertEqual(
            [(r["product"], r["place"], r["package"], r["on_hand"]) for r in rows],
            [
                ("JAR", {"warehouse": "CEN"}, False, 12.0),
                ("CHAIR", {"warehouse": "SHP"}, False, 5.0),
                ("CHAIR", {"warehouse": "CEN"}, False, 10.0),
            ],
        )

    def test_bad_input_of_the_detail(self):
        call = self.availability.with_user(self.viewer).get_stock_detail
        for places, by, message in (
            ([{"warehouse": "CEN"}], ["lot", "colour"], r"by\[1\]: choose from lot, package"),
            ([{"warehouse": "CEN"}], [], "by: choose from lot, package, owner, location"),
            ([{"warehouse": "CEN"}], "lot", "by: give a list"),
            ([{"warehouse": "CEN"}], [5], r"by\[0\]: choose from"),
            ([{"external_place": "X"}], ["lot"], r"places\[0\]: a place is named by its kind"),
        ):
            with self.subTest(message=message), self.assertRaisesRegex(ValidationError, message):
                call(["CHAIR"], places, by)
        self.viewer.availability_warehouse_ids = self.shop
        with self.assertRaisesRegex(ValidationError, "or you may not see it"):
            call(["CHAIR"], [{"warehouse": "CEN"}], ["lot"])
        employee = new_test_user(self.env, "clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.availability.with_user(employee).get_stock_detail(["CHAIR"], [], ["lot"])

    def test_rights(self):
        employee = new_test_user(self.env, "employee", "base.group_user")
        with self.assertRaises(AccessError):
            self._get_rows(["CHAIR"], [{"warehouse": "CEN"}], user=employee)
        self.viewer.availability_warehouse_ids = self.shop
        [row] = self._get_rows(["CHAIR"], [{"warehouse": "SHP"}])
        self.assertEqual(row["qty_on_hand"], 5.0)
        for place in ({"warehouse": "CEN"}, {"group": "NET"}):
            with self.assertRaisesRegex(ValidationError, "or you may not see it"):
                self._get_rows(["CHAIR"], [place])

    def test_queries_do_not_grow_with_products_and_places(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "is_storable": True} for n in range(40)]
        )
        places = [{"warehouse": w.id} for w in self.warehouses]
        self.env.flush_all()

        def count(some, places):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            rows = self._get_rows(some.ids, places, channel="WEB")
            self.assertEqual(len(rows), len(some) * len(places))
            return self.cr.sql_log_count - before

        count(products[:1], places[:1])
        self.assertLessEqual(count(products, places), count(products[:2], places[:2]))
