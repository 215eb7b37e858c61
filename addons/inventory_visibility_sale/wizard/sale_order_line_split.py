from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import sourcing


class SaleOrderLineSplit(models.TransientModel):
    """A proposal to ship one order line from several warehouses, for the user to change."""

    _name = "sale.order.line.split"
    _description = "Split of a Sales Order Line over Warehouses"

    line_id = fields.Many2one(
        "sale.order.line", string="Order Line", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="line_id.product_id")
    uom_id = fields.Many2one(related="line_id.product_uom_id", string="Unit")
    company_id = fields.Many2one(related="line_id.company_id")
    quantity = fields.Float(related="line_id.product_uom_qty")
    missing = fields.Float(
        string="Left to Share Out",
        digits="Product Unit",
        compute="_compute_missing",
        help="What no warehouse has been given yet; negative when it is too much.",
    )
    share_ids = fields.One2many(
        "sale.order.line.split.share",
        "split_id",
        compute="_compute_share_ids",
        store=True,
        readonly=False,
    )

    @api.depends("share_ids.quantity", "quantity")
    def _compute_missing(self):
        for split in self:
            missing = split.quantity - sum(split.share_ids.mapped("quantity"))
            split.missing = split.uom_id.round(missing) if split.uom_id else missing

    @api.depends("line_id")
    def _compute_share_ids(self):
        for split in self:
            split.share_ids = [(5, 0, 0)] + [
                (0, 0, values) for values in split.line_id._propose_split()
            ]

    def action_apply(self):
        """Give the line the shares as they are on the screen.

        :raise ValidationError: they do not add up to the quantity of the line
        """
        self.ensure_one()
        if not self.uom_id.is_zero(self.missing):
            raise ValidationError(
                self.env._(
                    "The warehouses' quantities must add up to %(quantity)s %(unit)s;"
                    " %(missing)s are left to share out.",
                    quantity=self.quantity,
                    unit=self.uom_id.name,
                    missing=self.missing,
                )
            )
        shares = self.share_ids.filtered(lambda share: share.quantity)
        self.line_id._set_sourcing(
            [(share.warehouse_id, share.quantity, share.route_id.id) for share in shares]
        )
        return {"type": "ir.actions.act_window_close"}


class SaleOrderLineSplitShare(models.TransientModel):
    _name = "sale.order.line.split.share"
    _description = "Share of a Warehouse in a Split"
    _order = "id"

    split_id = fields.Many2one(
        "sale.order.line.split", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="split_id.company_id")
    warehouse_id = fields.Many2one("stock.warehouse", required=True)
    route_id = fields.Many2one(
        "stock.route",
        string="Brought by",
        domain="[('supplied_wh_id', '=', warehouse_id), ('supplier_wh_id', '!=', False)]",
        help="Route that brings what the warehouse lacks from another one.",
    )
    available = fields.Float(
        string="Can Promise",
        digits="Product Unit",
        readonly=True,
        help="What the warehouse can promise for the wanted day, in the unit of the line.",
    )
    quantity = fields.Float(digits="Product Unit", help="In the unit of the line.")

    _not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "A warehouse cannot ship less than nothing."
    )
    _unique_warehouse = models.UniqueIndex(
        "(split_id, warehouse_id)", "A warehouse can have one share of an order line only."
    )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _propose_split(self):
        """Return values of shares: those the line has, else the soonest for the whole quantity.

        The order's warehouse is preferred, then the others in their order; what they can promise
        together too late or never is given to the first, so that the shares add up.
        """
        self.ensure_one()
        planner = self.env["sale.promise.planner"]
        first = self.order_id.warehouse_id
        warehouses = first | planner._get_warehouses(self.company_id)
        plan = planner._get_plan(self.product_id, warehouses, self)
        wanted = self._get_wanted_date()
        unit, line_unit = self.product_id.uom_id, self.product_uom_id

        def to_line_unit(quantity):
            return line_unit.round(
                unit._compute_quantity(max(quantity, 0.0), line_unit, round=False),
                rounding_method="DOWN",
            )

        supplies = [
            (warehouse.id, plan.get_supply(self.product_id, warehouse)) for warehouse in warehouses
        ]
        if self.sourcing_ids:
            shares = {share.warehouse_id.id: share.quantity for share in self.sourcing_ids}
        else:
            quantity = line_unit._compute_quantity(self.product_uom_qty, unit, round=False)
            found = sourcing.split(quantity, supplies, planner._get_day(first, wanted))
            shares = {place: to_line_unit(part) for place, part in found}
            shares.setdefault(first.id, 0.0)
            shares[first.id] += line_unit.round(self.product_uom_qty - sum(shares.values()))
        routes = {share.warehouse_id.id: share.route_id.id for share in self.sourcing_ids}
        return [
            {
                "warehouse_id": place,
                "available": to_line_unit(
                    supply.atp(planner._get_day(self.env["stock.warehouse"].browse(place), wanted))
                ),
                "quantity": shares.get(place, 0.0),
                "route_id": routes.get(place),
            }
            for place, supply in supplies
        ]
