"""A history played through the present rule and through ours."""

import numpy as np
import pytest
from smart_reorder_engine.history import DemandHistory
from smart_reorder_engine.replay import LEVELS, compare, fill_for_stock, replay, weeks_of
from smart_reorder_engine.tasks import check_replay, pack_history, replay_history


def market(series=30, days=280):
    generator = np.random.default_rng(2)
    return DemandHistory(
        generator.poisson(2.0, (series, days)).astype(float), np.zeros(series, dtype=np.int64)
    )


def test_weeks_that_can_be_played():
    assert weeks_of(730) == 26
    assert weeks_of(91 + 28) == 4
    assert weeks_of(91 + 27) == 0, "less than four weeks prove nothing"


def test_the_present_rule_by_hand():
    """One unit a day, lead time 0: ordered up to 3 when below 2; the stock at night is 2, 1, 2, 1 …

    With 3 at first: a day takes one (2), the next one (1), then 1 < 2 is filled up to 3 and one
    goes: 2, 1, 2, 1.
    """
    history = DemandHistory(np.ones((1, 130)), np.zeros(1, dtype=np.int64))
    done = replay(history, [0], [0.95], [2.0], [3.0], weeks=5)
    assert done.lost[0, 0] == 0
    assert done.stock[0, 0] == pytest.approx(1.5)
    assert done.orders[0, 0] == 14, "every second day of the 28 that count"


def test_more_service_holds_more_and_misses_less():
    done = replay(market(), np.full(30, 7), np.full(30, 0.95), np.full(30, 20), np.full(30, 40))
    curve_stock, curve_lost = done.stock[:, 2:].sum(0), done.lost[:, 2:].sum(0)
    assert (np.diff(curve_stock) >= 0).all()
    assert (np.diff(curve_lost) <= 1e-9).all()
    at_95 = 2 + list(LEVELS).index(0.95)
    assert np.array_equal(done.stock[:, 1], done.stock[:, at_95]), "the products' own level"


def test_a_longer_lead_time_needs_more_stock():
    short, long = (
        replay(market(), np.full(30, days), np.full(30, 0.95), np.zeros(30), np.zeros(30))
        for days in (5, 10)
    )
    assert long.stock[:, 1].sum() > short.stock[:, 1].sum()
    assert short.unit_fill()[0] == 0, "a maximum of nothing serves nobody"


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


def test_fill_that_a_budget_buys():
    assert fill_for_stock([100, 200], [90, 96], 150) == pytest.approx(93)
    assert fill_for_stock([100, 200], [90, 96], 999) == 96


def test_units_come_back_in_the_units_asked():
    """Half litres: the same history in halves gives the same litres in halves."""
    history = market(series=4)
    asked = {
        **pack_history(history),
        "unit": np.ones(4),
        "lead": np.full(4, 3),
        "level": np.full(4, 0.9),
        "least": np.full(4, 10.0),
        "most": np.full(4, 20.0),
        "review": np.array(1),
        "cycle": np.array(7.0),
        "multiple": np.zeros(4),
    }
    whole = replay_history(asked)
    assert check_replay(whole, 4) is None
    halves = replay_history(
        {**asked, "quantity": history.quantity / 2, "unit": np.full(4, 0.5)}
        | {"least": np.full(4, 5.0), "most": np.full(4, 10.0)}
    )
    assert np.allclose(halves["stock"], whole["stock"] / 2)
    assert np.array_equal(halves["orders"], whole["orders"])
    assert "is missing" in check_replay({}, 4)
    whole["lost"][0, 0] = np.nan
    assert "not a number" in check_replay(whole, 4)
