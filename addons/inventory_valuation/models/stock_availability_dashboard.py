"""Figures of value in the strip of the inventory dashboard, for those who see values."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..core.figures import RATIOS

#: Months that the figures are of; the last one is under way.
MONTHS = 12

AMOUNTS = ("value_days", "cost_value", "margin", "carrying_cost", "shrinkage_value")


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    def _get_figure_groups(self):
        return [*super()._get_figure_groups(), "_get_figures_of_value"]

    @api.model
    def _get_figure_openers(self):
        names = ("turns", "days_on_hand", "gmroi", "carrying_cost", "shrinkage_rate")
        return {**super()._get_figure_openers(), **dict.fromkeys(names, "_open_valuation_figures")}

    @api.model
    def _get_figures_of_value(self, _filters, domain, places):
        """Nothing for those who may not see values, and before the figures are there."""
        if not self.env["stock.valuation.figure"].has_access("read"):
            return
        amounts, as_of = self._sum_valuation_figures(domain, places)
        if not as_of:
            return
        values = {name: ratio.compute({**_NONE, **amounts}) for name, ratio in RATIOS.items()}
        since = self.env._("last %s months", MONTHS)
        number = {"detail": since, "as_of": as_of, "kind": "quantity"}
        yield {
            "name": "turns",
            "label": self.env._("Turns"),
            "help": self.env._("Cost of goods ÷ average value of stock, of a year."),
            "value": _round(values["turns"], 1),
            "uom": self.env._("a year"),
            **number,
        }
        yield {
            "name": "days_on_hand",
            "label": self.env._("Days on Hand"),
            "help": self.env._(
                "How long the average value lasts at the cost of goods of the time."
            ),
            "value": _round(values["days_on_hand"], 0),
            "uom": self.env._("days"),
            **number,
        }
        yield {
            "name": "gmroi",
            "label": self.env._("GMROI"),
            "help": self.env._("Gross margin ÷ average value of stock, of a year."),
            "value": _round(values["gmroi"], 2),
            "uom": "",
            **number,
        }
        yield {
            **number,
            "name": "carrying_cost",
            "label": self.env._("Carrying Cost"),
            "help": self.env._(
                "What holding the stock has cost: capital, storage, insurance and risk."
            ),
            "kind": "monetary",
            "value": amounts["carrying_cost"],
            "currency_id": self.env.company.currency_id.id,
        }
        rate = values["shrinkage_rate"]
        yield {
            "name": "shrinkage_rate",
            "label": self.env._("Shrinkage"),
            "help": self.env._("Lost less found in counts ÷ cost of goods."),
            "value": None if rate is None else _round(100 * rate, 2),
            "uom": "%",
            **number,
        }

    @api.model
    def _get_valuation_figures_domain(self, domain, places):
        first = fields.Date.context_today(self).replace(day=1) - relativedelta(months=MONTHS - 1)
        result = Domain("month", ">=", first) & Domain("warehouse_id", "in", places.ids)
        if not self._is_everything(domain):
            result &= self._get_product_condition("product_id", domain)
        return result

    @api.model
    def _sum_valuation_figures(self, domain, places):
        """Return sums in the currency of the user's company, and when the oldest was computed."""
        today = fields.Date.context_today(self)
        own = self.env.company
        sums, moments = dict.fromkeys(AMOUNTS, 0.0), []
        for company, moment, *amounts in self.env["stock.valuation.figure"]._read_group(
            self._get_valuation_figures_domain(domain, places),
            ["company_id"],
            ["computed_at:min", *(f"{name}:sum" for name in AMOUNTS)],
        ):
            moments.append(moment)
            for name, amount in zip(AMOUNTS, amounts, strict=True):
                sums[name] += company.sudo().currency_id._convert(
                    amount, own.currency_id, own, today, round=False
                )
        return sums, min(moments, default=None)

    @api.model
    def _open_valuation_figures(self, _name, filters):
        places = self._get_places(filters)
        domain = self._get_product_domain(filters, places)
        products = self._get_valuation_figures_domain(domain, places)
        if not self._is_everything(domain):
            # a condition that the web client can carry
            found = self.env["product.product"].search(domain)
            products = self._get_valuation_figures_domain(
                Domain("is_storable", "=", True), places
            ) & Domain("product_id", "in", found.ids)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_valuation.stock_valuation_figure_action"
        )
        return {**action, "domain": list(products), "context": {"search_default_group_by_month": 1}}


#: Amounts that the strip does not sum.
_NONE = {"receipt_value": 0.0, "landed_value": 0.0}


def _round(value, digits):
    return None if value is None else round(value, digits)
