import re
import uuid

from odoo import Command, http
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.http import content_disposition, request
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
KEY = re.compile(r"[0-9a-f]{32}")
NOTE_LIMIT = 2000


class ShippingReturns(CustomerPortal):
    """Returns that customers ask for from their order, and the page of one with its label."""

    # -- asking for one -------------------------------------------------------------------------

    @http.route(
        "/my/orders/<int:order_id>/return",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def ask_return(self, order_id, access_token=None, **form):
        """The form; sent in, it makes a return and leads to its page."""
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        pickings = order._get_portal_returnable()
        error = ""
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    made = self._make_return(order, pickings, form)
                return request.redirect(f"/shipping/return/{made.access_token}", code=303)
            except (UserError, ValidationError) as problem:
                error = str(problem)
        return self._render(
            "shipping_connectors.return_form",
            {
                "sale_order": order,
                "pickings": pickings,
                "returns": order._get_portal_returns(),
                "returnable": {
                    picking: {
                        move: quantity
                        for move, quantity in picking.move_ids._get_returnable().items()
                        if quantity > 0
                    }
                    for picking in pickings
                },
                "reasons": request.env["shipping.return.reason"].sudo().search([]),
                "access_token": access_token or "",
                "error": error,
                "form": form,
                "key": form.get("key") if error else uuid.uuid4().hex,
            },
        )

    def _make_return(self, order, pickings, form):
        """:raises UserError: says what the customer has to change"""
        env = request.env(su=True)
        key = form.get("key") or ""
        if not KEY.fullmatch(key):
            raise UserError(env._("This page is too old. Reload it and try again."))
        known = env["shipping.return"].search([("request_key", "=", key)])
        if known and known.picking_id in order.sudo().picking_ids:
            return known
        reason = env["shipping.return.reason"].browse(self._parse_id(form.get("reason")))
        if not reason.exists():
            raise UserError(env._("Choose why you send it back."))
        note = (form.get("note") or "").strip()[:NOTE_LIMIT]
        if reason.needs_note and not note:
            raise UserError(env._("Describe what is wrong."))
        wanted = self._parse_quantities(env, pickings, form)
        picking = next(iter(wanted)).picking_id
        if any(move.picking_id != picking for move in wanted):
            raise UserError(
                env._("These came in several deliveries: send a return for each of them.")
            )
        made = env["shipping.return"].create(
            {
                "picking_id": picking.id,
                "reason_id": reason.id,
                "note": note,
                "is_from_portal": True,
                "request_key": key,
                "line_ids": [
                    Command.create({"move_id": move.id, "quantity": quantity})
                    for move, quantity in wanted.items()
                ],
            }
        )
        made.line_ids._check_quantity()
        if picking.company_id.shipping_return_portal == "auto":
            made._approve()
        return made

    def _parse_id(self, text):
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text or "") else 0

    def _parse_quantities(self, env, pickings, form):
        """What is to come back, by move."""
        wanted = {}
        for move in pickings.sudo().move_ids:
            text = (form.get(f"quantity_{move.id}") or "").strip().replace(",", ".")
            if not text:
                continue
            if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
                raise UserError(
                    env._(
                        "%(product)s: “%(text)s” is no quantity.",
                        product=move.product_id.display_name,
                        text=text[:20],
                    )
                )
            if float(text) > 0:
                wanted[move] = float(text)
        if not wanted:
            raise UserError(env._("Enter how many you send back."))
        return wanted

    # -- the page of one ------------------------------------------------------------------------

    @http.route(
        "/shipping/return/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show_return(self, token, **_params):
        """Where a return stands; nobody is logged in."""
        return self._render_return(self._find(token))

    @http.route(
        "/shipping/return/<string:token>/label", type="http", auth="public", methods=["POST"]
    )
    def get_label(self, token):
        """Buy the label, once however often the button is pressed."""
        found = self._find(token)
        if not found or found.company_id.shipping_return_portal != "auto":
            return self._render_return(found)
        try:
            if not found._get_parcels():
                found._buy_label()
        except UserError as problem:
            return self._render_return(found, str(problem))
        return request.redirect(f"/shipping/return/{token}", code=303)

    @http.route(
        "/shipping/return/<string:token>/label.pdf",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def download_label(self, token):
        found = self._find(token)
        parcels = found._get_parcels().filtered("label_pdf_id") if found else None
        if not parcels:
            raise request.not_found()
        return request.make_response(
            parcels._get_labels_content("pdf"),
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{found.name}.pdf")),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )

    def _find(self, token):
        returns = request.env["shipping.return"].sudo()
        if not TOKEN.fullmatch(token):
            return returns
        found = returns.search([("access_token", "=", token)], limit=1)
        return found if found and consteq(found.access_token, token) else returns

    def _render_return(self, found, error=""):
        if lang := found.partner_id.lang:
            # whoever opens the link reads the language of the mail that it stands in
            request.update_context(lang=lang)
            found = found.with_context(lang=lang)
        states = dict(found._fields["state"]._description_selection(request.env))
        return self._render(
            "shipping_connectors.return_page",
            {
                "found": found,
                "state_label": states.get(found.state) if found else "",
                "parcels": found._get_parcels() if found else found,
                "may_buy": bool(found)
                and found.state == "approved"
                and found.company_id.shipping_return_portal == "auto",
                "error": error,
            },
            status=200 if found else 404,
        )

    def _render(self, template, values, status=200):
        response = request.render(template, values, status=status)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
