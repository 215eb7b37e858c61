"""HTTP with a carrier: what may be repeated, how long it may take, what a failure means for money.

A call is one of three kinds:

``READ``
    asks, or does again what is done: repeated twice after a failure, with growing pauses.
``CREATE``
    makes something that costs nothing, a draft for instance: never repeated, and a failure means
    that nothing was bought.
``MONEY``
    buys or gives back: never repeated, on a connection of its own. Only a connection that was never
    made, or a refusal by the carrier, proves that nothing happened; all else is ``Unknown``.
"""

from __future__ import annotations

import email.utils
import json
import logging
import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from http import HTTPStatus
from typing import TypeVar

import requests

from .port import CarrierError, Rejected, Retryable, Unknown
from .redact import redact_body
from .watched_http import WATCHES, Watch, WatchedAdapter

_logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
#: everything of one call, however slowly the bytes trickle in
TOTAL_TIMEOUT = 60.0
#: a label of many pages in base64 is well below
BODY_LIMIT = 30 * 1024 * 1024
READ_ATTEMPTS = 3
#: a longer wait that the carrier asks for is left to whoever called
LONGEST_WAIT = 10.0
_CHUNK = 64 * 1024


class Kind(Enum):
    READ = "read"
    CREATE = "create"
    MONEY = "money"


@dataclass(frozen=True)
class Exchange:
    """What is kept of a call, before anything of the answer is understood."""

    method: str
    path: str
    status: int
    body: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str
    retry_after: float | None = None
    etag: str = ""

    def json(self) -> object:
        """:raises ValueError: when it is none"""
        return json.loads(self.body)


T = TypeVar("T")
Explain = Callable[[object], str]
Keep = Callable[[Exchange], None]


class CarrierSession:
    """Calls to one carrier's API.

    :param carrier: its name, for messages
    :param base_url: what paths are relative to
    :param authorize: headers that authorise a call; may itself ask the carrier for a token
    :param refused: told when a call was answered by 401, so that a cached token is dropped
    :param allowed: names of leaves that may be kept, see :mod:`redact`
    :param explain: the carrier's own words in the JSON of an error
    :param keep: stores an :class:`Exchange` of kind CREATE or MONEY
    :param money_until: the moment (:func:`time.time`) after which no call of kind MONEY is made any
        more, because others then take it for certain that none will be
    """

    def __init__(
        self,
        carrier: str,
        base_url: str,
        authorize: Callable[[], Mapping[str, str]],
        allowed: Collection[str],
        explain: Explain,
        *,
        keep: Keep | None = None,
        refused: Callable[[], None] | None = None,
        money_until: float | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.carrier = carrier
        self.base_url = base_url.rstrip("/")
        self.authorize = authorize
        self.allowed = frozenset(name.lower() for name in allowed)
        self.explain = explain
        self.keep = keep
        self.refused = refused
        self.money_until = money_until
        self.total_timeout = total_timeout
        self.timeouts = (CONNECT_TIMEOUT, read_timeout)
        self.sleep = sleep
        self._pooled: requests.Session | None = None

    # -- calls ----------------------------------------------------------------------------------

    def call(
        self,
        kind: Kind,
        method: str,
        path: str,
        *,
        json_body: object = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> object:
        """Call the API and return the JSON of its answer.

        :raises CarrierError: the kind of error says whether money may have moved
        """
        send = {"json": json_body, "data": form, "params": params}
        data, _answer = self._call(kind, method, path, send, headers)
        return data

    def read_tagged(self, path: str) -> tuple[object, str]:
        """What lies at ``path``, and the version of it (``ETag``) that a change has to name."""
        data, answer = self._call(Kind.READ, "GET", path, {}, None)
        return data, answer.etag

    def _call(self, kind, method, path, send, headers) -> tuple[object, Answer]:
        # before anything is sent: what fails here never left us
        authorization = self.authorize()
        all_headers = {"Accept": "application/json", **authorization, **(headers or {})}

        def once() -> tuple[object, Answer]:
            self._check_time(kind)
            answer = self._send(kind, method, self.base_url + path, all_headers, send)
            self._keep(kind, method, path, answer)
            return self._understand(kind, answer), answer

        return self._repeat(kind, once)

    def download(self, url: str) -> bytes:
        """A file that the carrier pointed to, a label for instance.

        It usually lies with a storage provider: nothing that authorises is sent along.
        """

        def once() -> bytes:
            answer = self._send(Kind.READ, "GET", url, {}, {})
            if answer.status != HTTPStatus.OK:
                raise self._failure(Kind.READ, answer)
            return answer.body

        return self._repeat(Kind.READ, once)

    def _repeat(self, kind: Kind, once: Callable[[], T]) -> T:
        """Reads are repeated while the carrier does not ask for too long a pause."""
        attempts = READ_ATTEMPTS if kind is Kind.READ else 1
        for attempt in range(1, attempts + 1):
            try:
                return once()
            except Retryable as failure:
                wait = self._get_wait(failure, attempt)
                if attempt == attempts or wait > LONGEST_WAIT:
                    raise
                self.sleep(wait)
        raise AssertionError("unreachable")

    def _check_time(self, kind: Kind) -> None:
        if kind is Kind.MONEY and self.money_until is not None and time.time() > self.money_until:
            raise Retryable("This took too long, and nothing was sent. Try again.", "too_late")

    def _get_wait(self, failure: CarrierError, attempt: int) -> float:
        if failure.retry_after is not None:
            return failure.retry_after
        # 0.5, 1, 2 … seconds, spread so that workers that failed together do not come together
        return 0.5 * 2 ** (attempt - 1) * (0.5 + random.random())

    # -- one exchange ---------------------------------------------------------------------------

    def _send(self, kind, method, url, headers, send) -> Answer:
        watch = Watch(self.total_timeout)
        session = self._get_session(kind, watch)
        if kind is Kind.MONEY:
            headers = {**headers, "Connection": "close"}
        started = time.monotonic()
        try:
            with watch:
                response = session.request(
                    method,
                    url,
                    headers=headers,
                    auth=_no_netrc,
                    allow_redirects=False,
                    stream=True,
                    **send,
                )
                with response:
                    body = self._read(response)
        except (requests.RequestException, OSError, ValueError) as error:
            raise self._network_failure(kind, watch, error) from error
        finally:
            if kind is Kind.MONEY:
                session.close()
        _logger.debug(
            "%s: %s %s answered %s in %.0f ms",
            self.carrier,
            method,
            url.split("?")[0],
            response.status_code,
            (time.monotonic() - started) * 1000,
        )
        return Answer(
            response.status_code,
            body,
            response.headers.get("Content-Type", ""),
            parse_retry_after(response.headers.get("Retry-After", "")),
            response.headers.get("ETag", ""),
        )

    def _get_session(self, kind: Kind, watch: Watch) -> requests.Session:
        """Money moves on a connection that nothing was ever left over on."""
        if kind is Kind.MONEY or self._pooled is None:
            session = requests.Session()
            adapter = WatchedAdapter(self.timeouts)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            if kind is Kind.MONEY:
                WATCHES.current = watch
                return session
            self._pooled = session
        WATCHES.current = watch
        return self._pooled

    def _read(self, response) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > BODY_LIMIT:
                raise ValueError("the answer is too long")
            chunks.append(chunk)
        return b"".join(chunks)

    def _keep(self, kind: Kind, method: str, path: str, answer: Answer) -> None:
        if self.keep and kind is not Kind.READ:
            body = redact_body(answer.body, answer.content_type, self.allowed)
            self.keep(Exchange(method, path, answer.status, body))

    # -- what it means --------------------------------------------------------------------------

    def _understand(self, kind: Kind, answer: Answer) -> object:
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._failure(kind, answer)
        if answer.status == HTTPStatus.NO_CONTENT or (kind is Kind.READ and not answer.body):
            return {}
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            raise self._unsure(
                kind,
                f"{self.carrier} answered something that cannot be read "
                f"({answer.content_type.split(';')[0] or 'no type'}, {len(answer.body)} bytes).",
                "unreadable",
            ) from error

    def _failure(self, kind: Kind, answer: Answer) -> CarrierError:
        """The error for an answer that is none of success."""
        status = answer.status
        try:
            words = self.explain(answer.json())
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError, IndexError):
            words = ""
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            if self.refused:
                self.refused()
            return Rejected(
                f"{self.carrier} refuses the credentials of the account ({status}"
                f"{': ' + words if words else ''}). Correct them on the carrier account.",
                "auth",
                carrier=self.carrier,
                words=words,
                status=status,
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            error = Retryable(
                f"{self.carrier} is asked too often just now. Try again in a minute.",
                "rate_limited",
                carrier=self.carrier,
            )
            error.retry_after = answer.retry_after
            return error
        uncertain = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT)
        if HTTPStatus.BAD_REQUEST <= status < 500 and not (
            kind is Kind.MONEY and status in uncertain
        ):
            return Rejected(
                words or f"{self.carrier} refused the request ({status}).",
                "carrier" if words else "refused",
                carrier=self.carrier,
                words=words,
                status=status,
            )
        error = self._unsure(
            kind,
            f"{self.carrier} has a problem of its own ({status}{': ' + words if words else ''}).",
            "server_error",
            status=status,
            words=words,
        )
        error.retry_after = answer.retry_after
        return error

    def _network_failure(self, kind: Kind, watch: Watch, error: Exception) -> CarrierError:
        if not watch.connected:
            return Retryable(
                f"{self.carrier} cannot be reached. Nothing was sent; try again in a minute.",
                "unreachable",
                carrier=self.carrier,
                detail=type(error).__name__,
            )
        return self._unsure(
            kind, f"{self.carrier} did not answer to the end.", "no_answer", detail=str(error)[:200]
        )

    def _unsure(self, kind: Kind, message: str, code: str, **values: object) -> CarrierError:
        error_class = Unknown if kind is Kind.MONEY else Retryable
        return error_class(message, code, carrier=self.carrier, **values)


def parse_retry_after(value: str) -> float | None:
    """Seconds that the header ``Retry-After`` asks to wait, from a number or a date."""
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def _no_netrc(request):
    """Nothing of the machine's ``.netrc`` goes to a carrier."""
    return request


# -- connections that are watched ------------------------------------------------------------------
