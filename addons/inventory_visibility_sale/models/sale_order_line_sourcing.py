from odoo import api, fields, models

from ..core import promise, sourcing


class SaleOrderLineSourcing(models.Model):
    """A share of an order line's quantity that is shipped from a warehouse of its own choice.

    A line without shares ships from the warehouse of its order. The shares of a line always add
    up to its quantity: :meth:`sale.order.line._fit_sourcing` sees to it.
    """

    _name = "sale.order.line.sourcing"
    _description = "Sourcing of a Sales Order Line"
    _order = "line_id, sequence, id"
    _rec_name = "warehouse_id"

    line_id = fields.Many2one(
        "sale.order.line", string="Order Line", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, check_company=True, ondelete="restrict"
    )
    route_id = fields.Many2one(
        "stock.route",
        string="Brought by",
        index="btree_not_null",
        ondelete="restrict",
        help="Route that brings what the warehouse lacks from another one."
        " The transfer is ordered when the order is confirmed.",
    )
    quantity = fields.Float(
        digits="Product Unit", required=True, help="In the unit of the order line."
    )
    uom_id = fields.Many2one(related="line_id.product_uom_id", string="Unit")

    promise_date = fields.Date(readonly=True, help="Day on which this share is promised to leave.")
    transfer_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="What the route has to bring, in the unit of the product, as found when the promise"
        " was made.",
    )
    transfer_date = fields.Date(readonly=True, help="Day on which it is there.")

    _positive = models.Constraint(
        "CHECK (quantity > 0)", "A share of an order line must be greater than zero."
    )
    _unique_warehouse = models.UniqueIndex(
        "(line_id, warehouse_id)", "A warehouse can have one share of an order line only."
    )

    @api.depends("warehouse_id", "quantity", "uom_id")
    def _compute_display_name(self):
        for share in self:
            share.display_name = (
                f"{share.warehouse_id.name}: {share.quantity:g} {share.uom_id.name or ''}"
            )

    def _get_fitted(self, total):
        """Return the quantities of the shares of one line, changed to add up to `total`."""
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        done = self.line_id._get_ordered_by_warehouse(self.line_id.product_uom_id, done_only=True)
        fitted = sourcing.fit(
            total,
            self.mapped("quantity"),
            [done.get(share.warehouse_id._origin.id, 0.0) for share in self],
        )
        return [round(quantity, precision) for quantity in fitted]

    def _fit(self, total):
        """Rewrite the shares of one line so that they add up to `total`."""
        gone = self.browse()
        for share, quantity in zip(self, self._get_fitted(total), strict=True):
            if quantity <= 0:
                gone |= share
            elif share.quantity != quantity:
                share.quantity = quantity
        gone.unlink()

    def _find_transfer(self, quantity):
        """Return what the route has to bring so that `quantity` more can leave, and when.

        :param quantity: in the unit of the product
        :return: ``(quantity, date)``, ``(0.0, None)`` when the warehouse serves it alone
        """
        self.ensure_one()
        planner = self.env["sale.promise.planner"]
        product, warehouse = self.line_id.product_id, self.warehouse_id
        plan = planner._get_plan(product, warehouse)
        option = promise.find(
            plan.get_supply(product, warehouse),
            quantity,
            plan.get_resupplies(product, warehouse, self.route_id),
        )
        return option.transfer, option.day
