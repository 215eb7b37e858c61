"""The value of stock at many moments at once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


@dataclass
class Series:
    """Quantities (in the products' units) and values (in the company's currency), by moment."""

    quantities: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


class StockValuationSeries(models.AbstractModel):
    """Sums the ledger up to each of several moments, in one statement.

    Entries are summed by the interval between moments in which they take effect, and these sums
    are added up from the first moment to the last: 36 months cost as much as one.
    """

    _name = "stock.valuation.series"
    _description = "Stock Value Over Time"

    @api.model
    def _get_group_columns(self):
        """Return what may be grouped by: {name: SQL expression}."""
        columns = {
            name: SQL("entry.%s", SQL.identifier(name))
            for name in ("product_id", "lot_id", "location_id", "warehouse_id", "owner_id", "kind")
        }
        columns["categ_id"] = SQL("template.categ_id")
        return columns

    @api.model
    def _get_series(self, company, moments, groups, product_ids=None):
        """Return quantities and values at moments, by groups.

        Whoever calls has checked what the user may see.

        :param moments: datetimes in UTC, ascending; what takes effect at a moment is included
        :param groups: names of columns, see :meth:`_get_group_columns`; none for one total
        :param product_ids: only these products
        :return: {(a key for each group): :class:`Series`}; keys are ids or None
        """
        if list(moments) != sorted(moments):
            raise ValueError("Moments come in ascending order")
        self.env["stock.valuation.entry"].flush_model()
        columns = self._get_group_columns()
        keys = [columns[name] for name in groups]
        width = len(keys)
        # an entry belongs to the first moment that is not before it
        bounds = [moment + timedelta(microseconds=1) for moment in moments]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(keys)s WIDTH_BUCKET(entry.date, %(bounds)s::timestamp[]),
                       SUM(entry.quantity), SUM(entry.value)
                  FROM stock_valuation_entry entry
                  %(joins)s
                 WHERE entry.company_id = %(company)s
                   AND entry.date <= %(last)s
                   AND %(products)s
                 GROUP BY %(positions)s
                """,
                keys=SQL("").join(SQL("%s, ", key) for key in keys),
                bounds=bounds,
                joins=SQL(
                    """JOIN product_product product ON product.id = entry.product_id
                       JOIN product_template template ON template.id = product.product_tmpl_id"""
                )
                if "categ_id" in groups
                else SQL(),
                company=company.id,
                last=moments[-1],
                products=SQL("TRUE")
                if product_ids is None
                else SQL("entry.product_id = ANY(%s)", list(product_ids)),
                positions=SQL(", ").join(SQL(str(index + 1)) for index in range(width + 1)),
            )
        )
        changes = defaultdict(dict)
        for row in rows:
            changes[row[:width]][row[width]] = row[width + 1 :]
        return {
            key: self._accumulate(company, of_key, len(moments)) for key, of_key in changes.items()
        }

    @api.model
    def _accumulate(self, company, changes, count):
        """Add up the changes of each interval: {interval: (quantity, value)}."""
        series, quantity, value = Series(), 0.0, 0
        for index in range(count):
            more_quantity, more_value = changes.get(index, (0.0, 0))
            quantity, value = quantity + more_quantity, value + more_value
            series.quantities.append(quantity)
            series.values.append(company.currency_id.round(float(value)))
        return series
