"""The same tasks on a Dask cluster: what a process here would do, workers elsewhere do.

Dask (BSD-3-Clause) is optional: only a process that is given the address of a scheduler imports it.
The workers need numpy, LightGBM and Dask, not the addon: this package is sent to them under a name
that carries a digest of its files, so that workers never mix two versions of it. What workers run
is code and arrays from here, so a scheduler belongs into a trusted network.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
CONNECT_SECONDS = 15

Arrays = Mapping[str, np.ndarray]


class ClusterError(Exception):
    """There is no answer from the cluster; the message says what to do."""


def compute(
    task: str, parts: Sequence[Arrays], address: str, connect: float = CONNECT_SECONDS
) -> list[dict[str, np.ndarray]]:
    """Run a task of :data:`~.tasks.TASKS` for each part, on any worker; answers in order.

    :param address: of the scheduler, ``tcp://host:8786``
    :param connect: seconds to wait for it
    :raises ClusterError: Dask is missing, nobody answers, or a worker fails
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            f"Dask is not installed ({error}): install the package distributed, or remove the"
            " address of the cluster from the settings"
        ) from error

    # Within a function, so that workers are told what to run: by its name they would not find it.
    def run_part(package: str, task: str, part: Arrays) -> dict[str, np.ndarray]:
        from importlib import import_module

        return import_module(f"{package}.tasks").TASKS[task](part)

    try:
        with (
            tempfile.TemporaryDirectory(prefix="smart_reorder_") as folder,
            Client(address, timeout=connect, set_as_default=False) as client,
        ):
            package = pack(Path(folder))
            client.upload_file(str(package))
            futures = [
                client.submit(run_part, package.stem, task, dict(part), pure=False)
                for part in parts
            ]
            return client.gather(futures)
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterError(f"the Dask cluster at {address}: {error}") from error


def pack(folder: Path) -> Path:
    """This package as a zip file that can be imported from."""
    files = sorted(FOLDER.glob("*.py"))
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]
    name = f"smart_reorder_engine_{digest}"
    target = folder / f"{name}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in files:
            archive.write(file, f"{name}/{file.name}")
    return target
