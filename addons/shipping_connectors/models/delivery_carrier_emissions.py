from odoo import fields, models
from odoo.tools import formatLang

from ..core import emissions


class DeliveryCarrier(models.Model):
    """What carrying the parcels of an offer probably emits: see :mod:`~..core.emissions`."""

    _inherit = "delivery.carrier"

    shipping_transport_mode = fields.Selection(
        [
            ("service", "What the service is called"),
            (emissions.VAN, "Vans"),
            (emissions.ROAD, "Trucks"),
            (emissions.AIR, "Planes"),
        ],
        string="Transport, for CO₂e",
        required=True,
        default="service",
        help="What emissions are estimated with. Ground, air and express tell by themselves; rate "
        "tables are vans'. Nothing is estimated for services that do not tell.",
    )

    def _get_shipping_distance(self, document):
        """From the sender to the recipient of an order or a picking; ``None``: not known.

        Contacts have coordinates when they were located (*Contacts ▸ Geolocate*).
        """
        is_order = document._name == "sale.order"
        recipient = document.partner_shipping_id if is_order else document.partner_id
        warehouse = document.warehouse_id if is_order else document.picking_type_id.warehouse_id
        sender = self._get_shipping_sender(warehouse, document.company_id)
        return emissions.distance(
            _get_place(sender),
            _get_place(recipient),
            sender.country_id.code or "",
            recipient.country_id.code or "",
        )

    def _get_emissions(self, quote, spec, distance):
        """kg CO₂e of an offer, ``None`` when not known.

        :param distance: :class:`~..core.emissions.Distance`, or ``None``
        """
        self.ensure_one()
        weights = [parcel.weight for parcel in spec.parcels]
        if distance is None or None in weights:
            return None
        mode = self.shipping_transport_mode
        if mode == "service":
            is_table = self.delivery_type == "rate_table"
            guessed = emissions.guess_mode(quote.service, quote.service_name)
            mode = emissions.VAN if is_table else guessed
        return emissions.estimate(float(sum(weights)), distance.km, mode)

    def _get_distance_text(self, distance, country):
        """What emissions are estimated with, in a sentence.

        :param country: of the recipient
        """
        km = formatLang(self.env, distance.km, digits=0)
        if distance.basis == emissions.COORDINATES:
            return self.env._("CO₂e over %s km, as the crow flies between the two addresses.", km)
        if distance.basis == emissions.COUNTRIES:
            return self.env._(
                "CO₂e over %s km, as the crow flies between principal places of the two countries, "
                "as the addresses have no coordinates (Contacts ▸ Geolocate).",
                km,
            )
        return self.env._(
            "CO₂e over %(km)s km, an assumption: what two places are apart on average in a country "
            "as large as %(country)s, as the addresses have no coordinates (Contacts ▸ Geolocate).",
            km=km,
            country=country.name,
        )


def _get_place(partner):
    """Latitude and longitude, ``None`` where nobody entered them."""
    place = (partner.partner_latitude, partner.partner_longitude)
    return place if any(place) else None
