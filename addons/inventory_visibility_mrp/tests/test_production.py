from odoo import Command
from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestProduction(KitCommon):
    """A manufacturing order takes its components and brings its product, each once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls._create_component("Lamp")
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.lamp.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.top.id, "product_qty": 2}),
                    Command.create({"product_id": cls.table.id, "product_qty": 1}),
                ],
            }
        )

    def _produce(self, warehouse, quantity):
        order = self.env["mrp.production"].create(
            {
                "product_id": self.lamp.id,
                "product_qty": quantity,
                "picking_type_id": warehouse.manu_type_id.id,
            }
        )
        order.action_confirm()
        return order

    def test_planned_and_done(self):
        for steps in ("mrp_one_step", "pbm", "pbm_sam"):
            with self.subTest(steps):
                warehouse = self._create_warehouse(steps, steps[-4:], manufacture_steps=steps)
                self._check(warehouse)

    def _check(self, warehouse):
        self._stock(20, self.leg, warehouse)
        self._stock(20, self.top, warehouse)
        order = self._produce(warehouse, 3)
        # 3 lamps: 3 tables of 4 legs and a top, and 6 tops
        self.assertFigures({"qty_outgoing": 12.0, "qty_forecast": 8.0}, self.leg, warehouse)
        self.assertFigures(
            {"qty_outgoing": 9.0, "qty_forecast": 11.0, "qty_atp": 11.0}, self.top, warehouse
        )
        self.assertFigures({"qty_incoming": 3.0, "qty_on_hand": 0.0}, self.lamp, warehouse)
        self.assertFigures({"qty_forecast": 2.0, "qty_atp": 2.0}, self.table, warehouse)
        for picking in order.picking_ids:  # from stock to where it is produced
            self._do(picking.move_ids)
        self.assertFigures({"qty_on_hand": 20.0, "qty_outgoing": 9.0}, self.top, warehouse)
        order.qty_producing = 3
        order.set_qty_producing()
        order.move_raw_ids.picked = True
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertFigures(
            {"qty_on_hand": 11.0, "qty_outgoing": 0.0, "qty_atp": 11.0}, self.top, warehouse
        )
        # 9 in 90 days left for production
        self.assertFigures({"daily_demand": 0.1}, self.top, warehouse)
        row = self._get(self.lamp, warehouse)
        self.assertEqual(row["qty_on_hand"], 3.0)
        self.assertEqual(row["qty_incoming"], 0.0)
