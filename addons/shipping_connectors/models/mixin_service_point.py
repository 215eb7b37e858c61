from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import port
from ..core.carriers import registry


class ShippingServicePointMixin(models.AbstractModel):
    """Orders and transfers whose parcels the recipient fetches at a place of the carrier's."""

    _name = "shipping.service.point.mixin"
    _description = "Delivery to a Service Point"

    # a carrier's place is no contact of ours: it is kept as it was when it was chosen
    shipping_service_point = fields.Json(copy=False)
    shipping_service_point_name = fields.Char(
        string="Service Point",
        compute="_compute_shipping_service_point_name",
        help="Where the recipient fetches the parcels, instead of being delivered to.",
    )
    has_service_points = fields.Boolean(compute="_compute_has_service_points")

    @api.depends("shipping_service_point", "carrier_id")
    def _compute_shipping_service_point_name(self):
        for document in self:
            point = document._get_service_point(document.carrier_id)
            lines = (*point.address.lines, point.address.country_code) if point else ()
            document.shipping_service_point_name = ", ".join(lines) or False

    @api.depends("carrier_id")
    def _compute_has_service_points(self):
        for document in self:
            account = document.carrier_id.sudo().shipping_account_id
            document.has_service_points = (
                document.carrier_id.delivery_type == "carrier_account"
                and bool(account)
                and account._has_capability(port.Capability.SERVICE_POINTS)
            )

    def _get_service_point(self, carrier) -> port.ServicePoint | None:
        """The chosen place, as far as it is one of this method's carrier."""
        self.ensure_one()
        data = self.shipping_service_point
        if not data or data["account_id"] != carrier.sudo().shipping_account_id.id:
            return None
        point = {**data["point"], "address": port.Address(**data["point"]["address"])}
        return port.ServicePoint(**point)

    def _set_service_point(self, account, point):
        """:param point: ``port.ServicePoint`` of the account's carrier, or ``None`` for none"""
        self.shipping_service_point = (
            {"account_id": account.id, "point": asdict(point)} if point else False
        )

    def action_choose_service_point(self):
        """Ask the carrier for places near the recipient."""
        self.ensure_one()
        if not self.has_service_points:
            raise UserError(
                self.env._(
                    "The carrier of %(method)s delivers to no service points, or they are not "
                    "offered here. These do: %(carriers)s.",
                    method=self.carrier_id.name or self.display_name,
                    carriers=", ".join(
                        one.name
                        for one in registry.definitions()
                        if port.Capability.SERVICE_POINTS in one.capabilities
                    ),
                )
            )
        return self.env["shipping.service.point.choice"]._open(self)

    def action_remove_service_point(self):
        """Deliver to the recipient's address."""
        self._set_service_point(None, None)
        return True
