import pytest
from visibility_core.threshold import Crossing, cross


@pytest.mark.parametrize(
    ("was_below", "quantity", "is_below", "edge"),
    # threshold 10, hysteresis 5: below begins under 10 and ends at 15
    [
        (None, 9, True, None),
        (None, 10, False, None),
        (False, 10, False, None),
        (False, 9.99, True, "down"),
        (False, -3, True, "down"),
        (True, 9, True, None),
        (True, 12, True, None),
        (True, 14.99, True, None),
        (True, 15, False, "up"),
    ],
)
def test_cross(was_below, quantity, is_below, edge):
    assert cross(was_below, quantity, 10, 5) == Crossing(is_below, edge)


def test_to_and_fro_crosses_once():
    below, edges = None, []
    for quantity in (20, 11, 9, 11, 9, 14, 9, 15, 14, 11, 10, 9):
        crossing = cross(below, quantity, 10, 5)
        below = crossing.is_below
        edges.append(crossing.edge)
    assert [edge for edge in edges if edge] == ["down", "up", "down"]
    assert edges.index("down") == 2
    assert edges.index("up") == 7


def test_without_hysteresis():
    below, edges = None, []
    for quantity in (10, 9, 10, 9):
        crossing = cross(below, quantity, 10)
        below = crossing.is_below
        edges.append(crossing.edge)
    assert edges == [None, "down", "up", "down"]
