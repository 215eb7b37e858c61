"""What all delivery methods ask for one document, side by side."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from odoo import models
from odoo.exceptions import UserError

from ..core import port, working_days
from ..core.emissions import Distance

_logger = logging.getLogger(__name__)

#: so many carriers are asked at the same time
THREADS = 8


@dataclass(frozen=True)
class Offer:
    """A service that a delivery method offers, or why it offers none.

    :param price: in the document's currency, without margins
    :param emissions: kg CO₂e, an estimate; ``None``: not known
    :param distance: that it is estimated over, :class:`~..core.emissions.Distance`
    """

    carrier: models.BaseModel
    quote: port.Quote | None = None
    price: float = 0.0
    problem: str = ""
    emissions: float | None = None
    distance: Distance | None = None

    def get_arrival(self, today):
        """The day on which it is promised, ``None`` when it is not."""
        if self.quote is None:
            return None
        if self.quote.delivery_date:
            return self.quote.delivery_date.date()
        if self.quote.transit_days:
            return working_days.add(today, self.quote.transit_days)
        return None


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    def _shop(self, document):
        """Every service of these methods for an order or a picking, cheapest first.

        What needs the database is prepared first; then all carriers are asked at once, while no
        record is touched.

        :param document: ``sale.order`` or ``stock.picking`` record
        :return: list of :class:`Offer`; those that offer nothing come last, with the reason
        """
        asked, offers = [], []
        for carrier in self.sudo():
            try:
                asked.append((carrier, *carrier._prepare_shop(document.sudo())))
            except (UserError, port.Rejected) as problem:
                offers.append(Offer(carrier, problem=carrier._get_shop_problem(problem)))
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            answers = list(pool.map(lambda one: _ask(one[1], one[2]), asked))
        distance = self._get_shipping_distance(document.sudo())
        rates = {}
        for (carrier, _adapter, spec), answer in zip(asked, answers, strict=True):
            if isinstance(answer, Exception):
                offers.append(Offer(carrier, problem=carrier._get_shop_problem(answer)))
                continue
            offers += [
                replace(
                    carrier._prepare_offer(quote, document, rates),
                    emissions=carrier._get_emissions(quote, spec, distance),
                    distance=distance,
                )
                for quote in answer
            ]
        return sorted(
            offers, key=lambda offer: (bool(offer.problem), offer.price, offer.carrier.name or "")
        )

    def _prepare_shop(self, document):
        """The adapter to ask, and what to ask it: all services."""
        self.ensure_one()
        adapter = self._get_shop_adapter()
        if document._name == "sale.order":
            return adapter, self._prepare_shipment_spec_from_order(document)
        return adapter, self._prepare_shipment_spec_from_picking(document)

    def _get_shop_adapter(self):
        if self.delivery_type == "rate_table":
            return self._get_rate_table_adapter()
        return self._get_shipping_account()._connect()

    def _prepare_offer(self, quote, document, rates):
        """:param rates: of the currencies that were met so far, by code; filled here"""
        order = document if document._name == "sale.order" else document.sale_id
        currency = order.currency_id or document.company_id.currency_id
        try:
            if quote.currency not in rates:
                rates[quote.currency] = self._get_shipping_rate(
                    quote.currency, currency, document.company_id, None
                )
        except UserError as problem:
            return Offer(self, quote, problem=str(problem))
        price = float(quote.amount)
        if quote.currency != currency.name:
            price = currency.round(price * rates[quote.currency])
        return Offer(self, quote, price=price)

    def _get_shop_problem(self, problem):
        if isinstance(problem, port.CarrierError):
            return self._get_shipping_error_message(problem)
        if isinstance(problem, UserError):
            return str(problem)
        return self.env._("This carrier's answer could not be used. See the server's log.")

    def _filter_shoppable(self):
        """Methods that name services and prices of their own."""
        return self.filtered(
            lambda carrier: carrier.delivery_type in ("rate_table", "carrier_account")
        )


def _ask(adapter, spec):
    """In a thread of its own: no record, no cursor. One carrier's fault is not the others'."""
    try:
        return adapter.rate(spec)
    except port.CarrierError as refusal:
        return refusal
    except Exception as fault:
        _logger.exception("Rates could not be asked")
        return fault
