"""Writes the ledger as Odoo values stock, and whenever it changes a value."""

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..core.book import Balance, Book, Costing
from ..core.money import nearest

#: Entries created at a time.
BATCH = 1000


@dataclass
class Collector:
    """What an operation has touched so far."""

    kind: str = "revaluation"
    documents: models.BaseModel | None = None
    depth: int = 0
    moves: set = field(default_factory=set)
    #: products of which a cost has changed, not only a quantity
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

        :param revalued: the moves that change what other goods of their product cost
        """
        collector = _collectors[self.env.cr]
        collector.moves.update(moves.filtered(lambda move: move.state == "done").ids)
        collector.revalued.update(revalued.product_id.ids)

    @api.model
    def _touch_products(self, products, company=None, document=None):
        """Remember products whose value may have changed, in all companies that have a book of
        them unless told otherwise."""
        collector = _collectors[self.env.cr]
        if company is None:
            books = self.env["stock.valuation.book"].sudo()
            companies = books.search([("product_id", "in", products.ids)]).company_id
        else:
            companies = company
        collector.revalued.update(products.ids)
        for company_id in companies.ids:
            for product_id in products.ids:
                known = collector.products[company_id].get(product_id)
                collector.products[company_id][product_id] = known or document

    # -- writing ----------------------------------------------------------------------------

    @api.model
    def _write_collected(self, collector):
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
        if documents._name == "account.move" and len(documents) > 1:
            about = documents.filtered(lambda bill: product_id in bill.line_ids.product_id.ids)
            return (about or documents)[:1]
        return documents[:1]

    @api.model
    def _write_products(self, company, product_ids, lines, kind, documents, revalued=None):
        """Write entries until the ledger has what Odoo has.

        :param lines: the product moves that may not be booked as they are now
        :param documents: product id -> record that revalues it, or None
        :param revalued: products of which a cost may have changed; by default all
        """
        products = self.env["product.product"].browse(sorted(product_ids))
        groups = self._get_groups(company, products, lines, revalued)
        values = []
        for group in groups.values():
            for movement in group.movements:
                group.book.post(movement)
            group.book.match(group.on_hand)
            group.book.settle(group.total, kind)
            values += self._prepare_entries(company, group, documents.get(group.product.id))
        self._create_entries(values)

    @api.model
    def _create_entries(self, values):
        entries = self.env["stock.valuation.entry"].sudo()
        for batch in split_every(BATCH, values, list):
            entries.create(batch)

    # -- what is valued as one --------------------------------------------------------------

    @api.model
    def _get_groups(self, company, products, lines, revalued=None):
        """Return the books of products, with what happened and what is there now."""
        source = self.env["stock.valuation.source"]
        groups = {}
        valued = {product.id: product for product in source._with_odoo_values(products, company)}

        def get(product_id, lot, owner):
            product = valued[product_id]
            key = (
                product_id,
                lot if product.lot_valuated else None,
                owner,
            )
            if key not in groups:
                groups[key] = Group(product, key[1], key[2])
            return groups[key]

        for product_id, place, layer, quantity, value, memo in source._get_balances(
            company, products.ids
        ):
            group = get(product_id, place[1], place[2])
            amount = memo if group.owner else value
            group.balances.append((place, layer, quantity, source._to_cents(company, amount)))
        for product_id, places in source._get_quants(company, products.ids).items():
            for place, quantity in places.items():
                get(product_id, place[1], place[2]).on_hand[place] = quantity
        for movement in self.env["stock.valuation.movement"]._get_movements(company, lines):
            line = movement.origin
            get(line.product_id, line.lot_id, line.owner_id).movements.append(movement)
        for group in groups.values():
            group.ask_odoo = revalued is None
            group.revalued = group.ask_odoo or group.product.id in revalued
        self._value_groups(company, groups)
        return groups

    @api.model
    def _value_groups(self, company, groups):
        """Give each group Odoo's total, its unit cost and its book."""
        source = self.env["stock.valuation.source"]
        layer_ids = {
            layer
            for group in groups.values()
            if group.product.cost_method == "fifo"
            for layer in [
                *(balance[1] for balance in group.balances),
                *(movement.layer for movement in group.movements),
            ]
            if layer
        }
        layers = {
            move: cost / company.currency_id.rounding
            for move, cost in source._get_layers(company, layer_ids).items()
        }
        for group in groups.values():
            group.price = self._get_price(company, group)
            group.quantity = sum(group.on_hand.values())
        self._set_totals(company, groups.values())
        for group in groups.values():
            fifo = group.product.cost_method == "fifo" and not group.owner
            price = group.price
            if group.owner:
                group.movements = [
                    replace(movement, value=nearest(price * movement.quantity))
                    for movement in group.movements
                ]
            elif group.product.cost_method == "average" and group.total * group.quantity > 0:
                price = group.total / group.quantity
            held = {layer for _place, layer, _quantity, _value in group.balances}
            held |= {movement.layer for movement in group.movements}
            costs = {layer: cost for layer, cost in layers.items() if layer in held}
            group.book = Book(
                Costing(price, fifo, costs if fifo else {}),
                [
                    Balance(place, quantity, value, layer)
                    for place, layer, quantity, value in group.balances
                ],
            )

    @api.model
    def _get_price(self, company, group):
        """Return the cost of a unit, in the currency's smallest unit."""
        source = self.env["stock.valuation.source"]
        record = group.product
        if group.lot:
            record = source._with_odoo_values(self.env["stock.lot"].browse(group.lot), company)
        return record.standard_price / company.currency_id.rounding

    @api.model
    def _set_totals(self, company, groups):
        """Give each group what Odoo says that it is worth, in cents; Odoo is asked once for all."""
        source = self.env["stock.valuation.source"]
        asked = []
        for group in groups:
            total = self._get_known_total(group)
            if total is None:
                asked.append(group)
            else:
                group.total = total
        products = source._with_odoo_values(
            self.env["product.product"].browse(
                {group.product.id for group in asked if not group.product.lot_valuated}
            ),
            company,
        )
        products.invalidate_recordset(["total_value", "qty_available"], flush=False)
        values = {product.id: product.total_value for product in products}
        for group in asked:
            if group.product.lot_valuated:
                value = self._get_lot_value(company, group)
            else:
                value = values[group.product.id]
            group.total = source._to_cents(company, value)

    @api.model
    def _get_known_total(self, group):
        """Return what a group is worth where Odoo need not be asked, else None.

        Under average cost Odoo reads all of a product's history to tell. What only left or changed
        place leaves the average as it was, where the book agrees with it.
        """
        if group.owner:
            return nearest(group.price * group.quantity)
        if group.ask_odoo or group.product.lot_valuated:
            return None
        method = group.product.cost_method
        if method == "standard":
            return nearest(group.price * group.quantity)
        booked = sum(value for _place, _layer, _quantity, value in group.balances)
        before = sum(quantity for _place, _layer, quantity, _value in group.balances)
        if (
            method == "average"
            and not group.revalued
            and min(before, group.quantity) > 0
            and abs(booked - group.price * before) < 0.51
        ):
            return nearest(group.price * group.quantity)
        return None

    @api.model
    def _get_lot_value(self, company, group):
        """Return what Odoo says that a lot is worth now."""
        if not group.lot:
            return 0.0  # Odoo adds up lots, and what has none counts for nothing
        lot = self.env["stock.valuation.source"]._with_odoo_values(
            self.env["stock.lot"].browse(group.lot), company
        )
        context = group.product._with_valuation_context().env.context
        lot = lot.with_context(location=context["location"], owners=context["owners"])
        lot.invalidate_recordset(["total_value", "product_qty"], flush=False)
        lot.product_id.invalidate_recordset(["qty_available"], flush=False)
        return lot.total_value

    # -- entries ----------------------------------------------------------------------------

    @api.model
    def _prepare_entries(self, company, group, document=None, dates=None):
        """Return the values of a group's new entries.

        :param document: record that revalues it
        :param dates: effective date of each entry; by default a movement's own, and now
        """
        source = self.env["stock.valuation.source"]
        now = fields.Datetime.now()
        values = []
        for index, entry in enumerate(group.book.entries):
            location, lot, owner = entry.place
            line = entry.origin
            amount = source._to_amount(company, entry.value)
            record = None if line else document
            values.append(
                {
                    "product_id": group.product.id,
                    "company_id": company.id,
                    "location_id": location,
                    "warehouse_id": self._get_warehouse(location),
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
        return self.env["stock.location"].sudo().browse(location_id).warehouse_id.id


@dataclass
class Group:
    """Goods of a product that are valued as one.

    :param lot: where lots are valued by themselves
    :param owner: whose the goods are, unless the company's own
    """

    product: models.BaseModel
    lot: int | None
    owner: int | None
    balances: list = field(default_factory=list)
    movements: list = field(default_factory=list)
    on_hand: dict = field(default_factory=dict)
    price: float = 0.0
    quantity: float = 0.0
    total: int = 0
    revalued: bool = True
    ask_odoo: bool = True
    book: Book | None = None
