import numpy as np
import pytest
from smart_reorder_engine.forecast import Backtest, forecast_demand
from smart_reorder_engine.history import DemandHistory, estimate_hidden
from smart_reorder_engine.methods import Context, croston_sba, teunter_syntetos_babai


def make_history(quantity, first_day=None):
    quantity = np.asarray(quantity, dtype=float)
    first = np.zeros(len(quantity), dtype=int) if first_day is None else np.array(first_day)
    return DemandHistory(quantity, first)


@pytest.fixture(scope="module")
def market():
    """120 series of 300 days: Poisson, intermittent, trending, and seasonal by weekday."""
    rng = np.random.default_rng(7)
    days = np.arange(300)
    rates = np.stack(
        [
            np.full(300, 4.0),
            np.full(300, 0.15),
            1 + days / 60,
            np.where(days % 7 == 2, 12.0, 0.5),
        ]
    )
    return rng.poisson(np.repeat(rates, 30, axis=0)).astype(float)


def test_constant_demand_is_forecast_without_error():
    result = forecast_demand(make_history(np.full((1, 200), 3.0)), [10], [0.95])
    assert result.mean[0] == pytest.approx(30)
    assert result.evidence[0] == "measured"
    assert (result.wape[0], result.bias[0], result.coverage[0]) == (0, 0, 1)


def test_error_measures_by_hand():
    """56 days of 1, then 28 of 3, forecast over 7 days: origins at days 28, 35 … 77 count.

    With a 56 day mean (the fallback is the only one with a record of its own to begin with), the
    errors are those of a step; here they only have to agree with their definitions.
    """
    days = np.array([[1.0] * 56 + [3.0] * 28])
    backtest = Backtest(make_history(days), np.array([7]), np.array([0.9]))
    columns = np.flatnonzero(backtest.finished[0])
    # Origins 77, 70 … 28.
    assert (84 - 7 * columns).tolist() == [77, 70, 63, 56, 49, 42, 35, 28]
    actual = np.array([21.0] * 4 + [7.0] * 4)
    assert backtest.actual[0, columns].tolist() == actual.tolist()
    result = backtest.result(np.ones(1), 4)
    mean, quantile = backtest.mean[0, columns], backtest.quantile[0, columns]
    assert result.wape[0] == pytest.approx(np.abs(mean - actual).sum() / actual.sum())
    assert result.bias[0] == pytest.approx((mean - actual).sum() / actual.sum())
    assert result.coverage[0] == pytest.approx((actual <= quantile).mean())
    gap = actual - quantile
    assert result.pinball[0] == pytest.approx(np.maximum(0.9 * gap, -0.1 * gap).mean())
    # Before the step all methods say 7, exactly; and "as in the week before" errs by 14 once.
    assert mean[4:].tolist() == pytest.approx([7.0] * 4)
    assert result.skill[0] == pytest.approx(np.abs(mean - actual).sum() / 14)
    assert (result.origins[0], result.intervals[0]) == (8, 8)


def test_backtest_is_what_would_have_been_forecast_then(market):
    """The forecast at a past origin equals the live one from a history that ends there: choice of
    method, dispersion and calibration included."""
    horizon = np.tile([3, 7, 10, 16], 30)
    level = np.full(120, 0.95)
    backtest = Backtest(make_history(market), horizon, level)
    for column in (1, 5, 20):
        past = Backtest(make_history(market[:, : 300 - 7 * column]), horizon, level)
        assert backtest.mean[:, column] == pytest.approx(past.mean[:, 0])
        assert backtest.quantile[:, column] == pytest.approx(past.quantile[:, 0])
        assert (backtest.choice[:, column] == past.choice[:, 0]).all()


def test_permuting_the_future_changes_nothing(market):
    """The guard against leaks, for ever."""
    rng = np.random.default_rng(3)
    horizon, level = np.full(120, 9), np.full(120, 0.9)
    before = Backtest(make_history(market), horizon, level)
    column = 12
    origin = 300 - 7 * column
    future = market.copy()
    future[:, origin:] = rng.permutation(future[:, origin:].T).T * 5 + 1
    after = Backtest(make_history(future), horizon, level)
    assert after.mean[:, column:] == pytest.approx(before.mean[:, column:])
    assert after.quantile[:, column:] == pytest.approx(before.quantile[:, column:])
    assert not np.allclose(after.mean[:, 0], before.mean[:, 0])


def test_quantile_covers_as_often_as_asked():
    """Negative binomial demand (mean 6, variance 18 a day): within a point and a half of the
    level.
    """
    rng = np.random.default_rng(11)
    demand = rng.negative_binomial(3, 1 / 3, (400, 400)).astype(float)
    for level in (0.8, 0.95):
        result = forecast_demand(make_history(demand), np.full(400, 8), np.full(400, level))
        assert result.coverage.mean() == pytest.approx(level, abs=0.015)
        # The stock is not bought with excess: the true quantile of the sum is not far.
        total = rng.negative_binomial(24, 1 / 3, 200_000)
        assert result.quantile.mean() == pytest.approx(np.quantile(total, level), rel=0.06)


def test_method_fits_the_product(market):
    """Weekly peaks are found by weekday, and the measured error is below the naive one."""
    result = forecast_demand(make_history(market), np.full(120, 3), np.full(120, 0.95))
    assert (result.method[90:] == "weekday").mean() > 0.8
    assert set(result.method[:90]) - {"weekday"}
    assert np.nanmean(result.skill) < 1


def test_evidence():
    quiet = np.zeros(200)
    quiet[3] = 5
    few = np.zeros(200)
    few[180:] = 2
    never = np.zeros(200)
    history = make_history([np.full(200, 2.0), quiet, few, never], first_day=[0, 0, 180, 200])
    result = forecast_demand(history, np.full(4, 10), np.full(4, 0.95))
    assert result.evidence.tolist() == ["measured", "quiet", "thin", "none"]
    # 20 days of 2 a day: over 10 days 20 are expected, with the spread that nothing speaks against.
    assert result.mean[2] == pytest.approx(20)
    assert result.quantile[2] > 40
    assert (result.mean[3], result.quantile[3]) == (0, 0)
    assert np.isnan(result.wape[3])


def test_fractional_units():
    """Metres in hundredths behave as the same demand counted in centimetres."""
    rng = np.random.default_rng(5)
    centimetres = rng.poisson(300, (20, 200)).astype(float)
    metres = forecast_demand(make_history(centimetres / 100), [5] * 20, [0.95] * 20, unit=0.01)
    whole = forecast_demand(make_history(centimetres), [5] * 20, [0.95] * 20)
    assert metres.quantile * 100 == pytest.approx(whole.quantile)
    assert metres.pinball * 100 == pytest.approx(whole.pinball)


def test_repeatable_and_empty(market):
    first = forecast_demand(make_history(market), np.full(120, 9), np.full(120, 0.9))
    again = forecast_demand(make_history(market), np.full(120, 9), np.full(120, 0.9))
    assert (first.quantile == again.quantile).all()
    nothing = forecast_demand(make_history(np.zeros((0, 100))), [], [])
    assert nothing.mean.shape == (0,)


@pytest.mark.parametrize(
    ("horizon", "level", "match"),
    [(0, 0.9, "at least a day"), (5, 1.0, "between 0 and 1"), (5, float("nan"), "between 0 and 1")],
)
def test_arguments_are_checked(horizon, level, match):
    with pytest.raises(ValueError, match=match):
        forecast_demand(make_history(np.ones((1, 60))), [horizon], [level])


def test_nonsense_in_the_history_is_refused():
    with pytest.raises(ValueError, match="finite"):
        forecast_demand(make_history([[1.0, float("nan")] * 40]), [5], [0.9])


def test_interval_longer_than_the_history():
    result = forecast_demand(make_history(np.full((1, 60), 2.0)), [200], [0.95])
    assert result.mean[0] == pytest.approx(400)
    assert (result.evidence[0], result.origins[0]) == ("thin", 0)


def test_days_without_stock_do_not_lower_the_forecast():
    """3 a day; of 40 series every second had no stock for 60 days, estimated day by day."""
    rng = np.random.default_rng(11)
    quantity = rng.poisson(3, (40, 364)).astype(float)
    hidden = np.zeros(quantity.shape, dtype=bool)
    hidden[::2, 280:340] = True
    quantity[hidden] = 0
    given = DemandHistory(quantity, np.zeros(40, dtype=int))
    blind = forecast_demand(given, np.full(40, 14), np.full(40, 0.95))
    seeing = forecast_demand(estimate_hidden(given, hidden), np.full(40, 14), np.full(40, 0.95))
    assert seeing.mean[::2].mean() == pytest.approx(42, rel=0.06)
    assert blind.mean[::2].mean() < 0.9 * 42
    # Intervals that are mostly an estimate are no evidence.
    assert (seeing.origins[::2] < seeing.origins[1::2]).all()


def test_intermittent_methods_do_not_take_estimates_for_sales():
    """5 pieces every tenth day, then 20 days without stock: still 0.5 a day."""
    quantity = np.zeros((1, 320))
    quantity[0, 9:300:10] = 5
    hidden = np.zeros(quantity.shape, dtype=bool)
    hidden[0, 300:] = True
    filled = estimate_hidden(DemandHistory(quantity, np.zeros(1, dtype=int)), hidden)
    context = Context(filled, np.array([320]), np.array([10]))
    before = Context(
        DemandHistory(quantity[:, :300], np.zeros(1, dtype=int)), np.array([300]), np.array([10])
    )
    for method in (croston_sba(), teunter_syntetos_babai()):
        assert method(context)[0, 0] == pytest.approx(method(before)[0, 0])
    assert context.intermittent[0, 0]
