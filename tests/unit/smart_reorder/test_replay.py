"""A history played through the present rule and through ours."""

import numpy as np
import pytest
from smart_reorder_engine.consolidate import Terms
from smart_reorder_engine.history import DemandHistory
from smart_reorder_engine.replay import LEVELS, compare, weeks_of
from smart_reorder_engine.tasks import (
    check_replay,
    check_replay_forecast,
    pack_history,
    pack_limits,
    replay_forecast,
    replay_play,
)


def market(series=30, days=280):
    generator = np.random.default_rng(2)
    return DemandHistory(
        generator.poisson(2.0, (series, days)).astype(float), np.zeros(series, dtype=np.int64)
    )


def steady(series=1, days=130):
    """One sold a day, for ever."""
    return DemandHistory(np.ones((series, days)), np.zeros(series, dtype=np.int64))


def days_apart(days, apart):
    """Wait and review of orders that count every so many days, from the first day on."""
    open_days = np.arange(days) % apart == 0
    return np.where(open_days, 0, -1)[None, :], np.where(open_days, apart, 0)[None, :]


def question(history, lead, least, most, *, weeks, level=0.95, apart=1, review=1, **values):
    """What is asked of the engine, of products at 1.0 a piece without terms."""
    n, days = history.n_series, 7 * weeks
    review = max(apart, review)
    lead = np.broadcast_to(np.asarray(lead, dtype=np.int64), (n,))
    asked = {
        "demand": history.quantity[:, -days:],
        "unit": np.ones(n),
        "interval": lead + review,
        "lead": lead,
        "level": np.full(n, level),
        "least": np.full(n, float(least)),
        "most": np.full(n, float(most)),
        "multiple": np.zeros(n),
        "minimum": np.zeros(n),
        "cycle": np.array(7.0),
        "calendar": np.zeros(n, dtype=np.int64),
        "wait": days_apart(days, apart)[0],
        "wait_ours": days_apart(days, review)[0],
        "review_ours": days_apart(days, review)[1],
        "order": np.full(n, -1),
        "limits": pack_limits([]),
        "is_bought": np.ones(n, dtype=bool),
        "price": np.ones(n),
        "weight": np.ones(n),
        "volume": np.ones(n),
        "missed": np.ones(n),
        "holding_rate": np.array(0.2),
        "budgets": np.zeros((0, 3)),
        "budget_change": np.array(0.0),
    } | values
    weekly = {**pack_history(history), "unit": asked["unit"], "interval": asked["interval"]}
    return asked | replay_forecast(weekly | {"weeks": np.array(weeks)})


def played(*args, **kwargs):
    return replay_play(question(*args, **kwargs))


def test_weeks_that_can_be_played():
    assert weeks_of(730) == 26
    assert weeks_of(91 + 28) == 4
    assert weeks_of(91 + 27) == 0, "less than four weeks prove nothing"


def test_the_present_rule_by_hand():
    """One unit a day, lead time 0: ordered up to 3 when below 2; the stock at night is 2, 1, 2, 1 …

    With 3 at first: a day takes one (2), the next one (1), then 1 < 2 is filled up to 3 and one
    goes: 2, 1, 2, 1.
    """
    done = played(steady(), 0, 2, 3, weeks=5)
    assert done["lost"][0, 0] == 0
    assert done["stock"][0, 0] == pytest.approx(1.5)
    assert done["orders"][0, 0] == 14, "every second day of the 28 that count"
    assert done["days"].tolist() == [28]


def test_the_present_rule_on_order_days_only():
    """Ordered up to 8 when below 4. Any day: at 3, so that the nights have 7, 6, 5, 4, 3, and it
    is every fifth day. On Mondays only: at 1, nights have 7 … 1, and it is four times."""
    done = played(steady(), 0, 4, 8, weeks=6)
    assert done["stock"][0, 0] == pytest.approx(5)
    assert done["orders"][0, 0] == 7, "on days 10, 15 … 40 of 7 to 41"
    done = played(steady(), 0, 4, 8, weeks=6, apart=7)
    assert done["stock"][0, 0] == pytest.approx(4)
    assert (done["orders"][0, 0], done["ordered"][0, 0]) == (5, 35)


def test_ours_lasts_until_the_order_after_the_next():
    """One a day, and an order a week that is there at once: it has to last for seven days."""
    daily, weekly = (played(steady(), 0, 4, 8, weeks=6, apart=apart) for apart in (1, 7))
    assert weekly["lost"][0, 1:].sum() == daily["lost"][0, 1:].sum() == 0
    assert (weekly["orders"][0, 1:] <= 5).all()
    assert (weekly["stock"][0, 1:] >= 7).all(), "14 after each order, 7 before it"


def test_uneven_order_days_ask_for_uneven_levels():
    """Mean 7 and quantile 9 over 7 days; lead time 3. With the next order in 4 days that is 9, in
    3 days 6 + 2·√(6/7) = 7.9: 8. Nothing is sold: it begins with 8, and fills up to 9."""
    asked = question(steady(), 3, 0, 0, weeks=4, cycle=np.array(0.0), interval=np.array([7]))
    wait, review = np.full((1, 28), -1), np.zeros((1, 28), dtype=np.int64)
    for start in range(0, 28, 7):
        wait[0, [start, start + 3]] = 0
        review[0, [start, start + 3]] = 3, 4
    asked |= {
        "demand": np.zeros((1, 28)),
        "wait_ours": wait,
        "review_ours": review,
        "mean": np.full((1, 4), 7.0),
        "quantile": np.full((1, 4, LEVELS.size), 9.0),
    }
    done = replay_play(asked)
    assert (done["stock"][0, 1:] == 9).all()
    assert (done["ordered"][0, 1:] == 0).all(), "not in the days that count"
    asked["review_ours"] = np.where(review > 0, 3, 0)
    assert (replay_play(asked)["stock"][0, 1:] == 8).all()


def test_minimum_quantities_and_packagings():
    """Below 2 up to 3, but not less than 5, in sixes: six at a time, every sixth day."""
    done = played(steady(), 0, 2, 3, weeks=7, minimum=np.array([5.0]), multiple=np.array([6.0]))
    assert done["ordered"][0, 0] == 6 * done["orders"][0, 0]
    assert done["orders"][0, 0] == 7, "on days 8, 14 … 44"
    assert done["stock"][0, 0] == pytest.approx((6 + 5 + 4 + 3 + 2 + 1) / 6)
    assert (done["ordered"][0, 1:] % 6 == 0).all()


@pytest.mark.parametrize(("share", "sold", "orders"), [(0.5, 0, 0), (0.0, 28, 3)])
def test_the_order_minimum_of_a_vendor(share, sold, orders):
    """Two pieces are wanted at a time, and the vendor's minimum is 10 of value. From half of it on
    it waits, for ever: three are sold, then nothing. Filled up whatever is needed: ten every ten
    days, on days 2, 12, 22 and 32."""
    limits = Terms(minimum={"value": 10.0}, least_share=share)
    done = played(
        *(steady(), 0, 2, 3),
        weeks=5,
        order=np.zeros(1, dtype=np.int64),
        limits=pack_limits([limits]),
    )
    assert (done["sold"][0, 0], done["lost"][0, 0]) == (sold, 28 - sold)
    assert (done["orders"][0, 0], done["ordered"][0, 0]) == (orders, 10 * orders)
    assert (done["ordered"][0, 1:] >= 10 * done["orders"][0, 1:]).all(), "ours keeps to it too"


def test_a_fifth_less_money():
    """Two pieces every second day: 48 of 49 days' 1.0, so that a month has 28·48/49·0.8 = 21.9.

    With three in stock 21 can be bought in the first month and 21 in the second, each of which
    serves as many days: 3 + 21 + 21 - 7 (of the days before those that count) = 38 of 49. Of the
    first month's, 6 are bought in those days.
    """
    whole = played(steady(), 0, 2, 3, weeks=8)
    assert (whole["sold"][0, 0], whole["ordered"][0, 0]) == (49, 48)
    assert not whole["budgets"].size
    less = played(steady(), 0, 2, 3, weeks=8, budget_change=np.array(-0.2))
    month = 28 * 48 / 49 * 0.8
    assert less["budgets"] == pytest.approx(np.array([(0, 27, month), (28, 55, month)]))
    assert (less["sold"][0, 0], less["lost"][0, 0]) == (38, 11)
    assert less["ordered"][0, 0] == 21 - 6 + 21
    assert (less["lost"][0, 1:] > whole["lost"][0, 1:]).all(), "ours has no more than that either"
    assert (less["ordered"][0, 1:] <= 2 * 21).all()


def test_budgets_that_are_set_are_changed():
    """10 money for days 14 to 27, and a tenth less: nine of the 14 pieces asked for."""
    money = {"budgets": np.array([[14, 27, 10.0]]), "budget_change": np.array(-0.1)}
    done = played(steady(), 0, 1, 1, weeks=4, **money)
    assert done["budgets"].tolist() == [[14, 27, 9]]
    assert (done["sold"][0, 0], done["lost"][0, 0]) == (7 + 9, 5)


def test_more_service_holds_more_and_misses_less():
    done = played(market(), 7, 20, 40, weeks=26)
    curve_stock, curve_lost = done["stock"][:, 2:].sum(0), done["lost"][:, 2:].sum(0)
    assert (np.diff(curve_stock) >= 0).all()
    assert (np.diff(curve_lost) <= 1e-9).all()
    at_95 = 2 + list(LEVELS).index(0.95)
    assert np.array_equal(done["stock"][:, 1], done["stock"][:, at_95]), "the products' own level"


def test_a_longer_lead_time_needs_more_stock():
    short, long = (played(market(), days, 0, 0, weeks=26) for days in (5, 10))
    assert long["stock"][:, 1].sum() > short["stock"][:, 1].sum()
    assert short["sold"][:, 0].sum() == 0, "a maximum of nothing serves nobody"


def test_days_that_count_are_each_products_own():
    """A lead time of 40 days does not shorten what is known of the others."""
    done = played(steady(2), [0, 40], 50, 60, weeks=12)
    assert done["days"].tolist() == [84 - 7, 84 - 47]


def test_comparison_with_its_interval():
    """Ten products alike, ours holding three less each: the interval is that number."""
    stock = np.tile([10.0, 7.0], (10, 1))
    asked = np.full((10, 2), 100.0)
    found = compare(stock, np.tile([90.0, 95.0], (10, 1)), asked, stock)
    assert found.stock == pytest.approx((-30, -30, -30))
    assert found.fill == pytest.approx((5, 5, 5))
    mixed = compare(np.array([[10.0, 0], [0, 10.0]] * 5), asked, asked, stock)
    assert mixed.stock[0] == 0
    assert mixed.stock[1] < 0 < mixed.stock[2], "who gains and who loses are as many"


def test_units_come_back_in_the_units_asked():
    """Half litres: the same history in halves gives the same litres in halves."""
    history = market(series=4)
    whole = played(history, 3, 10, 20, weeks=26, level=0.9)
    assert check_replay(whole, 4) is None
    halves = played(
        DemandHistory(history.quantity / 2, history.first_day),
        *(3, 5, 10),
        weeks=26,
        level=0.9,
        unit=np.full(4, 0.5),
    )
    assert np.allclose(halves["stock"], whole["stock"] / 2)
    assert np.array_equal(halves["orders"], whole["orders"])


def test_answers_are_checked():
    asked = question(steady(2), 0, 2, 3, weeks=5)
    forecasts = {name: asked[name] for name in ("mean", "quantile")}
    assert check_replay_forecast(forecasts, 2, 5) is None
    assert "is missing" in check_replay_forecast(forecasts, 2, 4)
    done = replay_play(asked)
    assert "is missing" in check_replay({}, 2)
    done["lost"][0, 0] = np.nan
    assert "not a number" in check_replay(done, 2)
