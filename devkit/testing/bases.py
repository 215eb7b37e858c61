"""The databases that tests run on: made once, then copied.

- ``base``: Odoo's modules that the addons build on, without demo data
- ``addons``: the same with all our addons, installed freshly
- ``work``: for parts (``bin/test addons/…``): kept, and only the changed addons are updated in it
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .. import cache, databases, demo
from ..console import step
from ..environment import Environment

#: Also on a server that the user names: nobody else's database has this prefix.
PREFIX = "inventory_test_"
STOCK = PREFIX + "only_stock"
ACCOUNT = PREFIX + "only_stock_account"
#: What many databases hold is installed once: each of these starts from the one before.
STONES = {STOCK: "stock", ACCOUNT: "stock_account"}
BASE = PREFIX + "base"
ADDONS = PREFIX + "addons"
WORK = PREFIX + "work"
#: Parts of an addon that no database depends on.
NOT_INSTALLED = ("tests", "readme", "static")


def ensure_base(env: Environment) -> None:
    ensure_modules(env, BASE, base_modules(env))


def base_modules(env: Environment) -> list[str]:
    """What the sample company needs, and everything that one of our addons names."""
    named = set().union(*(odoo_dependencies(env, addon) for addon in env.addons))
    return [*demo.ODOO_MODULES, *sorted(named - set(demo.ODOO_MODULES))]


def ensure_modules(
    env: Environment, name: str, modules: Sequence[str], *, with_demo: bool = False
) -> None:
    """A database with these modules of Odoo's, made from the last stepping stone on its way."""
    source = None
    if not with_demo:
        needed = with_dependencies(env, modules)
        before = itertools.takewhile(lambda stone: stone != name, STONES)
        source = next((stone for stone in reversed([*before]) if STONES[stone] in needed), None)
    if source:
        ensure_modules(env, source, [STONES[source]])
    databases.ensure(
        env,
        name,
        modules,
        fingerprint=cache.fingerprint([env.source.origin, *modules]),
        source=source,
        demo=with_demo,
        title=f"Making the database {name} (once)",
    )


def with_dependencies(env: Environment, modules: Iterable[str]) -> set[str]:
    """The modules of Odoo's with all that they depend on."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        manifest = env.source.addons / name / "__manifest__.py"
        # `base` lies elsewhere, and depends on nothing
        if name not in found and manifest.is_file():
            waiting += ast.literal_eval(manifest.read_text()).get("depends", [])
        found.add(name)
    return found


def ensure_addons(env: Environment) -> None:
    ensure_base(env)
    databases.ensure(
        env,
        ADDONS,
        env.addons,
        fingerprint=_addons_fingerprint(env),
        source=BASE,
        # in each copy, the first page of the first browser test would wait for them
        finish=lambda _step: databases.bundle_assets(env, ADDONS),
        title="Making the database with all addons",
    )


def ensure_work(env: Environment) -> None:
    """Bring the warm database up to date, with as little as has changed."""
    wanted = _addons_fingerprint(env)
    found = databases.fingerprint_of(env, WORK) or ""
    before, now = found.split(), wanted.split()
    if found == wanted:
        return
    if before[:1] != now[:1] or {p.split("=")[0] for p in before} - {p.split("=")[0] for p in now}:
        # nothing yet, another Odoo, or an addon was removed
        ensure_addons(env)
        with step("Copying the database with all addons"):
            databases.copy(env, ADDONS, WORK)
    else:
        changed = [part.split("=")[0] for part in now if part not in before]
        known = [part.split("=")[0] for part in before]
        update = [name for name in changed if name in known]
        new = [name for name in changed if name not in known]
        with step(f"Updating {', '.join(changed)}") as current:
            # what is new may need what has changed below it
            if update:
                databases.install(env, WORK, update, update=True, step=current)
            if new:
                databases.install(env, WORK, new, step=current)
    databases.mark_complete(env, WORK, wanted)


def ensure_minimal(env: Environment, addon: str) -> str:
    """A database with nothing but what the addon (and ours below it) depends on."""
    modules = sorted(odoo_dependencies(env, addon))
    name = PREFIX + "only_" + "_".join(modules)
    ensure_modules(env, name, modules)
    return name


def our_dependencies(env: Environment, addon: str) -> list[str]:
    """The addon after those of ours that it depends on."""
    ours = [name for name in env.manifest(addon)["depends"] if name in env.addons]
    ordered = [found for name in ours for found in our_dependencies(env, name)]
    return [*dict.fromkeys(ordered), addon]


def odoo_dependencies(env: Environment, addon: str) -> set[str]:
    """Odoo's modules that the addon, or one of ours that it depends on, names."""
    return {
        name
        for ours in our_dependencies(env, addon)
        for name in env.manifest(ours)["depends"]
        if name not in env.addons
    }


def _addons_fingerprint(env: Environment) -> str:
    """Odoo's part, then one for each addon: tells which of them changed."""
    base = cache.fingerprint([env.source.origin, *base_modules(env)])
    parts = [f"{name}={_addon_fingerprint(env.addons_dir / name)}" for name in env.addons]
    return " ".join([base, *parts])


def _addon_fingerprint(addon: Path) -> str:
    return cache.fingerprint(
        part for file in _installed_files(addon) for part in (str(file.relative_to(addon)), file)
    )


def _installed_files(addon: Path) -> Iterator[Path]:
    for file in sorted(addon.rglob("*")):
        relative = file.relative_to(addon)
        if relative.parts[0] in NOT_INSTALLED or "__pycache__" in relative.parts:
            continue
        if file.is_file():
            yield file


def drop_runs(env: Environment, prefixes: Iterable[str] = (PREFIX + "run_",)) -> None:
    """Drop the copies that a killed run left behind."""
    for (name,) in databases.execute(env, "SELECT datname FROM pg_database"):
        if name.startswith(tuple(prefixes)):
            databases.drop(env, name)
