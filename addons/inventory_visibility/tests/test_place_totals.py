from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestPlaceTotals(AvailabilityCommon):
    NAMES = ("on_hand", "reserved", "blocked", "safety_stock", "available")

    def _totals(self, places=None, uom=None):
        totals = self.availability._get_place_totals(places)
        uom = uom or self.unit
        return {
            place_id: tuple(figures[name] for name in self.NAMES)
            for (place_id, uom_id), figures in totals.items()
            if uom_id == uom.id
        }

    def test_totals_by_place_and_unit(self):
        """10 chairs, 4 of them reserved; 5 tables, 2 in a damaged corner; 3 kg of nails."""
        table = self._create_product("Table")
        kilogram = self.env.ref("uom.product_uom_kgm")
        nails = self._create_product("Nails", uom_id=kilogram.id)
        corner = self.env["stock.location"].create(
            {
                "name": "Corner",
                "location_id": self.central.lot_stock_id.id,
                "availability_block": "damaged",
            }
        )
        self._stock(10)
        self._move(self.central.lot_stock_id, self.customer, 4)._action_assign()
        self._stock(3, product=table)
        self._stock(2, product=table, location=corner)
        self._stock(3, product=nails)
        self._stock(7, warehouse=self.shop)
        self.env["stock.safety.stock"].create(
            {"product_id": table.id, "warehouse_id": self.central.id, "quantity": 1}
        )
        warehouses = self.central | self.shop
        self.assertEqual(
            self._totals(warehouses),
            {self.central.id: (15, 4, 2, 1, 8), self.shop.id: (7, 0, 0, 0, 7)},
        )
        self.assertEqual(self._totals(warehouses, kilogram), {self.central.id: (3, 0, 0, 0, 3)})
        self.assertEqual(self._totals(corner), {corner.id: (2, 0, 2, 0, 0)})
        group = self.env["stock.place.group"].create(
            {"name": "Both", "code": "BOTH", "warehouse_ids": warehouses.ids}
        )
        self.assertEqual(self._totals(group), {group.id: (22, 4, 2, 1, 15)})
        everywhere = self._totals()
        self.assertEqual(everywhere[self.shop.id], (7, 0, 0, 0, 7))

    def test_totals_of_own_warehouses(self):
        user = new_test_user(self.env, "totals", "stock.group_stock_user")
        user.availability_warehouse_ids = self.shop
        self._stock(7, warehouse=self.shop)
        self._stock(9, warehouse=self.central)
        mine = self.availability.with_user(user)
        self.assertEqual({place for place, _uom in mine._get_place_totals()}, {self.shop.id})
        with self.assertRaises(AccessError):
            mine._get_place_totals(self.central.with_user(user))
