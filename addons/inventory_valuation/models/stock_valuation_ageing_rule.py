from odoo import api, fields, models


class StockValuationAgeingRule(models.Model):
    """By how much stock of an age is written down where nothing else says what it brings."""

    _name = "stock.valuation.ageing.rule"
    _description = "Write-Down by Age"
    _order = "company_id, categ_id, days"

    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", default=lambda self: self.env.company
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Category",
        ondelete="cascade",
        help="And all categories below that have no line of their own. Empty: all categories.",
    )
    days = fields.Integer(string="From Age (days)", required=True)
    percent = fields.Float(string="Write-Down (%)", required=True)

    _days_uniq = models.UniqueIndex(
        "(company_id, COALESCE(categ_id, 0), days)",
        "There is a line for this category and age already.",
    )
    _percent_in_range = models.Constraint(
        "CHECK (percent BETWEEN 0 AND 100 AND days >= 0)",
        "A write-down is between 0 and 100 %, from an age of 0 days or more.",
    )

    @api.model
    def _get_rules(self, company, categories):
        """Return the rules of each category, those of the nearest one that has any.

        :return: {category or False: [(days, percent)]}
        """
        by_category = {}
        for rule in self.sudo().search([("company_id", "=", company.id)]):
            by_category.setdefault(rule.categ_id.id, []).append((rule.days, rule.percent))
        return {
            category: next(
                (by_category[number] for number in (*line, False) if number in by_category), []
            )
            for category, line in (
                (False, []),
                *((category.id, category._get_line()) for category in categories),
            )
        }
