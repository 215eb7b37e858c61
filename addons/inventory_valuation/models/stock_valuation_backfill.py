"""Makes up for the history of products that moved before the addon was there."""

import logging
import math
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every
from odoo.tools.float_utils import float_invert

from ..core.history import Event, History

_logger = logging.getLogger(__name__)

#: Products whose history is written and committed at a time.
BATCH = 50
#: How far back movements are looked for that were done while their product's book was opened.
CATCH_UP = timedelta(days=2)


class StockValuationBackfill(models.AbstractModel):
    """Writes the entries of past movements, product by product.

    A product's book and all of its entries are committed together: after a kill, the products that
    have no book are those that are left. What Odoo says about a product in the end and its history
    does not (receipts that were edited, cost methods that changed) is a revaluation of today.
    """

    _name = "stock.valuation.backfill"
    _description = "Back-Fill of the Valuation Ledger"

    @api.model
    def _cron_backfill(self):
        cron = self.env["ir.cron"]
        self._catch_up()
        todo = self._get_todo()
        cron._commit_progress(remaining=len(todo))
        by_company = defaultdict(list)
        for company_id, product_id in todo:
            by_company[company_id].append(product_id)
        for company_id, product_ids in by_company.items():
            company = self.env["res.company"].browse(company_id)
            for batch in split_every(BATCH, product_ids, list):
                self._backfill(company, batch)
                if not cron._commit_progress(len(batch)):
                    return

    @api.model
    def _check_complete(self, company):
        """Refuse to say anything final about a company whose history is not written yet."""
        todo = self._get_todo(company)
        if todo:
            raise UserError(
                self.env._(
                    "The history of %s products is not in the ledger yet. Wait until the scheduled"
                    " action “Stock valuation: make up for history” is through.",
                    len(todo),
                )
            )

    @api.model
    def _catch_up(self):
        """Enter movements that were being done while the history of their product was made up for:
        neither of the two transactions knew of the other."""
        self.env.flush_all()
        source = self.env["stock.valuation.source"]
        missed = defaultdict(set)
        for company_id, product_id in self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT book.company_id, book.product_id
                  FROM stock_valuation_book book
                  JOIN stock_move move
                    ON move.company_id = book.company_id AND move.product_id = book.product_id
                  JOIN stock_move_line line ON line.move_id = move.id
                  JOIN stock_location source ON source.id = line.location_id
                  JOIN stock_location target ON target.id = line.location_dest_id
                 WHERE move.state = 'done' AND move.date > %(since)s AND line.picked
                   AND line.quantity_product_uom > 0 AND source.id <> target.id
                   AND (%(source)s OR %(target)s)
                   AND NOT EXISTS (
                        SELECT FROM stock_valuation_entry entry WHERE entry.move_line_id = line.id)
                """,
                since=fields.Datetime.now() - CATCH_UP,
                source=source._valued("source"),
                target=source._valued("target"),
            )
        ):
            missed[company_id].add(product_id)
        for company_id, product_ids in missed.items():
            company = self.env["res.company"].browse(company_id)
            lines = self.env["stock.valuation.check"]._get_missing_lines(company, product_ids)
            self.env["stock.valuation.writer"]._write_products(
                company, product_ids, lines, "revaluation", {}
            )

    @api.model
    def _get_todo(self, company=None):
        """Return (company, product) for what moved or is on hand, and has no book."""
        return self.env.execute_query(
            SQL(
                """
                SELECT known.company_id, known.product_id
                  FROM (
                    SELECT move.company_id, move.product_id
                      FROM stock_move move
                     WHERE move.state = 'done'
                     UNION
                    SELECT location.company_id, quant.product_id
                      FROM stock_quant quant
                      JOIN stock_location location ON location.id = quant.location_id
                     WHERE %(valued)s
                  ) AS known
                  JOIN product_product product ON product.id = known.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE template.is_storable
                   AND known.company_id IS NOT NULL
                   AND (%(company)s::integer IS NULL OR known.company_id = %(company)s)
                   AND NOT EXISTS (
                        SELECT FROM stock_valuation_book book
                         WHERE book.company_id = known.company_id
                           AND book.product_id = known.product_id)
                 ORDER BY known.company_id, known.product_id
                """,
                valued=self.env["stock.valuation.source"]._valued("location"),
                company=company.id if company else None,
            )
        )

    @api.model
    def _backfill(self, company, product_ids):
        """Open the books of products with everything that has happened to them."""
        self.env.flush_all()
        source = self.env["stock.valuation.source"]
        writer = self.env["stock.valuation.writer"]
        lines = source._get_lines(company, SQL("move.product_id = ANY(%s)", list(product_ids)))
        self.env["stock.valuation.book"].sudo()._open(company, product_ids)
        products = self.env["product.product"].browse(product_ids)
        groups = writer._get_groups(company, products, lines, revalued=())
        prices = self._get_price_changes(company, product_ids)
        received = self._get_received(lines)
        dates = [self._replay(company, group, prices, received) for group in groups.values()]
        self.env["stock.valuation.total"]._set_totals(company, groups.values())
        values = []
        for group, group_dates in zip(groups.values(), dates, strict=True):
            group.book.settle(group.total)
            today = len(group.book.entries) - len(group_dates)
            group_dates += [fields.Datetime.now()] * today
            values += writer._prepare_entries(company, group, dates=group_dates)
        writer._create_entries(values)
        self.env["stock.valuation.book"]._mark_history(company, product_ids)
        _logger.info(
            "Valuation ledger of %s: %s products, %s movements, %s entries",
            company.name,
            len(product_ids),
            len(lines),
            len(values),
        )

    @api.model
    def _get_received(self, lines):
        """Return what came by moves in all, as Odoo counts it: {move: quantity}."""
        received = defaultdict(float)
        for line in lines:
            if line.target and not line.source and not line.owner_id:
                received[line.move_id] += line.quantity
        return received

    @api.model
    def _replay(self, company, group, prices, received):
        """Tell a group's book its past, and what is there now.

        :return: the date of each entry of the past
        """
        price = group.price
        method = "standard" if group.owner else group.product.cost_method
        changes = [] if group.owner else prices.get((group.product.id, group.lot), [])
        if method == "standard" and changes:
            # before the first change it had been that price since the product was made
            price = changes[0][1]
        history, written = self._tell(company, group, method, price, changes, received)
        group.book, costing = history.book, group.book.costing
        group.book.costing = costing
        group.book.entries = [entry for _date, entry in written]
        # each step was rounded to what Odoo would say
        group.book.postings = 0
        group.book.match(group.on_hand)
        return [date for date, _entry in written]

    @api.model
    def _tell(self, company, group, method, price, changes, received):
        """Return a history that was told all movements, and what it wrote.

        Receipts come at the value that they have. Where a total lies on half a cent, the last bits
        decide: then all is told again with the values as Odoo reckons them about the past.
        """
        for exact in (False, True):
            # inverted as Odoo does: rounded amounts are multiples of it
            history = History(method, price, float_invert(company.currency_id.rounding))
            worths = {} if group.owner else self._get_worths(company, group, received, exact)
            events = [
                *(Event(date, unit_cost=cost) for date, cost in changes),
                *(
                    Event(
                        movement.origin.date,
                        movement,
                        move=movement.origin.move_id,
                        worth=worths.get(movement.origin.move_id),
                    )
                    for movement in group.movements
                ),
            ]
            # stable: a new price of the same second counts for the movement, as for Odoo
            events.sort(key=lambda event: event.date)
            written = list(history.replay(events))
            if group.owner or not history.tied:
                break
        return history, written

    @api.model
    def _get_worths(self, company, group, received, exact):
        """Return what came of a group by moves, before it was shared out: {move: amount}.

        A lot has its part of the move by quantity.

        :param exact: as Odoo reckons it about the past, where that is the same but for its last
            bits (3.31 × 22 is 72.82000000000001)
        """
        quantities, values = defaultdict(float), {}
        for movement in group.movements:
            line = movement.origin
            if movement.source is None:
                quantities[line.move_id] += line.quantity
                values[line.move_id] = float(line.value)
        if exact:
            moves = self.env["stock.valuation.source"]._with_odoo_values(
                self.env["stock.move"].browse(values), company
            )
            for move in moves:
                value = move._get_value()
                if math.isclose(value, values[move.id], rel_tol=1e-12):
                    values[move.id] = value
        return {
            move: values[move] * quantity / received[move] if group.lot else values[move]
            for move, quantity in quantities.items()
        }

    @api.model
    def _get_price_changes(self, company, product_ids):
        """Return the prices that were set: {(product, lot): [(date, price of a unit)]}."""
        changes = defaultdict(list)
        for product, lot, date, value in self.env.execute_query(
            SQL(
                """
                SELECT product_id, lot_id, date, value
                  FROM product_value
                 WHERE move_id IS NULL AND company_id = %s AND product_id = ANY(%s)
                 ORDER BY date, id
                """,
                company.id,
                list(product_ids),
            )
        ):
            changes[product, lot].append((date, value))
        return changes
