"""``bin/terms``: the templates for translators (``i18n/<addon>.pot``), from what the addons say."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import polib

from . import bootstrap, environment
from .console import Failure, say
from .environment import Environment

#: Run by Odoo's shell: writes {addon: template} into a file.
EXPORT = """
import io, json
from odoo.tools.translate import trans_export
found = {}
for name in %(addons)r:
    buffer = io.BytesIO()
    trans_export(None, [name], buffer, "po", env)
    found[name] = buffer.getvalue().decode()
with open(%(file)r, "w") as file:
    json.dump(found, file)
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/terms", description=__doc__)
    parser.add_argument("addons", nargs="*", help="addons (default: all)")
    parser.add_argument("--check", action="store_true", help="say which are old, write nothing")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments)
    from .testing import bases

    with environment.prepare("test") as env:
        unknown = set(options.addons) - set(env.addons)
        if unknown:
            raise Failure(f"There is no addon {', '.join(sorted(unknown))}.")
        bases.ensure_addons(env)
        exported = export(env, bases.ADDONS, options.addons or env.addons)
        old = [name for name, text in exported.items() if not is_current(env, name, text)]
        for name in old:
            if not options.check:
                path = get_path(env, name)
                path.parent.mkdir(exist_ok=True)
                path.write_text(exported[name])
            say(f"  {'old: ' if options.check else 'written: '}{get_path(env, name)}")
    say(f"{len(exported) - len(old)} of {len(exported)} were up to date.")
    return 1 if options.check and old else 0


def get_path(env: Environment, addon: str) -> Path:
    return env.addons_dir / addon / "i18n" / f"{addon}.pot"


def export(env: Environment, database: str, addons: Sequence[str]) -> dict[str, str]:
    """Return the templates of addons as Odoo exports them from a database that has them."""
    file = env.cache / "terms.json"
    done = subprocess.run(
        env.odoo("shell", f"--database={database}", "--no-http", "--shell-interface=python"),
        input=EXPORT % {"addons": list(addons), "file": str(file)},
        env=env.process_env(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Failure(f"The terms could not be exported:\n{done.stderr[-2000:]}")
    return json.loads(file.read_text())


def is_current(env: Environment, addon: str, exported: str) -> bool:
    """Say whether an addon's template has the terms that it should; an addon without any needs no
    template."""
    path = get_path(env, addon)
    kept = path.read_text() if path.exists() else ""
    return get_terms(kept) == get_terms(exported)


def get_terms(text: str) -> set[tuple[str | None, str]]:
    """Return the terms of a template; where they are said is left aside."""
    return {(entry.msgctxt, entry.msgid) for entry in polib.pofile(text)} if text else set()


if __name__ == "__main__":
    sys.exit(bootstrap.guard(main))
