from lxml import etree

from odoo.tests import HttpCase, tagged
from odoo.tools.safe_eval import safe_eval

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestStockAvailabilityScreen(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action = cls.env.ref("inventory_visibility.stock_availability_action")
        cls.enough = cls._create_product("Enough")
        cls._stock(100, product=cls.enough)
        cls._stock(2)
        cls._deliver(cls.central, 5, days=3)

    def _row(self, product=None):
        product = product or self.product
        return self.availability.search(
            [("product_id", "=", product.id), ("warehouse_id", "=", self.central.id)]
        )

    def _get_specification(self, view_type):
        """Return what the web client asks for to show a view."""
        arch = self.availability.get_view(view_type=view_type)["arch"]
        return {
            node.get("name"): {"fields": {"display_name": {}}}
            if self.availability._fields[node.get("name")].relational
            else {}
            for node in etree.fromstring(arch).iter("field")
            if node.get("name") in self.availability._fields
        }

    def _get_default_domain(self):
        """Return the domain of the filters that the action opens with."""
        context = safe_eval(self.action.context)
        view = etree.fromstring(self.action.search_view_id.arch)
        names = [key.removeprefix("search_default_") for key in context]
        domain = []
        for name in names:
            (node,) = view.xpath(f"//filter[@name='{name}']")
            domain += safe_eval(node.get("domain"))
        return domain

    def test_opens_on_what_is_short(self):
        menu = self.env.ref("inventory_visibility.menu_stock_availability")
        self.assertEqual(menu.action, self.action)
        self.assertEqual(
            menu.complete_name, "Inventory/Visibility/Availability", "where the guide says it is"
        )
        rows = self.availability.search(self._get_default_domain())
        self.assertIn(self._row(), rows)
        self.assertFalse(rows.filtered(lambda row: row.state not in ("short", "out")))

    def test_worst_first(self):
        rows = self.availability.search([("product_id", "in", (self.product | self.enough).ids)])
        self.assertEqual(rows[0], self._row())
        self.assertEqual(rows.mapped("severity"), sorted(rows.mapped("severity")))

    def test_opening_it_changes_nothing(self):
        """Everything that the screen asks for runs in a transaction that cannot write."""
        self.env.flush_all()
        domain = self._get_default_domain()
        specification = self._get_specification("list")
        form = self._get_specification("form")
        row = self._row()
        self.env.invalidate_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            found = self.availability.web_search_read(domain, specification, limit=80)
            self.assertTrue(found["records"])
            row.web_read(form)
            for field in ("state", "warehouse_id"):
                self.availability.search_panel_select_multi_range(
                    field, enable_counters=True, search_domain=domain
                )
            self.availability.search_panel_select_range("categ_id", search_domain=domain)
            self.availability.web_read_group(domain, ["warehouse_id"], ["qty_on_hand:sum"])
            self.availability.formatted_read_group(
                domain, ["categ_id", "warehouse_id"], ["qty_available:sum", "__count"]
            )
            savepoint.rollback()

    def test_list_in_few_queries(self):
        """The rows, their number, and the names of products, warehouses, units and companies."""
        specification = self._get_specification("list")
        self.availability.web_search_read([], specification, limit=2)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(14):
            self.availability.web_search_read([], specification, limit=2)

    def test_explanations(self):
        explanation = self._row().explanation
        self.assertIn("3.00 Units are missing", explanation)
        self.assertEqual(
            self._row(self.enough).explanation,
            "100.00 Units on hand, but no demand in the demand window and nothing planned"
            " to leave.",
        )
        self._move(self.central.lot_stock_id, self.customer, 10, product=self.enough)
        self.env.invalidate_all()
        self.assertEqual(
            self._row(self.enough).explanation,
            "100.00 Units available and no recent demand.",
        )

    def test_explanation_of_what_is_out(self):
        lamp = self._create_product("Lamp")
        self._stock(3, product=lamp)
        self._do(self._move(self.central.lot_stock_id, self.customer, 3, product=lamp))
        self.assertEqual(self._row(lamp).state, "out")
        self.assertIn("no receipt is planned", self._row(lamp).explanation)
        self._receive(self.central, 5, days=4, product=lamp)
        self.env.invalidate_all()
        self.assertIn("next receipt is planned for", self._row(lamp).explanation)
        self._receive(self.central, 5, days=-4, product=lamp)
        self.env.invalidate_all()
        self.assertIn("is overdue", self._row(lamp).explanation)

    def test_every_state_has_an_explanation(self):
        for state, _label in self.availability._fields["state"].selection:
            with self.subTest(state=state):
                row = self.availability.new(
                    {"state": state, "shortage_date": self._day(1), "uom_id": self.unit.id}
                )
                self.assertTrue(row._get_explanation())

    def test_planned_moves_are_those_of_the_figures(self):
        self._receive(self.central, 4, days=8)
        self._move(self.central.lot_stock_id, self.central.wh_output_stock_loc_id, 1)
        self._resupply(2, days=9)
        row = self._row()
        moves = row.open_move_ids
        self.assertEqual(moves.mapped("product_qty"), [5.0, 4.0, 2.0], "in order of date")
        arriving = moves.filtered(lambda move: move.location_id == self.supplier)
        self.assertEqual(sum(arriving.mapped("product_qty")), row.qty_incoming)
        self.assertEqual(sum((moves - arriving).mapped("product_qty")), row.qty_outgoing)

    def test_planned_moves_outside_of_warehouses(self):
        yard = self.env["stock.location"].create(
            {"name": "Yard", "usage": "internal", "location_id": False}
        )
        move = self._move(yard, self.central.lot_stock_id, 1)
        row = self.availability.search(
            [("product_id", "=", self.product.id), ("warehouse_id", "=", False)]
        )
        self.assertEqual(row.open_move_ids, move)

    def test_buttons_lead_on(self):
        row = self._row()
        for name in (
            "action_view_forecast",
            "action_view_moves",
            "action_view_quants",
            "action_view_product",
        ):
            with self.subTest(button=name):
                action = getattr(row, name)()
                self.assertTrue(action["type"].startswith("ir.actions."))
                if action.get("domain"):
                    self.assertTrue(self.env[action["res_model"]].search(action["domain"]))
        self.assertEqual(row.action_view_forecast()["context"]["warehouse_id"], self.central.id)


@tagged("post_install", "-at_install")
class TestStockAvailabilityTour(AvailabilityCommon, HttpCase):
    def test_tour(self):
        """From the Inventory app to a short product, its reason, and the forecast report."""
        self.product.name = "Tour chair"
        self._stock(2)
        self._deliver(self.central, 5, days=3)
        self.start_tour("/odoo", "inventory_visibility_short", login="admin")
