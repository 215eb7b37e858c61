from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    stock_exception_digest = fields.Boolean(
        string="Daily Digest of Stock Exceptions",
        help="A mail in the morning with the open exceptions that are yours, and those that are"
        " nobody's, on days when there are any.",
    )
    stock_exception_digest_date = fields.Date(
        string="Last Digest of Stock Exceptions",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The day, in the user's time zone, of the last digest.",
    )

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802
        return [*super().SELF_READABLE_FIELDS, "stock_exception_digest"]

    @property
    def SELF_WRITEABLE_FIELDS(self):  # noqa: N802
        return [*super().SELF_WRITEABLE_FIELDS, "stock_exception_digest"]
