from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..core import abc_classes, counting

#: kinds of exceptions that make a record suspicious
SUSPICIOUS_KINDS = ("negative_stock", "phantom_stock", "unusual_adjustment")
ADJUSTMENT_DAYS = 365
#: from so many corrections in a year on, a record is suspicious
ADJUSTMENT_COUNT = 2


class StockCountPlan(models.Model):
    """What is counted how often, and how much of it a day: *Cycle Counts* are proposed from it."""

    _name = "stock.count.plan"
    _description = "Count Plan"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse", string="Warehouses", required=True, check_company=True
    )
    location_ids = fields.Many2many(
        "stock.location",
        string="Locations",
        check_company=True,
        domain="[('usage', 'in', ('internal', 'view')), ('warehouse_id', 'in', warehouse_ids)]",
        help="Each with everything below it. Empty: the whole warehouse.",
    )
    capacity = fields.Integer(
        string="Counts a Day",
        required=True,
        default=20,
        help="In each warehouse. What is still open from the days before is part of it.",
    )
    interval_a = fields.Integer(string="Class A", required=True, default=30)
    interval_b = fields.Integer(string="Class B", required=True, default=90)
    interval_c = fields.Integer(string="Class C", required=True, default=365)
    recount_days = fields.Integer(
        string="Recount Suspicious After",
        required=True,
        default=7,
        help="Days for which what looks wrong is not proposed again.",
    )
    weight_age = fields.Float(string="Time Since Last Count", required=True, default=1)
    weight_value = fields.Float(string="Value at Risk", required=True, default=1)
    weight_suspicion = fields.Float(string="Suspicion", required=True, default=2)
    tolerance = fields.Float(
        digits=(16, 2),
        help="Percent of the recorded quantity by which a count may differ and still agree.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Counted By",
        check_company=True,
        domain="[('share', '=', False)]",
        help="The counts are assigned to this user.",
    )
    count_ids = fields.One2many("stock.cycle.count", "plan_id", string="Counts")
    open_count = fields.Integer(string="Open Counts", compute="_compute_open_count")

    _capacity_range = models.Constraint(
        "CHECK (capacity BETWEEN 1 AND 10000)", "From 1 to 10,000 counts a day can be proposed."
    )
    _interval_positive = models.Constraint(
        "CHECK (interval_a > 0 AND interval_b > 0 AND interval_c > 0 AND recount_days > 0)",
        "Intervals must be at least one day.",
    )
    _weights = models.Constraint(
        "CHECK (weight_age >= 0 AND weight_value >= 0 AND weight_suspicion >= 0"
        " AND weight_age + weight_value + weight_suspicion > 0)",
        "Weights must not be negative, and not all zero.",
    )
    _tolerance_range = models.Constraint(
        "CHECK (tolerance BETWEEN 0 AND 100)", "The tolerance must be from 0 to 100 percent."
    )

    @api.constrains("warehouse_ids")
    def _check_warehouse_ids(self):
        for plan in self:
            if not plan.warehouse_ids:
                raise ValidationError(self.env._("Choose the warehouses in which to count."))

    def _compute_open_count(self):
        counts = dict(
            self.env["stock.cycle.count"]._read_group(
                [("plan_id", "in", self.ids), ("state", "=", "proposed")],
                ["plan_id"],
                ["__count"],
            )
        )
        for plan in self:
            plan.open_count = counts.get(plan, 0)

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    @api.model
    def _cron_propose(self):
        """Propose today's counts, a committed batch for each plan and warehouse.

        Called again on the same day, it proposes nothing more than the day's capacity.
        """
        work = [
            (plan, warehouse) for plan in self.sudo().search([]) for warehouse in plan.warehouse_ids
        ]
        cron = self.env["ir.cron"]
        for done, (plan, warehouse) in enumerate(work, 1):
            plan._propose(warehouse)
            if not cron._commit_progress(1, remaining=len(work) - done):
                return

    def action_propose(self):
        """Propose today's counts now, and show them."""
        self.check_access("write")
        for plan in self:
            for warehouse in plan.warehouse_ids:
                plan.sudo()._propose(warehouse)
        return self.action_view_counts()

    def action_view_counts(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_visibility.stock_cycle_count_action"
        )
        return {**action, "domain": [("plan_id", "in", self.ids)]}

    def _get_today(self, warehouse):
        """Return the date that it is in a warehouse."""
        zone = warehouse.partner_id.tz or self.company_id.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def _propose(self, warehouse):
        """Propose the counts of a warehouse for which today still has room.

        :return: the new `stock.cycle.count` records
        """
        self.ensure_one()
        counts = self.env["stock.cycle.count"].sudo()
        if not self.try_lock_for_update():  # somebody else is proposing from this plan
            return counts
        today = self._get_today(warehouse)
        counts._close_gone(self, warehouse)
        capacity = self._get_capacity_left(warehouse, today)
        if capacity <= 0:
            return counts
        rows = self._get_candidate_rows(warehouse, today)
        highest = max((row["value"] for row in rows.values()), default=0.0)
        proposals = counting.select(
            (self._prepare_candidate(row) for row in rows.values()),
            self._get_policy(),
            capacity,
            highest,
        )
        return counts._create_proposals(self, warehouse, today, proposals, rows)

    def _get_policy(self):
        return counting.Policy(
            {"A": self.interval_a, "B": self.interval_b, "C": self.interval_c},
            self.recount_days,
            self.weight_age,
            self.weight_value,
            self.weight_suspicion,
        )

    def _get_capacity_left(self, warehouse, today):
        """Return how many counts may still be proposed: not for what is open or of today."""
        taken = self.env["stock.cycle.count"].search_count(
            [
                ("plan_id", "=", self.id),
                ("warehouse_id", "=", warehouse.id),
                "|",
                ("date", "=", today),
                ("state", "=", "proposed"),
            ]
        )
        return self.capacity - taken

    def _prepare_candidate(self, row):
        suspicions = {
            {"negative_stock": "negative"}.get(kind, kind) for kind in row["exceptions"] or ()
        }
        if row["quantity"] < 0:
            suspicions.add("negative")
        if row["adjustments"] >= ADJUSTMENT_COUNT:
            suspicions.add("adjusted")
        return counting.Candidate(
            row["id"],
            row["abc_class"],
            row["value"],
            row["days_since_count"],
            row["days_since_proposal"],
            frozenset(suspicions),
            row["adjustments"],
        )

    def _get_candidate_rows(self, warehouse, today):
        """Return what could be counted in a warehouse, in one statement.

        Nothing that is being counted, that a person asked to be counted, or that is proposed.

        :return: ``{quant id: {column: value}}``
        """
        classes = (
            self.env["stock.availability"]
            .with_context(allowed_company_ids=self.company_id.ids)
            ._get_abc_classes()
        )
        self.env.flush_all()
        self.env.cr.execute(self._get_candidate_query(warehouse, today))
        last = abc_classes.CLASSES[-1]
        return {
            row["id"]: {**row, "abc_class": classes.get(row["product_id"], last)}
            for row in self.env.cr.dictfetchall()
        }

    def _get_candidate_query(self, warehouse, today):
        paths = [f"{location.parent_path}%" for location in self.location_ids]
        return SQL(
            """
            WITH counted AS (
                SELECT line.product_id, side.location_id, COALESCE(line.lot_id, 0) AS lot,
                       COALESCE(line.owner_id, 0) AS owner,
                       MAX(line.date)::date AS date,
                       COUNT(*) FILTER (
                            WHERE line.quantity <> 0 AND line.date >= %(adjusted_since)s
                       ) AS adjustments
                  FROM stock_move move
                  JOIN stock_move_line line ON line.move_id = move.id
                 CROSS JOIN LATERAL (
                        VALUES (line.location_id), (line.location_dest_id)
                       ) AS side (location_id)
                 WHERE move.is_inventory AND line.state = 'done'
                   AND move.company_id = %(company)s
                 GROUP BY 1, 2, 3, 4
            ), proposed AS (
                SELECT product_id, location_id, COALESCE(lot_id, 0) AS lot,
                       COALESCE(package_id, 0) AS package, COALESCE(owner_id, 0) AS owner,
                       MAX(date) AS date, BOOL_OR(state = 'proposed') AS is_open
                  FROM stock_cycle_count
                 WHERE warehouse_id = %(warehouse)s AND is_planned
                 GROUP BY 1, 2, 3, 4, 5
            ), doubt AS (
                SELECT product_id, warehouse_id, location_id, ARRAY_AGG(DISTINCT kind) AS kinds
                  FROM stock_exception
                 WHERE state = 'open' AND kind IN %(kinds)s AND company_id = %(company)s
                   AND product_id IS NOT NULL
                 GROUP BY 1, 2, 3
            )
            SELECT quant.id, quant.product_id, quant.quantity::float8 AS quantity,
                   GREATEST(quant.quantity::float8 * COALESCE(
                        (product.standard_price ->> %(company_key)s)::float8, 0), 0) AS value,
                   %(today)s - counted.date AS days_since_count,
                   %(today)s - proposed.date AS days_since_proposal,
                   COALESCE(counted.adjustments, 0) AS adjustments,
                   (
                    SELECT ARRAY_AGG(DISTINCT kind)
                      FROM doubt, UNNEST(doubt.kinds) AS kind
                     WHERE doubt.product_id = quant.product_id
                       AND COALESCE(doubt.location_id, quant.location_id) = quant.location_id
                       AND COALESCE(doubt.warehouse_id, %(warehouse)s) = %(warehouse)s
                   ) AS exceptions
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
              JOIN product_product product ON product.id = quant.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN counted
                ON counted.product_id = quant.product_id
               AND counted.location_id = quant.location_id
               AND counted.lot = COALESCE(quant.lot_id, 0)
               AND counted.owner = COALESCE(quant.owner_id, 0)
              LEFT JOIN proposed
                ON proposed.product_id = quant.product_id
               AND proposed.location_id = quant.location_id
               AND proposed.lot = COALESCE(quant.lot_id, 0)
               AND proposed.package = COALESCE(quant.package_id, 0)
               AND proposed.owner = COALESCE(quant.owner_id, 0)
             WHERE location.usage = 'internal' AND location.warehouse_id = %(warehouse)s
               AND location.active AND template.is_storable
               AND quant.quantity <> 0
               AND %(in_locations)s
               AND NOT COALESCE(quant.inventory_quantity_set, FALSE)
               AND quant.user_id IS NULL
               AND NOT COALESCE(proposed.is_open, FALSE)
            """,
            company=self.company_id.id,
            company_key=str(self.company_id.id),
            warehouse=warehouse.id,
            today=today,
            adjusted_since=fields.Date.subtract(today, days=ADJUSTMENT_DAYS),
            kinds=SUSPICIOUS_KINDS,
            in_locations=SQL("location.parent_path LIKE ANY(%s)", paths) if paths else SQL("TRUE"),
        )
