"""Rates from a table: zone × service × weight, for own vans and local couriers.

A price is made in five steps, each of them visible in the quote's reason:

1. The *zone* is the one that fits the destination most specifically: a postal code range or prefix
   beats a country, a longer prefix beats a shorter one, any of these beats "rest of the world".
2. The *chargeable weight* of a parcel is the greater of its actual and its dimensional weight, the
   latter being length × width × height in cm³ divided by the service's divisor in cm³/kg
   (IATA's 6000 by air, 5000 with express carriers, 3000 to 4000 by road), rounded up to the
   service's step.
3. The *line* is the first of service and zone whose weight limit holds the chargeable weight.
4. ``net = max(base price + price per weight × chargeable weight, minimum)``.
5. ``amount = net × (1 + fuel surcharge)``, rounded half up to the currency's smallest coin.

Money and weights are exact decimals. Weights of the table are in its own unit (kg or lb).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from .port import Charge, Parcel, Quote, Rejected, ShipmentSpec

KG_PER_LB = Decimal("0.45359237")  # exact, by the international yard and pound agreement of 1959
WEIGHT_UNITS = {"kg": Decimal(1), "lb": KG_PER_LB}
_PRECISE = Decimal("0.001")


@dataclass(frozen=True)
class Service:
    """How it travels.

    :param divisor: cm³ per kg of dimensional weight; 0 charges the actual weight only
    :param weight_step: chargeable weight is rounded up to a multiple of it; 0 leaves it
    :param fuel_surcharge: percent, 12.5 for 12.5 %
    """

    name: str
    transit_days: int | None = None
    divisor: Decimal = Decimal(0)
    weight_step: Decimal = Decimal(0)
    fuel_surcharge: Decimal = Decimal(0)
    code: str = ""

    @property
    def key(self) -> str:
        return self.code or self.name


@dataclass(frozen=True)
class ZipRule:
    """A prefix (``end`` empty) or an inclusive range of postal codes of one length."""

    start: str
    end: str = ""

    def matches(self, postal_code: str) -> bool:
        if not self.end:
            return postal_code.startswith(self.start)
        head = postal_code[: len(self.start)]
        return len(head) == len(self.start) and self.start <= head <= self.end

    @property
    def specificity(self) -> tuple[int, int]:
        """Greater is more specific: characters compared, then a prefix before a range."""
        return (len(self.start), 0 if self.end else 1)

    def __str__(self) -> str:
        return f"{self.start}-{self.end}" if self.end else self.start


@dataclass(frozen=True)
class Zone:
    """Where to. No countries means the rest of the world."""

    name: str
    countries: frozenset[str] = frozenset()
    zips: tuple[ZipRule, ...] = ()

    def specificity(self, country: str, postal_code: str) -> tuple[int, int, int] | None:
        """How specifically the zone fits, greater is more; ``None`` when it does not."""
        if self.countries and country not in self.countries:
            return None
        in_country = 1 if self.countries else 0
        if not self.zips:
            return (0, 0, in_country)
        fits = [rule.specificity for rule in self.zips if rule.matches(postal_code)]
        return (*max(fits), in_country) if fits else None


@dataclass(frozen=True)
class Line:
    """What one parcel costs. ``max_weight`` ``None`` is without limit; money per table unit."""

    service: str
    zone: str
    max_weight: Decimal | None
    base_price: Decimal
    price_per_weight: Decimal = Decimal(0)
    min_price: Decimal = Decimal(0)


@dataclass(frozen=True)
class RateTable:
    """The whole table of one delivery method."""

    name: str
    currency: str
    services: tuple[Service, ...]
    zones: tuple[Zone, ...]
    lines: tuple[Line, ...]
    weight_unit: str = "kg"
    rounding: Decimal = Decimal("0.01")
    _lines: dict[tuple[str, str], list[Line]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for line in self.lines:
            self._lines.setdefault((line.service, line.zone), []).append(line)
        for lines in self._lines.values():
            lines.sort(key=lambda line: (line.max_weight is None, line.max_weight or 0))

    def lines_of(self, service: str, zone: str) -> list[Line]:
        """The lines of a service into a zone, lightest limit first."""
        return self._lines.get((service, zone), [])

    # -- the five steps ---------------------------------------------------------------------------

    def match_zones(self, country: str, postal_code: str) -> list[Zone]:
        """The zones that hold an address, most specific first; ties in the table's order."""
        code = normalize_zip(postal_code)
        fits = [(zone.specificity(country.upper(), code), zone) for zone in self.zones]
        found = [(specificity, zone) for specificity, zone in fits if specificity is not None]
        return [zone for _key, zone in sorted(found, key=lambda pair: pair[0], reverse=True)]

    def zone_of(self, country: str, postal_code: str) -> Zone:
        """The most specific zone; ``Rejected`` when there is none."""
        if not country:
            raise Rejected(
                "The delivery address has no country. Enter it on the customer's address.",
                "missing_country",
            )
        zones = self.match_zones(country, postal_code)
        if not zones:
            place = f"{country} {postal_code}".strip()
            raise Rejected(
                f"{self.name} has no zone for {place}. Add the country or the postal code to a "
                "zone of the rate table, or choose another delivery method.",
                "no_zone",
                table=self.name,
                place=place,
            )
        return zones[0]

    def chargeable_weight(self, parcel: Parcel, service: Service) -> tuple[Decimal, str]:
        """Chargeable weight in the table's unit, and whether ``actual`` or ``dimensional`` made it.

        :raises Rejected: when the parcel has no weight
        """
        if parcel.weight is None or parcel.weight <= 0:
            raise Rejected(
                f"{parcel.reference}: the weight is missing. Enter it on the package, or on the "
                "products inside.",
                "missing_weight",
                parcel=parcel.reference,
            )
        weight, basis = parcel.weight, "actual"
        if service.divisor > 0:
            dimensional = parcel.outer_volume * 1000 / service.divisor
            if dimensional > weight:
                weight, basis = dimensional, "dimensional"
        weight = weight / WEIGHT_UNITS[self.weight_unit]
        # a gram more would otherwise come out of the unit's conversion and cost the next step
        weight = weight.quantize(_PRECISE, ROUND_HALF_UP)
        if service.weight_step > 0:
            steps = (weight / service.weight_step).to_integral_value(ROUND_CEILING)
            weight = steps * service.weight_step
        return weight, basis

    def charge(self, parcel: Parcel, service: Service, zone: Zone) -> Charge:
        """The price of one parcel; ``Rejected`` when no line holds its weight."""
        weight, basis = self.chargeable_weight(parcel, service)
        lines = self.lines_of(service.key, zone.name)
        fit = (line for line in lines if line.max_weight is None or weight <= line.max_weight)
        line = next(fit, None)
        if line is None:
            heaviest = max(line.max_weight for line in lines)
            raise Rejected(
                f"{parcel.reference}: {plain(weight)} {self.weight_unit} ({basis} weight) is over "
                f"the {plain(heaviest)} {self.weight_unit} that {service.name} carries to "
                f"{zone.name}. Split it into more packages, or choose another service.",
                "overweight",
                parcel=parcel.reference,
                weight=plain(weight),
                limit=plain(heaviest),
                unit=self.weight_unit,
                service=service.name,
                zone=zone.name,
            )
        net = max(line.base_price + line.price_per_weight * weight, line.min_price)
        amount = round_money(net * (1 + service.fuel_surcharge / 100), self.rounding)
        return Charge(
            parcel=parcel.reference,
            amount=amount,
            chargeable_weight=weight,
            basis=basis,
            detail=self._explain(line, weight, basis, net, service),
        )

    def _explain(
        self, line: Line, weight: Decimal, basis: str, net: Decimal, service: Service
    ) -> str:
        unit = self.weight_unit
        text = f"{plain(weight)} {unit} ({basis}): {plain(line.base_price)}"
        if line.price_per_weight:
            text += f" + {plain(line.price_per_weight)} × {plain(weight)} {unit}"
        if line.min_price and net == line.min_price:
            text += f", minimum {plain(line.min_price)}"
        if service.fuel_surcharge:
            text += f", + {plain(service.fuel_surcharge)} % fuel"
        return text

    # -- offers -----------------------------------------------------------------------------------

    def services_to(self, zone: Zone) -> list[Service]:
        """The services with at least one line into ``zone``, in the table's order."""
        return [service for service in self.services if self.lines_of(service.key, zone.name)]

    def quote_service(self, spec: ShipmentSpec, service: Service, zone: Zone) -> Quote:
        """The offer of one service; ``Rejected`` says which parcel does not fit."""
        charges = tuple(self.charge(parcel, service, zone) for parcel in spec.parcels)
        amount = sum((charge.amount for charge in charges), Decimal(0))
        details = "; ".join(charge.detail for charge in charges[:3])
        if len(charges) > 3:
            details += f" and {len(charges) - 3} more"
        return Quote(
            service=service.key,
            service_name=service.name,
            amount=amount,
            currency=self.currency,
            transit_days=service.transit_days,
            zone=zone.name,
            reason=f"{service.name} to {zone.name}, {details}.",
            charges=charges,
        )

    def quotes(self, spec: ShipmentSpec) -> list[Quote]:
        """Offers of all services, or of ``spec.service`` alone; cheapest first.

        :raises Rejected: naming the first thing that is missing when there is no offer
        """
        if not spec.parcels:
            raise Rejected("There is nothing to ship.", "no_parcel")
        zone = self.zone_of(spec.recipient.country_code, spec.recipient.zip)
        services: Sequence[Service] = self.services_to(zone)
        if spec.service:
            services = [service for service in services if service.key == spec.service]
            if not services:
                asked = next((s.name for s in self.services if s.key == spec.service), spec.service)
                raise Rejected(
                    f"{asked} does not deliver to {zone.name}. Choose another service, or add a "
                    "line for it to the rate table.",
                    "service_not_in_zone",
                    service=asked,
                    zone=zone.name,
                )
        if not services:
            raise Rejected(
                f"The rate table of {self.name} has no price for zone {zone.name}. Add a line.",
                "no_line",
                table=self.name,
                zone=zone.name,
            )
        return self._offers(spec, services, zone)

    def _offers(self, spec: ShipmentSpec, services: Iterable[Service], zone: Zone) -> list[Quote]:
        found: list[Quote] = []
        refusals: list[Rejected] = []
        for service in services:
            try:
                found.append(self.quote_service(spec, service, zone))
            except Rejected as refusal:
                refusals.append(refusal)
        if not found:
            raise refusals[0]
        return sorted(found, key=lambda quote: quote.amount)


# -- text and numbers -----------------------------------------------------------------------------


def normalize_zip(postal_code: str | None) -> str:
    """Upper case, without spaces and hyphens: ``"bt1 1aa"`` → ``"BT11AA"``."""
    return re.sub(r"[\s-]", "", postal_code or "").upper()


def parse_zip_rules(text: str | None) -> tuple[ZipRule, ...]:
    """Rules from text, separated by commas, semicolons or line ends.

    ``BT`` is a prefix; ``20000-20999`` is a range since both ends have one length; ``00-001`` and
    ``1000-001`` are postal codes that are written with a hyphen.

    :raises ValueError: for a range that ends before it starts, or odd characters
    """
    rules = []
    for token in re.split(r"[,;\n]", text or ""):
        token = token.strip()
        if not token:
            continue
        start, hyphen, end = (part.strip() for part in token.partition("-"))
        if hyphen and len(normalize_zip(start)) == len(normalize_zip(end)):
            rule = ZipRule(normalize_zip(start), normalize_zip(end))
        else:
            rule = ZipRule(normalize_zip(token))
        if not re.fullmatch(r"[0-9A-Z]+", rule.start) or not re.fullmatch(r"[0-9A-Z]*", rule.end):
            raise ValueError(f"“{token}” is no postal code: use letters, digits and one hyphen.")
        if rule.end and rule.end < rule.start:
            raise ValueError(f"The range “{token}” ends before it starts.")
        rules.append(rule)
    return tuple(rules)


def round_money(amount: Decimal, rounding: Decimal) -> Decimal:
    """Half up to a multiple of ``rounding`` (0.01, 0.05, 1 ...), as invoices are rounded."""
    return (amount / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding


def plain(number: Decimal) -> str:
    """A decimal without exponent and without needless zeros: ``3.50`` → ``3.5``, ``1E+2`` → 100."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
