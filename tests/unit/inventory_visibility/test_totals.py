"""Totals over places, by hand."""

from datetime import date

import pytest
from visibility_core import totals

ADDITIVE = ("qty_available", "qty_atp", "daily_demand")


def cell(available, demand, atp=0.0, shortage=False, receipt=False):
    return {
        "qty_available": available,
        "qty_atp": atp,
        "daily_demand": demand,
        "days_of_cover": "not read",
        "shortage_date": shortage,
        "next_receipt_date": receipt,
    }


def test_cover_follows_from_the_sums():
    # 10 at 1 a day and 20 at 4 a day: 30 at 5 a day last 6 days, not 10 + 5
    found = totals.total([cell(10.0, 1.0), cell(20.0, 4.0)], ADDITIVE)
    assert found["qty_available"] == 30.0
    assert found["daily_demand"] == 5.0
    assert found["days_of_cover"] == pytest.approx(6.0)


def test_no_demand_has_no_cover():
    assert totals.total([cell(10.0, 0.0)], ADDITIVE)["days_of_cover"] is False


def test_nothing_available_lasts_no_day():
    assert totals.total([cell(-4.0, 2.0)], ADDITIVE)["days_of_cover"] == 0.0


def test_the_first_date_counts():
    found = totals.total(
        [
            cell(0.0, 0.0, shortage=date(2026, 3, 5)),
            cell(0.0, 0.0, receipt=date(2026, 3, 9)),
            cell(0.0, 0.0, shortage=date(2026, 3, 2)),
        ],
        ADDITIVE,
    )
    assert found["shortage_date"] == date(2026, 3, 2)
    assert found["next_receipt_date"] == date(2026, 3, 9)


def test_of_nothing():
    found = totals.total([], ADDITIVE)
    assert found["qty_available"] == 0.0
    assert found["shortage_date"] is False
    assert found["days_of_cover"] is False
