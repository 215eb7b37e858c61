"""Lines of kits: their components decide, which the order's other lines may want as well."""

import math

from odoo import fields, models
from odoo.tools.misc import format_date, formatLang


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_kit_parts(self):
        """Return ``{component id: quantity}`` of one unit of a kit, None for other products.

        A kit has no date of its own here, see the roadmap; but no more of it may be sold than its
        components allow.
        """
        self.ensure_one()
        product = self.product_id
        company = self.company_id or self.order_id.company_id
        return self.env["stock.availability"]._get_parts(product, company).get(product.id)

    def _is_kit_from_stock(self):
        self.ensure_one()
        return bool(
            self.state in ("draft", "sent", "sale")
            and self.product_uom_id
            and self.product_uom_id.compare(self.product_uom_qty, self.qty_delivered) > 0
            and self._get_kit_parts()
            and not self._is_made_to_order()
        )

    def _find_kits_beyond(self, found):
        """Return the lines of kits whose components cannot be promised for the wanted day.

        :param found: what the other lines of the orders take, as of :meth:`_find_promises`
        """
        lines = self.filtered(
            lambda line: line.company_id.promise_policy != "allow" and line._is_kit_from_stock()
        )
        if not lines:
            return lines
        needs = [need for line in lines for need in line._get_kit_needs()]
        parts = {product_id for _line, _leaf, _day, product_id, *_rest in needs}
        taken = [take for take in self._get_other_needs(found) if take[2] in parts]
        book = self.env["stock.promise"].sudo()
        products = self.env["product.product"].sudo().browse(parts)
        claims = book._get_group_claims(products, fields.Datetime.now())
        dates = [None, *sorted({need[2] for need in needs} | {take[1] for take in taken})]
        wanted = {(need[3], need[1]) for need in needs} | {(take[2], take[0]) for take in taken}
        pairs = book._get_linked_pairs(products, wanted, claims)
        ledgers = book._open_ledgers(products, pairs, dates, claims)
        for leaf, day, product_id, units in taken:
            ledgers[product_id].take({leaf}, units, dates.index(day))
        beyond = self.browse()
        for line, leaf, day, product_id, units, own in needs:
            ledger, date = ledgers[product_id], dates.index(day)
            if ledger.room({leaf}, date) < units or (own and ledger.total({leaf}, date) < 0):
                beyond |= line
            ledger.take({leaf}, units, date)
        return beyond

    def _get_kit_needs(self):
        """Return what a line of kits needs of each component that it does not have already.

        :return: list of ``(line, leaf, day, component id, units, whether something is its own)``,
            in smallest quantities
        """
        self.ensure_one()
        planner = self.env["sale.promise.planner"]
        warehouse = (self.warehouse_id or self.order_id.warehouse_id)._origin
        day = max(planner._get_day(warehouse, self._get_wanted_date()), planner._get_day(warehouse))
        scale = self.env["stock.promise"]._get_scale()
        quantity = self.product_uom_id._compute_quantity(
            self.product_uom_qty - self.qty_delivered, self.product_id.uom_id, round=False
        )
        held = sum(self._get_holds().mapped("held_quantity"))
        moves = planner._get_own_moves(self._origin)
        needs = []
        for product_id, each in self._get_kit_parts().items():
            own = held * each + sum(
                move.product_qty for move in moves if move.product_id.id == product_id
            )
            missing = max(quantity * each - own, 0.0)
            units = math.ceil(round(missing * scale, 6))
            leaf = f"stock.warehouse,{warehouse.id}"
            needs.append((self, leaf, day, product_id, units, bool(own)))
        return needs

    def _get_other_needs(self, found):
        """Return ``[(leaf, day, product id, units), ...]`` of what lines are yet to take."""
        planner = self.env["sale.promise.planner"]
        scale = self.env["stock.promise"]._get_scale()
        taken = []
        for line, parts in found.items():
            held = line._get_holds()
            moves = planner._get_own_moves(line._origin)
            for need, option, day in parts:
                if not day:
                    continue
                own = sum(
                    held.filtered(lambda hold, at=need.warehouse: hold.warehouse_id == at).mapped(
                        "held_quantity"
                    )
                ) + sum(
                    moves.filtered(
                        lambda move, at=need.warehouse: move.location_id.warehouse_id == at
                    ).mapped("product_qty")
                )
                units = round(max(need.quantity - option.transfer - own, 0.0) * scale)
                if units:
                    leaf = f"stock.warehouse,{need.warehouse.id}"
                    taken.append((leaf, day, need.product.id, units))
        return taken

    def _get_beyond_reason(self):
        """Return why a line is beyond what can be promised."""
        self.ensure_one()
        if not self._get_kit_parts():
            return self.promise_reason
        needs = self._get_kit_needs()
        scale = self.env["stock.promise"]._get_scale()
        products = self.env["product.product"].sudo()
        return self.env._(
            "%(warehouse)s, %(day)s: of the components %(parts)s not all can be promised.",
            warehouse=(self.warehouse_id or self.order_id.warehouse_id).name,
            day=format_date(self.env, needs[0][2]),
            parts=", ".join(
                f"{formatLang(self.env, units / scale, dp='Product Unit')} {product.uom_id.name}"
                f" {product.display_name}"
                for _line, _leaf, _day, product_id, units, _own in needs
                for product in products.browse(product_id)
            ),
        )
