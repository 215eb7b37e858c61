"""The loopback carrier in UPS' words: tokens, shipments of several packages, label recovery."""

import base64
import binascii
import struct
import zlib

from .loopback_oauth import TOKEN, TokenCarrier, TokenHandler

CREDENTIALS = {"client_id": "loop", "client_secret": "back", "account_number": "A1B2C3"}
PRICES = {
    "03": ("12.50", "9.80", "3"),
    "02": ("30.00", "24.40", "2"),
    "01": ("80.10", "61.20", "1"),
}


def png(width=8, height=12):
    """A white picture, so small that it is written by hand."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", binascii.crc32(body))

    rows = b"".join(b"\0" + b"\xff" * width for _row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


PICTURE = base64.b64encode(png()).decode()


class _Handler(TokenHandler):
    token_path = "/security/v1/oauth/token"
    routes = (
        ("POST", "/api/rating/", "rate"),
        ("POST", "/api/labels/v1/recovery", "find"),
        ("POST", "/api/shipments/v2409/ship", "buy"),
        ("DELETE", "/api/shipments/v2409/void/cancel", "void"),
        ("POST", "/api/locations/v3/search/availabilities/64", "points"),
    )

    def _knows_client(self):
        pair = f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}"
        expected = "Basic " + base64.b64encode(pair.encode()).decode()
        return self.headers.get("Authorization") == expected

    def _get_token(self):
        return {"access_token": TOKEN, "expires_in": "14399", "status": "approved"}

    def _error(self, code, message):
        return {"response": {"errors": [{"code": code, "message": message}]}}

    def _amount(self, value):
        return {"CurrencyCode": "USD", "MonetaryValue": value}

    def _charges(self, code, count):
        public, negotiated, _days = PRICES[code]
        return f"{float(public) * count:.2f}", f"{float(negotiated) * count:.2f}"

    def _rate(self, parts, body, query):
        shipment = body["RateRequest"]["Shipment"]
        if shipment["ShipTo"]["Address"]["PostalCode"] == "00000":
            return 400, self._error("111210", "The requested service is unavailable.")
        count = len(shipment["Package"])
        rated = []
        for code, (_public, _negotiated, days) in PRICES.items():
            public, negotiated = self._charges(code, count)
            rated.append(
                {
                    "Service": {"Code": code},
                    "TotalCharges": self._amount(public),
                    "NegotiatedRateCharges": {"TotalCharge": self._amount(negotiated)},
                    "GuaranteedDelivery": {"BusinessDaysInTransit": days},
                }
            )
        return 200, {"RateResponse": {"RatedShipment": rated}}

    def _buy(self, parts, body, query):
        shipment = body["ShipmentRequest"]["Shipment"]
        code = shipment["Service"]["Code"]
        packages = shipment["Package"]
        references = shipment.get("ReferenceNumber") or packages[0]["ReferenceNumber"]
        public, negotiated = self._charges(code, len(packages))
        numbers = [f"1ZA1B2C303{next(self.server.numbers):08d}" for _package in packages]
        for number in numbers:
            self.server.shipments[number] = {
                "id": numbers[0],
                "tracking_code": number,
                "reference": references[0]["Value"],
                "refund_status": None,
                "point": shipment.get("AlternateDeliveryAddress", {}).get("UPSAccessPointID"),
            }
        return 200, {
            "ShipmentResponse": {
                "ShipmentResults": {
                    "ShipmentCharges": {"TotalCharges": self._amount(public)},
                    "NegotiatedRateCharges": {"TotalCharge": self._amount(negotiated)},
                    "ShipmentIdentificationNumber": numbers[0],
                    "PackageResults": [
                        {
                            "TrackingNumber": number,
                            "ShippingLabel": {
                                "ImageFormat": {"Code": "PNG"},
                                "GraphicImage": PICTURE,
                            },
                        }
                        for number in numbers
                    ],
                }
            }
        }

    def _find(self, parts, body, query):
        asked = body["LabelRecoveryRequest"]
        if number := asked.get("TrackingNumber"):
            found = [one for one in self.server.sold if one["tracking_code"] == number]
        else:
            reference = asked["ReferenceValues"]["ReferenceNumber"]["Value"]
            found = [one for one in self.server.sold if one["reference"] == reference]
        if not found:
            return 404, self._error("9300022", "No label was found.")
        return 200, {
            "LabelRecoveryResponse": {
                "ShipmentIdentificationNumber": found[0]["id"],
                "LabelResults": [
                    {
                        "TrackingNumber": one["tracking_code"],
                        "LabelImage": {"GraphicImage": PICTURE},
                    }
                    for one in found
                ],
            }
        }

    def _points(self, parts, body, query):
        asked = body["LocatorRequest"]["OriginAddress"]["AddressKeyFormat"]
        places = [("U97117071", "THE UPS STORE", "0.8"), ("U12345678", "CORNER SHOP", "2.1")]
        found = [
            {
                "AddressKeyFormat": {
                    "ConsigneeName": name,
                    "AddressLine": "1601 PACIFIC HWY",
                    "PoliticalDivision2": asked["PoliticalDivision2"],
                    "PoliticalDivision1": asked["PoliticalDivision1"],
                    "PostcodePrimaryLow": asked["PostcodePrimaryLow"],
                    "CountryCode": asked["CountryCode"],
                },
                "Distance": {"Value": distance, "UnitOfMeasurement": {"Code": "KM"}},
                "StandardHoursOfOperation": "Mon-Fri: 8:00am-6:00pm",
                "AccessPointInformation": {"PublicAccessPointID": number},
            }
            for number, name, distance in places
        ]
        return 200, {"LocatorResponse": {"SearchResults": {"DropLocation": found}}}

    def _void(self, parts, body, query):
        number = query["trackingnumber"][0]
        if number not in self.server.shipments:
            return 400, self._error("190102", "No shipment found.")
        # voided, or voided already: UPS says the same
        self.server.shipments[number]["refund_status"] = "voided"
        return 200, {
            "VoidShipmentResponse": {
                "SummaryResult": {"Status": {"Code": "1", "Description": "Voided"}}
            }
        }


class LoopbackUPS(TokenCarrier):
    handler = _Handler
    credentials = CREDENTIALS
