"""The benchmarks' own arithmetic: bounds, percentiles, what `bin/bench` selects."""

import json

import pytest

from benchmarks.figures import Figure, percentile
from benchmarks.registry import GROUPS, Benchmark, find, select
from devkit.console import Failure


@pytest.mark.parametrize(
    ("figure", "ok", "bound"),
    [
        (Figure("a", 1.0, "s"), True, None),
        (Figure("a", 1.0, "s", at_most=1.0), True, "<= 1"),
        (Figure("a", 1.1, "s", at_most=1.0), False, "<= 1"),
        (Figure("a", 9.9, "×", at_least=10), False, ">= 10"),
        (Figure("a", 10, "×", at_least=10), True, ">= 10"),
    ],
)
def test_bounds(figure, ok, bound):
    assert figure.ok is ok
    assert figure.bound == bound


def test_one_json_line_per_figure():
    line = Figure("a.b", 1.23456, "s", at_most=2, why="because").as_json()
    assert "\n" not in line
    assert json.loads(line) == {
        "name": "a.b",
        "value": 1.2346,
        "unit": "s",
        "bound": "<= 2",
        "ok": True,
    }


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 10), (0.95, 19), (0.951, 20), (1.0, 20), (0.01, 1)]
)
def test_percentile_is_the_nearest_rank(share, value):
    """Of 1 to 20, 95 % are 19 values."""
    assert percentile([float(number) for number in range(20, 0, -1)], share) == value


def test_every_benchmark_is_found_with_its_group():
    found = find()
    assert {"availability", "availability_screen", "reorder_run"} <= {b.name for b in found}
    assert all(b.group in GROUPS and b.title and b.modules for b in found)


def test_groups_and_names_select_each_once():
    def benchmark(name, group):
        return Benchmark(name, group, "", (), lambda env: [])

    known = [benchmark("one", "visibility"), benchmark("two", "reorder")]
    assert [b.name for b in select(["reorder", "two", "one"], known)] == ["two", "one"]
    with pytest.raises(Failure, match="no benchmark nonsense"):
        select(["nonsense"], known)
    with pytest.raises(Failure, match="group shipping yet"):
        select(["shipping"], known)
