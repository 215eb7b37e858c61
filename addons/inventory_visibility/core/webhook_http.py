"""One POST to an address that was checked: no proxy, no redirect, nothing that goes on for ever."""

import contextlib
import dataclasses
import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterable

from .webhook import (
    Network,
    Target,
    WebhookAddressError,
    parse_retry_after,
    parse_url,
    resolve,
)

TIMEOUT = 10.0
# Of the answer only the status counts; so much of its body is read, to end the exchange in order.
RESPONSE_LIMIT = 64 * 1024


@dataclasses.dataclass(frozen=True)
class Delivery:
    """What is sent where; ``key`` is the caller's."""

    key: int
    url: str
    headers: dict[str, str]
    body: bytes


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a delivery.

    ``status`` is the HTTP status, 0 without an answer. ``error`` is empty when it was delivered,
    else ``status``, ``redirect``, ``timeout``, ``tls``, ``connection``, ``protocol``, or the code
    of a `WebhookAddressError`, with ``detail``. ``retry_after`` is in seconds.
    """

    key: int
    status: int = 0
    error: str = ""
    detail: str = ""
    retry_after: float | None = None

    @property
    def is_delivered(self) -> bool:
        return not self.error

    @property
    def is_gone(self) -> bool:
        """The receiver says that it wants no more (410, as Standard Webhooks define it)."""
        return self.status == 410


class _Deadline:
    """A moment after which everything ends, however many bytes still trickle in."""

    def __init__(self, seconds: float):
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Reader(io.RawIOBase):
    def __init__(self, sock, deadline):
        super().__init__()
        self._sock = sock
        self._deadline = deadline

    def readable(self):
        return True

    def readinto(self, buffer):
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


class _Socket:
    """What `http.client` needs of a socket, each call within what is left of the time."""

    def __init__(self, sock, deadline):
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data):
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def makefile(self, mode="rb"):
        return io.BufferedReader(_Reader(self._sock, self._deadline))

    def close(self):
        self._sock.close()


class _Connection(http.client.HTTPConnection):
    """Connects to addresses that were checked, while the name goes into Host and TLS."""

    def __init__(self, target: Target, addresses, deadline, ssl_context):
        super().__init__(target.host, target.port)
        self._target = target
        self._addresses = addresses
        self._deadline = deadline
        self._ssl_context = ssl_context

    def connect(self):
        sock = self._connect_first()
        try:
            if self._target.scheme == "https":
                sock.settimeout(self._deadline.left())
                context = self._ssl_context or ssl.create_default_context()
                sock = context.wrap_socket(sock, server_hostname=self._target.host)
        except BaseException:
            sock.close()
            raise
        self.sock = _Socket(sock, self._deadline)

    def _connect_first(self):
        error = None
        for address in self._addresses:
            try:
                return socket.create_connection(
                    (address, self._target.port), timeout=self._deadline.left()
                )
            except TimeoutError:
                raise
            except OSError as failure:
                error = failure
        raise error or OSError("no address")


def post(
    delivery: Delivery,
    allowed: Iterable[Network] = (),
    timeout: float = TIMEOUT,
    getaddrinfo=socket.getaddrinfo,
    ssl_context: ssl.SSLContext | None = None,
) -> Outcome:
    """Send a delivery and return what became of it; it never raises what the network does.

    :param allowed: networks that may be sent to although they are not public
    :param timeout: seconds for everything after the name was resolved
    """
    key = delivery.key
    try:
        target = parse_url(delivery.url)
        addresses = resolve(target, allowed, getaddrinfo)
        status, retry_after = _exchange(delivery, target, addresses, timeout, ssl_context)
    except WebhookAddressError as error:
        return Outcome(key, error=error.code, detail=error.detail)
    except TimeoutError:
        return Outcome(key, error="timeout", detail=f"{timeout:g}")
    except ssl.SSLError as error:
        return Outcome(key, error="tls", detail=str(error))
    except OSError as error:
        return Outcome(key, error="connection", detail=error.strerror or type(error).__name__)
    except (http.client.HTTPException, ValueError) as error:
        return Outcome(key, error="protocol", detail=type(error).__name__)
    if 200 <= status < 300:
        return Outcome(key, status)
    code = "redirect" if 300 <= status < 400 else "status"
    return Outcome(key, status, code, retry_after=parse_retry_after(retry_after))


def _exchange(delivery, target, addresses, timeout, ssl_context):
    connection = _Connection(target, addresses, _Deadline(timeout), ssl_context)
    with contextlib.closing(connection):
        headers = {"Host": target.host_header, "Connection": "close", **delivery.headers}
        connection.request("POST", target.path, body=delivery.body, headers=headers)
        response = connection.getresponse()
        # the status decides; a body that does not end in time or size changes nothing about it
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            response.read(RESPONSE_LIMIT)
        return response.status, response.headers.get("Retry-After")
