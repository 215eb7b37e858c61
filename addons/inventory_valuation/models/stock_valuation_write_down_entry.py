"""From a decided proposal to one draft journal entry with its working paper."""

import io
from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class StockValuationWriteDown(models.Model):
    _inherit = "stock.valuation.write.down"

    def action_create_entry(self):
        """Make the draft journal entry of what is accepted; returns the action that opens it.

        :raise UserError: something is in the way; nothing is made then
        """
        self.ensure_one()
        self._lock_proposals()
        self._check_open()
        self._check_decided()
        self._check_current()
        self._check_period()
        self._check_amounts()
        move = self.env["account.move"].create(self._prepare_move())
        self.sudo().move_id = move
        self._attach_working_paper(move)
        return self.action_open_move()

    # -- what may be in the way --------------------------------------------------------------

    def _lock_proposals(self):
        """Two entries of a company are made one after the other, each knowing of the one before."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM stock_valuation_write_down WHERE company_id = %s"
                " ORDER BY id FOR UPDATE",
                self.company_id.id,
            )
        )
        self.invalidate_recordset(["move_id"])

    def _check_decided(self):
        if not self.ageing_id:
            raise UserError(self.env._("Press “Propose” first: there are no lines yet."))
        if self.open_count:
            raise UserError(
                self.env._("%s lines are not decided yet: accept or reject them.", self.open_count)
            )

    def _check_amounts(self):
        if not any(line.amount or line.used_amount for line in self._get_accepted()):
            raise UserError(
                self.env._("No accepted line changes anything: there is nothing to post.")
            )
        costs = self._get_costs()
        for product, lines in self.line_ids.grouped("product_id").items():
            allowance = sum(lines.mapped("allowance_after"))
            cost = costs.get(product, 0.0)
            if self.currency_id.compare_amounts(allowance, max(cost, 0.0)) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s would be written down by %(allowance)s, and cost %(cost)s:"
                        " accept what takes the allowance back.",
                        product=product.display_name,
                        allowance=self.currency_id.format(allowance),
                        cost=self.currency_id.format(cost),
                    )
                )

    def _get_accepted(self):
        return self.line_ids.filtered(lambda line: line.decision == "accepted")

    def _get_costs(self):
        """Return what the stock that the proposal is about cost: {product: amount}."""
        return dict(
            self.env["stock.valuation.ageing.line"]._read_group(
                [("ageing_id", "=", self.ageing_id.id), ("quantity", ">", 0)],
                ["product_id"],
                ["value:sum"],
            )
        )

    def _check_current(self):
        """Nothing else was written down since the lines were proposed."""
        others = self.search([("company_id", "=", self.company_id.id), ("id", "!=", self.id)])
        waiting = others.filtered(lambda other: other.state == "entry")
        if waiting:
            raise UserError(
                self.env._(
                    "The entry of “%s” is still a draft: post or delete it first, so that nothing"
                    " is written down twice.",
                    waiting[0].display_name,
                )
            )
        later = others.filtered(lambda other: other.state == "posted" and other.date > self.date)
        if later:
            raise UserError(
                self.env._(
                    "“%s” is posted already: choose its date or a later one.",
                    later[0].display_name,
                )
            )
        prior = self._get_prior()
        to_cents = self.env["stock.valuation.source"]._to_cents
        known = {
            product.id: to_cents(self.company_id, sum(lines.mapped("prior_amount")))
            for product, lines in self.line_ids.grouped("product_id").items()
        }
        if {product: cents for product, cents in known.items() if cents} != {
            product: cents for product, (cents, _quantity, _moment) in prior.items()
        }:
            raise UserError(
                self.env._(
                    "Other write-downs were posted or reversed since this was proposed: press"
                    " “Propose” again."
                )
            )

    def _check_period(self):
        if not self.journal_id:
            raise UserError(
                self.env._(
                    "%s has no journal for this entry: choose one of type “Miscellaneous”.",
                    self.company_id.name,
                )
            )
        locks = self.company_id._get_violated_lock_dates(self.date, False, self.journal_id)
        if locks:
            date, field = locks[-1]
            name = self.company_id._fields[field].get_description(self.env, ["string"])["string"]
            raise UserError(
                self.env._(
                    "%(company)s is locked up to %(date)s (%(lock)s): choose a later date, or have"
                    " the period opened in Accounting ▸ Lock Dates.",
                    company=self.company_id.name,
                    date=date,
                    lock=name,
                )
            )

    # -- the entry ---------------------------------------------------------------------------

    def _prepare_move(self):
        sums = defaultdict(float)
        for line in self._get_accepted():
            accounts = self._get_accounts(line)
            for name, sign in (("write_down", 1), ("reversal", -1), ("used", -1)):
                sums[accounts, name] += sign * line[f"{name}_amount"]
        labels = {
            "write_down": self.env._("Write-down of stock to net realisable value"),
            "reversal": self.env._("Reversal of write-downs of stock"),
            "used": self.env._("Write-downs of stock that was sold or used"),
        }
        lines = []
        for ((allowance, expense), name), amount in sums.items():
            amount = self.currency_id.round(amount)
            if not amount:
                continue
            for account, balance in ((expense, amount), (allowance, -amount)):
                lines.append(
                    Command.create(
                        {"account_id": account.id, "name": labels[name], "balance": balance}
                    )
                )
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": self.journal_id.id,
            "date": self.date,
            "ref": self.display_name,
            "line_ids": lines,
        }

    def _get_accounts(self, line):
        """Return the allowance and the expense account of a line.

        :raise UserError: one is missing; says which and where to set it
        """
        category = line.categ_id
        accounts = category._get_write_down_accounts(self.company_id)
        names = (self.env._("allowance account"), self.env._("expense account"))
        for account, name in zip(accounts, names, strict=True):
            if not account:
                raise UserError(
                    self.env._(
                        "%(category)s has no %(name)s for write-downs in %(company)s. Set it on the"
                        " category, on one above it, or for all in Accounting ▸ Configuration ▸"
                        " Settings ▸ Stock Valuation.",
                        category=category.display_name or line.product_id.display_name,
                        name=name,
                        company=self.company_id.name,
                    )
                )
        return accounts

    def _attach_working_paper(self, move):
        """Attach the workbook to the entry that rests on it."""
        file = io.BytesIO()
        self.env["stock.valuation.export"]._write(file, self)
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("Working paper %s.xlsx", fields.Date.to_string(self.date)),
                "raw": file.getvalue(),
                "res_model": move._name,
                "res_id": move.id,
            }
        )
        move.message_post(
            body=self.env._("Made from: %s", self.display_name), attachment_ids=attachment.ids
        )
        self.message_post(body=self.env._("The draft journal entry was made."))
