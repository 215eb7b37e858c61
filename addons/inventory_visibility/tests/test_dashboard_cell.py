import io
import json
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import quote, urlencode

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from ..models import stock_availability_bus
from .test_dashboard import DashboardCommon


@tagged("post_install", "-at_install")
class TestDashboardFigures(DashboardCommon):
    def test_stock(self):
        """10 anvils at 10 and 50 bolts at 2; nothing of it is reserved or under way."""
        figures = self._figures()
        self.assertEqual(figures["on_hand"]["value"], 200.0)
        self.assertEqual(figures["on_hand"]["kind"], "monetary")
        self.assertEqual(figures["available"]["value"], 200.0)
        self.assertEqual(figures["in_transit"]["value"], 0.0)
        self.assertEqual(figures["on_hand"]["detail"], "2 products")

    def test_consigned_stock_has_no_value(self):
        self._stock(5, product=self.bolt, owner=self.vendor)
        self.assertEqual(self._figures()["on_hand"]["value"], 200.0)

    def test_shortage(self):
        """The anvil has 4 and promised 6: it will run out. The clamp is out."""
        self._move(self.central.lot_stock_id, self.customer, 1, product=self.clamp)
        self._receive(self.central, 1, product=self.clamp)
        figures = self._figures()
        self.assertEqual(figures["stock_outs"]["value"], 1)
        self.assertEqual(figures["stock_outs_projected"]["value"], 1)
        self.assertEqual(figures["stock_outs"]["tone"], "danger")

    def test_many_pairs_are_not_counted_while_one_waits(self):
        """Beyond the limit the exceptions count, with the moment of their last run."""
        path = "odoo.addons.inventory_visibility.models.stock_availability_dashboard_shortages"
        kinds = self.env["stock.exception.kind"].search([])
        with patch(f"{path}.LIVE_PAIRS", 2):
            kinds.last_run_date = False
            self.assertIsNone(self._figures()["stock_outs"]["value"])
            moment = fields.Datetime.now() - timedelta(hours=2)
            kinds.last_run_date = moment
            figure = self._figures()["stock_outs"]
            self.assertEqual((figure["value"], figure["as_of"]), (0, moment))

    def test_overdue(self):
        self._receive(self.central, 5, days=1, product=self.bolt)
        picking = self.env["stock.picking"].search([("product_id", "=", self.bolt.id)])
        figures = self._figures()
        self.assertEqual(figures["overdue_receipts"]["value"], 0)
        picking.scheduled_date = fields.Datetime.now() - timedelta(days=1)
        self.env.flush_all()
        figures = self._figures()
        self.assertEqual(figures["overdue_receipts"]["value"], 1)
        self.assertEqual(figures["overdue_transfers"]["value"], 0)
        action = self.dashboard.open_figure("overdue_receipts", self._filters())
        self.assertEqual(self.env["stock.picking"].search(action["domain"]), picking)

    def test_each_figure_opens_what_it_counts(self):
        figures = self._figures()
        for name, figure in figures.items():
            with self.subTest(figure=name):
                action = self.dashboard.open_figure(name, self._filters())
                found = self.env[action["res_model"]].search(action["domain"])
                if name in ("stock_outs", "stock_outs_projected"):
                    self.assertEqual(len(found), figure["value"])
        with self.assertRaises(UserError):
            self.dashboard.open_figure("nothing")


@tagged("post_install", "-at_install")
class TestDashboardCell(DashboardCommon):
    def _cell(self, product=None, place=None):
        return self.dashboard.get_cell((product or self.anvil).id, (place or self.central).id)

    def test_states_add_up_to_what_is_on_hand(self):
        self.anvil.stock_quant_ids.location_id.availability_block = False
        move = self._move(self.central.lot_stock_id, self.customer, 1, product=self.bolt)
        move._action_assign()
        self.env["stock.safety.stock"].create(
            {"product_id": self.bolt.id, "warehouse_id": self.central.id, "quantity": 8}
        )
        cell = self._cell(self.bolt)
        states = {line["name"]: line["quantity"] for line in cell["states"]}
        self.assertEqual(states["qty_reserved"], 1.0)
        self.assertEqual(states["qty_safety_stock"], 8.0)
        self.assertEqual(states["qty_available"], 41.0)
        self.assertEqual(sum(states.values()), cell["on_hand"])

    def test_projection_and_moves(self):
        self._receive(self.central, 10, days=5, product=self.anvil)
        cell = self._cell()
        self.assertEqual([step["balance"] for step in cell["projection"]], [4.0, -2.0, 8.0])
        self.assertEqual([step["atp"] for step in cell["projection"]], [-2.0, -2.0, 8.0])
        self.assertEqual(
            [(line["incoming"], line["quantity"]) for line in cell["moves"]["lines"]],
            [(False, 6.0), (True, 10.0)],
        )
        self.assertIn("2.00", cell["explanation"])

    def test_lots_that_expire_first_come_first(self):
        milk = self._create_product("Milk", tracking="lot")
        for name in ("late", "soon"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": milk.id})
            if "expiration_date" in lot._fields:
                days = {"late": 20, "soon": 3}[name]
                lot.expiration_date = fields.Datetime.now() + timedelta(days=days)
            self.env["stock.quant"]._update_available_quantity(
                milk, self.central.lot_stock_id, 5, lot_id=lot
            )
        lots = self._cell(milk)["lots"]
        self.assertEqual(lots["count"], 2)
        if "expiration_date" in self.env["stock.lot"]._fields:
            self.assertEqual([line["name"] for line in lots["lines"]], ["soon", "late"])

    def test_unknown_cell(self):
        for product, place in ((2**30, self.central.id), ("1", self.central.id), (None, None)):
            with self.subTest(product=product), self.assertRaises(UserError):
                self.dashboard.get_cell(product, place)

    def test_transfer_here(self):
        """Two are missing in the central warehouse; the shop has most of them to give."""
        action = self.dashboard.open_cell_action("transfer", self.anvil.id, self.central.id)
        picking = self.env["stock.picking"].with_context(**action["context"])
        form = Form(picking)
        record = form.save()
        self.assertEqual(record.location_id, self.shop.lot_stock_id)
        self.assertEqual(record.location_dest_id, self.central.lot_stock_id)
        self.assertEqual(record.move_ids.product_id, self.anvil)
        self.assertEqual(record.move_ids.product_uom_qty, 2.0)

    def test_actions_open(self):
        for action in self._cell()["actions"]:
            with self.subTest(action=action["name"]):
                found = self.dashboard.open_cell_action(
                    action["name"], self.anvil.id, self.central.id
                )
                self.assertTrue(found["type"].startswith("ir.actions."))
        count = self.dashboard.open_cell_action("count", self.anvil.id, self.central.id)
        quants = self.env["stock.quant"].search(count["domain"])
        self.assertEqual(quants.mapped("quantity"), [4.0])


@tagged("post_install", "-at_install")
class TestDashboardBus(DashboardCommon):
    def setUp(self):
        super().setUp()
        stock_availability_bus._told.clear()
        self.addCleanup(stock_availability_bus._told.clear)
        self.env.cr.precommit.clear()
        self.env.cr.postcommit.clear()

    def _commit(self):
        """Run what a commit runs; return the companies that were told."""
        self.env.flush_all()
        with patch.object(type(self.env["bus.bus"]), "_sendone") as send:
            self.env.cr.precommit.run()
        self.env.cr.postcommit.run()
        return [call.args[2]["company_ids"] for call in send.call_args_list]

    def test_told_once_then_silent_for_a_while(self):
        self._move(self.central.lot_stock_id, self.customer, 1, product=self.bolt)
        self.assertEqual(self._commit(), [[self.company.id]])
        self._move(self.central.lot_stock_id, self.customer, 1, product=self.bolt)
        self.assertEqual(self._commit(), [])
        later = stock_availability_bus.time.monotonic() + stock_availability_bus.QUIET_SECONDS
        with patch.object(stock_availability_bus.time, "monotonic", return_value=later):
            self._move(self.central.lot_stock_id, self.customer, 1, product=self.bolt)
            self.assertEqual(self._commit(), [[self.company.id]])

    def test_what_does_not_change_stock_tells_nothing(self):
        move = self._move(self.central.lot_stock_id, self.customer, 1, product=self.bolt)
        self._commit()
        stock_availability_bus._told.clear()
        move.origin = "A note"
        self.assertEqual(self._commit(), [])

    def test_rolled_back_told_nobody(self):
        self._move(self.central.lot_stock_id, self.customer, 1, product=self.bolt)
        self.env.flush_all()
        with patch.object(type(self.env["bus.bus"]), "_sendone"):
            self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()  # as a rollback does
        self._move(self.central.lot_stock_id, self.customer, 1, product=self.bolt)
        self.assertEqual(self._commit(), [[self.company.id]])


@tagged("post_install", "-at_install")
class TestDashboardExport(DashboardCommon, HttpCase):
    def _export(self, **values):
        file = io.BytesIO()
        self.dashboard._write_workbook(file, self._filters(), **values)
        return load_workbook(file)

    def test_matrix(self):
        book = self._export(figure="qty_on_hand", order={"field": "qty_on_hand", "desc": True})
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        self.assertEqual(rows[0][4:], ("Central", "Steps", "Shop", "All Places"))
        self.assertEqual(
            [(row[0], row[1], *row[4:]) for row in rows[1:]],
            [
                ("DASH-2", "Bolt", 50, 0, 0, 50),
                ("DASH-1", "Anvil", 4, 0, 6, 10),
                ("DASH-3", "Clamp", 0, 0, 0, 0),
            ],
        )
        about = dict(book.worksheets[1].iter_rows(values_only=True))
        self.assertEqual(about["Figure"], "On Hand")
        self.assertEqual(about["Exported by"], self.env.user.display_name)
        self.assertEqual(about["Products"], "3")

    def test_names_are_no_formulas(self):
        names = ["=1+1", "+1", "-1", "@x", '=HYPERLINK("http://example.com")', "http://example.com"]
        for product, name in zip(self.products, names[:3], strict=True):
            product.name = name
        self.category.name = names[4]
        sheet = self._export().worksheets[0]
        for row in sheet.iter_rows(min_row=2, max_col=4):
            for cell in row:
                self.assertIn(cell.data_type, ("s", "inlineStr", "n"), cell.value)
                self.assertIsNone(cell.hyperlink)
                if cell.data_type == "n":
                    self.assertIsNone(cell.value)
        self.assertEqual(
            {row[1] for row in sheet.iter_rows(min_row=2, values_only=True)}, set(names[:3])
        )

    def test_every_batch_is_written(self):
        path = "odoo.addons.inventory_visibility.models.stock_availability_dashboard_export"
        with patch(f"{path}.BATCH", 2):
            sheet = self._export().worksheets[0]
        self.assertEqual(sheet.max_row, 4)

    def test_dates_and_states(self):
        sheet = self._export(figure="shortage_date").worksheets[0]
        self.assertEqual(sheet["E2"].value.date(), self._day(3))
        self.assertIsNone(sheet["E3"].value)
        self.assertEqual(self._export(figure="state").worksheets[0]["E2"].value, "Short")

    def test_too_many_rows_and_unknown_figures_are_refused(self):
        path = "odoo.addons.inventory_visibility.models.stock_availability_dashboard_export"
        with patch(f"{path}.MAX_ROWS", 2), self.assertRaises(UserError):
            self._export()
        with self.assertRaises(UserError):
            self._export(figure="standard_price")

    def test_over_http(self):
        self.authenticate("admin", "admin")
        url = "/inventory_visibility/dashboard/xlsx?domain=[]&figure=qty_on_hand"
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        load_workbook(io.BytesIO(response.content))
        self.assertEqual(self.url_open(url.replace("[]", "x")).status_code, 400)

    def test_over_http_without_the_right(self):
        new_test_user(self.env, "employee", "base.group_user")
        self.authenticate("employee", "employee")
        response = self.url_open("/inventory_visibility/dashboard/xlsx")
        self.assertNotEqual(response.status_code, 200)
        self.assertNotIn("spreadsheetml", response.headers["Content-Type"])


@tagged("post_install", "-at_install")
class TestDashboardTour(DashboardCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the first column is the first warehouse
        cls.first = cls.env["stock.warehouse"].search([], limit=1)
        cls.chair = cls._create_product("Tour chair")
        cls._stock(2, product=cls.chair, warehouse=cls.first)
        cls._move(cls.first.lot_stock_id, cls.customer, 5, days=3, product=cls.chair)

    def test_from_the_menu_to_a_cell_and_on(self):
        self.start_tour("/odoo", "inventory_visibility_dashboard", login="admin")

    def test_each_figure_of_the_strip_opens_its_list(self):
        self.start_tour(
            "/odoo/inventory-dashboard", "inventory_visibility_dashboard_strip", login="admin"
        )

    def test_an_address_survives_a_reload(self):
        search = json.dumps([["field", "product_id", "Tour chair", "ilike", "Tour chair"]])
        query = urlencode(
            {
                "search": search,
                "figure": "qty_on_hand",
                "sort": f"qty_on_hand.{self.first.id}.desc",
                "cell": f"{self.chair.id}-{self.first.id}",
            },
            quote_via=quote,
        )
        self.start_tour(
            f"/odoo/inventory-dashboard?{query}",
            "inventory_visibility_dashboard_link",
            login="admin",
        )

    def test_columns_are_chosen_and_pinned(self):
        """What the columns are is in the address, and in what a user pins."""
        self.env["stock.place.group"].create(
            {"name": "Tour network", "code": "TOUR", "warehouse_ids": [(6, 0, self.first.ids)]}
        )
        self.start_tour(
            "/odoo/inventory-dashboard", "inventory_visibility_dashboard_columns", login="admin"
        )
        pinned = self.env["ir.filters"].search(
            [("model_id", "=", "stock.availability"), ("name", "=", "Pinned view")]
        )
        self.assertEqual(pinned.user_ids, self.env.ref("base.user_admin"))
        self.assertIn("'kind': 'group'", pinned.context)
        self.assertTrue(pinned.is_default)
        self.start_tour(
            "/odoo/inventory-dashboard", "inventory_visibility_dashboard_pinned", login="admin"
        )
