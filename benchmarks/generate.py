"""A company of any size, made in SQL in a minute or two.

One record of each kind is made by the ORM as a pattern, so that every stored column is what Odoo
would write; SQL then copies it with other keys and quantities. What Odoo keeps consistent is kept
consistent here too: reserved quantities of quants equal those of the assigned moves' lines, planned
moves are where their documents would put them, done moves are in the past. The one liberty: stock
on hand is stated as if it had been counted, not the sum of the done moves.

Everything follows from hashes of the row numbers: two runs make the same company.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass

_logger = logging.getLogger(__name__)

#: Days of history behind the places that have reordering rules, and behind the others.
LONG_HISTORY, SHORT_HISTORY = 365, 90
PREFIX = "BENCH"


@dataclass(frozen=True)
class Size:
    products: int = 5_000
    warehouses: int = 5
    #: the first so many products have a reordering rule in every warehouse
    ruled_products: int = 1_000


def generate(env, size: Size = Size()) -> None:
    """Fill a database that has `stock`, `purchase_stock` and `sale_stock` installed."""
    _Generator(env, size).run()


class _Generator:
    def __init__(self, env, size: Size):
        self.env = env
        self.size = size

    def steps(self):
        return (
            self.warehouses,
            self.products,
            self.stock,
            self.done_moves,
            self.planned_moves,
            self.reservations,
            self.rules,
        )

    def run(self) -> None:
        for work in self.steps():
            _logger.info("benchmarks: %s", work.__name__.replace("_", " "))
            work()
            self.env.flush_all()
            self.env.invalidate_all()
        self.env.cr.execute("ANALYZE")

    # ------------------------------------------------------------------
    # Tools
    # ------------------------------------------------------------------

    def execute(self, statement: str) -> None:
        """Run a statement made of our own constants and numbers; ``%`` is a plain character."""
        self.env.flush_all()
        self.env.cr.execute(statement)

    def copies(self, pattern, rows: str, **columns: str) -> None:
        """Insert a copy of a record for each row of a query, some columns computed from the row.

        :param pattern: the record to copy
        :param rows: SQL query; its columns are those of ``row`` in the expressions
        :param columns: SQL expression for each column that differs from the pattern; with ``id``
            the caller numbers the copies, and moves the table's sequence on
        """
        pattern.flush_recordset()
        table = pattern._table
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema AND table_name = %s"
            " AND (column_name <> 'id' OR %s)",
            [table, "id" in columns],
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        unknown = columns.keys() - set(names)
        assert not unknown, f"{table} has no columns {unknown}"
        values = ", ".join(columns.get(name, f'pattern."{name}"') for name in names)
        targets = ", ".join(f'"{name}"' for name in names)
        self.execute(
            f'INSERT INTO "{table}" ({targets}) SELECT {values}'
            f' FROM "{table}" pattern CROSS JOIN ({rows}) AS row WHERE pattern.id = {pattern.id}'
        )

    @contextlib.contextmanager
    def bulk(self, table: str, *, indexes: bool = True):
        """Take indexes and foreign keys off a table, and put them back when it is filled.

        :param indexes: False to leave them, for who reads the table while filling it

        Both are checked and built in one go then, instead of a million times.
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f' AND confrelid <> conrelid",
            [table],
        )
        keys = cr.fetchall()
        cr.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisprimary",
            [table],
        )
        dropped = cr.fetchall() if indexes else []
        for name, _definition in keys:
            self.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        for name, _definition in dropped:
            self.execute(f"DROP INDEX {name}")
        yield
        self.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _name, definition in dropped:
            self.execute(definition)
        for name, definition in keys:
            self.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')

    @staticmethod
    def pick(key: str, seed: int, count: str | int) -> str:
        """SQL of a number from 0 to count - 1, the same each time for the same key."""
        return f"mod(abs(hashint8extended(({key})::bigint, {seed})::numeric), {count})::integer"

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
        # supplied by the first one, through transit
        (self.places - first).resupply_wh_ids = [(4, first.id)]
        locations = self.env["stock.location"].create(
            [
                {"name": f"Shelf {shelf}", "location_id": place.lot_stock_id.id}
                for place in self.places
                for shelf in range(1, 5)
            ]
        )
        self.execute(
            "CREATE TEMP TABLE bench_place (number int, id int, stock_id int, type_in int,"
            " type_out int, first_shelf int)"
        )
        for number, place in enumerate(self.places):
            self.env.cr.execute(
                "INSERT INTO bench_place VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    number,
                    place.id,
                    place.lot_stock_id.id,
                    place.in_type_id.id,
                    place.out_type_id.id,
                    min(locations.filtered(lambda shelf, p=place: shelf.warehouse_id == p).ids),
                ],
            )
        self.customer = self.env.ref("stock.stock_location_customers")
        self.supplier = self.env.ref("stock.stock_location_suppliers")

    def products(self) -> None:
        categories = self.env["product.category"].create(
            [{"name": f"{PREFIX} {number}"} for number in range(20)]
        )
        self.pattern = self.env["product.product"].create(
            {
                "name": f"{PREFIX} pattern",
                "is_storable": True,
                "standard_price": 10.0,
                "list_price": 15.0,
                "categ_id": categories[0].id,
            }
        )
        template = self.pattern.product_tmpl_id
        numbers = f"SELECT i FROM generate_series(1, {self.size.products}) AS i"
        self.copies(
            template,
            numbers,
            name=f"jsonb_build_object('en_US', '{PREFIX} product ' || row.i)",
            default_code=f"'{PREFIX}-' || row.i",
            categ_id=f"{min(categories.ids)} + row.i % 20",
        )
        variant = f"""
            SELECT id AS template_id, substr(default_code, {len(PREFIX) + 2})::integer AS i
              FROM product_template
             WHERE default_code LIKE '{PREFIX}-%'
             ORDER BY 2
        """
        self.copies(
            self.pattern,
            variant,
            product_tmpl_id="row.template_id",
            default_code=f"'{PREFIX}-' || row.i",
        )
        self.pairs()

    def pairs(self) -> None:
        """Every product with every warehouse."""
        self.execute(
            f"""
            CREATE TEMP TABLE bench_pair AS
            SELECT product.id AS product_id, place.*, numbered.i,
                   numbered.i * 100 + place.number AS key,
                   numbered.i <= {self.size.ruled_products} AS ruled
              FROM product_product product
              JOIN (SELECT id, substr(default_code, {len(PREFIX) + 2})::integer AS i
                      FROM product_product WHERE default_code LIKE '{PREFIX}-%') AS numbered
                ON numbered.id = product.id
             CROSS JOIN bench_place place
            """
        )
        self.execute("ANALYZE bench_pair")

    # ------------------------------------------------------------------
    # Stock and moves
    # ------------------------------------------------------------------

    def stock(self) -> None:
        """Two quants a pair on average: none in one of eight, else one to three shelves."""
        place = self.places[0]
        self.env["stock.quant"]._update_available_quantity(self.pattern, place.lot_stock_id, 1)
        quant = self.env["stock.quant"].search([("product_id", "=", self.pattern.id)])
        self.copies(
            quant,
            f"""
            SELECT pair.*, shelf
              FROM bench_pair pair
             CROSS JOIN generate_series(0, 2) AS shelf
             WHERE {self.pick("pair.key", 1, 8)} > 0
               AND shelf <= {self.pick("pair.key", 2, 3)}
            """,
            product_id="row.product_id",
            location_id="row.first_shelf + row.shelf",
            quantity=f"1 + {self.pick('row.key * 4 + row.shelf', 3, 40)}",
            reserved_quantity="0",
        )

    def _pattern_move(self, source, target, *, done=False, **values):
        move = self.env["stock.move"].create(
            {
                "product_id": self.pattern.id,
                "product_uom": self.pattern.uom_id.id,
                "product_uom_qty": 1,
                "location_id": source.id,
                "location_dest_id": target.id,
                **values,
            }
        )
        move._action_confirm(merge=False)
        if done:
            move.quantity = 1
            move.picked = True
            move._action_done()
        return move

    def done_moves(self) -> None:
        """Deliveries: weekly behind rules for a year, twice in ninety days elsewhere."""
        move = self._pattern_move(self.places[0].lot_stock_id, self.customer, done=True)
        quantity = f"1 + {self.pick('row.key * 400 + row.occasion', 4, 6)}"
        self.copies(
            move,
            f"""
            SELECT pair.*, occasion,
                   CASE WHEN pair.ruled THEN occasion * 7 ELSE occasion * 40 END
                   + {self.pick("pair.key * 400 + occasion", 5, 7)} AS days_ago
              FROM bench_pair pair
             CROSS JOIN LATERAL generate_series(
                   0, CASE WHEN pair.ruled THEN {LONG_HISTORY // 7} ELSE 1 END
                   ) AS occasion
            """,
            product_id="row.product_id",
            location_id="row.stock_id",
            warehouse_id="row.id",
            picking_type_id="row.type_out",
            date="now() AT TIME ZONE 'UTC' - row.days_ago * interval '1 day'",
            product_qty=quantity,
            product_uom_qty=quantity,
            quantity=quantity,
        )

    def planned_moves(self) -> None:
        """For each pair, one receipt in three and one delivery in two, within four weeks."""
        quantity = f"1 + {self.pick('row.key', 6, 30)}"
        day = self.pick("row.key", 7, 28)
        shared = {
            "product_id": "row.product_id",
            "warehouse_id": "row.id",
            "date": f"now() AT TIME ZONE 'UTC' + ({day} - 2) * interval '1 day'",
            "product_qty": quantity,
            "product_uom_qty": quantity,
        }
        stock = self.places[0].lot_stock_id
        receipt = self._pattern_move(self.supplier, stock, location_final_id=stock.id)
        self.copies(
            receipt,
            f"SELECT * FROM bench_pair pair WHERE {self.pick('pair.key', 8, 3)} = 0",
            location_dest_id="row.stock_id",
            location_final_id="row.stock_id",
            picking_type_id="row.type_in",
            **shared,
        )
        self.delivery = self._pattern_move(stock, self.customer, location_final_id=self.customer.id)
        self.copies(
            self.delivery,
            f"SELECT * FROM bench_pair pair WHERE {self.pick('pair.key', 9, 2)} = 0",
            location_id="row.stock_id",
            picking_type_id="row.type_out",
            **shared | {"date": shared["date"] + " + interval '3 days'"},
        )

    def reservations(self) -> None:
        """Every third planned delivery is assigned as far as the first shelf reaches."""
        self.execute(
            f"""
            CREATE TEMP TABLE bench_reservation AS
            SELECT DISTINCT ON (quant.id) move.id AS move_id, move.product_id, quant.id AS quant_id,
                   quant.location_id, move.product_qty AS quantity
              FROM stock_move move
              JOIN bench_pair pair
                ON pair.product_id = move.product_id AND pair.stock_id = move.location_id
              JOIN stock_quant quant
                ON quant.product_id = move.product_id AND quant.location_id = pair.first_shelf
             WHERE move.state = 'confirmed'
               AND move.location_dest_id = {self.customer.id}
               AND {self.pick("pair.key", 10, 3)} = 0
               AND move.product_qty <= quant.quantity
             ORDER BY quant.id, move.id
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
            """
        )

    # ------------------------------------------------------------------
    # Reordering
    # ------------------------------------------------------------------

    def rules(self) -> None:
        """Reordering rules with a vendor each, for the pairs with a long history."""
        vendors = self.env["res.partner"].create(
            [{"name": f"{PREFIX} vendor {number}"} for number in range(20)]
        )
        seller = self.env["product.supplierinfo"].create(
            {
                "partner_id": vendors[0].id,
                "product_tmpl_id": self.pattern.product_tmpl_id.id,
                "price": 8.0,
                "min_qty": 1.0,
                "delay": 5,
            }
        )
        self.copies(
            seller,
            """
            SELECT product.product_tmpl_id AS template_id, pair.i
              FROM bench_pair pair
              JOIN product_product product ON product.id = pair.product_id
             WHERE pair.ruled AND pair.number = 0
            """,
            product_tmpl_id="row.template_id",
            partner_id=f"{min(vendors.ids)} + row.i % 20",
            delay=f"2 + {self.pick('row.i', 11, 20)}",
            price=f"1 + {self.pick('row.i', 12, 50)}",
        )
        buy = self.env.ref("purchase_stock.route_warehouse0_buy")
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.pattern.id,
                "warehouse_id": self.places[0].id,
                "location_id": self.places[0].lot_stock_id.id,
                "product_min_qty": 5,
                "product_max_qty": 20,
                "trigger": "manual",
                "route_id": buy.id,
            }
        )
        self.copies(
            rule,
            "SELECT * FROM bench_pair pair WHERE pair.ruled",
            name=f"'{PREFIX}/' || row.key",
            product_id="row.product_id",
            warehouse_id="row.id",
            location_id="row.stock_id",
            product_min_qty=f"3 + {self.pick('row.key', 13, 10)}",
            product_max_qty=f"20 + {self.pick('row.key', 14, 20)}",
        )
