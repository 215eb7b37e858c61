"""A real web server on the database being measured, and a client that calls its JSON-2 API."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from devkit import process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serve(env) -> Iterator[Client]:
    """Serve the database of an environment; the client's key is taken back at the end."""
    user = env.ref("base.user_admin")
    key = user.env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "bench", None)
    env.cr.commit()
    port = free_port()
    try:
        with start(env, port):
            client = Client(port, key, env.cr.dbname)
            client.wait()
            yield client
    finally:
        env.cr.rollback()
        env["res.users.apikeys"].search([("name", "=", "bench")]).unlink()
        env.cr.commit()


@contextlib.contextmanager
def start(env, port: int, *options: str) -> Iterator[subprocess.Popen]:
    """Odoo's server on the database of an environment, ended with the block.

    :param options: of the command line, after those that keep it from working by itself
    """
    from odoo.tools import config

    command = [
        "server",
        f"--database={env.cr.dbname}",
        f"--db-filter=^{env.cr.dbname}$",
        f"--addons-path={','.join(config['addons_path'])}",
        f"--data-dir={config['data_dir']}",
        f"--http-port={port}",
        "--http-interface=127.0.0.1",
        "--max-cron-threads=0",
        "--log-level=error",
        *options,
    ]
    with tempfile.TemporaryDirectory() as folder:
        # a file: with workers, Odoo starts itself once more by the name of what was started
        main = Path(folder) / "odoo_server.py"
        main.write_text("from odoo.cli.command import main\n\nmain()\n")
        with process.running([sys.executable, main, *command]) as running:
            yield running


class Client:
    def __init__(self, port: int, key: str, database: str) -> None:
        self.port = port
        self.headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": database,
        }
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def wait(self, patience: float = 120) -> None:
        until = time.monotonic() + patience
        while True:
            try:
                self.call("res.users", "context_get")
                return
            except (OSError, http.client.HTTPException):
                self.connection.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def call(self, model: str, method: str, **arguments):
        """Call a method and return its result.

        :raise RuntimeError: the server answered with an error
        """
        return json.loads(self.ask(model, method, **arguments))

    def ask(self, model: str, method: str, **arguments) -> bytes:
        """Call a method and return the answer as it came, which is what a server is timed by.

        :raise RuntimeError: the server answered with an error
        """
        body = json.dumps(arguments)
        self.connection.request("POST", f"/json/2/{model}/{method}", body, self.headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {content[:500].decode(errors='replace')}")
        return content
