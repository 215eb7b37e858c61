"""Own vans and a courier for the islands: rate tables, so that no account is needed."""

from __future__ import annotations

from .context import Build
from .extract import DATA

_PACKAGES = (
    # name, length × width × height in cm, own weight, heaviest in kg
    ("Small box", 30, 22, 16, 0.2, 5),
    ("Medium box", 45, 32, 26, 0.5, 15),
    ("Large box", 60, 40, 40, 0.9, 30),
)
_CARRIERS = (
    ("Own vans", "own_vans.csv", ("GB", "IE", "NL", "BE", "DE", "FR")),
    ("Island Courier", "island_courier.csv", ()),
)


def create_carriers(build: Build) -> dict:
    """Package types, and the delivery methods with their rate tables.

    :return: ``delivery.carrier`` by name
    """
    env = build.env
    boxes = env["stock.package.type"].create(
        [
            {
                "name": f"{name} {length} × {width} × {height} cm",
                # lengths are in mm here
                "packaging_length": length * 10,
                "width": width * 10,
                "height": height * 10,
                "base_weight": own,
                "max_weight": heaviest,
            }
            for name, length, width, height, own, heaviest in _PACKAGES
        ]
    )
    category = env.ref("delivery.product_category_deliveries")
    result = {}
    for sequence, (name, table, countries) in enumerate(_CARRIERS, 1):
        service = env["product.product"].create(
            {
                "name": f"Delivery by {name}",
                "type": "service",
                "categ_id": category.id,
                "sale_ok": False,
                "purchase_ok": False,
                "invoice_policy": "order",
                "list_price": 0,
            }
        )
        carrier = env["delivery.carrier"].create(
            {
                "name": name,
                "sequence": sequence,
                "delivery_type": "rate_table",
                "product_id": service.id,
                "integration_level": "rate_and_ship",
                "rate_table_currency_id": build.company.currency_id.id,
                "shipping_package_type_id": boxes[1].id,
                "country_ids": env["res.country"].search([("code", "in", countries)]).ids,
            }
        )
        carrier._rate_table_import_csv((DATA / table).read_text(encoding="utf-8"))
        result[name] = carrier
    return result
