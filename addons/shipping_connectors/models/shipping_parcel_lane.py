"""How often a lane keeps its promise: from our own deliveries."""

from datetime import timedelta

from odoo import api, fields, models

from ..core import choice
from .tools import to_decimal

#: older deliveries tell little of a carrier as it is today
HISTORY = timedelta(days=180)


class ShippingParcel(models.Model):
    _inherit = "shipping.parcel"

    @api.model
    def _to_decimal(self, value):
        return to_decimal(value)

    @api.model
    def _get_on_time(self, document, offers):
        """Share of kept promises of each offered service to the document's country.

        Two grouped reads, however many offers there are.

        :return: ``{(delivery method id, service name): share or None}``
        """
        is_order = document._name == "sale.order"
        partner = document.partner_shipping_id if is_order else document.partner_id
        domain = [
            ("carrier_id", "in", [offer.carrier.id for offer in offers]),
            ("country_id", "=", partner.country_id.id),
            ("company_id", "=", document.company_id.id),
            ("is_return", "=", False),
            ("state", "=", "delivered"),
            ("promised_date", "!=", False),
            ("delivered_at", ">=", fields.Datetime.now() - HISTORY),
        ]
        parcels = self.sudo()
        groupby = ["carrier_id", "service_name"]
        delivered = parcels._read_group(domain, groupby, ["__count"])
        kept = parcels._read_group([*domain, ("days_late", "<=", 0)], groupby, ["__count"])
        kept = {(carrier.id, service): count for carrier, service, count in kept}
        return {
            (carrier.id, service): choice.on_time_share(kept.get((carrier.id, service), 0), count)
            for carrier, service, count in delivered
        }
