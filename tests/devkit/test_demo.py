"""``bin/demo``: ports, and kills."""

import signal
import socket

import pytest

from devkit import demo, odoo_source
from devkit.console import Failure
from devkit.testing import child

from .test_processes import wait_gone


@pytest.fixture
def taken():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_port_in_use_is_told(taken):
    with pytest.raises(Failure, match=f"Port {taken} cannot be used") as caught:
        demo.choose_port(taken)
    assert "--port" in caught.value.hint


@pytest.mark.parametrize("port", [-5, 0, 70_000])
def test_what_is_no_port_is_told(port):
    with pytest.raises(Failure, match="is no port"):
        demo.choose_port(port)


def test_free_port_is_found_beside_taken_ones(monkeypatch, taken):
    monkeypatch.setattr(demo, "FIRST_PORT", taken)
    assert demo.choose_port(None) > taken


@pytest.mark.slow
@pytest.mark.usefixtures("no_named_server")
def test_killed_while_it_makes_the_company_and_started_again(scratch, command):
    """No process is left, and the next command makes anew what was half made."""
    source = {odoo_source.HANDED_OVER: child.environment().source.hand_over()}
    arguments = ("-m", "devkit.demo", "--prepare")
    first = command(*arguments, INVENTORY_CACHE=scratch, **source)
    # the first progress line says that Odoo is at work in its new database
    first.read_until("… Making the sample company")
    started = first.descendants()
    assert len(started) > 1, "Odoo and PostgreSQL"
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(20)
    assert not wait_gone(started, patience=60)

    second = command(*arguments, INVENTORY_CACHE=scratch, **source)
    said = second.read_until("… Making the sample company")
    assert "cluster" not in said, "what was whole is kept"
    started = second.descendants()
    second.process.send_signal(signal.SIGINT)
    said = second.output()
    assert second.process.returncode == 130, said
    assert "Traceback" not in said
    assert not wait_gone(started, patience=60)
