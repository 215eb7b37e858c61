"""The drawer of a cell: why the figures are what they are, and what can be done."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Moves and lots listed in the drawer; the rest is one click away.
LISTED = 20


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    @api.readonly
    def get_cell(self, product_id, warehouse_id):
        """Return what the drawer of a product in a warehouse shows.

        :return: ``product`` and ``place`` with their names; ``state`` with its ``explanation``;
            ``states``, what the stock on hand consists of, which adds up to ``on_hand``;
            ``flows``, what is planned and promised; ``projection``, the steps of the projected
            balance by day; ``lots``, ``moves`` and ``exceptions``, each None where the user may
            not see them; ``actions``, what :meth:`open_cell_action` can do; ``as_of``, in UTC
        :raise UserError: there is no such product or warehouse
        :raise AccessError: the user may not see it
        """
        product, place = self._get_cell_records(product_id, warehouse_id)
        row = self._get_cell_row(product, place)
        rows = self.env["stock.availability"]
        figures = rows._get_availability(product, place)[product.id, place.id]
        return {
            "product": self._prepare_product(product),
            "place": self._prepare_place(place),
            "as_of": figures["as_of"],
            "uom": product.uom_id.name,
            "state": figures["state"],
            "explanation": row.explanation or "",
            "days_of_cover": figures["days_of_cover"],
            "daily_demand": figures["daily_demand"],
            "on_hand": figures["qty_on_hand"],
            "states": self._prepare_lines(figures, self._get_state_columns()),
            "flows": self._prepare_lines(figures, self._get_flow_columns()),
            "projection": self._get_cell_projection(product, place),
            "lots": self._get_cell_lots(product, place),
            "moves": self._get_cell_moves(row, place),
            "exceptions": self._get_cell_exceptions(product, place),
            "actions": [
                {"name": name, "label": label, "icon": icon}
                for name, (label, icon, _method) in self._get_cell_actions(product, place).items()
            ],
        }

    @api.model
    def open_cell_action(self, name, product_id, warehouse_id):
        """Return the action behind a button of the drawer.

        :raise UserError: the user has no such button
        """
        product, place = self._get_cell_records(product_id, warehouse_id)
        action = self._get_cell_actions(product, place).get(name)
        if not action:
            raise UserError(self.env._("This cannot be done here, or not by you."))
        return getattr(self, action[2])(product, place)

    # ------------------------------------------------------------------
    # Which cell
    # ------------------------------------------------------------------

    @api.model
    def _get_cell_records(self, product_id, warehouse_id):
        """Return the product and the warehouse.

        What the user may not see is told apart from what does not exist by nothing.
        """
        self._check_access()
        product = self._find("product.product", product_id)
        place = self._find("stock.warehouse", warehouse_id)
        place = place.filtered_domain(self._get_visible_domain())
        if not product or not place:
            raise UserError(
                self.env._("This product or warehouse does not exist, or you may not see it.")
            )
        return product, place

    @api.model
    def _find(self, model, record_id):
        if not isinstance(record_id, int):
            return self.env[model]
        return self.env[model].with_context(active_test=False).search([("id", "=", record_id)])

    @api.model
    def _get_cell_row(self, product, place):
        return (
            self.env["stock.availability"]
            .with_context(active_test=False)
            .search([("product_id", "=", product.id), ("warehouse_id", "=", place.id)], limit=1)
        )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _get_state_columns(self):
        """Return the figures that add up to what is on hand."""
        return [
            "qty_available",
            "qty_reserved",
            "qty_soft_reserved",
            "qty_safety_stock",
            "qty_blocked",
        ]

    @api.model
    def _get_flow_columns(self):
        return ["qty_incoming", "qty_in_transit", "qty_outgoing", "qty_forecast", "qty_atp"]

    @api.model
    def _prepare_lines(self, figures, names):
        descriptions = self.env["stock.availability"].fields_get(names, ["string", "help"])
        return [
            {
                "name": name,
                "label": descriptions[name]["string"],
                "help": descriptions[name].get("help", ""),
                "quantity": figures[name],
            }
            for name in names
        ]

    @api.model
    def _get_cell_projection(self, product, place):
        """Return ``[{date, incoming, outgoing, balance, atp}]`` by day, today first."""
        projections = self.env["stock.availability"]._get_projection(product, place)
        return projections[product.id, place.id]

    # ------------------------------------------------------------------
    # Lists
    # ------------------------------------------------------------------

    @api.model
    def _get_cell_lots(self, product, place):
        """Return the lots on hand, those that expire first at the top; None without the right."""
        quants = self.env["stock.quant"]
        if not (quants.has_access("read") and self.env["stock.lot"].has_access("read")):
            return None
        groups = quants._read_group(
            [
                ("product_id", "=", product.id),
                ("location_id.usage", "=", "internal"),
                ("location_id.warehouse_id", "=", place.id),
                ("lot_id", "!=", False),
            ],
            ["lot_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        dated = "expiration_date" in self.env["stock.lot"]._fields
        lots = [
            {
                "id": lot.id,
                "name": lot.display_name,
                "expiry": dated and lot.expiration_date,
                "expired": bool(
                    dated and lot.expiration_date and lot.expiration_date < fields.Datetime.now()
                ),
                "quantity": quantity,
                "reserved": reserved,
            }
            for lot, quantity, reserved in groups
            if quantity or reserved
        ]
        lots.sort(key=lambda lot: (not lot["expiry"], lot["expiry"] or lot["name"]))
        return {"lines": lots[:LISTED], "count": len(lots)}

    @api.model
    def _get_cell_moves(self, row, place):
        """Return the planned moves that the projection is made of; None without the right."""
        moves = self.env["stock.move"]
        if not row or not moves.has_access("read"):
            return None
        domain = row._get_open_move_domain()
        lines = moves.search(domain, limit=LISTED, order="date, id")
        states = dict(moves.fields_get(["state"], ["selection"])["state"]["selection"])
        now = fields.Datetime.now()
        return {
            "count": len(lines) if len(lines) < LISTED else moves.search_count(domain),
            "lines": [
                {
                    "id": move.id,
                    "picking_id": move.picking_id.id,
                    "date": move.date,
                    "overdue": move.date < now,
                    "reference": move.reference or move.origin or "",
                    "incoming": self._is_incoming(move, place),
                    "other": (
                        move.location_id
                        if self._is_incoming(move, place)
                        else move.location_final_id or move.location_dest_id
                    ).display_name,
                    "quantity": move.product_qty,
                    "state": states[move.state],
                }
                for move in lines
            ],
        }

    @api.model
    def _is_incoming(self, move, place):
        target = move.location_final_id or move.location_dest_id
        return target.usage == "internal" and target.warehouse_id == place

    @api.model
    def _get_cell_exceptions(self, product, place):
        """Return the open exceptions of the cell; None without the right."""
        exceptions = self.env["stock.exception"]
        if not exceptions.has_access("read"):
            return None
        found = exceptions.search(
            [
                ("state", "=", "open"),
                ("product_id", "=", product.id),
                ("warehouse_id", "in", (place.id, False)),
            ],
            limit=LISTED,
        )
        return [
            {
                "id": exception.id,
                "name": exception.display_name,
                "detail": exception.sentence or "",
                "severity": exception.severity,
            }
            for exception in found
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    def _get_cell_actions(self, product, place):
        """Return ``{name: (label, icon, method)}`` of what this user can do from the drawer.

        Each method is called with the product and the place and returns an action.
        """
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
            ("location_id.usage", "=", "internal"),
            ("location_id.warehouse_id", "=", place.id),
        ]
        action["context"] = {
            **action["context"],
            "search_default_my_count": 0,
            "default_location_id": place.lot_stock_id.id,
        }
        return action

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
