"""The cache folder: things made once, whole or not at all.

What is made here is made beside its place and renamed, or marked when finished: a killed
download or a half-made folder is never taken for a good one.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from .console import Failure

ROOT = Path(__file__).resolve().parent.parent
MARKER = ".complete"
#: What a first run puts on the disk: Odoo, the Python environment, databases.
NEEDED_GIB = 5
#: With less than this free, what fails fails for want of room.
FULL_MIB = 64
NO_SPACE = os.strerror(errno.ENOSPC)


def folder() -> Path:
    """The cache: ``$INVENTORY_CACHE``, else ``.cache`` in the project."""
    path = Path(os.environ.get("INVENTORY_CACHE") or ROOT / ".cache").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"The cache folder {path} cannot be made: {error.strerror}.",
            "Name a folder that you may write to with INVENTORY_CACHE=/some/folder.",
        ) from error
    return path


def require_space(path: Path, gib: float = NEEDED_GIB) -> None:
    free = shutil.disk_usage(path).free / 2**30
    if free < gib:
        raise Failure(
            f"Only {free:.1f} GiB are free at {path}; the set-up needs {gib:g} GiB.",
            "Free some space, or name another folder with INVENTORY_CACHE=/some/folder.",
        )


def is_full() -> bool:
    """PostgreSQL ends its server rather than say why, when its log of changes has no room."""
    return shutil.disk_usage(folder()).free < FULL_MIB * 2**20


def disk_full(detail: object) -> Failure:
    return Failure(
        f"The disk is full: {detail}",
        "Free some space and run the command again: what was half made is made anew.",
    )


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what a full disk breaks, here or in the database server, into a clear message."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        if NO_SPACE not in str(error) and not is_full():
            raise
        raise disk_full(getattr(error, "filename", None) or str(error).strip()) from error


def fingerprint(parts: Iterable[str | bytes | Path]) -> str:
    """Hash of texts and of the files named (a folder counts with all its files)."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            files = [part] if part.is_file() else sorted(_source_files(part))
            for file in files:
                digest.update(str(file.relative_to(part)).encode() + b"\0")
                digest.update(file.read_bytes() + b"\0")
        else:
            digest.update((part.encode() if isinstance(part, str) else part) + b"\0")
    return digest.hexdigest()[:16]


def _source_files(path: Path) -> Iterator[Path]:
    for file in path.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
            yield file


def is_complete(path: Path, key: str) -> bool:
    marker = path / MARKER
    return marker.is_file() and marker.read_text() == key


def mark_complete(path: Path, key: str) -> None:
    marker = path / MARKER
    temporary = marker.with_suffix(".new")
    temporary.write_text(key)
    temporary.replace(marker)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def building(path: Path, key: str) -> Iterator[Path]:
    """A fresh folder beside ``path`` that takes its place when the block succeeds."""
    draft = path.with_name(path.name + ".part")
    remove(draft)
    draft.mkdir(parents=True)
    yield draft
    mark_complete(draft, key)
    remove(path)
    draft.rename(path)


@contextlib.contextmanager
def lock(name: str, busy: str) -> Iterator[None]:
    """Hold the cache's lock ``name`` or fail with the message ``busy`` and the holder's pid."""
    path = folder() / f"{name}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode().strip() or "unknown"
            raise Failure(
                f"{busy} (process {holder}).",
                "Wait for it or end it; or use a cache of your own: INVENTORY_CACHE=/some/folder.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
