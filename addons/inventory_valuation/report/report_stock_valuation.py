from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..models.stock_valuation_line import FLOWS

#: Lines on paper; more are for a workbook.
MAX_LINES = 5000


class ReportStockValuation(models.AbstractModel):
    """The valuation at a date, or its roll-forward, on paper: from the wizard that asks for it."""

    _name = "report.inventory_valuation.report_stock_valuation"
    _description = "Stock Valuation on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        wizard = self.env["stock.valuation.at.date"].browse(docids)
        wizard.ensure_one()
        # what the user may not see, the first access refuses
        self = self.with_context(allowed_company_ids=wizard.sudo().company_ids.ids)
        wizard = wizard.with_env(self.env)
        lines = self.env["stock.valuation.line"].with_context(**wizard._get_context())
        found = lines.search(wizard._get_domain(), limit=MAX_LINES + 1)
        if len(found) > MAX_LINES:
            raise UserError(
                self.env._(
                    "On paper there is room for %s lines: choose warehouses or categories, or"
                    " export the workbook.",
                    MAX_LINES,
                )
            )
        columns = self._get_columns(bool(wizard.date_from))
        return {
            "doc_ids": wizard.ids,
            "doc_model": wizard._name,
            "docs": wizard,
            "company": self.env.company,
            "title": self._get_title(wizard),
            "parameters": self._get_parameters(wizard, lines),
            "columns": [title for title, _name in columns],
            "with_details": bool(found.lot_id or found.owner_id),
            "places": self._get_places(found, columns),
            "totals": self._get_totals(found, columns),
            "accounts": self._get_accounts(found),
            "rule": lines._get_allocation_rule(),
            "periods": self._get_periods(wizard),
            "made": self._get_made(),
        }

    @api.model
    def _get_title(self, wizard):
        if wizard.date_from:
            return self.env._(
                "Stock value from %(opening)s to %(closing)s",
                opening=wizard.date_from,
                closing=wizard.date,
            )
        return self.env._("Stock value on %s", wizard.date)

    @api.model
    def _get_made(self):
        """Return when and by whom it is printed."""
        return self.env._(
            "Printed %(moment)s by %(user)s",
            moment=self.env["stock.valuation.export"]._tell(fields.Datetime.now()),
            user=self.env.user.name,
        )

    @api.model
    def _get_parameters(self, wizard, lines):
        tell = self.env["stock.valuation.export"]._tell
        at, since = lines._get_moments()
        everything = self.env._("all")
        limited = self.env.user.availability_warehouse_ids
        return [
            (self.env._("Companies"), ", ".join(self.env.companies.mapped("name"))),
            (self.env._("Value as of"), tell(at)),
            *([(self.env._("Opening as of"), tell(since))] if since else []),
            (
                self.env._("Warehouses"),
                ", ".join((wizard.warehouse_ids or limited).mapped("name")) or everything,
            ),
            (
                self.env._("Categories"),
                ", ".join(wizard.categ_ids.mapped("complete_name")) or everything,
            ),
            (self.env._("Printed on"), tell(fields.Datetime.now())),
            (self.env._("Printed by"), self.env.user.name),
        ]

    @api.model
    def _get_columns(self, roll_forward):
        """Return (title, field) of the amounts."""
        names = ["opening_value", *FLOWS, "value"] if roll_forward else ["unit_value", "value"]
        titles = self.env["stock.valuation.line"].fields_get(names, ["string"])
        told = {"value": self.env._("Closing")} if roll_forward else {}
        return [(told.get(name) or titles[name]["string"], name) for name in names]

    @api.model
    def _get_places(self, lines, columns):
        """Return the lines of each place, with its totals."""
        places = []
        for (company, location), of_place in lines.grouped(
            lambda line: (line.company_id, line.location_id)
        ).items():
            name = location.sudo().complete_name
            if len(self.env.companies) > 1:
                name = f"{company.name} · {name}"
            places.append(
                {
                    "name": name,
                    "rows": [
                        {
                            "product": line.product_id.display_name,
                            "details": " · ".join(
                                filter(None, (line.lot_id.name, line.owner_id.sudo().name))
                            ),
                            "quantity": f"{line.quantity:,.6f}".rstrip("0").rstrip("."),
                            "unit": line.uom_id.name,
                            "amounts": [
                                self._format(line[name], line.currency_id)
                                for _title, name in columns
                            ],
                        }
                        for line in of_place
                    ],
                    "sums": self._sum(of_place, columns),
                }
            )
        return sorted(places, key=lambda place: place["name"])

    @api.model
    def _get_totals(self, lines, columns):
        """Return the totals per currency: (currency, amounts) of each."""
        return [
            (currency.name, self._sum(of_currency, columns))
            for currency, of_currency in lines.grouped("currency_id").items()
        ]

    @api.model
    def _sum(self, lines, columns):
        currency = lines.currency_id[:1]
        return [
            "" if name == "unit_value" else self._format(sum(lines.mapped(name)), currency)
            for _title, name in columns
        ]

    @api.model
    def _format(self, amount, currency):
        """Return an amount without its currency, of which the totals tell."""
        return formatLang(self.env, currency.round(amount), digits=currency.decimal_places)

    @api.model
    def _get_accounts(self, lines):
        """Return what each valuation account has: (company, account, value) of each."""
        return [
            (
                company.name,
                account.sudo().display_name or self.env._("No valuation account"),
                company.currency_id.format(sum(of_account.mapped("value"))),
            )
            for (company, account), of_account in lines.grouped(
                lambda line: (line.company_id, line.account_id)
            ).items()
        ]

    @api.model
    def _get_periods(self, wizard):
        """Return the closings of that day, with their proof."""
        periods = self.env["stock.valuation.period"].search(
            [("date", "=", wizard.date), ("company_id", "in", self.env.companies.ids)]
        )
        tell = self.env["stock.valuation.export"]._tell
        return [
            {
                "company": period.company_id.name,
                "closed": self.env._(
                    "Closed %(moment)s by %(user)s",
                    moment=tell(period.closed_at),
                    user=period.user_id.sudo().name,
                ),
                "value": period.currency_id.format(period.value),
                "difference": period.currency_id.format(period.difference),
                "digest": period.digest,
            }
            for period in periods
        ]
