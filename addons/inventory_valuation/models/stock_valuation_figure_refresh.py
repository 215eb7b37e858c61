"""Fills the figures by month from the ledger, one statement per company and month."""

from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.figures import RATIOS, YEAR

#: Months that are made up for when the figures begin.
MONTHS = 36

RATES = ("capital", "storage", "insurance", "risk")


class StockValuationFigureRefresh(models.AbstractModel):
    """Months are those of the company's time zone. A month is computed anew when it is under way
    or just over, and when something was entered for it or for one before."""

    _name = "stock.valuation.figure.refresh"
    _description = "Refresh of the Figures of Stock"

    @api.model
    def _cron_refresh(self):
        cron = self.env["ir.cron"]
        todo = [
            (company, month)
            for company in self.env["res.company"].search([])
            for month in self._get_months(company)
        ]
        cron._commit_progress(remaining=len(todo))
        for company, month in todo:
            self._refresh_month(company, month)
            if not cron._commit_progress(1):
                return

    @api.model
    def _refresh(self, company):
        for month in self._get_months(company):
            self._refresh_month(company, month)

    @api.model
    def _get_months(self, company):
        """Return the first days of the months to compute, the oldest first.

        Each month tells when it was computed, so a run that was interrupted goes on where it was.
        """
        self.env.flush_all()
        this_month = self._get_local_date(company, fields.Datetime.now()).replace(day=1)
        computed, entered, invoiced = (
            dict(self.env.execute_query(query)) for query in self._get_change_queries(company)
        )
        if not entered:
            return []
        month = max(min(entered), this_month - relativedelta(months=MONTHS - 1))
        # what is entered for a month changes all that follow
        changed = max(
            (moment for day, moment in entered.items() if day < month), default=datetime.min
        )
        months = []
        while month <= this_month:
            changed = max(changed, entered.get(month, datetime.min))
            latest = max(changed, invoiced.get(month, datetime.min))
            recent = month >= this_month - relativedelta(months=1)
            if recent or month not in computed or latest >= computed[month]:
                months.append(month)
            month += relativedelta(months=1)
        return months

    @api.model
    def _get_change_queries(self, company):
        """Return statements of (month, moment): when a month was computed, when something was last
        entered for it, when one of its invoices last changed."""
        return (
            SQL(
                """
                SELECT month, MIN(computed_at) FROM stock_valuation_figure
                 WHERE company_id = %s GROUP BY month
                """,
                company.id,
            ),
            SQL(
                """
                SELECT DATE_TRUNC('month', date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date,
                       MAX(posted_at)
                  FROM stock_valuation_entry
                 WHERE company_id = %s GROUP BY 1
                """,
                self._get_zone(company).zone,
                company.id,
            ),
            SQL(
                """
                SELECT DATE_TRUNC('month', date)::date, MAX(write_date)
                  FROM account_move
                 WHERE company_id = %s AND state <> 'draft'
                   AND move_type IN ('out_invoice', 'out_refund')
                 GROUP BY 1
                """,
                company.id,
            ),
        )

    # -- when --------------------------------------------------------------------------------

    @api.model
    def _get_zone(self, company):
        return pytz.timezone(company.partner_id.tz or "UTC")

    @api.model
    def _get_local_date(self, company, moment):
        return pytz.UTC.localize(moment).astimezone(self._get_zone(company)).date()

    @api.model
    def _get_moment(self, company, day):
        """Return the beginning of a day of a company, in UTC."""
        local = self._get_zone(company).localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.UTC).replace(tzinfo=None)

    # -- the statement -----------------------------------------------------------------------

    @api.model
    def _refresh_month(self, company, month):
        """Compute the rows of a month anew."""
        self.env.flush_all()
        start = self._get_moment(company, month)
        after = month + relativedelta(months=1)
        end = min(self._get_moment(company, after), fields.Datetime.now())
        if end <= start:
            return
        self.env.cr.execute(
            SQL(
                "DELETE FROM stock_valuation_figure WHERE company_id = %s AND month = %s",
                company.id,
                month,
            )
        )
        self.env.cr.execute(self._get_statement(company, month, start, end))
        self.env["stock.valuation.figure"].invalidate_model(flush=False)

    @api.model
    def _get_statement(self, company, month, start, end):
        """Return the statement that inserts a month's rows."""
        figure = self.env["stock.valuation.figure"]
        amounts = self._get_amounts()
        ratios = {
            name: figure._get_ratio(ratio, lambda field: SQL("row.%s", SQL.identifier(field)))
            for name, ratio in RATIOS.items()
        }
        return SQL(
            """
            WITH held AS (%(held)s),
            revenue AS (%(revenue)s),
            share AS (%(share)s),
            placed AS (%(placed)s),
            row AS (%(row)s)
            INSERT INTO stock_valuation_figure
                   (company_id, month, days, computed_at, create_uid, create_date,
                    product_id, categ_id, location_id, warehouse_id, %(names)s, %(ratio_names)s)
            SELECT %(company)s, %(month)s, %(days)s, %(now)s, %(user)s, %(now)s,
                   row.product_id, row.categ_id, row.location_id, row.warehouse_id,
                   %(amounts)s, %(ratios)s
              FROM row
            """,
            held=self._get_held(company, start, end),
            revenue=self._get_revenue(company, month),
            share=SQL(
                """
                SELECT product_id, SUM(GREATEST(delivered, 0)) AS delivered
                  FROM held GROUP BY product_id
                """
            ),
            placed=self._get_placed(),
            row=self._get_row(company, end, start),
            names=SQL(", ").join(SQL.identifier(name) for name in amounts),
            ratio_names=SQL(", ").join(SQL.identifier(name) for name in ratios),
            company=company.id,
            month=month,
            days=(end - start).total_seconds() / 86400,
            now=fields.Datetime.now(),
            user=self.env.uid,
            amounts=SQL(", ").join(SQL("row.%s", SQL.identifier(name)) for name in amounts),
            ratios=SQL(", ").join(ratios.values()),
        )

    @api.model
    def _get_amounts(self):
        return (
            "opening_value",
            "closing_value",
            "average_value",
            "value_days",
            "transit_value",
            "cost_value",
            "revenue",
            "margin",
            "receipt_value",
            "landed_value",
            "shrinkage_value",
            "scrap_value",
            *(f"{name}_cost" for name in RATES),
            "carrying_cost",
        )

    @api.model
    def _get_held(self, company, start, end):
        """Return what each place had, and what happened there: one pass over the ledger.

        As :func:`core.figures.get_value_days`: a change counts for the rest of the time.
        """

        def total(sign, condition):
            return SQL(
                "COALESCE(%s * SUM(value) FILTER (WHERE date >= %s AND %s), 0)",
                sign,
                start,
                SQL(condition),
            )

        return SQL(
            """
            SELECT product_id, location_id, MAX(warehouse_id) AS warehouse_id,
                   COALESCE(SUM(value) FILTER (WHERE date < %(start)s), 0) AS opening_value,
                   SUM(value) AS closing_value,
                   SUM(value * EXTRACT(EPOCH FROM %(end)s::timestamp
                        - GREATEST(date, %(start)s::timestamp))::numeric / 86400) AS value_days,
                   %(delivered)s AS delivered,
                   %(used)s AS used,
                   %(received)s AS receipt_value,
                   %(landed)s AS landed_value,
                   %(lost)s AS shrinkage_value,
                   %(scrapped)s AS scrap_value
              FROM stock_valuation_entry
             WHERE company_id = %(company)s AND owner_id IS NULL AND date < %(end)s
             GROUP BY product_id, location_id
            HAVING SUM(value) <> 0
                OR COALESCE(SUM(value) FILTER (WHERE date < %(start)s), 0) <> 0
                OR MAX(date) >= %(start)s
            """,
            start=start,
            end=end,
            company=company.id,
            delivered=total(-1, "(kind = 'delivery' OR kind = 'return' AND quantity > 0)"),
            used=total(-1, "kind = 'manufacturing' AND quantity < 0"),
            received=total(
                1,
                "(kind IN ('receipt', 'bill_difference', 'landed_cost')"
                " OR kind = 'return' AND quantity < 0"
                " OR kind = 'manufacturing' AND quantity > 0)",
            ),
            landed=total(1, "kind = 'landed_cost'"),
            lost=total(-1, "kind = 'adjustment'"),
            scrapped=total(-1, "kind = 'scrap'"),
        )

    @api.model
    def _get_revenue(self, company, month):
        return SQL(
            """
            SELECT line.product_id, -SUM(line.balance) AS revenue
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE line.company_id = %s
               AND line.display_type = 'product'
               AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND template.is_storable
               AND line.date >= %s AND line.date < %s
             GROUP BY line.product_id
            """,
            company.id,
            month,
            month + relativedelta(months=1),
        )

    @api.model
    def _get_placed(self):
        """Return revenue by place; what nothing was delivered for has no place."""
        return SQL(
            """
            SELECT held.product_id, held.location_id,
                   revenue.revenue * GREATEST(held.delivered, 0) / share.delivered AS revenue
              FROM held
              JOIN revenue ON revenue.product_id = held.product_id
              JOIN share ON share.product_id = held.product_id AND share.delivered > 0
             UNION ALL
            SELECT revenue.product_id, NULL, revenue.revenue
              FROM revenue
              LEFT JOIN share
                ON share.product_id = revenue.product_id AND share.delivered > 0
             WHERE share.product_id IS NULL
            """
        )

    @api.model
    def _get_row(self, company, end, start):
        """Return the rows, with their rates and what follows from them."""
        days = (end - start).total_seconds() / 86400
        costs = SQL(", ").join(
            SQL(
                "base.value_days / %s * COALESCE(rate.%s, 0) AS %s",
                YEAR,
                SQL.identifier(name),
                SQL.identifier(f"{name}_cost"),
            )
            for name in RATES
        )
        return SQL(
            """
            SELECT base.*, base.value_days / %(days)s AS average_value,
                   base.revenue - base.cost_value AS margin,
                   %(costs)s,
                   base.value_days / %(year)s * COALESCE(%(sum)s, 0) AS carrying_cost
              FROM (
                    SELECT COALESCE(held.product_id, placed.product_id) AS product_id,
                           template.categ_id, held.location_id, held.warehouse_id,
                           COALESCE(held.opening_value, 0) AS opening_value,
                           COALESCE(held.closing_value, 0) AS closing_value,
                           COALESCE(held.value_days, 0) AS value_days,
                           CASE WHEN location.usage = 'transit' THEN held.closing_value
                                ELSE 0 END AS transit_value,
                           COALESCE(held.delivered + held.used, 0) AS cost_value,
                           COALESCE(placed.revenue, 0) AS revenue,
                           COALESCE(held.receipt_value, 0) AS receipt_value,
                           COALESCE(held.landed_value, 0) AS landed_value,
                           COALESCE(held.shrinkage_value, 0) AS shrinkage_value,
                           COALESCE(held.scrap_value, 0) AS scrap_value
                      FROM held
                      FULL JOIN placed
                        ON placed.product_id = held.product_id
                       AND placed.location_id = held.location_id
                      JOIN product_product product
                        ON product.id = COALESCE(held.product_id, placed.product_id)
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      LEFT JOIN stock_location location ON location.id = held.location_id
                   ) AS base
              LEFT JOIN (%(rates)s) AS rate
                ON rate.categ_id = COALESCE(base.categ_id, 0)
               AND rate.warehouse_id = COALESCE(base.warehouse_id, 0)
            """,
            days=days,
            year=YEAR,
            costs=costs,
            sum=SQL(" + ").join(SQL.identifier("rate", name) for name in RATES),
            rates=self._get_rates(company),
        )

    @api.model
    def _get_rates(self, company):
        """Return the rates of every category in every warehouse; 0 stands for none."""
        templates = self.env["product.template"].sudo().with_context(active_test=False)
        used = templates._read_group([("is_storable", "=", True)], ["categ_id"])
        categories = self.env["product.category"].sudo().union(*(categ for (categ,) in used))
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", company.id)])
        )
        rates = self.env["stock.valuation.rate"]._get_rates(company, categories, warehouses.ids)
        columns = [
            [categ or 0 for categ, _warehouse in rates],
            [warehouse or 0 for _categ, warehouse in rates],
            *([getattr(rate, name) for rate in rates.values()] for name in RATES),
        ]
        return SQL(
            "SELECT * FROM UNNEST(%s::int[], %s::int[], %s::numeric[], %s::numeric[],"
            " %s::numeric[], %s::numeric[]) AS rate(categ_id, warehouse_id, %s)",
            *columns,
            SQL(", ").join(map(SQL.identifier, RATES)),
        )
