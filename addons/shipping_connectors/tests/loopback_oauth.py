"""What loopback carriers with tokens share: routes by method and path, and who may call them."""

from urllib.parse import parse_qs, urlsplit

from .loopback_carrier import LoopbackCarrier, LoopbackHandler

TOKEN = "T0KEN-loopback"


class TokenHandler(LoopbackHandler):
    """Serves ``routes`` to whoever has the token.

    A route is ``(method, beginning of the path, operation)``, and the method ``_<operation>`` of
    the handler answers it; the first that fits is taken.
    """

    token_path = ""
    routes = ()

    def do_DELETE(self):  # noqa: N802 - called by http.server
        self._handle("DELETE")

    def do_PUT(self):  # noqa: N802 - called by http.server
        self._handle("PUT")

    def _operation(self, method, parts):
        path = "/" + "/".join(parts)
        if path == self.token_path:
            return "token"
        for wanted, start, operation in self.routes:
            if method == wanted and path.startswith(start):
                return operation
        return "unknown"

    def _is_token_request(self):
        return urlsplit(self.path).path == self.token_path

    def _read_body(self, raw):
        if self._is_token_request():
            self.asked_with = raw.decode()
            return None
        return super()._read_body(raw)

    def _is_authorized(self):
        if self._is_token_request():
            return self._knows_client()
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _knows_client(self):
        """By the form that most carriers take."""
        form = {name: value[0] for name, value in parse_qs(self.asked_with).items()}
        known = self.server.credentials
        return all(form.get(name) == known[name] for name in ("client_id", "client_secret"))

    def _get_token(self):
        return {"access_token": TOKEN, "expires_in": 3600, "token_type": "bearer"}

    def _effect(self, operation, parts, body, query):
        if operation == "token":
            return 200, self._get_token()
        with self.server.lock:
            if operation == "unknown":
                return 404, self._error("NOT_FOUND", self.path)
            return getattr(self, f"_{operation}")(parts, body, query)


class TokenCarrier(LoopbackCarrier):
    credentials = {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"
