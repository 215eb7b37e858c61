"""The figures of the dashboard, each with the list that it opens."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import format_amount

#: Days that the share of what happened by itself is counted over.
AUTOMATION_DAYS = 30
#: Rows of each table; the list behind has all.
MAX_ROWS = 12


class SmartReorderDashboard(models.AbstractModel):
    """What the planner's desk looks like: what waits, what is at stake, how good forecasts are.

    Everything is read from what runs stored, by grouped reads; nothing is computed anew. Another
    addon adds figures by extending :meth:`_get_figure_groups` and :meth:`_get_figure_openers`.
    """

    _name = "smart.reorder.dashboard"
    _description = "Reorder Dashboard"

    # ------------------------------------------------------------------
    # What the client asks
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_data(self, warehouse_id=None):
        """Return all that the dashboard shows.

        :param int warehouse_id: only proposals and forecasts of this place
        :return: dict: ``figures``, as :meth:`get_figures`; ``accuracy`` and ``vendors``, rows of
            the tables; ``warehouses``, to choose from; ``as_of``, now in UTC; ``planned_at``, when
            the newest of the proposals was computed; ``currency_id``; ``is_empty``, that nothing
            was ever planned
        :raise AccessError: the user is no planner
        """
        self._check_access()
        planned_at = self._get_planned_at(warehouse_id)
        return {
            "figures": self.get_figures(warehouse_id),
            "accuracy": self._get_accuracy(),
            "vendors": self._get_vendors(),
            "warehouses": self._get_warehouses(),
            "as_of": fields.Datetime.now(),
            "planned_at": planned_at,
            "currency_id": self.env.company.currency_id.id,
            "is_empty": not planned_at,
        }

    @api.model
    @api.readonly
    def get_figures(self, warehouse_id=None):
        """Return the figures of the strip.

        :return: list of dicts: ``name``; ``label``; ``value``, None when it is not known;
            ``kind``, ``monetary`` (of ``currency_id``), ``count`` or ``quantity`` (of ``uom``);
            ``detail``, a line below it; ``help``; ``tone``, ``danger`` or ``warning`` when it needs
            attention; ``opens``, whether :meth:`open_figure` has a list for it
        """
        self._check_access()
        figures = []
        for method in self._get_figure_groups():
            for figure in getattr(self, method)(warehouse_id):
                figures.append({"detail": "", "tone": "", "opens": True, **figure})
        return figures

    @api.model
    def open_figure(self, name, warehouse_id=None):
        """Return the action that opens the list behind a figure.

        :raise UserError: there is no such figure
        """
        self._check_access()
        opener = self._get_figure_openers().get(name)
        if not opener:
            raise UserError(self.env._("There is no figure %s.", name))
        return getattr(self, opener)(name, warehouse_id)

    @api.model
    def _check_access(self):
        if not self.env.user.has_group("smart_reorder.group_smart_reorder_planner"):
            raise AccessError(self.env._("The dashboard is for Smart Reorder planners."))

    @api.model
    def _get_figure_groups(self):
        """Methods that compute figures, in the order of the strip; called with the place."""
        return ["_get_figures_of_proposals", "_get_figures_of_forecasts", "_get_figures_of_changes"]

    @api.model
    def _get_figure_openers(self):
        """``{figure: method}``; called with the name of the figure and the place."""
        return {
            "to_order": "_open_proposals",
            "late": "_open_proposals",
            "avoided": "_open_proposals",
            "excess": "_open_proposals",
            "blocked": "_open_proposals",
            "coverage": "_open_accuracy",
            "bias": "_open_accuracy",
            "automation": "_open_changes",
        }

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    @api.model
    def _get_place_domain(self, warehouse_id):
        return Domain("warehouse_id", "=", warehouse_id) if warehouse_id else Domain.TRUE

    @api.model
    def _get_proposal_domains(self):
        """``{figure: domain}`` of the proposals behind a figure."""
        today = fields.Date.context_today(self)
        waiting = Domain("state", "=", "draft") & (
            Domain("snoozed_until", "=", False) | Domain("snoozed_until", "<=", today)
        )
        return {
            "to_order": waiting,
            "late": waiting & Domain("order_by", "<", today),
            "avoided": waiting & Domain("risk_avoided_value", ">", 0),
            "excess": Domain("is_current", "=", True) & Domain("excess_qty", ">", 0),
            "blocked": Domain("state", "=", "exception"),
        }

    @api.model
    def _get_proposal_labels(self):
        """``{figure: label}`` of the figures that proposals are behind."""
        return {
            "to_order": self.env._("To Decide"),
            "late": self.env._("Order Late Already"),
            "avoided": self.env._("Stock-outs Avoided"),
            "excess": self.env._("Excess"),
            "blocked": self.env._("Blocked"),
        }

    @api.model
    def _sum_proposals(self, name, warehouse_id, *amounts):
        """``(count, sums of stored monetary fields in the current company's currency)``."""
        domain = self._get_proposal_domains()[name] & self._get_place_domain(warehouse_id)
        groups = self.env["smart.reorder.proposal"]._read_group(
            domain, ["company_id"], ["__count", *(f"{amount}:sum" for amount in amounts)]
        )
        count, sums = 0, [0.0] * len(amounts)
        for company, found, *values in groups:
            count += found
            for index, value in enumerate(values):
                sums[index] += self._convert(value or 0.0, company)
        return count, sums

    @api.model
    def _convert(self, amount, company):
        currency, own = company.currency_id, self.env.company
        if currency == own.currency_id:
            return amount
        today = fields.Date.context_today(self)
        return currency._convert(amount, own.currency_id, own, today, round=False)

    @api.model
    def _get_figures_of_proposals(self, warehouse_id):
        currency_id = self.env.company.currency_id.id
        count, (cost,) = self._sum_proposals("to_order", warehouse_id, "cost")
        late, (late_risk,) = self._sum_proposals("late", warehouse_id, "risk_value")
        risky, (avoided, risk) = self._sum_proposals(
            "avoided", warehouse_id, "risk_avoided_value", "risk_value"
        )
        outs = self._get_stockouts_avoided(warehouse_id)
        excess, (surplus,) = self._sum_proposals("excess", warehouse_id, "excess_value")
        blocked, _sums = self._sum_proposals("blocked", warehouse_id)
        money, labels = self._format_money, self._get_proposal_labels()
        return [
            {
                "name": "to_order",
                "label": labels["to_order"],
                "value": cost,
                "kind": "monetary",
                "currency_id": currency_id,
                "detail": self.env._("%s proposals", count),
                "help": self.env._("Cost of what is proposed and waits for a planner."),
            },
            {
                "name": "late",
                "label": labels["late"],
                "value": late,
                "kind": "count",
                "tone": "danger" if late else "",
                "detail": self.env._("%s at risk", money(late_risk)),
                "help": self.env._(
                    "Proposals whose goods arrive after the position is expected to be used up."
                ),
            },
            {
                "name": "avoided",
                "label": labels["avoided"],
                "value": outs,
                "kind": "count",
                "detail": self.env._(
                    "%(avoided)s of %(risk)s at risk", avoided=money(avoided), risk=money(risk)
                ),
                "help": self.env._(
                    "Expected number of products and places (%s have a risk) that do not run out"
                    " before the order after next, because what is proposed is ordered; and the"
                    " margin of what would be missed.",
                    risky,
                ),
            },
            {
                "name": "excess",
                "label": labels["excess"],
                "value": surplus,
                "kind": "monetary",
                "currency_id": currency_id,
                "detail": self.env._("%s products × places", excess),
                "help": self.env._(
                    "What positions have above their order-up-to level, at the unit cost."
                ),
            },
            {
                "name": "blocked",
                "label": labels["blocked"],
                "value": blocked,
                "kind": "count",
                "tone": "warning" if blocked else "",
                "detail": self.env._("miss something"),
                "help": self.env._("Products that cannot be planned; each says what is missing."),
            },
        ]

    @api.model
    def _get_stockouts_avoided(self, warehouse_id):
        """Sum of what the orders proposed take off the chances of running out."""
        domain = self._get_proposal_domains()["to_order"] & self._get_place_domain(warehouse_id)
        [(before, after)] = self.env["smart.reorder.proposal"]._read_group(
            domain, [], ["stockout_chance:sum", "stockout_chance_left:sum"]
        )
        return round(((before or 0.0) - (after or 0.0)) / 100, 1)

    @api.model
    def _format_money(self, amount):
        currency = self.env.company.currency_id
        amount = round(amount) if amount >= 100 else amount
        return format_amount(self.env, amount, currency, trailing_zeroes=False)

    @api.model
    def _get_planned_at(self, warehouse_id):
        domain = Domain("is_current", "=", True) & self._get_place_domain(warehouse_id)
        [(moment,)] = self.env["smart.reorder.proposal"]._read_group(
            domain, [], ["computed_at:max"]
        )
        return moment or None

    @api.model
    def _get_warehouses(self):
        groups = self.env["smart.reorder.proposal"]._read_group(
            [("is_current", "=", True)], ["warehouse_id"]
        )
        return [{"id": warehouse.id, "name": warehouse.display_name} for (warehouse,) in groups]

    # ------------------------------------------------------------------
    # Forecasts, vendors, what happens by itself
    # ------------------------------------------------------------------

    @api.model
    def _get_figures_of_forecasts(self, warehouse_id):
        """Of the forecasts scored in the last weeks, of the place if there is one."""
        since = fields.Date.subtract(fields.Date.context_today(self), days=91)
        domain = (
            Domain("state", "=", "scored")
            & Domain("due_on", ">", since)
            & self._get_place_domain(warehouse_id)
        )
        aggregates = ["__count", "coverage:avg", "level:avg", "error:sum", "absolute_error:sum"]
        [(count, covered, wanted, error, absolute, actual)] = self.env[
            "smart.reorder.score"
        ]._read_group(domain, [], [*aggregates, "actual:sum"])
        known = bool(count and actual)
        number = self.env["smart.reorder.proposal"]._format_number
        few = self.env._("no forecast fell due yet")
        return [
            {
                "name": "coverage",
                "label": self.env._("Demand Covered"),
                "value": round(covered, 1) if count else None,
                "kind": "quantity",
                "uom": "%",
                "tone": "warning" if count and covered < wanted - 5 else "",
                "detail": self.env._("wanted: %s %%", number(wanted, 1)) if count else few,
                "help": self.env._(
                    "Of %s forecasts that fell due in the last 13 weeks: those whose demand stayed"
                    " within the reorder point.",
                    count,
                ),
            },
            {
                "name": "bias",
                "label": self.env._("Forecast Bias"),
                "value": round(100 * error / actual, 1) if known else None,
                "kind": "quantity",
                "uom": "%",
                "detail": self.env._("error: %s %%", number(100 * absolute / actual, 1))
                if known
                else few,
                "help": self.env._(
                    "Forecasts less demand over demand: above 0 they were too high. The error is"
                    " the sum of absolute differences over demand."
                ),
            },
        ]

    @api.model
    def _get_accuracy(self):
        """Rows of the table by class: of all places, as the classes are."""
        records = self.env["smart.reorder.calibration"].search(
            [("count", ">", 0)], limit=3 * MAX_ROWS
        )
        names = (
            *("count", "wanted", "covered", "fill_promised", "fill_achieved", "wape", "bias"),
            *("tracking", "drifts"),
        )
        # Of no demand there is no share.
        shares = {"fill_promised", "fill_achieved", "wape", "bias"}
        several = len(records.company_id) > 1
        return [
            {
                "id": record.id,
                "name": f"{record.class_key} · {record.company_id.name}"
                if several
                else record.class_key,
                **{
                    name: None
                    if name in shares and not (record.wape or record.fill_achieved)
                    else record[name]
                    for name in names
                },
            }
            for record in records
        ]

    @api.model
    def _get_vendors(self):
        """Rows of the scorecards, those from whom most was bought first."""
        scores = self.env["smart.reorder.vendor.score"].search([("lines_done", ">", 0)])
        scores = scores.sorted(lambda s: -self._convert(s.spend or 0.0, s.company_id))[:MAX_ROWS]
        names = ("lines_done", "lines_overdue", "on_time", "in_full", "lead_mean", "lead_spread")
        return [
            {
                "id": score.id,
                "name": score.partner_id.display_name,
                **{name: score[name] for name in names},
                "lead_stated": score.lead_stated,
                "price_drift": score.price_drift if score.has_price_drift else None,
                "spend": self._convert(score.spend or 0.0, score.company_id),
            }
            for score in scores
        ]

    @api.model
    def _get_figures_of_changes(self, warehouse_id):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=AUTOMATION_DAYS)
        place = self._get_place_domain(warehouse_id)
        accepted = self.env["smart.reorder.proposal"].search_count(
            place & Domain("state", "=", "accepted") & Domain("decided_at", ">=", since)
        )
        alone = self.env["smart.reorder.change"].search_count(
            place & self._get_automatic_domain() & Domain("create_date", ">=", since)
        )
        return [
            {
                "name": "automation",
                "label": self.env._("Ordered by Itself"),
                "value": round(100 * min(alone / accepted, 1), 1) if accepted else None,
                "kind": "quantity",
                "uom": "%",
                "detail": self.env._("%(alone)s of %(all)s orders", alone=alone, all=accepted),
                "help": self.env._(
                    "Share of the proposals ordered in the last %s days that the run ordered within"
                    " its limits, and nobody took back.",
                    AUTOMATION_DAYS,
                ),
            }
        ]

    @api.model
    def _get_automatic_domain(self):
        return Domain("kind", "=", "order") & Domain("state", "=", "done")
