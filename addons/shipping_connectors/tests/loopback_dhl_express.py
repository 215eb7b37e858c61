"""The loopback carrier in DHL Express' words: many parcels in a waybill, nothing to give back."""

import base64

from .loopback_carrier import PDF
from .loopback_oauth import TokenCarrier, TokenHandler

CREDENTIALS = {"api_key": "loop", "api_secret": "back", "account_number": "123456789"}
#: product: name, public price, price of the account, days
PRICES = {
    "N": ("EXPRESS DOMESTIC", 41.00, 23.50, 1),
    "1": ("EXPRESS DOMESTIC 12:00", 52.00, 31.10, 1),
    "K": ("EXPRESS 9:00", 83.00, 60.25, 1),
}


class _Handler(TokenHandler):
    routes = (
        ("POST", "/rates", "rate"),
        ("POST", "/shipments", "buy"),
        ("GET", "/tracking", "find"),
        ("GET", "/address-validate", "validate"),
    )

    def _is_authorized(self):
        pair = f"{CREDENTIALS['api_key']}:{CREDENTIALS['api_secret']}"
        expected = "Basic " + base64.b64encode(pair.encode()).decode()
        return self.headers.get("Authorization") == expected

    def _error(self, code, message):
        return {"title": code, "detail": message, "status": code}

    def _price(self, product, count):
        return round(PRICES[product][2] * count, 2)

    def _rate(self, parts, body, query):
        if body["customerDetails"]["receiverDetails"]["postalCode"] == "00000":
            return 404, self._error("404", "The requested product(s) are not available.")
        count = len(body["packages"])
        products = [
            {
                "productCode": code,
                "productName": name,
                "totalPrice": [
                    {"currencyType": "BILLC", "priceCurrency": "USD",
                     "price": self._price(code, count)},
                    {"currencyType": "PULCL", "priceCurrency": "USD", "price": listed * count},
                ],
                "deliveryCapabilities": {"totalTransitDays": days},
            }
            for code, (name, listed, _paid, days) in PRICES.items()
        ]  # fmt: skip
        # of some products DHL says that there is no price
        products.append({"productCode": "7", "productName": "EASY", "totalPrice": [{"price": 0}]})
        return 200, {"products": products}

    def _buy(self, parts, body, query):
        number = next(self.server.numbers)
        waybill = f"11037{number:05d}"
        packages = body["content"]["packages"]
        pieces = [
            {"referenceNumber": place, "trackingNumber": f"JD0146{number:08d}{place:04d}"}
            for place in range(1, len(packages) + 1)
        ]
        for piece in pieces:
            self.server.shipments[piece["trackingNumber"]] = {
                "tracking_code": piece["trackingNumber"],
                "waybill": waybill,
                "product": body["productCode"],
                "reference": body["customerReferences"][0]["value"],
                "refund_status": None,
            }
        pdf = base64.b64encode(PDF).decode()
        documents = [
            {
                "imageFormat": "PDF",
                "typeCode": "label",
                "packageReferenceNumber": piece["referenceNumber"],
                "content": pdf,
            }
            for piece in pieces
        ]
        price = self._price(body["productCode"], len(packages))
        return 201, {
            "shipmentTrackingNumber": waybill,
            "packages": pieces,
            "documents": documents,
            "shipmentCharges": [{"currencyType": "BILLC", "priceCurrency": "USD", "price": price}],
        }

    def _find(self, parts, body, query):
        key = query["shipmentReference"][0]
        pieces = [one for one in self.server.shipments.values() if one["reference"] == key]
        if not pieces or query["trackingView"][0] != "shipment-details-only":
            return 404, self._error("404", "No data found")
        shipment = {
            "shipmentTrackingNumber": pieces[0]["waybill"],
            "productCode": pieces[0]["product"],
            "pieces": [
                {"number": place, "trackingNumber": one["tracking_code"]}
                for place, one in enumerate(pieces, start=1)
            ],
            "events": [],
        }
        return 200, {"shipments": [shipment]}

    def _validate(self, parts, body, query):
        town = {"countryCode": "DE", "postalCode": "53113", "cityName": "BONN"}
        return 200, {"address": [town]}


class LoopbackDHLExpress(TokenCarrier):
    handler = _Handler
    credentials = CREDENTIALS
