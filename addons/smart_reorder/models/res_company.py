from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    smart_reorder_service_level = fields.Float(
        default=95.0,
        help="Probability, in %, that the stock covers the demand until the next order can arrive.",
    )
    smart_reorder_service_policy = fields.Selection(
        [("company", "The same for all"), ("class", "By class"), ("cost", "By cost")],
        default="company",
        required=True,
        help="The same for all: the level here.\n"
        "By class: by the value of the demand (ABC) and how much it varies (XYZ).\n"
        "By cost: where a unit more no longer pays, from margin and cost of holding.\n"
        "A reordering rule's own level always comes first; what has no class or margin takes the"
        " level here.",
    )
    smart_reorder_shortage_factor = fields.Float(
        default=1.0,
        help="What a missed sale costs, in margins: 1 when the sale is lost, less when customers"
        " wait, more when they do not come back.",
    )
    smart_reorder_automation = fields.Boolean(
        default=True,
        help="Off: nothing is ordered and no minimum or maximum changed by itself, whatever rules"
        " and policy say. Proposals are still made.",
    )
    smart_reorder_review_days = fields.Integer(
        default=1, help="Days between two looks at the stock. 1: proposals are decided every day."
    )
    smart_reorder_cycle_days = fields.Integer(
        default=7, help="Days of demand that an order should last for, at least."
    )
    smart_reorder_history_days = fields.Integer(
        default=730, help="Days of demand history that forecasts learn from."
    )
    smart_reorder_min_intervals = fields.Integer(
        default=4,
        help="Past lead times + review periods, without overlap, that a product must have been"
        " observed for before it chooses its own forecasting method.",
    )
    smart_reorder_pooling = fields.Selection(
        [("suggest", "Suggest"), ("apply", "Apply")],
        default="suggest",
        required=True,
        help="Where a chain of places keeps its safety stock: warehouses that supply others may let"
        " them wait, and keep less themselves, where that costs less in all.\n"
        "Suggest: the reason says what it would save. Apply: runs plan that way.",
    )
    smart_reorder_rounding = fields.Selection(
        [("up", "Up"), ("nearest", "To the nearest")],
        default="up",
        required=True,
        help="Quantities are rounded to whole packagings: up, or to the nearest as long as the"
        " reorder point is still reached.",
    )
    smart_reorder_compare_vendors = fields.Boolean(
        default=True,
        help="Buy from the vendor that costs least in all: price, minimum, lead time and its"
        " reliability. Otherwise the first by sequence is taken, as Odoo does.",
    )
    smart_reorder_exclude_unusual = fields.Boolean(
        default=False,
        help="Leave unusual demand out of the forecasts as soon as it is recognised. Otherwise it"
        " is shown, and counts until a planner leaves it out.",
    )
    smart_reorder_lead_learning = fields.Boolean(
        default=True,
        help="Learn from deliveries how long vendors and transfers take. Otherwise the lead times"
        " on prices and rules are taken as certain.",
    )
    smart_reorder_lead_weight = fields.Integer(
        default=4,
        help="Deliveries that a stated lead time is worth: so many deliveries weigh as much as"
        " the statement.",
    )
    smart_reorder_order_cost = fields.Monetary(
        default=0.0,
        help="Cost of ordering and receiving one product once. With it, orders are at least the"
        " economic order quantity. 0 leaves it out.",
    )
    smart_reorder_holding_rate = fields.Float(
        default=20.0,
        help="Cost of holding stock, in % of its value per year: capital, space, loss.",
    )

    @api.constrains("smart_reorder_service_level")
    def _check_smart_reorder_service_level(self):
        for company in self:
            if not 50 <= company.smart_reorder_service_level <= 99.9:
                raise ValidationError(
                    self.env._(
                        "The service level must be between 50 and 99.9 %%, not %(level)s: 100 %%"
                        " would"
                        " need unlimited stock.",
                        level=company.smart_reorder_service_level,
                    )
                )

    @api.constrains(
        "smart_reorder_review_days",
        "smart_reorder_cycle_days",
        "smart_reorder_history_days",
        "smart_reorder_min_intervals",
        "smart_reorder_lead_weight",
    )
    def _check_smart_reorder_days(self):
        limits = {
            "smart_reorder_review_days": (1, 90),
            "smart_reorder_cycle_days": (0, 365),
            "smart_reorder_history_days": (56, 1830),
            "smart_reorder_min_intervals": (1, 100),
            "smart_reorder_lead_weight": (1, 100),
        }
        for company in self:
            for name, (low, high) in limits.items():
                if not low <= company[name] <= high:
                    raise ValidationError(
                        self.env._(
                            "%(field)s must be between %(low)s and %(high)s, not %(value)s.",
                            field=self._fields[name]._description_string(self.env),
                            low=low,
                            high=high,
                            value=company[name],
                        )
                    )

    @api.constrains(
        "smart_reorder_order_cost", "smart_reorder_holding_rate", "smart_reorder_shortage_factor"
    )
    def _check_smart_reorder_costs(self):
        for company in self:
            if company.smart_reorder_order_cost < 0 or company.smart_reorder_holding_rate < 0:
                raise ValidationError(
                    self.env._("The costs of ordering and of holding stock cannot be negative.")
                )
            if company.smart_reorder_shortage_factor <= 0:
                raise ValidationError(
                    self.env._("A missed sale must cost something: more than 0 margins.")
                )
