import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.pdf import merge_pdf

from ..core import gs1, tracking
from . import label_desk
from .tools import TRACKING_STATES

# one file, asked for by an address that lists them all
MAX_LABELS = 500


class ShippingParcel(models.Model):
    _name = "shipping.parcel"
    _description = "Parcel"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _rec_name = "tracking_number"
    _rec_names_search = ["tracking_number", "sscc", "picking_id.name"]
    _order = "id desc"
    _check_company_auto = True

    # -- what identifies it
    tracking_number = fields.Char(required=True, readonly=True, copy=False)
    sscc = fields.Char(
        string="SSCC",
        readonly=True,
        copy=False,
        help="Serial Shipping Container Code: 18 digits, unique worldwide, on the label as "
        "GS1-128 barcode.",
    )
    access_token = fields.Char(
        readonly=True,
        copy=False,
        required=True,
        default=lambda self: secrets.token_urlsafe(24),
        groups="base.group_system",
    )
    tracking_url = fields.Char(string="Tracking Page", compute="_compute_tracking_url")
    purchase_key = fields.Char(
        readonly=True,
        copy=False,
        help="Its row in the ledger of purchases, for carriers with an account.",
    )
    carrier_ref = fields.Char(
        string="Carrier Reference", readonly=True, copy=False, help="The carrier's own number."
    )

    # -- what it belongs to
    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    package_id = fields.Many2one(
        "stock.package",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty for goods that were shipped without a package.",
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one("res.partner", string="Recipient", readonly=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    origin = fields.Char(related="picking_id.origin", string="Source Document")
    country_id = fields.Many2one(
        related="partner_id.country_id", store=True, string="Destination Country"
    )
    is_return = fields.Boolean(string="Return", readonly=True)

    # -- what was shipped
    service_name = fields.Char(string="Service", readonly=True)
    zone_name = fields.Char(string="Zone", readonly=True)
    transit_days = fields.Integer(readonly=True)
    ship_date = fields.Date(readonly=True)
    number_in_shipment = fields.Integer(string="No.", readonly=True, aggregator=False)
    parcel_count = fields.Integer(string="Of", readonly=True, aggregator=False)
    weight = fields.Float(digits="Stock Weight", readonly=True, help="Gross weight of the parcel.")
    weight_uom_name = fields.Char(compute="_compute_weight_uom_name")
    chargeable_weight = fields.Float(
        digits="Stock Weight",
        readonly=True,
        aggregator=False,
        help="What the price was made of: the greater of actual and dimensional weight, in the "
        "unit of the rate table.",
    )
    chargeable_weight_unit = fields.Char(readonly=True)
    cost = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost_detail = fields.Char(string="Cost Explained", readonly=True)

    # -- where it is
    state = fields.Selection(
        TRACKING_STATES,
        required=True,
        default=tracking.PENDING,
        readonly=True,
        tracking=True,
        index=True,
        group_expand="_group_expand_state",
    )
    driver_id = fields.Many2one("res.users", readonly=True, index="btree_not_null", tracking=True)

    # -- labels
    label_pdf_id = fields.Many2one("ir.attachment", string="Label (PDF)", readonly=True, copy=False)
    label_zpl_id = fields.Many2one("ir.attachment", string="Label (ZPL)", readonly=True, copy=False)

    # carriers give a number again after months or years: only our own ones are unique for good
    _tracking_number_uniq = models.UniqueIndex(
        "(tracking_number) WHERE purchase_key IS NULL",
        "A tracking number is given to one parcel only.",
    )
    _tracking_number_idx = models.Index("(tracking_number)")
    _purchase_key_uniq = models.UniqueIndex(
        "(purchase_key) WHERE purchase_key IS NOT NULL", "A label is on one parcel only."
    )
    _sscc_uniq = models.UniqueIndex(
        "(sscc) WHERE sscc IS NOT NULL", "An SSCC is given to one parcel only."
    )
    _access_token_uniq = models.UniqueIndex("(access_token)", "A tracking page shows one parcel.")
    _package_uniq = models.UniqueIndex(
        "(picking_id, COALESCE(package_id, 0), is_return) WHERE state <> 'cancelled'",
        "This package was labelled meanwhile. Reload the page to see its parcel.",
    )

    @api.constrains("sscc")
    def _check_sscc(self):
        for parcel in self.filtered("sscc"):
            if not gs1.is_sscc(parcel.sscc):
                raise ValidationError(
                    self.env._(
                        "%(sscc)s is no SSCC: it takes 18 digits, the last of which is the check "
                        "digit.",
                        sscc=parcel.sscc,
                    )
                )

    # -- computed -------------------------------------------------------------------------------

    def _compute_tracking_url(self):
        for parcel in self:
            parcel.tracking_url = parcel._get_tracking_url()

    def _compute_weight_uom_name(self):
        self.weight_uom_name = self.env[
            "product.template"
        ]._get_weight_uom_name_from_ir_config_parameter()

    @api.model
    def _group_expand_state(self, states, domain):
        """Columns of the kanban in the order of a round; rare states only where there are any."""
        usual = (tracking.PENDING, *tracking.DRIVER_CODES[:3])
        return [code for code in tracking.CODES if code in usual or code in states]

    def _get_tracking_url(self):
        self.ensure_one()
        return f"{self.get_base_url()}/shipping/track/{self.sudo().access_token}"

    def _filter_outbound(self):
        """Parcels on the way to the customer, cancelled ones left out."""
        return self.filtered(lambda parcel: not parcel.is_return and parcel.state != "cancelled")

    # -- numbers --------------------------------------------------------------------------------

    @api.model
    def _next_tracking_number(self, company):
        """A number that no other parcel has or will have, its last digit a check digit.

        It comes from a PostgreSQL sequence, which is outside of transactions: two workers never
        get the same one, and a rollback leaves a hole.
        """
        number = (
            self.env["ir.sequence"]
            .sudo()
            .with_company(company)
            .next_by_code("shipping.parcel.tracking")
        )
        if not number:
            raise UserError(
                self.env._("The sequence “shipping.parcel.tracking” is missing. Restore it.")
            )
        digits = "".join(char for char in number if char.isdigit() and char.isascii())
        return number + str(gs1.check_digit(digits))

    @api.model
    def _next_sscc(self, company):
        """The company's next SSCC, or ``""`` when it has no GS1 company prefix.

        All companies count on one sequence, so that two of them may share a prefix.
        """
        if not company.gs1_company_prefix:
            return ""
        serial = self.env["ir.sequence"].sudo().next_by_code("shipping.parcel.sscc")
        try:
            return gs1.build_sscc(company.gs1_company_prefix, int(serial))
        except gs1.GS1Error as error:
            raise UserError(str(error)) from error

    # -- labels ---------------------------------------------------------------------------------

    def _store_labels(self, labels):
        """Keep label files; ``True`` when what is printed differs from before."""
        self.ensure_one()
        changed = False
        for one in labels:
            field = {"pdf": "label_pdf_id", "zpl": "label_zpl_id"}.get(one.format)
            if not field or self[field].raw == one.content:
                continue
            changed = True
            if self[field]:
                self[field].raw = one.content
            else:
                self[field] = self.env["ir.attachment"].create(
                    {
                        "name": f"{self.tracking_number}.{one.format}",
                        "raw": one.content,
                        "mimetype": "application/pdf" if one.format == "pdf" else "text/plain",
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                )
        return changed

    def action_print_label_pdf(self):
        """The stored labels in one PDF; nothing is renewed."""
        self._check_labels("label_pdf_id")
        return self._download("pdf")

    def action_print_label_zpl(self):
        self._check_labels("label_zpl_id")
        return self._download("zpl")

    def _check_labels(self, field):
        missing = self.filtered(lambda parcel: not parcel[field])
        if missing or not self:
            raise UserError(
                self.env._(
                    "There is no label to print: %(parcels)s. Create the parcels first.",
                    parcels=", ".join(missing.mapped("tracking_number")) or self.env._("no parcel"),
                )
            )

    def _download(self, kind):
        if len(self) > MAX_LABELS:
            raise UserError(
                self.env._(
                    "These are %(count)s labels. Print at most %(limit)s at once.",
                    count=len(self),
                    limit=MAX_LABELS,
                )
            )
        ids = ",".join(str(parcel.id) for parcel in self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/shipping/labels/{kind}?ids={ids}",
            "target": "download" if kind == "zpl" else "new",
        }

    def _get_labels_content(self, kind):
        """All labels as one file, in the order of the recordset."""
        if kind == "zpl":
            return b"".join(parcel.sudo().label_zpl_id.raw or b"" for parcel in self)
        documents = [parcel.sudo().label_pdf_id.raw for parcel in self if parcel.label_pdf_id]
        return documents[0] if len(documents) == 1 else merge_pdf(documents)

    # -- giving back ----------------------------------------------------------------------------

    def action_cancel(self):
        """Take parcels back that are not with the customer yet."""
        self._action_cancel()
        return True

    def _action_cancel(self):
        """Cancel; what is cancelled stays so, and its numbers are never used again."""
        active = self.filtered(lambda parcel: parcel.state != tracking.CANCELLED)
        done = active.filtered(lambda parcel: parcel.state in tracking.FINAL)
        if done:
            raise UserError(
                self.env._(
                    "Parcel %(numbers)s has arrived and cannot be cancelled. Make a return.",
                    numbers=", ".join(done.mapped("tracking_number")),
                )
            )
        # first what may be refused, and before anything is written here
        active._void_purchases()
        for parcel in active:
            parcel._add_event(tracking.CANCELLED)

    def _void_purchases(self):
        """Give paid labels back to their carrier.

        :raises UserError: when the carrier refuses; the parcel then stays as it is
        """
        purchases = self.env["shipping.purchase"].sudo()
        for parcel in self.filtered("purchase_key"):
            purchase = purchases.search([("key", "=", parcel.purchase_key)])
            if purchase:
                label_desk.void(self.env, purchase.account_id, purchase.id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_labelled(self):
        raise UserError(
            self.env._(
                "Parcels are kept, as their numbers must not be used again. Cancel them instead."
            )
        )
