import secrets

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .label_desk import LabelDesk

REQUESTED, APPROVED, RECEIVED, REFUSED = "requested", "approved", "received", "refused"
OPEN = (REQUESTED, APPROVED)


class ShippingReturn(models.Model):
    """Goods that a customer sends back: asked for, approved with Odoo's return transfer, labelled
    through the ledger of purchases, received."""

    _name = "shipping.return"
    _description = "Customer Return"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('picking_type_code', '=', 'outgoing'), ('state', '=', 'done')]",
        check_company=True,
    )
    sale_id = fields.Many2one(related="picking_id.sale_id", string="Sales Order")
    partner_id = fields.Many2one(
        related="picking_id.partner_id", store=True, index=True, string="Customer"
    )
    company_id = fields.Many2one(related="picking_id.company_id", store=True, index=True)
    reason_id = fields.Many2one(
        "shipping.return.reason", required=True, tracking=True, ondelete="restrict"
    )
    note = fields.Text(string="Details")
    line_ids = fields.One2many("shipping.return.line", "return_id", string="Products")
    state = fields.Selection(
        [
            (REQUESTED, "Requested"),
            (APPROVED, "Approved"),
            (RECEIVED, "Received"),
            (REFUSED, "Refused"),
        ],
        required=True,
        readonly=True,
        default=REQUESTED,
        tracking=True,
        index=True,
        copy=False,
    )
    refusal = fields.Char(string="Refused Because", copy=False)
    is_from_portal = fields.Boolean(string="Asked For Online", readonly=True, copy=False)
    return_picking_id = fields.Many2one(
        "stock.picking",
        string="Return Transfer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        compute="_compute_carrier_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        domain="[('delivery_type', 'in', ('rate_table', 'carrier_account'))]",
        help="The method that the label for the way back is of.",
    )
    parcel_ids = fields.One2many(related="return_picking_id.parcel_ids", string="Parcels")
    label_count = fields.Integer(compute="_compute_label_count", compute_sudo=True)
    access_token = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups="base.group_system",
    )
    request_key = fields.Char(
        readonly=True, copy=False, help="Of the form that was sent in: sent twice it counts once."
    )

    _request_key_uniq = models.UniqueIndex(
        "(request_key) WHERE request_key IS NOT NULL", "This return was asked for already."
    )
    _return_picking_uniq = models.UniqueIndex(
        "(return_picking_id) WHERE return_picking_id IS NOT NULL",
        "A return transfer belongs to one return.",
    )

    @api.depends("picking_id")
    def _compute_carrier_id(self):
        for one in self:
            carrier = one.picking_id.carrier_id
            one.carrier_id = carrier if carrier.sudo().can_generate_return else False

    @api.depends("return_picking_id.parcel_ids.state")
    def _compute_label_count(self):
        for one in self:
            one.label_count = len(one._get_parcels())

    def _get_parcels(self):
        return self.return_picking_id.parcel_ids.filtered(
            lambda parcel: parcel.is_return and parcel.state != "cancelled"
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code("shipping.return") or "/"
        return super().create(vals_list)

    @api.onchange("picking_id")
    def _onchange_picking_id(self):
        self.line_ids = [Command.clear(), *self._prepare_lines(self.picking_id)]

    @api.model
    def _prepare_lines(self, picking):
        """A line for each delivered product that can come back."""
        returnable = picking.move_ids._get_returnable()
        return [
            Command.create({"move_id": move.id, "quantity": 0.0})
            for move, quantity in returnable.items()
            if quantity > 0
        ]

    def _get_return_url(self):
        self.ensure_one()
        return f"{self.get_base_url()}/shipping/return/{self.sudo().access_token}"

    # -- deciding -------------------------------------------------------------------------------

    def action_approve(self):
        """Make Odoo's return transfer of it."""
        self._check_user()
        for one in self:
            one._approve()
        return True

    def _check_user(self):
        if not self.env.su and not self.env.user.has_group(
            "shipping_connectors.group_shipping_user"
        ):
            raise AccessError(self.env._("Only users of Shipping decide about returns."))

    def _approve(self):
        self.ensure_one()
        # two users who press at once: the second one finds what the first one did
        self.env.cr.execute(
            SQL("SELECT state FROM shipping_return WHERE id = %s FOR UPDATE", self.id)
        )
        if self.state != REQUESTED:
            return
        lines = self.line_ids.filtered(lambda line: line.quantity > 0)
        if not lines:
            raise UserError(self.env._("Enter the quantities that come back."))
        if self.reason_id.needs_note and not (self.note or "").strip():
            raise UserError(
                self.env._("“%s” asks for details: describe what is wrong.", self.reason_id.name)
            )
        lines._check_quantity()
        self.sudo().write({"return_picking_id": self._create_return_picking(lines).id})
        self.state = APPROVED

    def _create_return_picking(self, lines):
        wizard = self.env["stock.return.picking"].sudo().create({"picking_id": self.picking_id.id})
        for move in wizard.product_return_moves:
            wanted = lines.filtered(lambda line, move=move: line.move_id == move.move_id)
            move.quantity = wanted.quantity if wanted else 0.0
        picking = wizard._create_return()
        picking.carrier_id = self.carrier_id
        picking.message_post(
            body=self.env._(
                "Return %(name)s: %(reason)s", name=self.name, reason=self.reason_id.name
            )
        )
        return picking

    def action_refuse(self):
        self._check_user()
        for one in self.filtered(lambda one: one.state == REQUESTED):
            if not (one.refusal or "").strip():
                raise UserError(self.env._("Enter in “Refused Because” what the customer is told."))
            one.state = REFUSED
        return True

    # -- the label ------------------------------------------------------------------------------

    def action_buy_label(self):
        """Buy the label for the way back, once."""
        self._check_user()
        for one in self:
            one._buy_label()
        return True

    def _buy_label(self):
        """The labels of the return transfer; those that are paid already are used.

        Nothing is written before the carrier has answered.

        :raises UserError: says what stands against it
        """
        self.ensure_one()
        picking = self.return_picking_id.sudo()
        if self.state != APPROVED:
            raise UserError(
                self.env._(
                    "%s is not approved, or is received already: it needs no label.", self.name
                )
            )
        if picking.state in ("done", "cancel"):
            raise UserError(self.env._("%s is closed: it needs no label.", picking.name))
        carrier = picking.carrier_id
        if not carrier.can_generate_return:
            raise UserError(
                self.env._(
                    "Choose a delivery method that makes return labels on the transfer %s.",
                    picking.name,
                )
            )
        if carrier.delivery_type == "carrier_account":
            spec, paid = LabelDesk(picking, carrier, is_return=True).obtain()
            return carrier._store_paid(picking, spec, paid, is_return=True)
        carrier.get_return_label(picking)
        return self._get_parcels()

    def action_print_label(self):
        self.ensure_one()
        return self._get_parcels().action_print_label_pdf()

    def action_send_label(self):
        """The label by email to the customer, with the page of the return."""
        self.ensure_one()
        parcels = self._get_parcels()
        if not parcels.label_pdf_id:
            raise UserError(self.env._("There is no label yet. Buy it first."))
        template = self.env.ref("shipping_connectors.mail_template_return", False)
        if not template:
            raise UserError(self.env._("The mail template of returns is missing."))
        template.sudo().send_mail(
            self.id, email_values={"attachment_ids": parcels.sudo().label_pdf_id.ids}
        )
        return True

    # -- views ----------------------------------------------------------------------------------

    def action_view_return_picking(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": self.return_picking_id.id,
            "view_mode": "form",
        }
