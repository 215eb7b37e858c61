"""The drawer of a cell: why the figures are what they are, and what can be done."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .stock_availability_lookup import PLACE_KINDS

#: Moves and lots listed in the drawer; the rest is one click away.
LISTED = 20


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    @api.readonly
    def get_cell(self, product_id, place_id, place_kind=None):
        """Return what the drawer of a product in a place shows.

        :param str place_kind: what the place is, as in the filters of :meth:`get_matrix`
        :return: ``product`` and ``place`` with their names; ``state`` with its ``explanation``;
            ``states``, what the stock on hand (and what is ``stated`` by external places)
            consists of, which adds up to both;
            ``flows``, what is planned and promised; ``projection``, the steps of the projected
            balance by day; ``lots``, ``moves`` and ``exceptions``, each None where the user may
            not see them; ``actions``, what :meth:`open_cell_action` can do; ``as_of``, in UTC
        :raise UserError: there is no such product or place
        :raise AccessError: the user may not see it
        """
        product, place = self._get_cell_records(product_id, place_id, place_kind)
        rows = self.env["stock.availability"]
        figures = rows._get_availability(product, place)[product.id, place.id]
        return {
            "product": self._prepare_product(product),
            "place": self._prepare_place(place),
            "as_of": figures["as_of"],
            "uom": product.uom_id.name,
            "state": figures["state"],
            "explanation": self._explain_cell(product, place, figures),
            "days_of_cover": figures["days_of_cover"],
            "daily_demand": figures["daily_demand"],
            "on_hand": figures["qty_on_hand"],
            "stated": {
                "quantity": figures.get("qty_external", 0.0),
                "as_of": figures.get("external_as_of", False),
                **self._prepare_feed(place),
            },
            "states": self._prepare_lines(figures, self._get_state_columns()),
            "flows": self._prepare_lines(figures, self._get_flow_columns()),
            "projection": self._get_cell_projection(product, place),
            "lots": self._get_cell_lots(product, place),
            "moves": self._get_cell_moves(product, place),
            "exceptions": self._get_cell_exceptions(product, place),
            "actions": [
                {"name": name, "label": label, "icon": icon}
                for name, (label, icon, _method) in self._get_cell_actions(product, place).items()
            ],
        }

    @api.model
    def open_cell_action(self, name, product_id, place_id, place_kind=None):
        """Return the action behind a button of the drawer.

        :raise UserError: the user has no such button
        """
        product, place = self._get_cell_records(product_id, place_id, place_kind)
        action = self._get_cell_actions(product, place).get(name)
        if not action:
            raise UserError(self.env._("This cannot be done here, or not by you."))
        return getattr(self, action[2])(product, place)

    # ------------------------------------------------------------------
    # Which cell
    # ------------------------------------------------------------------

    @api.model
    def _get_cell_records(self, product_id, place_id, place_kind=None):
        """Return the product and the place.

        What the user may not see is told apart from what does not exist by nothing.
        """
        self._check_access()
        model = PLACE_KINDS[self._check_place_kind(place_kind)][0]
        product = self._find("product.product", product_id)
        place = self._find(model, place_id)
        limit = self.env["stock.availability.lookup"]._get_limit(model)
        if not product or not place.filtered_domain(limit):
            raise UserError(
                self.env._("This product or place does not exist, or you may not see it.")
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

    @api.model
    def _explain_cell(self, product, place, figures):
        """Return the reason of the state, as the rows of warehouses have it."""
        rows = self.env["stock.availability"]
        values = {name: value for name, value in figures.items() if name in rows._fields}
        row = rows.new({**values, "product_id": product.id, "uom_id": product.uom_id.id})
        return row._get_explanation()

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _get_state_columns(self):
        """Return the figures that add up to what is on hand, or stated by others to be there."""
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
                ("location_id", "any", self._get_location_domain(place)),
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
    def _get_cell_moves(self, product, place):
        """Return the planned moves that the projection is made of; None without the right."""
        moves = self.env["stock.move"]
        if not moves.has_access("read"):
            return None
        inside = self._get_location_domain(place)
        domain = self.env["stock.availability"]._get_open_moves_of(product, inside)
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
                    "incoming": self._is_incoming(move, inside),
                    "other": (
                        move.location_id
                        if self._is_incoming(move, inside)
                        else move.location_final_id or move.location_dest_id
                    ).display_name,
                    "quantity": move.product_qty,
                    "state": states[move.state],
                }
                for move in lines
            ],
        }

    @api.model
    def _is_incoming(self, move, inside):
        target = move.location_final_id or move.location_dest_id
        return bool(target.filtered_domain(inside))

    @api.model
    def _get_cell_exceptions(self, product, place):
        """Return the open exceptions of the cell; None without the right."""
        exceptions = self.env["stock.exception"]
        if not exceptions.has_access("read"):
            return None
        found = exceptions.search(
            Domain("state", "=", "open")
            & Domain("product_id", "=", product.id)
            & self._get_cell_exception_domain(place),
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

    @api.model
    def _get_cell_exception_domain(self, place):
        """Return the domain of the exceptions that are about a place; those that name none are
        about all of them.
        """
        if place._name == "stock.location":
            return Domain("location_id", "child_of", place.ids)
        if place._name == "stock.external.place":
            return Domain("res_model", "=", place._name) & Domain("res_id", "=", place.id)
        warehouses = place if place._name == "stock.warehouse" else self._get_warehouses(place)
        return Domain("warehouse_id", "in", [*warehouses.ids, False])
