"""The strip of figures above the matrix, each with the list that it opens.

Each figure is one grouped read of the table that it comes from, under the same filters as the
matrix. Another addon adds one by extending :meth:`_get_figure_groups`.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Days within which a lot is called expiring.
EXPIRING_DAYS = 30

OPEN_PICKINGS = ("confirmed", "waiting", "assigned")


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    @api.readonly
    def get_figures(self, filters=None):
        """Return the figures of the strip, for what the filters leave.

        :param dict filters: as for :meth:`get_matrix`
        :return: list of dicts: ``name``; ``label``; ``value``, a number or None when it is not
            known; ``kind``, one of ``monetary`` (of the currency ``currency_id``), ``quantity``
            (of the unit ``uom``) and ``count``; ``detail``, a line below it; ``help``; ``tone``,
            ``danger`` or ``warning`` when it needs attention; ``as_of``, in UTC; ``opens``,
            whether :meth:`open_figure` has a list for it
        :raise AccessError: the user may not see availability
        """
        self._check_access()
        filters = self._check_filters(filters)
        places = self._get_places(filters)
        domain = self._get_product_domain(filters, places)
        now = fields.Datetime.now()
        result = []
        for method in self._get_figure_groups():
            for figure in getattr(self, method)(filters, domain, places):
                defaults = {"detail": "", "tone": "", "as_of": now, "opens": True}
                result.append({**defaults, **figure})
        return result

    @api.model
    def open_figure(self, name, filters=None):
        """Return the action that opens the list behind a figure.

        :raise UserError: there is no such figure
        """
        self._check_access()
        filters = self._check_filters(filters)
        opener = self._get_figure_openers().get(name)
        if not opener:
            raise UserError(self.env._("There is no figure %s.", name))
        return getattr(self, opener)(name, filters)

    @api.model
    def _get_figure_groups(self):
        """Return the methods that compute figures, in the order of the strip; each is called with
        the filters, the domain of their products, and their places.
        """
        return [
            "_get_figures_of_stock",
            "_get_figures_of_shortage",
            "_get_figures_of_expiry",
            "_get_figures_of_transfers",
            "_get_figures_of_promises",
        ]

    @api.model
    def _get_figure_openers(self):
        """Return ``{figure: method}``; called with the name of the figure and the filters."""
        return {
            "on_hand": "_open_rows",
            "available": "_open_rows",
            "in_transit": "_open_rows",
            "stock_outs": "_open_shortages",
            "stock_outs_projected": "_open_shortages",
            "expiring": "_open_expiring",
            "overdue_receipts": "_open_pickings",
            "overdue_transfers": "_open_pickings",
            "broken_promises": "_open_promises",
        }

    @api.model
    def _may_see_cost(self):
        """Whether the user sees money: those to whom Odoo shows the value of stock."""
        return self.env.user.has_group("stock.group_stock_manager") and self.env[
            "product.product"
        ]._has_field_access(self.env["product.product"]._fields["standard_price"], "read")

    @api.model
    def _get_row_labels(self):
        """Return ``{figure: (label, help)}`` of the figures whose lists are rows."""
        return {
            "on_hand": (self.env._("On Hand"), self.env._("What lies in the places now.")),
            "available": (
                self.env._("Available"),
                self.env._("On hand, less what is reserved, held, blocked or kept as safety."),
            ),
            "in_transit": (
                self.env._("In Transit"),
                self.env._("What has left its source and is on its way."),
            ),
            "stock_outs": (
                self.env._("Out of Stock"),
                self.env._("Products and places with demand where nothing is available now."),
            ),
            "stock_outs_projected": (
                self.env._("Will Run Out"),
                self.env._("Something is available now, but more is promised than there will be."),
            ),
        }

    # ------------------------------------------------------------------
    # Stock
    # ------------------------------------------------------------------

    @api.model
    def _get_figures_of_stock(self, _filters, domain, places):
        sums = self._sum_stock(domain, places)
        labels = self._get_row_labels()
        for name in ("on_hand", "available", "in_transit"):
            label, description = labels[name]
            figure = sums[name]
            quantity = {"kind": "quantity", "value": figure["quantity"], "uom": sums["uom"]}
            count = {"kind": "count", "value": figure["products"]}
            money = {
                "kind": "monetary",
                "value": figure["value"],
                "currency_id": self.env.company.currency_id.id,
            }
            products = self.env._("%s products", figure["products"])
            shown = quantity if sums["uom"] else count
            if self._may_see_cost():
                shown = money
                description = self.env._("%s At the present cost.", description)
            elif not sums["uom"]:
                products = self.env._("products, in several units")
            yield {"name": name, "label": label, "help": description, "detail": products, **shown}

    @api.model
    def _sum_stock(self, domain, places):
        """Return what is on hand, available and in transit, in one statement over the quants.

        :return: ``{"uom": name or False, name: {"quantity", "value", "products"}}``; the value is
            in the currency of the user's company, of stock that the companies own
        """
        names = ("on_hand", "available", "in_transit")
        result = {name: {"quantity": 0.0, "value": 0.0, "products": 0} for name in names}
        units = set()
        today = fields.Date.context_today(self)
        for company_id, uom_ids, *values in self.env.execute_query(
            self._get_stock_sums_query(domain, places)
        ):
            company = self.env["res.company"].browse(company_id).sudo() or self.env.company
            units.update(uom_ids)
            for position, name in enumerate(names):
                quantity, value, products = values[position * 3 : position * 3 + 3]
                result[name]["quantity"] += quantity or 0.0
                result[name]["products"] += products or 0
                result[name]["value"] += company.currency_id._convert(
                    value or 0.0, self.env.company.currency_id, company, today
                )
        units = self.env["uom.uom"].browse(units)
        result["uom"] = units.name if len(units) == 1 else False
        return result

    @api.model
    def _get_stock_sums_query(self, domain, places):
        """Return the statement: per company, the units met, and quantity, value and number of
        products of each figure. It reads the steps of the availability statement that it needs;
        PostgreSQL leaves the others out.

        What is available is valued as far as it can be the company's own: consigned stock is taken
        to be the first to be promised.
        """
        scope = {"warehouse_id": places.ids}
        if not self._is_everything(domain):
            scope["product_id"] = self.env["product.product"]._search(domain).get_result_ids()
        builder = self.env["stock.availability.query"]
        self.env["stock.availability"]._flush_figures()
        sums = SQL(", ").join(
            SQL(
                "SUM(part.%(name)s)::float8, SUM(%(own)s"
                " * COALESCE((product.standard_price ->> part.company_id::text)::numeric, 0)"
                ")::float8, COUNT(*) FILTER (WHERE part.%(name)s > 0)",
                name=SQL(name),
                own=SQL(own),
            )
            for name, own in (
                ("on_hand", "(part.on_hand - part.consigned)"),
                ("available", "LEAST(part.available, part.on_hand - part.consigned)"),
                ("in_transit", "part.in_transit"),
            )
        )
        return builder._with(
            builder._get_ctes(scope, fields.Datetime.now()),
            SQL(
                """
                SELECT part.company_id, ARRAY_AGG(DISTINCT template.uom_id), %(sums)s
                  FROM (
                        SELECT line.product_id, place.company_id,
                               %(on_hand)s AS on_hand,
                               %(available)s AS available,
                               %(in_transit)s AS in_transit,
                               %(consigned)s AS consigned
                          FROM (
                                SELECT product_id, place_id, on_hand,
                                       on_hand - reserved - blocked AS available,
                                       0 AS in_transit, COALESCE(consigned, 0) AS consigned
                                  FROM stock
                                 UNION ALL
                                SELECT product_id, place_id, 0, -quantity, 0, 0 FROM hold
                                 UNION ALL
                                SELECT product_id, place_id, 0, -quantity, 0, 0 FROM safety
                                 UNION ALL
                                SELECT product_id, place_id, 0, 0, in_transit, 0 FROM transit
                               ) AS line
                          JOIN place ON place.id = line.place_id
                         GROUP BY line.product_id, place.company_id
                       ) AS part
                  JOIN product_product product ON product.id = part.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 GROUP BY part.company_id
                """,
                sums=sums,
                **{
                    name: builder._round(SQL("SUM(%s)", SQL.identifier("line", name)))
                    for name in ("on_hand", "available", "in_transit", "consigned")
                },
            ),
        )

    @api.model
    def _is_everything(self, domain):
        """Whether a domain leaves every product that is tracked in stock."""
        return domain == Domain("is_storable", "=", True)

    # ------------------------------------------------------------------
    # Expiry
    # ------------------------------------------------------------------

    @api.model
    def _get_figures_of_expiry(self, _filters, domain, places):
        if "expiration_date" not in self.env["stock.lot"]._fields:
            return
        quants = self.env["stock.quant"]
        if not (quants.has_access("read") and self.env["stock.lot"].has_access("read")):
            return
        [(lots,)] = quants._read_group(
            self._get_expiring_domain(domain, places), [], ["lot_id:count_distinct"]
        )
        yield {
            "name": "expiring",
            "label": self.env._("Expiring"),
            "help": self.env._("Lots on hand that expire within %s days, or have.", EXPIRING_DAYS),
            "kind": "count",
            "value": lots,
            "detail": self.env._("lots within %s days", EXPIRING_DAYS),
            "tone": "warning" if lots else "",
        }

    @api.model
    def _get_expiring_domain(self, domain, places):
        until = fields.Datetime.now() + timedelta(days=EXPIRING_DAYS)
        return (
            Domain("location_id.usage", "=", "internal")
            & Domain("location_id.warehouse_id", "in", places.ids)
            & Domain("quantity", ">", 0)
            & Domain("lot_id.expiration_date", "<=", until)
            & self._get_product_condition("product_id", domain)
        )

    @api.model
    def _get_product_condition(self, field_name, domain):
        """Return the condition that a field points to one of the products of a domain."""
        return Domain(field_name, "in", self.env["product.product"]._search(domain))

    @api.model
    def _open_expiring(self, _name, filters):
        places = self._get_places(filters)
        domain = self._get_product_domain(filters, places)
        quants = self.env["stock.quant"].search(self._get_expiring_domain(domain, places))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Expiring Lots"),
            "res_model": "stock.quant",
            "view_mode": "list,form",
            "views": [(self.env.ref("stock.view_stock_quant_tree_editable").id, "list")],
            "domain": [("id", "in", quants.ids)],
            "context": {"create": False, "edit": False},
        }
