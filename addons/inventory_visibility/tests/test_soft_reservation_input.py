"""What the API refuses, and what it says."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_reservation import ReservationCommon


@tagged("post_install", "-at_install")
class TestReserveBadInput(ReservationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.other_warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other_company.id)]
        )
        cls.promiser = new_test_user(
            cls.env, "promiser", "inventory_visibility.group_inventory_visibility_reserve"
        )
        cls.viewer = new_test_user(
            cls.env, "viewer", "inventory_visibility.group_inventory_visibility_user"
        )

    def _assert_refused(self, message, user=None, **values):
        """The line is refused, and the good one before it is not reserved either."""
        good = self._line("GOOD")
        holds = self.holds.with_user(user or self.promiser)
        with self.assertRaisesRegex(ValidationError, message):
            holds.reserve([good, {**self._line("BAD"), **values}])
        self.assertFalse(self.holds.search([("reference", "in", ("GOOD", "BAD"))]))

    def test_quantities(self):
        for quantity, message in (
            (0, "must be above zero"),
            (-1, "must be above zero"),
            (0.001, "smallest quantity is 0.01 Units"),
            (1.005, "smallest quantity"),
            ("1", "give a number"),
            (True, "give a number"),
            (None, "give a number"),
            (float("nan"), "give a number"),
            (float("inf"), "give a number"),
            (1e300, "cannot be counted"),
        ):
            with self.subTest(quantity=quantity):
                self._assert_refused(rf"lines\[1\].quantity: .*{message}", quantity=quantity)

    def test_unknown_and_invisible_are_the_same(self):
        unknown = self.env["stock.warehouse"].search([], order="id desc", limit=1).id + 1000
        for warehouse in (unknown, self.other_warehouse.id):
            self._assert_refused(
                rf"lines\[1\].place: there is no {warehouse}, or you may not see it",
                place={"warehouse": warehouse},
            )
        hidden = self._create_product("Hidden", company_id=self.other_company.id)
        hidden.default_code = "HIDDEN"
        for product in ("HIDDEN", "NOTHING", hidden.id):
            self._assert_refused(
                rf"lines\[1\].product: there is no {product}, or you may not see it",
                product=product,
            )

    def test_places(self):
        for place in (
            {"warehouse": 1, "group": 2},
            {"shelf": 1},
            {"location": self.central.lot_stock_id.id},
            self.central.id,
            "CEN",
            {},
        ):
            with self.subTest(place=place):
                self._assert_refused(r"lines\[1\].place: a place is named by its kind", place=place)
        for key in (None, True, -1, 1.5, "", []):
            with self.subTest(key=key):
                self._assert_refused(r"lines\[1\].place: give an id", place={"warehouse": key})

    def test_archived(self):
        self.shop.active = False
        self._assert_refused(r"lines\[1\].place: SHP is archived", place={"warehouse": "SHP"})
        self._create_product("Old", default_code="OLD", active=False)
        self._assert_refused(r"lines\[1\].product: OLD is archived", product="OLD")
        # a code that an active product has as well means that one
        self._create_product("New", default_code="OLD")
        self.assertEqual(self._reserve("A", 1, place=None)["state"], "held")

    def test_products(self):
        service = self.env["product.product"].create({"name": "Service", "type": "service"})
        self._assert_refused(r"lines\[1\].product: the quantity of", product=service.id)
        self._create_product("Twin", default_code="CHAIR")
        self._assert_refused(r"lines\[1\].product: 2 records have the code", product="CHAIR")

    @freeze_time("2030-03-01 10:00:00")
    def test_dates(self):
        for values, message in (
            ({"date": "2030-02-28"}, "date: 2030-02-28 is past"),
            ({"date": "tomorrow"}, "date: give a date"),
            ({"date": 20300301}, "date: give a date"),
            ({"date_until": "2030-03-01T10:00:00Z"}, "date_until: .* is past"),
            ({"date_until": "2030-03-01T10:30:00+01:00"}, "date_until: .* is past"),
            ({"date_until": "later"}, "date_until: give a date and time"),
            ({"date_until": 5}, "date_until: give a date and time"),
        ):
            with self.subTest(values=values):
                self._assert_refused(rf"lines\[1\].{message}", **values)

    def test_keys(self):
        for values, message in (
            ({"reference": ""}, "reference: give a text"),
            ({"reference": 5}, "reference: give a text"),
            ({"reference": "x" * 201}, "reference: give a text"),
            ({"line": 0}, "line: give a number"),
            ({"line": "1"}, "line: give a number"),
            ({"qty": 1}, "qty is unknown"),
        ):
            with self.subTest(values=values):
                self._assert_refused(rf"lines\[1\].*{message}", **values)
        with self.assertRaisesRegex(ValidationError, r"lines\[0\]: product is missing"):
            self.holds.reserve([{"reference": "A"}])
        with self.assertRaisesRegex(ValidationError, r"lines\[0\]: give an object"):
            self.holds.reserve(["A"])
        with self.assertRaisesRegex(ValidationError, "lines: give a list"):
            self.holds.reserve({"reference": "A"})
        with self.assertRaisesRegex(ValidationError, "together: choose one of"):
            self.holds.reserve([self._line()], together="all")
        with self.assertRaisesRegex(ValidationError, r"channel\[0\]: there is no X"):
            self.holds.reserve([self._line()], channel="X")
        with self.assertRaisesRegex(ValidationError, r"lines\[1\]: this line .* twice"):
            self.holds.reserve([self._line("A", line=2), self._line("A", line=2)])

    def test_one_company_a_call(self):
        self._stock(5, warehouse=self.other_warehouse)
        other = {"warehouse": self.other_warehouse.id}
        with self.assertRaisesRegex(ValidationError, r"lines\[1\].place: all places"):
            self.holds.reserve([self._line("A"), self._line("B", place=other)])
        with self.assertRaisesRegex(ValidationError, "the channel is of another company"):
            self.holds.reserve([self._line("B", place=other)], channel="WEB")
        answer = self.holds.reserve([self._line("B", place=other)])[0]
        self.assertEqual(self.holds.browse(answer["id"]).company_id, self.other_company)

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.holds.with_user(self.viewer).reserve([self._line()])
        answer = self.holds.with_user(self.promiser).reserve([self._line()])[0]
        self.assertEqual(answer["state"], "held")
        for call in (
            lambda holds: holds.consume("A"),
            lambda holds: holds.release("A"),
            lambda holds: holds.browse(answer["id"]).action_release(),
        ):
            with self.assertRaises(AccessError):
                call(self.holds.with_user(self.viewer))
        record = self.holds.with_user(self.promiser).browse(answer["id"])
        with self.assertRaises(AccessError):
            record.write({"quantity": 1000})
        with self.assertRaises(AccessError):
            record.unlink()
        with self.assertRaises(AccessError):
            record.create({"reference": "X"})

    def test_reservations_of_another_company(self):
        self._stock(5, warehouse=self.other_warehouse)
        self._reserve("OTHER", 1, place={"warehouse": self.other_warehouse.id})
        for reference in ("OTHER", "NOTHING"):
            with self.assertRaisesRegex(ValidationError, f"reference: there is no {reference}"):
                self.holds.with_user(self.promiser).release(reference)
