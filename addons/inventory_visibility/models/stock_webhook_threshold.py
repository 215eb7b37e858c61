from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..core import threshold as core

EVENT_TYPE = "availability.threshold"
# Products looked at in one transaction.
BATCH = 500
# A change is seen when its transaction commits, under the moment at which that began: so the
# changes of the last minutes before a check are looked at again by the next one.
OVERLAP = timedelta(minutes=15)
# Some figures change without anything being written (a planned day comes): all are looked at anew
# so often.
FULL_EVERY = timedelta(hours=24)


class StockWebhookThreshold(models.Model):
    """A quantity at which a webhook is told, once for each time that it is crossed."""

    _name = "stock.webhook.threshold"
    _description = "Webhook Threshold"
    _order = "webhook_id, id"
    _check_company_auto = True

    webhook_id = fields.Many2one("stock.webhook", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="webhook_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain="[('is_storable', '=', True)]",
        ondelete="cascade",
        help="Empty: every product of the category, or every product.",
    )
    categ_id = fields.Many2one(
        "product.category", string="Product Category", ondelete="cascade", help="With those below."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, check_company=True, ondelete="cascade"
    )
    figure = fields.Selection(
        [("qty_available", "Available"), ("qty_atp", "Available to Promise")],
        required=True,
        default="qty_available",
    )
    quantity = fields.Float(
        string="Threshold",
        digits="Product Unit",
        help="In the unit of the product. Below begins under this quantity.",
    )
    hysteresis = fields.Float(
        digits="Product Unit",
        help="Below ends at the threshold plus this quantity, so that a quantity going to and fro"
        " around the threshold is told once.",
    )
    direction = fields.Selection(
        [("down", "Falls below"), ("up", "Rises again"), ("both", "Both")],
        required=True,
        default="both",
        string="Tell When It",
    )
    checked_until = fields.Datetime(readonly=True, copy=False)
    full_check_date = fields.Datetime(readonly=True, copy=False)

    _hysteresis_positive = models.Constraint(
        "CHECK (hysteresis >= 0)", "The hysteresis must not be negative."
    )
    _one_scope = models.Constraint(
        "CHECK (product_id IS NULL OR categ_id IS NULL)",
        "Choose a product or a category, not both.",
    )

    @api.depends("product_id", "categ_id", "warehouse_id", "figure", "quantity")
    def _compute_display_name(self):
        for rule in self:
            scope = rule.product_id or rule.categ_id
            rule.display_name = self.env._(
                "%(scope)s in %(warehouse)s: %(quantity)s",
                scope=scope.display_name or self.env._("All products"),
                warehouse=rule.warehouse_id.display_name or "",
                quantity=rule.quantity,
            )

    def write(self, vals):
        # another scope: where its products are is found out anew, which tells nothing
        if {"warehouse_id", "figure"} & vals.keys():
            self.env["stock.webhook.threshold.state"].sudo().search(
                [("threshold_id", "in", self.ids)]
            ).unlink()
        if vals.keys() - {"checked_until", "full_check_date"}:
            vals = {**vals, "checked_until": False, "full_check_date": False}
        return super().write(vals)

    # ------------------------------------------------------------------
    # Check
    # ------------------------------------------------------------------

    @api.model
    def _cron_check(self):
        """Look at the products that changed since the last check, in committed batches.

        A crossing and its event are written in one transaction: a check that is killed goes on
        with the next call and tells nothing twice.
        """
        now = fields.Datetime.now()
        rules = self.sudo().search([("webhook_id.active", "=", True)])
        full = rules.filtered(
            lambda rule: not rule.full_check_date or rule.full_check_date < now - FULL_EVERY
        )
        changed = (rules - full)._get_changed_product_ids()
        cron = self.env["ir.cron"]
        work = [
            (warehouse, rules_there, product_ids)
            for warehouse, rules_there in rules.grouped("warehouse_id").items()
            for product_ids in split_every(BATCH, rules_there._get_product_ids(full, changed))
        ]
        for done, (warehouse, rules_there, product_ids) in enumerate(work, 1):
            rules_there._check_products(warehouse, product_ids)
            if not cron._commit_progress(1, remaining=len(work) - done):
                return
        full.full_check_date = now
        rules.checked_until = now

    def _get_changed_product_ids(self):
        """Return the ids of the products of which something was written since the last check.

        Stock that moved, was reserved or counted shows in the quants, what is planned in the
        open and the cancelled moves, promises in the soft reservations.
        """
        if not self:
            return set()
        since = min(self.mapped("checked_until")) - OVERLAP
        queries = [
            SQL("SELECT DISTINCT product_id FROM %s WHERE write_date >= %s", table, since)
            for table in (
                SQL.identifier(self.env[name]._table) for name in self._get_watched_models()
            )
        ]
        self.env.flush_all()
        rows = self.env.execute_query(SQL(" UNION ").join(queries))
        return {product_id for (product_id,) in rows}

    @api.model
    def _get_watched_models(self):
        """Return the names of the models with a product whose rows change what is available."""
        return ["stock.quant", "stock.move", "stock.soft.reservation", "stock.safety.stock"]

    def _get_product_ids(self, full, changed):
        """Return the sorted ids of the products that these rules have to look at."""
        found = set()
        products = self.env["product.product"].sudo()
        for rule in self:
            domain = Domain("is_storable", "=", True) & Domain(
                "company_id", "in", (False, rule.company_id.id)
            )
            if rule.product_id:
                domain &= Domain("id", "=", rule.product_id.id)
            elif rule.categ_id:
                domain &= Domain("categ_id", "child_of", rule.categ_id.id)
            if rule not in full:
                domain &= Domain("id", "in", list(changed))
            found.update(products.search(domain)._ids)
        return sorted(found)

    def _check_products(self, warehouse, product_ids):
        """Compare some products in a warehouse with the rules there, and tell what crossed."""
        products = self.env["product.product"].sudo().browse(product_ids)
        figures = self.env["stock.availability"].sudo()._get_availability(products, warehouse)
        states = {
            (state.threshold_id, state.product_id): state
            for state in self.env["stock.webhook.threshold.state"]
            .sudo()
            .search([("threshold_id", "in", self.ids), ("product_id", "in", products.ids)])
        }
        new_states, events = [], []
        for rule in self:
            for product in products.filtered(rule._covers):
                there = figures[product.id, warehouse.id]
                quantity = there[rule.figure]
                state = states.get((rule, product))
                crossing = core.cross(
                    state.is_below if state else None, quantity, rule.quantity, rule.hysteresis
                )
                if not state:
                    new_states.append(rule._prepare_state_values(product, crossing, there))
                elif crossing.edge:
                    state.write(rule._prepare_state_values(product, crossing, there))
                if crossing.edge and rule.direction in (crossing.edge, "both"):
                    events.append((rule, product, crossing.edge, there))
        self.env["stock.webhook.threshold.state"].sudo().create(new_states)
        for rule, product, edge, there in events:
            rule._emit_crossing(product, edge, there)

    def _covers(self, product):
        """Return whether the rule is about a product."""
        self.ensure_one()
        if self.product_id:
            return product == self.product_id
        if self.categ_id:
            return (product.categ_id.parent_path or "").startswith(self.categ_id.parent_path)
        return True

    def _prepare_state_values(self, product, crossing, figures):
        return {
            "threshold_id": self.id,
            "product_id": product.id,
            "is_below": crossing.is_below,
            "quantity": figures[self.figure],
            "date": figures["as_of"],
        }

    def _emit_crossing(self, product, edge, figures):
        """Record the event for the rule's own webhook, if that wants such events."""
        self.ensure_one()
        self.webhook_id._emit_to_self(
            EVENT_TYPE, product.id, self._prepare_payload(product, edge, figures)
        )

    def _prepare_payload(self, product, edge, figures):
        return {
            "threshold_id": self.id,
            "direction": edge,
            "figure": self.figure,
            "quantity": figures[self.figure],
            "threshold": self.quantity,
            "hysteresis": self.hysteresis,
            "unit": product.uom_id.name,
            "place": {
                "kind": "warehouse",
                "id": self.warehouse_id.id,
                "code": self.warehouse_id.code,
            },
            "as_of": figures["as_of"],
        }
