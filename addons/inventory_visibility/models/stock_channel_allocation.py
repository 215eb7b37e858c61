from odoo import api, fields, models

from ..core.allocation import Rule


class StockChannelAllocation(models.Model):
    """A quantity that is set aside for a channel, or one that a channel has to leave."""

    _name = "stock.channel.allocation"
    _description = "Channel Allocation"
    _order = "channel_id, kind, id"

    channel_id = fields.Many2one("stock.channel", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("allocation", "Allocation"), ("buffer", "Buffer")],
        required=True,
        default="allocation",
        help="Allocation: set aside for the channel, out of reach of the others.\n"
        "Buffer: what the channel leaves untouched.",
    )
    method = fields.Selection(
        [
            ("fixed", "Fixed Quantity"),
            ("percentage", "Percentage"),
            ("days", "Days of Cover"),
        ],
        required=True,
        default="fixed",
        help="Fixed Quantity: in the unit of the product.\n"
        "Percentage: of what could be promised before any channel took of it.\n"
        "Days of Cover: times the daily demand of the product in the warehouse.",
    )
    amount = fields.Float(
        required=True,
        digits="Product Unit",
        help="Quantity, percentage or days, as the method says.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", index="btree_not_null", ondelete="cascade", check_company=True
    )
    group_id = fields.Many2one(
        "stock.place.group",
        string="Location Group",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    categ_id = fields.Many2one(
        "product.category", string="Product Category", index="btree_not_null", ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", ondelete="cascade", check_company=True
    )
    date_start = fields.Datetime(
        string="Counted From",
        required=True,
        default=fields.Datetime.now,
        help="What the channel has consumed since then counts as taken from its allocation."
        " Set it anew to give the channel its allocation again.",
    )

    _amount_positive = models.Constraint("CHECK (amount > 0)", "The amount must be above zero.")
    _percentage_in_range = models.Constraint(
        "CHECK (method <> 'percentage' OR amount <= 100)",
        "A percentage cannot be more than 100.",
    )
    _one_place = models.Constraint(
        "CHECK (num_nonnulls(warehouse_id, group_id) <= 1)",
        "Choose a warehouse or a location group, not both.",
    )
    _product_or_category = models.Constraint(
        "CHECK (product_id IS NULL OR categ_id IS NULL)",
        "Choose a product or a category, not both.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()  # see stock.promise, _get_ruled_companies
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------------
    # The rule
    # ------------------------------------------------------------------

    def _get_rule(self):
        """Return the allocation as the core knows it."""
        self.ensure_one()
        place = self._get_place()
        return Rule(
            id=self.id,
            channel=self.channel_id.id,
            kind=self.kind,
            method=self.method,
            amount=self.amount,
            place=f"{place._name},{place.id}" if place else None,
            product=self.product_id.id or None,
            category=self.categ_id.id or None,
        )

    def _get_place(self):
        """Return the warehouse or group; an empty recordset stands for every warehouse."""
        self.ensure_one()
        return self.warehouse_id or self.group_id

    def _is_about(self, product):
        """Return whether the rule may concern the product."""
        self.ensure_one()
        if self.product_id:
            return self.product_id == product
        if self.categ_id:
            return (product.categ_id.parent_path or "").startswith(self.categ_id.parent_path)
        return True
