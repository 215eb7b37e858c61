"""Prices and days of delivery, by the rates of the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal

from ....port import Quote, ShipmentSpec
from ...mapping import ends, many, moment, money
from .packages import asked_price
from .parties import zip_code
from .words import OUTWARD, OWN_BOX, SERVICES, is_domestic


@dataclass(frozen=True)
class Offer:
    """A price, with what a label has to repeat of it.

    :param rate: its codes by their names in a label's request
    """

    quote: Quote
    rate: Mapping[str, str]


def options_request(
    spec: ShipmentSpec, account: str, mid: str, today: datetime
) -> dict[str, object]:
    """:param mid: the mailer whose contract returns are priced by"""
    start, end = ends(spec)
    payer = {"accountType": "EPS", "accountNumber": account}
    if spec.is_return:
        payer = {"accountType": "MID", "accountNumber": mid}
    paying: dict[str, object] = {"priceType": "CONTRACT", "paymentAccount": payer}
    data: dict[str, object] = {
        # without a contract the published price comes with a warning
        "pricingOptions": [paying],
        "originZIPCode": zip_code(start),
        "packageDescription": asked_price(spec, today),
    }
    if is_domestic(spec):
        data["destinationZIPCode"] = zip_code(end)
        data["destinationEntryFacilityType"] = "NONE"
    else:
        data["destinationCountryCode"] = end.country_code
        if end.zip:
            data["foreignPostalCode"] = end.zip
    return data


def offers(data: Mapping[str, object], spec: ShipmentSpec, today: datetime) -> list[Offer]:
    """The cheapest price of each mail class that takes a box of one's own."""
    found: dict[str, Offer] = {}
    for pricing in many(data["pricingOptions"]):
        for shipping in many(pricing.get("shippingOptions")):
            for one in many(shipping.get("rateOptions")):
                offer = _offer(str(shipping["mailClass"]), one, spec, today)
                if offer is None:
                    continue
                known = found.get(offer.quote.service)
                if known is None or offer.quote.amount < known.quote.amount:
                    found[offer.quote.service] = offer
    return list(found.values())


def _offer(
    mail_class: str, one: Mapping[str, object], spec: ShipmentSpec, today: datetime
) -> Offer | None:
    is_return = mail_class in OUTWARD
    service = OUTWARD.get(mail_class, mail_class)
    rates = many(one.get("rates"))
    if service not in SERVICES or is_return != spec.is_return or len(rates) != 1:
        return None
    [rate] = rates
    if rate.get("rateIndicator") not in OWN_BOX:
        return None
    if rate.get("destinationEntryFacilityType", "NONE") not in (
        "NONE",
        "INTERNATIONAL_SERVICE_CENTER",
    ):
        return None
    commitment = one.get("commitment") or {}
    due = moment(
        commitment.get("expectedDeliveryDate") or commitment.get("scheduleDeliveryDate"),  # type: ignore[attr-defined]
        timezone.utc,
    )
    leaves = (spec.ship_date or today).date()
    quote = Quote(
        service=service,
        service_name=SERVICES[service],
        amount=_total(one),
        currency="USD",
        transit_days=max((due.date() - leaves).days, 0) if due else None,
        delivery_date=due,
        is_guaranteed=bool(commitment.get("guaranteedDelivery")),  # type: ignore[attr-defined]
    )
    return Offer(
        quote,
        {
            "mailClass": mail_class,
            "rateIndicator": str(rate["rateIndicator"]),
            "processingCategory": str(rate.get("processingCategory") or "MACHINABLE"),
        },
    )


def _total(one: Mapping[str, object]) -> Decimal:
    """With the extra services that were asked for; without any USPS tells the base price only."""
    if one.get("totalPrice") is not None:
        return money(one["totalPrice"])
    return money(one["totalBasePrice"])
