from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

DRAFT, SENDING, BOUGHT = "draft", "sending", "bought"
REJECTED, UNKNOWN = "rejected", "unknown"
VOID_PENDING, VOIDED = "void_pending", "voided"
#: in the names of files that are no labels
PAPERS = "-customs"
#: a parcel has at most one purchase in these: its label is, or may be, paid
LIVE = (SENDING, BOUGHT, UNKNOWN, VOID_PENDING)


class ShippingPurchase(models.Model):
    """The ledger: what was asked of a carrier for money, and what became of it.

    Rows are written by :class:`~.purchase_ledger.Ledger` on a cursor of its own and committed
    before and straight after the carrier is called, so that they stand whatever becomes of the
    transaction that wanted the label. They refer to transfers and packages by number, not by
    foreign key: these may be locked, or not exist yet, in the transaction that waits for us.
    """

    _name = "shipping.purchase"
    _description = "Label Purchase"
    _order = "id desc"
    _rec_name = "key"
    _rec_names_search = ["key", "tracking_number", "picking_name"]

    # -- which parcel, which attempt
    key = fields.Char(
        required=True, readonly=True, help="Sent to the carrier, and found there by it."
    )
    request_key = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="Key of the first parcel that was bought in the same request.",
    )
    slot = fields.Char(
        required=True, readonly=True, help="Transfer, package and direction of the parcel."
    )
    attempt = fields.Integer(required=True, readonly=True, aggregator=None)
    picking_ref = fields.Integer(string="Transfer ID", readonly=True, index=True, aggregator=None)
    picking_name = fields.Char(string="Transfer Name", readonly=True)
    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        compute="_compute_picking_id",
        search="_search_picking_id",
    )
    package_ref = fields.Integer(string="Package ID", readonly=True, aggregator=None)
    parcel_reference = fields.Char(string="Parcel", readonly=True)
    is_return = fields.Boolean(string="Return", readonly=True)
    contents = fields.Json(
        readonly=True, help="What was asked for, to see whether the parcel is still the same."
    )

    # -- with whom
    account_id = fields.Many2one(
        "shipping.account", required=True, readonly=True, ondelete="restrict", index=True
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="Bought By", readonly=True)

    # -- what became of it
    state = fields.Selection(
        [
            (DRAFT, "Waiting"),
            (SENDING, "Sending"),
            (BOUGHT, "Bought"),
            (REJECTED, "Not Bought"),
            (UNKNOWN, "Unknown"),
            (VOID_PENDING, "To Void"),
            (VOIDED, "Voided"),
        ],
        required=True,
        readonly=True,
        default=DRAFT,
        index=True,
    )
    sent_at = fields.Datetime(string="Sent", readonly=True)
    bought_at = fields.Datetime(string="Bought On", readonly=True)
    voided_at = fields.Datetime(string="Voided On", readonly=True)
    next_check = fields.Datetime(readonly=True, index="btree_not_null")
    check_count = fields.Integer(string="Look-ups", readonly=True, aggregator=None)
    is_void_refused = fields.Boolean(string="Void Refused", readonly=True)
    error = fields.Text(string="Problem", readonly=True)
    is_carrier_fault = fields.Boolean(
        readonly=True,
        help="The carrier failed: it could not be reached, gave no usable answer, or refused the "
        "credentials. Nothing was wrong with the parcel.",
    )
    answer = fields.Text(
        string="Carrier's Answer",
        readonly=True,
        groups="shipping_connectors.group_shipping_manager",
        help="Kept before anything of it was understood; without names, addresses and labels.",
    )
    tracking_number = fields.Char(readonly=True, index="btree_not_null")
    carrier_ref = fields.Char(string="Carrier Reference", readonly=True)
    service_name = fields.Char(string="Service", readonly=True)
    transit_days = fields.Integer(readonly=True, aggregator=None)
    promised_at = fields.Datetime(string="Promised", readonly=True)
    cost = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    is_attached = fields.Boolean(
        string="On a Parcel",
        compute="_compute_is_attached",
        search="_search_is_attached",
        compute_sudo=True,
        help="A parcel that is not cancelled has this label.",
    )
    is_open = fields.Boolean(
        string="To Decide", compute="_compute_is_open", search="_search_is_open"
    )

    _key_uniq = models.UniqueIndex("(key)", "A purchase has a key of its own.")
    _attempt_uniq = models.UniqueIndex("(slot, attempt)", "An attempt is made once.")
    _live_uniq = models.UniqueIndex(
        "(slot) WHERE state IN ('sending', 'bought', 'unknown', 'void_pending')",
        "The label of this parcel is being bought, or is bought already.",
    )

    # -- computed -------------------------------------------------------------------------------

    @api.depends("picking_ref")
    def _compute_picking_id(self):
        pickings = self.env["stock.picking"].browse(self.mapped("picking_ref")).exists()
        for purchase in self:
            purchase.picking_id = pickings.filtered(
                lambda picking, number=purchase.picking_ref: picking.id == number
            )

    def _search_picking_id(self, operator, value):
        pickings = self.env["stock.picking"]._search([("id", operator, value)])
        return [("picking_ref", "in", pickings)]

    def _compute_is_attached(self):
        parcels = self.env["shipping.parcel"].search(
            [("purchase_key", "in", self.mapped("key")), ("state", "!=", "cancelled")]
        )
        keys = set(parcels.mapped("purchase_key"))
        for purchase in self:
            purchase.is_attached = purchase.key in keys

    def _search_is_attached(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = (True in value) == (operator == "in")
        attached = SQL(
            "(SELECT purchase_key FROM shipping_parcel"
            "  WHERE purchase_key IS NOT NULL AND state <> 'cancelled')"
        )
        return [("key", "in" if wanted else "not in", attached)]

    @api.depends("state", "is_void_refused")
    def _compute_is_open(self):
        for purchase in self:
            purchase.is_open = purchase.state == UNKNOWN or (
                purchase.state == BOUGHT and (purchase.is_void_refused or not purchase.is_attached)
            )

    def _search_is_open(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        domain = Domain("state", "=", UNKNOWN) | (
            Domain("state", "=", BOUGHT)
            & (Domain("is_void_refused", "=", True) | Domain("is_attached", "=", False))
        )
        return domain if (True in value) == (operator == "in") else ~domain

    # -- the ledger is a ledger -----------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The ledger of purchases is kept."))

    def _get_files(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        )

    def _get_papers(self):
        """Papers for customs, as attachments."""
        return self._get_files().filtered(lambda one: f"{PAPERS}." in one.name)

    def _get_labels(self):
        """The label files of the purchase, as attachments."""
        return self._get_files() - self._get_papers()
