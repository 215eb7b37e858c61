"""Books that close: bills, invoices, payments, other costs, and the stock's value each month.

Purchases are billed order by order, sales that are kept as orders are invoiced order by order;
older sales are invoiced in one sum a month for each branch. The value of the stock is posted at
the end of each month, as Odoo's own closing does; the last one is Odoo's own.
"""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict

from odoo import Command

from .context import Build
from .geography import BRANCHES
from .history import Document, Ledger
from .templates import DELIVERY, RETURN

#: Days from the receipt to the bill, from a bill or invoice to its payment.
BILLED_AFTER, PAID_AFTER = 2, 30
#: Days from the end of a quarter to the payment of its VAT.
VAT_DUE_AFTER = 37
#: Sales orders of the last days are still to be invoiced.
INVOICED_AFTER = 5
CAPITAL = 60_000.0
#: GBP a month, and the part of the month's sales that wages and other costs take.
RENT, WAGES, OTHER = 2_400.0, 0.24, 0.08


class Books:
    """Writes the journals of one build."""

    def __init__(self, build: Build, ledger: Ledger):
        self._build = build
        self._ledger = ledger
        self._env = build.env
        self._company = build.company
        accounts = self._env["account.account"].search([("company_ids", "in", self._company.ids)])
        self._accounts = {account.code: account for account in accounts}
        self._bank = self._env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self._company.id)], limit=1
        )
        self._general = self._env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self._company.id)], limit=1
        )

    # -- Documents --------------------------------------------------------------------------

    def open(self) -> None:
        """The opening balance: what the owners put in, in the bank and in stock."""
        valuation = self._company.account_stock_valuation_id
        self._post(
            [
                self._entry(
                    self._general,
                    self._build.date(-1),
                    "Opening balance",
                    [
                        (valuation, self._ledger.opening, None),
                        (self._bank.default_account_id, CAPITAL, None),
                        (self._accounts["300000"], -CAPITAL - self._ledger.opening, None),
                    ],
                )
            ]
        )

    def bill(self, purchases):
        """Bill what was received, order by order, some days later.

        :param purchases: ``purchase.order`` records of the received orders
        """
        values = []
        last = self._build.today - datetime.timedelta(days=1)
        for order in purchases:
            date = order.effective_date.date() + datetime.timedelta(days=BILLED_AFTER)
            if date > last:
                continue
            lines = [Command.create(line._prepare_account_move_line()) for line in order.order_line]
            bill = order._prepare_invoice() | {
                "invoice_date": date,
                "date": date,
                "ref": f"{order.partner_ref or order.partner_id.name[:3].upper()}-{order.name}",
                "invoice_line_ids": lines,
            }
            values.append(bill)
        return self._post(values)

    def invoice_orders(self, sales):
        """Invoice the orders that are kept as such, but for the last days."""
        limit = self._build.moment(self._build.plan.today - INVOICED_AFTER)
        values = []
        for order in sales.filtered(lambda o: o.date_order < limit):
            lines = [
                Command.create(line._prepare_invoice_line(quantity=line.qty_to_invoice))
                for line in order.order_line
            ]
            date = order.date_order.date()
            values.append(
                order._prepare_invoice() | {"invoice_date": date, "invoice_line_ids": lines}
            )
        return self._post(values)

    def invoice_months(self, history: list[Document]):
        """One invoice a month for the sales of a branch without an order; returns are credited."""
        sums: dict[tuple, float] = defaultdict(float)
        for document in history:
            if document.kind not in (DELIVERY, RETURN) or document.sale:
                continue
            month = document.moment.date().replace(day=1)
            for line in document.lines:
                price = line.price or self._build.extract.products[line.code].list_price
                sums[document.kind, month, document.place] += line.quantity * price
        partners = self._branch_customers()
        values = []
        for (kind, month, place), amount in sorted(sums.items()):
            # a month that goes on is invoiced up to yesterday
            last = calendar.monthrange(month.year, month.month)[1]
            date = min(month.replace(day=last), self._build.date(self._build.plan.today - 1))
            taxes = self._build.tax_ids(partners[place], self._company.account_sale_tax_id)
            line = {
                "name": f"{'Gifts' if kind == DELIVERY else 'Returned gifts'}, {month:%B %Y}",
                "quantity": 1,
                "price_unit": round(amount, 2),
                "tax_ids": [Command.set(taxes)],
            }
            values.append(
                {
                    "move_type": "out_invoice" if kind == DELIVERY else "out_refund",
                    "partner_id": partners[place].id,
                    "invoice_date": date,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        return self._post(values)

    def pay(self, invoices) -> None:
        """Pay bills and invoices that are due, month by month through the bank."""
        limit = self._build.today - datetime.timedelta(days=PAID_AFTER)
        due = invoices.filtered(lambda move: move.invoice_date <= limit)
        by_month = defaultdict(lambda: self._env["account.move.line"])
        for line in due.line_ids.filtered(
            lambda item: (
                item.account_id.account_type in ("asset_receivable", "liability_payable")
                and not item.reconciled
            )
        ):
            paid = line.move_id.invoice_date + datetime.timedelta(days=PAID_AFTER)
            kind = "Payments" if line.account_id.account_type == "liability_payable" else "Receipts"
            by_month[kind, paid.replace(day=1)] |= line
        entries, paired = [], []
        for (kind, month), lines in sorted(by_month.items()):
            last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
            date = min(last, self._build.date(self._build.plan.today - 1))
            parts = [(line.account_id, -line.balance, line.partner_id) for line in lines]
            parts.append((self._bank.default_account_id, sum(lines.mapped("balance")), None))
            title = f"{kind} of {month:%B %Y}"
            entries.append(self._entry(self._bank, date, title, parts))
            paired.append(lines)
        # as `_post` sorts them
        order = sorted(range(len(entries)), key=lambda index: entries[index]["date"])
        paired = [paired[index] for index in order]
        payments = self._post([entries[index] for index in order])
        plan = []
        for payment, lines in zip(payments, paired, strict=True):
            paying = payment.line_ids.sorted("id")[: len(lines)]
            plan += [line + other for line, other in zip(lines, paying, strict=True)]
        self._env["account.move.line"]._reconcile_plan(plan)

    def spend(self) -> None:
        """Rent, wages and other costs of each month."""
        sales: dict[datetime.date, float] = defaultdict(float)
        for line in self._build.extract.history:
            date = self._build.date(line.day)
            sales[date.replace(day=calendar.monthrange(date.year, date.month)[1])] += (
                line.quantity * line.price
            )
        entries = []
        for date, amount in sorted(sales.items()):
            if date >= self._build.today:
                continue
            parts = [
                (self._accounts["710000"], RENT, None),
                (self._accounts["700100"], round(amount * WAGES, 2), None),
                (self._accounts["771000"], round(amount * OTHER, 2), None),
            ]
            paid = -sum(value for _account, value, _partner in parts)
            parts.append((self._bank.default_account_id, paid, None))
            entries.append(self._entry(self._bank, date, f"Costs of {date:%B %Y}", parts))
        self._post(entries)

    def pay_vat(self) -> None:
        """Settle the VAT of each quarter that is over and due, from the bank."""
        vat = self._accounts["220000"] | self._accounts["220100"]
        for quarter in self._quarters():
            due = quarter + datetime.timedelta(days=VAT_DUE_AFTER)
            if due >= self._build.today:
                break
            sums = self._env["account.move.line"]._read_group(
                [
                    ("account_id", "in", vat.ids),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", quarter),
                ],
                ["account_id"],
                ["balance:sum"],
            )
            # the payment for the quarter before is in the sums: it was due within this one
            parts = [(account, -balance, None) for account, balance in sums]
            paid = -sum(amount for _account, amount, _partner in parts)
            parts.append((self._bank.default_account_id, paid, None))
            self._post([self._entry(self._bank, due, f"VAT to {quarter:%B %Y}", parts)])

    def _quarters(self) -> list[datetime.date]:
        """The ends of the quarters of the history."""
        first, last = self._build.date(0), self._build.today
        ends = [
            datetime.date(year, month, calendar.monthrange(year, month)[1])
            for year in range(first.year, last.year + 1)
            for month in (3, 6, 9, 12)
        ]
        return [end for end in ends if first <= end < last]

    # -- Closing ----------------------------------------------------------------------------

    def close(self):
        """Post the change of the stock's value at each month's end; Odoo closes the rest.

        :return: the closings of past months
        """
        yesterday = self._build.date(self._build.plan.today - 1)
        journal = self._company.account_stock_journal_id
        valuation = self._company.account_stock_valuation_id
        variation = valuation.account_stock_variation_id
        before, entries = self._ledger.opening, []
        for date, value in sorted(self._ledger.months.items()):
            if date >= yesterday:
                break  # a month that ended just now is left to Odoo
            change = round(value, 2) - round(before, 2)
            before = value
            parts = [(valuation, change, None), (variation, -change, None)]
            entries.append(self._entry(journal, date, "Stock Closing", parts))
        closings = self._post(entries)
        for move in closings:
            self._company._save_closing_id(move.id)
        self._company.action_close_stock_valuation(auto_post=True)
        return closings

    # -- Helpers ----------------------------------------------------------------------------

    def _entry(self, journal, date: datetime.date, name: str, parts) -> dict:
        """An entry of ``parts``: (account, debit as a positive amount, partner or None)."""
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": date,
            "ref": name,
            "line_ids": [
                Command.create(
                    {
                        "account_id": account.id,
                        "balance": round(amount, 2),
                        "partner_id": partner.id if partner else False,
                        "name": name,
                    }
                )
                for account, amount, partner in parts
            ],
        }

    def _post(self, values: list[dict]):
        """Create and post in the order of the dates, so that the numbers rise with them."""
        values.sort(key=lambda move: move.get("invoice_date") or move["date"])
        moves = self._env["account.move"].create(values)
        moves._post(soft=False)
        return moves

    def _branch_customers(self) -> dict:
        """One partner for a branch's sales without an order."""
        partners = self._env["res.partner"].create(
            [
                {
                    "name": f"Customers of {branch.name}, in sum",
                    "is_company": True,
                    "customer_rank": 1,
                    "property_payment_term_id": self._build.payment_term.id,
                    "country_id": self._env.ref("base.jp").id
                    if branch.code == "ROW"
                    else self._build.warehouses[branch.code].partner_id.country_id.id,
                }
                for branch in BRANCHES
            ]
        )
        return dict(zip((branch.code for branch in BRANCHES), partners, strict=True))
