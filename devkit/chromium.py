"""Chromium for the browser tests and screenshots."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import system
from .console import Failure


def find() -> Path:
    """The browser: ``$CHROMIUM``, else one on the PATH, else apt's."""
    if named := os.environ.get("CHROMIUM"):
        if not os.access(named, os.X_OK):
            raise Failure(f"CHROMIUM={named} is not a program.", "Name an executable, or unset it.")
        return Path(named)
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return Path(path)
    system.install(["chromium"], "Chromium", "Or name one: CHROMIUM=/path/to/chromium")
    path = shutil.which("chromium")
    if path is None:
        raise Failure("Chromium was installed, but it is not on the PATH.")
    return Path(path)
