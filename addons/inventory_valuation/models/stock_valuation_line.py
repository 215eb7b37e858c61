from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Columns of the roll-forward, with the kinds of entries that they sum.
FLOWS = {
    "receipt_value": ("receipt",),
    "delivery_value": ("delivery",),
    "return_value": ("return",),
    "manufacturing_value": ("manufacturing",),
    "adjustment_value": ("adjustment", "scrap"),
    "revaluation_value": ("revaluation", "bill_difference", "landed_cost"),
    "transfer_value": ("transfer",),
}


class StockValuationLine(models.Model):
    """The value of stock at a moment, place by place, and what led there since another moment.

    Read from the ledger in one statement. The context says when: `valuation_at`, the moment (by
    default now), and `valuation_since`, the moment that the roll-forward opens at.
    """

    _name = "stock.valuation.line"
    _description = "Stock Valuation by Location"
    _auto = False
    _order = "product_id, location_id, lot_id, id"
    _rec_name = "product_id"
    _depends = {
        "stock.valuation.entry": [
            "product_id",
            "lot_id",
            "location_id",
            "warehouse_id",
            "owner_id",
            "company_id",
            "quantity",
            "value",
            "memo_value",
            "date",
            "kind",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "product.category": ["property_stock_valuation_account_id"],
        "res.company": ["account_stock_valuation_id", "currency_id"],
    }

    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Category", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", readonly=True)
    location_id = fields.Many2one("stock.location", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    owner_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    account_id = fields.Many2one(
        "account.account",
        string="Valuation Account",
        readonly=True,
        help="Of the product's category, else of the company, as they are set today.",
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    value = fields.Monetary(readonly=True)
    unit_value = fields.Monetary(readonly=True, aggregator=None)
    memo_value = fields.Monetary(
        string="Consigned (memo)",
        readonly=True,
        help="Of goods that belong to somebody else; no part of the value.",
    )
    opening_quantity = fields.Float(digits="Product Unit", readonly=True)
    opening_value = fields.Monetary(readonly=True)
    receipt_value = fields.Monetary(string="Receipts", readonly=True)
    delivery_value = fields.Monetary(string="Deliveries", readonly=True)
    return_value = fields.Monetary(string="Returns", readonly=True)
    manufacturing_value = fields.Monetary(string="Manufacturing", readonly=True)
    adjustment_value = fields.Monetary(string="Adjustments and Scrap", readonly=True)
    revaluation_value = fields.Monetary(
        string="Revaluations",
        readonly=True,
        help="Prices, bills and rounding.",
    )
    transfer_value = fields.Monetary(
        string="Transfers", readonly=True, help="Between locations: zero over the company."
    )

    # -- when --------------------------------------------------------------------------------

    @api.model
    def _get_moments(self):
        """Return the moment of the valuation and the one it opens at, or None."""
        at = fields.Datetime.to_datetime(self.env.context.get("valuation_at"))
        since = fields.Datetime.to_datetime(self.env.context.get("valuation_since"))
        return at or fields.Datetime.now(), since or None

    @api.model
    def _get_end_of_day(self, date):
        """Return the last second of a day in the user's time zone, in UTC."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local = zone.localize(datetime.combine(date, time(23, 59, 59)))
        return local.astimezone(pytz.UTC).replace(tzinfo=None)

    @api.model
    def _check_dates(self, date, date_from=None):
        """Refuse dates about which the ledger cannot say anything."""
        today = fields.Date.context_today(self)
        if date > today:
            raise UserError(self.env._("%s is in the future: choose today or a day before.", date))
        if date_from and date_from >= date:
            raise UserError(
                self.env._(
                    "The opening date %(opening)s has to be before %(closing)s.",
                    opening=date_from,
                    closing=date,
                )
            )
        first = self.env["stock.valuation.entry"].search([], order="date, id", limit=1)
        if not first:
            raise UserError(
                self.env._(
                    "The valuation ledger is empty. If products have moved already, the scheduled"
                    " action “Stock valuation: make up for history” writes it."
                )
            )
        if self._get_end_of_day(date) < first.date:
            raise UserError(
                self.env._(
                    "The valuation ledger begins on %(first)s: choose that day or a later one.",
                    first=fields.Date.to_string(first.date),
                )
            )

    @api.model
    def _search(self, domain, *args, **kwargs):
        # ids are the same at all moments, and the cache does not know about moments
        self.invalidate_model(flush=False)
        return super()._search(domain, *args, **kwargs)

    # -- the statement -----------------------------------------------------------------------

    @property
    def _table_query(self):
        at, since = self._get_moments()
        return SQL(
            """
            SELECT entry.*, template.categ_id, company.currency_id,
                   COALESCE(
                        (category.property_stock_valuation_account_id
                            ->> entry.company_id::text)::integer,
                        (SELECT NULLIF(setting.json_value, 'false')::integer
                           FROM ir_default setting
                          WHERE setting.field_id = %(account_field)s
                            AND setting.company_id = entry.company_id
                            AND setting.user_id IS NULL
                            AND setting.condition IS NULL
                          LIMIT 1),
                        company.account_stock_valuation_id
                   ) AS account_id,
                   CASE WHEN ABS(entry.quantity) > 1e-7
                        THEN entry.value / entry.quantity::numeric END AS unit_value
              FROM (
                SELECT MIN(entry.id) AS id,
                       entry.product_id, entry.lot_id, entry.location_id, entry.warehouse_id,
                       entry.owner_id, entry.company_id,
                       SUM(entry.quantity) AS quantity,
                       SUM(entry.value) AS value,
                       SUM(entry.memo_value) AS memo_value,
                       %(sums)s
                  FROM stock_valuation_entry entry
                 WHERE entry.date <= %(at)s
                 GROUP BY entry.product_id, entry.lot_id, entry.location_id, entry.warehouse_id,
                          entry.owner_id, entry.company_id
                HAVING ABS(SUM(entry.quantity)) > 1e-7
                    OR SUM(entry.value) <> 0
                    OR SUM(entry.memo_value) <> 0
                    OR MAX(entry.date) > %(since)s
              ) AS entry
              JOIN product_product product ON product.id = entry.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN product_category category ON category.id = template.categ_id
              JOIN res_company company ON company.id = entry.company_id
            """,
            account_field=self.env["ir.model.fields"]
            ._get("product.category", "property_stock_valuation_account_id")
            .id,
            sums=SQL(", ").join(self._get_sums(since)),
            at=at,
            since=since or datetime.max,
        )

    @api.model
    def _get_sums(self, since):
        """Return the columns of the roll-forward. Without an opening they begin at nothing."""
        since = since or datetime.min
        yield SQL(
            "COALESCE(SUM(entry.quantity) FILTER (WHERE entry.date <= %s), 0) AS opening_quantity",
            since,
        )
        yield SQL(
            "COALESCE(SUM(entry.value) FILTER (WHERE entry.date <= %s), 0) AS opening_value", since
        )
        for name, kinds in FLOWS.items():
            yield SQL(
                """COALESCE(SUM(entry.value)
                        FILTER (WHERE entry.date > %s AND entry.kind IN %s), 0) AS %s""",
                since,
                kinds,
                SQL.identifier(name),
            )

    # -- from here ---------------------------------------------------------------------------

    def action_open_entries(self):
        """Open the entries that a line sums."""
        self.ensure_one()
        at, since = self._get_moments()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_valuation.stock_valuation_entry_action"
        )
        action["domain"] = [
            ("product_id", "=", self.product_id.id),
            ("company_id", "=", self.company_id.id),
            ("location_id", "=", self.location_id.id),
            ("lot_id", "=", self.lot_id.id),
            ("owner_id", "=", self.owner_id.id),
            ("date", "<=", fields.Datetime.to_string(at)),
        ]
        if since:
            action["domain"].append(("date", ">", fields.Datetime.to_string(since)))
        action["context"] = {}
        return action
