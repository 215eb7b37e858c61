"""What the writer reads: balances, movements, quants and Odoo's values, one statement each."""

from collections import defaultdict, namedtuple

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL, float_round

from ..core.money import nearest

Line = namedtuple(
    "Line",
    "id move_id product_id lot_id owner_id quantity date value"
    " source target source_usage target_usage is_scrap",
)


class StockValuationSource(models.AbstractModel):
    _name = "stock.valuation.source"
    _description = "What the Valuation Ledger Reads"

    @api.model
    def _valued(self, alias):
        """SQL condition: stock at this location is part of its company's value.

        As Odoo's `stock.location._should_be_valued`.
        """
        return SQL(
            "(%(alias)s.company_id IS NOT NULL AND %(alias)s.usage IN ('internal', 'transit'))",
            alias=SQL.identifier(alias),
        )

    @api.model
    def _get_lines(self, company, where):
        """Return the done movements of a company, in the order in which Odoo values them.

        What belongs to the company's own partner belongs to nobody else: it has no owner here.

        :param where: SQL condition on `move` and `line`
        """
        return [
            Line(*row)
            for row in self.env.execute_query(
                SQL(
                    """
                SELECT line.id, move.id, move.product_id, line.lot_id,
                       NULLIF(line.owner_id, %(partner)s),
                       line.quantity_product_uom, move.date, COALESCE(move.value, 0),
                       CASE WHEN %(source)s THEN source.id END,
                       CASE WHEN %(target)s THEN target.id END,
                       source.usage, target.usage, move.scrap_id IS NOT NULL
                  FROM stock_move_line line
                  JOIN stock_move move ON move.id = line.move_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN stock_location source ON source.id = line.location_id
                  JOIN stock_location target ON target.id = line.location_dest_id
                 WHERE move.state = 'done'
                   AND move.company_id = %(company)s
                   AND line.picked
                   AND template.is_storable
                   AND (%(source)s OR %(target)s)
                   AND %(where)s
                 ORDER BY move.date, move.id, line.id
                    """,
                    source=self._valued("source"),
                    target=self._valued("target"),
                    company=company.id,
                    partner=company.partner_id.id,
                    where=where,
                )
            )
        ]

    @api.model
    def _get_booked_lines(self, line_ids):
        """Return what is booked of product moves: {line: {(place, date): (quantity, value)}}."""
        booked = defaultdict(dict)
        for line_id, location, lot, owner, date, quantity, value in self.env.execute_query(
            SQL(
                """
                SELECT move_line_id, location_id, lot_id, owner_id, date, SUM(quantity),
                       SUM(value + memo_value)
                  FROM stock_valuation_entry
                 WHERE move_line_id = ANY(%s)
                 GROUP BY move_line_id, location_id, lot_id, owner_id, date
                """,
                list(line_ids),
            )
        ):
            if abs(quantity) > 1e-7:
                booked[line_id][(location, lot, owner), date] = (quantity, value)
        return booked

    @api.model
    def _get_balances(self, company, product_ids):
        """Return what the ledger has: rows of product, place, layer, quantity, value, memo."""
        return [
            (product, (location, lot, owner), layer, quantity, value, memo)
            for product, location, lot, owner, layer, quantity, value, memo in (
                self.env.execute_query(
                    SQL(
                        """
                SELECT product_id, location_id, lot_id, owner_id, layer_move_id,
                       SUM(quantity), SUM(value), SUM(memo_value)
                  FROM stock_valuation_entry
                 WHERE company_id = %s AND product_id = ANY(%s)
                 GROUP BY product_id, location_id, lot_id, owner_id, layer_move_id
                HAVING ABS(SUM(quantity)) > 1e-7 OR SUM(value) <> 0 OR SUM(memo_value) <> 0
                        """,
                        company.id,
                        list(product_ids),
                    )
                )
            )
        ]

    @api.model
    def _get_quants(self, company, product_ids):
        """Return what is on hand, and what is so elsewhere, too.

        A place that is only being counted has a quant without a quantity.

        :return: {product: {place: quantity}}, and the products that other companies have stock of
        """
        quants, shared = defaultdict(dict), set()
        for own, product, location, lot, owner, quantity in self.env.execute_query(
            SQL(
                """
                SELECT location.company_id = %s, quant.product_id, quant.location_id, quant.lot_id,
                       NULLIF(quant.owner_id, %s), COALESCE(SUM(quant.quantity), 0)
                  FROM stock_quant quant
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE %s AND quant.product_id = ANY(%s)
                 GROUP BY 1, 2, 3, 4, 5
                """,
                company.id,
                company.partner_id.id,
                self._valued("location"),
                list(product_ids),
            )
        ):
            if own:
                quants[product][location, lot, owner] = quantity
            elif quantity:
                shared.add(product)
        return quants, shared

    @api.model
    def _get_layers(self, company, move_ids):
        """Return receipts from old to new: {move: cost of a unit in the company's currency}."""
        if not move_ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """
                SELECT move.id, COALESCE(move.value, 0) / SUM(line.quantity_product_uom)
                  FROM stock_move move
                  JOIN stock_move_line line ON line.move_id = move.id
                  JOIN stock_location source ON source.id = line.location_id
                  JOIN stock_location target ON target.id = line.location_dest_id
                 WHERE move.id = ANY(%s)
                   AND line.picked
                   AND NOT %s AND %s
                   AND (line.owner_id IS NULL OR line.owner_id = %s)
                 GROUP BY move.id
                HAVING SUM(line.quantity_product_uom) > 0
                 ORDER BY move.date, move.id
                    """,
                    list(move_ids),
                    self._valued("source"),
                    self._valued("target"),
                    company.partner_id.id,
                )
            )
        )

    @api.model
    def _with_odoo_values(self, records, company):
        """Return products or lots whose `total_value` is about this company's own goods alone.

        As superuser, because what the ledger says must not depend on who validates a transfer.
        """
        return records.with_env(
            self.env(
                user=SUPERUSER_ID,
                context={"allowed_company_ids": company.ids, "valuation_ledger": True},
            )
        )

    @api.model
    def _get_to_cents(self, company):
        """Return a function from an amount to the currency's smallest unit, as Odoo rounds it."""
        rounding = company.currency_id.rounding

        def to_cents(amount):
            return nearest(float_round(amount, precision_rounding=rounding) / rounding)

        return to_cents

    @api.model
    def _get_to_amount(self, company):
        """Return a function from the currency's smallest unit to an amount."""
        rounding = company.currency_id.rounding

        def to_amount(cents):
            return float_round(cents * rounding, precision_rounding=rounding)

        return to_amount

    @api.model
    def _to_cents(self, company, amount):
        return self._get_to_cents(company)(amount)

    @api.model
    def _to_amount(self, company, cents):
        return self._get_to_amount(company)(cents)
