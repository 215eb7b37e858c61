"""Writes the ledger as Odoo values stock, and whenever it changes a value."""

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..core.book import Balance, Book, Costing
from .stock_valuation_total import Group

#: Entries created at a time.
BATCH = 1000


@dataclass
class Collector:
    """What an operation has touched so far."""

    kind: str = "revaluation"
    documents: models.BaseModel | None = None
    depth: int = 0
    moves: set = field(default_factory=set)
    #: moves that are being done: they make history, and do not change it
    new_moves: set = field(default_factory=set)
    #: products of which the past has changed, or a price was set
    revalued: set = field(default_factory=set)
    #: company -> product -> the document that revalues it, if any
    products: dict = field(default_factory=lambda: defaultdict(dict))


#: By cursor: a collector lives as long as the outermost operation.
_collectors: WeakKeyDictionary = WeakKeyDictionary()


class StockValuationWriter(models.AbstractModel):
    """Collects what an operation touches, and writes its entries when the operation is over.

    An operation is whatever changes values: a transfer is done, a bill posted, a price set.
    Operations that others run are part of them, so everything is written once, with the state that
    it has in the end.
    """

    _name = "stock.valuation.writer"
    _description = "Writer of the Valuation Ledger"

    # -- collecting -------------------------------------------------------------------------

    @api.model
    @contextmanager
    def _collect(self, kind="revaluation", documents=None):
        """Write what is touched inside, at the end of the outermost block.

        :param kind: of the entries for what the value changes beyond movements
        :param documents: records that change it
        """
        cursor = self.env.cr
        collector = _collectors.get(cursor)
        if collector is None:
            collector = _collectors[cursor] = Collector(kind, documents)
        collector.depth += 1
        try:
            yield
            if collector.depth == 1:
                self._write_collected(collector)
        finally:
            collector.depth -= 1
            if not collector.depth:
                _collectors.pop(cursor, None)

    @api.model
    def _touch_moves(self, moves, revalued):
        """Remember moves whose quantity or value may have changed.

        :param revalued: those that had been done before: history is another one now
        """
        collector = _collectors[self.env.cr]
        collector.moves.update(moves.filtered(lambda move: move.state == "done").ids)
        changed = revalued.filtered(lambda move: move.id not in collector.new_moves)
        collector.revalued.update(changed.product_id.ids)

    @api.model
    def _touch_new(self, moves):
        """Remember moves that are about to be done for the first time."""
        _collectors[self.env.cr].new_moves.update(moves.ids)

    @api.model
    def _touch_products(self, products, company=None, document=None, revalued=True):
        """Remember products whose value may have changed, in all companies that have a book of
        them unless told otherwise.

        :param revalued: False where Odoo itself has reckoned a new cost from what moved
        """
        collector = _collectors[self.env.cr]
        if company is None:
            books = self.env["stock.valuation.book"].sudo()
            companies = books.search([("product_id", "in", products.ids)]).company_id
        else:
            companies = company
        if revalued:
            collector.revalued.update(products.ids)
        for company_id in companies.ids:
            for product_id in products.ids:
                known = collector.products[company_id].get(product_id)
                collector.products[company_id][product_id] = known or document

    # -- writing ----------------------------------------------------------------------------

    @api.model
    def _write_collected(self, collector):
        if not collector.moves and not collector.products:
            return
        moves = self.env["stock.move"].sudo().browse(collector.moves).exists()
        by_company = {
            company: moves_of.filtered("product_id.is_storable")
            for company, moves_of in moves.grouped("company_id").items()
        }
        companies = self.env["res.company"].sudo().browse(collector.products)
        for company in companies | self.env["res.company"].union(*by_company):
            self._write_company(
                company,
                by_company.get(company, moves.browse()),
                collector.products.get(company.id, {}),
                collector,
            )

    @api.model
    def _write_company(self, company, moves, touched, collector):
        """Write what a company's moves and revaluations come to.

        :param touched: product id -> document or None
        """
        if not moves and not touched:
            return
        self.env.flush_all()
        product_ids = self._get_written(company, moves, touched)
        if not product_ids:
            return
        source = self.env["stock.valuation.source"]
        lines = source._get_lines(
            company,
            SQL("move.id = ANY(%s) AND move.product_id = ANY(%s)", moves.ids, list(product_ids)),
        )
        documents = {
            product_id: touched.get(product_id)
            or self._get_document(product_id, collector.documents)
            for product_id in product_ids
        }
        self._write_products(
            company, product_ids, lines, collector.kind, documents, collector.revalued
        )

    @api.model
    def _get_written(self, company, moves, touched):
        """Return the products that have a book, and open those of new products.

        A product that has moved before and has no book waits until its history is made up for.
        """
        moved = set(moves.product_id.ids)
        products = moved | set(touched)
        book = self.env["stock.valuation.book"]
        found = book._get_open(company, products)
        missing = moved - found
        if not missing:
            return found
        with_history = {
            product_id
            for (product_id,) in self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT product_id FROM stock_move
                     WHERE company_id = %s AND product_id = ANY(%s)
                       AND state = 'done' AND NOT id = ANY(%s)
                    """,
                    company.id,
                    list(missing),
                    moves.ids,
                )
            )
        }
        book._open(company, missing - with_history)
        return found | (missing - with_history)

    @api.model
    def _get_document(self, product_id, documents):
        """Return which of several documents is about a product."""
        if not documents:
            return None
        about = documents
        if len(documents) > 1:
            about = documents.filtered(
                lambda document: product_id in self._get_document_products(document).ids
            )
        return (about or documents)[:1]

    @api.model
    def _get_document_products(self, document):
        """Return the products that a document is about."""
        if document._name == "account.move":
            return document.line_ids.product_id
        return self.env["product.product"]

    @api.model
    def _write_products(self, company, product_ids, lines, kind, documents, revalued=None):
        """Write entries until the ledger has what Odoo has.

        :param lines: the product moves that may not be booked as they are now
        :param documents: product id -> record that revalues it, or None
        :param revalued: products of which history has changed; by default all
        """
        products = self.env["product.product"].browse(sorted(product_ids))
        groups = self._get_groups(company, products, lines, revalued)
        for group in groups.values():
            for movement in group.movements:
                group.book.post(movement)
            group.book.match(group.on_hand)
        self.env["stock.valuation.total"]._set_totals(company, groups.values())
        values = []
        for group in groups.values():
            group.book.settle(group.total, kind)
            values += self._prepare_entries(company, group, documents.get(group.product.id))
        if values:
            written = {entry["product_id"] for entry in values}
            self.env["stock.valuation.book"]._mark_written(company, written)
            self._create_entries(values)

    @api.model
    def _create_entries(self, values):
        """Append entries: dicts that all have the same keys.

        Straight into the table: nobody but the ledger writes it, it has no computed columns, and
        this is done with every transfer.
        """
        if not values:
            return
        columns = list(values[0])
        now, user = fields.Datetime.now(), self.env.uid
        for batch in split_every(BATCH, values, list):
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO stock_valuation_entry
                           (%s, create_uid, write_uid, create_date, write_date)
                    VALUES %s RETURNING id
                    """,
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL(", ").join(
                        SQL("%s", (*(row[name] for name in columns), user, user, now, now))
                        for row in batch
                    ),
                )
            )
        self.env["stock.valuation.entry"].invalidate_model(flush=False)

    # -- what is valued as one --------------------------------------------------------------

    @api.model
    def _get_groups(self, company, products, lines, revalued=None):
        """Return the books of products, with what happened and what is there now.

        The books have what was booked so far; their movements are still to be told.
        """
        source = self.env["stock.valuation.source"]
        groups = {}
        valued = {product.id: product for product in source._with_odoo_values(products, company)}
        quants, shared = source._get_quants(company, products.ids)

        def get(product_id, lot, owner):
            product = valued[product_id]
            key = (
                product_id,
                lot if product.lot_valuated else None,
                owner,
            )
            if key not in groups:
                ask_odoo = revalued is None or product_id in revalued
                # a cost that Odoo took from the stock of several companies says nothing
                ask_odoo |= product_id in shared and product.cost_method == "fifo"
                groups[key] = Group(product, key[1], key[2], ask_odoo=ask_odoo)
            return groups[key]

        to_cents = source._get_to_cents(company)
        for product_id, place, layer, quantity, value, memo in source._get_balances(
            company, products.ids
        ):
            group = get(product_id, place[1], place[2])
            amount = memo if group.owner else value
            group.balances.append((place, layer, quantity, to_cents(amount)))
        for product_id, places in quants.items():
            for place, quantity in places.items():
                get(product_id, place[1], place[2]).on_hand[place] = quantity
        for movement in self.env["stock.valuation.movement"]._get_movements(company, lines):
            line = movement.origin
            get(line.product_id, line.lot_id, line.owner_id).movements.append(movement)
        self.env["stock.valuation.total"]._set_prices(company, groups.values())
        self._set_books(company, groups.values())
        return groups

    @api.model
    def _set_books(self, company, groups):
        """Give each group a book of what was booked so far."""
        source = self.env["stock.valuation.source"]
        held = {
            id(group): {
                *(layer for _place, layer, _quantity, _value in group.balances),
                *(movement.layer for movement in group.movements),
            }
            - {None}
            for group in groups
            if group.product.cost_method == "fifo" and not group.owner
        }
        layers = {
            move: cost / company.currency_id.rounding
            for move, cost in source._get_layers(company, set().union(*held.values())).items()
        }
        ages = {layer: age for age, layer in enumerate(layers)}
        for group in groups:
            own = sorted(held.get(id(group), set()) & ages.keys(), key=ages.get)
            costs = {layer: layers[layer] for layer in own}
            group.book = Book(
                Costing(group.price / company.currency_id.rounding, id(group) in held, costs),
                [
                    Balance(place, quantity, value, layer)
                    for place, layer, quantity, value in group.balances
                ],
            )

    # -- entries ----------------------------------------------------------------------------

    @api.model
    def _prepare_entries(self, company, group, document=None, dates=None):
        """Return the values of a group's new entries.

        :param document: record that revalues it
        :param dates: effective date of each entry; by default a movement's own, and now
        """
        to_amount = self.env["stock.valuation.source"]._get_to_amount(company)
        now = fields.Datetime.now()
        warehouses = {
            place[0]: self._get_warehouse(place[0])
            for place in {entry.place for entry in group.book.entries}
        }
        values = []
        for index, entry in enumerate(group.book.entries):
            location, lot, owner = entry.place
            line = entry.origin
            amount = to_amount(entry.value)
            record = None if line else document
            values.append(
                {
                    "product_id": group.product.id,
                    "company_id": company.id,
                    "location_id": location,
                    "warehouse_id": warehouses[location],
                    "lot_id": lot,
                    "owner_id": owner,
                    "quantity": entry.quantity,
                    "value": 0.0 if group.owner else amount,
                    "memo_value": amount if group.owner else 0.0,
                    "date": dates[index] if dates else (line.date if line else now),
                    "posted_at": now,
                    "kind": entry.kind,
                    "move_id": line.move_id if line else None,
                    "move_line_id": line.id if line else None,
                    "layer_move_id": entry.layer,
                    "res_model": record._name if record else None,
                    "res_id": record.id if record else None,
                }
            )
        return values

    @api.model
    def _get_warehouse(self, location_id):
        return self.env["stock.location"].sudo().browse(location_id).warehouse_id.id or None
