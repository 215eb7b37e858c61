"""The loopback carrier in USPS' words: two tokens, labels known by an idempotency key."""

import base64
import json

from .loopback_carrier import PDF
from .loopback_oauth import TOKEN, TokenCarrier, TokenHandler

CREDENTIALS = {
    "client_id": "loop",
    "client_secret": "back",
    "crid": "12345678",
    "mid": "123456789",
    "manifest_mid": "987654321",
    "account_number": "1000000000",
}
PAYMENT = "PAYMENT-loopback"
#: mail class: price, days
PRICES = {
    "USPS_GROUND_ADVANTAGE": (6.07, "2026-03-05"),
    "PRIORITY_MAIL": (7.42, "2026-03-04"),
    "PRIORITY_MAIL_EXPRESS": (34.15, "2026-03-03"),
}


class _Handler(TokenHandler):
    token_path = "/oauth2/v3/token"
    routes = (
        ("POST", "/payments/v3/payment-authorization", "payment"),
        ("POST", "/shipments/v3/options/search", "rate"),
        ("POST", "/labels/v3/label-reprint", "find"),
        ("POST", "/international-labels/v3/international-label-reprint", "none"),
        ("POST", "/labels/v3/label", "buy"),
        ("DELETE", "/labels/v3/label/", "void"),
        ("POST", "/pickup/v3/carrier-pickup", "pickup"),
        ("GET", "/pickup/v3/carrier-pickup/", "read_pickup"),
        ("DELETE", "/pickup/v3/carrier-pickup/", "cancel_pickup"),
        ("POST", "/scan-forms/v3/scan-form", "manifest"),
    )

    def _knows_client(self):
        known = self.server.credentials
        asked = json.loads(self.asked_with)
        return all(asked.get(name) == known[name] for name in ("client_id", "client_secret"))

    def _is_authorized(self):
        if "/labels/" in self.path and (
            self.headers.get("X-Payment-Authorization-Token") != PAYMENT
        ):
            return False
        return super()._is_authorized()

    def _get_token(self):
        return {"access_token": TOKEN, "expires_in": "28799", "token_type": "Bearer"}

    def _error(self, code, message):
        one = {"title": code, "detail": message, "source": {"parameter": "trackingNumber"}}
        return {"apiVersion": "/labels/v3", "error": {"code": "400", "errors": [one]}}

    def _payment(self, parts, body, query):
        [payer] = [role for role in body["roles"] if role["roleName"] == "PAYER"]
        if payer["accountNumber"] != CREDENTIALS["account_number"]:
            return 400, self._error("PAYER", "The account is unknown.")
        return 200, {"paymentAuthorizationToken": PAYMENT}

    def _rate(self, parts, body, query):
        if body["destinationZIPCode"] == "00000":
            return 400, self._error("ZIP", "The destination ZIP Code is unknown.")

        def option(code, price, due, indicator, entry="NONE"):
            return {
                "commitment": {"scheduleDeliveryDate": due, "guaranteedDelivery": False},
                "totalBasePrice": price,
                "rates": [
                    {
                        "price": price,
                        "mailClass": code,
                        "rateIndicator": indicator,
                        "processingCategory": "MACHINABLE",
                        "destinationEntryFacilityType": entry,
                    }
                ],
            }

        shipping = [
            {
                "mailClass": code,
                "rateOptions": [
                    option(code, price, due, "SP"),
                    # in boxes that are not ours, or brought to where they end
                    option(code, 1.00, due, "FE"),
                    option(code, 0.50, due, "SP", "DESTINATION_DELIVERY_UNIT"),
                ],
            }
            for code, (price, due) in PRICES.items()
        ]
        return 200, {"pricingOptions": [{"shippingOptions": shipping, "priceType": "CONTRACT"}]}

    def _label(self, shipment):
        return {
            "trackingNumber": shipment["tracking_code"],
            "postage": PRICES[shipment["service"]][0],
            "labelAddress": shipment["address"],
            "SKU": "DUXP0XXXUC01080",
            "fees": [],
            "extraServices": [],
        }

    def _buy(self, parts, body, query):
        if self.headers.get("Accept") != "application/vnd.usps.labels+json":
            return 406, self._error("ACCEPT", "Parts are not made here.")
        number = f"92055{next(self.server.numbers):017d}"
        shipment = self.server.shipments[number] = {
            "tracking_code": number,
            "reference": self.headers["X-Idempotency-Key"],
            "service": body["packageDescription"]["mailClass"],
            "address": body["toAddress"],
            "refund_status": None,
        }
        return 200, {**self._label(shipment), "labelImage": base64.b64encode(PDF).decode()}

    def _none(self, parts, body, query):
        return 400, self._error("NONE", "Order not found")

    def _find(self, parts, body, query):
        if parts[-1] == "label-reprint":
            key = self.headers["X-Idempotency-Key"]
            found = [one for one in self.server.shipments.values() if one["reference"] == key]
        else:
            found = [self.server.shipments.get(parts[-1])]
        if not found or not found[0]:
            return 400, self._error("NONE", "Order not found")
        image = base64.b64encode(PDF).decode()
        return 200, {"labelMetadata": self._label(found[0]), "labelImage": image}

    def _void(self, parts, body, query):
        shipment = self.server.shipments.get(parts[-1])
        if shipment is None:
            return 400, self._error("NONE", "Order not found")
        if shipment["refund_status"]:
            return 400, self._error("DONE", "This order has already been canceled")
        shipment["refund_status"] = "canceled"
        return 200, {"trackingNumber": parts[-1], "status": "CANCELED"}

    def _pickup(self, parts, body, query):
        number = f"WTC{next(self.server.numbers)}"
        self.server.pickups[number] = f"version-of-{number}"
        return 200, {"confirmationNumber": number, "pickupDate": body["pickupDate"]}

    def _read_pickup(self, parts, body, query):
        version = self.server.pickups.get(parts[-1])
        if version is None:
            return 404, self._error("NONE", "The pickup is unknown.")
        self.version = version
        return 200, {"confirmationNumber": parts[-1]}

    def end_headers(self):
        if version := self.__dict__.pop("version", None):
            self.send_header("ETag", version)
        return super().end_headers()

    def _cancel_pickup(self, parts, body, query):
        if self.headers.get("If-Match") != self.server.pickups.get(parts[-1]):
            return 412, self._error("ETAG", "Another version.")
        del self.server.pickups[parts[-1]]
        return 200, b""

    def _manifest(self, parts, body, query):
        numbers = body["shipment"]["trackingNumbers"]
        if not body["fromAddress"].get("streetAddress") or set(numbers) - set(
            self.server.shipments
        ):
            return 400, self._error("SCAN", "The address or a number is unknown.")
        self.server.manifests.append(body)
        form = {"manifestNumber": f"9275{len(self.server.manifests)}", "trackingNumbers": numbers}
        return 200, {
            "SCANFormMetaData": form,
            "SCANFormImage": base64.b64encode(PDF).decode(),
        }


class LoopbackUSPS(TokenCarrier):
    handler = _Handler
    credentials = CREDENTIALS

    def __init__(self, delay=0.0):
        super().__init__(delay)
        #: versions of booked pickups, by their numbers
        self.pickups = {}
