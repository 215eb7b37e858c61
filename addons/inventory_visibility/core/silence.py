"""How improbable it is that something which sells has not sold for so long.

Days with a sale are taken as a Poisson process: independent of each other, at a constant rate. Then
the number of sale days in *d* days is Poisson distributed: P(none in *d* days) = exp(-rate × d).

Source: N. DeHoratius, A. Mersereau, L. Schrage, *Retail Inventory Management When Records Are
Inaccurate*, Manufacturing & Service Operations Management 10 (2008), 257-277: a long silence is
evidence that the record shows stock which is not there ("phantom" stock).
"""

from math import exp, log


def sale_rate(sale_days: int, span_days: float) -> float:
    """Return sale days per day, from the number of them within the span from first to last.

    Both ends of the span are sales by construction, so it holds `sale_days` - 1 intervals.

    :raise ValueError: there are fewer than two sale days, or no span between them
    """
    if sale_days < 2 or span_days <= 0:
        raise ValueError("a rate needs two sales with time between them")
    return (sale_days - 1) / span_days


def silence_probability(rate: float, days: float) -> float:
    """Return the probability of no sale in `days` days at `rate` sale days per day."""
    return exp(-rate * max(days, 0.0))


def silence_limit(one_in: float) -> float:
    """Return the rate × days from which silence is rarer than once in `one_in`: ln(one_in).

    :raise ValueError: `one_in` is not above 1
    """
    if one_in <= 1:
        raise ValueError(f"one in {one_in}: the number must be above 1")
    return log(one_in)
