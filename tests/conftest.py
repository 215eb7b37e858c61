"""What the tests outside of the addons share: databases, servers, processes.

They need what ``bin/test`` prepares (Odoo, PostgreSQL, a browser) and are run by it.
"""

import contextlib
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def environment():
    """The `devkit.environment.Environment` that bin/test made."""
    from devkit.console import Failure
    from devkit.testing import child

    try:
        return child.environment()
    except Failure as failure:
        pytest.exit(f"{failure} {failure.hint}", returncode=2)


@pytest.fixture(scope="session")
def artefacts():
    """Folder that keeps logs and screenshots."""
    folder = Path(os.environ.get("ARTEFACTS") or ROOT / "artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def new_database(environment, request):
    """Function that copies a database under a name of its own, for as long as the module runs."""
    from devkit import databases
    from devkit.testing import bases

    with contextlib.ExitStack() as stack:

        def copy(source: str, name: str) -> str:
            target = f"{bases.PREFIX}run_{name}"
            stack.callback(databases.drop, environment, target)
            databases.copy(environment, source, target)
            return target

        yield copy


@pytest.fixture(scope="module")
def odoo_server(environment, artefacts, new_database):
    """Function that serves a database and gives the address; its log may hold no error.

    Asks for `new_database` so that servers end before their databases are dropped.
    """
    from devkit import demo
    from devkit.testing import server_log

    with contextlib.ExitStack() as stack:
        logs = []

        def serve(database: str, *options: str) -> str:
            port = free_port()
            log = artefacts / f"server-{database}.log"
            logs.append(log)
            server = stack.enter_context(environment.server(database, port, *options, log=log))
            demo.await_server(server, port, log)
            return f"http://127.0.0.1:{port}"

        yield serve
        stack.close()
        problems = [text for log in logs for text in server_log.problems(log)]
        assert not problems, "the server logged:\n" + "\n\n".join(problems)


def free_port() -> int:
    """A port of the loopback interface that nobody uses at the moment."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
