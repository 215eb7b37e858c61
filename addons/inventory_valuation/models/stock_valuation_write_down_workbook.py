"""The working paper of a write-down."""

from odoo import models

from ..core.workbook import Column, Table


class StockValuationWriteDown(models.Model):
    _inherit = "stock.valuation.write.down"

    def _get_tables(self):
        export = self.env["stock.valuation.export"]
        kinds, decisions = (
            dict(self.line_ids._fields[name]._description_selection(self.env))
            for name in ("kind", "decision")
        )

        def money(name, width=14):
            title = self.line_ids.fields_get([name], ["string"])[name]["string"]
            return Column(title, width, lambda line: line[name], "money")

        columns = [
            Column(self.env._("Category"), 24, lambda line: line.categ_id.display_name),
            Column(self.env._("Product"), 36, lambda line: line.product_id.display_name),
            Column(self.env._("Lot/Serial"), 14, lambda line: line.lot_id.name),
            Column(self.env._("Unit"), 8, lambda line: line.uom_id.name),
            Column(self.env._("Quantity"), 12, lambda line: line.quantity, "quantity"),
            money("cost_value"),
            Column(self.env._("Evidence"), 20, lambda line: kinds[line.kind]),
            Column(self.env._("What It Says"), 48, lambda line: line.evidence),
            Column(self.env._("Expected Price"), 12, lambda line: line.unit_price, "quantity"),
            Column(self.env._("Proposed NRV"), 12, lambda line: line.proposed_nrv_unit, "quantity"),
            Column(self.env._("NRV"), 12, lambda line: line.nrv_unit, "quantity"),
            money("nrv_value"),
            money("required_amount"),
            money("prior_amount"),
            money("write_down_amount"),
            money("reversal_amount"),
            money("used_amount"),
            money("amount"),
            Column(self.env._("Decision"), 12, lambda line: decisions[line.decision]),
            Column(self.env._("Reason"), 36, lambda line: line.reason),
            Column(self.env._("Decided By"), 18, lambda line: line.decided_by_id.name),
            Column(
                self.env._("Decided"),
                22,
                lambda line: line.decided_at and export._tell(line.decided_at),
            ),
            money("allowance_after"),
        ]
        return [
            Table(
                self.env._("Write-Down"),
                columns,
                list(self.line_ids),
                lambda line: line.currency_id.name,
                self.env._("Total"),
            )
        ]

    def _get_about(self):
        tell = self.env["stock.valuation.export"]._tell
        rows = [(self.env._("Write-down of stock"), "")]
        for proposal in self:
            rows += [
                (self.env._("Company"), proposal.company_id.name),
                (self.env._("Stock as of"), tell(proposal.ageing_id.moment)),
                (self.env._("Evidence as of"), tell(proposal.computed_at)),
                (self.env._("Products tested"), str(proposal.tested_count)),
                (
                    self.env._("Cost tested"),
                    proposal.currency_id.format(proposal.tested_value),
                ),
                *(
                    (
                        self.env._("Accepted: %s", title),
                        proposal.currency_id.format(proposal[name]),
                    )
                    for name, title in (
                        ("write_down_amount", self.env._("written down")),
                        ("reversal_amount", self.env._("reversed")),
                        ("used_amount", self.env._("used with goods sold")),
                        ("amount", self.env._("change of the allowance")),
                    )
                ),
                (self.env._("Journal entry"), proposal.move_id.name or proposal.move_id.ref or "–"),
            ]
        return [*rows, *((self.env._("Rule"), text) for text in self._get_rule())]

    def _get_rule(self):
        """Return how net realisable values come about, in words."""
        company = self[:1].company_id
        return [
            self.env._(
                "IAS 2.9: stock is measured at the lower of cost and net realisable value, item by"
                " item (29). Cost is that of the valuation ledger at the date."
            ),
            self.env._(
                "Net realisable value is the expected selling price without taxes, less the costs"
                " to complete and to sell (a rate per category)."
            ),
            self.env._(
                "Evidence, the first that there is: lots that expire within %(expiry)s days and"
                " are not sold before bring nothing; what is firmly sold brings its contract price"
                " (31); what was sold within %(sales)s days after the date its average price (30);"
                " the price list, unless the goods are dead and there is a rule for their age; the"
                " rule for their age.",
                expiry=company.valuation_expiry_days,
                sales=company.valuation_sales_days,
            ),
            self.env._(
                "What was written down before for goods that have gone since is used (34). What is"
                " left of it above the allowance needed is reversed, back to cost at most (33)."
            ),
        ]
