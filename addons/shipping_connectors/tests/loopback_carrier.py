"""A carrier on the loopback interface that sells labels, counts them, and fails when told to.

Standard library only: the addon's tests, the tests with real processes and the benchmarks use it.
It speaks EasyPost's API as far as the adapter needs it; what it says about money is the truth that
a ledger is compared with.
"""

import base64
import contextlib
import itertools
import json
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

API_KEY = "EZTK-loopback"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Count 0>>endobj\n%%EOF\n"
)
ZPL = b"^XA^FO50,50^A0N,40^FDLoopback^FS^XZ"
#: what a service costs for a parcel of any weight
SERVICES = {"GroundAdvantage": ("6.07", 3), "Priority": ("7.42", 2), "Express": ("34.15", 1)}

#: faults, each for one request; *sold* says whether the label was sold all the same
FAULTS = {
    "drop_before": False,
    "drop_during": True,
    "drop_after": True,
    "reset_after": True,
    "hang_before": False,
    "hang_after": True,
    "unauthorized": False,
    "conflict": False,
    "rate_limited": False,
    "html_error": False,
    "html_error_sold": True,
    "truncated": True,
    "wrong_type": True,
    "empty": True,
    "not_json": True,
    "duplicate": True,
    "trickle": True,
}


class LoopbackCarrier(ThreadingHTTPServer):
    """Serves on a free port; use as a context manager.

    :param delay: seconds before every answer
    """

    daemon_threads = True
    request_queue_size = 128

    @property
    def handler(self):
        return LoopbackHandler

    def __init__(self, delay=0.0):
        super().__init__(("127.0.0.1", 0), self.handler)
        self.delay = delay
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.shipments = {}
        self.tracks = {}
        self.trackers = []
        self.pickups = {}
        self.manifests = []
        self.requests = []
        self.faults = {}
        self.gates = {}
        self.reached = {}
        self.ending = threading.Event()
        #: nobody's credentials are taken any more
        self.has_expired = False

    # -- what a test tells it ---------------------------------------------------------------------

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v2"

    def fail(self, operation, *faults):
        """The next requests of this kind meet these faults, one after the other."""
        assert all(fault in FAULTS for fault in faults)
        self.faults.setdefault(operation, []).extend(faults)

    def hold(self, operation, moment):
        """The next request of this kind waits *before* or *after* it takes effect."""
        self.reached[operation] = threading.Event()
        self.gates[operation] = (moment, threading.Event())

    def await_held(self, operation, timeout=60):
        """Wait until a request waits."""
        assert self.reached[operation].wait(timeout), f"no {operation} came"

    def release(self, operation):
        self.gates.pop(operation)[1].set()

    def scan(self, number, status, moment, message="", **tracker):
        """Something happens to a parcel; ``tracker`` are fields of the parcel itself."""
        known = self.tracks.setdefault(number, {"tracking_details": []})
        known.update(status=status, **tracker)
        known["tracking_details"].append(
            {
                "object": "TrackingDetail",
                "message": message or status,
                "status": status,
                "datetime": moment,
                "tracking_location": {"city": "Oakland", "state": "CA", "country": "US"},
            }
        )

    def tracker(self, number):
        """What the carrier tells of a parcel."""
        return {
            "id": "trk_1",
            "object": "Tracker",
            "tracking_code": number,
            "status": "pre_transit",
            "est_delivery_date": None,
            "signed_by": None,
            "tracking_details": [],
            **self.tracks.get(number, {}),
        }

    # -- what it knows ----------------------------------------------------------------------------

    @property
    def sold(self):
        """Shipments whose label was paid, given back ones included."""
        return [one for one in self.shipments.values() if one["tracking_code"]]

    @property
    def kept(self):
        """Labels that are paid and were not given back."""
        return [one for one in self.sold if one["refund_status"] is None]

    @property
    def drivers(self):
        """Pickups that are booked and were not cancelled."""
        return [one for one in self.pickups.values() if one["status"] == "scheduled"]

    def count(self, operation):
        return sum(1 for one in self.requests if one == operation)

    # -- running ----------------------------------------------------------------------------------

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self.ending.set()
        for _moment, gate in self.gates.values():
            gate.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """Clients that are killed are what it is there for."""


class LoopbackHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self._handle("GET")

    def do_POST(self):
        self._handle("POST")

    def log_message(self, format, *args):
        pass

    # -- routes -----------------------------------------------------------------------------------

    def _handle(self, method):
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self._read_body(self.rfile.read(length)) if length else None
        parts = [unquote(part) for part in url.path.split("/") if part]
        operation = self._operation(method, parts)
        server = self.server
        with server.lock:
            server.requests.append(operation)
            fault = server.faults[operation].pop(0) if server.faults.get(operation) else None
        if server.delay:
            time.sleep(server.delay)
        self._wait(operation, "before")
        if fault in ("unauthorized", "conflict", "rate_limited", "html_error"):
            self._refuse(fault)
            return
        if fault == "drop_before":
            self._drop()
            return
        if fault == "hang_before":
            server.ending.wait(600)
            self._drop()
            return
        if operation != "file" and (server.has_expired or not self._is_authorized()):
            self._answer(401, self._error("UNAUTHORIZED", "Invalid API key."))
            return
        status, answer = self._effect(operation, parts, body, parse_qs(url.query))
        self._wait(operation, "after")
        if isinstance(answer, bytes):
            self._raw(status, "application/pdf", answer)
        elif fault:
            self._spoil(fault, status, json.dumps(answer).encode())
        else:
            self._answer(status, answer)

    def _read_body(self, raw):
        return json.loads(raw or b"null")

    def _operation(self, method, parts):
        if parts[:1] == ["files"]:
            return "file"
        known = {
            ("POST", "shipments", 2): "create",
            ("GET", "shipments", 3): "find",
            ("POST", "trackers", 2): "track",
            ("GET", "trackers", 2): "trackers",
            ("POST", "addresses", 2): "validate",
            ("POST", "scan_forms", 2): "manifest",
            ("POST", "pickups", 2): "pickup",
        }
        if found := known.get((method, parts[1], len(parts))):
            return found
        if parts[1] == "pickups":
            return {"buy": "buy_pickup", "cancel": "cancel_pickup"}.get(parts[-1], "get_pickup")
        return {"buy": "buy", "refund": "void", "label": "label", "cancel": "cancel_pickup"}.get(
            parts[-1], "unknown"
        )

    def _error(self, code, message):
        return {"error": {"code": code, "message": message}}

    def _is_authorized(self):
        expected = base64.b64encode(f"{API_KEY}:".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {expected}"

    def _wait(self, operation, moment):
        gate = self.server.gates.get(operation)
        if gate and gate[0] == moment:
            self.server.reached[operation].set()
            gate[1].wait(600)

    def _effect(self, operation, parts, body, query):
        server = self.server
        with server.lock:
            if operation == "file":
                return 200, ZPL if parts[-1].endswith("zpl") else PDF
            if operation == "trackers":
                return 200, {"trackers": [], "has_more": False}
            if operation == "create":
                return 201, self._create(body["shipment"])
            if operation in ("find", "buy", "void", "label"):
                shipment = self._look_up(parts[2])
                if shipment is None:
                    message = "The requested resource could not be found."
                    return 404, self._error("NOT_FOUND", message)
                return getattr(self, f"_{operation}")(shipment, body, query)
            if operation == "track":
                return 200, self._track(body["tracker"]["tracking_code"])
            if operation == "validate":
                return 200, self._validate(body["address"])
            if operation == "manifest":
                return 201, self._manifest(body["scan_form"]["shipment"])
            if operation == "pickup":
                return 201, self._pickup(body["pickup"])
            if operation in ("buy_pickup", "cancel_pickup", "get_pickup"):
                return self._change_pickup(operation, self.server.pickups[parts[2]])
            return 404, self._error("NOT_FOUND", operation)

    def _look_up(self, name):
        shipments = self.server.shipments
        if name in shipments:
            return shipments[name]
        for shipment in shipments.values():
            if name and shipment["reference"] == name:
                return shipment
        return None

    def _create(self, asked):
        number = next(self.server.numbers)
        shipment = {
            "id": f"shp_{number:08d}",
            "object": "Shipment",
            "mode": "test",
            "reference": asked.get("reference"),
            "options": asked.get("options") or {},
            "is_return": bool(asked.get("is_return")),
            "to_address": asked["to_address"],
            "messages": [],
            "tracking_code": None,
            "selected_rate": None,
            "postage_label": None,
            "refund_status": None,
            "insurance": None,
            "fees": [],
        }
        if asked["to_address"].get("zip") == "00000":
            shipment["rates"] = []
            shipment["messages"] = [{"type": "rate_error", "message": "No service to ZIP 00000."}]
        else:
            shipment["rates"] = [
                {
                    "id": f"rate_{number:08d}_{service}",
                    "carrier": "USPS",
                    "service": service,
                    "rate": price,
                    "currency": "USD",
                    "list_rate": price,
                    "delivery_days": days,
                    "delivery_date": None,
                    "delivery_date_guaranteed": False,
                }
                for service, (price, days) in SERVICES.items()
            ]
        self.server.shipments[shipment["id"]] = shipment
        return shipment

    def _find(self, shipment, body, query):
        return 200, shipment

    def _buy(self, shipment, body, query):
        if shipment["tracking_code"]:
            code = "SHIPMENT.POSTAGE.EXISTS"
            return 422, self._error(code, "Postage already exists.")
        [rate] = [one for one in shipment["rates"] if one["id"] == body["rate"]["id"]]
        number = int(shipment["id"][4:])
        kind = str(shipment["options"].get("label_format") or "PNG").lower()
        url = f"{self.server.url[:-3]}/files/{shipment['id']}.{kind}"
        shipment.update(
            tracking_code=f"94001{number:017d}",
            selected_rate=rate,
            insurance=body.get("insurance"),
            fees=[{"type": "PostageFee", "amount": rate["rate"], "charged": True}],
            postage_label={"label_url": url, f"label_{kind}_url": url},
        )
        return 200, shipment

    def _void(self, shipment, body, query):
        if shipment["refund_status"]:
            code = "SHIPMENT.REFUND.UNAVAILABLE"
            return 422, self._error(code, "Refund was requested already.")
        shipment["refund_status"] = "submitted"
        return 200, shipment

    def _label(self, shipment, body, query):
        kind = query["file_format"][0].lower()
        url = f"{self.server.url[:-3]}/files/{shipment['id']}.{kind}"
        shipment["postage_label"][f"label_{kind}_url"] = url
        return 200, shipment

    def _track(self, number):
        self.server.trackers.append(number)
        return self.server.tracker(number)

    def _validate(self, address):
        """Street numbers are known, and written in capitals."""
        known = address["street1"][:1].isdigit()
        errors = [] if known else [{"code": "E.ADDRESS.NOT_FOUND", "message": "Address not found"}]
        return {
            **address,
            "street1": address["street1"].upper(),
            "city": address["city"].upper(),
            "zip": f"{address['zip'][:5]}-1234",
            "residential": True,
            "verifications": {"delivery": {"success": known, "errors": errors}},
        }

    def _manifest(self, shipments):
        codes = [self.server.shipments[one["id"]]["tracking_code"] for one in shipments]
        number = f"sf_{len(self.server.manifests) + 1}"
        form = {
            "id": number,
            "tracking_codes": codes,
            "form_url": f"{self.server.url[:-3]}/files/{number}.pdf",
        }
        self.server.manifests.append(form)
        return form

    def _pickup(self, asked):
        number = f"pickup_{len(self.server.pickups) + 1}"
        pickup = {
            "id": number,
            "status": "unknown",
            "asked": asked,
            "confirmation": None,
            "pickup_rates": [
                {"carrier": "USPS", "service": "NextDay", "rate": "3.50", "currency": "USD"}
            ],
        }
        self.server.pickups[number] = pickup
        return pickup

    def _change_pickup(self, operation, pickup):
        if operation == "buy_pickup":
            pickup.update(status="scheduled", confirmation=f"WTC{pickup['id'][7:]}")
        elif operation == "cancel_pickup":
            if pickup["status"] == "canceled":
                return 422, self._error("PICKUP.CANCEL", "It is cancelled already.")
            pickup["status"] = "canceled"
        return 200, pickup

    # -- answers, good and bad --------------------------------------------------------------------

    def _answer(self, status, data):
        self._raw(status, "application/json; charset=utf-8", json.dumps(data).encode())

    def _raw(self, status, content_type, body, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _refuse(self, fault):
        if fault == "html_error":
            self._raw(500, "text/html", b"<html><h1>Oops</h1></html>")
            return
        status = {"unauthorized": 401, "conflict": 409, "rate_limited": 429}[fault]
        body = json.dumps(self._error(fault.upper(), f"{fault} it is")).encode()
        self._raw(
            status, "application/json", body, **({"Retry_After": "0"} if status == 429 else {})
        )

    def _spoil(self, fault, status, body):
        if fault == "drop_after":
            self._drop()
        elif fault == "reset_after":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._drop()
        elif fault == "drop_during":
            self._raw(status, "application/json", body[: len(body) // 2], length=len(body))
            self._drop()
        elif fault == "hang_after":
            self.server.ending.wait(600)
            self._drop()
        elif fault == "html_error_sold":
            self._raw(502, "text/html", b"<html><h1>Bad Gateway</h1></html>")
        elif fault == "truncated":
            self._raw(status, "application/json", body[: len(body) // 2])
        elif fault == "wrong_type":
            self._raw(status, "text/html", b"<html>Thank you for your order</html>")
        elif fault == "empty":
            self._raw(status, "application/json", b"")
        elif fault == "not_json":
            self._raw(status, "application/json", b"null")
        elif fault == "duplicate":
            self._raw(status, "application/json", body)
            with contextlib.suppress(OSError):
                self._raw(status, "application/json", body)
        elif fault == "trickle":
            self._trickle(status, body)

    def _trickle(self, status, body):
        """A byte at a time, for ever so long: no single wait is long."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            for byte in body:
                if self.server.ending.is_set():
                    break
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.2)

    def _drop(self):
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
