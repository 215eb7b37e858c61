"""A worker is killed while a webhook hangs: nobody waits for it, and the event is sent again.

The worker is a process of its own, killed by SIGKILL while the receiver keeps it waiting; what
PostgreSQL says about its connection meanwhile shows that no transaction and no lock is held.
"""

import contextlib
import json
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from devkit.testing.actors import wait_for

pytestmark = pytest.mark.slow

PREPARE = """
env["ir.cron"].search([]).active = False
env["ir.config_parameter"].set_param(
    "inventory_visibility.webhook_allowed_networks", "127.0.0.0/8")
webhook = env["stock.webhook"].create({{
    "name": "Receiver", "url": "{url}", "company_id": env.company.id,
    "event_type_ids": env["stock.webhook.event.type"].search([]).ids,
}})
product = env["product.product"].create({{"name": "Hooked", "is_storable": True}})
for number in (1, 2):
    webhook._emit("exception.opened", product.id, {{"number": number}}, env.company)
env.cr.commit()
"""

DELIVER = """
env.cr.execute("SET application_name = 'webhook-worker'")
env.cr.commit()
env["stock.webhook.event"]._cron_deliver()
env.cr.commit()
"""


class Receiver(ThreadingHTTPServer):
    """Takes deliveries; while `hanging` is set it does not answer them."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.hanging = threading.Event()
        self.received = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.headers["webhook-id"], json.loads(body)))
        while self.server.hanging.is_set():
            time.sleep(0.05)
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, format, *args):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.hanging.clear()
    server.shutdown()
    server.server_close()


def test_killed_worker(stage, receiver):
    stage.act(PREPARE.format(url=f"http://127.0.0.1:{receiver.server_port}/"))

    receiver.hanging.set()
    with stage.actor(DELIVER) as (running, log):
        wait_for(lambda: receiver.received, running, log)
        # the receiver has the event, and the worker waits for its answer: with an idle connection
        [(state, locks)] = stage.query(
            "SELECT state, (SELECT COUNT(*) FROM pg_locks WHERE pid = activity.pid)"
            "  FROM pg_stat_activity activity WHERE application_name = 'webhook-worker'"
        )
        assert (state, locks) == ("idle", 0)
        running.send_signal(signal.SIGKILL)
        running.wait(timeout=30)
    receiver.hanging.clear()
    claimed = (
        "SELECT state, attempt_count, lease_until IS NULL FROM stock_webhook_event ORDER BY id"
    )
    assert stage.query(claimed) == [("pending", 1, False), ("pending", 0, True)]

    # until the lease is over nobody else sends it, nor what comes after it
    stage.act(DELIVER)
    assert len(receiver.received) == 1
    stage.query(
        "UPDATE stock_webhook_event SET lease_until = lease_until - interval '5 minutes'"
        " WHERE lease_until IS NOT NULL RETURNING id"
    )
    stage.act(DELIVER)
    assert stage.query(claimed) == [("delivered", 2, True), ("delivered", 1, True)]
    # at least once: the first one twice, under one id; and in their order
    assert [event["data"]["number"] for _id, event in receiver.received] == [1, 1, 2]
    assert receiver.received[0][0] == receiver.received[1][0] != receiver.received[2][0]
