import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import port
from .label_desk import LabelDesk
from .shipment import Shipment
from .tools import to_decimal


class DeliveryCarrier(models.Model):
    """The delivery type ``carrier_account``: carriers that labels are bought from."""

    _inherit = "delivery.carrier"

    delivery_type = fields.Selection(
        selection_add=[("carrier_account", "Carrier Account")],
        ondelete={
            "carrier_account": lambda carriers: carriers.write(
                {"delivery_type": "fixed", "active": False}
            )
        },
    )
    shipping_account_id = fields.Many2one(
        "shipping.account",
        string="Carrier Account",
        ondelete="restrict",
        index="btree_not_null",
        domain="['|', ('company_ids', '=', False), ('company_ids', '=', company_id)]",
    )
    shipping_service_code = fields.Char(
        string="Service",
        help="As the carrier calls it, e.g. USPS/Priority. Empty takes the cheapest.",
    )
    shipping_buy_when = fields.Selection(
        [("button", "When Buy Labels is pressed"), ("validate", "At validation as well")],
        string="Labels Are Bought",
        required=True,
        default="button",
        help="At validation, labels that were bought before are used. What is missing then stops "
        "the validation, or is bought.",
    )
    shipping_label_format = fields.Selection(
        [("pdf", "PDF"), ("zpl", "ZPL (thermal printer)")],
        string="Label Format",
        required=True,
        default="pdf",
    )

    @api.depends("delivery_type", "shipping_account_id")
    def _compute_can_generate_return(self):
        result = super()._compute_can_generate_return()
        for carrier in self._filter_accounts():
            carrier.can_generate_return = carrier.shipping_account_id._has_capability(
                port.Capability.RETURN_LABEL
            )
        return result

    @api.depends("delivery_type", "shipping_account_id")
    def _compute_supports_shipping_insurance(self):
        result = super()._compute_supports_shipping_insurance()
        for carrier in self._filter_accounts():
            carrier.supports_shipping_insurance = carrier.shipping_account_id._has_capability(
                port.Capability.INSURANCE
            )
        return result

    def _filter_accounts(self):
        return self.filtered(
            lambda one: one.delivery_type == "carrier_account" and one.shipping_account_id
        )

    def _get_shipping_account(self):
        """:raises UserError: when the method has none"""
        self.ensure_one()
        account = self.sudo().shipping_account_id
        if not account:
            raise UserError(
                self.env._("Choose a carrier account on the delivery method %s.", self.name)
            )
        return account

    # -- API of delivery ------------------------------------------------------------------------

    def carrier_account_rate_shipment(self, order):
        """Price of an order, in the order's currency."""
        self.ensure_one()
        try:
            account = self._get_shipping_account()
            spec = self.sudo()._prepare_shipment_spec_from_order(
                order.sudo(), self._get_shipping_service_code(order)
            )
            quotes = account._connect().rate(spec)
        except port.CarrierError as failure:
            return self._prepare_rate_error(self._get_shipping_error_message(failure))
        except UserError as error:
            return self._prepare_rate_error(str(error))
        quote = quotes[0]
        return {
            "success": True,
            "price": self._convert_shipping_amount(
                quote.amount, quote.currency, order.currency_id, order.company_id, order.date_order
            ),
            "error_message": False,
            "warning_message": self._get_quote_message(quote),
        }

    def _prepare_rate_error(self, message):
        return {
            "success": False,
            "price": 0.0,
            "error_message": message,
            "warning_message": False,
        }

    def _get_quote_message(self, quote):
        if not quote.transit_days:
            return quote.service_name
        return self.env._(
            "%(service)s, delivery in %(days)s days.",
            service=quote.service_name,
            days=quote.transit_days,
        )

    def carrier_account_send_shipping(self, pickings):
        """The labels of the pickings: adopted, or bought where the method says so.

        :return: per picking the price in its order's currency, and its tracking numbers
        """
        self.ensure_one()
        may_buy = self.shipping_buy_when == "validate" or not self.env.context.get(
            "shipping_validating"
        )
        result = []
        for picking in pickings:
            picking._check_shipping_failure()
            parcels = self._carrier_account_ship(picking, may_buy)
            if self.return_label_on_delivery and may_buy:
                self.get_return_label(picking)
            result.append(
                {
                    "exact_price": self._get_shipping_cost(parcels, picking),
                    "tracking_number": ",".join(parcels.mapped("tracking_number")),
                }
            )
        return result

    def carrier_account_get_tracking_link(self, picking):
        """The carrier's page of the only parcel, or a JSON list of number and page of several."""
        parcels = picking.sudo().parcel_ids._filter_outbound()
        links = [[parcel.tracking_number, parcel._get_tracking_url()] for parcel in parcels]
        if len(links) > 1:
            return json.dumps(links)
        return links[0][1] if links else False

    def carrier_account_cancel_shipment(self, pickings):
        """Give the labels of these pickings back; repeating it is harmless."""
        self.ensure_one()
        pickings.parcel_ids.filtered(lambda parcel: parcel.carrier_id == self)._action_cancel()

    def carrier_account_get_return_label(self, pickings, tracking_number=None, origin_date=None):
        """A label from the customer back to the warehouse, in the chatter of each picking."""
        self.ensure_one()
        for picking in pickings:
            self._carrier_account_ship(picking, is_return=True)

    def _carrier_account_get_default_custom_package_code(self):
        return False

    # -- shipping -------------------------------------------------------------------------------

    def _carrier_account_ship(self, picking, may_buy=True, is_return=False):
        """Parcels of a picking with their paid labels."""
        self._get_shipping_account()
        spec, paid = LabelDesk(picking, self, is_return).obtain(may_buy)
        return self._store_paid(picking, spec, paid, is_return)

    def _store_paid(self, picking, spec, paid, is_return=False):
        """Attach paid labels to their picking."""
        bought = port.Bought(
            parcels=tuple(
                port.BoughtParcel(
                    reference=parcel.reference,
                    tracking_number=one.tracking_number,
                    cost=one.cost,
                    labels=one.labels,
                    carrier_ref=one.carrier_ref,
                )
                for parcel, one in zip(spec.parcels, paid, strict=True)
            ),
            currency=paid[0].currency,
            key=paid[0].key,
            quote=port.Quote(
                service=spec.service,
                service_name=paid[0].service_name,
                amount=sum((one.cost for one in paid), Decimal(0)),
                currency=paid[0].currency,
                transit_days=paid[0].transit_days or None,
                delivery_date=paid[0].promised_at,
            ),
        )
        keys = [(parcel.reference, one.key) for parcel, one in zip(spec.parcels, paid, strict=True)]
        parcels = Shipment(picking, self, is_return).store(bought, spec, keys)
        self._post_papers(picking, [file for one in paid for file in one.documents])
        return parcels

    def _post_papers(self, picking, files):
        """Papers for customs, in the chatter once."""
        known = set(picking.message_ids.attachment_ids.mapped("name"))
        new = [(name, content) for name, content in files if name not in known]
        if new:
            picking.message_post(body=self.env._("Papers for customs."), attachments=new)

    def _get_shipping_cost(self, parcels, picking):
        """What the parcels cost, in the currency of the picking's order."""
        currency = picking.sale_id.currency_id or picking.company_id.currency_id
        return sum(
            self._convert_shipping_amount(
                sum(to_decimal(parcel.cost) for parcel in of_currency),
                charged.name,
                currency,
                picking.company_id,
                picking._get_shipping_date(),
            )
            for charged, of_currency in parcels.grouped("currency_id").items()
            if charged  # else the carrier did not say what it cost
        )

    def _convert_shipping_amount(self, amount, code, currency, company, date):
        """``amount`` of the currency ``code`` in another one at the day's rate, as a float.

        :raises UserError: when the database has no such currency: nothing is guessed
        """
        if code == currency.name:
            return float(amount)
        return currency.round(
            float(amount) * self._get_shipping_rate(code, currency, company, date)
        )

    def _get_shipping_rate(self, code, currency, company, date):
        """What one unit of the currency ``code`` is worth in ``currency``.

        :raises UserError: when the database has no such currency: nothing is guessed
        """
        if code == currency.name:
            return 1.0
        known = self.env["res.currency"].search([("name", "=", code)])
        if not known:
            raise UserError(
                self.env._(
                    "The carrier charges in %s. Activate this currency and give it a rate.", code
                )
            )
        return known._get_conversion_rate(
            known, currency, company, date or fields.Date.context_today(self)
        )

    def _get_shipping_service_code(self, document):
        """The carrier's code of the service wanted for an order or picking; empty: cheapest."""
        self.ensure_one()
        wanted = document.shipping_service_code if document.carrier_id == self else ""
        return wanted or self.shipping_service_code or ""

    # -- messages -------------------------------------------------------------------------------

    def _get_account_error_messages(self, values):
        """Messages by code, of carriers with an account."""
        env = self.env
        return {
            "unreachable": lambda: env._(
                "%(carrier)s cannot be reached. Nothing was sent; try again in a minute.", **values
            ),
            "no_answer": lambda: env._("%(carrier)s did not answer to the end.", **values),
            "rate_limited": lambda: env._(
                "%(carrier)s is asked too often just now. Try again in a minute.", **values
            ),
            "auth": lambda: env._(
                "%(carrier)s refuses the credentials of the account (%(status)s). An administrator "
                "corrects them under Inventory ▸ Configuration ▸ Carrier Accounts.",
                **values,
            ),
            "too_late": lambda: env._("This took too long, and nothing was sent. Try again."),
            "not_latin": lambda: env._(
                "“%(text)s” has letters that the carrier cannot print. Write the address in Latin "
                "letters.",
                **values,
            ),
            "missing_size": lambda: env._(
                "%(parcel)s: the size is missing. Choose a package type with length, width and "
                "height.",
                **values,
            ),
            "customs_hs_code": lambda: env._(
                "%(product)s: the customs declaration needs an HS code of six digits or more. "
                "Enter it on the product.",
                **values,
            ),
            "customs_value": lambda: env._(
                "%(product)s: customs refuse lines without a value, samples included. Enter a "
                "price on the product.",
                **values,
            ),
            "customs_origin": lambda: env._(
                "%(product)s: the customs declaration needs a country of origin. Enter it on the "
                "product.",
                **values,
            ),
        }
