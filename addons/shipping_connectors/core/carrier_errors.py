"""How asking a carrier fails; on which error it is, money depends (see :mod:`port`)."""

from __future__ import annotations


class CarrierError(Exception):
    """Base of what a carrier may raise.

    :param message: a sentence for the user that names the field and what to do
    :param code: a stable machine-readable word, for tests, statistics and translations
    :param values: what the message is about, by name
    """

    def __init__(self, message: str, code: str = "", **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.values = values
        #: seconds after which the carrier wants to be asked again, where it said so
        self.retry_after: float | None = None


class Rejected(CarrierError):
    """Certainly not bought: the request is wrong and must be changed first."""


class Retryable(CarrierError):
    """Certainly not bought: the request never took effect; the same one may be sent again."""


class Unknown(CarrierError):
    """May have been bought: look it up with ``find`` before anything else is sent."""


def is_carrier_fault(failure: CarrierError) -> bool:
    """Whether the carrier, or the account with it, failed, and not what it was asked for."""
    return not isinstance(failure, Rejected) or failure.code == "auth"
