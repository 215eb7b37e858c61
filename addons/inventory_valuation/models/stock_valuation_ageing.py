from collections import namedtuple
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ..core.ageing import Flow, get_bucket, get_excess, get_layers, get_state, share_value

#: Products read at a time.
BATCH = 2000

#: Days for which a report is kept that nothing refers to.
KEEP_DAYS = 30

#: What all figures of a report are made with; read once.
Terms = namedtuple("Terms", "moment limits bounds to_amount")


class StockValuationAgeing(models.Model):
    """A company's stock at the end of a day by the age of its layers.

    Computed once and kept, with who and when: what somebody bases a write-down on does not change
    under their hands. Reports that nothing refers to are deleted after some weeks.
    """

    _name = "stock.valuation.ageing"
    _description = "Ageing of Stock"
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    moment = fields.Datetime(
        required=True, readonly=True, help="The end of that day, in the user's time zone."
    )
    computed_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Computed By", required=True, readonly=True)
    ageing_days = fields.Char(string="Buckets", readonly=True)
    slow_days = fields.Integer(string="Slow After", readonly=True)
    dead_days = fields.Integer(string="Dead After", readonly=True)
    excess_days = fields.Integer(string="Excess Above", readonly=True)
    demand_days = fields.Integer(string="Demand Window", readonly=True)
    value = fields.Monetary(compute="_compute_value", help="Of the lines that you may see.")
    line_ids = fields.One2many("stock.valuation.ageing.line", "ageing_id", readonly=True)

    @api.depends("company_id", "date")
    def _compute_display_name(self):
        for ageing in self:
            ageing.display_name = f"{ageing.company_id.name}, {ageing.date}"

    def _compute_value(self):
        lines = self.env["stock.valuation.ageing.line"]
        sums = dict(
            lines._read_group([("ageing_id", "in", self.ids)], ["ageing_id"], ["value:sum"])
        )
        for ageing in self:
            ageing.value = sums.get(ageing, 0.0)

    # -- computing ---------------------------------------------------------------------------

    @api.model
    def _compute_at(self, company, date):
        """Return the ageing of a company's stock at the end of a day, computed anew.

        :raise AccessError: the user may not see values
        :raise UserError: the ledger says nothing about that day
        """
        lines = self.env["stock.valuation.line"].with_context(allowed_company_ids=company.ids)
        lines.check_access("read")
        lines._check_dates(date)
        self.env.flush_all()
        ageing = self.sudo().create(
            self._prepare_ageing(company.sudo(), date, lines._get_end_of_day(date))
        )
        ageing._compute_lines()
        return ageing.sudo(False)

    @api.model
    def _prepare_ageing(self, company, date, moment):
        limits = company._get_ageing_limits()
        return {
            "company_id": company.id,
            "date": date,
            "moment": moment,
            "computed_at": fields.Datetime.now(),
            "user_id": self.env.uid,
            "ageing_days": company.valuation_ageing_days,
            "slow_days": limits.slow,
            "dead_days": limits.dead,
            "excess_days": limits.excess,
            "demand_days": company.availability_demand_days,
        }

    def _compute_lines(self):
        """Write the lines, some products at a time; they add up to the valuation."""
        self.ensure_one()
        source = self.env["stock.valuation.ageing.source"]
        buckets = {}
        for product_ids in split_every(
            BATCH, source._get_products(self.company_id, self.moment), list
        ):
            rows = self._get_rows(product_ids)
            for row in rows:
                days = row.pop("bucket")
                if days not in buckets:
                    buckets[days] = self.env["stock.valuation.ageing.bucket"]._get(*days).id
                row["bucket_id"] = buckets[days]
                del row["cents"]
            self._insert_lines(rows)

    def _get_rows(self, product_ids):
        """Return the values of the lines of products."""
        source = self.env["stock.valuation.ageing.source"]
        company, at = self.company_id, self.moment
        values = source._get_values(company, product_ids, at)
        costs = source._get_costs(company, product_ids, at)
        layers = self._get_layers(product_ids)
        departures = source._get_departures(company, product_ids, at)
        demand = source._get_daily_demand(company, product_ids, at)
        products = self.env["product.product"].browse(product_ids)
        category = {product.id: product.categ_id.id or None for product in products}
        by_warehouse = {}
        amounts = self.env["stock.valuation.source"]
        to_cents = amounts._get_to_cents(company)
        terms = Terms(
            at,
            company._get_ageing_limits(),
            company._get_ageing_bounds(),
            amounts._get_to_amount(company),
        )
        for place, (warehouse, value) in values.items():
            product, location, lot = place
            found = layers.get(place, [])
            cents = to_cents(value)
            shares = share_value(cents, found, costs.get(place, ())) if found else [cents]
            for layer, share in zip(found or [None], shares, strict=True):
                by_warehouse.setdefault((product, warehouse), []).append(
                    {
                        "product_id": product,
                        "categ_id": category[product],
                        "location_id": location,
                        "warehouse_id": warehouse,
                        "lot_id": lot,
                        "quantity": layer.quantity if layer else 0.0,
                        "layer_date": layer and layer.moment,
                        "entry_id": layer and layer.origin,
                        "cents": share,
                    }
                )
        rows = []
        for key, of_warehouse in by_warehouse.items():
            self._add_figures(of_warehouse, departures.get(key), demand.get(key, 0.0), terms)
            rows += of_warehouse
        return rows

    def _get_layers(self, product_ids):
        """Return the layers that remain: {(product, location, lot): [layer]}."""
        source = self.env["stock.valuation.ageing.source"]
        flows = [
            Flow((product, key), (product, location, lot), quantity, moment, entry)
            for product, key, location, lot, quantity, moment, entry in source._get_flows(
                self.company_id, product_ids, self.moment
            )
        ]
        return get_layers(flows)

    def _add_figures(self, rows, last_out, daily_demand, terms):
        """Add to a product's rows in a warehouse their age, and whether and how they move."""
        moment, limits = terms.moment, terms.limits
        rows.sort(key=lambda row: (row["layer_date"] is None, row["layer_date"] or moment))
        idle = (moment - last_out).days if last_out else None
        quantities = [row["quantity"] for row in rows]
        cover = max(sum(quantities), 0.0) / daily_demand if daily_demand else None
        excess = get_excess(quantities, daily_demand, limits.excess)
        for row, more in zip(rows, excess, strict=True):
            age = (moment - row["layer_date"]).days if row["layer_date"] else None
            part = more / row["quantity"] if more else 0.0
            row.update(
                age_days=age,
                bucket=get_bucket(age, terms.bounds),
                value=terms.to_amount(row["cents"]),
                state=get_state(age, idle, limits),
                last_out_date=last_out,
                daily_demand=daily_demand,
                days_of_cover=cover,
                excess_quantity=more,
                excess_value=terms.to_amount(round(row["cents"] * part)),
            )

    def _insert_lines(self, rows):
        """Write lines in one statement per thousand: there may be hundreds of thousands."""
        if not rows:
            return
        names = sorted(rows[0])
        audit = (self.id, self.company_id.id, self.env.uid, self.computed_at)
        self.env.cr.execute_values(
            "INSERT INTO stock_valuation_ageing_line"
            f" (ageing_id, company_id, create_uid, create_date, {', '.join(names)}) VALUES %s",
            [(*audit, *(row[name] for name in names)) for row in rows],
            page_size=1000,
        )
        self.env["stock.valuation.ageing.line"].invalidate_model(flush=False)

    # -- from here ---------------------------------------------------------------------------

    def action_open_lines(self):
        """Open the lines of these reports."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_valuation.stock_valuation_ageing_line_action"
        )
        action["domain"] = [("ageing_id", "in", self.ids)]
        if len(set(self.mapped("date"))) == 1:
            title = self.env._("Age of stock on %s", self[0].date)
            action.update(name=title, display_name=title)
        return action

    def action_export(self):
        return self.env["stock.valuation.export"]._get_action("ageing", self.ids)

    @api.autovacuum
    def _gc_ageings(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        old = self.search([("computed_at", "<", limit)], limit=100)
        (old - self._get_used(old)).unlink()

    @api.model
    def _get_used(self, ageings):
        """Return those that something refers to, which are kept."""
        return (
            self.env["stock.valuation.write.down"]
            .search([("ageing_id", "in", ageings.ids)])
            .ageing_id
        )
