"""What says which price stock will bring: read in one go for all products of a company."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.write_down import CONTRACT, PRICE_LIST, SALES, Price, get_unsellable


class StockValuationEvidence(models.AbstractModel):
    """Each method answers for a company, the end of a day, and products; prices are cents without
    taxes, per unit of the product, in the company's currency."""

    _name = "stock.valuation.evidence"
    _description = "Evidence of Net Realisable Value"

    @api.model
    def _get_prices(self, company, date, products):
        """Return the general price of products, without those that have none.

        What was sold after the date counts before the price list.

        :return: {product: :class:`core.write_down.Price`}
        """
        return {
            **self._get_list_prices(company, date, products),
            **self._get_sales_after(company, date, products),
        }

    @api.model
    def _get_sales_after(self, company, date, products):
        """Return the average price of posted customer invoices and refunds after the date."""
        until = min(
            date + timedelta(days=company.valuation_sales_days), fields.Date.context_today(self)
        )
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        prices = {}
        for product, quantity, amount in self.env.execute_query(
            SQL(
                """
                SELECT line.product_id,
                       SUM(CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                           * line.quantity * uom.factor / product_uom.factor)::float8,
                       SUM(-line.balance)::float8
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                  JOIN uom_uom uom
                    ON uom.id = COALESCE(line.product_uom_id, template.uom_id)
                 WHERE line.company_id = %(company)s
                   AND line.product_id = ANY(%(products)s)
                   AND line.display_type = 'product'
                   AND move.state = 'posted'
                   AND move.move_type IN ('out_invoice', 'out_refund')
                   AND line.date > %(date)s AND line.date <= %(until)s
                 GROUP BY line.product_id
                """,
                company=company.id,
                products=products.ids,
                date=date,
                until=until,
            )
        ):
            if quantity > 0 and amount >= 0:
                text = self.env._(
                    "%(quantity)s sold from %(date)s to %(until)s for %(amount)s",
                    quantity=f"{quantity:g}",
                    date=date + timedelta(days=1),
                    until=until,
                    amount=company.currency_id.format(amount),
                )
                price = amount / quantity / company.currency_id.rounding
                prices[product] = Price(SALES, price, source=text)
        return prices

    @api.model
    def _get_list_prices(self, company, date, products):
        """Return the price of the company's price list for write-downs, else the sales price."""
        pricelist = company.sudo().valuation_pricelist_id
        products = products.sudo().with_company(company)
        prices = {}
        if pricelist:
            amounts = pricelist._get_products_price(products, 1.0, date=date)
            currency, name = pricelist.currency_id, pricelist.name
        else:
            amounts = {product.id: product.lst_price for product in products}
            currency, name = False, self.env._("sales price of the product")
        for product in products:
            amount = amounts.get(product.id, 0.0)
            if amount <= 0:
                continue
            of = currency or product.currency_id
            taxes = product.taxes_id.filtered_domain(
                self.env["account.tax"]._check_company_domain(company)
            )
            if taxes:
                amount = taxes.compute_all(amount, of, 1.0, product)["total_excluded"]
            amount = self._convert(amount, of, company, date)
            text = self.env._(
                "%(name)s: %(price)s without taxes",
                name=name,
                price=company.currency_id.format(amount),
            )
            prices[product.id] = Price(
                PRICE_LIST, amount / company.currency_id.rounding, source=text
            )
        return prices

    @api.model
    def _get_contracts(self, company, date, moment, products):
        """Return what was firmly sold and not delivered at a moment: {product: [Price]}.

        Orders of customers exist where Odoo's sales are installed.
        """
        moves = self.env["stock.move"].sudo()
        if "sale_line_id" not in moves._fields:
            return {}
        lines = moves.search(
            [
                ("sale_line_id.order_id.date_order", "<=", moment),
                ("sale_line_id.state", "=", "sale"),
                ("company_id", "=", company.id),
                ("product_id", "in", products.ids),
                "|",
                ("state", "not in", ("done", "cancel", "draft")),
                "&",
                ("state", "=", "done"),
                ("date", ">", moment),
            ]
        ).sale_line_id
        contracts = {}
        for line in lines.with_context(accrual_entry_date=date).sorted(
            lambda line: (line.order_id.date_order, line.id)
        ):
            ordered = line.product_uom_qty - line.qty_delivered_at_date
            quantity = line.product_uom_id._compute_quantity(
                ordered, line.product_id.uom_id, round=False
            )
            if ordered <= 0 or quantity <= 0:
                continue
            amount = self._convert(
                line.price_subtotal / line.product_uom_qty * ordered,
                line.currency_id,
                company,
                date,
            )
            text = self.env._(
                "%(order)s, %(customer)s: %(quantity)s to deliver for %(amount)s",
                order=line.order_id.name,
                customer=line.order_partner_id.display_name,
                quantity=f"{quantity:g}",
                amount=company.currency_id.format(amount),
            )
            price = amount / quantity / company.currency_id.rounding
            contracts.setdefault(line.product_id.id, []).append(
                Price(CONTRACT, price, quantity, text)
            )
        return contracts

    @api.model
    def _get_unsellable(self, company, moment, held, demand):
        """Return how much of lots expires before it is sold.

        :param held: {(product, lot): quantity}
        :param demand: {product: quantity a day}
        :return: {product: {lot: (quantity, text)}}
        """
        lots = self.env["stock.lot"].sudo()
        if "expiration_date" not in lots._fields:
            return {}
        until = moment + timedelta(days=company.valuation_expiry_days)
        expiring = lots.search(
            [
                ("id", "in", [lot for _product, lot in held if lot]),
                ("expiration_date", "<=", until),
            ],
            order="expiration_date, id",
        )
        result = {}
        for product, of_product in expiring.grouped("product_id").items():
            quantities = [
                ((lot.expiration_date - moment).days, held[product.id, lot.id])
                for lot in of_product
            ]
            left = get_unsellable(quantities, demand.get(product.id, 0.0))
            for lot, quantity in zip(of_product, left, strict=True):
                if quantity > 0:
                    text = self.env._(
                        "%(lot)s expires on %(date)s",
                        lot=lot.name,
                        date=fields.Date.to_string(lot.expiration_date),
                    )
                    result.setdefault(product.id, {})[lot.id] = (quantity, text)
        return result

    @api.model
    def _convert(self, amount, currency, company, date):
        """Return an amount in the company's currency.

        :raise UserError: there is no rate; Odoo would take one for one
        """
        own = company.currency_id
        if currency == own:
            return amount
        for known in (currency, own):
            if known.sudo().rate_ids.filtered(
                lambda rate: (
                    rate.name <= date
                    and rate.company_id in (company.root_id, rate.company_id.browse())
                )
            ):
                return currency._convert(amount, own, company, date, round=False)
        raise UserError(
            self.env._(
                "There is no rate between %(currency)s and %(own)s on %(date)s: enter one in"
                " Accounting ▸ Configuration ▸ Currencies.",
                currency=currency.name,
                own=own.name,
                date=date,
            )
        )
