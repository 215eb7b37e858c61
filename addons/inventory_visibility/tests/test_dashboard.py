from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import AvailabilityCommon


class DashboardCommon(AvailabilityCommon):
    """Three products of a category of their own, so that other data does not count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env["stock.availability.dashboard"]
        cls.category = cls.env["product.category"].create({"name": "Dashboard"})
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.anvil = cls._create_product(
            "Anvil",
            default_code="DASH-1",
            categ_id=cls.category.id,
            standard_price=10,
            seller_ids=[(0, 0, {"partner_id": cls.vendor.id})],
        )
        cls.bolt = cls._create_product(
            "Bolt", default_code="DASH-2", categ_id=cls.category.id, standard_price=2
        )
        cls.clamp = cls._create_product(
            "Clamp", default_code="DASH-3", categ_id=cls.category.id, standard_price=1
        )
        cls.products = cls.anvil | cls.bolt | cls.clamp
        cls._stock(4, product=cls.anvil)
        cls._stock(6, product=cls.anvil, warehouse=cls.shop)
        cls._stock(50, product=cls.bolt)
        # two more than there are will leave in three days
        cls._move(cls.central.lot_stock_id, cls.customer, 6, days=3, product=cls.anvil)

    @classmethod
    def _filters(cls, *conditions):
        return {
            "domain": [
                ("categ_id", "=", cls.category.id),
                ("warehouse_id", "in", cls.warehouses.ids),
                *conditions,
            ]
        }

    def _matrix(self, *conditions, **values):
        return self.dashboard.get_matrix(self._filters(*conditions), **values)

    def _figures(self, *conditions):
        return {
            figure["name"]: figure
            for figure in self.dashboard.get_figures(self._filters(*conditions))
        }

    def _names(self, matrix):
        return [row["name"].rpartition(" ")[2] for row in matrix["rows"]]

    def _value(self, matrix, cell, name):
        return cell[matrix["columns"].index(name)]


@tagged("post_install", "-at_install")
class TestDashboardMatrix(DashboardCommon):
    def test_page_of_products_in_places(self):
        matrix = self._matrix()
        self.assertEqual(self._names(matrix), ["Anvil", "Bolt", "Clamp"])
        self.assertEqual([place["id"] for place in matrix["places"]], self.warehouses.ids)
        self.assertEqual((matrix["count"], matrix["count_limited"]), (3, False))
        anvil = matrix["rows"][0]
        on_hand = [self._value(matrix, cell, "qty_on_hand") for cell in anvil["cells"]]
        self.assertEqual(on_hand, [4.0, 0.0, 6.0])
        self.assertEqual(self._value(matrix, anvil["cells"][0], "state"), "short")
        self.assertEqual(self._value(matrix, anvil["cells"][0], "qty_atp"), -2.0)

    def test_totals(self):
        """Of a row over the places, of the page over the products, which all are in units."""
        matrix = self._matrix()
        self.assertEqual(self._value(matrix, matrix["rows"][0]["total"], "qty_on_hand"), 10.0)
        totals = matrix["totals"]
        self.assertEqual(totals["uom"], self.unit.name)
        self.assertEqual(
            [self._value(matrix, cell, "qty_on_hand") for cell in totals["cells"]],
            [54.0, 0.0, 6.0],
        )
        self.assertEqual(self._value(matrix, totals["total"], "qty_on_hand"), 60.0)

    def test_several_units_have_no_total(self):
        self.clamp.uom_id = self.dozen
        self.assertIsNone(self._matrix()["totals"])

    def test_figures_are_those_of_availability(self):
        matrix = self._matrix()
        figures = self.availability._get_availability(self.products, self.warehouses)
        for row in matrix["rows"]:
            for place, cell in zip(matrix["places"], row["cells"], strict=True):
                expected = figures[row["id"], place["id"]]
                self.assertEqual(cell, [expected[name] for name in matrix["columns"]])

    def test_pages(self):
        pages = [self._matrix(offset=offset, limit=2) for offset in (0, 2, 4)]
        self.assertEqual([self._names(page) for page in pages], [["Anvil", "Bolt"], ["Clamp"], []])
        self.assertEqual([page["count"] for page in pages], [3, 3, 3])

    def test_order(self):
        place = {"place_id": self.central.id}
        for order, expected in (
            ({"field": "product", "desc": True}, ["Clamp", "Bolt", "Anvil"]),
            ({"field": "category"}, ["Anvil", "Bolt", "Clamp"]),
            ({"field": "qty_on_hand", "desc": True}, ["Bolt", "Anvil", "Clamp"]),
            ({"field": "qty_on_hand", **place}, ["Clamp", "Anvil", "Bolt"]),
            ({"field": "qty_atp", **place}, ["Anvil", "Clamp", "Bolt"]),
            ({"field": "qty_outgoing", "desc": True}, ["Anvil", "Bolt", "Clamp"]),
            # only the anvil has a date; the others come after it either way
            ({"field": "shortage_date", "desc": True}, ["Anvil", "Bolt", "Clamp"]),
            ({"field": "state"}, ["Anvil", "Bolt", "Clamp"]),
        ):
            with self.subTest(order=order):
                self.assertEqual(self._names(self._matrix(order=order)), expected)

    def test_pages_in_the_order_of_a_figure_miss_nothing(self):
        order = {"field": "qty_in_transit", "desc": True}  # all are zero: ids decide
        pages = [self._matrix(order=order, offset=offset, limit=1) for offset in range(3)]
        self.assertEqual([self._names(page) for page in pages], [["Anvil"], ["Bolt"], ["Clamp"]])

    def test_filters(self):
        for condition, expected in (
            (("product_id", "ilike", "bolt"), ["Bolt"]),
            (("product_id", "in", self.clamp.ids), ["Clamp"]),
            (("product_id.default_code", "=", "DASH-1"), ["Anvil"]),
            (("supplier_id", "=", self.vendor.id), ["Anvil"]),
            (("supplier_id", "ilike", "vend"), ["Anvil"]),
            (("state", "=", "short"), ["Anvil"]),
            (("qty_on_hand", ">", 5), ["Anvil", "Bolt"]),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(self._names(self._matrix(condition)), expected)

    def test_filter_of_a_place_leaves_its_column(self):
        matrix = self.dashboard.get_matrix(
            {"domain": [("categ_id", "=", self.category.id), ("warehouse_id", "ilike", "Shop")]}
        )
        self.assertEqual([place["name"] for place in matrix["places"]], ["Shop"])
        # the anvil is short in the central warehouse, not here
        self.assertEqual(
            self._names(
                self.dashboard.get_matrix(
                    {
                        "domain": [
                            ("categ_id", "=", self.category.id),
                            ("warehouse_id", "=", self.shop.id),
                            ("state", "=", "short"),
                        ]
                    }
                )
            ),
            [],
        )

    def test_mixed_condition_is_not_taken_apart(self):
        """Product or figure: neither part alone may restrict."""
        matrix = self._matrix("|", ("product_id", "=", self.clamp.id), ("qty_on_hand", "=", 50))
        self.assertEqual(self._names(matrix), ["Bolt", "Clamp"])

    def test_abc_classes(self):
        """10 anvils at 10 are 100 of 121 (A); 10 bolts at 2 the next 20 (B); a clamp 1 (C)."""
        for product, quantity in ((self.anvil, 10), (self.bolt, 10), (self.clamp, 1)):
            self._stock(quantity, product=product, warehouse=self.steps)
            self._do(self._move(self.steps.lot_stock_id, self.customer, quantity, product=product))
        self.env.flush_all()
        classes = self.availability._get_abc_classes()
        known = {product: classes[product.id] for product in self.products}
        if set(classes) == set(self.products.ids):  # nothing else is in demand in this database
            self.assertEqual(known, {self.anvil: "A", self.bolt: "B", self.clamp: "C"})
        for name in "ABC":
            expected = [p.name for p in self.products if known[p] == name]
            self.assertEqual(self._names(self._matrix(("abc_class", "in", [name]))), expected)
        rows = self.availability.search(
            [("abc_class", "=", known[self.anvil]), ("categ_id", "=", self.category.id)]
        )
        self.assertIn(self.anvil, rows.product_id)
        self.assertEqual(
            set(rows.filtered(lambda row: row.product_id == self.anvil).mapped("abc_class")),
            {known[self.anvil]},
        )

    def test_never_demanded_is_c(self):
        self.assertEqual(
            self._names(self._matrix(("abc_class", "in", ["C"]))), ["Anvil", "Bolt", "Clamp"]
        )
        self.assertEqual(self._names(self._matrix(("abc_class", "in", ["A", "B"]))), [])

    def test_vendors_of_the_panel(self):
        other = self.env["res.partner"].create({"name": "No vendor"})
        found = self.availability.search_panel_select_multi_range("supplier_id", expand=True)
        ids = {value["id"] for value in found["values"]}
        self.assertIn(self.vendor.id, ids)
        self.assertNotIn(other.id, ids)

    def test_clear_errors(self):
        for values in (
            {"filters": {"domain": [("nothing", "=", 1)]}},
            {"filters": {"domain": "x"}},
            {"order": {"field": "no_such_column"}},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.dashboard.get_matrix(**values)

    def test_page_costs_the_same_whatever_its_size(self):
        self._matrix(limit=1)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self._matrix(limit=1)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self._matrix(limit=3)

    def test_opening_it_changes_nothing(self):
        """All that the screen asks for runs in a transaction that cannot write."""
        self.env.flush_all()
        self.env.invalidate_all()
        search_view = self.env.ref("inventory_visibility.stock_availability_dashboard_view_search")
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            self.availability.get_views([(search_view.id, "search")], {"load_filters": True})
            self.availability.search_panel_select_range("categ_id", expand=True)
            for name in (
                "warehouse_id",
                "place_group_id",
                "external_place_id",
                "abc_class",
                "supplier_id",
            ):
                self.availability.search_panel_select_multi_range(name, expand=True)
            for kind in self.dashboard.get_place_kinds():
                self.dashboard.get_matrix({"place_kind": kind["name"]}, limit=80)
            self.dashboard.get_figures({})
            self.dashboard.get_cell(self.anvil.id, self.central.id)
            savepoint.rollback()

    def test_read_methods_are_declared_readonly(self):
        for name in ("get_place_kinds", "get_matrix", "get_figures", "get_cell"):
            self.assertTrue(getattr(type(self.dashboard), name)._readonly, name)


@tagged("post_install", "-at_install")
class TestDashboardRights(DashboardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = new_test_user(
            cls.env, "viewer", "inventory_visibility.group_inventory_visibility_user"
        )
        cls.keeper = new_test_user(cls.env, "keeper", "stock.group_stock_user")
        cls.employee = new_test_user(cls.env, "employee", "base.group_user")

    def test_employee_sees_nothing(self):
        dashboard = self.dashboard.with_user(self.employee)
        for method, args in (
            ("get_place_kinds", ()),
            ("get_matrix", ()),
            ("get_figures", ()),
            ("get_cell", (self.anvil.id, self.central.id)),
            ("open_figure", ("on_hand",)),
            ("open_cell_action", ("product", self.anvil.id, self.central.id)),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(dashboard, method)(*args)

    def test_viewer_sees_figures_but_no_lists_without_their_rights(self):
        dashboard = self.dashboard.with_user(self.viewer)
        self.assertEqual(dashboard.get_matrix(self._filters())["count"], 3)
        cell = dashboard.get_cell(self.anvil.id, self.central.id)
        self.assertIsNone(cell["moves"])
        self.assertIsNone(cell["lots"])
        self.assertEqual([action["name"] for action in cell["actions"]], ["product"])
        with self.assertRaises(UserError):
            dashboard.open_cell_action("count", self.anvil.id, self.central.id)

    def test_only_managers_see_money(self):
        for user, kind in (
            (self.viewer, "quantity"),
            (self.keeper, "quantity"),
            (self.env.ref("base.user_admin"), "monetary"),
        ):
            figures = self.dashboard.with_user(user).get_figures(self._filters())
            with self.subTest(user=user.login):
                self.assertEqual(figures[0]["kind"], kind)

    def test_another_company_is_out_of_sight(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        self._stock(7, product=self.bolt, warehouse=warehouse)
        dashboard = self.dashboard.with_user(self.viewer)
        domain = [("categ_id", "=", self.category.id)]
        places = {place["id"] for place in dashboard.get_matrix({"domain": domain})["places"]}
        self.assertNotIn(warehouse.id, places)
        self.assertEqual(dashboard.get_figures({"domain": domain})[0]["value"], 60.0)
        with self.assertRaises(UserError) as unseen:
            dashboard.get_cell(self.bolt.id, warehouse.id)
        with self.assertRaises(UserError) as missing:
            dashboard.get_cell(self.bolt.id, 2**30)
        self.assertEqual(str(unseen.exception), str(missing.exception))

    def test_user_limited_to_a_warehouse(self):
        self.viewer.availability_warehouse_ids = self.shop
        dashboard = self.dashboard.with_user(self.viewer)
        matrix = dashboard.get_matrix(self._filters())
        self.assertEqual([place["id"] for place in matrix["places"]], self.shop.ids)
        self.assertEqual(dashboard.get_figures(self._filters())[0]["value"], 6.0)
        with self.assertRaises(UserError):
            dashboard.get_cell(self.anvil.id, self.central.id)
