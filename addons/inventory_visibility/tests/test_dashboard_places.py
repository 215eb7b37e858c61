import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .test_dashboard import DashboardCommon


@tagged("post_install", "-at_install")
class TestDashboardPlaces(DashboardCommon):
    """Columns that are location groups, locations or external places."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.central.lot_stock_id.id}
        )
        cls._stock(3, product=cls.bolt, location=cls.shelf)
        cls.depot = cls.env["stock.external.place"].create({"name": "Depot", "code": "DASH-DEPOT"})
        cls.store = cls.env["stock.external.place"].create({"name": "Store", "code": "DASH-STORE"})
        now = fields.Datetime.now()
        cls.env["stock.external.quant"].create(
            [
                {
                    "place_id": place.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    "feed_date": now,
                }
                for place, product, quantity in (
                    (cls.depot, cls.anvil, 20),
                    (cls.store, cls.anvil, 5),
                    (cls.store, cls.clamp, 7),
                )
            ]
        )
        cls.depot.last_feed_date = now - timedelta(days=3)
        cls.store.last_feed_date = now
        cls.north, cls.south = cls.env["stock.place.group"].create(
            [
                {
                    "name": "North",
                    "code": "DASH-N",
                    "warehouse_ids": [(6, 0, (cls.central | cls.shop).ids)],
                    "external_place_ids": [(6, 0, cls.depot.ids)],
                },
                {
                    "name": "South",
                    "code": "DASH-S",
                    "warehouse_ids": [(6, 0, cls.shop.ids)],
                    "location_ids": [(6, 0, cls.shelf.ids)],
                },
            ]
        )
        cls.groups = cls.north | cls.south

    def _places(self, kind, *conditions, **values):
        """Return the matrix of the three products with columns of a kind."""
        domain = [("categ_id", "=", self.category.id), *conditions]
        return self.dashboard.get_matrix({"domain": domain, "place_kind": kind}, **values)

    def _groups(self, *conditions, **values):
        return self._places(
            "group", ("place_group_id", "in", self.groups.ids), *conditions, **values
        )

    def _column(self, matrix, name, product=0):
        return [self._value(matrix, cell, name) for cell in matrix["rows"][product]["cells"]]

    # what the columns are

    def test_groups_have_what_their_places_have(self):
        """North: 4 + 6 anvils and 20 stated; South: 6 in the shop, and the shelf has none."""
        matrix = self._groups()
        self.assertEqual([place["id"] for place in matrix["places"]], self.groups.ids)
        self.assertEqual(self._column(matrix, "qty_on_hand"), [10.0, 6.0])
        self.assertEqual(self._column(matrix, "qty_external"), [20.0, 0.0])
        self.assertEqual(self._column(matrix, "qty_available"), [30.0, 6.0])
        # 53 bolts in the central warehouse, 3 of them on the shelf
        self.assertEqual(self._column(matrix, "qty_on_hand", product=1), [53.0, 3.0])

    def test_groups_that_share_places_have_no_total(self):
        matrix = self._groups()
        self.assertEqual([row["total"] for row in matrix["rows"]], [None] * 3)
        self.assertIsNone(matrix["totals"]["total"])
        # but the page of one group adds up: 10 anvils and 53 bolts
        self.assertEqual(self._value(matrix, matrix["totals"]["cells"][0], "qty_on_hand"), 63.0)

    def test_external_places_have_what_they_state(self):
        matrix = self._places(
            "external_place", ("external_place_id", "in", (self.depot | self.store).ids)
        )
        self.assertEqual(
            [place["id"] for place in matrix["places"]], [self.depot.id, self.store.id]
        )
        self.assertEqual([place["stale"] for place in matrix["places"]], [True, False])
        self.assertEqual(self._column(matrix, "qty_external"), [20.0, 5.0])
        self.assertEqual(self._column(matrix, "qty_on_hand"), [0.0, 0.0])
        # nothing is in two of them, so they add up
        total = matrix["rows"][0]["total"]
        self.assertEqual(self._value(matrix, total, "qty_available"), 25.0)

    def test_locations_have_what_lies_below_them(self):
        stock = self.central.lot_stock_id
        matrix = self._places("location", ("location_id", "child_of", stock.id))
        self.assertEqual([place["id"] for place in matrix["places"]], [stock.id, self.shelf.id])
        self.assertEqual(self._column(matrix, "qty_on_hand", product=1), [53.0, 3.0])
        self.assertIsNone(matrix["rows"][1]["total"])

    def test_figures_are_those_of_availability(self):
        matrix = self._groups()
        figures = self.availability._get_availability(self.products, self.groups)
        for row in matrix["rows"]:
            for place, cell in zip(matrix["places"], row["cells"], strict=True):
                expected = figures[row["id"], place["id"]]
                self.assertEqual(cell, [expected[name] for name in matrix["columns"]])

    def test_kinds_are_offered_where_there_is_one(self):
        names = [kind["name"] for kind in self.dashboard.get_place_kinds()]
        self.assertEqual(names, ["warehouse", "group", "location", "external_place"])
        self.env["stock.place.group"].search([]).active = False
        self.assertNotIn("group", [kind["name"] for kind in self.dashboard.get_place_kinds()])

    def test_unknown_kind(self):
        for kind in ("planet", 5, ["group"]):
            with self.subTest(kind=kind), self.assertRaises(UserError):
                self._places(kind)

    # facets, filters and order

    def test_a_group_as_facet_leaves_its_warehouses(self):
        matrix = self._places("warehouse", ("place_group_id", "=", self.south.id))
        self.assertEqual(
            {place["id"] for place in matrix["places"]}, {self.shop.id, self.central.id}
        )
        matrix = self._places("warehouse", ("place_group_id", "ilike", "DASH-N"))
        self.assertEqual(
            {place["id"] for place in matrix["places"]}, {self.shop.id, self.central.id}
        )

    def test_a_warehouse_as_facet_leaves_the_groups_that_have_it(self):
        names = {
            place["id"] for place in self._groups(("warehouse_id", "=", self.shop.id))["places"]
        }
        self.assertEqual(names, set(self.groups.ids))
        matrix = self._groups(("warehouse_id", "=", self.steps.id))
        self.assertEqual(matrix["places"], [])
        self.assertEqual(len(matrix["rows"]), 3)

    def test_condition_on_figures_is_one_on_those_of_the_columns(self):
        """No warehouse has more than 20 anvils, the group has, with what the depot states."""
        more = ("qty_available", ">", 20)
        product = ("product_id", "=", self.anvil.id)
        self.assertEqual(self._names(self._groups(more, product)), ["Anvil"])
        self.assertEqual(self._names(self._places("warehouse", more, product)), [])
        # short in its warehouse (4 for 6), not in a group that has 30
        short = ("state", "=", "short")
        self.assertEqual(self._names(self._places("warehouse", short)), ["Anvil"])
        self.assertEqual(self._names(self._groups(short)), [])

    def test_order_by_a_figure_of_a_column(self):
        for place, expected in (
            # anvils, bolts, clamps: 30, 53, 0 in the north and 6, 3, 0 in the south
            (self.north, ["Bolt", "Anvil", "Clamp"]),
            (self.south, ["Anvil", "Bolt", "Clamp"]),
        ):
            order = {"field": "qty_available", "desc": True, "place_id": place.id}
            with self.subTest(place=place.name):
                self.assertEqual(self._names(self._groups(order=order)), expected)
        order = {"field": "qty_external", "desc": True, "place_id": self.store.id}
        matrix = self._places("external_place", order=order)
        self.assertEqual(self._names(matrix), ["Clamp", "Anvil", "Bolt"])
        # what warehouses do not have cannot be sorted by there
        with self.assertRaises(UserError):
            self._places("warehouse", order={"field": "qty_external"})

    def test_a_page_is_one_statement_whatever_its_size(self):
        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._groups(limit=limit)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(3))

    def test_the_strip_counts_warehouses_whatever_the_columns_are(self):
        """The groups' warehouses have 10 anvils of 10 and 53 bolts of 2."""
        domain = [("categ_id", "=", self.category.id), ("place_group_id", "=", self.north.id)]
        for kind in ("warehouse", "group"):
            filters = {"domain": domain, "place_kind": kind}
            figures = {f["name"]: f for f in self.dashboard.get_figures(filters)}
            self.assertEqual(figures["on_hand"]["value"], 206.0)
            action = self.dashboard.open_figure("on_hand", filters)
            found = self.availability.search(action["domain"])
            self.assertEqual(sum(found.mapped("qty_on_hand")), 63.0)
        filters = {
            "domain": [
                ("categ_id", "=", self.category.id),
                ("external_place_id", "=", self.depot.id),
            ],
            "place_kind": "external_place",
        }
        action = self.dashboard.open_figure("on_hand", filters)
        found = self.availability.search(action["domain"])
        self.assertEqual(sum(found.mapped("qty_on_hand")), 63.0)

    def test_export_of_groups(self):
        """A column per group and none that would add them up."""
        file = io.BytesIO()
        domain = [
            ("categ_id", "=", self.category.id),
            ("place_group_id", "in", self.groups.ids),
        ]
        self.dashboard._write_workbook(
            file, {"domain": domain, "place_kind": "group"}, figure="qty_external"
        )
        matrix, about = load_workbook(file).worksheets
        rows = list(matrix.iter_rows(values_only=True))
        self.assertEqual(rows[0][4:], ("[DASH-N] North", "[DASH-S] South"))
        self.assertEqual(rows[1][1:2] + rows[1][4:], ("Anvil", 20, 0))
        lines = dict(about.iter_rows(values_only=True))
        self.assertEqual(
            (lines["Columns"], lines["Figure"]), ("Location Groups", "Stated Elsewhere")
        )

    # the drawer

    def test_cell_of_a_group(self):
        """10 on hand, of which 6 are planned to leave, and 20 stated by the depot."""
        cell = self.dashboard.get_cell(self.anvil.id, self.north.id, "group")
        self.assertEqual(cell["on_hand"], 10.0)
        self.assertEqual(cell["stated"]["quantity"], 20.0)
        self.assertEqual(sum(line["quantity"] for line in cell["states"]), 30.0)
        self.assertEqual([move["quantity"] for move in cell["moves"]["lines"]], [6.0])
        self.assertFalse(cell["moves"]["lines"][0]["incoming"])
        # 30 until the delivery in three days, 24 from then on
        self.assertEqual([step["balance"] for step in cell["projection"]], [30.0, 24.0])
        self.assertIn("30.00 Units available", cell["explanation"])
        self.assertEqual([action["name"] for action in cell["actions"]], ["count", "product"])
        count = self.dashboard.open_cell_action("count", self.anvil.id, self.north.id, "group")
        found = self.env["stock.quant"].search(count["domain"])
        self.assertEqual(found.location_id, self.central.lot_stock_id | self.shop.lot_stock_id)

    def test_cell_of_a_location(self):
        cell = self.dashboard.get_cell(self.bolt.id, self.shelf.id, "location")
        self.assertEqual(cell["on_hand"], 3.0)
        count = self.dashboard.open_cell_action("count", self.bolt.id, self.shelf.id, "location")
        self.assertEqual(count["context"]["default_location_id"], self.shelf.id)
        self.assertEqual(self.env["stock.quant"].search(count["domain"]).mapped("quantity"), [3.0])

    def test_cell_of_an_external_place(self):
        cell = self.dashboard.get_cell(self.anvil.id, self.depot.id, "external_place")
        self.assertEqual(cell["on_hand"], 0.0)
        self.assertEqual(cell["stated"]["quantity"], 20.0)
        self.assertTrue(cell["stated"]["as_of"])
        self.assertEqual([action["name"] for action in cell["actions"]], ["stated", "product"])
        action = self.dashboard.open_cell_action(
            "stated", self.anvil.id, self.depot.id, "external_place"
        )
        found = self.env["stock.external.quant"].search(action["domain"])
        self.assertEqual(found.mapped("quantity"), [20.0])

    # rights

    def test_a_limited_user_sees_groups_and_locations_of_the_own_warehouses_only(self):
        viewer = new_test_user(
            self.env, "places", "inventory_visibility.group_inventory_visibility_user"
        )
        viewer.availability_warehouse_ids = self.shop
        own = self.env["stock.place.group"].create(
            {"name": "Own", "code": "DASH-O", "warehouse_ids": [(6, 0, self.shop.ids)]}
        )
        dashboard = self.dashboard.with_user(viewer)
        matrix = dashboard.get_matrix({"place_kind": "group"}, limit=1)
        self.assertEqual([place["id"] for place in matrix["places"]], own.ids)
        with self.assertRaises(UserError):
            dashboard.get_cell(self.anvil.id, self.north.id, "group")
        matrix = dashboard.get_matrix({"place_kind": "location"}, limit=1)
        found = self.env["stock.location"].browse([place["id"] for place in matrix["places"]])
        self.assertEqual(found.warehouse_id, self.shop)
        with self.assertRaises(UserError):
            dashboard.get_cell(self.bolt.id, self.shelf.id, "location")

    def test_another_company_is_out_of_sight(self):
        company = self.env["res.company"].create({"name": "Places Company"})
        group = self.env["stock.place.group"].create(
            {"name": "Away", "code": "DASH-A", "company_id": company.id}
        )
        viewer = new_test_user(
            self.env, "places", "inventory_visibility.group_inventory_visibility_user"
        )
        dashboard = self.dashboard.with_user(viewer)
        places = dashboard.get_matrix({"place_kind": "group"}, limit=1)["places"]
        self.assertNotIn(group.id, [place["id"] for place in places])
        with self.assertRaises(UserError):
            dashboard.get_cell(self.anvil.id, group.id, "group")
