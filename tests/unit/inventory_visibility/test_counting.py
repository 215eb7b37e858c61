import itertools

import pytest
from visibility_core import counting
from visibility_core.counting import Candidate, Policy

POLICY = Policy({"A": 30, "B": 90, "C": 365}, recount_days=7)


def candidate(key=1, abc_class="A", value=0.0, count=None, proposal=None, **values):
    values.setdefault("suspicions", frozenset())
    return Candidate(key, abc_class, value, count, proposal, **values)


@pytest.mark.parametrize(
    ("abc_class", "count", "proposal", "due"),
    [
        ("A", None, None, True),
        ("A", 29, None, False),
        ("A", 30, None, True),
        ("A", 45, 29, False),  # proposed within the interval: not again
        ("A", 45, 30, True),
        ("A", None, 5, False),
        ("B", 89, None, False),
        ("B", 90, None, True),
        ("C", 364, None, False),
        ("C", 365, None, True),
    ],
)
def test_due(abc_class, count, proposal, due):
    assert counting.is_due(candidate(1, abc_class, 0, count, proposal), POLICY) is due


@pytest.mark.parametrize(
    ("count", "proposal", "suspicious"),
    [(None, None, True), (6, None, False), (7, None, True), (20, 6, False), (20, 7, True)],
)
def test_suspicious(count, proposal, suspicious):
    doubtful = candidate(1, "C", 0, count, proposal, suspicions=frozenset({"negative"}))
    assert counting.is_suspicious(doubtful, POLICY) is suspicious
    assert not counting.is_suspicious(candidate(1, "C", 0, count, proposal), POLICY)


@pytest.mark.parametrize(
    ("values", "expected"),
    # weights 1 : 1 : 2
    [
        ({"count": None}, 1 / 4),
        ({"count": 30}, 0.5 / 4),  # one interval of at most two
        ({"count": 60}, 1 / 4),
        ({"count": 6000}, 1 / 4),
        ({"count": 0, "value": 50}, 0.5 / 4),
        ({"count": 0, "value": 100}, 1 / 4),
        ({"count": 0, "value": -5}, 0),
        ({"count": 0, "suspicions": frozenset({"negative"})}, 1 / 4),
        ({"count": 0, "suspicions": frozenset({"negative", "adjusted"})}, 2 / 4),
        ({"count": 60, "value": 100, "suspicions": frozenset(counting.SUSPICIONS)}, 1),
    ],
)
def test_score(values, expected):
    assert counting.score(candidate(**values), POLICY, 100) == pytest.approx(expected)


def test_score_without_value():
    assert counting.score(candidate(count=0, value=5), POLICY, 0) == 0


def test_selects_the_most_urgent_within_capacity():
    candidates = [
        candidate(1, "A", 100, 30),  # (0.5 + 1) / 4
        candidate(2, "A", 0, 10),  # neither due nor suspicious
        candidate(3, "C", 10, None),  # (1 + 0.1) / 4
        candidate(4, "C", 0, 10, suspicions=frozenset({"negative", "adjusted"})),  # 2 / 4 and more
        candidate(5, "C", 10, None),  # as 3
    ]
    for order in itertools.permutations(candidates):
        proposals = counting.select(iter(order), POLICY, 3, 100)
        assert [proposal.key for proposal in proposals] == [4, 1, 3]
    assert len(counting.select(candidates, POLICY, 10, 100)) == 4
    assert counting.select(candidates, POLICY, 0, 100) == []
    assert counting.select(candidates, POLICY, -2, 100) == []


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"count": None}, [("never", {"abc": "A", "interval": 30})]),
        ({"count": 45}, [("due", {"abc": "A", "interval": 30, "days": 45})]),
        (
            {"count": 8, "suspicions": frozenset({"adjusted", "negative"}), "adjustments": 3},
            [("negative", {}), ("adjusted", {"times": 3})],
        ),
        (
            {"count": None, "suspicions": frozenset({"phantom_stock"})},
            [("phantom_stock", {}), ("never", {"abc": "A", "interval": 30})],
        ),
    ],
)
def test_reasons(values, reasons):
    assert list(counting.explain(candidate(**values), POLICY)) == reasons


@pytest.mark.parametrize(
    ("expected", "counted", "percent", "within"),
    [
        (100, 100, 0, True),
        (100, 100.004, 0, True),  # less than half the rounding of 0.01 apart
        (100, 100.01, 0, False),
        (100, 99, 1, True),
        (100, 101, 1, True),
        (100, 98.9, 1, False),
        (0, 0, 5, True),
        (0, 1, 5, False),
        (-10, -10.4, 5, True),
        (-10, 10, 5, False),
    ],
)
def test_tolerance(expected, counted, percent, within):
    assert counting.is_within_tolerance(expected, counted, percent, 0.01) is within


@pytest.mark.parametrize(
    "values",
    [
        {"weight_age": -1},
        {"weight_age": 0, "weight_value": 0, "weight_suspicion": 0},
        {"recount_days": 0},
        {"intervals": {"A": 0}},
    ],
)
def test_bad_policy(values):
    with pytest.raises(ValueError, match=r"Weights|Intervals"):
        Policy(**{"intervals": {"A": 1}, **values})
