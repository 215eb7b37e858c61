from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:00:00")
class TestSourcing(PromiseCommon):
    """A line shipped from several warehouses, through its life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.depot = cls._create_warehouse("Depot", "DEP")

    def _split(self, line, *shares):
        line._set_sourcing([(warehouse, quantity, False) for warehouse, quantity in shares])

    def _get_planned(self, line):
        """Return what is planned or delivered by warehouse, returns deducted."""
        result = {}
        for move in line.move_ids.filtered(lambda move: move.state != "cancel"):
            if move.location_id.usage == "internal":
                place = move.location_id.warehouse_id
                result[place] = result.get(place, 0) + move.product_uom_qty
        return result

    def _get_transfers(self, line):
        return self.env["stock.move"].search([("sale_sourcing_id", "in", line.sourcing_ids.ids)])

    def _get_deliveries(self, line, warehouse):
        return line.move_ids.filtered(lambda move: move.location_id.warehouse_id == warehouse)

    def test_each_share_ships_from_its_warehouse(self):
        self._stock(6)
        self._stock(9, warehouse=self.shop)
        order = self._order(10)
        line = order.order_line
        self._split(line, (self.central, 6), (self.shop, 4))
        self.assertEqual(line.available_status, "on_time")
        order.action_confirm()
        self.assertEqual(self._get_planned(line), {self.central: 6, self.shop: 4})
        self.assertEqual(len(order.picking_ids), 2)
        self.assertEqual(line.promise_date, self._day(0))
        self.assertEqual(
            line.promise_reason.split("\n"),
            [
                "Central, 03/02/2026: 6.00 Units in stock and not promised to anybody else.",
                "Shop, 03/02/2026: 4.00 Units in stock and not promised to anybody else.",
            ],
        )

    def test_shares_follow_the_quantity_of_a_quotation(self):
        line = self._order(10).order_line
        self._split(line, (self.central, 6), (self.shop, 4))
        line.product_uom_qty = 12
        self.assertEqual(line.sourcing_ids.mapped("quantity"), [8, 4])
        line.product_uom_qty = 9
        self.assertEqual(line.sourcing_ids.mapped("quantity"), [8, 1])
        line.product_uom_qty = 8
        self.assertEqual(line.sourcing_ids.warehouse_id, self.central)

    def test_another_product_or_unit_has_no_shares(self):
        line = self._order(24).order_line
        self._split(line, (self.central, 12), (self.shop, 12))
        line.product_uom_id = self.dozen
        self.assertFalse(line.sourcing_ids)
        self._split(line, (self.shop, 24))
        line.product_id = self._create_product("Table")
        self.assertFalse(line.sourcing_ids)
        self.assertEqual(line.warehouse_id, self.central)

    def test_quantity_changes_after_confirmation(self):
        order = self._order(10)
        line = order.order_line
        self._split(line, (self.central, 6), (self.shop, 4))
        order.action_confirm()
        line.product_uom_qty = 13
        self.assertEqual(self._get_planned(line), {self.central: 9, self.shop: 4})
        line.product_uom_qty = 7
        self.assertEqual(self._get_planned(line), {self.central: 7})
        self.assertEqual(line.sourcing_ids.mapped("quantity"), [7])

    def test_changes_with_deliveries_in_several_steps(self):
        order = self._order(10)
        line = order.order_line
        self._split(line, (self.steps, 6), (self.shop, 4))
        order.action_confirm()
        line.product_uom_qty = 12
        self.assertEqual(self._get_planned(line), {self.steps: 8, self.shop: 4})

    def test_partial_delivery_and_backorder(self):
        self._stock(6)
        self._stock(4, warehouse=self.depot)
        order = self._order(10)
        line = order.order_line
        self._split(line, (self.central, 6), (self.depot, 4))
        order.action_confirm()
        self._do(self._get_deliveries(line, self.depot), 3)
        self.assertEqual(line.qty_delivered, 3)
        line.product_uom_qty = 11
        self.assertEqual(self._get_planned(line), {self.central: 7, self.depot: 4})
        self._do(self._get_deliveries(line, self.central), 7)
        self.assertEqual(line.qty_delivered, 10)
        self.assertEqual(line.qty_to_deliver, 1)

    def test_less_than_a_warehouse_has_delivered_already(self):
        """The depot has delivered its 4; the 3 that the customer takes less are Central's."""
        self._stock(4, warehouse=self.depot)
        order = self._order(10)
        line = order.order_line
        self._split(line, (self.central, 6), (self.depot, 4))
        order.action_confirm()
        self._do(self._get_deliveries(line, self.depot), 4)
        line.product_uom_qty = 7
        self.assertEqual(self._get_planned(line), {self.central: 3, self.depot: 4})
        self.assertEqual(
            {share.warehouse_id: share.quantity for share in line.sourcing_ids},
            {self.central: 3, self.depot: 4},
        )

    def test_return_for_a_refund(self):
        self._stock(6)
        self._stock(4, warehouse=self.depot)
        order = self._order(10)
        line = order.order_line
        self._split(line, (self.central, 6), (self.depot, 4))
        order.action_confirm()
        self._do(line.move_ids)
        self.assertEqual(line.qty_delivered, 10)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=self._get_deliveries(line, self.depot).picking_id.id,
                active_model="stock.picking",
            )
        )
        with wizard.product_return_moves.edit(0) as row:
            row.quantity = 3
        wizard = wizard.save()
        wizard.product_return_moves.to_refund = True
        picking = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._do(picking.move_ids)
        self.assertEqual(line.qty_delivered, 7)
        # what came back is delivered again, from where it had left, when more is ordered
        line.product_uom_qty = 11
        planned = sum(
            line.move_ids.filtered(lambda move: move.state not in ("done", "cancel")).mapped(
                "product_uom_qty"
            )
        )
        self.assertEqual(planned, 4)

    def test_cancelling_cancels_every_delivery_and_transfer(self):
        self._stock(6)
        order = self._order(10, warehouse=self.shop)
        line = order.order_line
        self._stock(4, warehouse=self.shop)
        line.action_source_from(self.shop.id, self.route.id)
        order.action_confirm()
        transfers = self.env["stock.move"].search(
            [("sale_sourcing_id", "in", line.sourcing_ids.ids)]
        )
        self.assertEqual(len(transfers), 2)
        order._action_cancel()
        self.assertEqual(set((line.move_ids | transfers).mapped("state")), {"cancel"})
        self.assertFalse(line.promise_date)

    def test_a_transfer_under_way_goes_on_when_the_order_is_cancelled(self):
        self._stock(6)
        order = self._order(6, warehouse=self.shop)
        line = order.order_line
        line.action_source_from(self.shop.id, self.route.id)
        order.action_confirm()
        transfers = self.env["stock.move"].search(
            [("sale_sourcing_id", "in", line.sourcing_ids.ids)]
        )
        leave = transfers.filtered(lambda move: move.location_id.usage == "internal")
        self._do(leave)
        order._action_cancel()
        self.assertEqual(leave.state, "done")
        self.assertEqual((transfers - leave).state, "assigned")

    def test_more_with_a_transfer_brings_more(self):
        self._stock(20)
        self._stock(4, warehouse=self.shop)
        order = self._order(10, warehouse=self.shop)
        line = order.order_line
        line.action_source_from(self.shop.id, self.route.id)
        order.action_confirm()
        line.product_uom_qty = 13
        leave = self._get_transfers(line).filtered(
            lambda move: move.location_id.usage == "internal"
        )
        self.assertEqual(sum(leave.mapped("product_uom_qty")), 9)
        self.assertEqual(self._get(warehouse=self.shop)["qty_atp"], 0)

    def test_only_quotations_are_sourced_anew(self):
        order = self._order(10)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "confirmed or cancelled"):
            order.order_line.action_source_from(self.shop.id)
        with self.assertRaisesRegex(UserError, "confirmed or cancelled"):
            order.order_line.action_split()

    def test_a_copy_has_no_shares_and_no_promise(self):
        self._stock(10)
        order = self._order(10)
        self._split(order.order_line, (self.central, 6), (self.shop, 4))
        order.action_promise()
        copy = order.copy().order_line
        self.assertFalse(copy.sourcing_ids)
        self.assertFalse(copy.promise_moment)

    # The dialog ------------------------------------------------------------

    def _open_split(self, line):
        return self.env["sale.order.line.split"].browse(line.action_split()["res_id"])

    def test_proposal(self):
        """Central is preferred as the order's; the shop gives the rest."""
        self._stock(6)
        self._stock(9, warehouse=self.shop)
        line = self._order(10).order_line
        split = self._open_split(line)
        shares = {share.warehouse_id: share for share in split.share_ids}
        self.assertEqual(shares[self.central].quantity, 6)
        self.assertEqual(shares[self.shop].quantity, 4)
        self.assertEqual(shares[self.shop].available, 9)
        self.assertEqual(split.missing, 0)
        split.action_apply()
        self.assertEqual(
            {share.warehouse_id: share.quantity for share in line.sourcing_ids},
            {self.central: 6, self.shop: 4},
        )

    def test_what_nobody_has_stays_with_the_orders_warehouse(self):
        self._stock(3, warehouse=self.shop)
        split = self._open_split(self._order(10).order_line)
        shares = {share.warehouse_id: share.quantity for share in split.share_ids}
        self.assertEqual((shares[self.central], shares[self.shop]), (7, 3))

    def test_shares_must_add_up(self):
        split = self._open_split(self._order(10).order_line)
        split.share_ids[0].quantity = 9
        self.assertEqual(split.missing, 1)
        with self.assertRaisesRegex(ValidationError, r"add up to 10.0 Units; 1.0 are left"):
            split.action_apply()
