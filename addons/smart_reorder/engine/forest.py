"""Quantiles of demand learned from all products together: a regression forest in numpy.

One model for all series, all origins and all levels. The target is the demand over the protection
interval divided by what averages expect; a tree splits the past (series, origin) pairs into leaves
whose targets are alike, and a leaf's targets are the distribution. The trees' quantiles are
averaged. So a product with five weeks of history borrows the spread, the tail and the reaction to a
rise from products that looked like it.

Sources: N. Meinshausen, *Quantile regression forests* (2006); P. Geurts, D. Ernst and L. Wehenkel,
*Extremely randomized trees* (2006) for the random choice of features; averaging quantiles:
F. Vincent (1912), R. Ratcliff (1979).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

BINS = 32  # per feature
#: Levels whose quantiles a leaf keeps; denser where service levels are.
GRID = np.concatenate(
    [
        np.linspace(0.05, 0.85, 17),
        np.linspace(0.87, 0.97, 11),
        np.linspace(0.975, 0.995, 9),
        [0.999],
    ]
)


@dataclass(frozen=True)
class Tree:
    """Nodes in breadth-first order; a leaf is its own child."""

    feature: np.ndarray
    split: np.ndarray
    left: np.ndarray
    curve: np.ndarray  # (nodes, len(GRID))


@dataclass(frozen=True)
class Forest:
    edges: np.ndarray  # (features, BINS - 1)
    trees: tuple[Tree, ...]
    depth: int

    def as_arrays(self) -> dict[str, np.ndarray]:
        """What a file of arrays keeps of it."""
        trees = self.trees
        return {
            "edges": self.edges,
            "depth": np.array(self.depth),
            "nodes": np.array([len(tree.left) for tree in trees], dtype=np.int64),
            "feature": np.concatenate([tree.feature for tree in trees]),
            "split": np.concatenate([tree.split for tree in trees]),
            "left": np.concatenate([tree.left for tree in trees]),
            "curve": np.concatenate([tree.curve for tree in trees]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Forest:
        """:raises ValueError: when they are not those of a forest"""
        try:
            nodes = arrays["nodes"].astype(np.int64)
            ends = np.cumsum(nodes)
            parts = [
                Tree(
                    *(
                        arrays[name][end - size : end]
                        for name in ("feature", "split", "left", "curve")
                    )
                )
                for size, end in zip(nodes.tolist(), ends.tolist(), strict=True)
            ]
            forest = cls(arrays["edges"], tuple(parts), int(arrays["depth"]))
            forest._check()
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"not a forest: {error}") from error
        return forest

    def _check(self) -> None:
        width = self.edges.shape[0]
        if not self.trees or self.edges.shape[1:] != (BINS - 1,) or not 0 <= self.depth < 64:
            raise ValueError("its shape is wrong")
        for tree in self.trees:
            size = len(tree.left)
            whole = size > 0 and len(tree.feature) == len(tree.split) == size
            if not whole or tree.curve.shape != (size, GRID.size):
                raise ValueError("a tree is cut off")
            inside = (tree.feature >= 0).all() and (tree.feature < width).all()
            if not (inside and (tree.left >= 0).all() and (tree.left < size).all()):
                raise ValueError("a tree leads nowhere")
            if not (np.isfinite(tree.curve).all() and (tree.curve >= 0).all()):
                raise ValueError("its quantiles are not numbers")

    def curves(self, features: np.ndarray) -> np.ndarray:
        """(n, len(GRID)) quantiles of the relative demand."""
        binned = to_bins(features, self.edges)
        rows = np.arange(len(features))
        total = np.zeros((len(features), GRID.size))
        for tree in self.trees:
            node = np.zeros(len(features), dtype=np.int64)
            for _level in range(self.depth):
                right = binned[rows, tree.feature[node]] > tree.split[node]
                inner = tree.left[node] > 0
                node = np.where(inner, tree.left[node] + right, node)
            total += tree.curve[node]
        return total / max(len(self.trees), 1)


def at_level(curves: np.ndarray, level: np.ndarray) -> np.ndarray:
    """(n,) values of quantile curves (n, len(GRID)) at a level per row, linear between the grid's.

    Below the grid's first level the curve falls to nothing; above its last one it stays.
    """
    level = np.broadcast_to(np.asarray(level, float), (len(curves),))
    high = np.clip(np.searchsorted(GRID, level), 0, GRID.size - 1)
    low = np.maximum(high - 1, 0)
    rows = np.arange(len(curves))
    width = np.where(high > low, GRID[high] - GRID[low], 1.0)
    part = np.clip((level - GRID[low]) / width, 0.0, 1.0)
    inside = curves[rows, low] + part * (curves[rows, high] - curves[rows, low])
    return np.where(high == 0, curves[:, 0] * np.minimum(level / GRID[0], 1.0), inside)


def to_bins(features: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(n, f) uint8; NaN is lowest."""
    out = np.zeros(features.shape, dtype=np.uint8)
    for index in range(features.shape[1]):
        column = np.nan_to_num(features[:, index], nan=-np.inf)
        out[:, index] = np.searchsorted(edges[index], column, side="left")
    return out


def grow(
    features: np.ndarray,
    target: np.ndarray,
    *,
    trees: int = 60,
    depth: int = 9,
    leaf: int = 50,
    share: float = 0.5,
    tried: int = 4,
    seed: int = 0,
) -> Forest:
    """Grow a forest.

    :param features: (N, f) float, NaN is unknown
    :param target: (N,) relative demand, >= 0
    :param leaf: least number of targets in a leaf
    :param share: of the rows that each tree sees, drawn without replacement
    :param tried: features tried at a node, drawn anew for each: trees that differ err differently
    :param seed: the same seed gives the same forest
    """
    generator = np.random.default_rng(seed)
    count, width = features.shape
    tried = min(tried, width)
    edges = _edges(features)
    binned = to_bins(features, edges)
    # The logarithm tames the tail: a split is not made for the sake of one large order.
    response = np.log1p(target)
    grown = []
    for _tree in range(trees):
        rows = np.sort(generator.permutation(count)[: max(int(count * share), 1)])
        grown.append(
            _grow_tree(
                np.ascontiguousarray(binned[rows].T),
                response[rows],
                target[rows],
                depth,
                leaf,
                tried,
                generator,
            )
        )
    return Forest(edges, tuple(grown), depth)


def _edges(features: np.ndarray) -> np.ndarray:
    levels = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = np.zeros((features.shape[1], BINS - 1))
    for index in range(features.shape[1]):
        column = features[:, index]
        known = column[np.isfinite(column)]
        if known.size:
            edges[index] = np.quantile(known, levels)
    return edges


def _grow_tree(
    binned: np.ndarray,
    response: np.ndarray,
    target: np.ndarray,
    depth: int,
    leaf: int,
    tried: int,
    generator: np.random.Generator,
) -> Tree:
    count = binned.shape[1]
    node = np.zeros(count, dtype=np.int64)
    feature, split, left = [0], [0], [0]
    open_nodes = np.array([0])
    for _level in range(depth):
        if not open_nodes.size:
            break
        place = np.full(len(left), -1)
        place[open_nodes] = np.arange(open_nodes.size)
        here = place[node]
        rows = np.flatnonzero(here >= 0)
        best = _best_splits(binned, response, here, rows, open_nodes.size, leaf, tried, generator)
        next_nodes = []
        for index, parent in enumerate(open_nodes.tolist()):
            gain, chosen, cut = best[0][index], best[1][index], best[2][index]
            if not gain > 1e-9:
                continue
            feature[parent], split[parent], left[parent] = int(chosen), int(cut), len(left)
            next_nodes += [len(left), len(left) + 1]
            feature += [0, 0]
            split += [0, 0]
            left += [0, 0]
        children = np.array(left)
        moving = rows[children[node[rows]] > 0]
        parent = node[moving]
        right = binned[np.array(feature)[parent], moving] > np.array(split)[parent]
        node[moving] = children[parent] + right
        open_nodes = np.array(next_nodes, dtype=np.int64)
    return Tree(
        np.array(feature), np.array(split), np.array(left), _curves(node, target, len(left))
    )


def _best_splits(
    binned: np.ndarray,
    response: np.ndarray,
    here: np.ndarray,
    rows: np.ndarray,
    nodes: int,
    leaf: int,
    tried: int,
    generator: np.random.Generator,
) -> list[np.ndarray]:
    """Per node the gain, feature and bin of the split that takes most variance away."""
    width = binned.shape[0]
    slot, value = here[rows], response[rows]
    base = slot * BINS
    total = np.bincount(slot, minlength=nodes).astype(float)
    sums = np.bincount(slot, weights=value, minlength=nodes)
    # Which features each node may try.
    allowed = generator.random((nodes, width)).argsort(axis=1)[:, :tried]
    may = np.zeros((nodes, width), dtype=bool)
    np.put_along_axis(may, allowed, True, axis=1)
    best = [np.zeros(nodes), np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64)]
    for index in range(width):
        cell = base + binned[index, rows]
        size = np.bincount(cell, minlength=nodes * BINS).reshape(nodes, BINS).cumsum(1)[:, :-1]
        part = np.bincount(cell, weights=value, minlength=nodes * BINS)
        part = part.reshape(nodes, BINS).cumsum(1)[:, :-1]
        rest, other = total[:, None] - size, sums[:, None] - part
        good = (size >= leaf) & (rest >= leaf) & may[:, index, None]
        gain = part**2 / np.maximum(size, 1) + other**2 / np.maximum(rest, 1)
        gain = np.where(good, gain - (sums**2 / np.maximum(total, 1))[:, None], 0.0)
        cut = gain.argmax(1)
        found = gain[np.arange(nodes), cut]
        better = found > best[0]
        best[0] = np.where(better, found, best[0])
        best[1] = np.where(better, index, best[1])
        best[2] = np.where(better, cut, best[2])
    return best


def _curves(node: np.ndarray, target: np.ndarray, nodes: int) -> np.ndarray:
    """(nodes, len(GRID)) quantiles of the targets in each leaf, by the rank ⌈τ·(m + 1)⌉."""
    order = np.lexsort((target, node))
    size = np.bincount(node, minlength=nodes)
    start = np.cumsum(size) - size
    position = GRID[None, :] * (size[:, None] + 1) - 1
    low = np.clip(np.floor(position), 0, np.maximum(size[:, None] - 1, 0)).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(size[:, None] - 1, 0))
    part = np.clip(position - low, 0, 1)
    ordered = target[order]
    first = np.minimum(start[:, None], max(target.size - 1, 0))
    a = ordered[np.minimum(first + low, target.size - 1)]
    b = ordered[np.minimum(first + high, target.size - 1)]
    curves = np.where(size[:, None] > 0, a + part * (b - a), 0.0)
    return curves.astype(np.float32)  # half the memory and half the file
