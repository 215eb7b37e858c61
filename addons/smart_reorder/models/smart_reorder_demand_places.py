from collections import defaultdict

import numpy as np

from odoo import api, fields, models

from ..engine.places import CHANGE, DEMAND, PlaceRecord, day_number


class SmartReorderDemand(models.AbstractModel):
    """What the moves say of products in places, as arrays: for some pairs of them, no others."""

    _inherit = "smart.reorder.demand"

    @api.model
    def _get_places(self, pairs, date_from, run=None):
        """Demand and changes of the stock since a day.

        A run also keeps what it reads; others, which may be at work beside it, write nothing.

        :param pairs: set of (product id, warehouse id)
        :param run: the run that reads
        :return: dict ``pair -> PlaceRecord``
        """
        if not pairs:
            return {}
        self._flush()
        kept = self.env["smart.reorder.demand.kept"]
        valid = kept._get_valid(pairs, date_from)
        read = self._read_places(pairs - valid.keys(), date_from)
        if run:
            kept._confirm(valid)
            kept._keep(read, date_from)
            run.histories_read += len(read)
            run.histories_kept += len(valid)
        return valid | read

    @api.model
    def _read_places(self, pairs, date_from):
        """The same, from the moves."""
        if not pairs:
            return {}
        pairs = sorted(pairs)
        products = self.env["product.product"].browse({product for product, _place in pairs})
        warehouses = self.env["stock.warehouse"].browse({place for _product, place in pairs})
        query = self._get_first_days_query(products, warehouses, pairs)
        first_days = {
            (product, warehouse): day_number(day)
            for product, warehouse, day in self.env.execute_query(query)
        }
        demand, changes = defaultdict(list), defaultdict(list)
        query = self._get_demand_query(products, warehouses, date_from, pairs=pairs)
        for product, warehouse, receiver, day, quantity in self.env.execute_query(query):
            demand[product, warehouse].append((receiver or 0, day_number(day), quantity))
        query = self._get_stock_changes_query(products, warehouses, date_from, pairs)
        for product, warehouse, day, net, arrived in self.env.execute_query(query):
            changes[product, warehouse].append((day_number(day), net, arrived))
        return {
            pair: PlaceRecord(
                first_days.get(pair),
                np.array(demand.get(pair, []), DEMAND),
                np.array(changes.get(pair, []), CHANGE),
            )
            for pair in pairs
        }

    @api.model
    def _get_statements(self):
        """What reads the moves, as text: another text may read something else."""
        products, warehouses = self.env["product.product"], self.env["stock.warehouse"]
        today = fields.Date.today()
        queries = (
            self._get_demand_query(products, warehouses, today, pairs=[]),
            self._get_first_days_query(products, warehouses, pairs=[]),
            self._get_stock_changes_query(products, warehouses, today, pairs=[]),
        )
        return "\0".join(query.code for query in queries)
