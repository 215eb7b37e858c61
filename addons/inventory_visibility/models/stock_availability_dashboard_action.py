"""What can be done about a cell, from its drawer."""

from odoo import api, fields, models
from odoo.fields import Domain


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    def _get_cell_actions(self, product, place):
        """Return ``{name: (label, icon, method)}`` of what this user can do from the drawer.

        Each method is called with the product and the place and returns an action.
        """
        if place._name != "stock.warehouse":
            return self._get_other_cell_actions(product, place)
        actions = {}
        if self.env["stock.picking"].has_access("create"):
            actions["transfer"] = (self.env._("Transfer Here"), "fa-exchange", "_open_transfer")
        if self.env["product.replenish"].has_access("create"):
            actions["reorder"] = (self.env._("Reorder"), "fa-refresh", "_open_reorder")
        if self.env["stock.quant"].has_access("write"):
            actions["count"] = (self.env._("Count"), "fa-check-square-o", "_open_count")
        if self.env["stock.move"].has_access("read"):
            actions["forecast"] = (self.env._("Forecast"), "fa-area-chart", "_open_forecast")
        actions["product"] = (self.env._("Open Product"), "fa-tag", "_open_product")
        return actions

    @api.model
    def _open_transfer(self, product, place):
        """Open a new transfer of the product to the place, from where most is available.

        Nothing is written until the user saves it.
        """
        needed = self._get_needed(product, place)
        source = self._get_best_source(product, place)
        picking_type = place.int_type_id
        location = source.lot_stock_id or place.lot_stock_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer to %s", place.display_name),
            "res_model": "stock.picking",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_picking_type_id": picking_type.id,
                "default_location_id": location.id,
                "default_location_dest_id": place.lot_stock_id.id,
                "default_company_id": place.company_id.id,
                "default_move_ids": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "product_uom": product.uom_id.id,
                            "product_uom_qty": needed,
                            "location_id": location.id,
                            "location_dest_id": place.lot_stock_id.id,
                        }
                    )
                ],
            },
        }

    @api.model
    def _get_needed(self, product, place):
        """Return the quantity that ends the shortage, else 1: a proposal that the user changes."""
        figures = self.env["stock.availability"]._get_availability(product, place)
        return max(-figures[product.id, place.id]["qty_atp"], 0.0) or 1.0

    @api.model
    def _get_best_source(self, product, place):
        """Return the other warehouse of the company that can give most of the product."""
        others = self.env["stock.warehouse"].search(
            Domain("company_id", "=", place.company_id.id)
            & Domain("id", "!=", place.id)
            & self._get_visible_domain()
        )
        figures = self.env["stock.availability"]._get_availability(product, others)

        def spare(other):
            cell = figures[product.id, other.id]
            return min(cell["qty_available"], cell["qty_atp"])

        best = max(others, key=spare, default=others)
        return best if best and spare(best) > 0 else others.browse()

    @api.model
    def _open_reorder(self, product, place):
        action = self.env["ir.actions.actions"]._for_xml_id("stock.action_product_replenish")
        action["context"] = {
            "default_product_id": product.id,
            "default_product_tmpl_id": product.product_tmpl_id.id,
            "default_warehouse_id": place.id,
            "default_company_id": place.company_id.id,
        }
        return action

    @api.model
    def _open_count(self, product, place):
        """Open Odoo's own inventory count of the product in the place."""
        action = (
            self.env["stock.quant"]
            .with_context(default_product_id=product.id, inventory_mode=True)
            .action_view_inventory()
        )
        action["name"] = self.env._("Count of %s", product.display_name)
        action["domain"] = [
            ("product_id", "=", product.id),
            ("location_id", "any", list(self._get_location_domain(place))),
        ]
        action["context"] = {**action["context"], "search_default_my_count": 0}
        location = self._get_default_location(place)
        if location:
            action["context"]["default_location_id"] = location.id
        return action

    @api.model
    def _get_default_location(self, place):
        """Return the location that a count of the place begins with, if it has one of its own."""
        if place._name == "stock.place.group":
            return place.location_ids[:1] or place.warehouse_ids[:1].lot_stock_id
        return place if place._name == "stock.location" else place.lot_stock_id

    @api.model
    def _open_forecast(self, product, place):
        return self._get_cell_row(product, place).action_view_forecast()

    @api.model
    def _open_product(self, product, place):
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": product.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Places that are no warehouses
    # ------------------------------------------------------------------

    @api.model
    def _get_other_cell_actions(self, _product, place):
        """Return the actions of a place that is no warehouse, as :meth:`_get_cell_actions`.

        Goods are ordered and sent to warehouses, so a group and an external place offer neither.
        """
        actions = {}
        if place._name == "stock.external.place":
            if self.env["stock.external.quant"].has_access("read"):
                actions["stated"] = (self.env._("Stated Stock"), "fa-list", "_open_stated")
        elif self.env["stock.quant"].has_access("write"):
            actions["count"] = (self.env._("Count"), "fa-check-square-o", "_open_count")
        actions["product"] = (self.env._("Open Product"), "fa-tag", "_open_product")
        return actions

    @api.model
    def _open_stated(self, product, place):
        """Open what an external place states to have of the product."""
        action = place.action_open_stock()
        action["domain"] = [*action["domain"], ("product_id", "=", product.id)]
        return action
