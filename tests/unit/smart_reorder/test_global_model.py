"""The model of all products together: what it learns, and that it sees no future."""

import hashlib
import sys

import numpy as np
import pytest
from smart_reorder_engine.backtest import rolling_forecasts
from smart_reorder_engine.boosting import GRID, LEVELS, LibraryError, at_level, between, grow
from smart_reorder_engine.features import WIDTH, scale_and_features
from smart_reorder_engine.global_model import GlobalModel, learn, quantiles, weekly_context
from smart_reorder_engine.history import DemandHistory

SMALL = {"rounds": 10, "num_leaves": 4}


def market(series=60, days=280, seed=1):
    generator = np.random.default_rng(seed)
    rate = np.exp(generator.normal(0, 1, series))[:, None]
    return DemandHistory(
        generator.poisson(np.broadcast_to(rate, (series, days))).astype(float),
        np.zeros(series, dtype=np.int64),
    )


def test_quantiles_are_those_of_what_is_alike():
    """Exponential targets, their mean told by the only feature: quantile -m·ln(1 - τ)."""
    generator = np.random.default_rng(0)
    mean = np.repeat([1.0, 5.0], 20_000)
    model = grow(mean[:, None], generator.exponential(mean))
    curves = model.curves(np.array([[1.0], [5.0]]))
    for level in (0.5, 0.9, 0.95):
        expected = -np.array([1.0, 5.0]) * np.log(1 - level)
        assert at_level(curves, level) == pytest.approx(expected, rel=0.06)


def test_one_quantile_asks_only_the_models_around_it(monkeypatch):
    """Exponential targets again, a level for each row; some are learned, some between."""
    generator = np.random.default_rng(0)
    mean = np.repeat([1.0, 5.0], 20_000)
    model = grow(mean[:, None], generator.exponential(mean), rounds=60)
    rows, asked = np.tile([[1.0], [5.0]], (3, 1)), []
    original = type(model)._learned
    monkeypatch.setattr(
        type(model),
        "_learned",
        lambda self, features, which: asked.extend(which) or original(self, features, which),
    )
    level = np.repeat([0.9, 0.96, 0.999], 2)
    found = model.quantile(rows, level)
    assert [LEVELS[index] for index in asked] == [0.9, 0.95, 0.975, 0.99, 0.997]
    assert found == pytest.approx(at_level(model.curves(rows), level), rel=0.01)
    assert found[:4] == pytest.approx(-rows[:4, 0] * np.log(1 - level[:4]), rel=0.08)
    low = np.full(6, 0.02)
    assert model.quantile(rows, low) == pytest.approx(at_level(model.curves(rows), low), rel=0.01)


def test_between_the_levels_learned_an_exponential_tail_is_straight():
    curve = between(-np.log1p(-LEVELS)[None, :])[0]
    above = GRID >= 0.1
    assert curve[above] == pytest.approx(-np.log(1 - GRID[above]))
    # below the first level it falls to nothing
    assert curve[~above] == pytest.approx(-np.log(0.9) * GRID[~above] / 0.1)


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


def rewritten(arrays, change):
    """The text of the model changed by somebody who signs it again."""
    text = change(arrays["text"].tobytes())
    arrays.update(
        text=np.frombuffer(text, dtype=np.uint8), digest=np.array(hashlib.sha256(text).hexdigest())
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda a: a.pop("text"),
        lambda a: a.pop("examples"),
        lambda a: a.pop("digest"),
        lambda a: a.update(text=a["text"][:-1]),
        lambda a: a.update(text=np.concatenate([a["text"][:9], a["text"][10:], a["text"][:1]])),
        lambda a: a.update(text=np.array("x")),
        lambda a: a.update(width=a["width"] + 1),
        lambda a: a.update(width=np.array("x")),
        lambda a: rewritten(a, lambda text: text[: text.index(b"\0")]),
        lambda a: rewritten(a, lambda text: text.replace(b"num_class=", b"")),
    ],
)
def test_a_broken_model_is_refused(damage):
    history = market()
    context = weekly_context(history, np.full(60, 7), 30)
    arrays = learn(context, *scale_and_features(context), **SMALL).as_arrays()
    damage(arrays)
    with pytest.raises(ValueError, match="not a"):
        GlobalModel.from_arrays(arrays)


def test_without_lightgbm_it_says_what_to_do(monkeypatch):
    history = market()
    context = weekly_context(history, np.full(60, 7), 30)
    parts = scale_and_features(context)
    arrays = learn(context, *parts, **SMALL).as_arrays()
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(LibraryError, match=r"requirements\.txt"):
        learn(context, *parts, **SMALL)
    with pytest.raises(LibraryError, match="statistical methods forecast alone"):
        GlobalModel.from_arrays(arrays)


def test_permuting_the_future_changes_no_forecast():
    """The guard against leaks: whatever comes after an origin, its forecast stays the same.

    So do the models that are learned again and again on the way.
    """
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
        assert np.array_equal(once.combined()[upto], again.combined()[upto])
        assert np.array_equal(once.mean[upto], again.mean[upto])
    # the test can fail: what came before an origin matters
    assert not np.array_equal(once.combined()[-1], again.combined()[0])
    # and the model took part
    assert (once.combined() != once.statistical).any(axis=(1, 2)).all()
    assert np.array_equal(once.combined(0.0), once.statistical)


def test_features_see_the_days_before_alone():
    history = market()
    context = weekly_context(history, np.full(60, 14), 20)
    scale, features = scale_and_features(context)
    assert features.shape[2] == WIDTH
    for column in (1, 7):
        cut = DemandHistory(history.quantity[:, : context.origins[column]], history.first_day)
        alone = scale_and_features(weekly_context(cut, np.full(60, 14), 20))
        assert np.array_equal(alone[0][:, 0], scale[:, column])
        assert np.array_equal(alone[1][:, 0], features[:, column], equal_nan=True)
