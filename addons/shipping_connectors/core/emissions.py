"""Greenhouse gases of carrying a parcel: an estimate from its weight, the distance and the mode.

    kg CO₂e = weight (t) × distance (km) × factor (kg CO₂e per tonne-kilometre)

as ISO 14083 and the GLEC Framework define transport activity. The factors are those of the *UK
Government GHG Conversion Factors for Company Reporting 2025* (Department for Energy Security and
Net Zero), table *Freighting goods*, in kg CO₂e per tonne-km from the tank to the wheel; flights
with radiative forcing, as that publication recommends. They are averages of whole fleets: what a
parcel of a particular carrier causes may well differ by half.

The distance is the great circle between the two places, which roads exceed. Where a place is only
known by its country, it is the country's principal place in the time zone database; where two
places are only known to be in one country, they are supposed to be as far apart as two places at
random are on average in a disk of the country's area:

    128 × radius / (45 × π) = 0.9054 × √(area / π)

(Kendall and Moran, *Geometrical Probability*, 1963).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

import pytz

from .country_area import AREA

ROAD, VAN, AIR = "road", "van", "air"
#: what a distance is known by: coordinates, the countries, or a supposition about one country
COORDINATES, COUNTRIES, SUPPOSED = "coordinates", "countries", "supposed"

#: kg CO₂e per tonne-km. Heavy goods vehicles: all diesel, all, average laden; vans: diesel,
#: average up to 3.5 t; freight flights: short-haul and long-haul with radiative forcing.
FACTORS = {ROAD: 0.10163, VAN: 0.6313}
SHORT_HAUL_FACTOR = 1.27835
LONG_HAUL_FACTOR = 0.89939
#: km; the publication calls flights beyond it long-haul
LONG_HAUL_FROM = 3700.0
#: km, mean radius (IUGG)
EARTH_RADIUS = 6371.0088

#: words in the names of services that tell the mode; what else they are called tells nothing
_AIR_WORDS = re.compile(
    r"\b(air|express|expedited|overnight|worldwide|next day|nextday\w*|2nd day|2ndday\w*|"
    r"2 day|international priority)\b"
)
_ROAD_WORDS = re.compile(
    r"\b(ground\w*|road|economy select|home delivery|3 day select|3dayselect)\b"
)


@dataclass(frozen=True)
class Distance:
    """:param basis: :data:`COORDINATES`, :data:`COUNTRIES` or :data:`SUPPOSED`"""

    km: float
    basis: str


def estimate(weight: float, distance: float, mode: str) -> float | None:
    """kg CO₂e of carrying ``weight`` kg over ``distance`` km.

    :param mode: :data:`ROAD`, :data:`VAN`, :data:`AIR` or empty for unknown
    :return: ``None`` when weight or mode is unknown

    >>> round(estimate(1000, 100, ROAD), 3)
    10.163
    """
    if weight <= 0 or distance < 0:
        return None
    if mode == AIR:
        factor = LONG_HAUL_FACTOR if distance > LONG_HAUL_FROM else SHORT_HAUL_FACTOR
    elif mode in FACTORS:
        factor = FACTORS[mode]
    else:
        return None
    return weight / 1000 * distance * factor


def great_circle(start: tuple[float, float], end: tuple[float, float]) -> float:
    """km between two places (latitude, longitude in degrees), by the haversine formula."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*start, *end))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


def distance(
    start: tuple[float, float] | None,
    end: tuple[float, float] | None,
    start_country: str,
    end_country: str,
) -> Distance | None:
    """How far apart two addresses are, and what that is known by.

    :param start: latitude and longitude where they are known, and likewise ``end``
    :param start_country: ISO 3166-1 alpha-2
    :return: ``None`` when it is not known
    """
    if start is not None and end is not None:
        return Distance(great_circle(start, end), COORDINATES)
    if start_country == end_country:
        km = mean_distance(start_country)
        return None if km is None else Distance(km, SUPPOSED)
    start = start or country_place(start_country)
    end = end or country_place(end_country)
    if start is None or end is None:
        return None
    return Distance(great_circle(start, end), COUNTRIES)


def mean_distance(country: str) -> float | None:
    """km between two places at random in a disk of the country's area; ``None``: unknown country.

    >>> round(mean_distance("DE"))
    305
    """
    area = AREA.get(country)
    if area is None:
        return None
    return 128 / (45 * math.pi) * math.sqrt(area / math.pi)


@cache
def _places() -> dict[str, tuple[float, float]]:
    """The first place of each country in the time zone database's ``zone.tab`` (public domain).

    It is ordered by country, and within one the most populous zones come first where possible.
    """
    places: dict[str, tuple[float, float]] = {}
    with pytz.open_resource("zone.tab") as file:
        for line in file.read().decode().splitlines():
            if line and not line.startswith("#"):
                code, place = line.split("\t")[:2]
                places.setdefault(code, parse_iso6709(place))
    return places


def country_place(code: str) -> tuple[float, float] | None:
    """Latitude and longitude of a country's principal place."""
    return _places().get(code)


def parse_iso6709(text: str) -> tuple[float, float]:
    """``±DDMM±DDDMM`` or ``±DDMMSS±DDDMMSS`` in degrees.

    >>> parse_iso6709("+5130-00030")
    (51.5, -0.5)
    """
    found = re.fullmatch(r"([+-])(\d\d)(\d\d)(\d\d)?([+-])(\d{3})(\d\d)(\d\d)?", text)
    if not found:
        raise ValueError(f"{text!r} is no place in ISO 6709.")

    def degrees(sign: str, *parts: str | None) -> float:
        value = sum(int(part or 0) / 60**power for power, part in enumerate(parts))
        return -value if sign == "-" else value

    return degrees(*found.groups()[:4]), degrees(*found.groups()[4:])


def guess_mode(service: str, service_name: str) -> str:
    """Road or air from what a service is called; empty when that does not tell.

    >>> guess_mode("03", "UPS Ground")
    'road'
    >>> guess_mode("USPS/Priority", "USPS Priority")
    ''
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", f"{service} {service_name}")
    text = re.sub(r"[^a-z0-9]+", " ", spaced.lower())
    # a carrier, whose services go by road as well
    text = text.replace("dhl express", "")
    if _ROAD_WORDS.search(text):
        return ROAD
    return AIR if _AIR_WORDS.search(text) else ""
