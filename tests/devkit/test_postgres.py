"""The private cluster, and servers that refuse."""

import signal

import psycopg2
import pytest

from devkit import databases, environment, postgres
from devkit.console import Failure
from devkit.testing import child

from .test_processes import wait_gone

SERVE = """
import time
from devkit import bootstrap, databases, environment, postgres
def main():
    with postgres.server("kill", durable=False) as variables:
        print("ready", flush=True)
        time.sleep(600)
bootstrap.guard(main)
"""


def message(monkeypatch, **variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Failure) as caught, postgres.server("refused", durable=False):
        pass
    return f"{caught.value} {caught.value.hint}"


@pytest.mark.usefixtures("scratch", "no_named_server")
def test_server_that_refuses_is_told_with_its_address(monkeypatch):
    said = message(monkeypatch, PGHOST="127.0.0.1", PGPORT="1", PGPASSWORD="secret")
    assert "PostgreSQL refuses the connection" in said
    assert "PGHOST=127.0.0.1" in said
    assert "unset them" in said
    assert "secret" not in said


@pytest.mark.usefixtures("no_named_server")
class TestPrivateCluster:
    """Made in a cache of its own; survives what kills the command."""

    def test_killed_command_leaves_no_server_and_the_next_one_starts(self, scratch, command):
        first = command("-c", SERVE, INVENTORY_CACHE=scratch)
        first.read_until("ready")
        servers = first.descendants()
        assert servers
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(20)
        assert not wait_gone(servers)

        second = command("-c", SERVE, INVENTORY_CACHE=scratch)
        second.read_until("ready")
        servers = second.descendants()
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(30) == 0
        assert not wait_gone(servers)

    def test_role_that_odoo_refuses_is_told(self, scratch, monkeypatch):
        with postgres.server("roles", durable=False) as variables:
            with psycopg2.connect(dbname="postgres", **postgres._libpq(variables)) as connection:
                connection.cursor().execute(
                    "CREATE ROLE postgres LOGIN SUPERUSER; CREATE ROLE powerless LOGIN"
                )
            connection.close()
            named = variables | {"PGUSER": "postgres"}
            assert "Odoo refuses" in message(monkeypatch, **named)
            named["PGUSER"] = "powerless"
            assert "may not create databases" in message(monkeypatch, **named)

    def test_a_cluster_that_was_not_finished_is_made_anew(self, scratch):
        with postgres.server("half", durable=False):
            pass
        home = postgres._home("postgres-half")
        (home / ".complete").unlink()
        (home / "data" / "PG_VERSION").unlink()
        with postgres.server("half", durable=False) as variables:
            assert variables["PGUSER"] == postgres.ROLE


@pytest.fixture
def env():
    return child.environment()


def test_half_made_database_is_made_anew(env):
    """A database without the mark of being whole is not used."""
    name = "inventory_test_run_half"
    made = []
    try:
        databases.execute(env, f'CREATE DATABASE "{name}"')
        assert databases.fingerprint_of(env, name) is None

        def finish(_step):
            made.append(1)

        again = {"fingerprint": "f", "finish": finish}
        # template1 is an empty database to copy
        assert databases.ensure(env, name, [], source="template1", **again)
        assert not databases.ensure(env, name, [], source="template1", **again)
        assert len(made) == 1
        assert databases.ensure(env, name, [], source="template1", fingerprint="g", finish=finish)
        assert len(made) == 2
    finally:
        databases.drop(env, name)


def test_database_whose_making_failed_is_not_taken_for_whole(env):
    name = "inventory_test_run_failed"

    def fail(_step):
        raise Failure("broke off")

    try:
        with pytest.raises(Failure, match="broke off"):
            databases.ensure(env, name, [], fingerprint="f", source="template1", finish=fail)
        assert databases.exists(env, name)
        assert databases.fingerprint_of(env, name) is None
    finally:
        databases.drop(env, name)


def test_copy_brings_the_files_along(env):
    source, target = "inventory_test_run_source", "inventory_test_run_target"
    folder = databases.filestore(env, source) / "ab"
    folder.mkdir(parents=True)
    (folder / "ab12").write_text("content")
    try:
        databases.execute(env, f'CREATE DATABASE "{source}"')
        databases.copy(env, source, target)
        copied = databases.filestore(env, target) / "ab" / "ab12"
        assert copied.read_text() == "content"
        databases.drop(env, target)
        assert not databases.exists(env, target)
        assert not copied.exists()
        assert (folder / "ab12").exists()
    finally:
        databases.drop(env, source)
        databases.drop(env, target)


def test_environment_tells_children_where_everything_is(env):
    variables = child.process_env(env)
    assert variables[child.DATA_DIR] == str(env.data_dir)
    assert isinstance(env, environment.Environment)
