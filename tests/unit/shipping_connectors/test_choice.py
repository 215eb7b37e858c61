from datetime import date
from decimal import Decimal

import pytest
from shipping_core.choice import Offer, choose, on_time_share

SLOW = Offer("slow", "Slow", Decimal("5"), date(2026, 3, 9), 0.70)
FAST = Offer("fast", "Fast", Decimal("9"), date(2026, 3, 4), 0.95)
VAGUE = Offer("vague", "Vague", Decimal("4"))


@pytest.mark.parametrize(
    ("strategy", "values", "expected"),
    [
        ("cheapest", {}, VAGUE),
        ("fastest", {}, FAST),
        ("cheapest", {"latest": date(2026, 3, 9)}, SLOW),
        ("cheapest", {"latest": date(2026, 3, 8)}, FAST),
        ("cheapest", {"latest": date(2026, 3, 9), "least_on_time": 0.9}, FAST),
        # a lane without a history is not judged
        ("cheapest", {"least_on_time": 0.9}, VAGUE),
        ("cheapest", {"latest": date(2026, 3, 3)}, None),
    ],
)
def test_choose(strategy, values, expected):
    choice = choose([SLOW, FAST, VAGUE], strategy, **values)
    assert choice.offer is expected
    assert choice.reason


def test_the_reason():
    choice = choose([SLOW, FAST, VAGUE], "cheapest", latest=date(2026, 3, 9), least_on_time=0.9)
    assert choice.reason == (
        "The cheapest of 1 services, promised until 2026-03-09 (1 arrive later or promise nothing;"
        " 1 are late too often)."
    )
    assert choose([], "cheapest").reason == "No service is offered."
    assert "on time in 99%" in choose([SLOW], "cheapest", least_on_time=0.99).reason


def test_ties_go_to_the_earlier_and_the_name():
    same = Offer("b", "B", Decimal("5"), date(2026, 3, 9))
    earlier = Offer("c", "C", Decimal("5"), date(2026, 3, 8))
    assert choose([same, earlier], "cheapest").offer is earlier
    twin = Offer("a", "A", Decimal("5"), date(2026, 3, 9))
    assert choose([same, twin], "cheapest").offer is twin


def test_on_time_share():
    assert on_time_share(9, 9) is None
    assert on_time_share(9, 10) == 0.9
