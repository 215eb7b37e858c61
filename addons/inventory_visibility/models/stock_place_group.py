from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockPlaceGroup(models.Model):
    """A network: places whose stock is promised together.

    What a group has is what its warehouses, its locations (each with everything below it) and its
    external places have, every place once.
    """

    _name = "stock.place.group"
    _description = "Location Group"
    _order = "name, id"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Names the group in the API. Unique in the company, archived ones too."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses", check_company=True)
    location_ids = fields.Many2many(
        "stock.location",
        string="Locations",
        check_company=True,
        domain="[('usage', 'in', ('internal', 'view'))]",
        help="Each with everything below it. What lies in one of the warehouses counts once.",
    )
    external_place_ids = fields.Many2many(
        "stock.external.place", string="External Places", check_company=True
    )

    _code_unique = models.UniqueIndex(
        "(company_id, code)", "Another location group of this company has this code already."
    )
    _code_not_empty = models.Constraint(
        "CHECK (code <> '')", "A location group needs a code: the API names it by that."
    )

    @api.constrains("location_ids")
    def _check_location_ids(self):
        for group in self:
            wrong = group.location_ids.filtered(
                lambda place: place.usage not in ("internal", "view")
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(location)s” does not hold stock on hand. Choose internal locations,"
                        " or views with internal locations below them.",
                        location=wrong[0].complete_name,
                    )
                )

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
        for group, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", group.name)
            vals["code"] = self.env._("%s-COPY", group.code)
        return vals_list

    @api.depends("name", "code")
    def _compute_display_name(self):
        for group in self:
            group.display_name = f"[{group.code}] {group.name}" if group.code else group.name
