"""The model of all products together: what it learns, and that it sees no future."""

import numpy as np
import pytest
from smart_reorder_engine import forest as forests
from smart_reorder_engine.backtest import rolling_forecasts
from smart_reorder_engine.features import scale_and_features
from smart_reorder_engine.forest import GRID, Forest, at_level, grow
from smart_reorder_engine.global_model import GlobalModel, learn, quantiles, weekly_context
from smart_reorder_engine.history import DemandHistory

SMALL = {"trees": 4, "depth": 4}


def market(series=60, days=280, seed=1):
    generator = np.random.default_rng(seed)
    rate = np.exp(generator.normal(0, 1, series))[:, None]
    return DemandHistory(
        generator.poisson(np.broadcast_to(rate, (series, days))).astype(float),
        np.zeros(series, dtype=np.int64),
    )


def test_leaves_hold_the_quantiles_of_what_is_alike():
    """Exponential targets, their mean told by the only feature: quantile -m·ln(1 - τ)."""
    generator = np.random.default_rng(0)
    mean = np.repeat([1.0, 5.0], 20_000)
    forest = grow(mean[:, None], generator.exponential(mean), trees=5, depth=3, leaf=200, tried=1)
    curves = forest.curves(np.array([[1.0], [5.0]]))
    for level in (0.5, 0.9, 0.95):
        expected = -np.array([1.0, 5.0]) * np.log(1 - level)
        assert at_level(curves, level) == pytest.approx(expected, rel=0.06)


def test_quantiles_never_cross_and_never_are_negative():
    history = market()
    context = weekly_context(history, np.full(60, 14), 30)
    scale, features = scale_and_features(context)
    model = learn(context, scale, features, **SMALL)
    curves = model.curves(scale[:, 0], features[:, 0])
    assert (np.diff(curves, axis=1) >= 0).all()
    assert (curves >= 0).all()
    assert at_level(curves, np.full(60, 0.01)) == pytest.approx(curves[:, 0] * 0.01 / GRID[0])


def test_poisson_demand_is_covered_as_often_as_asked():
    """Learned from 200 products, asked about 200 others whose rates it never saw."""
    known, new = market(200, 300, seed=2), market(200, 300, seed=3)
    horizon = np.full(200, 14)
    context = weekly_context(known, horizon, 40)
    scale, features = scale_and_features(context)
    model = learn(context, scale, features)
    before = DemandHistory(new.quantity[:, :286], new.first_day)
    today = weekly_context(before, horizon, 1)
    scale, features = scale_and_features(today)
    limits = quantiles(model.curves(scale[:, 0], features[:, 0]), [0.9])[:, 0]
    covered = (new.quantity[:, 286:].sum(1) <= limits).mean()
    # Two standard errors of 200 draws are 4 points; whole numbers cover a little more.
    assert 0.86 <= covered <= 0.97


def test_same_seed_same_model():
    history = market()
    context = weekly_context(history, np.full(60, 7), 30)
    parts = scale_and_features(context)
    once, again = (learn(context, *parts, seed=5, **SMALL).as_arrays() for _i in range(2))
    assert all(np.array_equal(once[name], again[name]) for name in once)


def test_too_little_is_not_learned_from():
    history = market(series=3)
    context = weekly_context(history, np.full(3, 7), 30)
    assert learn(context, *scale_and_features(context)) is None


def test_the_file_of_a_model_is_the_model():
    history = market()
    context = weekly_context(history, np.full(60, 7), 30)
    scale, features = scale_and_features(context)
    model = learn(context, scale, features, **SMALL)
    again = GlobalModel.from_arrays(model.as_arrays())
    assert np.array_equal(
        again.curves(scale[:, 0], features[:, 0]), model.curves(scale[:, 0], features[:, 0])
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda a: a.pop("curve"),
        lambda a: a.pop("examples"),
        lambda a: a.update(curve=a["curve"][:-1]),
        lambda a: a.update(curve=a["curve"] * np.nan),
        lambda a: a.update(curve=-a["curve"] - 1),
        lambda a: a.update(left=a["left"] + 10_000),
        lambda a: a.update(feature=a["feature"] + 10_000),
        lambda a: a.update(nodes=np.array("x")),
        lambda a: a.update(edges=np.zeros(3)),
    ],
)
def test_a_broken_model_is_refused(damage):
    history = market()
    context = weekly_context(history, np.full(60, 7), 30)
    arrays = learn(context, *scale_and_features(context), **SMALL).as_arrays()
    damage(arrays)
    with pytest.raises(ValueError, match="not a"):
        GlobalModel.from_arrays(arrays)


def test_permuting_the_future_changes_no_forecast():
    """The guard against leaks: whatever comes after an origin, its forecast stays the same."""
    history = market(days=300)
    horizon, weeks = np.full(60, 14), 12
    generator = np.random.default_rng(9)
    once = rolling_forecasts(history, horizon, [0.5, 0.9, 0.98], weeks)
    assert once.origin.tolist() == [300 - 7 * k for k in range(weeks, 0, -1)]
    for index in (0, 11):
        origin = once.origin[index]
        changed = history.quantity.copy()
        after = changed[:, origin:]
        changed[:, origin:] = 50 * after[:, generator.permutation(after.shape[1])] + 7
        again = rolling_forecasts(
            DemandHistory(changed, history.first_day), horizon, [0.5, 0.9, 0.98], weeks
        )
        upto = slice(None, index + 1)
        assert np.array_equal(once.quantile[upto], again.quantile[upto])
        assert np.array_equal(once.mean[upto], again.mean[upto])
    # the test can fail: what came before an origin matters
    assert not np.array_equal(once.quantile[-1], again.quantile[0])


def test_features_see_the_days_before_alone():
    history = market()
    context = weekly_context(history, np.full(60, 14), 20)
    scale, features = scale_and_features(context)
    for column in (1, 7):
        cut = DemandHistory(history.quantity[:, : context.origins[column]], history.first_day)
        alone = scale_and_features(weekly_context(cut, np.full(60, 14), 20))
        assert np.array_equal(alone[0][:, 0], scale[:, column])
        assert np.array_equal(alone[1][:, 0], features[:, column], equal_nan=True)


def test_a_leaf_gives_ranks_of_its_targets():
    """Nine targets: the quantile at k/10 is the k-th, as ⌈τ·(m + 1)⌉ says."""
    node, target = np.zeros(9, dtype=np.int64), np.arange(1.0, 10)
    curve = forests._curves(node, target, 1)
    assert at_level(curve, np.array([0.5])) == pytest.approx([5])
    assert at_level(curve, np.array([0.3])) == pytest.approx([3])
    assert at_level(curve, np.array([0.95])) == pytest.approx([9])


def test_arrays_that_are_no_forest_are_refused():
    with pytest.raises(ValueError, match="not a forest"):
        Forest.from_arrays({})
