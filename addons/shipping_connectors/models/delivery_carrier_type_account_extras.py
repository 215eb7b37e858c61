from dataclasses import replace
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from ..core import port, spec_check
from .tools import to_decimal


class DeliveryCarrier(models.Model):
    """What a carrier with an account is told beyond addresses and weights."""

    _inherit = "delivery.carrier"

    shipping_signature = fields.Boolean(string="Signature Required")
    shipping_adult_signature = fields.Boolean(
        string="Adult Signature",
        help="Whoever takes the parcel shows their age. Takes the place of the plain signature.",
    )
    shipping_saturday = fields.Boolean(string="Saturday Delivery")
    shipping_incoterm_id = fields.Many2one(
        "account.incoterms",
        string="Incoterm",
        help="Who pays duties on parcels that cross a border.",
    )
    shipping_export_exemption = fields.Char(
        string="Export Exemption",
        help="From the USA: why no export filing is needed, or the number (ITN) of the filing.",
    )
    shipping_dry_ice_weight = fields.Float(
        string="Dry Ice per Parcel",
        digits="Stock Weight",
        help="Part of the parcel's weight. Above zero, the carrier is told of it.",
    )
    shipping_lithium_battery = fields.Boolean(
        string="Batteries in Equipment",
        help="Lithium-ion batteries inside the devices that they drive, within the limits of "
        "IATA's packing instruction 967, section II. Anything else is dangerous goods.",
    )

    def _prepare_shipping_parcel(self, reference, weight, package_type, volume=0.0):
        parcel = super()._prepare_shipping_parcel(
            reference, weight, package_type or self._get_shipping_usual_package(), volume
        )
        if self.delivery_type != "carrier_account":
            return parcel
        ice = self._shipping_weight_to_kg(self.shipping_dry_ice_weight)
        return replace(parcel, dry_ice_weight=ice) if ice else parcel

    def _get_shipping_options(self):
        """Extras that shipments by this method ask for: words of :class:`~.port.Option`."""
        self.ensure_one()
        option = port.Option
        wanted = {
            option.SIGNATURE: self.shipping_signature and not self.shipping_adult_signature,
            option.ADULT_SIGNATURE: self.shipping_adult_signature,
            option.SATURDAY: self.shipping_saturday,
            option.DRY_ICE: self.shipping_dry_ice_weight > 0,
            option.LITHIUM_BATTERY: self.shipping_lithium_battery,
        }
        return frozenset(name for name, is_wanted in wanted.items() if is_wanted)

    # -- goods ----------------------------------------------------------------------------------

    def _get_shipped_lines(self, picking):
        """What leaves with the picking: once anything is picked, the rest stays behind."""
        lines = picking.move_line_ids.filtered(lambda line: line.quantity > 0)
        return lines.filtered("picked") or lines

    def _get_shipping_goods(self, lines):
        """Product, quantity in its unit, and value, of each line that is goods."""
        return [
            (line.product_id, line._get_base_quantity(), line.sale_price)
            for line in lines
            if line.product_id.type == "consu"
        ]

    def _prepare_shipment_spec_from_picking(self, picking, service_code="", is_return=False):
        spec = super()._prepare_shipment_spec_from_picking(picking, service_code, is_return)
        if is_return and spec.service_point is not None:
            spec = replace(spec, service_point=None)
        if self.delivery_type != "carrier_account" or spec.customs is None:
            return spec
        # labels that are bought one by one declare what is in their own parcel
        by_package = {
            package: self._get_shipping_goods(self.env["stock.move.line"].union(*lines))
            for package, lines in groupby(
                self._get_shipped_lines(picking),
                key=lambda line: line.result_package_id and line._get_outermost_package(),
            )
        }
        boxes = {box.reference: box.package for box in picking._get_shipping_boxes()}
        return replace(
            spec,
            parcels=tuple(
                replace(
                    parcel,
                    contents=self._prepare_customs_items(
                        by_package.get(boxes[parcel.reference], [])
                    ),
                )
                for parcel in spec.parcels
            ),
        )

    # -- extras ---------------------------------------------------------------------------------

    def _prepare_shipment_extras(self, picking):
        extras = super()._prepare_shipment_extras(picking)
        if self.delivery_type != "carrier_account":
            return extras
        goods = self._get_shipping_goods(self._get_shipped_lines(picking))
        sender = self._get_shipping_sender(picking.picking_type_id.warehouse_id, picking.company_id)
        currency = picking.sale_id.currency_id or picking.company_id.currency_id
        boxes = len(picking._get_shipping_boxes())
        return {
            **extras,
            **self._prepare_account_extras(
                picking, sender, picking.partner_id, goods, currency, boxes
            ),
        }

    def _prepare_order_extras(self, order):
        extras = super()._prepare_order_extras(order)
        if self.delivery_type != "carrier_account":
            return extras
        goods = [
            (
                line.product_id,
                line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id),
                line.price_total,
            )
            for line in self._get_shipping_order_lines(order)
        ]
        sender = self._get_shipping_sender(order.warehouse_id, order.company_id)
        return {
            **extras,
            **self._prepare_account_extras(
                order, sender, order.partner_shipping_id, goods, order.currency_id, 1
            ),
        }

    def _prepare_account_extras(self, document, sender, recipient, goods, currency, boxes):
        """:param goods: product, quantity in its unit, and value in ``currency``, of each line"""
        insured, insured_currency = self._get_insured_value(
            document, sum(value for _product, _quantity, value in goods), currency
        )
        return {
            "label_format": self.shipping_label_format,
            "options": self._get_shipping_options(),
            "customs": self._prepare_customs(document, sender, recipient, goods, currency),
            "insured_value": round(insured / max(boxes, 1), 2),
            "currency": insured_currency,
            "service_point": document._get_service_point(self),
        }

    def _get_insured_value(self, document, value, currency):
        """What all parcels together are insured for, and in which currency."""
        if not self.shipping_insurance or not self.supports_shipping_insurance:
            return Decimal(0), currency.name
        code = self.shipping_account_id._get_definition().insurance_currency or currency.name
        amount = value * self.shipping_insurance / 100
        if code != currency.name:
            target = self.env["res.currency"].search([("name", "=", code)])
            if not target:
                raise UserError(
                    self.env._(
                        "The carrier insures in %s. Activate this currency and give it a rate.",
                        code,
                    )
                )
            today = fields.Date.context_today(self)
            amount = currency._convert(amount, target, document.company_id, today)
        return to_decimal(amount), code

    def _prepare_customs(self, document, sender, recipient, goods, currency):
        """The declaration, where goods cross a customs border; else ``None``."""
        pair = {sender.country_id.code, recipient.country_id.code}
        if len(pair) < 2 or pair <= spec_check.EU:
            return None
        return port.Customs(
            items=self._prepare_customs_items(goods),
            currency=currency.name,
            incoterm=self.shipping_incoterm_id.code or "",
            signer=(document.company_id.name or "")[:35],
            invoice_number=document.name or "",
            exemption=self.shipping_export_exemption or "",
        )

    def _prepare_customs_items(self, goods):
        """Lines of a declaration: one of each product."""
        items = []
        for product, lines in groupby(goods, key=lambda line: line[0]):
            quantity = sum(line[1] for line in lines)
            items.append(
                port.CustomsItem(
                    description=product.name or "",
                    quantity=to_decimal(quantity),
                    value=round(to_decimal(sum(line[2] for line in lines) / quantity), 2),
                    weight=self._shipping_weight_to_kg(product.weight),
                    origin=product.country_of_origin.code or "",
                    hs_code=product.hs_code or "",
                    sku=product.default_code or "",
                )
            )
        return tuple(items)
