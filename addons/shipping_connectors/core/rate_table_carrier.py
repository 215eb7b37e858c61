"""The rate table as a carrier: the port's first implementation, without a network.

What needs a database (unique numbers) or a design (labels) is handed in, so that this stays plain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .port import Bought, BoughtParcel, Capability, Label, Parcel, Quote, ShipmentSpec
from .rate_table import RateTable


@dataclass(frozen=True)
class Numbers:
    """What identifies one parcel on the road. ``sscc`` is empty without a GS1 company prefix."""

    tracking_number: str
    sscc: str = ""


IssueNumbers = Callable[[Parcel], Numbers]
DrawLabels = Callable[[ShipmentSpec, Quote, Sequence[Numbers]], Sequence[tuple[Label, ...]]]


class RateTableCarrier:
    """Own vans and local couriers.

    :param issue: gives a parcel its numbers; asked again for the same parcel it must answer the
        same, which is what makes buying idempotent here
    :param draw: the labels of all parcels, in the order of the spec
    """

    capabilities = frozenset(
        {
            Capability.RATE,
            Capability.BUY,
            Capability.VOID,
            Capability.RETURN_LABEL,
            Capability.LABEL_PDF,
            Capability.LABEL_ZPL,
        }
    )

    def __init__(self, table: RateTable, issue: IssueNumbers, draw: DrawLabels) -> None:
        self.table = table
        self.issue = issue
        self.draw = draw

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """Offers of the table, cheapest first."""
        return self.table.quotes(spec)

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        """Price, numbers and labels. The price comes first: what is refused takes no number."""
        quote = self.table.quotes(spec)[0]
        numbers = [self.issue(parcel) for parcel in spec.parcels]
        labels = self.draw(spec, quote, numbers)
        return Bought(
            parcels=tuple(
                BoughtParcel(
                    reference=parcel.reference,
                    tracking_number=number.tracking_number,
                    sscc=number.sscc,
                    cost=charge.amount,
                    labels=tuple(files),
                )
                for parcel, number, charge, files in zip(
                    spec.parcels, numbers, quote.charges, labels, strict=True
                )
            ),
            currency=quote.currency,
            key=key,
            quote=quote,
        )

    def void(self, reference: str) -> None:
        """Nothing to give back: the numbers stay used, as GS1 demands for a year at least."""
