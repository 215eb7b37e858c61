from odoo import fields, models

from ..core import port
from ..core.rate_table import KG_PER_LB
from .tools import to_decimal


class DeliveryCarrier(models.Model):
    """Odoo's documents in the words of the port: what every carrier is asked with."""

    _inherit = "delivery.carrier"

    # -- units ----------------------------------------------------------------------------------

    def _shipping_weight_to_kg(self, weight):
        """A weight of Odoo (in the unit of the settings) in kg, as an exact number."""
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        if unit == self.env.ref("uom.product_uom_lb"):
            return to_decimal(weight) * KG_PER_LB
        kilogram = self.env.ref("uom.product_uom_kgm")
        return to_decimal(unit._compute_quantity(weight, kilogram, round=False))

    def _shipping_length_to_mm(self, length):
        unit = self.env["product.template"]._get_length_uom_id_from_ir_config_parameter()
        millimetre = self.env.ref("uom.product_uom_millimeter")
        return to_decimal(unit._compute_quantity(length, millimetre, round=False), 3)

    def _shipping_volume_to_litre(self, volume):
        unit = self.env["product.template"]._get_volume_uom_id_from_ir_config_parameter()
        litre = self.env.ref("uom.product_uom_litre")
        return to_decimal(unit._compute_quantity(volume, litre, round=False))

    shipping_divisor = fields.Float(
        string="Dimensional Divisor",
        default=5000.0,
        help="cm³ that the carrier counts as a kilogram: 5000 is usual with express carriers.",
    )

    def _shipping_volume_divisor(self, picking):
        """cm³/kg of the service that a picking goes by; 0 where volume does not count."""
        carrier = picking.carrier_id.sudo()
        if carrier.delivery_type == "rate_table":
            service = carrier._get_rate_table_service(picking.rate_service_id)
            return to_decimal(service.dimensional_divisor)
        return to_decimal(carrier.shipping_divisor if carrier else 0)

    shipping_package_type_id = fields.Many2one(
        "stock.package.type",
        string="Usual Package",
        check_company=True,
        help="Orders are quoted with it: its size and own weight count, and an order over its "
        "maximum weight is quoted as several. What is not packed has its size. Some carriers (DHL "
        "Express, USPS) quote nothing without one.",
    )

    # -- addresses ------------------------------------------------------------------------------

    def _prepare_shipping_address(self, partner) -> port.Address:
        """The address of a contact."""
        return port.Address(
            name=partner.name or partner.parent_id.name or partner.display_name or "",
            company=partner.commercial_company_name or "",
            street=partner.street or "",
            street2=partner.street2 or "",
            zip=partner.zip or "",
            city=partner.city or "",
            state=partner.state_id.name or "",
            state_code=partner.state_id.code or "",
            country_code=partner.country_id.code or "",
            country=partner.country_id.with_context(lang="en_US").name or "",
            phone=partner.phone or "",
            email=partner.email or "",
        )

    def _get_shipping_sender(self, warehouse, company):
        """The contact that a shipment leaves from."""
        return warehouse.partner_id or company.partner_id

    # -- orders ---------------------------------------------------------------------------------

    def _prepare_shipment_spec_from_order(self, order, service_code="") -> port.ShipmentSpec:
        """What an order will probably be shipped as."""
        sender = self._get_shipping_sender(order.warehouse_id, order.company_id)
        return port.ShipmentSpec(
            sender=self._prepare_shipping_address(sender),
            recipient=self._prepare_shipping_address(order.partner_shipping_id),
            parcels=self._prepare_shipping_parcels_from_order(order),
            service=service_code,
            reference=order.name or "",
            **self._prepare_order_extras(order),
        )

    def _prepare_order_extras(self, order) -> dict:
        """As :meth:`_prepare_shipment_extras`, of an order that is not packed yet."""
        return {}

    def _get_shipping_order_lines(self, order):
        """The lines of an order that are goods to be carried."""
        return order.order_line.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.is_delivery
                and not line.display_type
                and line.state != "cancel"
                and line.product_uom_qty > 0
            )
        )

    def _prepare_shipping_parcels_from_order(self, order) -> tuple[port.Parcel, ...]:
        """The boxes that the order is estimated with.

        The weight is what the user entered in the wizard, else the sum of the products. Without a
        usual package all goes into one parcel with the products' volume.
        """
        volume = 0.0
        weight = self.env.context.get("order_weight") or order.shipping_weight or 0.0
        from_products = 0.0
        for line in self._get_shipping_order_lines(order):
            product = line.product_id
            quantity = line.product_uom_id._compute_quantity(line.product_uom_qty, product.uom_id)
            volume += product.volume * quantity
            from_products += product.weight * quantity
        weight = self._shipping_weight_to_kg(weight or from_products)
        volume = self._shipping_volume_to_litre(volume)
        box = self._get_shipping_usual_package()
        if not box:
            return (port.Parcel(reference=order.name or "", weight=weight, volume=volume),)
        return self._split_into_boxes(order.name or "", weight, box)

    def _get_shipping_usual_package(self):
        """Package type that quotations are estimated with; empty for one parcel of any size."""
        return self.shipping_package_type_id

    def _split_into_boxes(self, reference, weight, box) -> tuple[port.Parcel, ...]:
        """``weight`` kg of goods in as few boxes as their maximum weight allows."""
        own = self._shipping_weight_to_kg(box.base_weight)
        room = self._shipping_weight_to_kg(box.max_weight) - own
        weights = []
        if weight > 0 and room > 0:
            full, rest = divmod(weight, room)
            weights = [room] * int(full) + ([rest] if rest else [])
        return tuple(
            self._prepare_shipping_parcel(
                f"{reference} {number}/{len(weights)}" if len(weights) > 1 else reference,
                content + own if content else None,
                box,
            )
            for number, content in enumerate(weights or [weight], start=1)
        )

    def _prepare_shipping_parcel(self, reference, weight, package_type, volume=0.0) -> port.Parcel:
        """:param weight: kg, gross
        :param volume: of the contents, in the unit of the settings
        """
        return port.Parcel(
            reference=reference,
            weight=weight,
            length=self._shipping_length_to_mm(package_type.packaging_length),
            width=self._shipping_length_to_mm(package_type.width),
            height=self._shipping_length_to_mm(package_type.height),
            volume=self._shipping_volume_to_litre(volume),
        )

    # -- pickings -------------------------------------------------------------------------------

    def _prepare_shipment_spec_from_picking(
        self, picking, service_code="", is_return=False
    ) -> port.ShipmentSpec:
        """What a picking is shipped as, from the packages that were really packed."""
        sender = self._get_shipping_sender(picking.picking_type_id.warehouse_id, picking.company_id)
        return port.ShipmentSpec(
            sender=self._prepare_shipping_address(sender),
            recipient=self._prepare_shipping_address(picking.partner_id),
            parcels=tuple(
                self._prepare_shipping_parcel(
                    box.reference,
                    self._shipping_weight_to_kg(box.weight) if box.weight else None,
                    box.package.package_type_id,
                    box.volume,
                )
                for box in picking._get_shipping_boxes()
            ),
            service=service_code,
            reference=picking.sale_id.name or picking.origin or picking.name or "",
            is_return=is_return,
            **self._prepare_shipment_extras(picking),
        )

    def _prepare_shipment_extras(self, picking) -> dict:
        """Further fields of the spec: customs, insurance, label format and options."""
        return {}
