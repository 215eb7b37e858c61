"""Everything that a command needs to run Odoo with our addons."""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import cache, chromium, odoo_source, postgres, process
from .odoo_source import OdooSource


@dataclass(frozen=True)
class Environment:
    """An Odoo, a running database server, and where things are kept."""

    cache: Path
    source: OdooSource
    postgres: dict[str, str]
    data_dir: Path
    chromium: Path | None = None
    root: Path = cache.ROOT

    @property
    def python(self) -> Path:
        return Path(sys.executable)

    @property
    def addons_dir(self) -> Path:
        return self.root / "addons"

    @property
    def addons(self) -> list[str]:
        """Names of our addons."""
        return sorted(path.parent.name for path in self.addons_dir.glob("*/__manifest__.py"))

    @property
    def main_addons(self) -> list[str]:
        """Those that a person installs; the others come with what they glue together."""
        return [name for name in self.addons if not self.manifest(name).get("auto_install")]

    def manifest(self, addon: str) -> dict:
        return ast.literal_eval((self.addons_dir / addon / "__manifest__.py").read_text())

    @property
    def addons_path(self) -> str:
        """Value of ``--addons-path``: ours and, for a checkout, Odoo's own."""
        return ",".join(str(path) for path in (self.addons_dir, *self.source.addons_paths))

    def process_env(self) -> dict[str, str]:
        """Environment of a child process that imports odoo."""
        environment = os.environ | self.postgres
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(self.source.pythonpath), str(self.root)]),
            "PYTHONUNBUFFERED": "1",
            "LC_ALL": "C.UTF-8",
            # Odoo would read ~/.odoorc
            "ODOO_RC": os.devnull,
        }
        if self.chromium:
            folders = [str(self.chromium.parent), environment.get("PATH", "")]
            environment["PATH"] = os.pathsep.join(folders)
        return environment

    def odoo(self, command: str, *arguments: str | Path) -> list[str]:
        """Command line of one of Odoo's subcommands with our addons."""
        return [
            *(str(self.python), "-m", "odoo", command),
            f"--addons-path={self.addons_path}",
            f"--data-dir={self.data_dir}",
            *(str(argument) for argument in arguments),
        ]

    @contextlib.contextmanager
    def server(self, database: str, port: int, *options: str, log: Path) -> Iterator:
        """Odoo's web server on the loopback interface, ended with the block."""
        with log.open("w") as sink:
            command = self.odoo(
                "server",
                f"--database={database}",
                f"--db-filter=^{database}$",
                "--no-database-list",
                "--http-interface=127.0.0.1",
                f"--http-port={port}",
                *options,
            )
            with process.running(
                command,
                env=self.process_env(),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd=self.root,
            ) as running:
                yield running


@contextlib.contextmanager
def prepare(
    purpose: str = "test", *, browser: bool = False, durable: bool = False
) -> Iterator[Environment]:
    """Find or make all that is needed and run it as long as the block.

    :param purpose: keeps databases and files of the kinds of commands apart
    :raise Failure: with what to do, when something cannot be had
    """
    folder = cache.folder()
    source = odoo_source.find()
    path = chromium.find() if browser else None
    data_dir = folder / f"data-{purpose}"
    data_dir.mkdir(exist_ok=True)
    with postgres.server(purpose, durable=durable) as variables:
        yield Environment(folder, source, variables, data_dir, path)
