"""Which stage runs which tests: the whole project's, or the part that the user names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..console import Failure

#: Where a stage's tests live; the first folder that contains a path decides its stage.
FOLDERS = {
    "unit": ("tests/unit", "tests/packaging"),
    "javascript": ("tests/javascript",),
    "processes": ("tests/processes",),
    "install": ("tests/install",),
    "sample": ("tests/sample", "tests/main_job"),
    "devkit": ("tests/devkit",),
    "addons": ("addons",),
}


def by_stage(root: Path, paths: Iterable[str]) -> dict[str, list[str]]:
    """Divide paths (also ``path::Class::test``) among the stages that run them.

    A folder that contains those of several stages, like ``tests``, goes to all of them. An addon
    brings its unit tests along.

    :raise Failure: when a path does not exist or holds no tests
    """
    selected: dict[str, list[str]] = {}
    for given in paths:
        name, *test = given.split("::")
        path = (root / name).resolve()
        if not path.exists() or not path.is_relative_to(root):
            raise Failure(f"{name} does not exist in {root}.", "Name a folder or file with tests.")
        relative = path.relative_to(root)
        found = {
            stage: folders
            for stage, folders in (
                (stage, _within(root, relative, folders)) for stage, folders in FOLDERS.items()
            )
            if folders
        }
        if not found:
            raise Failure(
                f"{name} holds no tests.",
                "Tests are in addons/ and " + ", ".join(f for fs in FOLDERS.values() for f in fs),
            )
        for stage, folders in found.items():
            selected.setdefault(stage, []).extend("::".join([path, *test]) for path in folders)
    return selected


def _within(root: Path, path: Path, folders: Iterable[str]) -> list[str]:
    """What a stage with these folders runs of ``path``."""
    found = []
    for name in folders:
        folder = Path(name)
        if path.is_relative_to(folder):
            found.append(str(path))
        elif folder.is_relative_to(path) and (root / folder).exists():
            found.append(str(folder))
    if len(path.parts) == 2 and path.parts[0] == "addons" and "tests/unit" in folders:
        units = Path("tests/unit") / path.name
        found += [str(units)] if (root / units).exists() else []
    return found
