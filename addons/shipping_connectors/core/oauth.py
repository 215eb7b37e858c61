"""OAuth's client credentials (RFC 6749, 4.4): an id and a secret become a token for a while."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .carrier_session import CarrierSession, Explain, Kind
from .port import Retryable
from .token_cache import TOKENS, TokenCache


@dataclass(frozen=True)
class TokenRequest:
    """How one carrier wants to be asked for a token: exactly one of ``form`` and ``json_body``."""

    path: str
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json_body: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class ClientCredentials:
    """Headers that authorise calls, from tokens that are shared by all adapters of a process.

    :param request: built only when a token is fetched
    :param identity: what a token belongs to, e.g. id and secret; changed ones get another token
    :raises CarrierError: ``Rejected`` when the carrier refuses the credentials
    """

    def __init__(
        self,
        carrier: str,
        host: str,
        request: Callable[[], TokenRequest],
        identity: tuple[str, ...],
        explain: Explain,
        *,
        cache: TokenCache = TOKENS,
    ) -> None:
        self.carrier = carrier
        self.host = host
        self.request = request
        self.explain = explain
        self.cache = cache
        text = "|".join((host, *identity))
        self.key = hashlib.sha256(text.encode()).hexdigest()
        self._used = ""

    def headers(self) -> dict[str, str]:
        self._used = self.cache.get(self.key, "", self._fetch)
        return {"Authorization": f"Bearer {self._used}"}

    def check(self) -> None:
        """Ask for a new token: one that is kept outlives the credentials that it was given for.

        :raises CarrierError: ``Rejected`` when the carrier refuses them
        """
        self._used = self.cache.renew(self.key, "", self._fetch)

    def drop(self) -> None:
        """The token that was used last is refused: the next call fetches another one."""
        self.cache.drop(self.key, "", self._used)

    def _fetch(self) -> tuple[str, float]:
        asked = self.request()
        session = CarrierSession(self.carrier, self.host, lambda: asked.headers, (), self.explain)
        # a token costs nothing and binds nobody: asking twice does no harm
        data = session.call(
            Kind.READ, "POST", asked.path, form=asked.form, json_body=asked.json_body
        )
        try:
            return str(data["access_token"]), float(data["expires_in"])  # type: ignore[index]
        except (KeyError, TypeError, ValueError) as error:
            raise Retryable(
                f"{self.carrier} answered something that cannot be read.", "unreadable"
            ) from error
