"""What goods are worth in Odoo's eyes, asking Odoo only where nothing else tells."""

from dataclasses import dataclass, field, replace

from odoo import api, models

from ..core.book import NOTHING, Book, Costing
from ..core.money import confirm, is_tie


@dataclass
class Group:
    """Goods of a product that are valued as one.

    :param lot: where lots are valued by themselves
    :param owner: whose the goods are, unless the company's own
    :param price: of a unit, in the currency, as Odoo has it now
    :param quantity: on hand, all places added up
    :param total: what all of it is worth, in the currency's smallest unit
    :param ask_odoo: nothing else will do, because what Odoo says is to be compared or history
        itself has changed
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
    ask_odoo: bool = True
    book: Book | None = None


class StockValuationTotal(models.AbstractModel):
    """Gives groups of goods their cost and their total.

    Odoo reads all of a product's history to tell its value, and does so while it validates a
    receipt: the new cost of a unit is the outcome. Times the quantity, that is Odoo's total. The
    ledger's own reckoning (what was booked and what has moved, or the layers under FIFO) has to
    come to the same within what rounding explains. Where the two agree nobody need ask again; where
    they do not, Odoo is asked.
    """

    _name = "stock.valuation.total"
    _description = "What Goods Are Worth in Odoo"

    @api.model
    def _set_prices(self, company, groups):
        """Give each group the cost of a unit and its quantity."""
        prices = self._get_lot_prices(company, {group.lot for group in groups if group.lot})
        to_cents = self.env["stock.valuation.source"]._to_cents
        for group in groups:
            group.price = prices[group.lot] if group.lot else group.product.standard_price
            group.quantity = sum(group.on_hand.values())
            if group.owner:
                group.movements = [
                    replace(movement, value=to_cents(company, group.price * movement.quantity))
                    for movement in group.movements
                ]

    @api.model
    def _get_lot_prices(self, company, lot_ids):
        """Return what a unit of lots costs that are valued by themselves: {lot: price}."""
        lots = self.env["stock.valuation.source"]._with_odoo_values(
            self.env["stock.lot"].browse(lot_ids), company
        )
        return {lot.id: lot.standard_price for lot in lots if lot.product_id.lot_valuated}

    @api.model
    def _set_totals(self, company, groups):
        """Give each group what Odoo says that it is worth; its book has all movements by now."""
        asked = []
        for group in groups:
            total = self._get_known_total(company, group)
            if total is None:
                asked.append(group)
            else:
                group.total = total
        for group, total in zip(asked, self._ask_odoo(company, asked), strict=True):
            group.total = total
            self._set_average(group)

    @api.model
    def _set_average(self, group):
        """Odoo's total says what a unit costs on the average, whatever the product's cost says."""
        if (
            group.product.cost_method == "average"
            and not group.owner
            and group.total * group.quantity > 0
        ):
            group.book.costing = Costing(group.total / group.quantity)

    @api.model
    def _get_known_total(self, company, group):
        """Return what a group is worth where Odoo need not be asked, else None."""
        worth = group.price * group.quantity
        by_price = self.env["stock.valuation.source"]._to_cents(company, worth)
        if group.owner:
            return by_price
        if group.product.lot_valuated and not group.lot:
            return 0  # Odoo adds up lots, and what has none counts for nothing
        if group.ask_odoo:
            return None
        if group.product.cost_method == "standard":
            return by_price
        if is_tie(worth / company.currency_id.rounding):
            # Odoo's floats came to it another way, and may fall to the other side
            return None
        book = group.book
        if book.adjusted or (group.lot and not self._has_lot_cost(group)):
            return None
        reckoned = book.get_cost() if group.product.cost_method == "fifo" else book.value
        return by_price if confirm(by_price, reckoned, book.postings) else None

    @api.model
    def _has_lot_cost(self, group):
        """Say whether the cost of a lot is the one that Odoo values it at.

        A price that is set for the product counts for its lots at once, and becomes their cost only
        with the next receipt; a lot that is on hand was booked at it.
        """
        before = sum(quantity for _place, _layer, quantity, _value in group.balances)
        return before > NOTHING or any(movement.source is None for movement in group.movements)

    @api.model
    def _ask_odoo(self, company, groups):
        """Return what Odoo says that groups are worth, in cents, in their order."""
        source = self.env["stock.valuation.source"]
        products = source._with_odoo_values(
            self.env["product.product"].browse(
                {group.product.id for group in groups if not group.lot}
            ),
            company,
        )
        products.invalidate_recordset(["total_value", "qty_available"], flush=False)
        lots = self._with_lot_context(company, [group for group in groups if group.lot])
        return [
            source._to_cents(
                company,
                lots[group.lot].total_value
                if group.lot
                else products.browse(group.product.id).total_value,
            )
            for group in groups
        ]

    @api.model
    def _with_lot_context(self, company, groups):
        """Return {lot id: lot} of groups, about this company's own goods."""
        if not groups:
            return {}
        lots = self.env["stock.valuation.source"]._with_odoo_values(
            self.env["stock.lot"].browse({group.lot for group in groups}), company
        )
        context = groups[0].product._with_valuation_context().env.context
        lots = lots.with_context(location=context["location"], owners=context["owners"])
        lots.invalidate_recordset(["total_value", "product_qty"], flush=False)
        lots.product_id.invalidate_recordset(["qty_available"], flush=False)
        return {lot.id: lot for lot in lots}
