"""Learn from forecasts that fell due: how sure to ask, whom to believe, whether something drifts.

Sources: the level that is asked for, I. Gibbs and E. Candès, *Adaptive conformal inference under
distribution shift* (2021); weights of two forecasters, Y. Freund and R. Schapire, *A
decision-theoretic generalization of on-line learning* (1997, "Hedge"); the tracking signal, D.
Trigg, *Monitoring a forecasting system* (1964).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .learned import GLOBAL_WEIGHT

STEP = 0.05  # γ of a night with much evidence: how fast the level follows
MOST_SHIFT = 0.10  # of the level
LEARNING = 0.5  # η of such a night
LEAST_WEIGHT, MOST_WEIGHT = 0.05, 0.98  # neither forecaster is ever silenced
MUCH = 100  # forecasts that fell due, from which a night is full evidence
SMOOTHING = 0.1  # of the tracking signal
DRIFT = 0.5  # Trigg: above it the forecasts are no longer in control


@dataclass(frozen=True)
class State:
    """What a class of products has learned.

    :ivar shift: added to the level wanted
    :ivar weight: of the global model against the statistical methods
    :ivar error: smoothed sum of errors per night, units
    :ivar absolute: smoothed sum of absolute errors
    """

    shift: float = 0.0
    weight: float = GLOBAL_WEIGHT
    error: float = 0.0
    absolute: float = 0.0

    @property
    def tracking(self) -> float:
        """Between -1 and 1: forecasts always too low, always too high; 0 is in control."""
        return self.error / self.absolute if self.absolute > 0 else 0.0

    @property
    def drifts(self) -> bool:
        return abs(self.tracking) > DRIFT


@dataclass(frozen=True)
class Night:
    """Sums over a class's forecasts that fell due.

    :ivar count: how many
    :ivar wanted: mean level wanted
    :ivar covered: of them, how many covered the demand
    :ivar error: Σ(mean - demand)
    :ivar absolute: Σ|mean - demand|
    :ivar loss_model: Σ pinball loss of the global model, where both forecast
    :ivar loss_statistical: the same of the statistical methods
    """

    count: int
    wanted: float
    covered: int
    error: float = 0.0
    absolute: float = 0.0
    loss_model: float = 0.0
    loss_statistical: float = 0.0


def learn_from(state: State, night: Night) -> State:
    """The state after a night. Nothing that fell due changes nothing; neither does nonsense."""
    values = (night.wanted, night.error, night.absolute, night.loss_model, night.loss_statistical)
    if night.count <= 0 or not all(map(math.isfinite, values)):
        return state
    evidence = min(night.count / MUCH, 1.0)
    missing = night.wanted - night.covered / night.count
    shift = state.shift + STEP * evidence * missing
    return replace(
        state,
        shift=min(max(shift, -MOST_SHIFT), MOST_SHIFT),
        weight=_weigh(state.weight, night, evidence),
        error=state.error + SMOOTHING * (night.error - state.error),
        absolute=state.absolute + SMOOTHING * (night.absolute - state.absolute),
    )


def _weigh(weight: float, night: Night, evidence: float) -> float:
    usual = (night.loss_model + night.loss_statistical) / 2
    if usual <= 0:
        return weight
    model = weight * math.exp(-LEARNING * evidence * night.loss_model / usual)
    other = (1 - weight) * math.exp(-LEARNING * evidence * night.loss_statistical / usual)
    return min(max(model / (model + other), LEAST_WEIGHT), MOST_WEIGHT)


def pinball(quantile: float, actual: float, level: float) -> float:
    """Loss of a quantile: what is short costs ``level``, what is over ``1 - level`` per unit."""
    return max(level * (actual - quantile), (1 - level) * (quantile - actual))
