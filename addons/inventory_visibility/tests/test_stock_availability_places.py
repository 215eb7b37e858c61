from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestStockAvailabilityPlaces(AvailabilityCommon):
    """Locations, groups and external places, which may overlap."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        location = cls.env["stock.location"]
        cls.bin = location.create({"name": "Bin", "location_id": cls.central.lot_stock_id.id})
        cls.vendor = cls.env["stock.external.place"].create(
            {"name": "Vendor", "code": "VENDOR", "kind": "supplier"}
        )
        cls.network = cls.env["stock.place.group"].create(
            {
                "name": "Network",
                "code": "NET",
                "warehouse_ids": [Command.set((cls.central | cls.shop).ids)],
                "location_ids": [Command.set(cls.bin.ids)],
                "external_place_ids": [Command.set(cls.vendor.ids)],
            }
        )

    def _figures(self, places, dates=None):
        found = self.availability._get_availability(self.product, places, dates)
        return [found[self.product.id, place.id] for place in places]

    def _state(self, quantity, days_ago=0):
        date = fields.Datetime.now() - timedelta(days=days_ago)
        return self.env["stock.external.quant"].create(
            {
                "place_id": self.vendor.id,
                "product_id": self.product.id,
                "quantity": quantity,
                "feed_date": date,
            }
        )

    # ------------------------------------------------------------------
    # Locations
    # ------------------------------------------------------------------

    def test_locations_hold_what_is_below_and_may_overlap(self):
        self._stock(3)
        self._stock(4, location=self.bin)
        stock, everything = self.central.lot_stock_id, self.central.view_location_id
        figures = self._figures(self.bin | stock | everything)
        self.assertEqual([one["qty_on_hand"] for one in figures], [4.0, 7.0, 7.0])

    def test_move_inside_of_a_location_counts_for_nothing(self):
        self._stock(5)
        self._move(self.central.lot_stock_id, self.bin, 2, days=1)
        inner, outer = self._figures(self.bin | self.central.lot_stock_id)
        self.assertEqual((inner["qty_incoming"], inner["qty_forecast"]), (2.0, 2.0))
        self.assertEqual((outer["qty_incoming"], outer["qty_outgoing"]), (0.0, 0.0))

    def test_what_is_reserved_in_a_bin_is_not_promised_there(self):
        """The delivery is planned from the stock location, and takes 3 of the bin's 4."""
        self._stock(4, location=self.bin)
        self._deliver(self.central, 3, days=5)._action_assign()
        [inner] = self._figures(self.bin)
        self.assertEqual((inner["qty_available"], inner["qty_atp"]), (1.0, 1.0))

    # ------------------------------------------------------------------
    # Groups
    # ------------------------------------------------------------------

    def test_group_counts_every_place_once(self):
        self._stock(3)
        self._stock(4, location=self.bin)
        self._stock(5, warehouse=self.shop)
        self._stock(7, warehouse=self.steps)
        [figures] = self._figures(self.network)
        self.assertEqual(figures["qty_on_hand"], 12.0)

    def test_move_inside_of_a_group_counts_for_nothing(self):
        self._stock(5)
        self._move(self.central.lot_stock_id, self.shop.lot_stock_id, 2, days=1)
        self._move(self.central.lot_stock_id, self.steps.lot_stock_id, 1, days=1)
        [figures] = self._figures(self.network)
        self.assertEqual((figures["qty_incoming"], figures["qty_outgoing"]), (0.0, 1.0))
        self.assertEqual(figures["qty_atp"], 4.0)

    def test_transit_between_members_is_the_groups(self):
        self._stock(8)
        self._resupply(5, days=3)
        moves = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        self._do(moves.filtered(lambda move: move.location_id == self.central.lot_stock_id))
        [figures] = self._figures(self.network)
        self.assertEqual((figures["qty_on_hand"], figures["qty_in_transit"]), (3.0, 5.0))
        self.assertEqual((figures["qty_incoming"], figures["qty_forecast"]), (5.0, 8.0))

    def test_group_has_what_is_held_and_kept_back_at_its_warehouses(self):
        self._stock(10)
        self._stock(10, warehouse=self.steps)
        for warehouse, quantity in ((self.central, 2), (self.steps, 1)):
            self.env["stock.safety.stock"].create(
                {
                    "product_id": self.product.id,
                    "warehouse_id": warehouse.id,
                    "quantity": quantity,
                }
            )
            self.env["stock.soft.reservation"].create(
                {
                    "reference": warehouse.code,
                    "company_id": self.company.id,
                    "product_id": self.product.id,
                    "warehouse_id": warehouse.id,
                    "quantity": quantity * 2,
                    "date_until": fields.Datetime.now() + timedelta(hours=1),
                }
            )
        [figures] = self._figures(self.network)
        self.assertEqual(figures["qty_safety_stock"], 2.0)
        self.assertEqual(figures["qty_soft_reserved"], 4.0)
        self.assertEqual(figures["qty_atp"], 4.0)

    def test_groups_may_overlap(self):
        other = self.network.copy({"warehouse_ids": [Command.set(self.central.ids)]})
        self._stock(3)
        self._stock(5, warehouse=self.shop)
        figures = self._figures(self.network | other)
        self.assertEqual([one["qty_on_hand"] for one in figures], [8.0, 3.0])

    # ------------------------------------------------------------------
    # External places
    # ------------------------------------------------------------------

    def test_external_stock_is_available_not_on_hand(self):
        quant = self._state(6, days_ago=1)
        self._stock(1)
        for place, available in ((self.vendor, 6.0), (self.network, 7.0)):
            [figures] = self._figures(place, [self._day(3)])
            with self.subTest(place=place):
                self.assertEqual(figures["qty_external"], 6.0)
                self.assertEqual(figures["external_as_of"], quant.feed_date)
                self.assertEqual(figures["qty_available"], available)
                self.assertEqual(figures["qty_atp"], available)
                self.assertEqual(figures["atp_by_date"], {self._day(3): available})
                self.assertEqual(figures["qty_on_hand"], available - 6.0)

    # ------------------------------------------------------------------
    # Detail
    # ------------------------------------------------------------------

    def test_detail_adds_up_to_the_figures(self):
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self._stock(3)
        self._stock(4, location=self.bin)
        self._stock(2, owner=owner)
        self.bin.availability_block = "quality"
        for places in (self.warehouses, self.bin, self.network):
            rows = self.availability._get_stock_detail(self.product, places)
            for place in places:
                own = [row for row in rows if row["place_id"] == place.id]
                figures = self._figures(place)[0]
                for name in ("on_hand", "reserved", "blocked"):
                    self.assertEqual(sum(row[name] for row in own), figures[f"qty_{name}"])
        rows = self.availability._get_stock_detail(self.product, self.central, by=("owner_id",))
        self.assertEqual(
            {row["owner_id"]: row["on_hand"] for row in rows}, {False: 7.0, owner.id: 2.0}
        )
        with self.assertRaises(ValueError):
            self.availability._get_stock_detail(self.product, self.central, by=("quantity",))

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_limited_user_gets_no_figure_of_another_warehouse(self):
        user = new_test_user(
            self.env,
            "limited",
            "inventory_visibility.group_inventory_visibility_user",
            availability_warehouse_ids=[Command.set(self.shop.ids)],
        )
        rows = self.availability.with_user(user)
        product = self.product.with_user(user)
        self.assertTrue(rows._get_availability(product, self.shop.with_user(user)))
        self.assertTrue(rows._get_availability(product, self.shop.lot_stock_id.with_user(user)))
        for place in (self.central, self.bin, self.network):
            for read in (
                rows._get_availability,
                rows._get_projection,
                rows._get_stock_detail,
            ):
                with self.subTest(place=place), self.assertRaises(AccessError):
                    read(product, place.with_user(user))
