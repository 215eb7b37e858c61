"""Who gets what, and which promises that keeps, worked out by hand."""

from datetime import date, timedelta

from visibility_sale_core.watch import (
    AT_RISK,
    BROKEN,
    KEPT,
    Arrival,
    Cover,
    Demand,
    deal,
    judge,
)

TODAY = date(2026, 3, 2)


def day(days):
    return TODAY + timedelta(days=days)


def test_stock_covers_in_the_order_of_the_days():
    covers = deal(TODAY, 10, [], [Demand("b", day(5), 6), Demand("a", day(1), 6)])
    assert covers == {"a": Cover(TODAY), "b": Cover(None, missing=2)}


def test_reserved_stock_belongs_to_whom_it_is_reserved_for():
    """The later delivery has 6 reserved: the earlier one gets the 4 that are free."""
    covers = deal(TODAY, 10, [], [Demand("a", day(1), 6), Demand("b", day(5), 6, reserved=6)])
    assert covers == {"a": Cover(None, missing=2), "b": Cover(TODAY)}


def test_rank_decides_within_a_day():
    covers = deal(
        TODAY, 5, [], [Demand("b", day(1), 5, rank=(2,)), Demand("a", day(1), 5, rank=(1,))]
    )
    assert covers["a"].day == TODAY
    assert covers["b"].day is None


def test_receipts_cover_once_they_are_there():
    arrivals = [Arrival(day(7), 10), Arrival(day(2), 3)]
    covers = deal(TODAY, 4, arrivals, [Demand("a", day(1), 6), Demand("b", day(2), 6)])
    # a: 4 now and 2 on day 2; b: the third of day 2 and 5 on day 7
    assert covers["a"] == Cover(day(2), arrival=day(2))
    assert covers["b"] == Cover(day(7), arrival=day(7))


def test_an_overdue_receipt_is_expected_today_and_remembered():
    covers = deal(TODAY, 4, [Arrival(day(-3), 10, overdue=True)], [Demand("a", day(1), 6)])
    assert covers["a"] == Cover(TODAY, overdue=True, arrival=TODAY)


def test_what_is_covered_by_stock_is_not_at_the_mercy_of_a_receipt():
    covers = deal(TODAY, 6, [Arrival(day(-3), 10, overdue=True)], [Demand("a", day(1), 6)])
    assert not covers["a"].overdue


def test_more_reserved_than_there_is():
    """Stock was lost after it had been reserved: the reservations stand, nothing is left."""
    covers = deal(TODAY, 2, [], [Demand("a", day(1), 6, reserved=4)])
    assert covers["a"] == Cover(None, missing=2)


def test_judgement():
    assert judge(day(5), TODAY, [Cover(day(5))]) == KEPT
    assert judge(day(5), TODAY, [Cover(day(1)), Cover(day(6))]) == BROKEN
    assert judge(day(5), TODAY, [Cover(None, missing=1)]) == BROKEN
    assert judge(day(5), TODAY, [Cover(day(4), overdue=True)]) == AT_RISK
    assert judge(day(-1), TODAY, [Cover(TODAY)]) == BROKEN
    assert judge(day(5), TODAY, []) == KEPT
