"""One shipping of one picking: which box has which parcel, and what is stored of a purchase."""

from dataclasses import dataclass

from odoo import fields

from ..core import port
from ..core.rate_table_carrier import Numbers


@dataclass(frozen=True)
class ShippingBox:
    """A physical box of a picking, in Odoo's units.

    :param package: the outermost ``stock.package``, empty for what was not packed
    :param reference: how people call it; unique within the picking
    :param weight: gross, 0 when unknown
    :param volume: of the contents
    """

    package: object
    reference: str
    weight: float
    volume: float


class Shipment:
    """Pairs the boxes of a picking with its parcels, so that shipping twice adopts.

    :param picking: ``stock.picking`` record
    :param carrier: ``delivery.carrier`` record that ships it
    :param is_return: labels for the way back
    """

    def __init__(self, picking, carrier, is_return=False):
        self.picking = picking.sudo()
        self.carrier = carrier
        self.is_return = is_return
        self.boxes = {box.reference: box for box in self.picking._get_shipping_boxes()}
        self.known = {
            parcel.package_id.id: parcel
            for parcel in self.picking.parcel_ids
            if parcel.state != "cancelled"
            and parcel.is_return == is_return
            and parcel.carrier_id == carrier
        }

    def issue(self, parcel) -> Numbers:
        """The numbers of the parcel that the box has, else fresh ones."""
        known = self.known.get(self.boxes[parcel.reference].package.id)
        if known:
            return Numbers(known.tracking_number, known.sscc or "")
        parcel_model = self.picking.env["shipping.parcel"]
        return Numbers(
            parcel_model._next_tracking_number(self.picking.company_id),
            parcel_model._next_sscc(self.picking.company_id),
        )

    def store(self, bought, spec, keys=()):
        """Write what was bought; parcels without a box any more are cancelled.

        :param keys: of the ledger, by the parcels' reference; none for carriers without an account
        :return: the picking's parcels in the order of the spec
        """
        keys = dict(keys)
        self._cancel_stale(spec, keys)
        parcels = self.picking.env["shipping.parcel"]
        redrawn = parcels
        charges = {charge.parcel: charge for charge in bought.quote.charges}
        for index, (asked, got) in enumerate(
            zip(spec.parcels, bought.parcels, strict=True), start=1
        ):
            box = self.boxes[asked.reference]
            values = self._prepare_parcel(box, got, charges.get(asked.reference), bought, index)
            if key := keys.get(asked.reference):
                values["purchase_key"] = key
            parcel = self._get_known(box, keys.get(asked.reference))
            if parcel:
                parcel.write(values)
            else:
                parcel = parcels.create({**values, **self._prepare_new_parcel(box, got)})
            if parcel._store_labels(got.labels):
                redrawn |= parcel
            parcels |= parcel
        if redrawn:
            self.picking._post_shipping_labels(redrawn)
        return parcels

    def attach(self, box, paid):
        """A parcel for one paid label, whatever the other boxes have."""
        quote = port.Quote(
            "",
            paid.service_name,
            paid.cost,
            paid.currency,
            transit_days=paid.transit_days or None,
            delivery_date=paid.promised_at,
        )
        got = port.BoughtParcel(
            box.reference,
            paid.tracking_number,
            paid.cost,
            paid.labels,
            carrier_ref=paid.carrier_ref,
        )
        bought = port.Bought((got,), paid.currency, paid.key, quote)
        place = list(self.boxes.values()).index(box) + 1
        parcel = self.picking.env["shipping.parcel"].create(
            {
                **self._prepare_parcel(box, got, None, bought, place),
                **self._prepare_new_parcel(box, got),
                "parcel_count": len(self.boxes),
                "purchase_key": paid.key,
            }
        )
        if parcel._store_labels(paid.labels):
            self.picking._post_shipping_labels(parcel)
        return parcel

    def _get_known(self, box, key):
        """The parcel that the box has; one with another label that was paid is not it."""
        parcel = self.known.get(box.package.id)
        if parcel and (parcel.purchase_key or None) == key:
            return parcel
        return self.picking.env["shipping.parcel"]

    def _cancel_stale(self, spec, keys):
        """Cancel labels of boxes that are gone, and those of another delivery method."""
        kept = self.picking.env["shipping.parcel"].union(
            *(
                self._get_known(self.boxes[asked.reference], keys.get(asked.reference))
                for asked in spec.parcels
            )
        )
        stale = self.picking.parcel_ids.filtered(
            lambda p: p.is_return == self.is_return and p.state != "cancelled"
        )
        (stale - kept)._action_cancel()

    def _prepare_new_parcel(self, box, got):
        picking = self.picking
        return {
            "tracking_number": got.tracking_number,
            "sscc": got.sscc or False,
            "picking_id": picking.id,
            "company_id": picking.company_id.id,
            "package_id": box.package.id,
            "carrier_id": self.carrier.id,
            "is_return": self.is_return,
            "ship_date": fields.Date.context_today(picking),
        }

    def _prepare_parcel(self, box, got, charge, bought, index):
        """What may change until the parcel leaves: weight, price, place in the shipment."""
        currency = self.picking.env["res.currency"].search([("name", "=", bought.currency)])
        promised = bought.quote.delivery_date
        return {
            "partner_id": self.picking.partner_id.id,
            "service_name": bought.quote.service_name,
            "zone_name": bought.quote.zone,
            "transit_days": bought.quote.transit_days or 0,
            **({"promised_date": promised.date()} if promised else {}),
            "number_in_shipment": index,
            "parcel_count": len(bought.parcels),
            "weight": box.weight,
            "cost": float(got.cost),
            "currency_id": currency.id,
            "carrier_ref": got.carrier_ref or False,
            **(self._prepare_charge(charge) if charge else {}),
        }

    def _prepare_charge(self, charge):
        """How the price was made, where the carrier says so."""
        return {
            "chargeable_weight": float(charge.chargeable_weight),
            "chargeable_weight_unit": self.carrier.rate_table_weight_unit,
            "cost_detail": charge.detail,
        }
