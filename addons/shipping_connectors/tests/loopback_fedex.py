"""The loopback carrier in FedEx' words: labels one by one, found again by tracking."""

import base64

from .loopback_carrier import PDF
from .loopback_oauth import TokenCarrier, TokenHandler

CREDENTIALS = {"client_id": "loop", "client_secret": "back", "account_number": "740561073"}
#: service: name, list price, price of the account, days
PRICES = {
    "FEDEX_GROUND": ("FedEx Ground®", 14.10, 11.05, "THREE_DAYS"),
    "FEDEX_2_DAY": ("FedEx 2Day®", 31.00, 22.75, "TWO_DAYS"),
    "STANDARD_OVERNIGHT": ("FedEx Standard Overnight®", 71.20, 54.30, "ONE_DAY"),
}


class _Handler(TokenHandler):
    token_path = "/oauth/token"
    routes = (
        ("POST", "/rate/v1/rates/quotes", "rate"),
        ("PUT", "/ship/v1/shipments/cancel", "void"),
        ("POST", "/ship/v1/shipments", "buy"),
        ("POST", "/track/v1/referencenumbers", "find"),
        ("POST", "/track/v1/trackingnumbers", "track"),
        ("POST", "/location/v1/locations", "points"),
        ("PUT", "/ship/v1/endofday", "close"),
        ("POST", "/ship/v1/endofday", "reprint"),
    )

    def _error(self, code, message):
        return {"transactionId": "1", "errors": [{"code": code, "message": message}]}

    def _rate(self, parts, body, query):
        shipment = body["requestedShipment"]
        if len(shipment["requestedPackageLineItems"]) != 1:
            return 400, self._error("PACKAGE.COUNT.INVALID", "One package, please.")
        wanted = shipment.get("serviceType")
        if shipment["recipient"]["address"]["postalCode"] == "00000" or (
            wanted and wanted not in PRICES
        ):
            return 400, self._error("SERVICE.UNAVAILABLE", "No service is available.")
        details = [
            {
                "serviceType": code,
                "serviceName": name,
                "ratedShipmentDetails": [
                    {"rateType": "ACCOUNT", "totalNetCharge": paid, "currency": "USD"},
                    {"rateType": "LIST", "totalNetCharge": listed, "currency": "USD"},
                ],
                "operationalDetail": {"transitTime": days},
            }
            for code, (name, listed, paid, days) in PRICES.items()
            if wanted in (None, code)
        ]
        return 200, {"output": {"rateReplyDetails": details}}

    def _buy(self, parts, body, query):
        shipment = body["requestedShipment"]
        service = shipment["serviceType"]
        [package] = shipment["requestedPackageLineItems"]
        number = f"7949{next(self.server.numbers):08d}"
        self.server.shipments[number] = {
            "tracking_code": number,
            "reference": package["customerReferences"][0]["value"],
            "service": service,
            "point": shipment.get("shipmentSpecialServices", {})
            .get("holdAtLocationDetail", {})
            .get("locationId"),
            "refund_status": None,
        }
        name, _listed, paid, _days = PRICES[service]
        rates = [{"rateType": "PAYOR_ACCOUNT_SHIPMENT", "totalNetCharge": paid, "currency": "USD"}]
        sold = {
            "serviceType": service,
            "serviceName": name,
            "masterTrackingNumber": number,
            "pieceResponses": [
                {
                    "trackingNumber": number,
                    "packageDocuments": [
                        {
                            "contentType": "LABEL",
                            "docType": "PDF",
                            "encodedLabel": base64.b64encode(PDF).decode(),
                        }
                    ],
                }
            ],
            "completedShipmentDetail": {
                "shipmentRating": {
                    "actualRateType": "PAYOR_ACCOUNT_SHIPMENT",
                    "shipmentRateDetails": rates,
                }
            },
        }
        return 200, {"output": {"transactionShipments": [sold]}}

    def _result(self, number):
        known = self.server.shipments.get(number)
        result = {"trackingNumberInfo": {"trackingNumber": number}}
        if known is None:
            message = "Tracking number cannot be found."
            result["error"] = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": message}
        else:
            result["latestStatusDetail"] = {"code": "CA" if known["refund_status"] else "OC"}
            result["serviceDetail"] = {"type": known["service"]}
            result["scanEvents"] = []
        return result

    def _find(self, parts, body, query):
        reference = body["referencesInformation"]["value"]
        numbers = [
            number for number, one in self.server.shipments.items() if one["reference"] == reference
        ]
        if not numbers:
            code = "TRACKING.REFERENCENUMBER.NOTFOUND"
            return 404, self._error(code, "Reference number cannot be found.")
        results = [
            {"trackingNumber": number, "trackResults": [self._result(number)]} for number in numbers
        ]
        return 200, {"output": {"completeTrackResults": results}}

    def _track(self, parts, body, query):
        number = body["trackingInfo"][0]["trackingNumberInfo"]["trackingNumber"]
        result = {"trackingNumber": number, "trackResults": [self._result(number)]}
        return 200, {"output": {"completeTrackResults": [result]}}

    def _void(self, parts, body, query):
        known = self.server.shipments.get(body["trackingNumber"])
        if known is None or known["refund_status"]:
            code = "TRACKINGNUMBER.NOTFOUND"
            return 400, self._error(code, "The tracking number was not found.")
        known["refund_status"] = "cancelled"
        return 200, {"output": {"cancelledShipment": True, "cancelledHistory": True}}

    def _points(self, parts, body, query):
        address = {**body["location"]["address"], "streetLines": ["1601 Pacific Hwy"]}
        place = {
            "locationId": "RBDA",
            "distance": {"units": "KM", "value": 1.2},
            "contactAndAddress": {
                "address": address,
                "contact": {"companyName": "FedEx Office"},
            },
        }
        return 200, {"output": {"totalResults": 1, "locationDetailList": [place]}}

    def _close(self, parts, body, query):
        """Everything by Ground that is not closed; what is closed stays so."""
        closed = {number for day in self.server.manifests for number in day["numbers"]}
        open_numbers = [
            number
            for number, one in self.server.shipments.items()
            if "GROUND" in one["service"] and not one["refund_status"] and number not in closed
        ]
        if not open_numbers:
            return 200, {"output": {"closeDocuments": []}}
        self.server.manifests.append({"day": body["closeDate"], "numbers": open_numbers})
        return 200, {"output": {"closeDocuments": [self._document(self.server.manifests[-1])]}}

    def _reprint(self, parts, body, query):
        days = [one for one in self.server.manifests if one["day"] == body["closeDate"]]
        return 200, {"output": {"closeDocuments": [self._document(one) for one in days]}}

    def _document(self, day):
        text = "\n".join(["GROUND MANIFEST", *day["numbers"]])
        image = base64.b64encode(text.encode()).decode()
        return {
            "type": "MANIFEST",
            "shippingCycle": f"10032345{len(self.server.manifests)}",
            "parts": [{"documentPartSequenceNumber": 1, "image": image}],
        }


class LoopbackFedEx(TokenCarrier):
    handler = _Handler
    credentials = CREDENTIALS
