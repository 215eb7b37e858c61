"""Examples 6.3 and 6.5 of Snyder and Shen, 2nd ed., as computed by stockpyl 1.0.2."""

from itertools import product
from math import sqrt

import pytest
from smart_reorder_engine.pooling import Node, place_safety_stock


def test_serial_system_of_the_textbook():
    nodes = [
        Node(3, None, days=1, holding=2, inbound=1),
        Node(2, 3, days=0, holding=4),
        Node(1, 2, days=1, holding=7, deviation=1, wait=1),
    ]
    placement = place_safety_stock(nodes, z=1)
    assert placement.service == {3: 0, 2: 0, 1: 1}
    assert placement.cost == pytest.approx(2.828427, abs=1e-6)


def test_tree_of_the_textbook():
    nodes = [
        Node(1, None, days=2, holding=1, inbound=1),
        Node(3, 1, days=1, holding=2),
        Node(2, 3, days=1, holding=3, deviation=1, wait=0),
        Node(4, 3, days=1, holding=3, deviation=1, wait=1),
    ]
    placement = place_safety_stock(nodes, z=1)
    assert placement.service == {1: 0, 3: 0, 2: 0, 4: 1}
    assert placement.cost == pytest.approx(8.277917, abs=1e-6)
    assert placement.net_days == {1: 3, 3: 1, 2: 1, 4: 0}
    assert placement.stock[1] == pytest.approx(sqrt(2 * 3))


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
