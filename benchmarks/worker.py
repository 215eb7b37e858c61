"""Runs the generator or one benchmark inside Odoo; ``bin/bench`` reads the figures it prints."""

from __future__ import annotations

import argparse
import importlib
import json
import sys

from .registry import GENERATORS, find


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="a benchmark, or generate:DATASET")
    parser.add_argument("--database", required=True)
    parser.add_argument("--addons-path", required=True)
    parser.add_argument("--data-dir", required=True)
    options = parser.parse_args()

    import odoo
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        [
            f"--database={options.database}",
            f"--addons-path={options.addons_path}",
            f"--data-dir={options.data_dir}",
            "--log-level=warn",
            "--log-handler=benchmarks:INFO",
        ],
        setup_logging=True,
    )
    registry = Registry(options.database)
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        word, _separator, dataset = options.name.partition(":")
        if word == "generate":
            importlib.import_module(GENERATORS[dataset]).generate(env)
            return 0
        (benchmark,) = (found for found in find() if found.name == options.name)
        for figure in benchmark.run(env):
            values = json.loads(figure.as_json()) | {"why": figure.why}
            print("FIGURE " + json.dumps(values), flush=True)
        # a benchmark leaves the database as it found it, for the next one
        cr.rollback()
    return 0


if __name__ == "__main__":
    sys.exit(main())
