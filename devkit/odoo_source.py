"""Finds an Odoo 19: the user's own, else Debian's package unpacked into the cache.

The package is not installed: it is ``Architecture: all``, needs files of a few others (fonts,
jQuery, Underscore) at the places that its relative links expect, and would bring Debian's Python
libraries. All are unpacked into one root in the cache; the libraries come from our own pins.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import cache, process
from .console import Failure, step

SERIES = (19, 0)
WAYS = """Ways to provide Odoo 19:
  - ODOO_HOME=/path/to/odoo: a checkout of Odoo's branch 19.0, or an unpacked package
  - an environment whose Python can import odoo 19
  - a Debian machine, whose package archive has odoo-19 in its unstable suite
  - Docker: see "Docker" in README.md"""

#: Package and suite: where Odoo's links expect files of other packages.
PACKAGES = (
    ("odoo-19", "sid"),
    ("fonts-montserrat", "sid"),
    ("fonts-roboto-unhinted", "sid"),
    ("fonts-ocr-b", "sid"),
    ("fonts-inconsolata", "sid"),
    ("libjs-jquery", "sid"),
    ("libjs-jquery-form", "sid"),
    ("libjs-underscore", "sid"),
    # Odoo links to the file names of Font Awesome 4, which the unstable package lost
    ("fonts-font-awesome", "bookworm"),
)
#: Left out of Debian's package, yet part of a bundle: its absence is a console error on every page.
MISSING_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DIST_PACKAGES = "usr/lib/python3/dist-packages"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo to run: ``pythonpath`` makes ``python -m odoo`` work."""

    pythonpath: Path
    addons_paths: tuple[Path, ...]
    origin: str

    def hand_over(self) -> str:
        return json.dumps(
            {
                "pythonpath": str(self.pythonpath),
                "addons_paths": [str(path) for path in self.addons_paths],
                "origin": self.origin,
            }
        )

    @property
    def addons(self) -> Path:
        """The folder that holds Odoo's own ``stock``."""
        candidates = [*self.addons_paths, self.pythonpath / "odoo" / "addons"]
        return next(path for path in candidates if (path / "stock").is_dir())


#: Carries what the launcher found into the virtual environment.
HANDED_OVER = "DEVKIT_ODOO_SOURCE"


def find() -> OdooSource:
    """The Odoo to use.

    :raise Failure: when there is none, naming the ways to provide one
    """
    if handed_over := os.environ.get(HANDED_OVER):
        found = json.loads(handed_over)
        paths = tuple(Path(path) for path in found["addons_paths"])
        return OdooSource(Path(found["pythonpath"]), paths, found["origin"])
    home = os.environ.get("ODOO_HOME")
    if home:
        return _from_folder(Path(home).expanduser().resolve())
    return _importable() or _from_debian()


def _read_version(package: Path) -> tuple[int, int] | None:
    release = package / "release.py"
    if not release.is_file():
        return None
    found = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", release.read_text(), re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else None


def _from_folder(home: Path) -> OdooSource:
    """``ODOO_HOME``: a source checkout, a ``dist-packages`` folder, or an unpacked package."""
    for pythonpath in (home, home / DIST_PACKAGES, home / "lib" / "python3" / "dist-packages"):
        version = _read_version(pythonpath / "odoo")
        if version is None:
            continue
        if version != SERIES:
            raise Failure(
                f"ODOO_HOME={home} holds Odoo {version[0]}.{version[1]}; these addons need 19.0.",
                WAYS,
            )
        origin = f"ODOO_HOME={home}"
        if (pythonpath / "addons" / "stock" / "views").is_dir():
            return OdooSource(pythonpath, (pythonpath / "addons",), origin)
        if (pythonpath / "odoo" / "addons" / "stock").is_dir():
            return OdooSource(_view(pythonpath / "odoo"), (), origin)
        raise Failure(f"ODOO_HOME={home} has no addon 'stock': it is incomplete.", WAYS)
    raise Failure(f"ODOO_HOME={home} holds no Odoo (no odoo/release.py below it).", WAYS)


def _importable() -> OdooSource | None:
    """An Odoo 19 that the interpreter which started us can import."""
    answer = subprocess.run(
        [sys.executable, "-c", "import odoo.release as r; print(r.__file__)"],
        capture_output=True,
        text=True,
        cwd="/",
    )
    if answer.returncode:
        return None
    package = Path(answer.stdout.strip()).parent
    if _read_version(package) != SERIES or not (package / "addons" / "stock").is_dir():
        return None
    return OdooSource(_view(package), (), f"the interpreter's own ({package})")


def _view(package: Path) -> Path:
    """A folder with a link to the package alone.

    The folder around an installed package would bring the system's libraries before our pins.
    """
    view = cache.folder() / "odoo-view"
    view.mkdir(exist_ok=True)
    link = view / "odoo"
    if not link.is_symlink() or link.resolve() != package:
        link.unlink(missing_ok=True)
        link.symlink_to(package)
    return view


def _from_debian() -> OdooSource:
    target = cache.folder() / "odoo-debian"
    key = cache.fingerprint([repr(PACKAGES), MISSING_ASSET, "1"])
    if not cache.is_complete(target, key):
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise Failure("There is no Odoo 19 here, and no apt to fetch one with.", WAYS)
        cache.require_space(cache.folder())
        with cache.building(target, key) as draft:
            _unpack(_download(cache.folder() / "apt"), draft)
    return OdooSource(target / DIST_PACKAGES, (), "Debian's package odoo-19")


def _archives() -> list[str]:
    """Addresses of the Debian archive, as this machine's own apt names them."""
    fields = "$(REPO_URI)|$(CODENAME)|$(SUITE)|$(COMPONENT)"
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"],
        capture_output=True,
        text=True,
    ).stdout
    addresses = []
    for line in listing.splitlines():
        uri, *names, component = line.split("|")
        plain = any(re.fullmatch(r"[a-z]+", name) for name in names)
        if component == "main" and plain and uri not in addresses:
            addresses.append(uri)
    # mirrors of the distribution itself first: third parties rarely have a component "main" either
    return sorted(addresses, key=lambda uri: "debian" not in uri.rstrip("/").rsplit("/", 1)[-1])


def _download(folder: Path) -> list[Path]:
    """Fetch the packages with apt, checked by its signatures, without touching its state."""
    addresses = _archives()
    if not addresses:
        raise Failure("apt names no archive of Debian on this machine.", WAYS)
    last: Failure | None = None
    for address in addresses:
        try:
            return _download_from(address, folder)
        except Failure as failure:
            last = failure
    raise Failure(
        f"Debian's package odoo-19 could not be fetched: {last}",
        f"Check that apt works (apt-get update), then run the command again.\n{WAYS}",
    )


def _download_from(address: str, folder: Path) -> list[Path]:
    for name in ("lists/partial", "cache/archives/partial", "debs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={KEYRING}] " if KEYRING.is_file() else ""
    suites = dict.fromkeys(suite for _package, suite in PACKAGES)
    (folder / "sources.list").write_text(
        "".join(f"deb {signed}{address} {suite} main\n" for suite in suites)
    )
    (folder / "apt.conf").write_text(
        f'Dir::State::Lists "{folder}/lists";\n'
        f'Dir::Cache "{folder}/cache";\n'
        f'Dir::Etc::SourceList "{folder}/sources.list";\n'
        'Dir::Etc::SourceParts "-";\n'
        'APT::Sandbox::User "";\n'
        'APT::Architecture::Translations "none";\n'
        'Acquire::Languages "none";\n'
    )
    environment = os.environ | {"APT_CONFIG": str(folder / "apt.conf"), "LC_ALL": "C.UTF-8"}
    with step("Reading Debian's package lists") as current:
        process.run(
            ["apt-get", "-q", "update", "--error-on=any"],
            step=current,
            progress=lambda line: line.strip()[:60],
            env=environment,
        )
    debs = folder / "debs"
    with step("Downloading Odoo 19 and the fonts and scripts it links to (130 MB)") as current:
        process.run(
            ["apt-get", "-q", "download", *(f"{name}/{suite}" for name, suite in PACKAGES)],
            step=current,
            progress=lambda line: line.strip()[:60],
            env=environment,
            cwd=debs,
        )
    return [
        max(debs.glob(f"{name}_*.deb"), key=lambda f: f.stat().st_mtime) for name, _ in PACKAGES
    ]


def _unpack(debs: list[Path], target: Path) -> None:
    with step("Unpacking Odoo 19") as current:
        for deb in debs:
            current.detail = deb.name
            process.run(["dpkg-deb", "-x", deb, target])
        shutil.rmtree(target / DIST_PACKAGES / "addons", ignore_errors=True)
        asset = target / DIST_PACKAGES / "odoo" / "addons" / MISSING_ASSET
        if not asset.exists():
            asset.parent.mkdir(parents=True, exist_ok=True)
            asset.write_text("/* Left out of Debian's package. */\n")
        if _read_version(target / DIST_PACKAGES / "odoo") != SERIES:
            raise Failure("Debian's package odoo-19 does not hold Odoo 19.0.", WAYS)
    # not kept: the unpacked tree is the cache
    for deb in debs:
        deb.unlink()
