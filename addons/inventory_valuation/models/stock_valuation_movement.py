"""What product moves are to the ledger."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models

from ..core.book import NOTHING, Movement
from ..core.money import nearest, spread


class StockValuationMovement(models.AbstractModel):
    """Turns done product moves into movements of the ledger: new ones, and what was edited."""

    _name = "stock.valuation.movement"
    _description = "Movements of the Valuation Ledger"

    @api.model
    def _get_movements(self, company, lines):
        """Return what of the lines is not booked yet, as movements."""
        source = self.env["stock.valuation.source"]
        booked = source._get_booked_lines([line.id for line in lines])
        shares = self._get_shares(company, lines)
        movements = []
        for line in lines:
            place = (line.lot_id, line.owner_id)
            expected = Movement(
                source=line.source and (line.source, *place),
                target=line.target and (line.target, *place),
                quantity=line.quantity,
                kind=self._get_kind(line),
                value=shares.get(line.id, 0),
                layer=line.move_id if line.target and not line.source else None,
                origin=line,
            )
            movements += self._get_changes(company, expected, booked.get(line.id, {}))
        return movements

    @api.model
    def _get_changes(self, company, expected, booked):
        """Return what brings a product move that is booked to what it is now."""
        source = self.env["stock.valuation.source"]
        ends = {
            place: sign
            for place, sign in ((expected.source, -1), (expected.target, 1))
            if place is not None
        }
        if expected.source == expected.target:
            ends = {}
        if not booked:
            return [expected] if ends and expected.quantity > NOTHING else []
        if set(booked) != {(place, expected.origin.date) for place in ends}:
            # lot, owner, place or date is another one: take it back as of the day for which it was
            # booked, and book it anew
            back = [
                replace(
                    expected,
                    source=place if quantity > 0 else None,
                    target=place if quantity < 0 else None,
                    quantity=abs(quantity),
                    value=abs(source._to_cents(company, value)),
                    origin=expected.origin._replace(date=date),
                )
                for (place, date), (quantity, value) in booked.items()
            ]
            return [*back, *([expected] if ends and expected.quantity > NOTHING else [])]
        place, sign = next(iter(ends.items()))
        quantity, worth = booked[place, expected.origin.date]
        more = expected.quantity - sign * quantity
        if abs(more) < NOTHING:
            return []
        if expected.quantity > NOTHING:
            value = nearest(expected.value * abs(more) / expected.quantity)
        else:
            value = abs(source._to_cents(company, worth))
        change = replace(expected, quantity=abs(more), value=value)
        if more < 0:
            change = replace(change, source=expected.target, target=expected.source)
        return [change]

    @api.model
    def _get_shares(self, company, lines):
        """Share the value of moves out over their lines that Odoo values: {line: cents}."""
        by_move = defaultdict(list)
        for line in lines:
            if (line.source is None) != (line.target is None):
                by_move[line.move_id].append(line)
        shares = {}
        prices = self.env["stock.valuation.total"]._get_lot_prices(
            company, {line.lot_id for line in lines if line.lot_id}
        )
        for move_lines in by_move.values():
            owned = [line for line in move_lines if not line.owner_id]
            # Odoo keeps the value of what comes in, should a move do both
            valued = [line for line in owned if line.target] or owned
            weights = [
                line.quantity * (1.0 if line.target else prices.get(line.lot_id, 1.0))
                for line in valued
            ]
            cents = self.env["stock.valuation.source"]._to_cents(company, move_lines[0].value)
            if valued:
                shares.update(
                    zip((line.id for line in valued), spread(cents, weights), strict=True)
                )
        return shares

    @api.model
    def _get_kind(self, line):
        """Return what a product move is to an accountant."""
        if line.source and line.target:
            return "transfer"
        if line.is_scrap:
            return "scrap"
        other = line.source_usage if line.target else line.target_usage
        return {
            ("supplier", True): "receipt",
            ("supplier", False): "return",
            ("customer", True): "return",
            ("customer", False): "delivery",
            ("production", True): "manufacturing",
            ("production", False): "manufacturing",
            ("transit", True): "receipt",
            ("transit", False): "delivery",
        }.get((other, bool(line.target)), "adjustment")
