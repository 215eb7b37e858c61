"""What is out of the ordinary, found by one statement for each kind.

A lane is a delivery method, a service and a country of destination. Its history are the company's
own outbound parcels of the last :data:`~.shipping_parcel_lane.HISTORY`; fewer than
:data:`~..core.choice.LEAST_DELIVERIES` of them say nothing.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import choice, tracking
from .shipping_parcel_lane import HISTORY

#: costs of parcels that were labelled longer ago are not reported any more
COST_PERIOD = timedelta(days=14)
#: failures of a carrier count for so long
FAILURE_PERIOD = timedelta(hours=24)
#: fewer failures than this are no rate
LEAST_FAILURES = 3
#: in these a parcel waits for its recipient, not for the next scan
_WAITING = (*tracking.FINAL, tracking.READY_FOR_PICKUP, tracking.ON_HOLD)


class ShippingWatch(models.AbstractModel):
    _inherit = "shipping.watch"

    @api.model
    def _get_query(self, kind, company):
        """The statement of a kind for one company, ``None`` when it is not looked for.

        Its columns: ``res_model``, ``res_id``, ``warehouse_id`` (of parcels), ``quantity`` (how
        bad: percent, hours or money above the usual), ``value`` (company currency: goods at cost,
        or money above the usual), ``since`` (UTC, when the cause began) and ``figures`` (JSON,
        what :meth:`_get_sentence` names).
        """
        self.env.flush_all()
        return getattr(self, f"_get_query_{kind}")(company)

    @api.model
    def _get_zone(self, company):
        return company.partner_id.tz or "UTC"

    @api.model
    def _select_goods(self):
        """What the goods of ``parcel`` cost, a parcel of several having its share."""
        return SQL(
            """
            (SELECT SUM(line.quantity_product_uom * COALESCE(
                        (product.standard_price->>parcel.company_id::text)::numeric, 0))
               FROM stock_move_line line
               JOIN product_product product ON product.id = line.product_id
              WHERE line.picking_id = parcel.picking_id
            ) / GREATEST(parcel.parcel_count, 1)
            """
        )

    @api.model
    def _get_query_late(self, company):
        """Parcels that are late, will be by the carrier's estimate, or are by the lane's history.

        The last one is P(T > p | T >= a): of the lane's deliveries that took at least the a days
        which the parcel has been on the way, the share that took more than the p days between
        shipping and promise.
        """
        threshold = company.shipping_watch_late_share
        if not threshold:
            return None
        today = fields.Date.context_today(self.with_context(tz=self._get_zone(company)))
        return SQL(
            """
            WITH history AS (
                SELECT carrier_id, COALESCE(service_name, '') AS service,
                       COALESCE(country_id, 0) AS country, COUNT(*) AS deliveries,
                       (delivered_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                            - ship_date AS days
                  FROM shipping_parcel
                 WHERE company_id = %(company)s AND state = 'delivered'
                   AND is_return IS NOT TRUE AND delivered_at >= %(begin)s
                   AND ship_date IS NOT NULL
                 GROUP BY 1, 2, 3, 5
            ),
            moving AS (
                SELECT parcel.id, SUM(history.deliveries) AS like_it,
                       COALESCE(SUM(history.deliveries) FILTER (
                            WHERE history.days > parcel.promised_date - parcel.ship_date), 0)
                            AS like_it_late
                  FROM shipping_parcel parcel
                  JOIN stock_picking picking ON picking.id = parcel.picking_id
                  LEFT JOIN history
                    ON history.carrier_id = parcel.carrier_id
                   AND history.service = COALESCE(parcel.service_name, '')
                   AND history.country = COALESCE(parcel.country_id, 0)
                   AND history.days >= %(today)s - parcel.ship_date
                 WHERE parcel.company_id = %(company)s AND parcel.is_return IS NOT TRUE
                   AND parcel.promised_date IS NOT NULL AND picking.state = 'done'
                   AND parcel.state NOT IN %(final)s
                 GROUP BY parcel.id
            ),
            judged AS (
                SELECT parcel.*,
                       (parcel.estimated_delivery AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                            AS estimate, moving.like_it, moving.like_it_late,
                       CASE WHEN moving.like_it >= %(least)s
                            THEN 100.0 * moving.like_it_late / moving.like_it END AS share
                  FROM moving
                  JOIN shipping_parcel parcel ON parcel.id = moving.id
            )
            SELECT 'shipping.parcel' AS res_model, parcel.id AS res_id, type.warehouse_id,
                   CASE WHEN parcel.promised_date < %(today)s
                          OR parcel.estimate > parcel.promised_date THEN 100
                        ELSE parcel.share END AS quantity,
                   %(goods)s AS value,
                   -- at risk since nobody knows when; late since the day after the promised one
                   CASE WHEN parcel.promised_date < %(today)s
                        THEN (parcel.promised_date + 1)::timestamp AT TIME ZONE %(zone)s
                             AT TIME ZONE 'UTC' END AS since,
                   jsonb_build_object(
                        'why', CASE WHEN parcel.promised_date < %(today)s THEN 'late'
                                    WHEN parcel.estimate > parcel.promised_date THEN 'estimate'
                                    ELSE 'lane' END,
                        'promised', parcel.promised_date, 'estimate', parcel.estimate,
                        'deliveries', parcel.like_it, 'late', parcel.like_it_late,
                        'days', %(today)s - parcel.ship_date
                   ) AS figures
              FROM judged parcel
              JOIN stock_picking picking ON picking.id = parcel.picking_id
              JOIN stock_picking_type type ON type.id = picking.picking_type_id
             WHERE parcel.promised_date < %(today)s
                OR parcel.estimate > parcel.promised_date
                OR parcel.share >= %(threshold)s
            """,
            zone=self._get_zone(company),
            company=company.id,
            begin=fields.Datetime.now() - HISTORY,
            today=SQL("%s::date", today),
            final=tuple(tracking.FINAL),
            least=choice.LEAST_DELIVERIES,
            goods=self._select_goods(),
            threshold=threshold,
        )

    @api.model
    def _get_query_no_scan(self, company):
        """Parcels that somebody tracks and of which nothing was heard for too long."""
        hours = company.shipping_watch_hours
        if not hours:
            return None
        return SQL(
            """
            SELECT 'shipping.parcel' AS res_model, parcel.id AS res_id, type.warehouse_id,
                   EXTRACT(EPOCH FROM %(now)s - heard.since) / 3600 AS quantity,
                   %(goods)s AS value, heard.since,
                   jsonb_build_object('since', heard.since, 'state', parcel.state,
                                      'scanned', parcel.last_event_at IS NOT NULL) AS figures
              FROM shipping_parcel parcel
              JOIN stock_picking picking ON picking.id = parcel.picking_id
              JOIN stock_picking_type type ON type.id = picking.picking_type_id
             CROSS JOIN LATERAL (
                   SELECT COALESCE(parcel.last_event_at, picking.date_done) AS since) heard
             WHERE parcel.company_id = %(company)s AND parcel.state NOT IN %(waiting)s
               AND parcel.is_return IS NOT TRUE AND picking.state = 'done'
               AND (parcel.account_id IS NOT NULL OR parcel.last_event_at IS NOT NULL)
               AND heard.since < %(now)s - %(hours)s * interval '1 hour'
            """,
            now=SQL("%s::timestamp", fields.Datetime.now()),
            goods=self._select_goods(),
            company=company.id,
            waiting=_WAITING,
            hours=hours,
        )

    @api.model
    def _get_query_cost(self, company):
        """Parcels that cost far more than their lane's parcels of about the same weight.

        The modified z-score of Iglewicz and Hoaglin (*How to Detect and Handle Outliers*, 1993):
        0.6745 × (cost - median) / MAD, where MAD is the median of the absolute deviations from the
        median. It asks how many usual deviations a cost lies above the middle, and, unlike mean
        and standard deviation, is not moved by the outliers themselves. Where more than half of
        the costs are equal, MAD is 0, and 1.2533 × the mean absolute deviation takes its place.
        "About the same weight" is the same power of two.
        """
        score = company.shipping_watch_cost_score
        if not score:
            return None
        return SQL(
            """
            WITH parcel AS (
                SELECT id, picking_id, create_date, cost, currency_id, company_id, parcel_count,
                       (carrier_id, COALESCE(service_name, ''), COALESCE(country_id, 0),
                        currency_id, CASE WHEN weight > 0
                                          THEN FLOOR(LOG(2, weight::numeric)) END)::text AS lane
                  FROM shipping_parcel
                 WHERE company_id = %(company)s AND is_return IS NOT TRUE
                   AND state <> 'cancelled' AND cost > 0 AND create_date >= %(begin)s
            ),
            middle AS (
                SELECT lane, COUNT(*) AS parcels,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY cost)::numeric AS median
                  FROM parcel GROUP BY lane HAVING COUNT(*) > %(least)s
            ),
            spread AS (
                SELECT lane, parcels, median,
                       COALESCE(NULLIF(percentile_cont(0.5) WITHIN GROUP (
                            ORDER BY ABS(cost - median))::numeric, 0) / 0.6745,
                            1.2533 * AVG(ABS(cost - median))) AS deviation
                  FROM parcel JOIN middle USING (lane)
                 GROUP BY lane, parcels, median
            )
            SELECT 'shipping.parcel' AS res_model, parcel.id AS res_id, type.warehouse_id,
                   parcel.cost - spread.median AS quantity,
                   (parcel.cost - spread.median) * COALESCE(rates.rate, 1) AS value,
                   parcel.create_date AS since,
                   jsonb_build_object(
                        'cost', parcel.cost, 'usual', spread.median,
                        'parcels', spread.parcels - 1, 'currency', parcel.currency_id,
                        'score', ROUND((parcel.cost - spread.median) / spread.deviation, 1)
                   ) AS figures
              FROM parcel
              JOIN spread USING (lane)
              JOIN stock_picking picking ON picking.id = parcel.picking_id
              JOIN stock_picking_type type ON type.id = picking.picking_type_id
              LEFT JOIN (%(rates)s) rates (id, rate) ON rates.id = parcel.currency_id
             WHERE parcel.create_date >= %(recent)s
               AND spread.deviation > 0
               AND (parcel.cost - spread.median) / spread.deviation > %(score)s
               AND parcel.cost > spread.median * (1 + %(share)s / 100.0)
            """,
            company=company.id,
            begin=fields.Datetime.now() - HISTORY,
            recent=fields.Datetime.now() - COST_PERIOD,
            least=choice.LEAST_DELIVERIES,
            rates=self._select_rates(company),
            score=score,
            share=company.shipping_watch_cost_share,
        )

    @api.model
    def _select_rates(self, company):
        """What one unit of each active currency is worth in that of the company, today."""
        currencies = self.env["res.currency"].search([("active", "=", True)])
        today = fields.Date.context_today(self)
        rates = currencies._get_rates(company, today)
        own = rates[company.currency_id.id]
        return SQL(
            "VALUES %s",
            SQL(", ").join(
                SQL("(%s, %s::numeric)", number, own / rate) for number, rate in rates.items()
            ),
        )

    @api.model
    def _get_query_failing(self, company):
        """Accounts whose carrier fails too often: of labels and questions of the last day.

        A failure is a label that the carrier did not sell although nothing was wrong with what it
        was asked (unreachable, no usable answer, credentials refused), or a parcel whose last
        question got no answer.
        """
        threshold = company.shipping_watch_failure_share
        if not threshold:
            return None
        return SQL(
            """
            WITH asked AS (
                SELECT account_id, COUNT(*) AS total,
                       COUNT(*) FILTER (WHERE is_carrier_fault) AS failed,
                       MIN(sent_at) FILTER (WHERE is_carrier_fault) AS since
                  FROM shipping_purchase
                 WHERE company_id = %(company)s AND sent_at >= %(begin)s
                 GROUP BY account_id
             UNION ALL
                SELECT account_id, COUNT(*), COUNT(*) FILTER (WHERE poll_failures > 0),
                       MIN(polled_at) FILTER (WHERE poll_failures > 0)
                  FROM shipping_parcel
                 WHERE company_id = %(company)s AND polled_at >= %(begin)s
                   AND account_id IS NOT NULL
                 GROUP BY account_id
            )
            SELECT 'shipping.account' AS res_model, asked.account_id AS res_id,
                   NULL::integer AS warehouse_id,
                   100.0 * SUM(failed) / SUM(total) AS quantity, 0 AS value,
                   MIN(asked.since) AS since,
                   jsonb_build_object('failed', SUM(failed), 'total', SUM(total)) AS figures
              FROM asked
             GROUP BY asked.account_id
            HAVING SUM(failed) >= %(least)s AND 100.0 * SUM(failed) / SUM(total) >= %(threshold)s
            """,
            company=company.id,
            begin=fields.Datetime.now() - FAILURE_PERIOD,
            least=LEAST_FAILURES,
            threshold=threshold,
        )
