"""Billed parcels are matched to ours, in a few statements however many there are."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core import invoice_check
from .tools import to_decimal


class ShippingInvoice(models.Model):
    _inherit = "shipping.invoice"

    @api.model
    def _import(self, billed, source, company, account, partner, filename=""):
        """Store a file's parcels as invoices, with their differences.

        :param billed: list of :class:`invoice_csv.Billed`
        :param source: code of the template
        :param account: ``shipping.account`` that the parcels are of, or empty for any
        :return: the invoices
        :raises UserError: when one of them was imported already, or a currency is not active;
            nothing is stored then
        """
        by_invoice = defaultdict(list)
        for one in billed:
            by_invoice[one.invoice or filename or fields.Date.today().isoformat()].append(one)
        self._check_new(by_invoice, source, company)
        parcels = self._find_parcels(billed, company, account)
        billed_before = self._get_billed_before(parcels)
        invoices = self
        for number, ones in by_invoice.items():
            invoice = self.create(
                {
                    "name": number,
                    "source": source,
                    "company_id": company.id,
                    "account_id": account.id,
                    "partner_id": partner.id,
                    "day": max((one.day for one in ones if one.day), default=False),
                    "currency_id": self._get_currency(ones, company).id,
                }
            )
            invoice._store_lines(ones, parcels, billed_before)
            invoices |= invoice
        return invoices

    def _check_new(self, by_invoice, source, company):
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("source", "=", source),
                ("name", "in", list(by_invoice)),
            ]
        )
        if known:
            raise UserError(
                self.env._(
                    "Imported already: %s. Nothing of the file was read.",
                    ", ".join(known.mapped("name")[:10]),
                )
            )

    def _get_currency(self, ones, company):
        codes = {one.currency for one in ones if one.currency}
        if len(codes) > 1:
            raise UserError(
                self.env._(
                    "Invoice %(number)s has several currencies: %(codes)s. Split the file.",
                    number=ones[0].invoice,
                    codes=", ".join(sorted(codes)),
                )
            )
        code = codes.pop() if codes else company.currency_id.name
        currency = self.env["res.currency"].search([("name", "=", code)])
        if not currency:
            raise UserError(
                self.env._("The invoice is in %s. Activate this currency and give it a rate.", code)
            )
        return currency

    def _find_parcels(self, billed, company, account):
        """The parcel that each number belonged to, by number.

        Carriers give numbers again after a while: the newest one counts.
        """
        domain = Domain("tracking_number", "in", list({one.number for one in billed if one.number}))
        domain &= Domain("company_id", "=", company.id)
        if account:
            domain &= Domain("account_id", "in", [account.id, False])
        parcels = self.env["shipping.parcel"].sudo().search(domain, order="id")
        return {parcel.tracking_number: parcel for parcel in parcels}

    def _get_billed_before(self, parcels):
        """The invoice that asked for a parcel first, by parcel."""
        ids = [parcel.id for parcel in parcels.values()]
        lines = self.env["shipping.invoice.line"].search_fetch(
            [("parcel_id", "in", ids)], ["parcel_id", "invoice_id"], order="id desc"
        )
        return {line.parcel_id: line.invoice_id.name for line in lines}

    def _store_lines(self, ones, parcels, billed_before):
        self.ensure_one()
        values, differences = [], []
        voided = self._get_voided(parcels)
        shares = self._get_quoted(parcels)
        for one in ones:
            parcel = parcels.get(one.number, self.env["shipping.parcel"])
            known = None
            if parcel:
                known = self._prepare_known(parcel, billed_before, voided)
                billed_before.setdefault(parcel, self.name)
            tolerance = to_decimal(self.currency_id.rounding)
            differences.append(invoice_check.compare(one, known, tolerance))
            values.append(self._prepare_line(one, parcel, known, shares))
        lines = self.env["shipping.invoice.line"].create(values)
        self.env["shipping.invoice.difference"].create(
            [
                {
                    "line_id": line.id,
                    "kind": part.kind,
                    "amount": float(part.amount),
                    "reason": part.reason[:500],
                }
                for line, parts in zip(lines, differences, strict=True)
                for part in parts
            ]
        )

    def _get_voided(self, parcels):
        """Keys of labels that were given back."""
        keys = [parcel.purchase_key for parcel in parcels.values() if parcel.purchase_key]
        purchases = self.env["shipping.purchase"].sudo()
        found = purchases.search_fetch([("key", "in", keys), ("state", "=", "voided")], ["key"])
        return set(found.mapped("key"))

    def _get_quoted(self, parcels):
        """What an order's delivery lines ask for each of its parcels, in their currency."""
        shares = {}
        outbound = self.env["shipping.parcel"].sudo().union(*parcels.values())
        outbound = outbound.filtered(lambda one: not one.is_return)
        for order, ours in outbound.grouped(lambda one: one.picking_id.sale_id).items():
            if not order:
                continue
            count = len(order.picking_ids.parcel_ids._filter_outbound() | ours)
            total = sum(order.order_line.filtered("is_delivery").mapped("price_subtotal"))
            for parcel in ours:
                shares[parcel] = (total / count, order.currency_id)
        return shares

    def _prepare_known(self, parcel, billed_before, voided):
        # 0 is what a carrier that does not say the cost leaves
        says_cost = parcel.cost or not parcel.purchase_key
        weight = self.env["delivery.carrier"]._shipping_weight_to_kg(parcel.weight)
        return invoice_check.Known(
            cost=to_decimal(parcel.cost) if says_cost else None,
            currency=parcel.currency_id.name or "",
            weight=weight or None,
            billed_before=billed_before.get(parcel, ""),
            is_voided=parcel.purchase_key in voided,
        )

    def _prepare_line(self, one, parcel, known, shares):
        currency = self.currency_id
        same = known is not None and known.currency == currency.name
        cost = known.cost if same and known.cost is not None else Decimal(0)
        quoted = 0.0
        if parcel in shares:
            amount, from_currency = shares[parcel]
            day = self.day or fields.Date.context_today(self)
            quoted = from_currency._convert(amount, currency, self.company_id, day)
        return {
            "invoice_id": self.id,
            "tracking_number": one.number or self.env._("Account"),
            "parcel_id": parcel.id,
            "reference": one.reference,
            "currency_id": currency.id,
            "quoted": quoted,
            "label_cost": float(cost),
            "billed": float(one.amount),
            "difference": float(one.amount - cost) if cost or not parcel else 0.0,
            "declared_weight": float(known.weight or 0) if known else 0.0,
            "billed_weight": float(one.weight or 0),
            "charges": "\n".join(f"{charge.text}: {charge.amount:.2f}" for charge in one.charges),
        }
