from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class StockValuationBook(models.Model):
    """A product whose history the ledger has, in a company.

    Without a book nothing is written for a product: its history first has to be made up for (see
    :class:`StockValuationBackfill`).
    """

    _name = "stock.valuation.book"
    _description = "Stock Valuation Book"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    opened_at = fields.Datetime(readonly=True)
    history_at = fields.Datetime(
        string="History Written At",
        readonly=True,
        help="When the ledger made up for what had moved before. Earlier entries are no late news.",
    )
    written_at = fields.Datetime(readonly=True, help="When entries were written last.")
    checked_at = fields.Datetime(readonly=True)
    ledger_value = fields.Monetary(readonly=True, help="By the entries, when last checked.")
    odoo_value = fields.Monetary(readonly=True, help="By Odoo, when last checked.")
    difference = fields.Monetary(
        readonly=True, help="What the entries say above or below Odoo's value, when last checked."
    )
    quantity_difference = fields.Float(
        digits=0,
        readonly=True,
        help="How much the entries' quantities differ from those on hand, all places added up.",
    )

    _product_company_uniq = models.UniqueIndex("(company_id, product_id)")

    def _open(self, company, products):
        """Open books for products that have none.

        Two transactions that open the same book meet at its unique index; the later one is run
        again by Odoo.
        """
        if not products:
            return
        self.env.execute_query(
            SQL(
                """
                INSERT INTO stock_valuation_book
                       (product_id, company_id, opened_at, create_uid, create_date)
                SELECT product_id, %(company)s, %(now)s, %(user)s, %(now)s
                  FROM UNNEST(%(products)s) AS product_id
                    ON CONFLICT DO NOTHING
                RETURNING id
                """,
                company=company.id,
                now=fields.Datetime.now(),
                user=self.env.uid,
                products=list(products),
            )
        )

    def _mark_history(self, company, products):
        """Say that what has moved up to now was made up for."""
        self.env.execute_query(
            SQL(
                """
                UPDATE stock_valuation_book SET history_at = %s
                 WHERE company_id = %s AND product_id = ANY(%s)
             RETURNING id
                """,
                fields.Datetime.now(),
                company.id,
                list(products),
            )
        )

    def _mark_written(self, company, products):
        """Say that entries of products are being written.

        Two transactions that write about one product at the same moment have read its book without
        each other's entries. The second one to come here is refused by PostgreSQL
        (serialization failure), and Odoo runs it again, on what the first has left. Plain Odoo does
        so with quants, of a product in a location; the ledger values a product in a company.
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE stock_valuation_book SET written_at = %s
                 WHERE id IN (
                    SELECT id FROM stock_valuation_book
                     WHERE company_id = %s AND product_id = ANY(%s)
                     ORDER BY id
                       FOR NO KEY UPDATE)
             RETURNING id
                """,
                fields.Datetime.now(),
                company.id,
                list(products),
            )
        )

    def _get_open(self, company, products):
        """Return the ids of those products that have a book."""
        return {
            product_id
            for (product_id,) in self.env.execute_query(
                SQL(
                    """SELECT product_id FROM stock_valuation_book
                        WHERE company_id = %s AND product_id = ANY(%s)""",
                    company.id,
                    list(products),
                )
            )
        }

    def action_mend(self):
        """Write the entries that bring the ledger to what Odoo says, for accounting managers."""
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(
                self.env._("Only an accounting administrator may bring the ledger up to Odoo.")
            )
        self.check_access("read")
        self.env["stock.valuation.check"]._mend(self.sudo())
