from datetime import datetime

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..core import port
from .shipping_booking import DRAFT


class ShippingManifest(models.Model):
    """The end of the day: a form with which the driver takes many parcels in one scan."""

    _name = "shipping.manifest"
    _description = "Carrier Manifest"
    _inherit = ["shipping.booking"]

    day = fields.Date(readonly=True)
    parcel_ids = fields.One2many(
        "shipping.parcel",
        "manifest_id",
        string="Parcels",
        domain="[('account_id', '=', account_id), ('state', '=', 'pending'), "
        "('manifest_id', '=', False)]",
    )
    parcel_count = fields.Integer(compute="_compute_parcel_count")
    document_id = fields.Many2one("ir.attachment", string="Form", readonly=True, copy=False)
    url = fields.Char(string="Form at the Carrier", readonly=True, copy=False)

    @api.depends("parcel_ids")
    def _compute_parcel_count(self):
        for one in self:
            one.parcel_count = len(one.parcel_ids)

    def action_collect(self):
        """Take all parcels that wait and are on no manifest."""
        self._check_user()
        for one in self.filtered(lambda one: one.state == DRAFT):
            waiting = self.env["shipping.parcel"].search(one._get_waiting_domain())
            one.parcel_ids = [Command.link(number) for number in waiting.ids]
        return True

    def _get_waiting_domain(self):
        return [*super()._get_waiting_domain(), ("manifest_id", "=", False)]

    def _check_booking(self):
        if not self.account_id._has_capability(port.Capability.MANIFEST):
            raise UserError(
                self.env._(
                    "%s has no manifests: its drivers scan each parcel.", self.account_id.name
                )
            )
        if not self.parcel_ids:
            raise UserError(self.env._("Choose the parcels first: press Collect Parcels."))
        wrong = self.parcel_ids.filtered(
            lambda one: (
                one.account_id != self.account_id
                or one.picking_id.picking_type_id.warehouse_id != self.warehouse_id
                or one.state == "cancelled"
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "%s were cancelled, bought with another account, or leave from another"
                    " warehouse: remove them.",
                    ", ".join(wrong.mapped("tracking_number")),
                )
            )

    def _prepare_question(self):
        references = [one.carrier_ref or one.tracking_number for one in self.parcel_ids]
        return references, self._prepare_sender(), datetime.now(self._get_zone()).date()

    def _ask(self, adapter, question):
        return adapter.manifest(*question)

    def _prepare_booked(self, answer):
        document = self.env["ir.attachment"]
        if answer.document:
            document = document.create(
                {
                    "name": f"manifest-{answer.reference}.{answer.document.format}",
                    "raw": answer.document.content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        return {
            **super()._prepare_booked(answer),
            "document_id": document.id,
            "url": answer.url,
        }

    def action_print(self):
        self.ensure_one()
        if not self.document_id and not self.url:
            raise UserError(self.env._("The carrier gave no form."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.document_id.id}" if self.document_id else self.url,
            "target": "new",
        }
