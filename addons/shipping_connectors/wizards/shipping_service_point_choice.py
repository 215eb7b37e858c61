from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..core import port


class ShippingServicePointChoice(models.TransientModel):
    """The carrier's places near a recipient; one is chosen for an order or a transfer."""

    _name = "shipping.service.point.choice"
    _description = "Choose a Service Point"

    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade")
    picking_id = fields.Many2one("stock.picking", readonly=True, ondelete="cascade")
    account_id = fields.Many2one("shipping.account", readonly=True, ondelete="cascade")
    near = fields.Char(readonly=True)
    line_ids = fields.One2many("shipping.service.point.choice.line", "choice_id", readonly=True)

    @api.model
    def _open(self, document):
        document.ensure_one()
        is_order = document._name == "sale.order"
        partner = document.partner_shipping_id if is_order else document.partner_id
        if not partner:
            raise UserError(self.env._("Enter the delivery address first."))
        carriers = self.env["delivery.carrier"]
        account = document.carrier_id._get_shipping_account()
        address = carriers._prepare_shipping_address(partner)
        try:
            points = account._connect().service_points(address)
        except port.CarrierError as failure:
            raise UserError(carriers._get_shipping_error_message(failure)) from failure
        choice = self.create(
            {
                "order_id": document.id if is_order else False,
                "picking_id": False if is_order else document.id,
                "account_id": account.id,
                "near": ", ".join((*address.lines, address.country_code)),
                "line_ids": [fields.Command.create(self._prepare_line(point)) for point in points],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Service Points of %s", account.name),
            "res_model": self._name,
            "res_id": choice.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _prepare_line(self, point):
        address = point.address
        town = " ".join(filter(None, (address.zip, address.city, address.state_code)))
        return {
            "name": address.name,
            "address": ", ".join(filter(None, (address.street, address.street2, town))),
            "distance": (
                self.env._("%s km", formatLang(self.env, point.distance, digits=1))
                if point.distance is not None
                else False
            ),
            "hours": point.hours or False,
            "point": asdict(point),
        }


class ShippingServicePointChoiceLine(models.TransientModel):
    _name = "shipping.service.point.choice.line"
    _description = "Service Point"
    _order = "id"

    choice_id = fields.Many2one("shipping.service.point.choice", required=True, ondelete="cascade")
    name = fields.Char(readonly=True)
    address = fields.Char(readonly=True)
    distance = fields.Char(readonly=True, help="As the carrier tells it, in a straight line.")
    hours = fields.Text(string="Open", readonly=True)
    point = fields.Json(readonly=True)

    def action_choose(self):
        """Let the recipient fetch the parcels here."""
        self.ensure_one()
        choice = self.choice_id
        point = {**self.point, "address": port.Address(**self.point["address"])}
        document = choice.order_id or choice.picking_id
        document._set_service_point(choice.account_id, port.ServicePoint(**point))
        return {"type": "ir.actions.act_window_close"}
