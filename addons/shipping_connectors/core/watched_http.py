"""Connections that end when all their time is over, and know whether they were made."""

from __future__ import annotations

import contextlib
import socket
import threading

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Watch:
    """Knows whether a connection was made, and ends it when all its time is over.

    The timeouts of sockets count from byte to byte: a peer that sends one every few seconds is
    never late by them.
    """

    def __init__(self, seconds: float) -> None:
        self.connected = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._timer.cancel()
        WATCHES.current = None

    def hold(self, sock: socket.socket) -> None:
        self.connected = True
        self._socket = sock

    def _end(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class _Watches(threading.local):
    current: Watch | None = None


WATCHES = _Watches()


class _Watched:
    """Mixin of connections: shows its socket to the watch of this thread's call."""

    def connect(self):
        result = super().connect()
        self._show()
        return result

    def request(self, *args, **kwargs):
        self._show()
        return super().request(*args, **kwargs)

    def _show(self):
        if WATCHES.current is not None and self.sock is not None:
            WATCHES.current.hold(self.sock)


class _HTTPConnection(_Watched, HTTPConnection):
    pass


class _HTTPSConnection(_Watched, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class WatchedAdapter(HTTPAdapter):
    """Timeouts that nobody forgets, and connections that are watched."""

    def __init__(self, timeouts: tuple[float, float]) -> None:
        self.timeouts = timeouts
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return result

    def proxy_manager_for(self, *args, **kwargs):
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return manager

    def send(self, request, stream=False, timeout=None, **kwargs):
        return super().send(request, stream=stream, timeout=timeout or self.timeouts, **kwargs)
