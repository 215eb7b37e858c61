from datetime import datetime

from odoo.tests import freeze_time, tagged

from odoo.addons.inventory_visibility.tests.common import AvailabilityCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 11:30:00")
class TestStockAvailabilityExpiry(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milk = cls._create_product("Milk", tracking="lot", use_expiration_date=True)

    def _lot(self, quantity, warehouse=None, **dates):
        lot = self.env["stock.lot"].create(
            {"name": f"LOT {self.env['stock.lot'].search_count([])}", "product_id": self.milk.id}
        )
        lot.write({"expiration_date": False, "removal_date": False} | dates)
        self.env["stock.quant"]._update_available_quantity(
            self.milk, (warehouse or self.central).lot_stock_id, quantity, lot_id=lot
        )
        return lot

    def test_expired_lots_are_blocked(self):
        """Removal counts, not expiration; a lot without dates never expires."""
        self._lot(1, removal_date=datetime(2026, 3, 9), expiration_date=datetime(2026, 4, 1))
        self._lot(2, removal_date=datetime(2026, 3, 12), expiration_date=datetime(2026, 3, 1))
        self._lot(4, expiration_date=datetime(2026, 3, 9))
        self._lot(8, expiration_date=datetime(2026, 3, 12))
        self._lot(16)
        self.assertFigures(
            {"qty_on_hand": 31.0, "qty_blocked": 5.0, "qty_available": 26.0, "qty_atp": 26.0},
            product=self.milk,
        )

    def test_removal_day_is_that_of_the_warehouse(self):
        """11:30 UTC on the 10th is past midnight in Auckland: the lots of the 11th are over."""
        self.shop.partner_id = self.env["res.partner"].create(
            {"name": "Auckland", "tz": "Pacific/Auckland"}
        )
        for warehouse in self.central | self.shop:
            self._lot(3, warehouse, removal_date=datetime(2026, 3, 10, 18))
            self._lot(5, warehouse, removal_date=datetime(2026, 3, 11, 18))
        # 18:00 UTC on the 10th is the 11th in Auckland, and there it is the 11th already
        self.assertFigures({"qty_blocked": 3.0}, product=self.milk)
        self.assertFigures({"qty_blocked": 3.0}, product=self.milk, warehouse=self.shop)
        with freeze_time("2026-03-10 10:30:00"):  # 23:30 in Auckland
            self.assertFigures({"qty_blocked": 3.0}, product=self.milk)
            self.assertFigures({"qty_blocked": 0.0}, product=self.milk, warehouse=self.shop)

    def test_what_is_reserved_of_an_expired_lot_leaves_with_its_delivery(self):
        lot = self._lot(10)
        self._lot(1)
        self._deliver(self.central, 10, product=self.milk)._action_assign()
        lot.removal_date = datetime(2026, 3, 1)
        figures = self._get(self.milk)
        self.assertEqual(figures["qty_on_hand"], 11.0)
        self.assertEqual(figures["qty_available"], 1.0)
        self.assertEqual(
            figures["qty_on_hand"],
            figures["qty_available"] + figures["qty_reserved"] + figures["qty_blocked"],
        )

    def test_detail_tells_expiry(self):
        lot = self._lot(2, removal_date=datetime(2026, 3, 9))
        good = self._lot(3, expiration_date=datetime(2026, 3, 20))
        rows = self.availability._get_stock_detail(self.milk, self.central, by=("lot_id",))
        self.assertEqual(
            {row["lot_id"]: (row["on_hand"], row["blocked"], row["expiry"]) for row in rows},
            {
                lot.id: (2.0, 2.0, datetime(2026, 3, 9)),
                good.id: (3.0, 0.0, datetime(2026, 3, 20)),
            },
        )
        rows = self.availability._get_stock_detail(self.milk, self.central, by=("location_id",))
        self.assertNotIn("expiry", rows[0])
