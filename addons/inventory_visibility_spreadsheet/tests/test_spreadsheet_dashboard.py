import json

from odoo.fields import Domain
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_open

from odoo.addons.spreadsheet.utils.validate_data import fields_in_spreadsheet, odoo_charts


@tagged("post_install", "-at_install")
class TestBoard(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls.env.ref("inventory_visibility_spreadsheet.spreadsheet_dashboard_exceptions")
        cls.data = json.loads(cls.board.spreadsheet_data)
        cls.manager = new_test_user(cls.env, "board_manager", "stock.group_stock_manager")
        cls.keeper = new_test_user(cls.env, "board_keeper", "stock.group_stock_user")
        # what the database holds already must not mix with what a test looks for
        cls.env["stock.exception"].sudo().search([]).unlink()
        cls.warehouses = cls.env["stock.warehouse"].create(
            [{"name": "Board North", "code": "BDN"}, {"name": "Board South", "code": "BDS"}]
        )
        cls.products = cls.env["product.product"].create(
            [{"name": f"Board {name}", "is_storable": True} for name in "ABC"]
        )

    @classmethod
    def _exception(cls, product, warehouse, value, **values):
        return cls.env["stock.exception"].create(
            {
                "kind": "out_of_stock",
                "company_id": cls.env.company.id,
                "product_id": product.id,
                "warehouse_id": warehouse.id,
                "value": value,
                **values,
            }
        )

    def _read(self, name):
        """Return the rows of a pivot of the board as its formulas read them."""
        pivot = next(p for p in self.data["pivots"].values() if p["name"] == name)
        measures = [
            "__count"
            if measure["fieldName"] == "__count"
            else f"{measure['fieldName']}:{measure['aggregator']}"
            for measure in pivot["measures"]
        ]
        rows = [row["fieldName"] for row in pivot["rows"]]
        return (
            self.env[pivot["model"]]
            .with_user(self.manager)
            ._read_group(Domain(pivot["domain"]), rows, measures)
        )

    def _open(self, user):
        self.authenticate(user.login, user.login)
        response = self.url_open(f"/spreadsheet/dashboard/data/{self.board.id}")
        return response

    def test_models_and_fields_exist(self):
        """Odoo checks the data of a board where tests run; this says what it checks."""
        self.board._check_spreadsheet_data()
        for model, names in fields_in_spreadsheet(self.data).items():
            for name in names:
                self.assertIn(name.partition(".")[0], self.env[model]._fields)
        for menu in self.data["chartOdooMenusReferences"].values():
            self.assertTrue(self.env.ref(menu).action)

    def test_figures_are_those_of_open_exceptions(self):
        """Two open ones of 30 and 12, one of them critical; a closed one counts nowhere."""
        north, south = self.warehouses
        first, second, third = self.products
        self._exception(first, north, 30, severity="3", user_id=self.manager.id)
        self._exception(second, south, 12)
        self._exception(third, south, 500, state="closed")
        self.env.flush_all()
        self.assertEqual(self._read("Open exceptions"), [(2, 42.0)])
        self.assertEqual(self._read("Critical exceptions"), [(1,)])
        self.assertEqual(self._read("Exceptions without an owner"), [(1,)])
        self.assertEqual(sorted(self._read("Products")), [(first, 1, 30.0), (second, 1, 12.0)])
        owners = {owner.id: values for owner, *values in self._read("Owners")}
        self.assertEqual(owners, {self.manager.id: [1, 30.0], False: [1, 12.0]})

    def test_charts_can_be_read(self):
        self._exception(self.products[0], self.warehouses[0], 30)
        charts = odoo_charts(self.data)
        self.assertEqual(len(charts), 5)
        for chart in charts:
            meta = chart["metaData"]
            measure = meta["measure"]
            if measure != "__count":
                field = self.env[meta["resModel"]]._fields[measure]
                measure = f"{measure}:{field.aggregator}"
            rows = (
                self.env[meta["resModel"]]
                .with_user(self.manager)
                .formatted_read_group(chart["searchParams"]["domain"], meta["groupBy"], [measure])
            )
            with self.subTest(chart=chart["id"]):
                self.assertEqual(len(rows), 0 if meta["resModel"] == "stock.cycle.count" else 1)

    def test_sample_until_the_first_exception(self):
        sample = self._open(self.manager).json()
        self.assertTrue(sample["is_sample"])
        with file_open(self.board.sample_dashboard_file_path) as file:
            self.assertEqual(sample["snapshot"], json.load(file))
        self.assertFalse(odoo_charts(sample["snapshot"]), "a sample reads no record")
        self._exception(self.products[0], self.warehouses[0], 30)
        live = self._open(self.manager).json()
        self.assertNotIn("is_sample", live)
        self.assertEqual(set(live["snapshot"]["pivots"]), set(self.data["pivots"]))
        self.assertEqual(live["translation_namespace"], "inventory_visibility_spreadsheet")

    def test_for_those_who_see_the_value_of_stock(self):
        boards = self.env["spreadsheet.dashboard"]
        group = self.board.dashboard_group_id
        self.assertIn(self.board, boards.with_user(self.manager).search([]))
        self.assertNotIn(self.board, boards.with_user(self.keeper).search([]))
        self.assertEqual(
            group, self.env.ref("spreadsheet_dashboard.spreadsheet_dashboard_group_logistics")
        )

    def test_it_opens_in_the_browser(self):
        self._exception(self.products[0], self.warehouses[0], 30)
        self.start_tour(
            f"/odoo/dashboards?dashboard_id={self.board.id}",
            "inventory_visibility_spreadsheet_board",
            login="admin",
        )
