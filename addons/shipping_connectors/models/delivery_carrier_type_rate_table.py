import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import file_path

from ..core import iso3166, label, label_pdf, label_zpl, port, rate_table_carrier
from ..core.rate_table import KG_PER_LB
from .shipment import Shipment
from .tools import to_decimal

FONT = "web/static/fonts/google/Open_Sans/Open_Sans-{}.ttf"


class DeliveryCarrier(models.Model):
    """The delivery type ``rate_table``: what Odoo calls to rate, ship, track and cancel."""

    _inherit = "delivery.carrier"

    # -- API of delivery ------------------------------------------------------------------------

    def rate_table_rate_shipment(self, order):
        """Price of an order, in the order's currency, with the reason as message."""
        self.ensure_one()
        try:
            quote = self._rate_table_quotes(order)[0]
        except port.Rejected as refusal:
            return {
                "success": False,
                "price": 0.0,
                "error_message": self._get_shipping_error_message(refusal),
                "warning_message": False,
            }
        return {
            "success": True,
            "price": self._rate_table_convert(
                quote.amount, order.currency_id, order.company_id, order.date_order
            ),
            "error_message": False,
            "warning_message": self._get_rate_table_message(quote, order),
        }

    def rate_table_send_shipping(self, pickings):
        """Give every parcel of the pickings its number and label.

        Parcels that have theirs keep them, so that it may be called any number of times.

        :return: per picking the price in its order's currency, and its tracking numbers
        """
        self.ensure_one()
        result = []
        for picking in pickings:
            parcels = self._rate_table_ship(picking)
            if self.return_label_on_delivery:
                self.get_return_label(picking)
            currency = picking.sale_id.currency_id or picking.company_id.currency_id
            cost = sum(to_decimal(parcel.cost) for parcel in parcels)
            result.append(
                {
                    "exact_price": self._rate_table_convert(
                        cost, currency, picking.company_id, picking._get_shipping_date()
                    ),
                    "tracking_number": ",".join(parcels.mapped("tracking_number")),
                }
            )
        return result

    def rate_table_get_tracking_link(self, picking):
        """The public page of the only parcel, or a JSON list of number and page of several."""
        links = [
            [parcel.tracking_number, parcel._get_tracking_url()]
            for parcel in picking.sudo().parcel_ids._filter_outbound()
        ]
        if len(links) > 1:
            return json.dumps(links)
        return links[0][1] if links else False

    def rate_table_cancel_shipment(self, pickings):
        """Cancel what these pickings have on the way with this method; repeating it is harmless."""
        self.ensure_one()
        pickings.parcel_ids.filtered(lambda parcel: parcel.carrier_id == self)._action_cancel()

    def rate_table_get_return_label(self, pickings, tracking_number=None, origin_date=None):
        """A label from the customer back to the warehouse, in the chatter of each picking."""
        self.ensure_one()
        for picking in pickings:
            self._rate_table_ship(picking, is_return=True)

    def _rate_table_get_default_custom_package_code(self):
        """Own vans take any box: there is no carrier code to send."""
        return False

    def _is_available_for_order(self, order):
        """Customers are offered what the table has a price for, as with rules."""
        available = super()._is_available_for_order(order)
        if available and self.delivery_type == "rate_table":
            return self.rate_shipment(order)["success"]
        return available

    # -- rating ---------------------------------------------------------------------------------

    def _rate_table_quotes(self, order, every_service=False):
        """The core's offers for an order, cheapest first.

        :raises port.Rejected: when there is none
        """
        service = self.env["delivery.rate.service"]
        if not every_service:
            service = self._get_rate_table_service(
                order.env["delivery.rate.service"].browse(self.env.context.get("rate_service_id"))
                or order.rate_service_id
            )
        spec = self.sudo()._prepare_shipment_spec_from_order(
            order.sudo(), str(service.id) if service else ""
        )
        return self._get_rate_table_adapter().rate(spec)

    def _get_rate_table_service(self, wanted):
        """``wanted`` if it is one of this method's, else its default; empty for the cheapest."""
        self.ensure_one()
        carrier = self.sudo()
        service = wanted.sudo().filtered(lambda s: s.carrier_id == carrier and s.active)
        return service or carrier.rate_table_service_id

    def _get_rate_table_adapter(self, issue=None, draw=None):
        """The carrier behind the port. Quoting needs neither numbers nor labels."""
        return rate_table_carrier.RateTableCarrier(self._rate_table_to_core(), issue, draw)

    def _rate_table_convert(self, amount, currency, company, date):
        """``amount`` of the table in another currency at the day's rate, as a float."""
        table_currency = self.sudo()._rate_table_currency()
        return table_currency._convert(
            float(amount), currency, company, date or fields.Date.context_today(self)
        )

    # -- shipping -------------------------------------------------------------------------------

    def _rate_table_ship(self, picking, is_return=False):
        """Parcels of a picking with number, label and cost; what exists is adopted."""
        service = self._get_rate_table_service(picking.rate_service_id)
        spec = self.sudo()._prepare_shipment_spec_from_picking(
            picking.sudo(), str(service.id) if service else ""
        )
        shipment = Shipment(picking, self, is_return)
        if not is_return:
            picking._check_packing()
        adapter = self._get_rate_table_adapter(
            issue=shipment.issue,
            draw=lambda *args: self._rate_table_draw(picking, is_return, *args),
        )
        try:
            bought = adapter.buy(spec, key=f"{picking._name},{picking.id}")
        except port.Rejected as refusal:
            raise UserError(self._get_shipping_error_message(refusal)) from refusal
        return shipment.store(bought, spec)

    def _rate_table_draw(self, picking, is_return, spec, quote, numbers):
        """Labels of all parcels, each as PDF and as ZPL."""
        data = self._prepare_rate_table_labels(picking, is_return, spec, quote, numbers)
        fonts = self._get_label_fonts()
        dpi = int(self.rate_table_label_dpi or 203)
        return [
            (
                port.Label("pdf", label_pdf.render([one], fonts)),
                port.Label("zpl", label_zpl.render([one], dpi)),
            )
            for one in data
        ]

    def _prepare_rate_table_labels(self, picking, is_return, spec, quote, numbers):
        sender, recipient = spec.sender, spec.recipient
        if is_return:
            sender, recipient = recipient, sender
        countries = self.env["res.country"].search(
            [("code", "in", [sender.country_code, recipient.country_code])]
        )
        names = {country.code: country.name for country in countries}
        texts = self._get_label_texts()
        return [
            label.LabelData(
                sender=sender,
                recipient=recipient,
                sender_country=names.get(sender.country_code, ""),
                recipient_country=names.get(recipient.country_code, ""),
                carrier=self.name,
                service=quote.service_name,
                tracking_number=number.tracking_number,
                sscc=number.sscc,
                weight=self._format_label_weight(parcel),
                day=picking._get_shipping_date(),
                zone=quote.zone,
                reference=spec.reference,
                index=index,
                count=len(spec.parcels),
                numeric_country=iso3166.NUMERIC.get(recipient.country_code, ""),
                is_return=is_return,
                texts=texts,
            )
            for index, (parcel, number) in enumerate(
                zip(spec.parcels, numbers, strict=True), start=1
            )
        ]

    def _format_label_weight(self, parcel):
        """The weight in the unit that the company weighs in."""
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        weight = parcel.weight
        if unit == self.env.ref("uom.product_uom_lb"):
            weight = weight / KG_PER_LB
        return f"{weight:.2f} {unit.name}"

    def _get_label_fonts(self):
        return label_pdf.Fonts(file_path(FONT.format("Regular")), file_path(FONT.format("Bold")))

    def _get_label_texts(self):
        return label.LabelTexts(
            sender=self.env._("From"),
            recipient=self.env._("To"),
            tracking=self.env._("Tracking"),
            parcel=self.env._("Parcel"),
            weight=self.env._("Weight"),
            date=self.env._("Date"),
            reference=self.env._("Ref."),
            returned=self.env._("RETURN"),
        )

    # -- messages -------------------------------------------------------------------------------

    def _get_rate_table_message(self, quote, order):
        """Why the price is what it is, and what makes it uncertain."""
        message = quote.reason
        if quote.transit_days:
            message += " " + self.env._("Delivery in %(days)s days.", days=quote.transit_days)
        weightless = self._get_shipping_order_lines(order).product_id.filtered(
            lambda product: not product.weight
        )
        if weightless and not self.env.context.get("order_weight"):
            message += " " + self.env._(
                "Without a weight: %(products)s.",
                products=", ".join(weightless.mapped("display_name")[:5]),
            )
        return message

    def _get_shipping_error_message(self, refusal):
        """A carrier's refusal in the user's language; the core's own words where none is known."""
        values = refusal.values
        env = self.env
        messages = {
            "missing_country": lambda: env._(
                "The delivery address has no country. Enter it on the customer's address."
            ),
            "no_zone": lambda: env._(
                "%(table)s has no zone for %(place)s. Add the country or the postal code to a zone "
                "of the rate table, or choose another delivery method.",
                **values,
            ),
            "missing_weight": lambda: env._(
                "%(parcel)s: the weight is missing. Enter it on the package, or on the products "
                "inside.",
                **values,
            ),
            "overweight": lambda: env._(
                "%(parcel)s: %(weight)s %(unit)s is over the %(limit)s %(unit)s that %(service)s "
                "carries to %(zone)s. Split it into more packages, or choose another service.",
                **values,
            ),
            "service_not_in_zone": lambda: env._(
                "%(service)s does not deliver to %(zone)s. Choose another service, or add a line "
                "for it to the rate table.",
                **values,
            ),
            "no_line": lambda: env._(
                "The rate table of %(table)s has no price for zone %(zone)s. Add a line.", **values
            ),
            "no_parcel": lambda: env._("There is nothing to ship."),
            **self._get_account_error_messages(values),
        }
        message = messages.get(refusal.code)
        return message() if message else refusal.message
