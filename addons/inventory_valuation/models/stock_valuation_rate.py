from odoo import api, fields, models

from ..core.rates import Rates, choose

RATES = ("capital", "storage", "insurance", "risk", "selling")


class StockValuationRate(models.Model):
    """What holding and selling stock costs, as a part of its value and of its price."""

    _name = "stock.valuation.rate"
    _description = "Costs of Holding and Selling Stock"
    _order = "company_id, categ_id, warehouse_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", default=lambda self: self.env.company
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Category",
        ondelete="cascade",
        help="And all categories below that have no line of their own. Empty: all categories.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", ondelete="cascade", check_company=True, help="Empty: all warehouses."
    )
    capital_rate = fields.Float(
        string="Capital", digits=(16, 4), help="A year, of the value held: interest, or return."
    )
    storage_rate = fields.Float(
        string="Storage", digits=(16, 4), help="A year, of the value held: space, handling."
    )
    insurance_rate = fields.Float(
        string="Insurance", digits=(16, 4), help="A year, of the value held: insurance, taxes."
    )
    risk_rate = fields.Float(
        string="Risk",
        digits=(16, 4),
        help="A year, of the value held: obsolescence, damage, theft.",
    )
    carrying_rate = fields.Float(
        string="Carrying Cost", digits=(16, 4), compute="_compute_carrying_rate"
    )
    selling_rate = fields.Float(
        string="Cost to Sell",
        digits=(16, 4),
        help="What completing and selling takes of the price: for net realisable value.",
    )

    _place_uniq = models.UniqueIndex(
        "(company_id, COALESCE(categ_id, 0), COALESCE(warehouse_id, 0))",
        "There is a line for this category and warehouse already.",
    )
    _rates_in_range = models.Constraint(
        "CHECK (LEAST(capital_rate, storage_rate, insurance_rate, risk_rate, selling_rate) >= 0"
        " AND selling_rate <= 1)",
        "Rates cannot be negative, and selling cannot cost more than the price.",
    )

    @api.depends(*(f"{name}_rate" for name in RATES[:4]))
    def _compute_carrying_rate(self):
        for line in self:
            line.carrying_rate = line._to_core().carrying

    def _to_core(self):
        self.ensure_one()
        rates = {name: self[f"{name}_rate"] for name in RATES}
        return Rates(self.categ_id.id or None, self.warehouse_id.id or None, **rates)

    @api.model
    def _get_rates(self, company, categories, warehouses=()):
        """Return the rates of each category in each warehouse and in none.

        :param warehouses: ids
        :return: {(category or False, warehouse or None): :class:`core.rates.Rates`}; False is for
            products without category
        """
        lines = [line._to_core() for line in self.sudo().search([("company_id", "=", company.id)])]
        return {
            (number, place): choose(lines, line, place)
            for number, line in (
                (False, []),
                *((category.id, category._get_line()) for category in categories),
            )
            for place in (None, *warehouses)
        }
