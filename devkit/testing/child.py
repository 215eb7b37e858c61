"""The environment of a test process below ``bin/test``, which made it and keeps it running."""

from __future__ import annotations

import os
from pathlib import Path

from .. import cache, odoo_source
from ..console import Failure
from ..environment import Environment

DATA_DIR = "DEVKIT_DATA_DIR"
CHROMIUM = "DEVKIT_CHROMIUM"


def process_env(env: Environment) -> dict[str, str]:
    """Variables with which a child finds the same environment again."""
    variables = env.process_env() | {DATA_DIR: str(env.data_dir)}
    variables[odoo_source.HANDED_OVER] = env.source.hand_over()
    if env.chromium:
        variables[CHROMIUM] = str(env.chromium)
    return variables


def environment() -> Environment:
    """:raise Failure: when this process was not started by ``bin/test``"""
    if DATA_DIR not in os.environ:
        raise Failure(
            "This test needs the databases that bin/test makes.", "Run it as: bin/test <path>"
        )
    chromium = os.environ.get(CHROMIUM)
    return Environment(
        cache=cache.folder(),
        source=odoo_source.find(),
        postgres={},  # PG* are in our environment
        data_dir=Path(os.environ[DATA_DIR]),
        chromium=Path(chromium) if chromium else None,
    )
