"""20,000 reordering rules with two years of deliveries each, as `generate.py` makes a company.

10,000 products in 5 warehouses; 4,000 of them have a rule in every warehouse and a delivery in each
of 104 weeks behind it: two million done moves.
"""

from __future__ import annotations

from .generate import Size, _Generator

SIZE = Size(products=10_000, warehouses=5, ruled_products=4_000)
WEEKS = 104


def generate(env, size: Size = SIZE) -> None:
    """Fill a database that has `stock`, `purchase_stock` and `sale_stock` installed."""
    _ReorderGenerator(env, size).run()


class _ReorderGenerator(_Generator):
    def done_moves(self) -> None:
        """Deliveries of 1 to 6 units: weekly behind rules, none elsewhere."""
        move = self._pattern_move(self.places[0].lot_stock_id, self.customer, done=True)
        quantity = f"1 + {self.pick('row.key * 400 + row.week', 4, 6)}"
        self.copies(
            move,
            f"""
            SELECT pair.*, week,
                   7 * week + 1 + {self.pick("pair.key * 400 + week", 5, 7)} AS days_ago
              FROM bench_pair pair
             CROSS JOIN generate_series(0, {WEEKS - 1}) AS week
             WHERE pair.ruled
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

    def rules(self) -> None:
        super().rules()
        # a price of the pattern's only variant is a price of the copy's only variant
        self.execute(
            """
            UPDATE product_supplierinfo seller SET product_id = product.id
              FROM product_product product
             WHERE product.product_tmpl_id = seller.product_tmpl_id
               AND seller.product_id IS NOT NULL
            """
        )
