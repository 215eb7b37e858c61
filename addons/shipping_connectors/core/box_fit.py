"""Which box do these products fit into?

Three-dimensional bin packing is NP-hard; `packvium` searches, and here its answer is checked: what
is called packed does fit, shown by coordinates. What is not packed may still fit by more
cleverness.
Pieces may lie on anything: fragile ones are for people to see to.

The search is bounded by counted work, not by a clock, so the same pieces are packed the same way on
each machine.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import packvium

_logger = logging.getLogger(__name__)

#: beyond so many pieces volumes alone are compared
PIECES_LIMIT = 200
#: up to so many pieces several ways are tried (of up to seven pieces, nearly all), beyond that one
THOROUGH_LIMIT = 50
#: what a search may cost: about two seconds at the worst
_EFFORT = packvium.EffortBudget(max_candidates_evaluated=200_000, max_search_nodes=1_000)
#: should counting ever fail to end a search
_FUSE_MS = 10_000
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


def fit(pieces: Sequence[Piece], box: Box) -> Packing | None:
    """All pieces in one box, or ``None`` when no way was found."""
    sized = [piece for piece in pieces if piece.size]
    loose = tuple(piece for piece in pieces if not piece.size)
    weight = box.own_weight + sum((piece.weight for piece in pieces), Decimal(0))
    room = sum(piece.room for piece in pieces)
    if (box.max_weight > 0 and weight > box.max_weight) or room > box.room:
        return None
    too_many = len(sized) > PIECES_LIMIT
    if (loose or too_many) and room > box.room * LOOSE_FILL:
        return None
    if not all(_fits_alone(piece, box) for piece in sized):
        return None
    if too_many:
        return Packing(box, (), tuple(pieces))
    placed = _place(sized, box)
    return Packing(box, placed, loose) if len(placed) == len(sized) else None


def suggest(pieces: Sequence[Piece], boxes: Iterable[Box]) -> list[Packing]:
    """The smallest box that takes all pieces, else several: the biggest filled first.

    :return: empty when a piece fits into none
    """
    by_room = sorted((box for box in boxes if box.room), key=lambda box: (box.room, box.name))
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
    sized = [piece for piece in pieces if piece.size and _fits_alone(piece, box)]
    sized.sort(key=lambda piece: (-piece.room, piece.name))
    placed = _place(sized[:PIECES_LIMIT], box)
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
    return Packing(box, placed, tuple(loose)) if placed or loose else None


def _place(pieces: Sequence[Piece], box: Box) -> tuple[Placed, ...]:
    """All pieces, or as many as the search finds room for; none when its answer is wrong."""
    if not pieces or 0 < box.max_weight < box.own_weight:
        return ()
    try:
        placed = _search(pieces, box)
        _check(placed, pieces, box)
    except Exception:
        # a suggestion is not worth stopping who packs
        _logger.exception("No packing of %s pieces into %s", len(pieces), box)
        return ()
    return placed


def _fits_alone(piece: Piece, box: Box) -> bool:
    assert piece.size is not None
    sides = zip(sorted(piece.size), sorted(box.size), strict=True)
    return all(mine <= its for mine, its in sides)


def _search(pieces: Sequence[Piece], box: Box) -> tuple[Placed, ...]:
    """Ask the library. It counts weights in grams; which unit they are in changes nothing."""
    # sorted, so that the answer does not depend on the order in which pieces are given
    alike: dict[tuple, list[Piece]] = {}
    for piece in sorted(pieces, key=lambda one: (sorted(one.size), one.weight, one.name)):
        alike.setdefault((*sorted(piece.size), piece.weight), []).append(piece)
    kinds = {f"{number}": same for number, same in enumerate(alike.values())}
    items = [
        packvium.Item.create(
            kind, packvium.Dimensions.mm(*same[0].size), same[0].weight, quantity=len(same)
        )
        for kind, same in kinds.items()
    ]
    limit = box.max_weight - box.own_weight if box.max_weight > 0 else None
    size = packvium.Dimensions.mm(*box.size)
    container = packvium.Container.create("box", size, max_payload=limit, quantity=1)
    thorough = len(pieces) <= THOROUGH_LIMIT
    profile = packvium.PackingConfig.exact_small if thorough else packvium.PackingConfig.fast
    config = profile(time_limit_ms=_FUSE_MS, max_containers=1, effort_budget=_EFFORT)
    result = packvium.Packer(config).pack(items, [container])
    return tuple(
        Placed(
            kinds[one.instance.item.id].pop(),
            _millimetres(one.position.x, one.position.y, one.position.z),
            _millimetres(
                one.dimensions.length.ticks,
                one.dimensions.width.ticks,
                one.dimensions.height.ticks,
            ),
        )
        for packed in result.containers
        for one in packed.placements
    )


def _millimetres(*ticks: int) -> Size:
    return tuple(one // packvium.Length.TICKS_PER_MM for one in ticks)  # type: ignore[return-value]


def _check(placed: Sequence[Placed], pieces: Sequence[Piece], box: Box) -> None:
    """Each piece once and whole, inside the box, beside the others, and all light enough.

    :raises ValueError: says which piece is wrong
    """
    rest = list(pieces)
    for one in placed:
        rest.remove(one.piece)
        if sorted(one.size) != sorted(one.piece.size or ()):
            raise ValueError(f"{one} changed its size")
        ends = zip(one.corner, one.size, box.size, strict=True)
        if not all(start >= 0 and start + side <= inner for start, side, inner in ends):
            raise ValueError(f"{one} is not inside")
    for one, other in combinations(placed, 2):
        if _overlap(one, other):
            raise ValueError(f"{one} and {other} overlap")
    if box.max_weight > 0 and Packing(box, tuple(placed)).weight > box.max_weight:
        raise ValueError("too heavy")


def _overlap(one: Placed, other: Placed) -> bool:
    return all(
        one.corner[axis] < other.corner[axis] + other.size[axis]
        and other.corner[axis] < one.corner[axis] + one.size[axis]
        for axis in range(3)
    )
