from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    property_stock_allowance_account_id = fields.Many2one(
        "account.account",
        string="Write-Down Allowance Account",
        company_dependent=True,
        ondelete="restrict",
        check_company=True,
        help="What stock of this category, and of those below it, is written down by. Empty: that"
        " of the category above, else of the company.",
    )
    property_stock_write_down_account_id = fields.Many2one(
        "account.account",
        string="Write-Down Expense Account",
        company_dependent=True,
        ondelete="restrict",
        check_company=True,
        help="Where write-downs of this category, and of those below it, and their reversals are"
        " recognised. Empty: that of the category above, else of the company.",
    )

    def _get_line(self):
        """Return the ids of a category, its parent, and so on; of no category, none."""
        return [int(part) for part in reversed((self.parent_path or "").split("/")) if part]

    def _get_write_down_accounts(self, company):
        """Return the allowance and the expense account of a category (or of goods without one) in a
        company; either may be missing."""
        line = self.with_company(company).sudo().browse(self._get_line())
        found = []
        for on_category, on_company in (
            ("property_stock_allowance_account_id", "valuation_allowance_account_id"),
            ("property_stock_write_down_account_id", "valuation_write_down_account_id"),
        ):
            accounts = (category[on_category] for category in line if category[on_category])
            found.append(next(accounts, company.sudo()[on_company]))
        return tuple(found)

    def write(self, vals):
        if "property_cost_method" not in vals:
            return super().write(vals)
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super().write(vals)
            writer._touch_products(
                self.env["product.product"]
                .with_context(active_test=False)
                .search([("categ_id", "in", self.ids), ("is_storable", "=", True)]),
                self.env.company,
            )
        return result
