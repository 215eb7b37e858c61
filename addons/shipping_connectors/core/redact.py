"""What may be kept of a carrier's answer: an allow-list, so what nobody thought of is left out.

Names, addresses, telephone numbers, label images and secrets are no part of what a dispute about
money needs; identifiers, states, amounts and dates are.
"""

from __future__ import annotations

import json
from collections.abc import Collection

#: stands for every value that is not on the list
HIDDEN = "…"
#: of one exchange so much is kept
LIMIT = 20_000


def redact(value: object, allowed: Collection[str], name: str = "") -> object:
    """``value`` with every leaf hidden whose name is not allowed.

    The shape stays, so that a reader sees what the carrier sent without seeing about whom.

    :param allowed: names of leaves, in lower case; a leaf in a list has the name of the list
    """
    if isinstance(value, dict):
        return {key: redact(one, allowed, str(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [redact(one, allowed, name) for one in value]
    if value is None or isinstance(value, bool) or name.lower() in allowed:
        return value
    return HIDDEN


def redact_body(body: bytes, content_type: str, allowed: Collection[str]) -> str:
    """The text to keep of an answer's body; of anything but JSON only its kind and size."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        kind = content_type.split(";")[0].strip()[:60] or "unknown type"
        return f"({len(body)} bytes of {kind}, not JSON)"
    return json.dumps(redact(parsed, allowed), ensure_ascii=False)[:LIMIT]
