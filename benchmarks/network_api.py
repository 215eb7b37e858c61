"""The JSON-2 API over HTTP, against a real server on the network of 2,000,000 quants.

What a reservation costs is compared with an authenticated call that does nothing, on the same
server in the same run, in turns: the difference is what our code adds.
"""

from __future__ import annotations

import json

from .figures import Figure, percentile, seconds
from .generate import PREFIX
from .server import serve

GROUP = "visibility"
MODULES = ("inventory_visibility",)
DATASET = "network"

PRODUCTS, CALLS = 100, 30
RESERVATIONS = 300
CART = 5
WARM_UP = 30


def run(env):
    places = env["stock.location"].search(
        [("usage", "=", "internal"), ("warehouse_id", "!=", False), ("quant_ids", "!=", False)]
    )
    warehouse = env["stock.warehouse"].search([("active", "=", True)], limit=1)
    named = [{"location": place.id} for place in places]
    try:
        with serve(env) as client:

            def availability(call):
                first = 1 + call * PRODUCTS
                products = [f"{PREFIX}-{first + number}" for number in range(PRODUCTS)]
                answer = []
                time = seconds(
                    lambda: answer.append(
                        client.ask(
                            "stock.availability",
                            "get_availability",
                            products=products,
                            places=named,
                        )
                    )
                )
                assert len(json.loads(answer[0])) == PRODUCTS * len(places)
                return 1000 * time

            availability(0)
            times = [availability(call) for call in range(1, CALLS + 1)]
            yield Figure(
                "visibility.api_availability_p95",
                percentile(times, 0.95),
                "ms",
                at_most=300,
                why=f"{PRODUCTS} products × {len(places)} places in one call, over HTTP",
            )

            def reserve(number, lines=1):
                answers = client.call(
                    "stock.soft.reservation",
                    "reserve",
                    lines=[
                        {
                            "reference": f"{PREFIX}-{lines}-{number}",
                            "product": f"{PREFIX}-{1 + number * 7 + line}",
                            "place": {"warehouse": warehouse.code},
                            "quantity": 1,
                        }
                        for line in range(lines)
                    ],
                )
                return [answer["state"] for answer in answers]

            def nothing():
                client.call("res.users", "context_get")

            for number in range(-WARM_UP, 0):
                reserve(-number, lines=2)
                nothing()
            # in turns: what else the machine does slows both
            idle = busy = 0.0
            states = []
            numbers = range(1, RESERVATIONS + 1)
            for number in numbers:
                idle += seconds(nothing)
                busy += seconds(lambda n=number: states.extend(reserve(n)))
            carts = seconds(lambda: [reserve(number, lines=CART) for number in numbers])
    finally:
        env.cr.rollback()
        for table in ("stock_soft_reservation", "stock_promise_counter"):
            env.cr.execute(f'DELETE FROM "{table}"')
        env.cr.commit()
    yield Figure("visibility.api_nothing_rate", RESERVATIONS / idle, "calls/s")
    yield Figure("visibility.api_reserve_rate", RESERVATIONS / busy, "calls/s")
    yield Figure(
        "visibility.api_reserve_cart_rate",
        CART * RESERVATIONS / carts,
        "lines/s",
        why=f"{CART} lines in one call",
    )
    yield Figure("visibility.api_reserve_held", states.count("held"), "reservations", at_least=1)
    yield Figure(
        "visibility.api_reserve_share",
        idle / busy,
        "×",
        at_least=0.5,
        why="of the rate of an authenticated call that does nothing",
    )
