"""A question in parts that are answered one by one, here or on several machines.

Series of one part share experience (the spread of errors, calibration): what the parts are decides
the answer, where they are worked on does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Arrays = Mapping[str, np.ndarray]
PART = "part"  # (n,) int, which part each series belongs to; without it all are one
#: Arrays with a row for each series; the others are the same for all parts.
ROWS = (
    *("quantity", "first_day", "estimated", "days", "weight", "level", "unit", "shift", "share"),
    "horizon",
)


def split(arrays: Arrays) -> list[dict[str, np.ndarray]]:
    """The parts of a question, in the order of their numbers; rows keep theirs."""
    if PART not in arrays:
        return [dict(arrays)]
    part = arrays[PART]
    rows = {name: arrays[name] for name in ROWS if name in arrays and np.ndim(arrays[name])}
    common = {name: value for name, value in arrays.items() if name not in rows and name != PART}
    if (np.diff(part) < 0).any():
        raise ValueError("parts must be in order")
    return [
        common | {name: value[part == number] for name, value in rows.items()}
        for number in np.unique(part)
    ]


def join(answers: Sequence[Arrays]) -> dict[str, np.ndarray]:
    """One answer of the answers to the parts; of what is said once, the first that says it."""
    if len(answers) == 1:
        return dict(answers[0])
    joined = {}
    for name, value in answers[0].items():
        values = [np.asarray(answer[name]) for answer in answers]
        if np.ndim(value):
            joined[name] = np.concatenate(values)
        else:
            joined[name] = next((one for one in values if one), values[0])
    return joined
