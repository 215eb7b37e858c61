"""Packages of the operating system: asked of apt when we are root, else of the user."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from . import process
from .console import Failure, step


def is_root() -> bool:
    return os.geteuid() == 0


def install(packages: Sequence[str], purpose: str, otherwise: str = "") -> None:
    """Install Debian packages.

    :param otherwise: another way out, for users who cannot install packages
    :raise Failure: when there is no apt, we are not root, or apt failed
    """
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise Failure(f"{purpose} is missing.", f"Install {names}. {otherwise}".strip())
    if not is_root():
        raise Failure(
            f"{purpose} is missing.", f"Run: sudo apt-get install {names}\n{otherwise}".strip()
        )
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    options = ["-q", "-y", "--no-install-recommends"]
    with step(f"Installing {names} with apt") as current:
        for argv in (["apt-get", "-q", "update"], ["apt-get", "install", *options, *packages]):
            process.run(
                argv,
                step=current,
                progress=lambda line: line.strip()[:60],
                env=environment,
                hint=f"apt could not install {names}: mend apt, then run the command again.",
            )
