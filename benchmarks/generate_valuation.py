"""Three years of a company whose stock is worth something, made in SQL.

20,000 products of standard price, average cost and FIFO in 20 categories, 50 internal locations in
10 warehouses, a million done moves with their product moves, transfers, purchase orders and
prices. Goods come by a purchase order, a part of them changes place, all or most of them are
delivered within weeks. Nothing is ever delivered before it came, so that Odoo's figure is right at
every date, and on hand is exactly what the moves leave. Delivered goods have the value that Odoo
gives them, by the same arithmetic.

As in `generate.py`: patterns by the ORM, copies by SQL, everything from hashes of row numbers, and
days are counted back from today.
"""

from __future__ import annotations

import csv
import io
import logging
import time
from collections import deque
from dataclasses import dataclass

from .generate import PREFIX
from .generate_network import _NetworkGenerator

_logger = logging.getLogger(__name__)

#: a purchase and what becomes of it: a receipt, a change of place, eight that take goods away
MOVES_PER_CYCLE = 10
OLDEST_DAYS, YOUNGEST_DAYS = 1096, 80
#: of twenty categories; some companies have all three
METHODS = ["standard"] * 7 + ["average"] * 8 + ["fifo"] * 5
#: products whose books are written at a time
BATCH = 100


@dataclass(frozen=True)
class ValuationSize:
    products: int = 20_000
    warehouses: int = 10
    places: int = 50
    done: int = 1_000_000


def generate(env, size: ValuationSize | None = None) -> None:
    """Fill a database that has `purchase_stock` and `inventory_valuation` installed."""
    _ValuationGenerator(env, size or ValuationSize()).run()


class _ValuationGenerator(_NetworkGenerator):
    def steps(self):
        return (
            self.warehouses,
            self.products,
            self.prices,
            self.cycles,
            self.moves,
            self.values,
            self.numbers,
            self.purchases,
            self.transfers,
            self.done_moves,
            self.done_lines,
            self.quants,
            self.costs,
            self.statistics,
            self.ledger,
        )

    @property
    def start(self) -> str:
        return "date_trunc('day', now() AT TIME ZONE 'UTC')"

    def number_after(self, table: str) -> int:
        """Return the greatest id of a table."""
        self.env.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        return self.env.cr.fetchone()[0]

    def advance(self, table: str) -> None:
        self.execute(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")

    # ------------------------------------------------------------------
    # Products and prices
    # ------------------------------------------------------------------

    def products(self) -> None:
        super().products()
        categories = self.env["product.category"].search(
            [("name", "=like", f"{PREFIX} %")], order="id"
        )
        for category, method in zip(categories, METHODS, strict=True):
            category.property_cost_method = method

    def pairs(self) -> None:
        """Numbers, methods and first prices (in cents) of the products."""
        methods = ", ".join(f"'{method}'" for method in METHODS)
        self.execute(
            f"""
            CREATE TEMP TABLE bench_product AS
            SELECT product.id AS product_id, numbered.i,
                   (ARRAY[{methods}])[1 + numbered.i % 20] AS method,
                   100 + {self.pick("numbered.i", 20, 19_900)} AS price
              FROM product_product product
              JOIN (SELECT id, substr(default_code, {len(PREFIX) + 2})::integer AS i
                      FROM product_product WHERE default_code LIKE '{PREFIX}-%') AS numbered
                ON numbered.id = product.id;
            CREATE UNIQUE INDEX ON bench_product (i);
            ANALYZE bench_product
            """
        )

    def prices(self) -> None:
        """What people set: each standard price, and another one twice; a few averages once."""
        self.execute(
            f"""
            CREATE TEMP TABLE bench_price AS
            SELECT product_id, i, occasion,
                   (price * (90 + {self.pick("i * 3 + occasion", 21, 30)}) / 100) / 100.0 AS price,
                   {self.start} - interval '1 second'
                   - (1100 - occasion * 365 - {self.pick("i * 3 + occasion", 22, 300)}
                      * LEAST(occasion, 1)) * interval '1 day' AS date
              FROM bench_product
             CROSS JOIN generate_series(0, 2) AS occasion
             WHERE method = 'standard' OR method = 'average' AND i % 40 = 8 AND occasion = 1
            """
        )
        pattern = self.env["product.value"].create(
            {"product_id": self.pattern.id, "value": 1, "company_id": self.env.company.id}
        )
        self.copies(
            pattern,
            "SELECT * FROM bench_price",
            product_id="row.product_id",
            value="row.price",
            date="row.date",
        )

    # ------------------------------------------------------------------
    # What moves
    # ------------------------------------------------------------------

    def cycles(self) -> None:
        """Every product is bought once, few of them very often; three places take it in."""
        cycles = self.size.done // MOVES_PER_CYCLE
        products, places = self.size.products, self.size.places
        days = (OLDEST_DAYS - YOUNGEST_DAYS) * 86_400
        home = self.pick("numbered.i", 2, places)
        self.execute(
            f"""
            CREATE TEMP TABLE bench_cycle AS
            SELECT numbered.k, product.product_id, product.method, numbered.i,
                   20 + {self.pick("numbered.k", 3, 80)} AS quantity,
                   (product.price * (80 + {self.pick("numbered.k", 4, 40)}) / 100) / 100.0 AS price,
                   store.location_id AS store, annex.location_id AS annex,
                   {self.start} - interval '{YOUNGEST_DAYS} days'
                   - {self.pick("numbered.k", 5, days)} * interval '1 second' AS date
              FROM (SELECT k, CASE WHEN k <= {products} THEN k ELSE {self.skewed("k", 1)} END AS i
                      FROM generate_series(1, {cycles}) AS k) AS numbered
              JOIN bench_product product ON product.i = numbered.i
              JOIN bench_spot store
                ON store.spot = ({home} + {self.pick("numbered.k", 6, 3)}) % {places}
              JOIN bench_spot annex
                ON annex.spot = ({home} + 10 + {self.pick("numbered.k", 7, 2)}) % {places}
            """
        )

    def moves(self) -> None:
        """The moves of a purchase; without its last two some goods stay for good."""
        self.loss = self.pattern.with_company(self.env.company).property_stock_inventory
        rest_store = "quantity - quantity / 4 - 5 * (quantity / 10)"
        rest_annex = "quantity / 4 - quantity / 10"
        later = f"{self.pick('k * 10 + step', 8, 57 * 86_400)} * interval '1 second'"
        self.execute(
            f"""
            CREATE TEMP TABLE bench_move AS
            SELECT k * 10 + step AS number, product_id, method, i,
                   CASE WHEN step = 0 THEN 'receipt' WHEN step = 1 THEN 'transfer'
                        WHEN step = 9 AND {self.pick("k", 9, 10)} < 3 THEN 'loss'
                        ELSE 'delivery' END AS kind,
                   CASE WHEN step = 0 THEN {self.supplier.id}
                        WHEN step IN (7, 8) THEN annex ELSE store END AS source_id,
                   CASE WHEN step = 0 THEN store WHEN step = 1 THEN annex
                        WHEN step = 9 AND {self.pick("k", 9, 10)} < 3 THEN {self.loss.id}
                        ELSE {self.customer.id} END AS target_id,
                   CASE WHEN step = 0 THEN quantity
                        WHEN step = 1 THEN quantity / 4
                        WHEN step = 8 AND {self.pick("k", 10, 4)} > 0 THEN {rest_annex}
                        WHEN step = 9 AND {self.pick("k", 9, 10)} >= 3 THEN {rest_store}
                        WHEN step = 9 THEN 1
                        ELSE quantity / 10 END AS quantity,
                   CASE WHEN step = 0 THEN price END AS price,
                   CASE step WHEN 0 THEN date
                        WHEN 1 THEN date + interval '2 days'
                        WHEN 8 THEN date + interval '61 days' + {later} / 5
                        WHEN 9 THEN date + interval '61 days' + {later} / 5
                        ELSE date + interval '3 days' + {later} END AS date
              FROM bench_cycle
             CROSS JOIN generate_series(0, {MOVES_PER_CYCLE - 1}) AS step
            """
        )

    def values(self) -> None:
        """What each move is worth and each product costs in the end, in Odoo's order."""
        sink, cost_sink = io.StringIO(), io.StringIO()
        moves, costs = csv.writer(sink), csv.writer(cost_sink)
        cr = self.env.cr
        cr.execute(
            """
            SELECT i, method, kind, number, quantity, price::float, date FROM bench_move
             UNION ALL
            SELECT i, NULL, 'price', 0, 0, price::float, date FROM bench_price
             ORDER BY i, date, number
            """
        )
        cost, product = None, None
        while rows := cr.fetchmany(50_000):
            for i, method, kind, number, quantity, price, _date in rows:
                if i != product:
                    if cost:
                        costs.writerow((product, repr(cost.unit)))
                    cost, product = _Cost(), i
                if kind == "price":
                    cost.set(price)
                    continue
                value = cost.move(method, kind, quantity, price)
                moves.writerow((number, f"{value:.2f}"))
        costs.writerow((product, repr(cost.unit)))
        cr.execute(
            "CREATE TEMP TABLE bench_value (number int, value numeric);"
            "CREATE TEMP TABLE bench_cost (i int, cost float)"
        )
        for table, buffer in (("bench_value", sink), ("bench_cost", cost_sink)):
            buffer.seek(0)
            cr.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", buffer)

    def numbers(self) -> None:
        """Moves get ids in the order of their dates, as they would have had; what goes the same way
        on the same day is one transfer."""
        self.transfer = self._transfer(
            self.places[0].in_type_id, self.supplier, self.places[0].lot_stock_id
        )
        self.transfer.quantity, self.transfer.picked = 1, True
        self.transfer.picking_id._action_done()
        self.env.flush_all()
        # ids after those of the patterns
        move = self.number_after("stock_move")
        picking = self.number_after("stock_picking")
        self.execute(
            f"""
            CREATE TEMP TABLE bench_done AS
            SELECT move.*, value.value,
                   {move} + ROW_NUMBER() OVER (ORDER BY date, move.number) AS id,
                   CASE WHEN kind <> 'loss' THEN {picking} + DENSE_RANK() OVER (
                        ORDER BY kind = 'loss', date_trunc('day', date), kind,
                                 source_id, target_id) END AS picking_id,
                   spot.number AS place
              FROM bench_move move
              JOIN bench_value value USING (number)
              JOIN bench_spot spot
                ON spot.location_id = CASE WHEN kind = 'receipt' THEN target_id ELSE source_id END;
            CREATE INDEX ON bench_done (id);
            ANALYZE bench_done
            """
        )

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def purchases(self) -> None:
        """One order for each incoming transfer, with its lines."""
        vendor = self.env["res.partner"].create({"name": f"{PREFIX} vendor"})
        order = self.env["purchase.order"].create(
            {
                "partner_id": vendor.id,
                "order_line": [
                    (0, 0, {"product_id": self.pattern.id, "product_qty": 1, "price_unit": 1})
                ],
            }
        )
        self.order_base = self.number_after("purchase_order")
        self.line_base = self.number_after("purchase_order_line")
        self.copies(
            order,
            """
            SELECT picking_id, MIN(date) AS date, SUM(value) AS value
              FROM bench_done WHERE kind = 'receipt' GROUP BY picking_id
            """,
            id=f"{self.order_base} + row.picking_id",
            name=f"'{PREFIX}/P' || row.picking_id",
            state="'purchase'",
            date_order="row.date",
            date_approve="row.date",
            amount_untaxed="row.value",
            amount_total="row.value",
        )
        with self.bulk("purchase_order_line"):
            self.copies(
                order.order_line,
                "SELECT * FROM bench_done WHERE kind = 'receipt'",
                id=f"{self.line_base} + row.id",
                order_id=f"{self.order_base} + row.picking_id",
                product_id="row.product_id",
                product_qty="row.quantity",
                product_uom_qty="row.quantity",
                qty_received="row.quantity",
                price_unit="row.price",
                price_subtotal="row.value",
                price_total="row.value",
                date_planned="row.date",
            )
        self.advance("purchase_order")
        self.advance("purchase_order_line")

    def transfers(self) -> None:
        self.copies(
            self.transfer.picking_id,
            """
            SELECT DISTINCT ON (picking_id) bench_done.*,
                   CASE kind WHEN 'receipt' THEN type_in WHEN 'delivery' THEN type_out
                        ELSE type_int END AS type_id
              FROM bench_done JOIN bench_place ON bench_place.number = place
             WHERE picking_id IS NOT NULL ORDER BY picking_id, date DESC
            """,
            id="row.picking_id",
            name=f"'{PREFIX}/T' || row.picking_id",
            picking_type_id="row.type_id",
            location_id="row.source_id",
            location_dest_id="row.target_id",
            scheduled_date="row.date",
            date_done="row.date",
        )
        self.advance("stock_picking")

    def done_moves(self) -> None:
        with self.bulk("stock_move"):
            self.copies(
                self.transfer,
                """
                SELECT bench_done.*, bench_place.id AS warehouse_id,
                       CASE kind WHEN 'receipt' THEN type_in WHEN 'delivery' THEN type_out
                            WHEN 'transfer' THEN type_int END AS type_id
                  FROM bench_done JOIN bench_place ON bench_place.number = place
                """,
                id="row.id",
                product_id="row.product_id",
                location_id="row.source_id",
                location_dest_id="row.target_id",
                location_final_id="row.target_id",
                warehouse_id="row.warehouse_id",
                picking_type_id="row.type_id",
                picking_id="row.picking_id",
                purchase_line_id=f"CASE WHEN row.kind = 'receipt'"
                f" THEN {self.line_base} + row.id END",
                is_inventory="row.kind = 'loss'",
                is_in="row.kind = 'receipt'",
                is_out="row.kind IN ('delivery', 'loss')",
                value="CASE WHEN row.kind = 'transfer' THEN 0 ELSE row.value END",
                date="row.date",
                product_qty="row.quantity",
                product_uom_qty="row.quantity",
                quantity="row.quantity",
            )
        self.advance("stock_move")

    def done_lines(self) -> None:
        with self.bulk("stock_move_line"):
            self.copies(
                self.transfer.move_line_ids,
                "SELECT * FROM bench_done",
                move_id="row.id",
                picking_id="row.picking_id",
                product_id="row.product_id",
                location_id="row.source_id",
                location_dest_id="row.target_id",
                date="row.date",
                quantity="row.quantity",
                quantity_product_uom="row.quantity",
            )

    def quants(self) -> None:
        """What the moves left."""
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.pattern.id),
                ("location_id", "=", self.places[0].lot_stock_id.id),
            ]
        )
        self.copies(
            quant,
            f"""
            SELECT product_id, location_id, SUM(quantity) AS quantity
              FROM (SELECT product_id, target_id AS location_id, quantity FROM bench_done
                     UNION ALL
                    SELECT product_id, source_id, -quantity FROM bench_done) AS both_ends
             WHERE location_id NOT IN ({self.supplier.id}, {self.customer.id}, {self.loss.id})
             GROUP BY product_id, location_id HAVING SUM(quantity) <> 0
            """,
            product_id="row.product_id",
            location_id="row.location_id",
            quantity="row.quantity",
            reserved_quantity="0",
        )

    def costs(self) -> None:
        self.execute(
            f"""
            UPDATE product_product
               SET standard_price = jsonb_build_object('{self.env.company.id}', bench_cost.cost)
              FROM bench_cost JOIN bench_product USING (i)
             WHERE bench_product.product_id = product_product.id
            """
        )

    def statistics(self) -> None:
        self.execute("ANALYZE")

    def ledger(self) -> None:
        """Made up for by the addon itself, as on the day of its installation."""
        backfill = self.env["stock.valuation.backfill"]
        company = self.env.company
        product_ids = [product for _company, product in backfill._get_todo(company)]
        started = time.monotonic()
        with self.bulk("stock_valuation_entry", indexes=False):
            for index in range(0, len(product_ids), BATCH):
                backfill._backfill(company, product_ids[index : index + BATCH])
                self.env.invalidate_all()
                if not index % (10 * BATCH):
                    _logger.info("benchmarks: ledger, %s products", index)
        _logger.info("benchmarks: the ledger took %.0f s", time.monotonic() - started)


class _Cost:
    """What a product costs, as Odoo reckons it; the same floats in the same order."""

    def __init__(self) -> None:
        self.unit = 0.0
        self.total = 0.0
        self.quantity = 0.0
        self.layers: deque[list[float]] = deque()

    def set(self, price: float) -> None:
        self.unit = price
        self.total = price * self.quantity

    def move(self, method: str, kind: str, quantity: int, price: float | None) -> float:
        """Return the value of a move, and learn from it."""
        if kind == "transfer":
            return 0.0
        if kind == "receipt":
            value = round(price * quantity, 2)
            self.quantity += quantity
            if method == "fifo":
                self.layers.append([quantity, price])
                self._set_fifo_cost()
            elif method == "average":
                self.total = self.total + value if self.quantity > quantity else value
                self.unit = self.total / self.quantity
            return value
        self.quantity -= quantity
        if method != "fifo":
            value = self.unit * quantity
            self.total -= value
            return value
        value = self._take(quantity)
        self._set_fifo_cost()
        return value

    def _take(self, quantity: float) -> float:
        value = 0.0
        while quantity:
            layer = self.layers[0]
            taken = min(quantity, layer[0])
            value += taken * layer[1]
            quantity -= taken
            layer[0] -= taken
            if not layer[0]:
                self.layers.popleft()
        return value

    def _set_fifo_cost(self) -> None:
        if self.layers:
            whole = sum(quantity * price for quantity, price in self.layers)
            self.unit = whole / self.quantity
