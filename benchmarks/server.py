"""A real web server on the database being measured, and a client that calls its JSON-2 API."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import sys
import time
from collections.abc import Iterator

from devkit import process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serve(env) -> Iterator[Client]:
    """Serve the database of an environment; the client's key is taken back at the end."""
    from odoo.tools import config

    user = env.ref("base.user_admin")
    key = user.env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "bench", None)
    env.cr.commit()
    port = free_port()
    command = [
        *(sys.executable, "-m", "odoo", "server"),
        f"--database={env.cr.dbname}",
        f"--db-filter=^{env.cr.dbname}$",
        f"--addons-path={','.join(config['addons_path'])}",
        f"--data-dir={config['data_dir']}",
        f"--http-port={port}",
        "--http-interface=127.0.0.1",
        "--max-cron-threads=0",
        "--log-level=error",
    ]
    try:
        with process.running(command):
            client = Client(port, key, env.cr.dbname)
            client.wait()
            yield client
    finally:
        env.cr.rollback()
        env["res.users.apikeys"].search([("name", "=", "bench")]).unlink()
        env.cr.commit()


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
