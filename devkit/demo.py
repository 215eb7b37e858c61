"""``bin/demo``: the sample company in Odoo's web client, with one command."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import bootstrap, cache, databases, environment, process
from .console import Failure, say, step
from .environment import Environment

DATABASE = "inventory_demo"
FIRST_PORT = 8069
#: What the sample company is made of, before our addons.
ODOO_MODULES = (
    "sale_management",
    "purchase",
    "stock",
    "stock_account",
    "stock_delivery",
    "sale_stock",
    "purchase_stock",
    "product_expiry",
)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="make the sample company anew")
    parser.add_argument("--port", type=int, help="port of the web client (default: a free one)")
    parser.add_argument(
        "--prepare", action="store_true", help="make the sample company and stop, serving nothing"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments)
    port = choose_port(options.port)
    with environment.prepare("demo", durable=True) as env:
        say(f"Odoo: {env.source.origin}")
        if options.reset:
            databases.drop(env, DATABASE)
        ensure_sample_database(env)
        if options.prepare:
            return 0
        log = env.cache / "demo-server.log"
        with env.server(DATABASE, port, "--max-cron-threads=1", log=log) as server:
            with step("Starting the web client"):
                await_server(server, port, log)
            welcome(port, bootstrap.seconds_since_start(), log)
            server.wait()
            raise Failure(f"The server ended by itself; its log is {log}.")


def sample_fingerprint(env: Environment) -> tuple[str, str]:
    """What the sample company is made from, and the addons that it runs on."""
    company = [env.source.origin, *ODOO_MODULES, *env.addons, env.root / "sample_company"]
    return cache.fingerprint(company), cache.fingerprint(env.addons_dir / a for a in env.addons)


def ensure_sample_database(
    env: Environment, name: str = DATABASE, *, source: str | None = None
) -> bool:
    """Make the sample company's database unless it is there; True when it was made now.

    :param source: database with Odoo's modules to start from
    """
    log = env.cache / f"{name}-build.log"
    company, addons = sample_fingerprint(env)
    fingerprint = f"{company} {addons}"
    found = databases.fingerprint_of(env, name) or ""
    if found.startswith(f"{company} ") and found != fingerprint:
        # the same company on changed addons: what the user did in it is kept
        with step("Updating the addons in the sample company") as current:
            databases.install(env, name, env.main_addons, update=True, step=current)
        databases.mark_complete(env, name, fingerprint)
        return False

    def build(current) -> None:
        process.run(
            [
                *(env.python, "-m", "sample_company", "--database", name),
                *("--addons-path", env.addons_path, "--data-dir", env.data_dir),
            ],
            step=current,
            progress=lambda line: line.strip()[:70] if line.startswith("[") else None,
            log=log,
            env=env.process_env(),
            cwd=env.root,
            hint="Run the command again; if it fails at the same place, report it with the log.",
        )
        databases.bundle_assets(env, name)

    return databases.ensure(
        env,
        name,
        [*ODOO_MODULES, *env.main_addons],
        fingerprint=fingerprint,
        source=source,
        finish=build,
        title="Making the sample company (some minutes, once)",
    )


def choose_port(wanted: int | None) -> int:
    """The port asked for, else the first free one from Odoo's usual on."""
    if wanted is not None and not 0 < wanted < 2**16:
        raise Failure(f"{wanted} is no port.", "Name one from 1 to 65535.")
    for port in [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + 100):
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError as error:
                reason = error.strerror
    raise Failure(
        f"Port {wanted or FIRST_PORT} cannot be used: {reason}.",
        "Name another one with --port, or leave it out to get a free one.",
    )


def await_server(server, port: int, log: Path, patience: float = 120) -> None:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise Failure(f"The server does not answer:\n{tail}", f"Its whole log: {log}")


def welcome(port: int, seconds: float, log: Path) -> None:
    from sample_company.guide import what_to_look_at_first

    say()
    say(f"  Ready after {datetime.timedelta(seconds=round(seconds))}.")
    say(f"  Address   http://127.0.0.1:{port}")
    say("  Login     admin    Password  admin")
    say()
    say("  What to look at first:")
    for number, line in enumerate(what_to_look_at_first(), 1):
        say(f"  {number}. {line}")
    say()
    say(f"  Ctrl-C ends it. The server's log: {log}")


if __name__ == "__main__":
    # a polite kill ends our children as Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(bootstrap.guard(main))
