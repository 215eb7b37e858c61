"""Makes reconciliations: asks both ledgers, has the difference explained, and writes it down."""

from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_round

from ..core.reconcile import explain, get_difference

#: Names of documents that a line spells out.
MAX_NAMES = 8


class StockValuationReconciliation(models.Model):
    _inherit = "stock.valuation.reconciliation"

    @api.model
    def _reconcile(self, company, date, accounts=None):
        """Compare both ledgers of a company at the end of a day.

        :param accounts: valuation accounts; by default all that have stock or a balance
        :return: a reconciliation each; where nothing has changed since the last one of that
            account and day, that one
        :raise UserError: nothing can be said about that day; nothing is made then
        """
        self._check_rights(company)
        lines = self.env["stock.valuation.line"].with_context(allowed_company_ids=company.ids)
        lines._check_dates(date)
        self.env["stock.valuation.backfill"].sudo()._check_complete(company)
        moment = lines._get_end_of_day(date)
        ledgers = self.env["stock.valuation.ledgers"].sudo()
        of_accounts = ledgers._get_accounts(company)
        self._check_accounts(company, of_accounts, moment)
        made = self.browse()
        for account in accounts or self.env["account.account"].union(*filter(None, of_accounts)):
            if account not in of_accounts:
                raise UserError(
                    self.env._(
                        "%(account)s is no valuation account of %(company)s: no product category"
                        " uses it, nor do the company's inventory settings.",
                        account=account.display_name,
                        company=company.name,
                    )
                )
            values = self._prepare_reconciliation(
                company, account, of_accounts[account], (date, moment)
            )
            if accounts or values["stock_value"] or values["account_balance"]:
                made |= self._find_same(values) or self.sudo().create(values).sudo(False)
        if not made:
            raise UserError(
                self.env._(
                    "No valuation account of %(company)s has stock or a balance on %(date)s.",
                    company=company.name,
                    date=date,
                )
            )
        return made

    @api.model
    def _check_accounts(self, company, of_accounts, moment):
        """Refuse where stock is worth something and belongs to no account."""
        missing = [ids for account, ids in of_accounts.items() if not account]
        if not missing:
            return
        values = self.env["stock.valuation.ledgers"].sudo()._get_values_by_category(company, moment)
        without = [one for one in missing[0] if not company.currency_id.is_zero(values.get(one, 0))]
        if without:
            names = (
                self.env["product.category"].browse(filter(None, without)).mapped("complete_name")
            )
            if False in without:
                names.append(self.env._("products without category"))
            raise UserError(
                self.env._(
                    "These products of %(company)s have stock and no valuation account:"
                    " %(categories)s. Set the Stock Valuation Account of the category, or of the"
                    " company in the settings of Inventory, then reconcile again.",
                    company=company.name,
                    categories=", ".join(names),
                )
            )

    @api.model
    def _prepare_reconciliation(self, company, account, category_ids, when):
        """Return the values of a reconciliation.

        :param when: the day, and its end in UTC
        """
        date, moment = when
        ledgers = self.env["stock.valuation.ledgers"].sudo()
        closing = ledgers._get_closing(company, date)
        items = ledgers._get_items(company, account, category_ids, date, moment, closing)
        findings = explain(items)
        source = self.env["stock.valuation.source"]
        inside = [item for item in items if item.when in ("before", "late", "within")]
        sums = {
            "stock_value": sum(item.value for item in inside if item.side == "stock"),
            "account_balance": sum(item.value for item in inside if item.side == "ledger"),
            "difference": get_difference(items),
            "explained": sum(one.value for one in findings if one.category != "unexplained"),
            "remaining": sum(one.value for one in findings if one.category == "unexplained"),
        }
        totals = {name: source._to_amount(company, cents) for name, cents in sums.items()}
        names = self._get_document_names(findings)
        classes = self._prepare_classes(company, findings, names)
        return {
            "company_id": company.id,
            "account_id": account.id,
            "date": date,
            "moment": moment,
            "made_at": fields.Datetime.now(),
            "user_id": self.env.uid,
            **totals,
            "closing_id": closing.id,
            "closing_until": closing.stock_closing_until,
            "period_id": self.env["stock.valuation.period"]
            .sudo()
            .search([("company_id", "=", company.id), ("date", "=", date)])
            .id,
            "notes": "\n".join(self._get_notes(company, account, date)),
            "class_ids": [Command.create(values) for values in classes],
            "digest": self._get_digest(company, account, date, totals, classes),
        }

    @api.model
    def _prepare_classes(self, company, findings, names):
        """Return values of the classes of findings, with their lines."""
        to_amount = self.env["stock.valuation.source"]._to_amount
        by_category = defaultdict(list)
        for finding in findings:
            by_category[finding.category].append(finding)
        return [
            {
                "category": category,
                "amount": to_amount(company, sum(one.value for one in of_category)),
                "count": sum(one.count for one in of_category),
                "line_ids": [
                    Command.create(self._prepare_line(company, finding, names))
                    for finding in of_category
                ],
            }
            for category, of_category in by_category.items()
        ]

    @api.model
    def _prepare_line(self, company, finding, names):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        sources = defaultdict(list)
        for model, record_id in finding.documents:
            sources[model].append(record_id)
        told = list(dict.fromkeys(filter(None, map(names.get, finding.documents))))
        text = ", ".join(told[:MAX_NAMES])
        if len(told) > MAX_NAMES:
            text = self.env._("%(names)s and others", names=text)
        return {
            "product_id": finding.product,
            "kind": finding.kind or False,
            "quantity": float_round(finding.quantity, precision_digits=digits)
            if finding.product
            else 0.0,
            "amount": self.env["stock.valuation.source"]._to_amount(company, finding.value),
            "count": finding.count,
            "document": text,
            "sources": dict(sources),
        }

    @api.model
    def _get_document_names(self, findings):
        """Return how documents are called: {(model, id): text}."""
        ids = defaultdict(set)
        for finding in findings:
            for model, record_id in finding.documents:
                ids[model].add(record_id)
        names = {}
        for model, record_ids in ids.items():
            for record in self.env[model].sudo().browse(record_ids).exists():
                names[model, record.id] = self._get_document_name(record)
        return names

    @api.model
    def _get_document_name(self, record):
        if record._name == "stock.move":
            document = record.picking_id or record.scrap_id or record
            return record.reference or document.display_name
        if record._name == "product.value":
            return record.description or self.env._("Value set on %s", record.date)
        return record.display_name

    @api.model
    def _get_notes(self, company, account, date):
        """Return what the reader has to know and no line tells."""
        for currency, entries in self._get_without_rate(company, account, date):
            yield self.env._(
                "%(currency)s had no rate on the day of %(entries)s: Odoo took a later rate, or one"
                " for one. Enter the rate, reset these entries to draft and post them again.",
                currency=currency,
                entries=", ".join(entries[:MAX_NAMES]),
            )

    @api.model
    def _get_without_rate(self, company, account, date):
        """Return posted journal entries in a currency that had no rate: (currency, entries)."""
        return self.env.execute_query(
            SQL(
                """
                SELECT currency.name, array_agg(DISTINCT move.name)
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_currency currency ON currency.id = line.currency_id
                 WHERE line.account_id = %(account)s
                   AND line.company_id = %(company)s
                   AND line.parent_state = 'posted'
                   AND line.date <= %(date)s
                   AND line.currency_id <> %(currency)s
                   AND NOT EXISTS (
                        SELECT FROM res_currency_rate rate
                         WHERE rate.currency_id = line.currency_id
                           AND rate.name <= COALESCE(move.invoice_date, line.date)
                           AND (rate.company_id IS NULL OR rate.company_id = %(root)s))
                 GROUP BY currency.name
                 ORDER BY currency.name
                """,
                account=account.id,
                company=company.id,
                date=date,
                currency=company.currency_id.id,
                root=company.root_id.id,
            )
        )
