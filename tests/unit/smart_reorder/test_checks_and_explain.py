from dataclasses import replace

import numpy as np
import pytest
from smart_reorder_engine.checks import find_issues
from smart_reorder_engine.explain import Facts, Sentence, explain

NAN = float("nan")


@pytest.mark.parametrize(
    ("lead", "review", "level", "unit", "issue"),
    [
        (5, 1, 0.95, 1, None),
        (0, 1, 0.5, 0.01, None),
        (-1, 1, 0.95, 1, "lead_days"),
        (NAN, 1, 0.95, 1, "lead_days"),
        (5, 0, 0.95, 1, "review_days"),
        (5, NAN, 0.95, 1, "review_days"),
        (5, 1, 0, 1, "service_level"),
        (5, 1, 1, 1, "service_level"),
        (5, 1, -0.2, 1, "service_level"),
        (5, 1, NAN, 1, "service_level"),
        (729, 2, 0.95, 1, "interval_too_long"),
        (5, 1, 0.95, 0, "unit_rounding"),
    ],
)
def test_each_issue_is_named_and_the_neighbour_is_not(lead, review, level, unit, issue):
    found = find_issues(
        np.ones((2, 30)),
        np.array([lead, 5]),
        np.array([review, 1]),
        np.array([level, 0.95]),
        np.array([unit, 1]),
    )
    assert found == [issue, None]


def test_demand_that_is_not_a_number():
    demand = np.ones((2, 30))
    demand[0, 7] = NAN
    assert find_issues(demand, 5, 1, 0.95, 1) == ["demand_not_finite", None]


FACTS = Facts(
    on_hand=12,
    incoming=3,
    outgoing=1,
    in_progress=0,
    dependents=0,
    position=14,
    mean=20.5,
    lead_days=6,
    review_days=1,
    level=0.95,
    reorder_point=31,
    order_up_to=52,
    needed=38,
    quantity=48,
    effects=("minimum", "multiple"),
    evidence="measured",
    method="ses05",
    origins=30,
    wape=0.4,
    coverage=0.93,
    source="buy",
    minimum=40,
    multiple=12,
)


def codes(**changes):
    return [sentence.code for sentence in explain(replace(FACTS, **changes))]


def test_sentences_name_the_numbers():
    sentences = {sentence.code: sentence.values for sentence in explain(FACTS)}
    assert list(sentences) == [
        "position",
        "forecast",
        "order_buy",
        "minimum",
        "multiple",
        "measured",
    ]
    assert sentences["position"]["on_hand"] == 12
    assert sentences["forecast"] == {
        "days": 7,
        "lead_days": 6,
        "review_days": 1,
        "mean": 20.5,
        "level": 0.95,
        "reorder_point": 31,
    }
    assert sentences["order_buy"]["needed"] == 38
    assert sentences["minimum"] == {"minimum": 40}
    assert sentences["measured"]["coverage"] == 0.93


def test_other_situations():
    assert codes(needed=0, quantity=0, effects=()) == [
        "position",
        "forecast",
        "enough",
        "measured",
    ]
    assert codes(dependents=5)[0] == "position_dependents"
    assert codes(evidence="thin")[-1] == "thin"
    assert codes(evidence="quiet", wape=None)[-1] == "quiet"
    assert codes(evidence="none", needed=0, quantity=0, effects=()) == [
        "position",
        "no_demand",
        "enough",
    ]
    short = codes(source="transfer", effects=(), wanted_by_all=90, source_available=48)
    assert short[2:4] == ["order_transfer", "source_short"]
    assert "source_empty" in codes(source="transfer", quantity=0, effects=())


def test_what_minimum_and_packaging_cost():
    sentences = {s.code: s.values for s in explain(replace(FACTS, extra_cost=9.5))}
    assert sentences["extra_cost"] == {"cost": 9.5}
    assert "extra_cost" not in codes(effects=(), extra_cost=9.5)


def test_notes_and_timing_have_their_place():
    assert codes(effects=(), timing=(Sentence("calendar"),), notes=(Sentence("cap_storage"),)) == [
        "position",
        "forecast",
        "calendar",
        "order_buy",
        "cap_storage",
        "measured",
    ]
    assert codes(quantity=0, blocked=True, effects=())[2] == "order_blocked"


def test_json_form():
    pair = explain(FACTS)[0].as_pair()
    assert pair[0] == "position"
    assert pair[1]["position"] == 14


def test_what_the_forecast_rests_on_comes_before_it():
    assert codes(
        later=5,
        days_estimated=3,
        days_excluded=1,
        lead_own=2,
        level_origin="class",
        compared={"count": 2, "other": "", "saving": 0.0},
        effects=(),
    ) == [
        "position",
        "later",
        "estimated",
        "excluded",
        "lead_own",
        "forecast",
        "level_class",
        "order_buy",
        "vendor_first",
        "measured",
    ]
    assert "lead_vendor" in codes(lead_vendor=3)
    assert "level_cost" in codes(level_origin="cost")
    assert "vendor_cheaper" in codes(compared={"count": 2, "other": "A", "saving": 9.0})
    assert "level_class" not in codes(evidence="none", level_origin="class", needed=0, quantity=0)
