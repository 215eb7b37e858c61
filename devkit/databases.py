"""Databases that are made once and copied.

A database counts as made only when its comment carries the fingerprint of what it was made from:
one that a killed command left half-way, or that older code made, is dropped and made anew.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg2
from psycopg2 import sql

from . import cache, process
from .console import Failure, Step, step
from .environment import Environment

_LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
_PREFIX = "inventory-suite "
#: What the login page and the web client are made of.
BUNDLES = (
    "web.assets_frontend_minimal",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_web",
)


@contextlib.contextmanager
def connect(env: Environment, database: str = "postgres") -> Iterator:
    """An autocommit connection (psycopg2) to a database of the environment's server."""
    variables = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
    named = {variables[key]: value for key, value in env.postgres.items()}
    connection = psycopg2.connect(dbname=database, **named)
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def execute(env: Environment, statement: str | sql.Composable, *values, database="postgres"):
    """Run one statement and return its rows (None where it has none)."""
    with connect(env, database) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else None


def exists(env: Environment, name: str) -> bool:
    return bool(execute(env, "SELECT 1 FROM pg_database WHERE datname = %s", name))


def fingerprint_of(env: Environment, name: str) -> str | None:
    """What the database was made from; None when it is missing or half-made."""
    rows = execute(
        env,
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        name,
    )
    comment = rows[0][0] if rows else None
    return comment.removeprefix(_PREFIX) if (comment or "").startswith(_PREFIX) else None


def mark_complete(env: Environment, name: str, fingerprint: str) -> None:
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
    execute(env, comment.format(sql.Identifier(name), sql.Literal(_PREFIX + fingerprint)))


def drop(env: Environment, name: str) -> None:
    execute(env, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    shutil.rmtree(filestore(env, name), ignore_errors=True)


def filestore(env: Environment, name: str) -> Path:
    return env.data_dir / "filestore" / name


def copy(env: Environment, source: str, target: str) -> None:
    """Copy a database with its files; drops ``target`` first. The copy carries no marker."""
    drop(env, target)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    execute(env, statement.format(sql.Identifier(target), sql.Identifier(source)))
    if filestore(env, source).is_dir():
        # Odoo never writes into a file of the store: links save time and space
        shutil.copytree(filestore(env, source), filestore(env, target), copy_function=os.link)


@contextlib.contextmanager
def copied(env: Environment, source: str) -> Iterator[str]:
    """A copy of a database, dropped with the block, for what commits."""
    target = f"{source}_copy"
    copy(env, source, target)
    try:
        yield target
    finally:
        drop(env, target)


def ensure(
    env: Environment,
    name: str,
    modules: Sequence[str],
    *,
    fingerprint: str,
    source: str | None = None,
    demo: bool = False,
    finish: Callable[[Step], None] | None = None,
    title: str | None = None,
) -> bool:
    """Make a database with ``modules`` unless it is there, whole and of this fingerprint.

    :param source: database to start from, instead of an empty one
    :param finish: what is left to do after the installation
    :return: True when it was made now
    """
    if fingerprint_of(env, name) == fingerprint:
        return False
    with step(title or f"Making the database {name}") as current:
        if source:
            copy(env, source, name)
        else:
            cache.require_space(env.cache, 2)
            drop(env, name)
        if modules:
            install(env, name, modules, demo=demo, step=current)
        if finish:
            finish(current)
    mark_complete(env, name, fingerprint)
    return True


def install(
    env: Environment,
    name: str,
    modules: Sequence[str],
    *,
    update: bool = False,
    demo: bool = False,
    step: Step | None = None,
) -> None:
    """Install (or update) modules in a database, which is created when it does not exist."""
    options = ["--with-demo"] if demo else []
    process.run(
        env.odoo(
            "server",
            f"--database={name}",
            "--update" if update else "--init",
            ",".join(modules),
            "--stop-after-init",
            "--no-http",
            "--max-cron-threads=0",
            *options,
        ),
        step=step,
        progress=_loading,
        log=env.cache / f"{name}.log",
        env=env.process_env(),
    )


def bundle_assets(env: Environment, name: str) -> None:
    """Make the web client's bundles, which would otherwise keep the first visitor waiting."""
    script = f"""
for name in {BUNDLES!r}:
    env["ir.qweb"]._get_asset_bundle(name, css=False, js=True).js()
    env["ir.qweb"]._get_asset_bundle(name, css=True, js=False).css()
env.cr.commit()
"""
    command = env.odoo("shell", f"--database={name}", "--no-http", "--shell-interface=python")
    done = subprocess.run(
        command, input=script, env=env.process_env(), capture_output=True, text=True
    )
    if done.returncode:
        raise Failure(f"The web client's bundles cannot be made:\n{done.stderr[-2000:]}")


def _loading(line: str) -> str | None:
    found = _LOADING.search(line)
    return f"{found[1]} ({found[2]} of {found[3]})" if found else None
