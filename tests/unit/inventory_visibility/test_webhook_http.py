"""Deliveries to real servers on the loopback interface, well-behaved and not."""

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from visibility_core import webhook, webhook_http

LOOPBACK = webhook.parse_networks("127.0.0.0/8")
BODY = b'{"type": "exception.opened"}'


@contextlib.contextmanager
def serve(behave, context=None):
    """Run `behave(connection, request)` for each connection; yield the port and the requests."""
    requests = []
    listener = socket.create_server(("127.0.0.1", 0))

    def handle(connection):
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                request += chunk
            head, _, body = request.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(65536)
            requests.append((head.decode(), body))
            behave(connection)
            connection.close()

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = listener.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1], requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def answer(status, *headers, body=b"ok"):
    def behave(connection):
        lines = [f"HTTP/1.1 {status} Text", f"Content-Length: {len(body)}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)

    return behave


def deliver(url, **options):
    secret = webhook.new_secret()
    headers = webhook.signed_headers([secret], "msg_1", 1700000000, BODY)
    options.setdefault("allowed", LOOPBACK)
    return webhook_http.post(webhook_http.Delivery(7, url, headers, BODY), **options)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_delivered(status):
    with serve(answer(status)) as (port, requests):
        outcome = deliver(f"http://127.0.0.1:{port}/hook?shop=1")
    assert outcome == webhook_http.Outcome(7, status)
    assert outcome.is_delivered
    ((head, body),) = requests
    lines = head.split("\r\n")
    assert lines[0] == "POST /hook?shop=1 HTTP/1.1"
    assert f"Host: 127.0.0.1:{port}" in lines
    assert "webhook-id: msg_1" in lines
    assert "webhook-timestamp: 1700000000" in lines
    assert any(line.startswith("webhook-signature: v1,") for line in lines)
    assert "Content-Type: application/json" in lines
    assert body == BODY


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_refused_by_the_receiver(status):
    with serve(answer(status, "Retry-After: 90")) as (port, _requests):
        outcome = deliver(f"http://127.0.0.1:{port}/")
    assert outcome == webhook_http.Outcome(7, status, "status", retry_after=90.0)
    assert outcome.is_gone is (status == 410)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status):
    with serve(answer(200)) as (other_port, other_requests):
        location = f"Location: http://127.0.0.1:{other_port}/"
        with serve(answer(status, location)) as (port, _requests):
            outcome = deliver(f"http://127.0.0.1:{port}/")
    assert outcome == webhook_http.Outcome(7, status, "redirect")
    assert not other_requests


def test_receiver_hangs():
    with serve(lambda connection: time.sleep(5)) as (port, _requests):
        started = time.monotonic()
        outcome = deliver(f"http://127.0.0.1:{port}/", timeout=0.5)
    assert outcome == webhook_http.Outcome(7, error="timeout", detail="0.5")
    assert time.monotonic() - started < 2


def trickle(prefix):
    def behave(connection):
        connection.sendall(prefix)
        for _second in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    return behave


def test_header_trickles():
    """Every byte comes in time, but the whole does not."""
    with serve(trickle(b"HTTP/1.1 200 OK\r\nX-Slow: ")) as (port, _requests):
        started = time.monotonic()
        outcome = deliver(f"http://127.0.0.1:{port}/", timeout=0.5)
    assert outcome.error == "timeout"
    assert time.monotonic() - started < 2


def test_body_trickles():
    """The status was 200: it is delivered, and the rest is not waited for."""
    prefix = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with serve(trickle(prefix)) as (port, _requests):
        started = time.monotonic()
        outcome = deliver(f"http://127.0.0.1:{port}/", timeout=0.5)
    assert outcome == webhook_http.Outcome(7, 200)
    assert time.monotonic() - started < 2


def test_endless_body():
    sent = []

    def behave(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _block in range(4096):  # 256 MB
            connection.sendall(bytes(65536))
            sent.append(65536)

    with serve(behave) as (port, _requests):
        assert deliver(f"http://127.0.0.1:{port}/") == webhook_http.Outcome(7, 200)
        time.sleep(0.2)
    # what was not read is in the buffers of the two sockets at most
    assert sum(sent) < 32 * 1024 * 1024


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (lambda connection: connection.close(), {"connection"}),
        (lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9\r\n"), {"protocol"}),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99999), None),
        (
            lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 999),
            None,
        ),
    ],
)
def test_not_http(behave, error):
    with serve(behave) as (port, _requests):
        outcome = deliver(f"http://127.0.0.1:{port}/")
    assert not outcome.is_delivered
    assert outcome.error in (error or {"protocol"})


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert deliver(f"http://127.0.0.1:{port}/").error == "connection"


def test_private_address_is_never_connected_to():
    with serve(answer(200)) as (port, requests):
        outcome = deliver(f"http://127.0.0.1:{port}/", allowed=())
        named = deliver(f"http://localhost:{port}/", allowed=())
    assert outcome == webhook_http.Outcome(7, error="refused", detail="127.0.0.1")
    assert named.error == "refused"
    assert not requests


def test_name_that_changes_between_check_and_use():
    """The name is resolved once, and what was checked is what is connected to."""
    answers = []

    def getaddrinfo(host, port, type):
        answers.append(host)
        address = "127.0.0.1" if len(answers) == 1 else "127.0.0.2"
        return [(socket.AF_INET, type, 6, "", (address, port))]

    with serve(answer(200)) as (port, requests):
        outcome = deliver(f"http://shop.example:{port}/", getaddrinfo=getaddrinfo)
    assert outcome.is_delivered
    assert answers == ["shop.example"]
    assert f"Host: shop.example:{port}" in requests[0][0]


def test_proxies_are_ignored(monkeypatch):
    """A proxy would resolve the name itself, and lead around the check."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serve(answer(200)) as (port, requests):
        assert deliver(f"http://127.0.0.1:{port}/").is_delivered
    assert requests[0][0].startswith("POST / ")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Contexts of a server for shop.example, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    names = []
    server.sni_callback = lambda _socket, name, _context: names.append(name)
    return server, ssl.create_default_context(cadata=pem.decode()), names


def pinned(host, port, type):
    return [(socket.AF_INET, type, 6, "", ("127.0.0.1", port))]


def test_certificate_is_that_of_the_name(certificate):
    server, client, names = certificate
    with serve(answer(200), server) as (port, requests):
        good = deliver(f"https://shop.example:{port}/", getaddrinfo=pinned, ssl_context=client)
        other = deliver(f"https://other.example:{port}/", getaddrinfo=pinned, ssl_context=client)
        unknown = deliver(f"https://shop.example:{port}/", getaddrinfo=pinned)
    assert good.is_delivered
    assert other.error == unknown.error == "tls"
    assert names[:2] == ["shop.example", "other.example"]
    assert len(requests) == 1


def test_body_can_be_verified_by_the_receiver():
    """As the receiver has it: raw bytes and headers."""
    secret = webhook.new_secret()
    with serve(answer(200)) as (port, requests):
        headers = webhook.signed_headers([secret], "msg_2", 1700000001, BODY)
        webhook_http.post(
            webhook_http.Delivery(1, f"http://127.0.0.1:{port}/", headers, BODY), LOOPBACK
        )
    head, body = requests[0]
    received = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    assert received["webhook-signature"] == webhook.sign(secret, "msg_2", 1700000001, body)
    assert json.loads(body) == {"type": "exception.opened"}
    assert ipaddress.ip_address(received["Host"].split(":")[0]).is_loopback
