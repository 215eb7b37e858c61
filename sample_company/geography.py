"""Which warehouse serves which country, and how far it is from the central one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Branch:
    """A warehouse that serves customers.

    :param code: Odoo's short name of the warehouse (at most five characters)
    :param transit_days: days that a transfer from the central warehouse takes
    :param review_every: days between two transfers from the central warehouse
    :param last_sent: how many days ago the last one left: less than it takes, so it is on its way
    """

    code: str
    name: str
    street: str
    city: str
    zip: str
    country: str
    transit_days: int
    review_every: int
    last_sent: int


CENTRAL = "CEN"
BRANCHES = (
    Branch("UK", "United Kingdom", "4 Wharf Lane", "Birmingham", "B7 4RL", "GB", 2, 7, 1),
    Branch("IE", "Ireland", "12 Harbour Road", "Dublin", "D01 K8F1", "IE", 3, 7, 2),
    Branch("EU", "Continental Europe", "Havenstraat 31", "Rotterdam", "3011 TH", "NL", 4, 7, 2),
    Branch("ROW", "Rest of World", "8 Airport Way", "Hounslow", "TW6 2GW", "GB", 3, 14, 1),
)

#: The data's names of countries -> ISO code; None: not a country.
COUNTRIES = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": "JE",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "European Community": None,
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
    "Unspecified": None,
}
#: Countries served by a warehouse other than continental Europe's.
_ELSEWHERE = {
    "UK": {"United Kingdom", "Channel Islands"},
    "IE": {"EIRE"},
    "ROW": {
        "Australia",
        "Bahrain",
        "Brazil",
        "Canada",
        "Hong Kong",
        "Iceland",
        "Israel",
        "Japan",
        "Lebanon",
        "RSA",
        "Saudi Arabia",
        "Singapore",
        "USA",
        "United Arab Emirates",
        "Unspecified",
    },
}
WAREHOUSE_OF = {
    country: next((code for code, names in _ELSEWHERE.items() if country in names), "EU")
    for country in COUNTRIES
}
#: Names as the web client shows them.
DISPLAY_NAMES = {"EIRE": "Ireland", "RSA": "South Africa", "USA": "United States"}
