import logging

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

#: Products checked and committed at a time.
BATCH = 100


class StockValuationCheck(models.AbstractModel):
    """Compares every book with what Odoo says now, and writes down what differs."""

    _name = "stock.valuation.check"
    _description = "Check of the Valuation Ledger"

    @api.model
    def _cron_check(self):
        cron = self.env["ir.cron"]
        started = fields.Datetime.now()
        books = self.env["stock.valuation.book"].search(
            ["|", ("checked_at", "=", False), ("checked_at", "<", started)], order="company_id, id"
        )
        cron._commit_progress(remaining=len(books))
        for company, of_company in books.grouped("company_id").items():
            for batch in split_every(BATCH, of_company.ids, books.browse):
                self._check(company, batch)
                if not cron._commit_progress(len(batch)):
                    return

    @api.model
    def _check(self, company, books):
        """Compare books of a company with Odoo's quantities and values; nothing is mended."""
        self.env.flush_all()
        writer = self.env["stock.valuation.writer"]
        groups = writer._get_groups(company, books.product_id, [])
        self.env["stock.valuation.total"]._set_totals(company, groups.values())
        found = {book.product_id.id: [0, 0, 0.0] for book in books}
        for group in groups.values():
            ledger, odoo, gap = found[group.product.id]
            found[group.product.id] = [
                ledger + (0 if group.owner else group.book.value),
                odoo + (0 if group.owner else group.total),
                gap + self._get_gap(group),
            ]
        for book in books:
            self._note(company, book, *found[book.product_id.id])
        books.invalidate_recordset(flush=False)

    @api.model
    def _note(self, company, book, ledger, odoo, gap):
        """Write down what a comparison found, amounts in cents.

        A book that somebody writes at this moment is left for the next comparison: what was found
        is not true of it any more, and nobody is to wait for a comparison.
        """
        to_amount = self.env["stock.valuation.source"]._to_amount
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        """
                        UPDATE stock_valuation_book
                           SET checked_at = %s, ledger_value = %s, odoo_value = %s,
                               difference = %s, quantity_difference = %s
                         WHERE id IN (SELECT id FROM stock_valuation_book WHERE id = %s
                                         FOR NO KEY UPDATE NOWAIT)
                        """,
                        fields.Datetime.now(),
                        to_amount(company, ledger),
                        to_amount(company, odoo),
                        to_amount(company, ledger - odoo),
                        gap,
                        book.id,
                    ),
                    log_exceptions=False,
                )
        except (SerializationFailure, LockNotAvailable):
            _logger.info("Book %s is being written: it is compared next time", book.id)

    @api.model
    def _get_gap(self, group):
        """Return by how much quantities differ, over all places."""
        quantities = group.book.get_quantities()
        gap = sum(
            abs(group.on_hand.get(place, 0.0) - quantities.get(place, 0.0))
            for place in {*group.on_hand, *quantities}
        )
        return gap if gap > 1e-6 else 0.0

    @api.model
    def _mend(self, books):
        """Write the entries that bring books to what Odoo says."""
        writer = self.env["stock.valuation.writer"]
        for company, of_company in books.grouped("company_id").items():
            lines = self._get_missing_lines(company, of_company.product_id.ids)
            writer._write_products(
                company, set(of_company.product_id.ids), lines, "revaluation", {}
            )
            self._check(company, of_company)

    @api.model
    def _get_missing_lines(self, company, product_ids):
        """Return done product moves that have no entry: they were under way while the book was
        opened, say."""
        return self.env["stock.valuation.source"]._get_lines(
            company,
            SQL(
                """move.product_id = ANY(%s) AND NOT EXISTS (
                    SELECT FROM stock_valuation_entry entry WHERE entry.move_line_id = line.id)""",
                list(product_ids),
            ),
        )
