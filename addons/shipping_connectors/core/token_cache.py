"""OAuth tokens of a process: one fetch per account and scope, however many threads ask."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """``expires_at`` is on the clock of :func:`time.monotonic`."""

    value: str
    expires_at: float


class TokenCache:
    """Keeps tokens until shortly before they expire.

    :param margin: seconds before its end at which a token counts as expired, so that none runs
        out on the way to the carrier
    """

    def __init__(self, margin: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.margin = margin
        self.clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget everything; in a forked child also locks that a thread of the parent held."""
        self._guard = threading.Lock()
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._tokens: dict[tuple[str, str], Token] = {}

    def get(self, account: str, scope: str, fetch: Callable[[], tuple[str, float]]) -> str:
        """The token of ``account`` for ``scope``.

        :param account: identifies endpoint and credentials: changed ones get a token of their own
        :param fetch: asks the carrier; returns the token and the seconds that it is valid
        """
        key = (account, scope)
        with self._get_lock(key):
            token = self._tokens.get(key)
            if token is None or token.expires_at - self.margin <= self.clock():
                token = self._renew(key, fetch)
            return token.value

    def renew(self, account: str, scope: str, fetch: Callable[[], tuple[str, float]]) -> str:
        """A new token, also while the one that is kept would still do."""
        key = (account, scope)
        with self._get_lock(key):
            return self._renew(key, fetch).value

    def _get_lock(self, key: tuple[str, str]) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())

    def _renew(self, key: tuple[str, str], fetch: Callable[[], tuple[str, float]]) -> Token:
        now = self.clock()
        value, seconds = fetch()
        token = self._tokens[key] = Token(value, now + seconds)
        return token

    def drop(self, account: str, scope: str, value: str) -> None:
        """Forget a token that the carrier refused, unless a fresh one took its place meanwhile."""
        key = (account, scope)
        with self._guard:
            if key in self._tokens and self._tokens[key].value == value:
                del self._tokens[key]


#: of this process
TOKENS = TokenCache()
os.register_at_fork(after_in_child=TOKENS.reset)
