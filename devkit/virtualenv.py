"""The Python environment in the cache: every package pinned, made once."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from . import cache, process, system
from .console import Failure, step

SUPPORTED = ((3, 10), (3, 13))
REQUIREMENTS = ("requirements-odoo.txt", "requirements.txt", "requirements-test.txt")


def python() -> Path:
    """The environment's interpreter; makes or remakes the environment when it has to."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        raise Failure(
            f"Odoo 19 runs on Python 3.10 to 3.13; this is {platform.python_version()}.",
            "Start the command with another one, e.g. python3.11 bin/demo.",
        )
    target = cache.folder() / "venv"
    files = [cache.ROOT / name for name in REQUIREMENTS]
    # sys.base_prefix: an environment dies with the interpreter it was made from
    key = cache.fingerprint([*files, sys.base_prefix, platform.python_version()])
    interpreter = target / "bin" / "python"
    if cache.is_complete(target, key) and _works(interpreter):
        return interpreter
    cache.require_space(cache.folder())
    _require_venv()
    _offer_gomp()
    # made in place, not renamed: scripts in it name their interpreter by its full path
    cache.remove(target)
    with step("Making the Python environment (pinned packages)") as current:
        process.run([sys.executable, "-m", "venv", target])
        arguments = [word for file in files for word in ("-r", file)]
        process.run(
            [interpreter, "-m", "pip", "install", "--no-input", *arguments],
            step=current,
            progress=_pip_progress,
            hint="pip could not install the pinned packages: check that it reaches its index, "
            "then run the command again.",
        )
    cache.mark_complete(target, key)
    return interpreter


def _works(interpreter: Path) -> bool:
    try:
        command = [interpreter, "-c", "import psycopg2, lxml, werkzeug, reportlab"]
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _require_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        system.install([f"python{version}-venv"], "Python's module for virtual environments")


def _offer_gomp() -> None:
    """LightGBM's wheel needs it of the system; whoever cannot install it goes without LightGBM."""
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        if system.is_root() and shutil.which("apt-get"):
            system.install(["libgomp1"], "LightGBM's run-time library")


def _pip_progress(line: str) -> str | None:
    words = line.split()
    if words[:1] == ["Collecting"]:
        return f"fetching {words[1]}"
    if words[:2] == ["Installing", "collected"]:
        return "installing"
    return None


def running_inside() -> bool:
    return Path(sys.prefix).resolve() == (cache.folder() / "venv").resolve()


def enter(module: str) -> None:
    """Continue as ``python -m module`` inside the environment (never returns)."""
    interpreter = python()
    environment = os.environ | {"PYTHONPATH": str(cache.ROOT), "PYTHONUNBUFFERED": "1"}
    os.execve(interpreter, [str(interpreter), "-m", module, *sys.argv[1:]], environment)
