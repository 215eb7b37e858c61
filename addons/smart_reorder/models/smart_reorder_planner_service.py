from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

from ..engine.service import abc_class, cost_level, xyz_classes


@dataclass
class Service:
    """Service level of an orderpoint, between 0 and 1, and where it is from.

    :ivar origin: ``rule``, ``class``, ``cost`` or ``company``
    :ivar missed: cost of a missed sale, when that decided
    :ivar holding_days: days from one order to the next, when costs decided
    """

    level: float
    origin: str
    abc: str | None
    xyz: str
    missed: float = 0.0
    holding_days: float = 0.0


class SmartReorderPlanner(models.AbstractModel):
    """The service level of each orderpoint: its own, its class's, by cost, or the company's."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _get_services(self, orderpoints, sources, history):
        """:return: list of :class:`Service`, one per orderpoint"""
        company = orderpoints.company_id
        policy = company.smart_reorder_service_policy
        shares = self._get_value_shares(orderpoints)
        varying = xyz_classes(history.quantity, history.first_day)
        levels = {}
        if policy == "class":
            levels = self.env["smart.reorder.service.class"]._get_levels(company)
        services = []
        for index, orderpoint in enumerate(orderpoints):
            service = Service(
                level=company.smart_reorder_service_level / 100,
                origin="company",
                abc=abc_class(shares.get(orderpoint.id)),
                xyz=str(varying[index]),
            )
            if orderpoint.smart_reorder_service_level:
                service.level = orderpoint.smart_reorder_service_level / 100
                service.origin = "rule"
            elif policy == "class" and service.abc:
                service.level = levels[service.abc, service.xyz] / 100
                service.origin = "class"
            elif policy == "cost":
                self._set_cost_level(service, orderpoint, sources[orderpoint.id])
            services.append(service)
        return services

    @api.model
    def _set_cost_level(self, service, orderpoint, source):
        """Newsvendor: the margin of a missed sale against holding a unit from order to order."""
        company = orderpoint.company_id
        unit_cost = self._get_unit_cost(orderpoint, source)
        margin = self._get_sales_price(orderpoint) - unit_cost
        missed = margin * company.smart_reorder_shortage_factor
        days = max(company.smart_reorder_cycle_days, company.smart_reorder_review_days)
        level = cost_level(missed, unit_cost, company.smart_reorder_holding_rate / 100, days)
        if level:
            service.level, service.origin = level, "cost"
            service.missed, service.holding_days = missed, days

    @api.model
    def _get_sales_price(self, orderpoint):
        """Hook: what a unit sells for, without tax, in the company's currency."""
        product, company = orderpoint.product_id, orderpoint.company_id
        currency = product.with_company(company).currency_id
        if currency == company.currency_id:
            return product.lst_price
        return currency._convert(
            product.lst_price, company.currency_id, company, self._get_today(company), round=False
        )

    @api.model
    def _get_value_shares(self, orderpoints):
        """Share of the company's value of demand that is with products × places worth more.

        The value is forecast demand × unit cost, as the last run had them: what was never planned
        is in no class yet.

        :return: dict ``orderpoint id -> share``
        """
        self.env["smart.reorder.proposal"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH worth AS (
                    SELECT orderpoint_id, daily_demand * price_unit AS value
                      FROM smart_reorder_proposal
                     WHERE is_current
                       AND company_id = %(company_id)s
                       AND forecast_method IS NOT NULL
                ),
                ranked AS (
                    SELECT orderpoint_id,
                           SUM(value) OVER (ORDER BY value DESC, orderpoint_id) - value AS before,
                           SUM(value) OVER () AS total
                      FROM worth
                )
                SELECT orderpoint_id, before / total
                  FROM ranked
                 WHERE total > 0
                   AND orderpoint_id = ANY(%(orderpoint_ids)s)
                """,
                company_id=orderpoints.company_id.id,
                orderpoint_ids=orderpoints.ids,
            )
        )
        return dict(rows)
