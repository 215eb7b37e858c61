from dataclasses import fields

import numpy as np
import pytest
from smart_reorder_engine.events import (
    effects,
    expected_demand,
    gather,
    pooled_effect,
    stretch,
    without_event,
)
from smart_reorder_engine.forecast import Forecast
from smart_reorder_engine.history import DemandHistory


def history_of(rows, first_day=None):
    quantity = np.array(rows, dtype=float)
    first = np.zeros(len(rows), dtype=np.int64) if first_day is None else np.array(first_day)
    return DemandHistory(quantity, first)


def weekly(days=84):
    """1 on the first day of a week … 7 on the last."""
    return [day % 7 + 1 for day in range(days)]


def test_expected_is_the_same_weekday_before():
    history = history_of([weekly()])
    none = np.zeros(history.quantity.shape, dtype=bool)
    columns = np.array([70, 74])
    assert expected_demand(history, columns, none).tolist() == [[1, 5]]


def test_other_events_and_unknown_weeks_do_not_count():
    history = history_of([weekly(), weekly()], first_day=[0, 60])
    history.quantity[0, 63] = 900
    events = np.zeros(history.quantity.shape, dtype=bool)
    events[0, 63] = True
    expected = expected_demand(history, np.array([70]), events)
    assert expected[0, 0] == 1
    assert np.isnan(expected[1, 0]), "a single week is known"


def test_effect_by_hand():
    """10 a day expected, 30 a day sold on 4 days: D = 120, E = 40; all together 1,200 and 400:
    F = 1210/410. f = (120 + 20·F)/(40 + 20)."""
    quantity = np.full((1, 84), 10.0)
    quantity[0, 70:74] = 30
    history = history_of(quantity)
    events = np.zeros(quantity.shape, dtype=bool)
    events[0, 70:74] = True
    evidence = gather(history, np.arange(70, 74), np.array([True]), events)
    assert (evidence.actual[0], evidence.expected[0], evidence.days[0]) == (120, 40, 4)
    pooled = pooled_effect(1200, 400)
    assert pooled == pytest.approx(1210 / 410)
    assert effects(evidence, pooled)[0] == pytest.approx((120 + 20 * 1210 / 410) / 60)


def test_without_evidence_the_others_decide_and_without_any_nothing_happens():
    history = history_of(np.zeros((1, 84)))
    events = np.zeros(history.quantity.shape, dtype=bool)
    evidence = gather(history, np.array([70]), np.array([True]), events)
    assert effects(evidence, 1.7)[0] == pytest.approx(1.7)
    assert pooled_effect(0, 0) == 1


def test_history_without_the_event():
    """Thrice as much on two days becomes the usual again; the other series stays; where all was
    closed what was to be expected is put in, and said to be an estimate."""
    quantity = np.full((3, 84), 10.0)
    quantity[0, 70:72] = 30
    quantity[1, 70:72] = 30
    quantity[2, 70:72] = 0
    history = history_of(quantity)
    events = np.zeros(quantity.shape, dtype=bool)
    events[:, 70:72] = True
    cleaned = without_event(
        history,
        np.array([70, 71]),
        np.array([True, False, True]),
        np.array([3.0, 3.0, 0.1]),
        events,
    )
    assert cleaned.quantity[0].tolist() == [10] * 84
    assert cleaned.quantity[1].tolist() == quantity[1].tolist()
    assert cleaned.quantity[2].tolist() == [10] * 84
    assert cleaned.estimated[2].nonzero()[0].tolist() == [70, 71]
    assert not cleaned.estimated[:2].any()
    assert cleaned.recorded is history.recorded
    assert history.quantity[0, 70] == 30, "the history itself is not touched"


def test_stretched_forecast():
    """Seven days, two of them at three times the usual: (7 + 2·2)/7 as much, the margin grows with
    the root."""
    values = {field.name: np.array([1.0]) for field in fields(Forecast)}
    values |= {"mean": np.array([28.0]), "quantile": np.array([37.0])}
    factor = np.array([11 / 7])
    result = stretch(Forecast(**values), factor)
    assert result.mean[0] == pytest.approx(44)
    assert result.quantile[0] == pytest.approx(44 + 9 * (11 / 7) ** 0.5)
    assert stretch(Forecast(**values), np.array([0.0])).quantile[0] == 0
