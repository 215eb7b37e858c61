from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("supplier", "Supplier"),
    ("3pl", "Logistics Provider (3PL)"),
    ("shop", "Shop"),
    ("marketplace", "Marketplace"),
    ("other", "Other"),
]


class StockExternalPlace(models.Model):
    """A place whose stock Odoo does not hold: it is known by what the place's feed states."""

    _name = "stock.external.place"
    _description = "External Place"
    _order = "name, id"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True)
    code = fields.Char(
        required=True, help="Names the place in the API. Unique in the company, archived ones too."
    )
    kind = fields.Selection(KINDS, required=True, default="supplier")
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one("res.partner", check_company=True, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    stale_after = fields.Float(
        string="Stale After (hours)",
        default=24.0,
        required=True,
        help="A statement older than so many hours is flagged as stale. 0: never.",
    )
    last_feed_date = fields.Datetime(
        string="Last Feed",
        readonly=True,
        copy=False,
        help="The latest moment that a feed of this place has stated quantities for.",
    )
    is_stale = fields.Boolean(
        string="Stale",
        compute="_compute_is_stale",
        search="_search_is_stale",
        help="No feed has come, or the last one states quantities of longer ago than allowed.",
    )
    quant_ids = fields.One2many("stock.external.quant", "place_id", string="Stock")
    product_count = fields.Integer(compute="_compute_product_count", string="Products")

    _code_unique = models.UniqueIndex(
        "(company_id, code)", "Another external place of this company has this code already."
    )
    _code_not_empty = models.Constraint(
        "CHECK (code <> '')", "An external place needs a code: the API names it by that."
    )
    _stale_after_not_negative = models.Constraint(
        "CHECK (stale_after >= 0 AND stale_after <= 87600)",
        "Stock becomes stale after 0 (never) to 87,600 hours.",
    )

    @api.depends("stale_after", "last_feed_date")
    def _compute_is_stale(self):
        now = fields.Datetime.now()
        for place in self:
            limit = now - timedelta(hours=place.stale_after)
            place.is_stale = place.stale_after > 0 and (
                not place.last_feed_date or place.last_feed_date < limit
            )

    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        stale = SQL(
            "(SELECT id FROM stock_external_place WHERE stale_after > 0 AND (last_feed_date IS NULL"
            " OR last_feed_date < %s - stale_after * interval '1 hour'))",
            fields.Datetime.now(),
        )
        return self._get_flag_domain(stale, value)

    @api.model
    def _get_flag_domain(self, ids, values):
        """Return the domain of a computed flag.

        :param SQL ids: sub-query of the records that have the flag
        :param values: collection of what the flag may be
        """
        wanted, others = True in values, bool({False, None} & set(values))
        if wanted and others:
            return []
        if not wanted and not others:
            return [(0, "=", 1)]
        return [("id", "in" if wanted else "not in", ids)]

    @api.depends("quant_ids")
    def _compute_product_count(self):
        counts = dict(
            self.env["stock.external.quant"]._read_group(
                [("place_id", "in", self.ids)], ["place_id"], ["__count"]
            )
        )
        for place in self:
            place.product_count = counts.get(place, 0)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_code(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._prepare_code(vals))

    @api.model
    def _prepare_code(self, vals):
        """Return the values with the spaces around the code taken away."""
        return {**vals, "code": vals["code"].strip()} if vals.get("code") else vals

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for place, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", place.name)
            vals["code"] = self.env._("%s-COPY", place.code)
        return vals_list

    @api.depends("name", "code")
    def _compute_display_name(self):
        for place in self:
            place.display_name = f"[{place.code}] {place.name}" if place.code else place.name

    def action_open_stock(self):
        """Open what this place states to have."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_visibility.stock_external_quant_action"
        )
        action["domain"] = [("place_id", "=", self.id)]
        action["context"] = {"default_place_id": self.id}
        return action
