"""Which box do these products fit into?

Three-dimensional bin packing is NP-hard. This packs as a person does: the biggest piece first, each
into the lowest, rearmost, leftmost corner that is free, turned whichever way fits (extreme points;
Crainic, Perboli and Tadei, INFORMS Journal on Computing 20(3), 2008). Several orders are tried.
What it packs does fit, shown by coordinates; what it does not pack may still fit by more
cleverness. Pieces may lie on anything: fragile ones are for people to see to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

#: beyond so many pieces volumes alone are compared
PIECES_LIMIT = 200
#: share of a box that pieces of unknown shape can be expected to fill
LOOSE_FILL = Decimal("0.8")

Size = tuple[int, int, int]


@dataclass(frozen=True)
class Piece:
    """A thing to be packed.

    :param size: mm, rounded up; ``None`` when unknown
    :param volume: mm³, used where the size is unknown; 0 when that is, too
    :param weight: in the unit of the boxes' limits
    """

    name: str
    size: Size | None
    volume: int = 0
    weight: Decimal = Decimal(0)

    @property
    def room(self) -> int:
        return _volume(self.size) if self.size else self.volume


@dataclass(frozen=True)
class Box:
    """A kind of box.

    :param size: inner length, width and height in mm
    :param max_weight: gross; 0: no limit
    :param own_weight: of the empty box
    """

    name: str
    size: Size
    max_weight: Decimal = Decimal(0)
    own_weight: Decimal = Decimal(0)

    @property
    def room(self) -> int:
        return _volume(self.size)


@dataclass(frozen=True)
class Placed:
    """A piece in its box: its corner nearest to the origin, and its size as it was turned."""

    piece: Piece
    corner: Size
    size: Size


@dataclass(frozen=True)
class Packing:
    """A box with what is in it.

    :param placed: pieces of known size; :param loose: the others, by volume only
    """

    box: Box
    placed: tuple[Placed, ...]
    loose: tuple[Piece, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return (*(one.piece for one in self.placed), *self.loose)

    @property
    def fill(self) -> Decimal:
        """Share of the box that is filled."""
        return Decimal(sum(one.room for one in self.pieces)) / Decimal(self.box.room)

    @property
    def weight(self) -> Decimal:
        return self.box.own_weight + sum((one.weight for one in self.pieces), Decimal(0))


def _volume(size: Size) -> int:
    return size[0] * size[1] * size[2]


_ORDERS = (
    lambda piece: (-_volume(piece.size), -max(piece.size), piece.name),
    lambda piece: (-max(piece.size), -_volume(piece.size), piece.name),
    lambda piece: (-sorted(piece.size)[1] * max(piece.size), -max(piece.size), piece.name),
)


def fit(pieces: Sequence[Piece], box: Box) -> Packing | None:
    """All pieces in one box, or ``None`` when no way was found."""
    sized = [piece for piece in pieces if piece.size]
    loose = tuple(piece for piece in pieces if not piece.size)
    weight = box.own_weight + sum((piece.weight for piece in pieces), Decimal(0))
    room = sum(piece.room for piece in pieces)
    if (box.max_weight > 0 and weight > box.max_weight) or room > box.room:
        return None
    if loose and room > box.room * LOOSE_FILL:
        return None
    if len(sized) > PIECES_LIMIT:
        # too many to try: each must fit alone, and all together loosely
        if room > box.room * LOOSE_FILL or not all(_turned(one, box.size) for one in sized):
            return None
        return Packing(box, (), tuple(pieces))
    for order in _ORDERS:
        placed, left = _place(sorted(sized, key=order), box, stop_early=True)
        if not left:
            return Packing(box, tuple(placed), loose)
    return None


def suggest(pieces: Sequence[Piece], boxes: Iterable[Box]) -> list[Packing]:
    """The smallest box that takes all pieces, else several: the biggest filled first.

    :return: empty when a piece fits into none
    """
    by_room = sorted(boxes, key=lambda box: (box.room, box.name))
    for box in by_room:
        if packing := fit(pieces, box):
            return [packing]
    result, rest = [], list(pieces)
    while rest:
        for box in by_room:
            if packing := fit(rest, box):
                return [*result, packing]
        packing = _fill(rest, by_room[-1]) if by_room else None
        if packing is None:
            return []
        result.append(packing)
        for piece in packing.pieces:
            rest.remove(piece)
    return result


def _fill(pieces: Sequence[Piece], box: Box) -> Packing | None:
    """As many pieces as go into one box."""
    sized = sorted((piece for piece in pieces if piece.size), key=_ORDERS[0])[:PIECES_LIMIT]
    placed, _left = _place(sized, box, stop_early=False)
    room = sum(one.piece.room for one in placed)
    weight = box.own_weight + sum((one.piece.weight for one in placed), Decimal(0))
    loose = []
    for piece in pieces:
        if piece.size:
            continue
        heavier = box.max_weight > 0 and weight + piece.weight > box.max_weight
        if heavier or room + piece.room > box.room * LOOSE_FILL:
            continue
        loose.append(piece)
        room, weight = room + piece.room, weight + piece.weight
    return Packing(box, tuple(placed), tuple(loose)) if placed or loose else None


def _place(pieces: Sequence[Piece], box: Box, stop_early: bool) -> tuple[list[Placed], list[Piece]]:
    """Pieces in this order, each at the best free corner; those that found none come second."""
    placed: list[Placed] = []
    left: list[Piece] = []
    corners: set[Size] = {(0, 0, 0)}
    weight = box.own_weight
    for piece in pieces:
        spot = None
        if not (box.max_weight > 0 and weight + piece.weight > box.max_weight):
            spot = _find_spot(piece, box, corners, placed)
        if spot is None:
            left.append(piece)
            if stop_early:
                return placed, left
            continue
        placed.append(spot)
        weight += piece.weight
        corners.discard(spot.corner)
        corners |= _new_corners(spot, placed)
    return placed, left


def _turned(piece: Piece, space: Size) -> list[Size]:
    """The ways in which a piece can be turned to fit into a space."""
    assert piece.size is not None
    ways = sorted(set(permutations(piece.size)))
    return [
        way  # type: ignore[misc]
        for way in ways
        if way[0] <= space[0] and way[1] <= space[1] and way[2] <= space[2]
    ]


def _find_spot(piece, box, corners, placed) -> Placed | None:
    best = None
    for corner in sorted(corners, key=lambda one: (one[2], one[1], one[0])):
        space = tuple(box.size[axis] - corner[axis] for axis in range(3))
        for size in _turned(piece, space):
            spot = Placed(piece, corner, size)
            if any(_overlap(spot, other) for other in placed):
                continue
            # low, then flat: what lies flat leaves the most room above
            score = (corner[2] + size[2], corner[2], corner[1] + size[1], corner[0] + size[0])
            if best is None or score < best[0]:
                best = (score, spot)
    return best[1] if best else None


def _overlap(one: Placed, other: Placed) -> bool:
    return all(
        one.corner[axis] < other.corner[axis] + other.size[axis]
        and other.corner[axis] < one.corner[axis] + one.size[axis]
        for axis in range(3)
    )


def _new_corners(spot: Placed, placed: Sequence[Placed]) -> set[Size]:
    """Beside, behind and above the piece, moved back until something is met."""
    result = set()
    for axis in range(3):
        start = list(spot.corner)
        start[axis] += spot.size[axis]
        result.add(tuple(start))
        for along in range(3):
            if along != axis:
                result.add(_slide(start, along, placed))
    return result  # type: ignore[return-value]


def _slide(point, along: int, placed: Sequence[Placed]) -> Size:
    """The point moved along an axis towards the origin until a placed piece stops it."""
    stop = 0
    for other in placed:
        end = other.corner[along] + other.size[along]
        if end > point[along] or end <= stop:
            continue
        if all(
            other.corner[axis] <= point[axis] < other.corner[axis] + other.size[axis]
            for axis in range(3)
            if axis != along
        ):
            stop = end
    moved = list(point)
    moved[along] = stop
    return tuple(moved)  # type: ignore[return-value]
