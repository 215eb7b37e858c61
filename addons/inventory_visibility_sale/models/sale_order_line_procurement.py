"""What the shares of an order line change in Odoo's procurement."""

from collections import defaultdict

from odoo import api, models

from ..core import sourcing


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("sourcing_ids.warehouse_id", "sourcing_ids.sequence")
    def _compute_warehouse_id(self):
        result = super()._compute_warehouse_id()
        for line in self:
            if line.sourcing_ids and not line.route_ids:
                line.warehouse_id = line.sourcing_ids[0].warehouse_id
        return result

    def write(self, vals):
        changed = {"product_id", "product_uom_id"} & vals.keys()
        before = {line: [line[name] for name in changed] for line in self}
        lines = self.filtered("sourcing_ids")
        if "product_uom_qty" in vals and lines and not changed:
            lines._fit_sourcing(vals["product_uom_qty"])
        result = super().write(vals)
        if changed:
            # shares of another product, or counted in another unit, say nothing any more
            lines.filtered(
                lambda line: before[line] != [line[name] for name in changed]
            ).sourcing_ids.unlink()
        return result

    def _fit_sourcing(self, quantity):
        """Keep the sum of the shares equal to the quantity of the line.

        It is done before the quantity is written: writing it launches the procurement of a
        confirmed line, which deals the difference out to the shares.
        """
        for line in self:
            line.sourcing_ids._fit(quantity)

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Procure each share from its warehouse, and the transfers that bring what is missing."""
        if not self.sourcing_ids:
            return super()._create_procurements(product_qty, procurement_uom, values)
        procurements = []
        shares = {share.warehouse_id.id: share for share in self.sourcing_ids}
        ordered = self._get_ordered_by_warehouse(procurement_uom)
        for warehouse_id, quantity in self._get_sourcing_deltas(
            product_qty, procurement_uom, ordered
        ):
            warehouse = self.env["stock.warehouse"].browse(warehouse_id)
            share = shares.get(warehouse_id, self.env["sale.order.line.sourcing"])
            share_values = {**values, "warehouse_id": warehouse}
            if share.promise_date:
                self._postpone(share_values, warehouse, share.promise_date)
            procurements += super()._create_procurements(quantity, procurement_uom, share_values)
            if share.route_id and quantity > 0:
                procurements += self._create_transfer_procurements(
                    share, quantity, procurement_uom, share_values, not ordered.get(warehouse_id)
                )
        return procurements

    def _get_sourcing_deltas(self, quantity, uom, ordered):
        """Return ``[(warehouse id, change in `uom`), ...]`` that add up to `quantity`."""
        to_uom = self.product_uom_id
        wanted = [
            (share.warehouse_id.id, to_uom._compute_quantity(share.quantity, uom, round=False))
            for share in self.sourcing_ids
        ]
        return [
            (warehouse_id, uom.round(part))
            for warehouse_id, part in sourcing.deltas(quantity, wanted, ordered)
        ]

    def _get_ordered_by_warehouse(self, uom, done_only=False):
        """Return ``{warehouse id: quantity in `uom`}`` planned or gone already, net of refunds.

        It is what `_get_qty_procurement` adds up, by the warehouse that the goods leave; what
        came back for a refund counts where it had left.
        """
        ordered = defaultdict(float)
        outgoing, incoming = self._get_outgoing_incoming_moves(strict=False)
        for move in outgoing | incoming:
            if done_only and move.state != "done":
                continue
            quantity = move.quantity if move.state == "done" else move.product_uom_qty
            quantity = move.product_uom._compute_quantity(quantity, uom, rounding_method="HALF-UP")
            origin = move.origin_returned_move_id or move
            warehouse = (
                move.location_id.warehouse_id
                if move in outgoing
                else origin.location_id.warehouse_id or move.location_dest_id.warehouse_id
            )
            ordered[warehouse.id] += quantity if move in outgoing else -quantity
        return ordered

    def _prepare_procurement_values(self):
        """Plan the delivery for the promised day when that is later than the wanted one.

        A delivery planned before its goods are there would show a shortage that nobody has, and
        so keep others from being promised what arrives in between.
        """
        values = super()._prepare_procurement_values()
        if self.promise_date and not self.sourcing_ids:
            self._postpone(values, self.warehouse_id, self.promise_date)
        return values

    def _postpone(self, values, warehouse, day):
        """Change procurement values so that nothing is planned to leave before a day."""
        planner = self.env["sale.promise.planner"]
        if day > planner._get_day(warehouse, values["date_planned"]):
            values["date_planned"] = planner._get_noon(warehouse, day)
            if not self.order_id.commitment_date:
                values["date_deadline"] = max(values["date_deadline"], values["date_planned"])

    def _create_transfer_procurements(self, share, quantity, uom, values, first):
        """Return the procurement that brings to a share's warehouse what it lacks, if anything.

        :param quantity: what more is shipped from the warehouse, in `uom`
        :param first: whether nothing of the share is ordered yet; what it lacks was then found
            out together with the promise
        """
        planner = self.env["sale.promise.planner"]
        if first:
            missing, day = share.transfer_quantity, share.transfer_date
        else:
            missing, day = share._find_transfer(
                uom._compute_quantity(quantity, self.product_id.uom_id, round=False)
            )
        unit = self.product_id.uom_id
        if not day or unit.compare(missing, 0) <= 0:
            return []
        date_planned = planner._get_noon(share.warehouse_id, day)
        return [
            self.env["stock.rule"].Procurement(
                self.product_id,
                missing,
                unit,
                share.warehouse_id.lot_stock_id,
                self.product_id.display_name,
                self.order_id.name,
                self.company_id,
                {
                    "company_id": self.company_id,
                    "date_planned": date_planned,
                    "date_deadline": date_planned,
                    "route_ids": share.route_id,
                    "sale_sourcing_id": share.id,
                    "warehouse_id": share.warehouse_id,
                },
            )
        ]
