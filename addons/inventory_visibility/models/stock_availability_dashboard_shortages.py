"""Shortages in the strip of figures: counted live, or taken from the exceptions."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Pairs of product and place whose states are counted while somebody waits for the screen.
LIVE_PAIRS = 100000

#: Kinds of exceptions behind each figure when there are more pairs than that.
KINDS = {
    "stock_outs": ("out_of_stock", "negative_stock"),
    "stock_outs_projected": ("projected_stock_out", "oversold"),
    "broken_promises": ("broken_promise",),
}


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    def _get_row_conditions(self):
        """Return ``{figure: condition on the rows that it counts or opens}``."""
        return {
            "on_hand": Domain("qty_on_hand", "!=", 0),
            "available": Domain("qty_available", ">", 0),
            "in_transit": Domain("qty_in_transit", ">", 0),
            "stock_outs": Domain("state", "in", ["out", "short"])
            & Domain("qty_available", "<=", 0),
            "stock_outs_projected": Domain("state", "=", "short") & Domain("qty_available", ">", 0),
        }

    @api.model
    def _get_figures_of_shortage(self, _filters, domain, places):
        """Count the pairs that are short: of some thousand products from the figures themselves;
        of more, the exceptions that the last run of the detectors found, with its moment.
        """
        live = self._is_countable(domain, places)
        counts = self._count_shortages(domain, places) if live else {}
        labels = self._get_row_labels()
        for name, tone in (("stock_outs", "danger"), ("stock_outs_projected", "warning")):
            label, description = labels[name]
            figure = {
                "name": name,
                "label": label,
                "help": description,
                "kind": "count",
                "value": counts.get(name),
                "detail": self.env._("products × places"),
            }
            if not live:
                figure.update(self._count_exceptions(KINDS[name], domain, places))
            yield {**figure, "tone": tone if figure["value"] else ""}

    @api.model
    def _is_countable(self, domain, places):
        """Whether there are few enough products and places to count their states at once."""
        if not places:
            return True
        most = LIVE_PAIRS // len(places)
        return self.env["product.product"].search_count(domain, limit=most + 1) <= most

    @api.model
    def _count_shortages(self, domain, places):
        """Return ``{figure: number of rows}``."""
        rows = self.env["stock.availability"]
        conditions = self._get_row_conditions()
        names = ("stock_outs", "stock_outs_projected")
        query = rows._search(
            self._get_row_domain(domain, places) & Domain("state", "in", ["out", "short"])
        )
        [(out, projected)] = self.env.execute_query(
            query.select(
                *[
                    SQL("COUNT(*) FILTER (WHERE %s)", self._to_sql(conditions[name], query))
                    for name in names
                ]
            )
        )
        return {"stock_outs": out, "stock_outs_projected": projected}

    @api.model
    def _to_sql(self, domain, query):
        rows = self.env["stock.availability"]
        return domain.optimize_full(rows)._to_sql(rows, query.table, query)

    @api.model
    def _count_exceptions(self, kinds, domain, places):
        """Return what a figure takes from the exceptions: its value, moment and detail."""
        exceptions = self.env["stock.exception"]
        if not exceptions.has_access("read"):
            return {"value": None, "opens": False, "detail": self.env._("not counted")}
        moments = (
            self.env["stock.exception.kind"]
            .sudo()
            .search([("kind", "in", kinds), ("company_id", "in", self.env.companies.ids)])
            .mapped("last_run_date")
        )
        if not moments or not all(moments):
            return {"value": None, "opens": False, "detail": self.env._("not looked for yet")}
        return {
            "value": exceptions.search_count(self._get_exception_domain(kinds, domain, places)),
            "as_of": min(moments),
            "detail": self.env._("exceptions"),
        }

    @api.model
    def _get_exception_domain(self, kinds, domain, places):
        result = (
            Domain("state", "=", "open")
            & Domain("kind", "in", kinds)
            & Domain("warehouse_id", "in", places.ids)
        )
        if not self._is_everything(domain):
            result &= self._get_product_condition("product_id", domain)
        return result

    @api.model
    def _open_shortages(self, name, filters):
        places = self._get_places(filters)
        domain = self._get_product_domain(filters, places)
        if self._is_countable(domain, places):
            return self._open_rows(name, filters)
        return self._open_exceptions(name, self._get_row_labels()[name][0], domain, places)

    @api.model
    def _open_exceptions(self, name, label, domain, places):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "inventory_visibility.stock_exception_action"
        )
        found = self.env["stock.exception"].search(
            self._get_exception_domain(KINDS[name], domain, places)
        )
        return {**action, "name": label, "domain": [("id", "in", found.ids)], "context": {}}

    @api.model
    def _get_figures_of_promises(self, _filters, domain, places):
        """Count broken promises where something looks for them: an addon with orders does."""
        kinds = KINDS["broken_promises"]
        if kinds[0] not in self.env["stock.exception.detector"]._get_detectors():
            return
        figure = {
            "name": "broken_promises",
            "label": self.env._("Broken Promises"),
            "help": self.env._("Orders whose promised date cannot be kept any more."),
            "kind": "count",
            **self._count_exceptions(kinds, domain, places),
        }
        yield {**figure, "tone": "danger" if figure["value"] else ""}

    @api.model
    def _open_promises(self, name, filters):
        places = self._get_places(filters)
        domain = self._get_product_domain(filters, places)
        return self._open_exceptions(name, self.env._("Broken Promises"), domain, places)

    @api.model
    def _without_external(self, domain):
        """Return a domain without what it says of external places: no row lies in one."""
        return domain.map_conditions(
            lambda condition: (
                Domain.TRUE
                if self._get_condition_kind(condition) == "external_place"
                else condition
            )
        )

    @api.model
    def _open_rows(self, name, filters):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "inventory_visibility.stock_availability_action"
        )
        action["name"], action["help"] = self._get_row_labels()[name]
        action["domain"] = list(
            self._without_external(filters["domain"]) & self._get_row_conditions()[name]
        )
        action["context"] = {}
        return action
