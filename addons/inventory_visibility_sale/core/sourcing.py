"""Spreading the quantity of an order line over several places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from .promise import TOLERANCE, Supply


def fit(
    total: float, quantities: Sequence[float], done: Sequence[float] | None = None
) -> list[float]:
    """Make `quantities` add up to `total`: more goes to the first, less is taken from the last.

    :param done: what has left each place already; nothing below it is taken while another place
        still has some to give

    >>> fit(12, [6, 4])
    [8, 4]
    >>> fit(7, [6, 4])
    [6, 1]
    >>> fit(7, [6, 4], [0, 4])
    [3, 4]
    """
    fitted, missing = list(quantities), total - sum(quantities)
    if missing > 0 and fitted:
        fitted[0] += missing
        return fitted
    for floors in (done or [0.0] * len(fitted), [0.0] * len(fitted)):
        for index in reversed(range(len(fitted))):
            taken = min(max(fitted[index] - floors[index], 0), max(-missing, 0))
            fitted[index] -= taken
            missing += taken
    return fitted


def deltas(
    total: float, wanted: Sequence[tuple[int, float]], ordered: Mapping[int, float]
) -> list[tuple[int, float]]:
    """What to order (or to take back) from which place, so that `total` more is ordered.

    :param total: change of the ordered quantity; negative when less is wanted than is ordered
    :param wanted: ``[(place, quantity), ...]`` in order of preference, adding up to the quantity
        of the line
    :param ordered: ``{place: quantity}`` on its way or delivered already
    :return: ``[(place, change), ...]`` of one sign, adding up to `total`. What one place has too
        much of is never balanced against another place here: that would move a delivery that
        somebody may be picking.
    """
    differences = {place: quantity - ordered.get(place, 0.0) for place, quantity in wanted}
    for place, quantity in ordered.items():
        differences.setdefault(place, -quantity)
    places = list(differences)
    if total < 0:
        places.reverse()
    sign, left, result = (1 if total > 0 else -1), abs(total), []
    for place in places:
        part = min(max(sign * differences[place], 0.0), left)
        if part > TOLERANCE:
            result.append((place, sign * part))
            left -= part
    if left > TOLERANCE and places:
        # more than the places account for: the preferred one takes it
        place = wanted[0][0] if wanted else places[0]
        merged = dict(result)
        merged[place] = merged.get(place, 0.0) + sign * left
        result = list(merged.items())
    return result


def split(
    quantity: float, supplies: Sequence[tuple[int, Supply]], wanted: date
) -> list[tuple[int, float]]:
    """Propose how to spread a quantity over places so that all of it is there soonest.

    The day is the earliest on which the places together can promise the quantity, not before
    `wanted`; on that day each place gives what it can, in the order given, so that no more places
    than needed take part.

    :param supplies: ``[(place, supply), ...]`` in order of preference
    :return: ``[(place, quantity), ...]``; adds up to less than `quantity` when all places
        together never have it
    """
    days = {wanted}
    for _place, supply in supplies:
        days.update(day for day, _atp in supply.steps() if day > wanted)
    shares: list[tuple[int, float]] = []
    for day in sorted(days):
        shares, left = [], quantity
        for place, supply in supplies:
            part = min(max(supply.atp(day), 0.0), left)
            if part > TOLERANCE:
                shares.append((place, part))
                left -= part
        if left <= TOLERANCE:
            break
    return shares
