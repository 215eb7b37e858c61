from odoo import fields, models, tools


class ResUsers(models.Model):
    _inherit = "res.users"

    # An archived warehouse still limits, and one in use here cannot be deleted: a limited user
    # whose list became empty would see everything.
    availability_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "res_users_availability_warehouse_rel",
        "user_id",
        "warehouse_id",
        string="Limited to Warehouses",
        ondelete="restrict",
        context={"active_test": False},
        help="The user sees the stock of these warehouses only. Empty: of every warehouse of"
        " their companies.",
    )

    @tools.ormcache("self.id")
    def _get_availability_limit(self):
        """Return the ids of the warehouses that the user is limited to, none for no limit."""
        self.ensure_one()
        return tuple(self.sudo().availability_warehouse_ids.ids)

    def _get_invalidation_fields(self):
        # record rules and `_get_availability_limit` are made of it
        return super()._get_invalidation_fields() | {"availability_warehouse_ids"}
