from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core.money import spread
from ..core.write_down import NONE, Goods, assess, get_required

#: What a proposal says by itself; people write the rest.
FOUND_FIELDS = {"ageing_id", "tested_count", "tested_value", "move_id"}


class StockValuationWriteDown(models.Model):
    """A proposal of what a company's stock is written down by at a date, and of what of earlier
    write-downs is reversed. Somebody decides on each line; what is accepted becomes one draft
    journal entry, with the proposal as its working paper."""

    _name = "stock.valuation.write.down"
    _description = "Write-Down of Stock"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1) - timedelta(days=1),
        help="Of the stock, at the end of this day, and of the journal entry.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "=", "general")],
        compute="_compute_journal_id",
        store=True,
        readonly=False,
    )
    ageing_id = fields.Many2one(
        "stock.valuation.ageing", readonly=True, ondelete="restrict", copy=False
    )
    computed_at = fields.Datetime(related="ageing_id.computed_at")
    line_ids = fields.One2many("stock.valuation.write.down.line", "write_down_id")
    tested_count = fields.Integer(string="Products Tested", readonly=True, copy=False)
    tested_value = fields.Monetary(string="Cost Tested", readonly=True, copy=False)
    open_count = fields.Integer(string="Undecided Lines", compute="_compute_amounts")
    write_down_amount = fields.Monetary(string="Written Down", compute="_compute_amounts")
    reversal_amount = fields.Monetary(string="Reversed", compute="_compute_amounts")
    used_amount = fields.Monetary(string="Used", compute="_compute_amounts")
    amount = fields.Monetary(string="Total", compute="_compute_amounts")
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        [
            ("draft", "Proposal"),
            ("entry", "Draft Entry"),
            ("posted", "Posted"),
            ("cancelled", "Entry Cancelled"),
        ],
        compute="_compute_state",
    )

    @api.depends("company_id")
    def _compute_journal_id(self):
        for proposal in self:
            journal = proposal.company_id.account_stock_journal_id
            proposal.journal_id = journal or self.env["account.journal"].search(
                [
                    *self.env["account.journal"]._check_company_domain(proposal.company_id),
                    ("type", "=", "general"),
                ],
                limit=1,
            )

    @api.depends("company_id", "date")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = self.env._(
                "Write-down on %(date)s, %(company)s",
                date=proposal.date,
                company=proposal.company_id.name,
            )

    @api.depends("line_ids.decision", "line_ids.nrv_unit")
    def _compute_amounts(self):
        for proposal in self:
            accepted = proposal.line_ids.filtered(lambda line: line.decision == "accepted")
            proposal.open_count = len(
                proposal.line_ids.filtered(lambda line: line.decision == "open")
            )
            for name in ("write_down_amount", "reversal_amount", "used_amount", "amount"):
                proposal[name] = sum(accepted.mapped(name))

    @api.depends("move_id.state", "move_id.reversal_move_ids.state")
    def _compute_state(self):
        for proposal in self:
            move = proposal.move_id.sudo()
            if not move:
                proposal.state = "draft"
            elif move.state == "cancel" or "posted" in move.reversal_move_ids.mapped("state"):
                proposal.state = "cancelled"
            else:
                proposal.state = "posted" if move.state == "posted" else "entry"

    # -- computing ---------------------------------------------------------------------------

    def action_compute(self):
        """Propose lines anew, from the stock and the evidence of now; decisions begin again.

        :raise UserError: there is an entry already, or the ledger says nothing about the day
        """
        for proposal in self:
            proposal._check_open()
            company = proposal.company_id
            proposal.check_access("write")
            # what is found is not written by people, nor are lines made by them
            ageing = self.env["stock.valuation.ageing"]._compute_at(company, proposal.date)
            found = proposal.sudo()
            found.line_ids.unlink()
            found.ageing_id = ageing
            found._propose(found.ageing_id)

    def _propose(self, ageing):
        """Write the lines of a proposal."""
        held = ageing.line_ids.filtered(lambda line: line.quantity > 0).grouped("product_id")
        prior = self._get_prior()
        known = self.env["product.product"].browse(prior)
        products = self.env["product.product"].union(*held) | known
        parts = self._assess(ageing, held)
        values = []
        for product in products.sudo().with_context(active_test=False):
            layers = held.get(product, ageing.line_ids.browse())
            values += self._prepare_lines(
                product, layers, parts.get(product.id, []), *prior.get(product.id, (0, 0.0, None))
            )
        self.write(
            {
                "tested_count": len(held),
                "tested_value": sum(sum(layers.mapped("value")) for layers in held.values()),
            }
        )
        self.env["stock.valuation.write.down.line"].create(values)

    def _assess(self, ageing, held):
        """Return the parts of each product: {product: [(part, evidence)]}."""
        company, moment = self.company_id, ageing.moment
        products = self.env["product.product"].union(*held).sudo()
        evidence = self.env["stock.valuation.evidence"]
        categories = products.categ_id
        rates = self.env["stock.valuation.rate"]._get_rates(company, categories)
        rules = self.env["stock.valuation.ageing.rule"]._get_rules(company, categories)
        prices = evidence._get_prices(company, self.date, products)
        contracts = evidence._get_contracts(company, self.date, moment, products)
        unsellable = evidence._get_unsellable(company, moment, *self._get_lots(held))
        result = {}
        for product in products:
            of_product = unsellable.get(product.id, {})
            categ = product.categ_id.id
            result[product.id] = [
                (part, of_product[part.lot][1] if part.lot in of_product else part.source)
                for part in assess(
                    self._get_goods(held[product]),
                    unsellable={lot: quantity for lot, (quantity, _text) in of_product.items()},
                    contracts=contracts.get(product.id, ()),
                    price=prices.get(product.id),
                    cost_rate=rates[categ, None].selling,
                    rules=rules[categ],
                )
            ]
        return result

    def _get_goods(self, layers):
        """Return layers of a product as the core knows them, the oldest first."""
        to_cents = self.env["stock.valuation.source"]._to_cents
        return [
            Goods(
                quantity=layer.quantity,
                cost=to_cents(self.company_id, layer.value),
                age=layer.age_days,
                lot=layer.lot_id.id or None,
                dead=layer.state == "dead",
            )
            for layer in layers.sorted(lambda layer: (layer.layer_date, layer.id))
        ]

    def _get_lots(self, held):
        """Return {(product, lot): quantity} and {product: demand a day}."""
        quantities, demand = {}, {}
        for product, layers in held.items():
            for layer in layers.filtered("lot_id"):
                key = product.id, layer.lot_id.id
                quantities[key] = quantities.get(key, 0.0) + layer.quantity
            demand[product.id] = sum(
                of_warehouse[0].daily_demand
                for of_warehouse in layers.grouped("warehouse_id").values()
            )
        return quantities, demand

    def _prepare_lines(self, product, layers, parts, prior, quantity, moment):
        """Return the values of a product's lines; without need and without allowance, none.

        :param prior: what is left of earlier write-downs, in cents
        :param quantity: that it was for, and `moment` when
        """
        required = [self._get_required(part) for part, _evidence in parts]
        if not prior and not any(required):
            parts = [
                (part, evidence) for part, evidence in parts if part.kind == NONE and part.cost
            ]
            required = [0] * len(parts)
        kept = 0.0
        if quantity and moment:
            still = layers.filtered(lambda layer: layer.layer_date <= moment)
            kept = min(sum(still.mapped("quantity")) / quantity, 1.0)
        if not parts:
            return [self._prepare_line(product, None, None, prior, kept)] if prior else []
        weights = required if any(required) else [max(part.cost, 0) for part, _text in parts]
        shares = spread(prior, weights)
        return [
            self._prepare_line(product, part, evidence, share, kept)
            for (part, evidence), share in zip(parts, shares, strict=True)
        ]

    @api.model
    def _get_required(self, part):
        if part.unit_nrv is None:
            return 0
        return get_required(part.cost, round(part.unit_nrv * part.quantity))

    def _prepare_line(self, product, part, evidence, prior, kept):
        """Return the values of a line; without a part, of goods that are gone."""
        to_amount = self.env["stock.valuation.source"]._to_amount
        cent = self.company_id.currency_id.rounding
        values = {
            "write_down_id": self.id,
            "product_id": product.id,
            "kind": part.kind if part else "gone",
            "evidence": evidence or False,
            "prior_amount": to_amount(self.company_id, prior),
            "kept": kept,
        }
        if part:
            nrv = 0.0
            if part.unit_nrv is not None:
                nrv = part.unit_nrv * cent
            elif part.quantity:
                nrv = part.cost * cent / part.quantity
            values.update(
                lot_id=part.lot,
                quantity=part.quantity,
                cost_value=to_amount(self.company_id, part.cost),
                unit_price=(part.unit_price or 0.0) * cent,
                proposed_nrv_unit=nrv,
                nrv_unit=nrv,
            )
        return values

    # -- earlier write-downs -----------------------------------------------------------------

    def _get_prior(self):
        """Return what is left of the write-downs of other proposals, whose entries are posted and
        not reversed: {product: (cents, quantity that it was for, moment)}."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.product_id, proposal.id, ageing.moment,
                       SUM(line.amount) FILTER (WHERE line.decision = 'accepted'),
                       SUM(line.quantity) FILTER (WHERE line.allowance_after > 0)
                  FROM stock_valuation_write_down_line line
                  JOIN stock_valuation_write_down proposal ON proposal.id = line.write_down_id
                  JOIN stock_valuation_ageing ageing ON ageing.id = proposal.ageing_id
                  JOIN account_move move ON move.id = proposal.move_id
                 WHERE proposal.company_id = %s AND proposal.id <> %s
                   AND move.state = 'posted'
                   AND NOT EXISTS (
                        SELECT FROM account_move reversal
                         WHERE reversal.reversed_entry_id = move.id
                           AND reversal.state = 'posted')
                 GROUP BY line.product_id, proposal.id, proposal.date, ageing.moment
                 ORDER BY proposal.date, proposal.id
                """,
                self.company_id.id,
                self.id or 0,
            )
        )
        prior = {}
        for product, _proposal, moment, amount, quantity in rows:
            cents = self.env["stock.valuation.source"]._to_cents(self.company_id, amount or 0)
            before = prior.get(product, (0, 0.0, None))[0]
            prior[product] = (before + cents, quantity or 0.0, moment)
        return {product: found for product, found in prior.items() if found[0]}

    # -- states ------------------------------------------------------------------------------

    def _check_open(self):
        self.ensure_one()
        if self.move_id:
            raise UserError(
                self.env._(
                    "%(proposal)s has the journal entry %(entry)s: delete that while it is a draft,"
                    " or make another proposal.",
                    proposal=self.display_name,
                    entry=self.move_id.display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_found(vals)
        return super().create(vals_list)

    def _check_found(self, vals):
        """Refuse to be told what a proposal finds by itself."""
        if not self.env.su and FOUND_FIELDS & vals.keys():
            raise AccessError(
                self.env._("What a write-down rests on is not entered: press “Propose”.")
            )

    def write(self, vals):
        self._check_found(vals)
        if {"date", "company_id", "ageing_id"} & vals.keys():
            for proposal in self:
                proposal._check_open()
        changed = {"date", "company_id"} & vals.keys() and self.filtered("line_ids")
        result = super().write(vals)
        if changed:
            # they are of another day
            changed.sudo().line_ids.unlink()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_entry(self):
        for proposal in self:
            proposal._check_open()

    def action_export(self):
        return self.env["stock.valuation.export"]._get_action("write_down", self.ids)

    def action_open_move(self):
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_accept_open(self):
        """Accept what nobody has decided on."""
        self.line_ids.filtered(lambda line: line.decision == "open").action_accept()

    def action_open_lines(self):
        """Open the lines, to filter, group and decide on many at once."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_valuation.stock_valuation_write_down_line_action"
        )
        action["domain"] = [("write_down_id", "in", self.ids)]
        return action
