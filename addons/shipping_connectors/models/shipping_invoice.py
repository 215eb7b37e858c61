from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ShippingInvoice(models.Model):
    """What a carrier asks for, parcel by parcel, beside what was expected."""

    _name = "shipping.invoice"
    _description = "Carrier Invoice"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "day desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    source = fields.Char(string="Template", required=True, readonly=True)
    account_id = fields.Many2one("shipping.account", string="Carrier Account", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", help="Whom the vendor bill is from.", check_company=True
    )
    day = fields.Date(string="Date", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    line_ids = fields.One2many("shipping.invoice.line", "invoice_id", readonly=True)
    difference_ids = fields.One2many(
        "shipping.invoice.difference", "invoice_id", string="Differences Found", readonly=True
    )
    line_count = fields.Integer(string="Parcels", compute="_compute_amounts")
    billed = fields.Monetary(compute="_compute_amounts")
    expected = fields.Monetary(compute="_compute_amounts", help="What the labels cost.")
    difference = fields.Monetary(compute="_compute_amounts")
    disputed = fields.Monetary(compute="_compute_disputed")
    open_count = fields.Integer(string="To Decide", compute="_compute_disputed")
    bill_id = fields.Many2one("account.move", string="Vendor Bill", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(company_id, source, name)", "This carrier invoice was imported already."
    )

    @api.depends("line_ids")
    def _compute_amounts(self):
        groups = self.env["shipping.invoice.line"]._read_group(
            [("invoice_id", "in", self.ids)],
            ["invoice_id"],
            ["__count", "billed:sum", "label_cost:sum", "difference:sum"],
        )
        found = {invoice.id: values for invoice, *values in groups}
        for invoice in self:
            count, billed, cost, difference = found.get(invoice.id, (0, 0.0, 0.0, 0.0))
            invoice.line_count, invoice.billed = count, billed
            invoice.expected, invoice.difference = cost, difference

    @api.depends("difference_ids.state")
    def _compute_disputed(self):
        groups = self.env["shipping.invoice.difference"]._read_group(
            [("invoice_id", "in", self.ids), ("state", "in", ("open", "disputed"))],
            ["invoice_id", "state"],
            ["__count", "amount:sum"],
        )
        found = {(invoice.id, state): (count, total) for invoice, state, count, total in groups}
        for invoice in self:
            invoice.open_count = found.get((invoice.id, "open"), (0, 0))[0]
            invoice.disputed = found.get((invoice.id, "disputed"), (0, 0.0))[1]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        if self.filtered("bill_id"):
            raise UserError(self.env._("A carrier invoice with a vendor bill is kept."))

    # -- the vendor bill ------------------------------------------------------------------------

    def action_create_bill(self):
        """Draft the vendor bill, once; a line for each kind of charge."""
        self.ensure_one()
        self.env["account.move"].check_access("create")
        # two users who press at once: the second one finds the bill of the first
        self.env.cr.execute(
            SQL("SELECT bill_id FROM shipping_invoice WHERE id = %s FOR UPDATE", self.id)
        )
        if not self.bill_id:
            if not self.partner_id:
                raise UserError(self.env._("Choose the vendor: the carrier that sent it."))
            self._check_not_billed()
            self.bill_id = self.env["account.move"].create(self._prepare_bill())
        return self.action_view_bill()

    def _check_not_billed(self):
        """Somebody may have entered the bill by hand."""
        known = self.env["account.move"].search(
            [
                ("move_type", "=", "in_invoice"),
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("ref", "=", self.name),
                ("state", "!=", "cancel"),
            ],
            limit=1,
        )
        if known:
            raise UserError(
                self.env._(
                    "The bill %(bill)s of %(vendor)s has the number %(number)s already.",
                    bill=known.display_name,
                    vendor=self.partner_id.display_name,
                    number=self.name,
                )
            )

    def _prepare_bill(self):
        return {
            "move_type": "in_invoice",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "ref": self.name,
            "invoice_date": self.day,
            "currency_id": self.currency_id.id,
            "invoice_origin": self.name,
            "invoice_line_ids": [Command.create(values) for values in self._prepare_bill_lines()],
        }

    def _prepare_bill_lines(self):
        """The whole amount; what is disputed stands apart, to be taken off or left."""
        groups = self.env["shipping.invoice.difference"]._read_group(
            [("invoice_id", "=", self.id), ("state", "=", "disputed")], [], ["amount:sum"]
        )
        disputed = groups[0][0] or 0.0
        lines = [
            {
                "name": self.env._("Shipping, %s parcels", self.line_count),
                "quantity": 1,
                "price_unit": self.currency_id.round(self.billed - disputed),
            }
        ]
        if not self.currency_id.is_zero(disputed):
            lines.append(
                {
                    "name": self.env._("Disputed with the carrier"),
                    "quantity": 1,
                    "price_unit": disputed,
                }
            )
        return lines

    def action_view_bill(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.bill_id.id,
            "view_mode": "form",
        }

    def action_view_differences(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "shipping_connectors.shipping_invoice_difference_action"
        )
        action["domain"] = [("invoice_id", "=", self.id)]
        action["context"] = {}
        return action
