"""Products, suppliers, customers and lots."""

from __future__ import annotations

import datetime
import random

from odoo import Command

from .addresses import town
from .barcodes import gtin13
from .context import Build
from .geography import COUNTRIES, DISPLAY_NAMES
from .naming import CATEGORIES
from .suppliers import OLD_PRICE, SUPPLIERS

#: Weight in kg and volume in m³ of one piece: least and most, by category; else the last.
_SIZES = {
    "Stationery and Wrap": (0.02, 0.25),
    "Jewellery and Beauty": (0.03, 0.30),
    "Candles and Incense": (0.08, 0.60),
    "Kitchen and Dining": (0.15, 1.40),
    "": (0.05, 0.80),
}


def create_suppliers(build: Build) -> None:
    env = build.env
    countries = {c.code: c.id for c in env["res.country"].search([])}
    partners = env["res.partner"].create(
        [
            {
                "name": supplier.name,
                "is_company": True,
                "supplier_rank": 1,
                "street": supplier.street,
                "city": supplier.city,
                "zip": supplier.zip,
                "country_id": countries[supplier.country],
                "email": f"orders@{supplier.key}.example",
                "property_supplier_payment_term_id": build.payment_term.id,
                "buyer_id": env.uid,
            }
            for supplier in SUPPLIERS
        ]
    )
    build.suppliers = dict(zip((s.key for s in SUPPLIERS), partners, strict=True))


def create_products(build: Build) -> None:
    """Products with category, barcode, size, cost and their suppliers' prices."""
    env = build.env
    root = env["product.category"].create({"name": "Gifts", "property_cost_method": "average"})
    categories = env["product.category"].create(
        [
            {"name": name, "parent_id": root.id, "property_cost_method": "average"}
            for name in sorted(CATEGORIES)
        ]
    )
    by_name = {category.name: category.id for category in categories}
    products = env["product.product"].create(
        [
            _prepare_product(build, product, number, by_name)
            for number, product in enumerate(build.extract.products.values(), 1)
        ]
    )
    build.products = dict(zip(build.extract.products, products, strict=True))
    # The costs were set before the first movement, not today.
    env["product.value"].search([("product_id", "in", products.ids)]).date = build.moment(-2)


def opening_cost(build: Build, code: str) -> float:
    """GBP for one piece of the opening stock: the main supplier's old price."""
    return max(round(build.plan.offers[code][0].prices[0][1] * OLD_PRICE, 2), 0.01)


def _prepare_product(build: Build, product, number: int, categories: dict[str, int]) -> dict:
    rng = random.Random(f"size {product.code}")
    weight = rng.uniform(*_SIZES.get(product.category, _SIZES[""]))
    if product.list_price > 10:
        weight *= 3
    values = {
        "name": product.name,
        "default_code": product.code,
        "barcode": gtin13(number),
        "type": "consu",
        "is_storable": True,
        "list_price": product.list_price,
        "standard_price": opening_cost(build, product.code),
        "categ_id": categories[product.category],
        "weight": round(weight, 2),
        "volume": round(weight * rng.uniform(2.5, 6) / 1000, 5),
        "invoice_policy": "delivery",
        "purchase_method": "receive",
        "seller_ids": _prepare_sellers(build, product.code),
    }
    if product.perishable:
        values |= {
            "tracking": "lot",
            "use_expiration_date": True,
            "expiration_time": 450,
            "use_time": 30,
            "removal_time": 14,
            "alert_time": 60,
        }
    return values


def _prepare_sellers(build: Build, code: str) -> list:
    commands = []
    for rank, offer in enumerate(build.plan.offers[code], 1):
        for least, price in offer.prices:
            values = {
                "partner_id": build.suppliers[offer.supplier.key].id,
                "sequence": rank,
                "min_qty": max(least, offer.minimum),
                "price": price,
                "delay": offer.supplier.lead_days,
                "product_code": f"{offer.supplier.key[:3].upper()}-{code}",
            }
            commands.append(Command.create(values))
    return commands


def create_customers(build: Build) -> None:
    """The customers who have a sales order; whom the source does not name is one per country."""
    env = build.env
    keys = sorted({(o.customer, o.country) for o in (*build.plan.orders, *build.plan.open_orders)})
    countries = {c.code: c.id for c in env["res.country"].search([])}
    partners = env["res.partner"].create(
        [_prepare_customer(build, number, country, countries) for number, country in keys]
    )
    build.customers = dict(zip(keys, partners, strict=True))


def _prepare_customer(build: Build, number: str, country: str, countries: dict) -> dict:
    shown = DISPLAY_NAMES.get(country, country)
    code = COUNTRIES[country]
    city, zip_code = town(code, int(number or 0))
    return {
        "name": f"Customer {number} ({shown})" if number else f"Web customers ({shown})",
        "ref": number,
        "is_company": True,
        "customer_rank": 1,
        "city": city,
        "zip": zip_code,
        "country_id": countries.get(code),
        "property_payment_term_id": build.payment_term.id,
    }


def create_lots(build: Build) -> None:
    """The lots of the history, with their real expiry."""
    names = sorted(build.plan.lots)
    lots = build.env["stock.lot"].create(
        [
            {
                "name": name,
                "product_id": build.products[build.plan.lots[name].code].id,
                "company_id": build.company.id,
                "expiration_date": build.moment(build.plan.lots[name].expires)
                + datetime.timedelta(hours=12),
            }
            for name in names
        ]
    )
    build.lots = dict(zip(names, lots, strict=True))
