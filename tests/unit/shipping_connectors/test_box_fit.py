"""What is packed fits, without overlapping; the smallest box is found."""

import random
from decimal import Decimal

import pytest
from shipping_core import box_fit
from shipping_core.box_fit import Box, Piece, fit, suggest


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
