"""The port between the addon and any carrier: what is asked, what is answered, how it fails.

A carrier is one class with the methods of :class:`Carrier`; it states in ``capabilities`` which of
them it offers. Units are fixed, so that no adapter guesses: weights are kilograms, lengths are
millimetres, money is :class:`~decimal.Decimal` with an ISO 4217 code, moments are aware datetimes.

Three errors decide about money. ``Rejected``: the carrier certainly did not sell anything and
asking again unchanged is useless. ``Retryable``: the request certainly never took effect, asking
again is safe. ``Unknown``: it may have been sold; only ``find`` or a person can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Protocol

from .carrier_errors import CarrierError as CarrierError
from .carrier_errors import Rejected as Rejected
from .carrier_errors import Retryable as Retryable
from .carrier_errors import Unknown as Unknown
from .carrier_errors import is_carrier_fault as is_carrier_fault


class Capability(str, Enum):
    """What a carrier can do; a method whose capability is absent must not be called."""

    RATE = "rate"
    BUY = "buy"
    MULTI_PARCEL = "multi_parcel"
    FIND = "find"
    REPRINT = "reprint"
    VOID = "void"
    TRACK = "track"
    RETURN_LABEL = "return_label"
    VALIDATE_ADDRESS = "validate_address"
    PICKUP = "pickup"
    MANIFEST = "manifest"
    SERVICE_POINTS = "service_points"
    LABEL_PDF = "label_pdf"
    LABEL_ZPL = "label_zpl"
    LABEL_PNG = "label_png"
    CUSTOMS = "customs"
    INSURANCE = "insurance"


# -- what is asked --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """A postal address. ``country_code`` is ISO 3166-1 alpha-2, upper case.

    :param country: its name in English, for carriers that print it
    """

    name: str
    country_code: str
    zip: str = ""
    city: str = ""
    street: str = ""
    street2: str = ""
    state: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    state_code: str = ""
    country: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The non-empty lines of the address as printed, the country excepted."""
        town = " ".join(part for part in (self.zip, self.city, self.state) if part)
        company = self.company if self.company != self.name else ""
        lines = (company, self.name, self.street, self.street2, town)
        return tuple(line.strip() for line in lines if line and line.strip())


@dataclass(frozen=True)
class Parcel:
    """One physical parcel.

    :param reference: the sender's own name of it; unique within a shipment
    :param weight: kg, gross, as weighed or estimated; ``None`` when nobody knows
    :param length: mm, and likewise ``width`` and ``height``; 0 when unknown
    :param volume: dm³ (litres) of the contents, used where the outer dimensions are unknown
    :param dry_ice_weight: kg of dry ice in it, part of ``weight``; needs :attr:`Option.DRY_ICE`
    :param contents: what is declared of it at a border; empty when only the whole is known
    """

    reference: str
    weight: Decimal | None
    length: Decimal = Decimal(0)
    width: Decimal = Decimal(0)
    height: Decimal = Decimal(0)
    volume: Decimal = Decimal(0)
    dry_ice_weight: Decimal = Decimal(0)
    contents: tuple[CustomsItem, ...] = ()

    @property
    def outer_volume(self) -> Decimal:
        """Litres taken up: length × width × height where all three are known, else ``volume``."""
        if self.length > 0 and self.width > 0 and self.height > 0:
            return self.length * self.width * self.height / Decimal(1_000_000)
        return self.volume


@dataclass(frozen=True)
class CustomsItem:
    """One line of a customs declaration.

    :param value: of one piece, in the declaration's currency
    :param weight: kg of one piece, net
    :param origin: country of origin, ISO 3166-1 alpha-2
    """

    description: str
    quantity: Decimal
    value: Decimal
    weight: Decimal
    origin: str
    hs_code: str = ""
    sku: str = ""


@dataclass(frozen=True)
class Customs:
    """What is declared at a border.

    :param incoterm: who pays duties (``DAP``, ``DDP`` ...); empty leaves it to the carrier
    :param signer: who answers for the declaration
    :param exemption: why no export filing is needed, e.g. ``NOEEI 30.37(a)`` from the USA
    """

    items: tuple[CustomsItem, ...]
    currency: str
    contents: str = "merchandise"
    incoterm: str = ""
    signer: str = ""
    invoice_number: str = ""
    exemption: str = ""


class Option(str, Enum):
    """Extras that a shipment may ask for; a carrier that does not know one refuses it.

    ``LITHIUM_BATTERY`` means lithium-ion batteries inside the equipment that they drive, within the
    limits of IATA's packing instruction 967, section II; all else is dangerous goods.
    """

    SIGNATURE = "signature"
    ADULT_SIGNATURE = "adult_signature"
    SATURDAY = "saturday"
    DRY_ICE = "dry_ice"
    LITHIUM_BATTERY = "lithium_battery"


@dataclass(frozen=True)
class ServicePoint:
    """A shop, a station or a locker where a recipient fetches a parcel.

    :param reference: the carrier's own name of it, at most 20 letters
    :param address: ``name`` is what the place is called
    :param distance: km from where it was asked for, ``None`` when not told
    :param hours: when it is open, for people to read
    """

    reference: str
    address: Address
    distance: float | None = None
    hours: str = ""


@dataclass(frozen=True)
class ShipmentSpec:
    """What is to be carried from where to where.

    :param service: the service's code, or empty for "offer all"
    :param reference: the document it belongs to, printed on the label
    :param options: words of :class:`Option`
    :param customs: needed where the parcel crosses a customs border
    :param insured_value: of each parcel, in ``currency``; 0 insures nothing beyond the usual
    :param is_return: from the recipient back to the sender; the two are not swapped here
    :param label_format: ``pdf``, ``zpl`` or ``png``
    :param service_point: where the recipient fetches it, instead of being delivered to
    """

    sender: Address
    recipient: Address
    parcels: tuple[Parcel, ...]
    service: str = ""
    reference: str = ""
    ship_date: datetime | None = None
    options: frozenset[str] = frozenset()
    customs: Customs | None = None
    insured_value: Decimal = Decimal(0)
    currency: str = ""
    is_return: bool = False
    label_format: str = "pdf"
    service_point: ServicePoint | None = None

    def only(self, parcels: tuple[Parcel, ...]) -> ShipmentSpec:
        """Some of the parcels as a shipment of their own, which declares what is in them.

        Where that is not known, the declaration stays that of the whole.
        """
        customs = self.customs
        if customs is not None and all(parcel.contents for parcel in parcels):
            items = tuple(item for parcel in parcels for item in parcel.contents)
            customs = replace(customs, items=items)
        return replace(self, parcels=parcels, customs=customs)


@dataclass(frozen=True)
class PickupSpec:
    """A driver is to come. ``references`` are :attr:`BoughtParcel.carrier_ref` of what to fetch.

    :param weight: kg of all of it together; 0 when nobody knows
    """

    address: Address
    earliest: datetime
    latest: datetime
    references: tuple[str, ...]
    instructions: str = ""
    weight: Decimal = Decimal(0)


# -- what is answered -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Charge:
    """The price of one parcel, taken apart: ``amount`` is what is paid for it."""

    parcel: str
    amount: Decimal
    chargeable_weight: Decimal
    basis: str
    detail: str = ""


@dataclass(frozen=True)
class Quote:
    """An offer for a whole shipment by one service.

    :param amount: in ``currency``, the sum of ``charges``
    :param transit_days: days from pickup to delivery, ``None`` when not promised
    :param reason: one sentence that explains the amount
    """

    service: str
    service_name: str
    amount: Decimal
    currency: str
    transit_days: int | None = None
    zone: str = ""
    reason: str = ""
    charges: tuple[Charge, ...] = ()
    delivery_date: datetime | None = None
    is_guaranteed: bool = False
    list_amount: Decimal | None = None


@dataclass(frozen=True)
class Label:
    """A printable file. ``format`` is ``pdf``, ``zpl`` or ``png``; of a manifest also ``txt``."""

    format: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class BoughtParcel:
    """What the carrier gave for one parcel of the spec, found again by ``reference``.

    :param cost: ``None`` when the carrier does not say it: a look-up of some carriers
    """

    reference: str
    tracking_number: str
    cost: Decimal | None
    labels: tuple[Label, ...] = ()
    sscc: str = ""
    carrier_ref: str = ""


@dataclass(frozen=True)
class Bought:
    """A purchase: one entry per parcel, in the order of the spec.

    :param reference: the carrier's own number of the whole purchase
    :param documents: for customs, beside the labels
    """

    parcels: tuple[BoughtParcel, ...]
    currency: str
    key: str
    quote: Quote | None = None
    reference: str = ""
    documents: tuple[Label, ...] = field(default=(), repr=False)

    @property
    def cost(self) -> Decimal:
        return sum((parcel.cost or Decimal(0) for parcel in self.parcels), Decimal(0))


@dataclass(frozen=True)
class TrackEvent:
    """One thing that happened to a parcel.

    :param code: a normalised code of :mod:`tracking`
    :param raw_status: the carrier's own word for it, kept beside the normalised one
    :param key: identifies the event at its source, so that hearing it twice changes nothing
    """

    code: str
    moment: datetime
    raw_status: str = ""
    location: str = ""
    note: str = ""
    recipient: str = ""
    key: str = ""


@dataclass(frozen=True)
class Track:
    """Where a parcel is: its events, oldest first, and the carrier's estimate of its arrival."""

    number: str
    events: tuple[TrackEvent, ...]
    estimated_delivery: datetime | None = None
    signed_by: str = ""


@dataclass(frozen=True)
class AddressCheck:
    """What a carrier makes of an address.

    :param suggestion: the address as the carrier would write it, ``None`` when it knows none
    :param messages: what is wrong with it, in the carrier's words
    """

    is_deliverable: bool
    suggestion: Address | None = None
    is_residential: bool | None = None
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pickup:
    """A booked pickup: ``reference`` cancels it, ``confirmation`` is what the driver names."""

    reference: str
    confirmation: str
    amount: Decimal = Decimal(0)
    currency: str = ""


@dataclass(frozen=True)
class Manifest:
    """A form that hands over many parcels in one scan; ``document`` is fetched from ``url``."""

    reference: str
    numbers: tuple[str, ...]
    document: Label | None = None
    url: str = ""


class Carrier(Protocol):
    """What an adapter implements. Only what ``capabilities`` names may be called."""

    capabilities: frozenset[Capability]

    #: ``find`` that answers ``None`` so many seconds after a purchase was sent has proved that
    #: nothing was bought; ``None`` when it never proves it, and a person has to decide
    find_proves_after: float | None

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """Offers, cheapest first. Raises ``Rejected`` when there is none, and says why."""

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        """Buys labels for all parcels; ``key`` is unique per attempt and sent to the carrier."""

    def find(self, key: str) -> Bought | None:
        """What ``key`` bought, or ``None`` when the carrier knows of no purchase."""

    def labels(self, reference: str, label_format: str) -> tuple[Label, ...]:
        """The label of a parcel once more, without buying."""

    def void(self, reference: str) -> None:
        """Gives a label back. Idempotent: voiding what is void already is no error."""

    def track(self, number: str) -> Track:
        """All that the carrier knows of a parcel."""

    def validate(self, address: Address) -> AddressCheck:
        """Whether the carrier finds the address."""

    def service_points(self, address: Address) -> Sequence[ServicePoint]:
        """Where a recipient can fetch a parcel near an address, the nearest first."""

    def pickup(self, spec: PickupSpec) -> Pickup:
        """Books a driver."""

    def cancel_pickup(self, reference: str) -> None:
        """Cancels a booked driver. Idempotent."""

    def manifest(
        self,
        references: Sequence[str],
        sender: Address | None = None,
        day: date | None = None,
    ) -> Manifest:
        """Closes the day for these parcels.

        :param sender: from where they leave; carriers that print it refuse to go without
        :param day: today where they leave; without it, in universal time
        """

    def check_connection(self) -> str:
        """One sentence about the account; raises ``Rejected`` when the credentials are wrong."""
