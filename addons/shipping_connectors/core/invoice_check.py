"""What a carrier bills against what its label cost: the difference, and what explains it.

Three amounts of a parcel are kept apart: what was quoted, what the label cost when it was bought,
and what the invoice asks. The label's cost holds what was known then, fuel included; what is billed
beyond it is attributed, in this order, to charges that nobody knew of, to a greater weight and to
fuel.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .invoice_csv import Billed

#: kinds of differences, in the order in which they explain an amount
KINDS = (
    "fee",
    "unknown_shipment",
    "duplicate",
    "voided",
    "currency",
    "address_correction",
    "residential",
    "dimensional_weight",
    "fuel",
    "duty",
    "other",
    "credit",
)
#: which of an invoice's charges each difference is looked for in
_SURPRISES = (
    ("address_correction", "address_correction"),
    ("residential", "residential"),
    ("duty", "duty"),
)
#: a parcel charged by so much more than it weighs was measured, not weighed
WEIGHT_TOLERANCE = Decimal("0.05")


@dataclass(frozen=True)
class Known:
    """What we know of a parcel.

    :param cost: of the label; ``None`` when the carrier did not say it
    :param weight: kg that were declared
    :param billed_before: the invoice that asked for it already
    """

    cost: Decimal | None
    currency: str
    weight: Decimal | None = None
    quoted: Decimal | None = None
    billed_before: str = ""
    is_voided: bool = False


@dataclass(frozen=True)
class Difference:
    """A part of what is billed beyond what was expected; negative: less than expected."""

    kind: str
    amount: Decimal
    reason: str


def compare(billed: Billed, known: Known | None, tolerance: Decimal) -> list[Difference]:
    """What explains the amount of an invoice line; empty when it is as expected.

    :param tolerance: of the whole amount, in its currency
    :return: the amounts add up to billed less expected, except where currencies differ
    """
    amount = billed.amount
    if not billed.number:
        return [Difference("fee", amount, "Asked for the account, not for a parcel.")]
    if known is None:
        return [
            Difference(
                "unknown_shipment", amount, f"No parcel of ours has the number {billed.number}."
            )
        ]
    if known.billed_before:
        return [
            Difference("duplicate", amount, f"Invoice {known.billed_before} asks for it already.")
        ]
    if known.is_voided:
        return [Difference("voided", amount, "Its label was given back.")]
    if known.currency and billed.currency and known.currency != billed.currency:
        return [
            Difference(
                "currency",
                Decimal(0),
                f"Billed in {billed.currency}, and bought in {known.currency}.",
            )
        ]
    if known.cost is None:
        return []
    extra = amount - known.cost
    if abs(extra) <= tolerance:
        return []
    if extra < 0:
        return [Difference("credit", extra, "Less than the label cost.")]
    return _explain(billed, known, extra)


def _explain(billed: Billed, known: Known, extra: Decimal) -> list[Difference]:
    found: list[Difference] = []
    left = extra

    def take(kind: str, limit: Decimal, reason: str) -> None:
        nonlocal left
        part = min(left, limit)
        if part > 0:
            found.append(Difference(kind, part, reason))
            left -= part

    for kind, charge in _SURPRISES:
        take(kind, _sum(billed, charge), _names(billed, charge))
    take("dimensional_weight", _sum(billed, "dimensional"), _names(billed, "dimensional"))
    heavier = _get_heavier(billed, known)
    fuel = _sum(billed, "fuel")
    if heavier:
        # a greater weight raises freight and the fuel that is a share of it
        take("dimensional_weight", left, heavier)
    take("fuel", min(fuel, left), _names(billed, "fuel"))
    take("other", left, "Nothing on the invoice explains it.")
    return found


def _sum(billed: Billed, kind: str) -> Decimal:
    return sum((one.amount for one in billed.charges if one.kind == kind), Decimal(0))


def _names(billed: Billed, kind: str) -> str:
    return ", ".join(one.text for one in billed.charges if one.kind == kind)


def _get_heavier(billed: Billed, known: Known) -> str:
    if billed.weight is None or not known.weight:
        return ""
    if billed.weight <= known.weight * (1 + WEIGHT_TOLERANCE):
        return ""
    return f"Charged as {billed.weight:.2f} kg, declared as {known.weight:.2f} kg."


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
