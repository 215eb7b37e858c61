"""The rate table behind the port."""

from decimal import Decimal

import pytest
from shipping_core.port import Address, Capability, Label, Parcel, Rejected, ShipmentSpec
from shipping_core.rate_table import Line, RateTable, Service, Zone
from shipping_core.rate_table_carrier import Numbers, RateTableCarrier

TABLE = RateTable(
    "Vans",
    "EUR",
    (Service("Day"),),
    (Zone("World"),),
    (Line("Day", "World", Decimal(10), Decimal(1), Decimal(2)),),
)


class Desk:
    """Issues numbers as the database does: the same parcel keeps its numbers."""

    def __init__(self):
        self.issued = {}

    def issue(self, parcel):
        number = f"P{len(self.issued) + 1}"
        return self.issued.setdefault(parcel.reference, Numbers(number))

    def draw(self, spec, quote, numbers):
        return [(Label("pdf", number.tracking_number.encode()),) for number in numbers]


def spec(*weights):
    parcels = tuple(Parcel(f"box {n}", Decimal(weight)) for n, weight in enumerate(weights, 1))
    return ShipmentSpec(Address("A", "FR"), Address("B", "FR"), parcels)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def carrier(desk):
    return RateTableCarrier(TABLE, desk.issue, desk.draw)


def test_buying_gives_every_parcel_number_label_and_cost(carrier):
    bought = carrier.buy(spec(1, 2), "key")
    assert [(p.reference, p.tracking_number, p.cost) for p in bought.parcels] == [
        ("box 1", "P1", Decimal("3.00")),
        ("box 2", "P2", Decimal("5.00")),
    ]
    assert (bought.cost, bought.currency, bought.key) == (Decimal("8.00"), "EUR", "key")
    assert bought.parcels[1].labels == (Label("pdf", b"P2"),)


def test_buying_again_adopts(carrier, desk):
    assert carrier.buy(spec(1, 2), "key") == carrier.buy(spec(1, 2), "key")
    assert len(desk.issued) == 2


def test_what_is_refused_takes_no_number(carrier, desk):
    with pytest.raises(Rejected, match="box 2"):
        carrier.buy(spec(1, 11), "key")
    assert desk.issued == {}


def test_capabilities_are_what_it_has(carrier):
    verbs = {Capability.RATE: "rate", Capability.BUY: "buy", Capability.VOID: "void"}
    assert set(verbs) <= carrier.capabilities
    assert all(callable(getattr(carrier, verb)) for verb in verbs.values())
    assert Capability.TRACK not in carrier.capabilities
    assert carrier.void("P1") is None
