"""Towns for the anonymous customers, so that deliveries have a zone to go to.

The source knows a customer's country only; the town is invented (one of the country's, chosen by
the customer's number) and the street left out.
"""

from __future__ import annotations

_TOWNS = {
    "AE": (("Dubai", ""),),
    "AT": (("Wien", "1010"), ("Graz", "8010")),
    "AU": (("Melbourne", "3000"), ("Sydney", "2000")),
    "BE": (("Bruxelles", "1000"), ("Antwerpen", "2000"), ("Gent", "9000")),
    "BH": (("Manama", ""),),
    "BR": (("São Paulo", "01310-100"),),
    "CA": (("Toronto", "M5H 2N2"),),
    "CH": (("Zürich", "8001"), ("Genève", "1201")),
    "CY": (("Nicosia", "1010"),),
    "CZ": (("Praha", "110 00"),),
    "DE": (("Hamburg", "20095"), ("Köln", "50667"), ("Leipzig", "04109"), ("München", "80331")),
    "DK": (("Aarhus", "8000"),),
    "ES": (("Barcelona", "08002"), ("Madrid", "28013"), ("Valencia", "46002")),
    "FI": (("Helsinki", "00100"),),
    "FR": (("Lille", "59000"), ("Lyon", "69002"), ("Nantes", "44000"), ("Paris", "75011")),
    "GB": (
        ("Aberdeen", "AB10 1AB"),
        ("Belfast", "BT1 5GS"),
        ("Bristol", "BS1 4ST"),
        ("Cardiff", "CF10 1EP"),
        ("Edinburgh", "EH1 1YZ"),
        ("Inverness", "IV1 1EL"),
        ("Leeds", "LS1 4DY"),
        ("London", "N1 9GU"),
        ("Manchester", "M2 5DB"),
        ("Norwich", "NR1 3JU"),
        ("Plymouth", "PL1 1EA"),
        ("Sheffield", "S1 2HH"),
    ),
    "GR": (("Athina", "105 57"),),
    "HK": (("Hong Kong", ""),),
    "IE": (("Cork", "T12 X70A"), ("Dublin", "D02 AF30"), ("Galway", "H91 E2R8")),
    "IL": (("Haifa", "3303139"),),
    "IS": (("Reykjavík", "101"),),
    "IT": (("Bologna", "40121"), ("Milano", "20121"), ("Torino", "10121")),
    "JE": (("Saint Helier", "JE2 3QA"),),
    "JP": (("Osaka", "530-0001"), ("Tokyo", "100-0005")),
    "LB": (("Beirut", ""),),
    "LT": (("Vilnius", "01103"),),
    "MT": (("Valletta", "VLT 1117"),),
    "NL": (("Amsterdam", "1012 JS"), ("Utrecht", "3511 LX")),
    "NO": (("Bergen", "5003"), ("Oslo", "0150")),
    "PL": (("Gdańsk", "80-831"), ("Warszawa", "00-001")),
    "PT": (("Lisboa", "1100-148"), ("Porto", "4000-322")),
    "SA": (("Jeddah", "22233"),),
    "SE": (("Göteborg", "411 03"), ("Stockholm", "111 29")),
    "SG": (("Singapore", "018956"),),
    "US": (("Portland", "97204"),),
    "ZA": (("Cape Town", "8001"),),
}


def town(country: str | None, number: int) -> tuple[str, str]:
    """(town, postal code) of customer ``number`` in the country of this ISO code."""
    towns = _TOWNS.get(country or "", (("", ""),))
    return towns[number % len(towns)]
