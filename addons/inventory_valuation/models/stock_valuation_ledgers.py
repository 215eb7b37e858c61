"""What stock and the general ledger have on a valuation account, in one statement each."""

from collections import namedtuple
from datetime import datetime

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.reconcile import MAX_DOCUMENTS, Item

StockRow = namedtuple(
    "StockRow",
    "when matter reference product periodic kind quantity value consigned ordered"
    " values moves bills items",
)
PURCHASES = ("in_invoice", "in_refund", "in_receipt")


class StockValuationLedgers(models.AbstractModel):
    """Reads both ledgers as the items that :mod:`..core.reconcile` compares.

    Which order line a transfer and a journal item are for is known where Odoo's purchases and
    sales are installed; else both are matched by product.
    """

    _name = "stock.valuation.ledgers"
    _description = "What the Reconciliation of Stock Reads"

    # -- accounts ----------------------------------------------------------------------------

    @api.model
    def _get_accounts(self, company):
        """Return the valuation accounts of categories: {account or none: their ids}.

        As Odoo's `_get_product_accounts`: the category's own, the default, the company's. Products
        without a category are those of `False`.
        """
        categories = (
            self.env["product.category"]
            .with_company(company)
            .search_fetch([], ["property_stock_valuation_account_id", "property_valuation"])
        )
        field = categories._fields["property_stock_valuation_account_id"]
        fallback = field.get_company_dependent_fallback(categories)
        default = fallback or company.account_stock_valuation_id
        accounts = {default: [False]}
        for category in categories:
            account = category.property_stock_valuation_account_id or default
            accounts.setdefault(account, []).append(category.id)
        return accounts

    @api.model
    def _get_periodic(self, company, category_ids):
        """Return those categories whose stock is posted by closings alone."""
        categories = self.env["product.category"].with_company(company)
        periodic = [
            category.id
            for category in categories.browse(filter(None, category_ids))
            if (category.property_valuation or company.inventory_valuation) != "real_time"
        ]
        if False in category_ids and company.inventory_valuation != "real_time":
            periodic.append(False)
        return periodic

    @api.model
    def _in_categories(self, category_ids):
        """SQL condition on `template`."""
        return SQL(
            "COALESCE(template.categ_id = ANY(%s), %s)",
            [category for category in category_ids if category],
            False in category_ids,
        )

    @api.model
    def _get_values_by_category(self, company, moment):
        """Return what stock was worth: {category or False: value}."""
        return {
            category or False: value
            for category, value in self.env.execute_query(
                SQL(
                    """
                SELECT template.categ_id, SUM(entry.value)
                  FROM stock_valuation_entry entry
                  JOIN product_product product ON product.id = entry.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE entry.company_id = %s AND entry.date <= %s
                 GROUP BY template.categ_id
                    """,
                    company.id,
                    moment,
                )
            )
        }

    @api.model
    def _get_closing(self, company, date):
        """Return the last closing of the stock valuation up to a day, or none."""
        return (
            self.env["account.move"]
            .sudo()
            .search(
                Domain("company_id", "=", company.id)
                & Domain("state", "=", "posted")
                & Domain("stock_closing_at", "!=", False)
                & Domain("date", "<=", date),
                order="date desc, stock_closing_at desc, id desc",
                limit=1,
            )
        )

    # -- orders ------------------------------------------------------------------------------

    @api.model
    def _get_purchase_lines(self):
        """Return SQL: purchase order line of `move`, of a `bill`, and of a journal item `line`."""
        if "purchase_line_id" not in self.env["account.move.line"]._fields:
            return SQL("NULL::integer"), SQL("NULL::integer"), SQL("NULL::integer")
        of_bill = """(SELECT MIN(other.purchase_line_id) FROM account_move_line other
                       WHERE other.move_id = %s AND other.product_id = %s)"""
        return (
            SQL("move.purchase_line_id"),
            SQL(of_bill, SQL("item.bill_id"), SQL("item.product_id")),
            SQL(
                "COALESCE(line.purchase_line_id, %s)",
                SQL(of_bill, SQL("line.move_id"), SQL("line.product_id")),
            ),
        )

    @api.model
    def _get_sale_lines(self):
        """Return SQL: sales order line of `move`, and of a journal item `line`."""
        if "sale_line_id" not in self.env["stock.move"]._fields:
            return SQL("NULL::integer"), SQL("NULL::integer")
        return (
            SQL("move.sale_line_id"),
            SQL(
                """(SELECT MIN(link.order_line_id) FROM sale_order_line_invoice_rel link
                     WHERE link.invoice_line_id = line.cogs_origin_id)"""
            ),
        )

    @api.model
    def _get_landed_costs(self):
        """Return SQL: landed cost of a valuation `entry`, and of a journal entry `move`."""
        if "stock.landed.cost" not in self.env:
            return SQL("NULL::integer"), SQL("NULL::integer")
        return (
            SQL("CASE WHEN entry.res_model = 'stock.landed.cost' THEN entry.res_id END"),
            SQL("(SELECT MIN(id) FROM stock_landed_cost WHERE account_move_id = move.id)"),
        )

    # -- items -------------------------------------------------------------------------------

    @api.model
    def _get_items(self, company, account, category_ids, date, moment, closing):
        """Return what both ledgers have: a list of :class:`..core.reconcile.Item`.

        :param date, moment: the day, and its end in UTC
        :param closing: the last closing up to that day, or none
        """
        self.env.flush_all()
        query = {
            "company": company.id,
            "account": account.id,
            "in_account": self._in_categories(category_ids),
            "periodic": self._in_categories(self._get_periodic(company, category_ids)),
            "date": date,
            "moment": moment,
            # without a closing, nothing is before
            "closing_date": closing.date or datetime.min.date(),
            "closed_at": closing.stock_closing_at or datetime.min,
            "until": closing.stock_closing_until or datetime.min,
            "limit": MAX_DOCUMENTS,
        }
        return [*self._get_stock_items(company, query), *self._get_ledger_items(company, query)]

    @api.model
    def _get_stock_items(self, company, query):
        to_cents = self.env["stock.valuation.source"]._get_to_cents(company)
        rounding = company.currency_id.rounding
        items = []
        for row in self.env.execute_query(self._get_stock_query(query)):
            row = StockRow(*row)
            items.append(
                Item(
                    "stock",
                    row.when,
                    row.matter,
                    row.reference,
                    row.product,
                    quantity=row.quantity,
                    value=to_cents(row.value),
                    consigned=row.consigned,
                    ordered=row.ordered / rounding,
                    periodic=row.periodic,
                    kind=row.kind or "",
                    documents=(
                        *(("product.value", one) for one in row.values or ()),
                        *(("stock.move", one) for one in row.moves or ()),
                        *(("account.move", one) for one in row.bills or ()),
                    ),
                    count=row.items,
                )
            )
        return items

    @api.model
    def _get_stock_query(self, query):
        of_move, of_bill, _of_line = self._get_purchase_lines()
        sale_of_move, _sale_of_line = self._get_sale_lines()
        landed, _landed_of_move = self._get_landed_costs()
        return SQL(
            """
            WITH item AS (
                SELECT entry.product_id, %(periodic)s AS periodic, entry.kind, entry.quantity,
                       entry.value, entry.owner_id,
                       CASE WHEN entry.res_model = 'account.move' THEN entry.res_id END AS bill_id,
                       %(landed)s AS landed_id,
                       COALESCE(entry.move_id, correction.move_id) AS move_id,
                       CASE WHEN correction.move_id IS NULL THEN correction.id END AS value_id,
                       CASE WHEN entry.date > %(moment)s THEN 'after'
                            WHEN entry.date > %(until)s THEN 'within'
                            -- what the ledger made up for later was known to the closing
                            WHEN entry.posted_at > GREATEST(%(closed_at)s, book.history_at)
                            THEN 'late'
                            ELSE 'before' END AS moment
                  FROM stock_valuation_entry entry
                  JOIN product_product product ON product.id = entry.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  LEFT JOIN stock_valuation_book book
                    ON book.company_id = entry.company_id AND book.product_id = entry.product_id
                  LEFT JOIN product_value correction
                    ON entry.res_model = 'product.value' AND correction.id = entry.res_id
                 WHERE entry.company_id = %(company)s AND %(in_account)s
            ), told AS (
                SELECT item.*, move.price_unit, move.account_move_id,
                       source.usage AS source_usage, target.usage AS target_usage,
                       COALESCE(%(of_move)s, CASE WHEN item.kind = 'bill_difference'
                                                  THEN %(of_bill)s END) AS purchase_line_id,
                       %(sale_of_move)s AS sale_line_id
                  FROM item
                  LEFT JOIN stock_move move ON move.id = item.move_id
                  LEFT JOIN stock_location source ON source.id = move.location_id
                  LEFT JOIN stock_location target ON target.id = move.location_dest_id
            ), matched AS (
                SELECT told.*,
                       CASE WHEN kind = 'transfer' THEN 'cost'
                            WHEN landed_id IS NOT NULL THEN 'landed'
                            WHEN account_move_id IS NOT NULL THEN 'entry'
                            WHEN purchase_line_id IS NOT NULL THEN 'purchase'
                            WHEN sale_line_id IS NOT NULL THEN 'sale'
                            WHEN 'supplier' IN (source_usage, target_usage)
                              OR kind = 'bill_difference' THEN 'purchase'
                            WHEN 'customer' IN (source_usage, target_usage) THEN 'sale'
                            WHEN move_id IS NOT NULL THEN 'own'
                            WHEN value_id IS NOT NULL THEN 'revaluation'
                            ELSE 'cost' END AS matter
                  FROM told
            ), referred AS (
                SELECT matched.*,
                       CASE WHEN periodic AND moment = 'within' THEN NULL
                            WHEN matter = 'entry' THEN account_move_id || '/' || product_id
                            WHEN matter = 'landed' THEN landed_id || '/' || product_id
                            WHEN matter = 'purchase'
                            THEN COALESCE('line ' || purchase_line_id, 'product ' || product_id)
                            WHEN matter = 'sale'
                            THEN COALESCE('line ' || sale_line_id, 'product ' || product_id)
                            WHEN moment IN ('before', 'after') THEN NULL
                            ELSE COALESCE('move ' || move_id, 'value ' || value_id) END AS reference
                  FROM matched
            )
            SELECT moment, matter, reference,
                   -- what closings post is told by kind
                   CASE WHEN NOT periodic OR moment <> 'within' THEN product_id END AS product,
                   periodic,
                   CASE WHEN matter IN ('own', 'entry') OR periodic THEN kind END AS told_kind,
                   COALESCE(SUM(quantity) FILTER (WHERE owner_id IS NULL), 0),
                   SUM(value),
                   COALESCE(SUM(quantity) FILTER (WHERE owner_id IS NOT NULL), 0),
                   COALESCE(SUM(price_unit * quantity)
                        FILTER (WHERE owner_id IS NULL AND matter = 'purchase'), 0),
                   (array_agg(DISTINCT value_id) FILTER (WHERE value_id IS NOT NULL))
                        [1:%(limit)s],
                   (array_agg(DISTINCT move_id) FILTER (WHERE move_id IS NOT NULL
                        AND NOT (periodic AND moment = 'within')))[1:%(limit)s],
                   (array_agg(DISTINCT bill_id) FILTER (WHERE bill_id IS NOT NULL))[1:%(limit)s],
                   COUNT(*)
              FROM referred
             GROUP BY moment, matter, reference, product, periodic, told_kind
            """,
            of_move=of_move,
            of_bill=of_bill,
            sale_of_move=sale_of_move,
            landed=landed,
            **query,
        )

    @api.model
    def _get_ledger_items(self, company, query):
        to_cents = self.env["stock.valuation.source"]._get_to_cents(company)
        return [
            Item(
                "ledger",
                when,
                matter,
                reference,
                product,
                quantity,
                to_cents(value),
                periodic=bool(periodic),
                documents=tuple(("account.move", one) for one in moves),
                count=count,
            )
            for when, matter, reference, product, periodic, quantity, value, moves, count in (
                self.env.execute_query(self._get_ledger_query(query))
            )
        ]

    @api.model
    def _get_ledger_query(self, query):
        _of_move, _of_bill, of_line = self._get_purchase_lines()
        _sale_of_move, sale_of_line = self._get_sale_lines()
        _landed_of_entry, landed = self._get_landed_costs()
        return SQL(
            """
            WITH item AS (
                SELECT line.id, line.move_id, line.product_id, line.balance,
                       COALESCE(template.is_storable, FALSE) AND line.product_id IS NOT NULL
                            AS is_storable,
                       template.id IS NOT NULL AND %(periodic)s AS periodic,
                       line.display_type, move.move_type, move.stock_closing_at,
                       move.reversed_entry_id,
                       EXISTS (SELECT FROM stock_move WHERE account_move_id = move.id) AS of_stock,
                       %(landed)s AS landed_id,
                       CASE WHEN move.move_type IN %(purchases)s THEN %(of_line)s END
                            AS purchase_line_id,
                       CASE WHEN line.display_type = 'cogs' THEN %(sale_of_line)s END
                            AS sale_line_id,
                       CASE WHEN line.display_type = 'cogs' AND move.move_type IN %(purchases)s
                              OR line.display_type NOT IN ('product', 'cogs') THEN 0
                            WHEN move.move_type IN ('in_invoice', 'in_receipt', 'out_refund')
                            THEN line.quantity
                            WHEN move.move_type IN ('in_refund', 'out_invoice', 'out_receipt')
                            THEN -line.quantity
                            ELSE 0 END
                       * COALESCE(unit.factor / product_unit.factor, 1) AS quantity,
                       CASE WHEN move.state <> 'posted' THEN 'withdrawn'
                            WHEN move.date > %(date)s THEN 'after'
                            WHEN move.date <= %(closing_date)s
                             AND (move.stock_closing_at IS NOT NULL
                                  OR COALESCE(move.stock_valuation_state_at, move.create_date)
                                     <= %(closed_at)s) THEN 'before'
                            ELSE 'within' END AS moment
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  LEFT JOIN product_product product ON product.id = line.product_id
                  LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                  LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
                  LEFT JOIN uom_uom product_unit ON product_unit.id = template.uom_id
                 WHERE line.account_id = %(account)s
                   AND line.company_id = %(company)s
                   AND (move.state = 'posted'
                        -- the closing counted on it, and it was taken back since
                        OR move.posted_before AND move.date <= %(closing_date)s
                           AND move.stock_valuation_state_at > %(closed_at)s
                           AND move.create_date <= %(closed_at)s)
            ), matched AS (
                SELECT item.*,
                       CASE WHEN stock_closing_at IS NOT NULL THEN 'closing'
                            WHEN of_stock THEN 'entry'
                            WHEN landed_id IS NOT NULL THEN 'landed'
                            WHEN is_storable AND display_type IN ('product', 'cogs')
                             AND move_type IN %(purchases)s THEN 'purchase'
                            WHEN is_storable AND display_type = 'cogs' THEN 'sale'
                            ELSE 'manual' END AS matter
                  FROM item
            ), referred AS (
                SELECT matched.*,
                       CASE WHEN matter = 'entry' THEN move_id || '/' || COALESCE(product_id, 0)
                            WHEN matter = 'landed' THEN landed_id || '/' || COALESCE(product_id, 0)
                            WHEN matter = 'purchase'
                            THEN COALESCE('line ' || purchase_line_id, 'product ' || product_id)
                            WHEN matter = 'sale'
                            THEN COALESCE('line ' || sale_line_id, 'product ' || product_id)
                            WHEN moment IN ('before', 'after') AND matter <> 'closing' THEN NULL
                            -- with what reverses it
                            ELSE 'move ' || COALESCE(reversed_entry_id, move_id) END AS reference
                  FROM matched
            )
            SELECT moment, matter, reference, product_id, periodic, SUM(quantity), SUM(balance),
                   (array_agg(DISTINCT move_id))[1:%(limit)s], COUNT(*)
              FROM referred
             GROUP BY moment, matter, reference, product_id, periodic
            """,
            purchases=PURCHASES,
            of_line=of_line,
            sale_of_line=sale_of_line,
            landed=landed,
            **query,
        )
