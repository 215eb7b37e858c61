"""What the ledger of purchases hands out: rows as they were when they were read."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from odoo import fields

from ..core import port
from .shipping_purchase import SENDING

#: after so long whoever sent a purchase is dead or has given up, see `carrier_session`
LEASE = timedelta(minutes=5)
#: a purchase is not sent any more when so little of the lease is left
LEASE_MARGIN = timedelta(minutes=2)
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_key() -> str:
    """A key that no other database has: 16 letters and digits, which every carrier takes."""
    return "".join(secrets.choice(_ALPHABET) for _place in range(16))


@dataclass(frozen=True)
class Slot:
    """A parcel that a label is wanted for; ``name`` identifies it for good."""

    picking_id: int
    picking_name: str
    package_id: int
    reference: str
    is_return: bool
    contents: dict = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        way = "return" if self.is_return else "out"
        return f"{self.picking_id}-{self.package_id}-{way}"


@dataclass(frozen=True)
class Row:
    """A row of the ledger as it was when it was read."""

    id: int
    key: str
    request_key: str
    slot: str
    state: str
    sent_at: datetime | None
    contents: dict
    user: str
    error: str

    @property
    def is_abandoned(self) -> bool:
        """Whether it was being sent by a worker that is no more."""
        return self.state == SENDING and self.sent_at < fields.Datetime.now() - LEASE


@dataclass(frozen=True)
class Paid:
    """A label that was bought, now or before."""

    key: str
    slot: str
    reference: str
    tracking_number: str
    cost: Decimal
    currency: str
    carrier_ref: str
    service_name: str
    transit_days: int
    promised_at: datetime | None
    labels: tuple[port.Label, ...] = field(repr=False)
    documents: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    contents: dict = field(default_factory=dict, hash=False)
    is_new: bool = False


class SlotTaken(Exception):
    """Somebody else buys the label of one of these parcels at this moment."""
