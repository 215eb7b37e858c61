"""ABC classes: the few products that make most of the demand, and the many that make little.

Pareto analysis as in any inventory textbook (H. F. Dickie, *ABC Inventory Analysis Shoots for
Dollars, Not Pennies*, 1951): products are put in order of the value of their demand; class A are
the first ones that together make 80 % of it, B those up to 95 %, C the rest. What has no demand
at all is C.
"""

from collections.abc import Iterable, Mapping, Sequence

CLASSES = ("A", "B", "C")
#: Share of the value of demand up to which a class reaches.
LIMITS = (("A", 0.80), ("B", 0.95))


def classify(
    values: Mapping[int, float], limits: Sequence[tuple[str, float]] = LIMITS
) -> dict[int, str]:
    """Return ``{key: class}`` for ``{key: value of demand}``.

    A key belongs to the class in which the share *before* it lies, so the product that crosses a
    limit still belongs to the better class, and the first product is always A. Equal values are
    taken in the order of their keys. Values that are not positive are C.
    """
    total = sum(value for value in values.values() if value > 0)
    result = {}
    before = 0.0
    for key, value in sorted(values.items(), key=lambda item: (-item[1], item[0])):
        if value <= 0:
            result[key] = CLASSES[-1]
            continue
        share = before / total
        result[key] = next((name for name, limit in limits if share < limit - 1e-9), CLASSES[-1])
        before += value
    return result


def members(classes: Mapping[int, str], wanted: Iterable[str]) -> set[int]:
    """Return the keys whose class is one of those wanted."""
    wanted = set(wanted)
    return {key for key, name in classes.items() if name in wanted}
