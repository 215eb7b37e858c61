"""Build the sample company in a database: ``python -m sample_company --database NAME …``.

The database has Odoo's modules and the addons installed, and no demo data.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path

#: More of them in a night than this are not due to a slow machine.
MOST_JOBS = 100
#: The nightly jobs that a morning's screens show the work of.
CRONS = ("smart_reorder.ir_cron_smart_reorder", "inventory_visibility.ir_cron_stock_exception")


def parse(arguments: list[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    """Our options; the others are Odoo's (as ``--db_host``)."""
    parser = argparse.ArgumentParser(prog="python -m sample_company", description=__doc__)
    parser.add_argument("-d", "--database", required=True, help="database to build it in")
    parser.add_argument("-c", "--config", help="Odoo's configuration file")
    parser.add_argument("--addons-path", help="folders with addons, separated by commas")
    parser.add_argument("--data-dir", help="Odoo's data folder")
    return parser.parse_known_args(arguments)


def odoo_arguments(options: argparse.Namespace, others: list[str]) -> list[str]:
    result = [f"--database={options.database}", "--no-http", "--max-cron-threads=0", *others]
    if options.config:
        result.append(f"--config={options.config}")
    if options.addons_path:
        result.append(f"--addons-path={options.addons_path}")
    if options.data_dir:
        result.append(f"--data-dir={options.data_dir}")
    return result


def say(line: str) -> None:
    print(line, flush=True)


def main(arguments: list[str] | None = None) -> int:
    options, others = parse(arguments)
    started = time.monotonic()

    import odoo.tools
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    odoo.tools.config.parse_config(odoo_arguments(options, others), setup_logging=True)
    logging.getLogger("odoo").setLevel(logging.WARNING)

    from .build import build, mark_built

    registry = Registry(options.database)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        try:
            work = build(env, report=say, commit=cr.commit)
        except RuntimeError as error:
            print(f"The sample company cannot be built: {error}", file=sys.stderr)
            return 1
        run_scheduled_actions(work.env)
        cr.commit()
        say(f"[scheduled actions] {time.monotonic() - started:.1f} s")
        mark_built(work.env, fingerprint(work.today))
        cr.commit()
    say(f"[done] {time.monotonic() - started:.1f} s")
    return 0


def run_scheduled_actions(env) -> None:
    """The nightly jobs once, so that the first look shows what a morning shows."""
    for name in CRONS:
        action = env.ref(name)
        last = [("cron_id", "=", action.id)]
        # a job whose time is used up leaves the rest to another one
        for _job in range(MOST_JOBS):
            env.flush_all()
            env.cr.commit()
            action.method_direct_trigger()
            # it has a cursor of its own: only a new transaction sees what it did
            env.cr.commit()
            if not env["ir.cron.progress"].search(last, order="id desc", limit=1).remaining:
                break
    # the buyer is told about the orders that it made, but there is nobody to get the mail
    env["mail.mail"].search([("state", "=", "outgoing")]).unlink()


def fingerprint(today) -> str:
    """What the marker says: from what, and for which day it was built."""
    folder = Path(__file__).resolve().parent
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.suffix in (".py", ".gz"))
    return f"{today.isoformat()} {size}"


if __name__ == "__main__":
    sys.exit(main())
