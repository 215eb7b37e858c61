from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.inventory_visibility.tests.common_exception import ExceptionCommon


@tagged("post_install", "-at_install")
class TestExpiringUnsold(ExceptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milk = cls._create_product("Milk", tracking="lot", use_expiration_date=True)
        cls.milk.standard_price = 2

    def _stock_lot(self, name, quantity, days):
        lot = self.env["stock.lot"].create({"name": name, "product_id": self.milk.id})
        lot.expiration_date = self.now + timedelta(days=days)
        self.env["stock.quant"]._update_available_quantity(
            self.milk, self.central.lot_stock_id, quantity, lot_id=lot
        )
        return lot

    def test_without_demand_everything_is_lost(self):
        lot = self._stock_lot("A", 5, 30)
        self._stock_lot("B", 5, 91)
        self._look("expiring_unsold")
        self.assertRecordValues(
            self._found("expiring_unsold", self.milk),
            [{"lot_id": lot.id, "quantity": 5, "value": 10, "state": "open"}],
        )

    def test_first_expired_first_sold(self):
        """At 1 a day: 5 of A's 10 are lost on day 5; B has 15 days for 10, C 1 day for 4."""
        self._stock_lot("A", 90, 1)
        sold = self._move(self.central.lot_stock_id, self.customer, 90, product=self.milk)
        self._do(sold)
        self._backdate(sold, 5)
        first = self._stock_lot("X", 10, 5)
        self._stock_lot("Y", 10, 20)
        last = self._stock_lot("Z", 4, 21)
        self._look("expiring_unsold")
        found = self._found("expiring_unsold", self.milk)
        self.assertEqual(found.mapped("lot_id"), first)
        self.assertAlmostEqual(found.quantity, 5, 2)
        self.assertNotIn(last, found.lot_id)
        self.env["stock.quant"]._update_available_quantity(
            self.milk, self.central.lot_stock_id, -6, lot_id=first
        )
        self._look("expiring_unsold")
        self.assertEqual(found.state, "closed")
