from collections import namedtuple
from datetime import date, datetime

import pytest
from visibility_mrp_core import kits

STATES = ("short", "out", "low", "excess", "ok", "idle")
TABLE = {"leg": 4.0, "top": 1.0}
Step = namedtuple("Step", "day balance atp")


def test_explode_adds_up_what_is_shared():
    boms = {
        "desk": [("drawer", 2.0), ("screw", 3.0)],
        "drawer": [("screw", 6.0), ("box", 1.0)],
        "set": [("desk", 1.0), ("drawer", 1.0)],
    }
    assert kits.explode(boms) == {
        "drawer": {"screw": 6.0, "box": 1.0},
        "desk": {"screw": 15.0, "box": 2.0},
        "set": {"screw": 21.0, "box": 3.0},
    }


def test_kit_of_itself():
    with pytest.raises(kits.EndlessKit):
        kits.explode({"a": [("b", 1.0)], "b": [("a", 1.0)]})


@pytest.mark.parametrize(
    ("legs", "tops", "expected"),
    [(12, 5, 3), (11, 5, 2), (12, 2, 2), (0, 5, 0), (-1, 5, -1), (-4, 5, -1), (-5, 5, -2)],
)
def test_count(legs, tops, expected):
    assert kits.count({"leg": legs, "top": tops}, TABLE) == expected


def test_thirds_are_whole():
    assert kits.count({"sheet": 1.0}, {"sheet": 1 / 3}) == 3
    assert kits.count({"sheet": 0.1 + 0.2}, {"sheet": 0.1}) == 3


def test_no_parts():
    assert kits.count({}, {}) == 0


def test_need_is_never_too_little():
    assert kits.need({"sheet": 1 / 3, "leg": 4.0}, 1.0, 100) == {"sheet": 34, "leg": 400}
    assert kits.need({"sheet": 1 / 3}, 3.0, 100) == {"sheet": 100}
    assert kits.need({"leg": 0.1}, 3.0, 100) == {"leg": 30}


def test_what_is_counted_can_be_had():
    """What `count` says there is, `need` does not exceed."""
    for stock in range(1, 400):
        for each in (1 / 3, 0.07, 2.5, 1 / 7):
            number = kits.count({"a": stock / 100}, {"a": each})
            assert kits.need({"a": each}, number, 100)["a"] <= stock


def figures(**values):
    names = ("on_hand", "reserved", "free", "blocked", "soft_reserved", "safety_stock", "available")
    names += ("incoming", "outgoing", "in_transit", "consigned", "forecast", "atp")
    row = dict.fromkeys((f"qty_{name}" for name in names), 0.0)
    row |= {"shortage_date": False, "next_receipt_date": False, "days_of_cover": False}
    row |= {"daily_demand": 0.0, "state": "idle", "as_of": datetime(2030, 1, 1)}
    return row | values


def test_figures_add_up():
    rows = {
        "leg": figures(
            qty_on_hand=25,
            qty_reserved=2,
            qty_blocked=4,
            qty_soft_reserved=5,
            qty_safety_stock=3,
            qty_outgoing=6,
            qty_incoming=8,
            qty_in_transit=4,
            qty_consigned=5,
            qty_forecast=27,
            qty_atp=11,
            days_of_cover=12.5,
            state="low",
            shortage_date=date(2030, 1, 9),
        ),
        "top": figures(qty_on_hand=30, qty_forecast=30, qty_atp=30, days_of_cover=8.0, state="ok"),
    }
    row = kits.compose_figures(TABLE, rows, STATES)
    expected = {
        "qty_on_hand": 6,  # 25
        "qty_free": 5,  # 23
        "qty_reserved": 1,
        "qty_blocked": 1,  # 19: 4
        "qty_soft_reserved": 1,  # 14: 3
        "qty_safety_stock": 1,  # 11: 2
        "qty_available": 2,
        "qty_outgoing": 2,  # 19: 4
        "qty_incoming": 2,  # 27: 6
        "qty_forecast": 6,
        "qty_in_transit": 1,  # 29: 7
        "qty_consigned": 1,  # 20: 5
        "qty_atp": 2,
        "days_of_cover": 8.0,
        "shortage_date": date(2030, 1, 9),
        "next_receipt_date": False,
        "state": "low",
    }
    assert {name: row[name] for name in expected} == expected


def test_external_stock_is_available():
    rows = {
        "leg": figures(qty_on_hand=4, qty_external=8, external_as_of=datetime(2030, 1, 1)),
        "top": figures(qty_on_hand=9, qty_external=0.0, external_as_of=False),
    }
    row = kits.compose_figures(TABLE, rows, STATES)
    assert (row["qty_on_hand"], row["qty_external"], row["qty_available"]) == (1, 2, 3)
    assert row["external_as_of"] == datetime(2030, 1, 1)


def test_steps():
    first, second, third = date(2030, 1, 1), date(2030, 1, 5), date(2030, 1, 8)
    steps = {
        "leg": [Step(first, 4, 4), Step(second, 12, 7), Step(third, 7, 7)],
        "top": [Step(first, 1, 1), Step(date(2030, 1, 6), 9, 9)],
    }
    assert kits.compose_steps(TABLE, steps) == [
        (first, 1, 1),
        (second, 1, 1),
        (date(2030, 1, 6), 3, 1),
        (third, 1, 1),
    ]


def test_users_of():
    parts = {"table": TABLE, "shelf": {"board": 2.0}}
    assert kits.users_of(parts, {"top", "glue"}) == {"table"}
