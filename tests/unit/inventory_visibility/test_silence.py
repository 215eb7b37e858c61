"""Silence of a Poisson process: values by hand."""

from math import log

import pytest
from visibility_core import silence


def test_rate():
    # sales on days 0, 4, ..., 36: ten sale days, nine intervals of four days
    assert silence.sale_rate(10, 36) == pytest.approx(0.25)


@pytest.mark.parametrize(("days", "span"), [(1, 10), (0, 0), (5, 0)])
def test_no_rate_without_time_between_sales(days, span):
    with pytest.raises(ValueError, match="two sales"):
        silence.sale_rate(days, span)


def test_probability():
    # P(0) of a Poisson distribution with mean 7: 0.000911882 (table)
    assert silence.silence_probability(0.25, 28) == pytest.approx(0.000911882, rel=1e-5)
    assert silence.silence_probability(0.25, -1) == 1


def test_limit():
    assert silence.silence_limit(1000) == pytest.approx(log(1000))
    # just at the limit the probability is one in a thousand
    assert silence.silence_probability(1, silence.silence_limit(1000)) == pytest.approx(0.001)
    with pytest.raises(ValueError, match="above 1"):
        silence.silence_limit(1)
