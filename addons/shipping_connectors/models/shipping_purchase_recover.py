"""What was interrupted comes to its end: labels are found, attached, given back."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import port
from . import label_desk
from .purchase_ledger import Ledger
from .purchase_row import LEASE
from .shipment import Shipment
from .shipping_purchase import BOUGHT, SENDING, UNKNOWN, VOID_PENDING, VOIDED

BATCH = 50


class ShippingPurchase(models.Model):
    _inherit = "shipping.purchase"

    # -- the scheduled action -------------------------------------------------------------------

    @api.model
    def _cron_recover(self):
        """Clear up what a killed worker, a rollback or a silent carrier left behind.

        Every purchase is a transaction of its own; one that fails is logged on itself, and does not
        keep the others waiting.
        """
        ids = self.search(self._get_recover_domain(), order="next_check, id", limit=BATCH + 1).ids
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(ids))
        for number in ids[:BATCH]:
            purchase = self.browse(number)
            try:
                purchase._recover()
            except UserError as error:
                # the transaction of the purchase is undone; what the ledger says of it stands
                self.env.cr.rollback()
                Ledger(self.env).note(number, str(error))
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_recover_domain(self):
        now = fields.Datetime.now()
        abandoned = Domain("state", "=", SENDING) & Domain("sent_at", "<", now - LEASE)
        in_doubt = Domain("state", "in", (UNKNOWN, VOID_PENDING))
        lost = (
            Domain("state", "=", BOUGHT)
            & Domain("is_void_refused", "=", False)
            # until then it may be on its way to its parcel
            & Domain("bought_at", "<", now - LEASE)
            & Domain("is_attached", "=", False)
        )
        unusable = Domain("state", "=", VOIDED) & Domain("is_attached", "=", True)
        unlabelled = Domain("state", "=", BOUGHT) & Domain("id", "in", self._get_unlabelled_query())
        # what could not be done waits, and keeps nothing else waiting
        due = Domain("next_check", "=", False) | Domain("next_check", "<=", now)
        return abandoned | ((in_doubt | lost | unusable | unlabelled) & due)

    @api.model
    def _get_unlabelled_query(self):
        """Labels that were paid, and whose file did not arrive."""
        return SQL(
            """
            (SELECT purchase.id FROM shipping_purchase purchase
              WHERE purchase.state = 'bought' AND NOT EXISTS (
                    SELECT 1 FROM ir_attachment
                     WHERE res_model = 'shipping.purchase' AND res_id = purchase.id))
            """
        )

    def _recover(self):
        """One step towards the end that this purchase should come to."""
        self.ensure_one()
        purchase = self.sudo()
        ledger = Ledger(self.env)
        if purchase.state in (SENDING, UNKNOWN):
            label_desk.settle(self.env, purchase.account_id, ledger.row(self.id))
        elif purchase.state == VOID_PENDING:
            label_desk.void(self.env, purchase.account_id, self.id)
        elif purchase.state == VOIDED:
            purchase._get_parcel()._action_cancel()
        elif purchase.state == BOUGHT:
            purchase._fetch_labels()
            if not purchase.is_attached:
                purchase._attach_or_void()

    def _fetch_labels(self):
        """Ask for a label that did not come with its purchase."""
        self.ensure_one()
        if self._get_labels():
            return
        ledger = Ledger(self.env)
        if not self.account_id._has_capability(port.Capability.REPRINT):
            ledger.postpone(
                self.id,
                self.env._("The label did not arrive, and the carrier gives it once. Void it."),
            )
            return
        try:
            labels = self.account_id._connect().labels(
                self.carrier_ref, self.carrier_id.shipping_label_format or "pdf"
            )
        except port.CarrierError as failure:
            ledger.postpone(
                self.id, self.env["delivery.carrier"]._get_shipping_error_message(failure)
            )
            return
        ledger.store_labels(self.id, labels)
        self._get_parcel()._store_labels(labels)

    def _get_parcel(self):
        return (
            self.env["shipping.parcel"]
            .sudo()
            .search([("purchase_key", "=", self.key), ("state", "!=", "cancelled")])
        )

    def _attach_or_void(self):
        """A paid label goes onto its parcel while the transfer lives, else back to the carrier."""
        self.ensure_one()
        if self._was_cancelled() or not self.picking_id or self.picking_id.state == "cancel":
            label_desk.void(self.env, self.account_id, self.id)
        else:
            self._attach()

    def _was_cancelled(self):
        """The parcel had this label, and was cancelled."""
        return bool(
            self.env["shipping.parcel"].sudo().search_count([("purchase_key", "=", self.key)])
        )

    def _attach(self):
        """Put the label onto the parcel that it was bought for.

        :raises UserError: when the transfer has no such parcel any more, or has another label on it
        """
        self.ensure_one()
        picking = self.picking_id.sudo()
        shipment = Shipment(picking, self.carrier_id, self.is_return)
        boxes = [
            box for box in shipment.boxes.values() if (box.package.id or 0) == self.package_ref
        ]
        if not boxes:
            raise UserError(
                self.env._(
                    "%(picking)s has no parcel %(parcel)s any more. Void the label, or pack the "
                    "parcel again.",
                    picking=picking.name,
                    parcel=self.parcel_reference,
                )
            )
        if shipment.known.get(boxes[0].package.id):
            raise UserError(
                self.env._(
                    "%(parcel)s of %(picking)s has another label. Void this one.",
                    parcel=self.parcel_reference,
                    picking=picking.name,
                )
            )
        [paid] = Ledger(self.env).paid([self.id])
        shipment.attach(boxes[0], paid)
        if picking.state == "done" and self.tracking_number not in (
            picking.carrier_tracking_ref or ""
        ):
            numbers = [picking.carrier_tracking_ref, self.tracking_number]
            picking.carrier_tracking_ref = ",".join(filter(None, numbers))

    # -- decided by a person --------------------------------------------------------------------

    def action_look_up(self):
        """Ask the carrier now what became of the purchase."""
        for purchase in self.filtered(lambda one: one.state in (SENDING, UNKNOWN)):
            row = Ledger(self.env).row(purchase.id)
            if row.state == UNKNOWN or row.is_abandoned:
                label_desk.settle(self.env, purchase.sudo().account_id, row)
        self.invalidate_recordset()
        return True

    def action_adopt(self):
        """Use a paid label that its parcel lost."""
        for purchase in self.filtered(lambda one: one.state == BOUGHT and not one.is_attached):
            purchase.sudo()._attach()
        return True

    def action_void(self):
        """Give paid labels back."""
        for purchase in self.filtered(lambda one: one.state in (BOUGHT, VOID_PENDING)):
            parcel = purchase._get_parcel()
            if parcel:
                parcel._action_cancel()
            else:
                label_desk.void(self.env, purchase.sudo().account_id, purchase.id)
        return True

    def action_not_bought(self):
        """A person has made sure, at the carrier, that nothing was bought."""
        if not self.env.user.has_group("shipping_connectors.group_shipping_manager"):
            raise UserError(self.env._("Only a shipping administrator decides that."))
        ledger = Ledger(self.env)
        for purchase in self.filtered(lambda one: one.state == UNKNOWN):
            ledger.reject(
                [ledger.row(purchase.id)],
                self.env._("Decided by %s: not bought.", self.env.user.name),
            )
        self.invalidate_recordset()
        return True
