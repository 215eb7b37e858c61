"""The guaranteed-service model against Snyder and Shen, 2nd ed., and stockpyl 1.0.2.

Inputs of the book's problems are those of stockpyl's instance files (``example_6_3``,
``example_6_5``, ``figure_6_14``, ``problem_6_9``); the other trees are random ones, with the
solutions of its ``gsm_tree.optimize_committed_service_times``.
"""

from itertools import product
from math import sqrt

import pytest
from smart_reorder_engine.pooling import Node, place_safety_stock

#: (key, suppliers, days, holding, deviation, wait, inbound) of each place; z, service times, cost
PUBLISHED = {
    "example 6.3": (
        [(3, None, 1, 2, 0, 0, 1), (2, 3, 0, 4), (1, 2, 1, 7, 1, 1)],
        1.0,
        {3: 0, 2: 0, 1: 1},
        2.828427,
    ),
    "example 6.5": (
        [(1, None, 2, 1, 0, 0, 1), (3, 1, 1, 2), (2, 3, 1, 3, 1, 0), (4, 3, 1, 3, 1, 1)],
        1.0,
        {1: 0, 3: 0, 2: 0, 4: 1},
        8.277917,
    ),
    "figure 6.14": (
        [
            *((1, None, 2, 0.01), (2, 1, 3, 0.03), (3, 2, 2, 0.04), (4, None, 4, 0.06)),
            *((5, (3, 4), 2, 0.12), (6, 5, 3, 0.13), (7, None, 6, 0.2), (8, None, 4, 0.08)),
            *((9, None, 3, 0.04), (10, (6, 7, 8, 9), 2, 0.5, 10, 2)),
        ],
        1.6448536269514722,
        {1: 0, 2: 3, 3: 5, 4: 4, 5: 7, 6: 0, 7: 0, 8: 0, 9: 0, 10: 2},
        18.824004,
    ),
    "problem 6.9": (
        [
            *((1, 3, 7, 44 / 365, 4.1, 3), (2, 3, 7, 28 / 365, 6.2, 3), (3, (4, 5), 21, 18 / 365)),
            *((4, None, 3, 1 / 365), (5, 6, 8, 4 / 365), (6, None, 2, 1.5 / 365)),
        ],
        4.0,
        {1: 3, 2: 3, 3: 0, 4: 0, 5: 0, 6: 2},
        15.649530,
    ),
    "random tree of 7": (
        [
            *((1, None, 3, 2.6, 0, 0, 4), (2, (1, 3, 6), 3, 3.3, 5), (3, 4, 2, 3.0)),
            *((4, None, 4, 1.1, 0, 0, 1), (5, (3, 7), 0, 1.2, 6, 1, 4)),
            *((6, None, 2, 3.3, 0, 0, 3), (7, None, 6, 2.7, 0, 0, 4)),
        ],
        1.5,
        None,
        110.666372,
    ),
    "random tree of 9": (
        [
            *((1, None, 2, 1.4, 0, 0, 2), (2, 1, 6, 1.8, 5, 2), (3, (2, 6, 9), 5, 2.4, 2, 2)),
            *((4, (1, 5), 4, 1.6, 3, 1), (5, None, 0, 3.6, 0, 0, 2), (6, None, 4, 2.0, 0, 0, 3)),
            *((7, 1, 3, 3.9, 5, 3), (8, 5, 1, 2.0, 5, 0, 3), (9, None, 5, 1.8, 0, 0, 2)),
        ],
        1.5,
        None,
        131.284445,
    ),
    "random tree of 12": (
        [
            *((1, (2, 4, 6), 4, 0.4, 0, 0, 1), (2, 3, 0, 3.6), (3, None, 4, 0.8)),
            *((4, 12, 4, 3.7), (5, 1, 4, 0.4, 4, 3), (6, None, 3, 2.1, 0, 0, 2)),
            *((7, 2, 2, 1.6, 0, 0, 2), (8, 4, 4, 3.2, 6, 3), (9, 4, 0, 3.3, 7, 1)),
            *((10, 7, 1, 3.2), (11, 10, 4, 2.1, 6, 2), (12, None, 4, 3.0, 2, 2, 3)),
        ],
        1.5,
        None,
        310.702760,
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_networks(name):
    rows, z, service, cost = PUBLISHED[name]
    placement = place_safety_stock([Node(*row) for row in rows], z)
    assert placement.cost == pytest.approx(cost, abs=1e-6)
    assert service is None or placement.service == service


def test_what_a_place_covers():
    """The tree of example 6.5: the days that each covers, and √2·√3 units at the root."""
    placement = place_safety_stock([Node(*row) for row in PUBLISHED["example 6.5"][0]], z=1)
    assert placement.net_days == {1: 3, 3: 1, 2: 1, 4: 0}
    assert placement.stock[1] == pytest.approx(sqrt(2 * 3))


def test_assembly_waits_for_the_slowest():
    """Parts that take 2 and 5 days, put together in 1 and sold at once; all cost the same, so that
    one stock of the product for 1 + 5 days costs least: each part's would come on top."""
    nodes = [
        Node(1, None, 2, 1.0),
        Node(2, None, 5, 1.0),
        Node(3, (1, 2), 1, 1.0, deviation=3),
    ]
    placement = place_safety_stock(nodes, z=2)
    assert placement.net_days[3] == 6
    assert placement.cost == pytest.approx(2 * 3 * sqrt(6))
    assert placement.service[1] == 2, "nothing is kept of what is there in time"


def test_risk_is_pooled_where_places_are_near():
    """Nine places a day away, the vendor ten: at the centre σ√9·√10 covers all, at the places each
    would need √11: with equal costs the stock for the ten days sits at the centre."""
    nodes = [Node(0, None, days=10, holding=1)]
    nodes += [Node(key, 0, days=1, holding=1, deviation=1) for key in range(1, 10)]
    placement = place_safety_stock(nodes, z=1)
    assert placement.service[0] == 0
    assert placement.cost == pytest.approx(sqrt(9 * 10) + 9)
    # Holding at the centre costs ten times as much: the goods go on at once.
    nodes[0] = Node(0, None, days=10, holding=10)
    placement = place_safety_stock(nodes, z=1)
    assert placement.service[0] == 10
    assert placement.cost == pytest.approx(9 * sqrt(11))


def test_best_of_all_service_times():
    """Against the enumeration of all promises of two centres above three places."""
    nodes = [
        Node(0, None, days=4, holding=1.0, inbound=2),
        Node(1, 0, days=3, holding=1.4),
        Node(2, 1, days=2, holding=1.9, deviation=2),
        Node(3, 1, days=1, holding=2.0, deviation=1),
        Node(4, 0, days=2, holding=1.5, deviation=3),
    ]
    best = min(
        1.0 * sqrt(14 * (6 - first))
        + 1.4 * sqrt(5 * (first + 3 - second))
        + 1.9 * 2 * sqrt(second + 2)
        + 2.0 * sqrt(second + 1)
        + 1.5 * 3 * sqrt(first + 2)
        for first, second in product(range(7), range(10))
        if second <= first + 3
    )
    assert place_safety_stock(nodes, z=1).cost == pytest.approx(best)


def test_circles_and_missing_suppliers_are_named():
    with pytest.raises(ValueError, match="circle"):
        place_safety_stock([Node(1, 2, 1, 1.0), Node(2, 1, 1, 1.0, 1.0)], 1)
    with pytest.raises(ValueError, match="not in the network"):
        place_safety_stock([Node(1, 9, 1, 1.0, 1.0)], 1)
    with pytest.raises(ValueError, match="two ways"):
        place_safety_stock(
            [Node(1, None, 1, 1.0), Node(2, 1, 1, 1.0), Node(3, (1, 2), 1, 1.0, 1.0)], 1
        )
