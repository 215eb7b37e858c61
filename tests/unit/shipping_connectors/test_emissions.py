import math

import pytest
from shipping_core import emissions, iso3166
from shipping_core.country_area import AREA
from shipping_core.emissions import AIR, ROAD, VAN

LONDON, NEW_YORK = (51.5, -0.125), (40.7142, -74.0064)


@pytest.mark.parametrize(
    ("weight", "distance", "mode", "expected"),
    [
        # a tonne over a kilometre is the published factor
        (1000, 1, ROAD, 0.10163),
        (1000, 1, VAN, 0.6313),
        (1000, 1, AIR, 1.27835),
        # 2 kg over 500 km are one tonne-kilometre
        (2, 500, ROAD, 0.10163),
        # long-haul from 3,700 km on: 1 kg over 5,000 km, 5 tonne-kilometres
        (1, 5000, AIR, 5 * 0.89939),
        (1, 3700, AIR, 3.7 * 1.27835),
        (1, 0, ROAD, 0),
    ],
)
def test_estimate(weight, distance, mode, expected):
    assert emissions.estimate(weight, distance, mode) == pytest.approx(expected)


@pytest.mark.parametrize(("weight", "mode"), [(0, ROAD), (1, ""), (1, "pigeon")])
def test_nothing_is_said_of_what_is_not_known(weight, mode):
    assert emissions.estimate(weight, 100, mode) is None


def test_great_circle():
    degree = 2 * math.pi * 6371.0088 / 360
    assert emissions.great_circle((0, 0), (1, 0)) == pytest.approx(degree)
    assert emissions.great_circle((0, 179.5), (0, -179.5)) == pytest.approx(degree)
    assert emissions.great_circle((90, 0), (-90, 77)) == pytest.approx(180 * degree)
    # London and New York are 5,570 km apart
    assert emissions.great_circle(LONDON, NEW_YORK) == pytest.approx(5570, abs=10)


def test_distance_by_country_where_a_place_is_not_known():
    # the first places of Britain and the USA in the time zone database are these two cities
    for start in (None, LONDON):
        found = emissions.distance(start, None, "GB", "US")
        assert (found.km, found.basis) == (pytest.approx(5570, abs=15), "countries")
    assert emissions.distance(LONDON, LONDON, "GB", "GB") == emissions.Distance(0, "coordinates")


def test_two_places_in_one_country():
    """In a disk of radius 1 two random points are 0.9054147873672268 apart on average.

    Germany has 357,021 km², the area of a disk with a radius of 337.11 km: 305.2 km.
    """
    mean = 0.9054147873672268
    for start in (None, (52.5, 13.4)):
        found = emissions.distance(start, None, "DE", "DE")
        assert found.basis == "supposed"
        assert found.km == pytest.approx(mean * math.sqrt(357021 / math.pi))
        assert found.km == pytest.approx(305.2, abs=0.05)
    # a town's worth of Monaco, and a continent's of the USA
    assert emissions.mean_distance("MC") < 1
    assert emissions.mean_distance("US") == pytest.approx(1585, abs=1)


def test_countries_have_areas():
    """All but the Vatican, the USA's outlying islands, and the EU, which has a code as well."""
    assert {code for code in iso3166.NUMERIC if code not in AREA} == {"UM", "VA", "EU"}
    assert all(area > 0 for area in AREA.values())


@pytest.mark.parametrize(
    ("start", "countries"), [(None, ("GB", "QQ")), (None, ("QQ", "QQ")), (None, ("", ""))]
)
def test_no_distance_is_guessed_of_what_is_no_country(start, countries):
    assert emissions.distance(start, None, *countries) is None


def test_places():
    latitude, longitude = emissions.parse_iso6709("+404251-0740023")
    assert latitude == pytest.approx(40 + 42 / 60 + 51 / 3600)
    assert longitude == pytest.approx(-(74 + 23 / 3600))
    with pytest.raises(ValueError, match="ISO 6709"):
        emissions.parse_iso6709("40.7N 74W")
    assert emissions.country_place("QQ") is None


@pytest.mark.parametrize(
    ("service", "name", "expected"),
    [
        ("03", "UPS Ground", ROAD),
        ("USPS/GroundAdvantage", "USPS GroundAdvantage", ROAD),
        ("USPS_GROUND_ADVANTAGE", "USPS Ground Advantage", ROAD),
        ("12", "UPS 3 Day Select", ROAD),
        ("W", "DHL Economy Select EU", ROAD),
        ("01", "UPS Next Day Air", AIR),
        ("PRIORITY_OVERNIGHT", "FedEx Priority Overnight", AIR),
        ("FedEx/FEDEX_2_DAY", "FedEx FEDEX_2_DAY", AIR),
        ("P", "DHL Express Worldwide", AIR),
        ("USPS/Priority", "USPS Priority", ""),
        ("11", "UPS Standard", ""),
        # DHL Express is the carrier, not the service
        ("N", "DHL Express Domestic", ""),
    ],
)
def test_mode_of_a_service(service, name, expected):
    assert emissions.guess_mode(service, name) == expected
