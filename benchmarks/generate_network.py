"""A network of warehouses as large as the largest that Odoo is asked to serve, made in SQL.

100,000 products, 50 internal locations in 20 warehouses, 2,000,000 quants, 300,000 open moves in
60,000 transfers, a million deliveries of the last 120 days. The same rules as in `generate.py`:
patterns by the ORM, copies by SQL, reserved quantities equal to the lines of the assigned moves,
and everything from hashes of row numbers, so that two runs make the same network.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from .generate import PREFIX, _Generator

_logger = logging.getLogger(__name__)

#: moves of one open transfer, and how far around now transfers are planned
MOVES_PER_TRANSFER = 5
HISTORY_DAYS = 120


@dataclass(frozen=True)
class NetworkSize:
    products: int = 100_000
    warehouses: int = 20
    #: internal locations that hold stock: every warehouse's own and the shelves below
    places: int = 50
    #: places of fifty that hold a product
    filled: int = 20
    receipts: int = 130_000
    deliveries: int = 150_000
    #: transfers between warehouses, each of two moves, into transit and out of it; half of the
    #: first are done
    resupplies: int = 13_334
    done: int = 1_000_000
    adjustments: int = 50_000
    external_products: int = 10_000


def generate(env, size: NetworkSize | None = None) -> None:
    """Fill a database that has `inventory_visibility` and `sale_stock` installed."""
    _NetworkGenerator(env, size or NetworkSize()).run()


class _NetworkGenerator(_Generator):
    def steps(self):
        return (
            self.warehouses,
            self.products,
            self.stock,
            self.done_moves,
            self.adjustments,
            self.planned_moves,
            self.resupplies,
            self.reservations,
            self.external_stock,
            self.groups,
        )

    # ------------------------------------------------------------------
    # Tools
    # ------------------------------------------------------------------

    def skewed(self, key: str, seed: int) -> str:
        """SQL of a product's number; one product in ten gets three picks of ten."""
        share = f"power({self.pick(key, seed, 1_000_000)} / 1000000.0, 2)"
        return f"1 + floor({share} * {self.size.products})::integer"

    # ------------------------------------------------------------------
    # Places and products
    # ------------------------------------------------------------------

    def warehouses(self) -> None:
        warehouse = self.env["stock.warehouse"]
        first = warehouse.search([], limit=1)
        self.places = first | warehouse.create(
            [
                {"name": f"{PREFIX} {number}", "code": f"B{number}"}
                for number in range(2, self.size.warehouses + 1)
            ]
        )
        (self.places - first).resupply_wh_ids = [(4, first.id)]
        shelves = self.env["stock.location"].create(
            [
                {
                    "name": f"Shelf {number // self.size.warehouses + 1}",
                    "location_id": self.places[number % self.size.warehouses].lot_stock_id.id,
                }
                for number in range(self.size.places - self.size.warehouses)
            ]
        )
        self.execute(
            "CREATE TEMP TABLE bench_place (number int, id int, stock_id int, type_in int,"
            " type_out int, type_int int);"
            "CREATE TEMP TABLE bench_spot (spot int, location_id int, number int)"
        )
        numbers = {}
        for number, place in enumerate(self.places):
            numbers[place.id] = number
            self.env.cr.execute(
                "INSERT INTO bench_place VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    number,
                    place.id,
                    place.lot_stock_id.id,
                    place.in_type_id.id,
                    place.out_type_id.id,
                    place.int_type_id.id,
                ],
            )
        for spot, location in enumerate(self.places.lot_stock_id | shelves):
            self.env.cr.execute(
                "INSERT INTO bench_spot VALUES (%s, %s, %s)",
                [spot, location.id, numbers[location.warehouse_id.id]],
            )
        self.customer = self.env.ref("stock.stock_location_customers")
        self.supplier = self.env.ref("stock.stock_location_suppliers")

    def pairs(self) -> None:
        """Numbers of the products; a product costs 1 to 200."""
        self.execute(
            f"""
            CREATE TEMP TABLE bench_product AS
            SELECT id AS product_id, substr(default_code, {len(PREFIX) + 2})::integer AS i
              FROM product_product WHERE default_code LIKE '{PREFIX}-%';
            CREATE UNIQUE INDEX ON bench_product (i);
            ANALYZE bench_product;
            UPDATE product_product
               SET standard_price = jsonb_build_object(
                       '{self.env.company.id}', 1 + {self.pick("product_product.id", 20, 200)})
              FROM bench_product WHERE bench_product.product_id = product_product.id
            """
        )

    # ------------------------------------------------------------------
    # Stock and moves
    # ------------------------------------------------------------------

    def stock(self) -> None:
        """Every product lies in twenty of the fifty places."""
        place = self.places[0]
        self.env["stock.quant"]._update_available_quantity(self.pattern, place.lot_stock_id, 1)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.pattern.id), ("location_id", "=", place.lot_stock_id.id)]
        )
        with self.bulk("stock_quant"):
            self.copies(
                quant,
                f"""
                SELECT product.product_id, spot.location_id,
                       product.i::bigint * {self.size.places} + spot.spot AS key
                  FROM bench_product product
                 CROSS JOIN bench_spot spot
                 WHERE mod(spot.spot + {self.pick("product.i", 1, self.size.places)},
                           {self.size.places}) * 7 % {self.size.places} < {self.size.filled}
                """,
                product_id="row.product_id",
                location_id="row.location_id",
                quantity=f"1 + {self.pick('row.key', 3, 40)}",
                reserved_quantity="0",
            )

    def done_moves(self) -> None:
        """Deliveries of the last months; few products make most of them, as everywhere."""
        move = self._pattern_move(self.places[0].lot_stock_id, self.customer, done=True)
        quantity = f"1 + {self.pick('row.k', 4, 6)}"
        with self.bulk("stock_move"):
            self.copies(
                move,
                f"""
                SELECT numbered.k, product.product_id, place.*
                  FROM (SELECT k, {self.skewed("k", 5)} AS i,
                               {self.pick("k", 6, self.size.warehouses)} AS number
                          FROM generate_series(1, {self.size.done}) AS k) AS numbered
                  JOIN bench_product product ON product.i = numbered.i
                  JOIN bench_place place ON place.number = numbered.number
                """,
                product_id="row.product_id",
                location_id="row.stock_id",
                warehouse_id="row.id",
                picking_type_id="row.type_out",
                date=self.ago("row.k", 7, HISTORY_DAYS),
                product_qty=quantity,
                product_uom_qty=quantity,
                quantity=quantity,
            )

    def ago(self, key: str, seed: int, days: int) -> str:
        seconds = self.pick(key, seed, days * 86_400)
        return f"now() AT TIME ZONE 'UTC' - {seconds} * interval '1 second'"

    def adjustments(self) -> None:
        """Counts that found more or less."""
        loss = self.pattern.with_company(self.env.company).property_stock_inventory
        stock = self.places[0].lot_stock_id
        move = self._pattern_move(stock, loss, done=True, is_inventory=True)
        quantity = f"1 + {self.pick('row.k', 8, 3)}"
        found = f"{self.pick('row.k', 9, 2)} = 0"
        self.copies(
            move,
            f"""
            SELECT numbered.k, product.product_id, place.*
              FROM (SELECT k, {self.skewed("k", 10)} AS i,
                           {self.pick("k", 11, self.size.warehouses)} AS number
                      FROM generate_series(1, {self.size.adjustments}) AS k) AS numbered
              JOIN bench_product product ON product.i = numbered.i
              JOIN bench_place place ON place.number = numbered.number
            """,
            product_id="row.product_id",
            location_id=f"CASE WHEN {found} THEN {loss.id} ELSE row.stock_id END",
            location_dest_id=f"CASE WHEN {found} THEN row.stock_id ELSE {loss.id} END",
            warehouse_id="row.id",
            date=self.ago("row.k", 12, HISTORY_DAYS),
            product_qty=quantity,
            product_uom_qty=quantity,
            quantity=quantity,
        )

    def planned_moves(self) -> None:
        """Receipts and deliveries from two days ago to four weeks from now, five a transfer."""
        stock = self.places[0].lot_stock_id
        receipt = self._transfer(self.places[0].in_type_id, self.supplier, stock)
        self._copy_transfers(
            receipt,
            self.size.receipts,
            30,
            "type_in",
            {"location_dest_id": "row.stock_id"},
            {"location_dest_id": "row.stock_id", "location_final_id": "row.stock_id"},
        )
        self.delivery = self._transfer(self.places[0].out_type_id, stock, self.customer)
        self._copy_transfers(
            self.delivery,
            self.size.deliveries,
            40,
            "type_out",
            {"location_id": "row.stock_id"},
            {"location_id": "row.stock_id"},
        )

    def _transfer(self, picking_type, source, target):
        """A confirmed transfer of one move, as a pattern."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": target.id,
            }
        )
        return self._pattern_move(
            source,
            target,
            picking_id=picking.id,
            picking_type_id=picking_type.id,
            location_final_id=target.id,
        )

    def _copy_transfers(self, move, count, seed, type_column, picking_columns, move_columns):
        """Copies of a transfer over the warehouses and days, and five moves in each."""
        transfer = f"(k - 1) / {MOVES_PER_TRANSFER}"
        moment = (
            f"date_trunc('hour', now() AT TIME ZONE 'UTC') + ({self.pick('row.t', seed, 720)} - 48)"
            " * interval '1 hour'"
        )
        numbered = f"""
            SELECT numbered.*, place.*
              FROM (SELECT DISTINCT {transfer} AS t,
                           {self.pick(transfer, seed + 1, self.size.warehouses)} AS number
                      FROM generate_series(1, {count}) AS k) AS numbered
              JOIN bench_place place USING (number)
        """
        names = f"'{PREFIX}/{seed}/' || row.t"
        self.copies(
            move.picking_id,
            numbered,
            name=names,
            picking_type_id=f"row.{type_column}",
            scheduled_date=moment,
            **picking_columns,
        )
        self.execute("ANALYZE stock_picking")
        quantity = f"1 + {self.pick('row.k', seed + 2, 12)}"
        with self.bulk("stock_move"):
            self.copies(
                move,
                f"""
                SELECT k, t, place.*, product.product_id, picking.id AS picking
                  FROM (SELECT k, {transfer} AS t, {self.skewed("k", seed + 3)} AS i
                          FROM generate_series(1, {count}) AS k) AS numbered
                  JOIN bench_product product USING (i)
                  JOIN stock_picking picking ON picking.name = '{PREFIX}/{seed}/' || t
                  JOIN bench_place place ON place.{type_column} = picking.picking_type_id
                """,
                picking_id="row.picking",
                picking_type_id=f"row.{type_column}",
                product_id="row.product_id",
                warehouse_id="row.id",
                reference=names,
                date=moment,
                product_qty=quantity,
                product_uom_qty=quantity,
                **move_columns,
            )

    def resupplies(self) -> None:
        """From the first warehouse through transit to the others; half of them are under way."""
        first = self.places[0]
        transit = self.env.company.internal_transit_location_id
        leaving = self._pattern_move(first.lot_stock_id, transit)
        arriving = self._pattern_move(transit, first.lot_stock_id)
        rows = f"""
            SELECT numbered.*, product.product_id, place.*
              FROM (SELECT k, {self.skewed("k", 50)} AS i,
                           1 + {self.pick("k", 51, self.size.warehouses - 1)} AS number
                      FROM generate_series(1, {self.size.resupplies}) AS k) AS numbered
              JOIN bench_product product USING (i)
              JOIN bench_place place USING (number)
        """
        quantity = f"1 + {self.pick('row.k', 52, 12)}"
        shared = {
            "product_id": "row.product_id",
            "warehouse_id": "row.id",
            "product_qty": quantity,
            "product_uom_qty": quantity,
            "date": "now() AT TIME ZONE 'UTC' + "
            f"({self.pick('row.k', 53, 240)} - 48) * interval '1 hour'",
        }
        for move, columns in (
            (leaving, {"location_final_id": "row.stock_id"}),
            (
                arriving,
                {"location_dest_id": "row.stock_id", "location_final_id": "row.stock_id"},
            ),
        ):
            self.copies(move, rows, **shared, **columns)
        # what was sent lies in transit
        self.execute(
            f"""
            UPDATE stock_move SET state = 'done', quantity = product_qty, picked = TRUE,
                   date = LEAST(date, now() AT TIME ZONE 'UTC' - interval '1 hour')
             WHERE location_dest_id = {transit.id} AND state = 'confirmed' AND id % 2 = 0
            """
        )
        quant = self.env["stock.quant"].search([("product_id", "=", self.pattern.id)], limit=1)
        self.copies(
            quant,
            f"""
            SELECT product_id, SUM(quantity) AS quantity FROM stock_move
             WHERE location_dest_id = {transit.id} AND state = 'done' GROUP BY product_id
            """,
            product_id="row.product_id",
            location_id=str(transit.id),
            quantity="row.quantity",
            reserved_quantity="0",
        )

    def reservations(self) -> None:
        """Every third planned delivery is assigned, when one place has enough for it."""
        self.execute(
            f"""
            ANALYZE stock_move; ANALYZE stock_quant;
            CREATE TEMP TABLE bench_reservation AS
            SELECT DISTINCT ON (quant_id) *
              FROM (SELECT DISTINCT ON (move.id) move.id AS move_id, move.product_id,
                           move.picking_id, quant.id AS quant_id, quant.location_id,
                           move.product_qty AS quantity
                      FROM stock_move move
                      JOIN bench_place place ON place.id = move.warehouse_id
                      JOIN bench_spot spot ON spot.number = place.number
                      JOIN stock_quant quant
                        ON quant.product_id = move.product_id
                       AND quant.location_id = spot.location_id
                     WHERE move.state = 'confirmed'
                       AND move.location_dest_id = {self.customer.id}
                       AND move.picking_id % 3 = 0
                       AND move.product_qty <= quant.quantity
                     ORDER BY move.id, quant.id) AS choice
             ORDER BY quant_id, move_id
            """
        )
        place = self.places[0]
        self.env["stock.quant"]._update_available_quantity(self.pattern, place.lot_stock_id, 10)
        self.delivery._action_assign()
        line = self.delivery.move_line_ids
        assert line, "the pattern was not reserved"
        self.copies(
            line,
            "SELECT * FROM bench_reservation",
            move_id="row.move_id",
            picking_id="row.picking_id",
            product_id="row.product_id",
            location_id="row.location_id",
            quantity="row.quantity",
            quantity_product_uom="row.quantity",
        )
        self.execute(
            """
            UPDATE stock_move move SET state = 'assigned', quantity = reservation.quantity
              FROM bench_reservation reservation WHERE move.id = reservation.move_id;
            UPDATE stock_quant quant SET reserved_quantity = reservation.quantity
              FROM bench_reservation reservation WHERE quant.id = reservation.quant_id;
            UPDATE stock_picking picking SET state = 'assigned'
             WHERE picking.id IN (SELECT picking_id FROM bench_reservation)
               AND NOT EXISTS (SELECT FROM stock_move move
                                WHERE move.picking_id = picking.id AND move.state = 'confirmed')
            """
        )

    # ------------------------------------------------------------------
    # Beyond warehouses
    # ------------------------------------------------------------------

    def external_stock(self) -> None:
        """Two suppliers that state what they have."""
        self.suppliers = self.env["stock.external.place"].create(
            [{"name": f"{PREFIX} supplier {name}", "code": f"{PREFIX}-{name}"} for name in "AB"]
        )
        quant = self.env["stock.external.quant"].create(
            {"place_id": self.suppliers[0].id, "product_id": self.pattern.id, "quantity": 1}
        )
        for number, supplier in enumerate(self.suppliers):
            self.copies(
                quant,
                f"SELECT * FROM bench_product WHERE i <= {self.size.external_products}",
                place_id=str(supplier.id),
                product_id="row.product_id",
                quantity=self.pick("row.i", 60 + number, 100),
            )
        self.suppliers.last_feed_date = quant.feed_date

    def groups(self) -> None:
        """Networks of four warehouses each, the first with the suppliers."""
        self.env["stock.place.group"].create(
            [
                {
                    "name": f"{PREFIX} network {start // 4 + 1}",
                    "code": f"{PREFIX}-{start // 4 + 1}",
                    "warehouse_ids": self.places[start : start + 4].ids,
                    "external_place_ids": self.suppliers.ids if not start else [],
                }
                for start in range(0, self.size.warehouses, 4)
            ]
        )
