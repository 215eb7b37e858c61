from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytz
from smart_reorder_engine.calendar import (
    OrderCalendar,
    latest_order_day,
    order_moment,
    order_moments,
    order_schedule,
    quantile_after,
)

UTC = pytz.UTC
MONDAY = datetime(2025, 6, 16, 9, 0, tzinfo=UTC)


def days(calendar, now=MONDAY, zone=UTC):
    return [moment.date() for moment in order_moments(calendar, now, zone)]


def test_without_a_calendar_today_and_a_review_period_later():
    assert days(OrderCalendar(review=3)) == [date(2025, 6, 16), date(2025, 6, 19)]


def test_order_days():
    """Tuesdays and Fridays: on Monday the next is Tuesday 17, then Friday 20."""
    calendar = OrderCalendar(frozenset({1, 4}))
    assert days(calendar) == [date(2025, 6, 17), date(2025, 6, 20)]
    assert days(calendar, MONDAY + timedelta(days=1)) == [date(2025, 6, 17), date(2025, 6, 20)]
    # With a week between two orders at least, the Friday is skipped.
    assert days(OrderCalendar(frozenset({1, 4}), review=7)) == [
        date(2025, 6, 17),
        date(2025, 6, 24),
    ]


@pytest.mark.parametrize(("hour", "first"), [(8, 16), (9, 16), (10, 23)])
def test_cut_off(hour, first):
    """Mondays until 9:00: an hour later it is next Monday's order."""
    calendar = OrderCalendar(frozenset({0}), cutoff=9.0)
    assert days(calendar, MONDAY.replace(hour=hour))[0] == date(2025, 6, first)


def test_cut_off_on_the_vendors_clock():
    """10:00 in Tokyo is 1:00 in London (UTC 1:00 + summer time): at 1:30 UTC Monday's is over, and
    on Sunday at 20:00 UTC it is Monday in Tokyo already, before the cut-off."""
    calendar = OrderCalendar(frozenset({0}), cutoff=10.0)
    tokyo = pytz.timezone("Asia/Tokyo")
    first = order_moments(calendar, datetime(2025, 6, 15, 20, 0, tzinfo=UTC), tokyo)[0]
    assert first.astimezone(UTC) == datetime(2025, 6, 16, 1, 0, tzinfo=UTC)
    late = order_moments(calendar, datetime(2025, 6, 16, 1, 30, tzinfo=UTC), tokyo)[0]
    assert late.astimezone(UTC) == datetime(2025, 6, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", [pytz.timezone("Europe/Berlin"), ZoneInfo("Europe/Berlin")])
def test_clock_change(zone):
    """On 2025-10-26 the hour from 2 to 3 comes twice in Berlin: the first 2:30 is 0:30 UTC."""
    moment = order_moment(OrderCalendar(cutoff=2.5), date(2025, 10, 26), zone)
    assert moment.astimezone(UTC) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        order_moments(OrderCalendar(), datetime(2025, 6, 16), UTC)


def test_demand_of_other_lengths():
    """Mean 28 and quantile 37 over 7 days; four times as long: 112, and twice the 9."""
    assert quantile_after(28, 7, 28, 37) == pytest.approx(112 + 18)
    assert quantile_after(0, 7, 28, 37) == 0


@pytest.mark.parametrize(
    ("weekdays", "latest"),
    [((), 27), ({4}, 27), ({1}, 24), ({5, 6}, 22), ({0}, 23)],
)
def test_last_order_day_before(weekdays, latest):
    """What must count on Friday 2025-06-27, asked on Monday 16."""
    day = latest_order_day(OrderCalendar(frozenset(weekdays)), date(2025, 6, 27), MONDAY, UTC)
    assert day == date(2025, 6, latest)


@pytest.mark.parametrize(("hour", "latest"), [(8, 16), (9, 16), (10, 9)])
def test_an_order_day_is_gone_after_its_cut_off(hour, latest):
    """Mondays until 9:00; what must count today, or tomorrow, was to be ordered last Monday."""
    calendar, now = OrderCalendar(frozenset({0}), cutoff=9.0), MONDAY.replace(hour=hour)
    for day in (16, 17):
        found = latest_order_day(calendar, date(2025, 6, day), now, UTC)
        assert found == date(2025, 6, latest)


def test_last_order_day_on_another_clock():
    """Mondays until 10:00 in Tokyo are Sundays until 18:00 in Los Angeles (UTC-7): what must count
    on Monday 23 there is ordered on Sunday 22, and so is what must count on that Sunday."""
    angeles = pytz.timezone("America/Los_Angeles")
    calendar, now = OrderCalendar(frozenset({0}), cutoff=10.0), MONDAY.astimezone(angeles)
    for day, latest in ((23, 22), (22, 22), (21, 15)):
        found = latest_order_day(calendar, date(2025, 6, day), now, pytz.timezone("Asia/Tokyo"))
        assert found == date(2025, 6, latest)


def schedule(calendar, count=15, zone=UTC):
    """Looked at daily at 1:30 UTC; {day of June: (wait, review)} of the order days."""
    start = MONDAY.replace(hour=1, minute=30)
    moments = [start + timedelta(days=step) for step in range(count)]
    wait, review = order_schedule(calendar, moments, zone)
    return {
        moment.day: (wait[index], review[index])
        for index, moment in enumerate(moments[:-1])
        if wait[index] >= 0
    }


def test_orders_over_two_weeks():
    """Tuesdays and Fridays: 3 and 4 days apart; what comes after the last one is not known."""
    assert schedule(OrderCalendar(frozenset({1, 4}))) == {
        17: (0, 3),
        20: (0, 4),
        24: (0, 3),
        27: (0, 0),
    }
    assert schedule(OrderCalendar(frozenset({1, 4}), review=7)) == {17: (0, 7), 24: (0, 0)}


def test_orders_without_a_calendar():
    assert schedule(OrderCalendar(), count=4) == {16: (0, 1), 17: (0, 1), 18: (0, 0)}
    assert schedule(OrderCalendar(review=3), count=8) == {16: (0, 3), 19: (0, 3), 22: (0, 0)}


@pytest.mark.parametrize(
    ("cutoff", "placed"), [(24.0, {16: (0, 7), 23: (0, 0)}), (10.0, {22: (1, 0)})]
)
def test_orders_before_the_cut_off_on_another_clock(cutoff, placed):
    """Mondays until 10:00 in Tokyo is 1:00 UTC, half an hour before Monday's look: it is ordered
    at Sunday's, for the next day. Mondays until midnight there is 15:00 UTC."""
    calendar = OrderCalendar(frozenset({0}), cutoff=cutoff)
    assert schedule(calendar, count=14, zone=pytz.timezone("Asia/Tokyo")) == placed
