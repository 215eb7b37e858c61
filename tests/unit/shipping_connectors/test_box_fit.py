"""What is packed fits, without overlapping; the smallest box is found."""

import random
from decimal import Decimal
from unittest import TestCase

import pytest
from shipping_core import box_fit
from shipping_core.box_fit import Box, Piece, Placed, fit, suggest


def pieces(count, *size, **values):
    return [Piece(f"piece {number}", size, **values) for number in range(count)]


def check(packing):
    """Every piece is inside the box, and none inside another."""
    for one in packing.placed:
        assert sorted(one.size) == sorted(one.piece.size)
        for axis in range(3):
            assert one.corner[axis] >= 0
            assert one.corner[axis] + one.size[axis] <= packing.box.size[axis]
    for index, one in enumerate(packing.placed):
        for other in packing.placed[:index]:
            apart = [
                one.corner[axis] >= other.corner[axis] + other.size[axis]
                or other.corner[axis] >= one.corner[axis] + one.size[axis]
                for axis in range(3)
            ]
            assert any(apart)


def test_a_full_box_of_cubes():
    box = Box("cube", (300, 300, 300))
    packing = fit(pieces(27, 100, 100, 100), box)
    check(packing)
    assert len(packing.placed) == 27
    assert packing.fill == 1
    assert fit(pieces(28, 100, 100, 100), box) is None


def test_pieces_are_turned():
    assert fit(pieces(1, 50, 400, 60), Box("long", (400, 60, 50))) is not None
    assert fit(pieces(1, 50, 400, 61), Box("long", (400, 60, 50))) is None


def test_three_that_fit_only_when_turned():
    """Bricks of 2 × 1 × 1 fill a layer of 3 × 2 only with one of them across."""
    packing = fit(pieces(3, 200, 100, 100), Box("layer", (300, 200, 100)))
    check(packing)
    assert packing.fill == 1


def test_volume_alone_is_not_enough():
    """Two cubes of 60 have 432,000 mm³ and do not go into a cube of 100."""
    assert fit(pieces(2, 60, 60, 60), Box("cube", (100, 100, 100))) is None


def test_weight():
    box = Box("weak", (1000, 1000, 1000), max_weight=Decimal(10), own_weight=Decimal(1))
    assert fit(pieces(3, 10, 10, 10, weight=Decimal(3)), box).weight == 10
    assert fit(pieces(4, 10, 10, 10, weight=Decimal(3)), box) is None


def cut_up(source, size, count):
    """Bricks that fill a box: its greatest part is cut in two until there are so many."""
    parts = [size]
    while len(parts) < count:
        greatest = list(max(parts, key=lambda part: part[0] * part[1] * part[2]))
        parts.remove(tuple(greatest))
        axis = greatest.index(max(greatest))
        place = source.randint(greatest[axis] // 3, greatest[axis] * 2 // 3)
        for side in (place, greatest[axis] - place):
            greatest[axis] = side
            parts.append(tuple(greatest))
    return [Piece(f"brick {n}", tuple(source.sample(part, 3))) for n, part in enumerate(parts)]


@pytest.mark.parametrize("seed", range(10))
def test_five_bricks_that_leave_no_gap(seed):
    """Who puts the greatest first and never looks back does not find most of these."""
    box = Box("box", (420, 310, 190))
    packing = fit(cut_up(random.Random(seed), box.size, 5), box)
    check(packing)
    assert packing.fill == 1


CUBE = Piece("cube", (60, 60, 60), weight=Decimal(3))
CORNERS = ((0, 0, 0), (0, 0, 60))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([Placed(CUBE, corner, (60, 60, 60)) for corner in ((0, 0, 0), (0, 0, 59))], "overlap"),
        ([Placed(CUBE, corner, (60, 60, 60)) for corner in ((0, 0, 0), (0, 0, 61))], "inside"),
        ([Placed(CUBE, corner, (60, 60, 60)) for corner in ((0, 0, 0), (-1, 0, 60))], "inside"),
        ([Placed(CUBE, corner, (50, 60, 60)) for corner in CORNERS], "size"),
        ([Placed(CUBE, CORNERS[0], (60, 60, 60))] * 3, "not in list"),
        (ZeroDivisionError("a fault of the library"), "a fault of the library"),
    ],
)
def test_a_wrong_answer_of_the_library_reaches_nobody(monkeypatch, answer, reason):
    def search(_pieces, _box):
        if isinstance(answer, Exception):
            raise answer
        return tuple(answer)

    monkeypatch.setattr(box_fit, "_search", search)
    box = Box("box", (60, 60, 120))
    with TestCase().assertLogs(box_fit._logger, "ERROR") as logs:
        assert fit([CUBE, CUBE], box) is None
        assert suggest([CUBE, CUBE], [box]) == []
    assert all(reason in line for line in logs.output)


def test_a_packing_that_is_too_heavy_reaches_nobody(monkeypatch):
    both = tuple(Placed(CUBE, corner, (60, 60, 60)) for corner in CORNERS)
    monkeypatch.setattr(box_fit, "_search", lambda _pieces, _box: both)
    with TestCase().assertLogs(box_fit._logger, "ERROR") as logs:
        assert suggest([CUBE, CUBE], [Box("box", (60, 60, 120), max_weight=Decimal(5))]) == []
    assert "too heavy" in logs.output[0]


def test_a_box_that_is_too_heavy_itself_and_one_without_room():
    assert suggest([CUBE], [Box("iron", (100, 100, 100), Decimal(5), Decimal(6))]) == []
    assert suggest([CUBE], [Box("flat", (100, 100, 0))]) == []


def test_alike_pieces_of_different_weight():
    """Of two heavy and two light cubes, one of each kind is light enough for a box."""
    some = [Piece(f"p{n}", (50, 50, 50), weight=Decimal(n % 2 * 3 + 1)) for n in range(4)]
    packings = suggest(some, [Box("box", (50, 50, 100), max_weight=Decimal(5))])
    assert len(packings) in (2, 3)
    assert all(one.weight <= 5 for one in packings)
    assert sorted(p.name for one in packings for p in one.pieces) == ["p0", "p1", "p2", "p3"]


def test_the_smallest_box():
    boxes = [Box("L", (600, 400, 400)), Box("S", (200, 150, 100)), Box("M", (400, 300, 200))]
    assert suggest(pieces(1, 200, 150, 100), boxes)[0].box.name == "S"
    assert suggest(pieces(2, 200, 150, 100), boxes)[0].box.name == "M"
    assert suggest(pieces(1, 401, 10, 10), boxes)[0].box.name == "L"


def test_several_boxes():
    box = Box("cube", (200, 200, 200))
    packings = suggest(pieces(20, 100, 100, 100), [box])
    assert [len(one.placed) for one in packings] == [8, 8, 4]
    for one in packings:
        check(one)
    names = [piece.name for one in packings for piece in one.pieces]
    assert len(set(names)) == len(names) == 20, "each piece is in one box"


def test_several_boxes_because_of_weight():
    box = Box("weak", (1000, 1000, 1000), max_weight=Decimal(10))
    packings = suggest(pieces(5, 10, 10, 10, weight=Decimal(4)), [box])
    assert [len(one.pieces) for one in packings] == [2, 2, 1]


def test_what_fits_into_none():
    assert suggest(pieces(1, 500, 10, 10), [Box("S", (100, 100, 100))]) == []
    assert suggest(pieces(1, 10, 10, 10), []) == []
    heavy = pieces(1, 10, 10, 10, weight=Decimal(11))
    assert suggest(heavy, [Box("weak", (100, 100, 100), max_weight=Decimal(10))]) == []


def test_nothing_to_pack():
    assert suggest([], [Box("S", (100, 100, 100))])[0].pieces == ()


def test_pieces_of_unknown_shape_take_four_fifths():
    box = Box("litre", (100, 100, 100))
    assert fit([Piece("sand", None, volume=800_000)], box) is not None
    assert fit([Piece("sand", None, volume=800_001)], box) is None
    together = [Piece("brick", (100, 100, 50)), Piece("sand", None, volume=300_000)]
    packing = fit(together, box)
    assert packing.fill == Decimal("0.8")
    assert [one.name for one in packing.loose] == ["sand"]


def test_many_pieces_are_counted_by_volume():
    many = pieces(box_fit.PIECES_LIMIT + 1, 10, 10, 10)
    volume = len(many) * 1000
    edge = round((volume / 0.8) ** (1 / 3)) + 1
    assert fit(many, Box("big", (edge, edge, edge))) is not None
    assert fit(many, Box("small", (50, 50, 50))) is None
    assert fit([*many, Piece("rod", (900, 1, 1))], Box("big", (200, 200, 200))) is None


@pytest.mark.parametrize("seed", range(20))
def test_a_box_that_was_cut_up(seed):
    """Random pieces are packed validly; the order they are given in changes nothing."""
    source = random.Random(seed)
    some = [Piece(f"p{n}", tuple(source.randint(40, 200) for _axis in range(3))) for n in range(12)]
    box = Box("box", (500, 400, 400))
    first = suggest(some, [box])
    assert sum(len(one.placed) for one in first) == 12
    for one in first:
        check(one)
    source.shuffle(some)
    assert [len(one.placed) for one in suggest(some, [box])] == [len(one.placed) for one in first]
