import contextlib
import hashlib
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.places import PlaceRecord

# What a transaction writes bears the moment at which it began; none is open that long.
LONGEST_TRANSACTION = timedelta(hours=6)
# Nobody plans the place any more, and what happened there since would have to be looked through.
KEPT_FOR = timedelta(days=30)
ANYWHERE = 0


class SmartReorderDemandKept(models.Model):
    """What the moves said of a product in a place, so that a night reads what has changed only.

    A record holds as long as no done move of the product and place was written since it was last
    checked, and everything else that it depends on, its basis, is what it was: the statements that
    read, units of measure, the place's time zone, and the kind and warehouse of the locations that
    there were. Anything else is read anew.
    """

    _name = "smart.reorder.demand.kept"
    _description = "Kept Demand History"
    _log_access = False

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade"
    )
    checked_at = fields.Datetime(required=True, readonly=True)
    date_from = fields.Date(required=True, readonly=True, help="Nothing older was read.")
    basis = fields.Char(required=True, readonly=True)
    last_location = fields.Integer(
        readonly=True, help="Id of the newest location that there was: its moves know no newer one."
    )
    uom_id = fields.Many2one("uom.uom", required=True, readonly=True, ondelete="cascade")
    first_day = fields.Integer(readonly=True, help="From 1970-01-01.")
    demand = fields.Binary(attachment=False, readonly=True)
    changes = fields.Binary(attachment=False, readonly=True)

    _unique_place = models.UniqueIndex("(product_id, warehouse_id)")

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _get_valid(self, pairs, date_from):
        """Records that say what the moves would say now.

        :param pairs: set of (product id, warehouse id)
        :return: dict ``pair -> PlaceRecord``
        """
        now = self.env.cr.now()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kept.product_id, kept.warehouse_id, kept.checked_at, kept.basis,
                       kept.last_location, kept.first_day, kept.demand, kept.changes
                  FROM unnest(%(products)s::int[], %(warehouses)s::int[])
                       AS pair(product_id, warehouse_id)
                  JOIN smart_reorder_demand_kept kept USING (product_id, warehouse_id)
                  JOIN product_product product ON product.id = kept.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE kept.uom_id = template.uom_id
                   AND kept.date_from <= %(date_from)s
                   AND kept.checked_at > %(oldest)s
                """,
                products=[product for product, _warehouse in pairs],
                warehouses=[warehouse for _product, warehouse in pairs],
                date_from=date_from,
                oldest=now - KEPT_FOR,
            )
        )
        if not rows:
            return {}
        bases = self._get_bases({(row[1], row[4]) for row in rows})
        written = self._get_written({row[0] for row in rows}, min(row[2] for row in rows))
        valid = {}
        for product, warehouse, checked_at, basis, last_location, *record in rows:
            limit = checked_at - LONGEST_TRANSACTION
            unwritten = all(
                written.get((product, place), datetime.min) < limit
                for place in (warehouse, ANYWHERE)
            )
            if unwritten and basis == bases[warehouse, last_location]:
                with contextlib.suppress(ValueError):  # not as it was written: it is read anew
                    valid[product, warehouse] = PlaceRecord.from_bytes(*record)
        return valid

    @api.model
    def _get_written(self, products, since):
        """When done moves of products were last written, if that may have been since a moment.

        A move that was done before then is another one than it was, and may have been in another
        place: it is said of all of its product's.

        :return: dict ``(product id, warehouse id or ANYWHERE) -> datetime``
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.product_id, place.id, MAX(move.write_date)
                  FROM stock_move move
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location destination ON destination.id = move.location_dest_id
            CROSS JOIN LATERAL (
                       SELECT unnest(
                           CASE WHEN move.date < %(since)s THEN ARRAY[%(anywhere)s]
                                ELSE ARRAY[source.warehouse_id, destination.warehouse_id]
                           END) AS id
                       ) place
                 WHERE place.id IS NOT NULL
                   AND move.write_date >= %(since)s
                   AND move.state = 'done'
                   AND move.product_id = ANY(%(products)s)
              GROUP BY 1, 2
                """,
                since=since - LONGEST_TRANSACTION,
                anywhere=ANYWHERE,
                products=list(products),
            )
        )
        return {(product, place): moment for product, place, moment in rows}

    @api.model
    def _get_bases(self, wanted):
        """What records depend on besides moves and their product's unit.

        :param wanted: set of (warehouse id, id of the newest location that counts)
        :return: dict ``of them -> digest``
        """
        reader = self.env["smart.reorder.demand"]
        digest = hashlib.sha256(reader._get_statements().encode())
        units = self.env.execute_query(SQL("SELECT id, factor FROM uom_uom ORDER BY id"))
        digest.update(repr(units).encode())
        locations = iter(
            self.env.execute_query(
                SQL("SELECT id, usage, warehouse_id FROM stock_location ORDER BY id")
            )
        )
        bases = {}
        location = next(locations, None)
        for warehouse_id, last in sorted(wanted, key=lambda each: each[1]):
            while location and location[0] <= last:
                digest.update(repr(location).encode())
                location = next(locations, None)
            warehouse = self.env["stock.warehouse"].browse(warehouse_id)
            basis = digest.copy()
            basis.update(reader._get_timezone(warehouse).encode())
            bases[warehouse_id, last] = basis.hexdigest()
        return bases

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _confirm(self, pairs):
        """What was found to be valid is so now; the next time has less to look through."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE smart_reorder_demand_kept kept
                   SET checked_at = %s
                  FROM unnest(%s::int[], %s::int[]) AS pair(product_id, warehouse_id)
                 WHERE kept.product_id = pair.product_id
                   AND kept.warehouse_id = pair.warehouse_id
                """,
                self.env.cr.now(),
                [product for product, _warehouse in pairs],
                [warehouse for _product, warehouse in pairs],
            )
        )

    @api.model
    def _keep(self, records, date_from):
        """Keep what was read from the moves in this transaction.

        :param records: dict ``(product id, warehouse id) -> PlaceRecord``
        """
        if not records:
            return
        ((last,),) = self.env.execute_query(SQL("SELECT MAX(id) FROM stock_location"))
        bases = self._get_bases({(warehouse, last) for _product, warehouse in records})
        content = [record.as_bytes() for record in records.values()]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO smart_reorder_demand_kept (
                       product_id, warehouse_id, basis, first_day, demand, changes,
                       checked_at, date_from, last_location, uom_id)
                SELECT pair.*, %(now)s, %(date_from)s, %(last)s, template.uom_id
                  FROM unnest(%(products)s::int[], %(warehouses)s::int[], %(bases)s::text[],
                              %(first_days)s::int[], %(demand)s::bytea[], %(changes)s::bytea[])
                       AS pair(product_id, warehouse_id, basis, first_day, demand, changes)
                  JOIN product_product product ON product.id = pair.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
           ON CONFLICT (product_id, warehouse_id) DO UPDATE
                   SET basis = excluded.basis, first_day = excluded.first_day,
                       demand = excluded.demand, changes = excluded.changes,
                       checked_at = excluded.checked_at, date_from = excluded.date_from,
                       last_location = excluded.last_location, uom_id = excluded.uom_id
                """,
                products=[product for product, _warehouse in records],
                warehouses=[warehouse for _product, warehouse in records],
                bases=[bases[warehouse, last] for _product, warehouse in records],
                first_days=[record.first_day for record in records.values()],
                demand=[demand for demand, _changes in content],
                changes=[changes for _demand, changes in content],
                now=self.env.cr.now(),
                date_from=date_from,
                last=last,
            )
        )

    @api.autovacuum
    def _gc_kept(self):
        """Forget places that no run has looked at for a month."""
        limit = self.env.cr.now() - KEPT_FOR
        self.env.cr.execute(
            SQL("DELETE FROM smart_reorder_demand_kept WHERE checked_at <= %s", limit)
        )
