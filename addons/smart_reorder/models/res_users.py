from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    smart_reorder_digest = fields.Boolean(
        string="Daily Digest of Reorder Proposals",
        help="A mail in the morning with the proposals that wait for a decision, on days when there"
        " are any.",
    )
    smart_reorder_digest_date = fields.Date(
        string="Last Digest of Reorder Proposals",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The day, in the user's time zone, of the last digest.",
    )

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802
        return [*super().SELF_READABLE_FIELDS, "smart_reorder_digest"]

    @property
    def SELF_WRITEABLE_FIELDS(self):  # noqa: N802
        return [*super().SELF_WRITEABLE_FIELDS, "smart_reorder_digest"]
