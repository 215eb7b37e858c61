"""20,000 reordering rules with two years of deliveries each, as `generate.py` makes a company.

10,000 products in 5 warehouses; 4,000 of them have a rule in every warehouse and a delivery in each
of 104 weeks behind it: two million done moves.
"""

from __future__ import annotations

from dataclasses import dataclass

from .generate import PREFIX, Size, _Generator

WEEKS = 104


@dataclass(frozen=True)
class ReorderSize(Size):
    products: int = 10_000
    ruled_products: int = 4_000
    #: of a hundred weeks, those with a delivery; the products behind rules take turns
    busy_weeks: tuple[int, ...] = (100,)
    #: Smart Reorder plans the rules
    enrolled: bool = False


def generate(env, size: ReorderSize | None = None) -> None:
    """Fill a database that has `stock`, `purchase_stock` and `sale_stock` installed."""
    _ReorderGenerator(env, size or ReorderSize()).run()


class _ReorderGenerator(_Generator):
    def done_moves(self) -> None:
        """Deliveries of 1 to 6 units: in busy weeks behind rules, none elsewhere.

        They lie in the table in the order in which they were made, as those of a company do.
        """
        move = self._pattern_move(self.places[0].lot_stock_id, self.customer, done=True)
        quantity = f"1 + {self.pick('row.key * 400 + row.week', 4, 6)}"
        busy = f"ARRAY{list(self.size.busy_weeks)}"
        with self.bulk("stock_move"):
            self.copies(
                move,
                f"""
                SELECT pair.*, week,
                       7 * week + 1 + {self.pick("pair.key * 400 + week", 5, 7)} AS days_ago
                  FROM bench_pair pair
                 CROSS JOIN generate_series(0, {WEEKS - 1}) AS week
                 WHERE pair.ruled
                   AND {self.pick("pair.key * 400 + week", 15, 100)}
                       < ({busy})[1 + pair.i % {len(self.size.busy_weeks)}]
                 ORDER BY days_ago DESC
                """,
                product_id="row.product_id",
                location_id="row.stock_id",
                warehouse_id="row.id",
                picking_type_id="row.type_out",
                date="now() AT TIME ZONE 'UTC' - row.days_ago * interval '1 day'",
                write_date="now() AT TIME ZONE 'UTC' - row.days_ago * interval '1 day'",
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
        if self.size.enrolled:
            self.env.invalidate_all()
            rules = self.env["stock.warehouse.orderpoint"]
            rules.search([("name", "=like", f"{PREFIX}/%")]).smart_reorder = True
