"""The ageing of stock as a workbook."""

from odoo import models

from ..core.workbook import Column, Table


class StockValuationAgeing(models.Model):
    _inherit = "stock.valuation.ageing"

    def _get_tables(self):
        lines = self.env["stock.valuation.ageing.line"].search([("ageing_id", "in", self.ids)])
        return [self._get_place_table(lines), self._get_layer_table(lines)]

    def _get_place_columns(self):
        """Return the columns that say what a line is about, for one line or the first of some."""
        return [
            Column(self.env._("Company"), 18, lambda line: line.company_id.name),
            Column(self.env._("Warehouse"), 18, lambda line: line.warehouse_id.name),
            Column(self.env._("Location"), 26, lambda line: line.location_id.display_name),
            Column(self.env._("Category"), 24, lambda line: line.categ_id.display_name),
            Column(self.env._("Product"), 36, lambda line: line.product_id.display_name),
            Column(self.env._("Lot/Serial"), 16, lambda line: line.lot_id.name),
            Column(self.env._("Unit"), 8, lambda line: line.uom_id.name),
        ]

    def _get_place_table(self, lines):
        """A row per product and place, a column per bucket."""
        places = list(
            lines.grouped(
                lambda line: (line.company_id, line.product_id, line.location_id, line.lot_id)
            ).values()
        )

        def first(column):
            return Column(column.title, column.width, lambda rows: column.get(rows[:1]))

        def of_bucket(bucket):
            def get(rows):
                found = rows.filtered(lambda line: line.bucket_id == bucket)
                return sum(found.mapped("value")) if found else None

            return Column(bucket.display_name, 14, get, "money")

        return Table(
            self.env._("Ageing"),
            [
                *map(first, self._get_place_columns()),
                Column(
                    self.env._("Quantity"),
                    12,
                    lambda rows: sum(rows.mapped("quantity")),
                    "quantity",
                ),
                *map(of_bucket, lines.bucket_id.sorted()),
                Column(self.env._("Value"), 16, lambda rows: sum(rows.mapped("value")), "money"),
                Column(
                    self.env._("Excess Value"),
                    16,
                    lambda rows: sum(rows.mapped("excess_value")),
                    "money",
                ),
            ],
            places,
            lambda rows: rows[:1].currency_id.name,
            self.env._("Total"),
        )

    def _get_layer_table(self, lines):
        export = self.env["stock.valuation.export"]
        states = dict(lines._fields["state"]._description_selection(self.env))
        return Table(
            self.env._("Layers"),
            [
                *self._get_place_columns(),
                Column(
                    self.env._("Received"),
                    22,
                    lambda line: line.layer_date and export._tell(line.layer_date),
                ),
                Column(self.env._("Document"), 24, lambda line: line.entry_id.document),
                Column(
                    self.env._("Age (days)"),
                    10,
                    lambda line: line.age_days if line.layer_date else None,
                    "days",
                ),
                Column(self.env._("Age"), 16, lambda line: line.bucket_id.display_name),
                Column(self.env._("Quantity"), 12, lambda line: line.quantity, "quantity"),
                Column(self.env._("Value"), 16, lambda line: line.value, "money"),
                Column(self.env._("Movement"), 10, lambda line: states.get(line.state)),
                Column(
                    self.env._("Last Departure"),
                    22,
                    lambda line: line.last_out_date and export._tell(line.last_out_date),
                ),
                Column(self.env._("Daily Demand"), 12, lambda line: line.daily_demand, "quantity"),
                Column(
                    self.env._("Excess Quantity"), 12, lambda line: line.excess_quantity, "quantity"
                ),
                Column(self.env._("Excess Value"), 16, lambda line: line.excess_value, "money"),
            ],
            list(lines),
            lambda line: line.currency_id.name,
            self.env._("Total"),
        )

    def _get_about(self):
        tell = self.env["stock.valuation.export"]._tell
        rows = [(self.env._("Ageing of stock"), "")]
        for ageing in self:
            rows += [
                (self.env._("Company"), ageing.company_id.name),
                (self.env._("As of"), tell(ageing.moment)),
                (self.env._("Computed on"), tell(ageing.computed_at)),
                (self.env._("Computed by"), ageing.user_id.name),
                (self.env._("Buckets (days)"), ageing.ageing_days),
                (
                    self.env._("Slow after, dead after (days)"),
                    f"{ageing.slow_days}, {ageing.dead_days}",
                ),
                (self.env._("Demand window (days)"), str(ageing.demand_days)),
                (self.env._("Excess above (days of cover)"), str(ageing.excess_days)),
            ]
        return [*rows, *((self.env._("Rule"), text) for text in self._get_rule())]

    def _get_rule(self):
        """Return how ages and values come about, in words."""
        return [
            self.env._(
                "Physical age, whatever the cost method: goods leave a place first in, first out,"
                " and what is carried to another place takes its age along. Returned goods are as"
                " old as their return."
            ),
            self.env._(
                "A place's layers share its value: under FIFO the oldest goods have the oldest"
                " cost, otherwise each unit is worth the same; by largest remainder, so that they"
                " add up to the stock value to the cent. Goods of others are left out."
            ),
            self.env._(
                "Slow or dead are goods that came so many days ago, while nothing of the product"
                " has left their warehouse for as long. In excess is what is left after the days"
                " of cover at the demand of the window, the oldest sold first."
            ),
        ]
