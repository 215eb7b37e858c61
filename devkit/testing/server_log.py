"""Reads the log of an Odoo process: what must not be in it."""

from __future__ import annotations

import re
from pathlib import Path

_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) ")
#: Two requests met; Odoo logs the statement and repeats the request. One that it gave up is an
#: error of odoo.http.
RETRIED = "could not serialize access"
#: Warnings of Odoo 19's own that any installation logs. Ours are not to be added here.
HARMLESS = (
    "security risk",  # "Running as user 'root' is a security risk."
    "unaccent",
    "PDF report",  # wkhtmltopdf is not at hand
    "wkhtmltopdf",
    "Wkhtmltopdf",
)


def problems(log: Path | str, level: str = "ERROR") -> list[str]:
    """Records of this level and above, each with its traceback.

    :param level: ``ERROR``, or ``WARNING`` to include warnings
    """
    text = log.read_text(errors="replace") if isinstance(log, Path) else log
    wanted = {"ERROR", "CRITICAL"} | ({"WARNING"} if level == "WARNING" else set())
    found: list[list[str]] = []
    keep = False
    for line in text.splitlines():
        if record := _RECORD.match(line):
            keep = record["level"] in wanted
            if keep:
                found.append([line])
        elif line.startswith("Traceback (most recent call last)"):
            if keep:
                found[-1].append(line)
            else:
                # logged at a lower level, or printed outside of the log
                keep = True
                found.append([line])
        elif keep:
            found[-1].append(line)
    texts = ["\n".join(lines) for lines in found]
    return [text for text in texts if not is_harmless(text)]


def is_harmless(text: str) -> bool:
    """A record that tells of nothing wrong."""
    if "odoo.sql_db: bad query" in text and RETRIED in text:
        return True
    return any(word in text for word in HARMLESS)
