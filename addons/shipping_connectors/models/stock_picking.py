from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import groupby

from ..core import tracking
from .label_desk import LabelDesk
from .shipment import ShippingBox
from .tools import TRACKING_STATES


class StockPicking(models.Model):
    _inherit = "stock.picking"

    rate_service_id = fields.Many2one(
        "delivery.rate.service",
        string="Shipping Service",
        domain="[('carrier_id', '=', carrier_id)]",
        ondelete="set null",
        help="Empty takes the delivery method's default service, or its cheapest one.",
    )
    shipping_service_code = fields.Char(
        string="Carrier's Service",
        help="Service of the carrier account. Empty takes the delivery method's.",
    )
    parcel_ids = fields.One2many("shipping.parcel", "picking_id", string="Parcels", copy=False)
    parcel_count = fields.Integer(compute="_compute_parcel_count", compute_sudo=True)
    shipping_state = fields.Selection(
        TRACKING_STATES,
        compute="_compute_shipping_state",
        search="_search_shipping_state",
        compute_sudo=True,
        help="Of all parcels on the way to the customer: the worst, else the one furthest behind.",
    )

    @api.depends("parcel_ids.state")
    def _compute_parcel_count(self):
        counts = dict(
            self.env["shipping.parcel"]._read_group(
                [("picking_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["picking_id"],
                ["__count"],
            )
        )
        for picking in self:
            picking.parcel_count = counts.get(picking._origin, 0)

    @api.depends("parcel_ids.state")
    def _compute_shipping_state(self):
        states = self._get_parcel_states([("picking_id", "in", self.ids)])
        for picking in self:
            found = states.get(picking._origin.id, ())
            picking.shipping_state = tracking.shipment_state(found) or False

    @api.model
    def _get_parcel_states(self, domain):
        """States of the outbound parcels of each picking, in one grouped read."""
        groups = self.env["shipping.parcel"]._read_group(
            [*domain, ("is_return", "=", False)], ["picking_id"], ["state:array_agg_distinct"]
        )
        return {picking.id: states for picking, states in groups}

    def _search_shipping_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # no shipment is in a state that none of its parcels has
        wanted = [one for one in value if one]
        candidates = [("picking_id", "any", [("parcel_ids.state", "in", wanted)])]
        states = self.sudo()._get_parcel_states(candidates)
        found = [number for number, one in states.items() if tracking.shipment_state(one) in wanted]
        domain = Domain("id", "in", found)
        if False in value:
            domain |= Domain("parcel_ids", "not any", [("is_return", "=", False)])
        return domain

    @api.onchange("carrier_id")
    def _onchange_carrier_id_rate_service(self):
        if self.rate_service_id.carrier_id != self.carrier_id:
            self.rate_service_id = False
            self.shipping_service_code = False

    # -- boxes ----------------------------------------------------------------------------------

    def _get_shipping_boxes(self):
        """The physical boxes of the picking, packed ones first; ``ShippingBox`` each.

        A package inside another one travels as part of the outer one. What is in no package goes
        as one parcel.
        """
        self.ensure_one()
        lines = self.move_line_ids.filtered(lambda line: line.quantity > 0)
        # once anything is picked, validation leaves the rest behind
        lines = lines.filtered("picked") or lines
        packed = groupby(
            lines.filtered("result_package_id"), key=lambda line: line._get_outermost_package()
        )
        boxes = []
        for package, package_lines in packed:
            package_lines = self.env["stock.move.line"].union(*package_lines)
            boxes.append(
                ShippingBox(
                    package,
                    package.name,
                    package.shipping_weight or package_lines._get_gross_weight(package),
                    package_lines._get_volume(),
                )
            )
        loose = lines.filtered(lambda line: not line.result_package_id)
        if loose:
            # without packages the user may have weighed it all and entered the weight
            weight = 0.0 if boxes else self.shipping_weight
            boxes.append(
                ShippingBox(
                    self.env["stock.package"],
                    self.name,
                    weight or loose._get_gross_weight(self.env["stock.package"]),
                    loose._get_volume(),
                )
            )
        return self._with_unique_references(boxes)

    @api.model
    def _with_unique_references(self, boxes):
        """Packages may share a name; the port tells parcels apart by theirs."""
        names = [box.reference for box in boxes]
        return [
            box
            if names.count(box.reference) == 1
            else ShippingBox(
                box.package, f"{box.reference} ({box.package.id})", box.weight, box.volume
            )
            for box in boxes
        ]

    # -- shipping -------------------------------------------------------------------------------

    # -- carriers with an account ---------------------------------------------------------------

    def action_buy_labels(self):
        """Buy at the packing bench what validation then only uses.

        All labels are bought before anything is written, so that nothing of ours is locked while
        the carrier is asked. One failure is no reason to withhold the labels of the others.
        """
        self._check_label_user()
        obtained, failures = self._buy_labels()
        if failures and not obtained and len(self) == 1:
            raise UserError(failures[0][1])
        return self._get_label_notification(obtained, failures)

    def action_buy_labels_of_selection(self):
        """Many are bought one after the other by a screen that shows how far it is."""
        if len(self) <= 1:
            return self.action_buy_labels()
        return {
            "type": "ir.actions.client",
            "tag": "shipping_connectors.buy_labels",
            "params": {"pickings": self.read(["name"])},
        }

    def buy_labels_of_one(self):
        """What that screen calls for each delivery: a transaction of its own.

        :return: ``{"labels": count, "error": message or False}``
        """
        self.ensure_one()
        self._check_label_user()
        obtained, failures = self._buy_labels()
        return {
            "labels": sum(len(paid) for _picking, _spec, paid in obtained),
            "error": failures[0][1] if failures else False,
        }

    def _check_label_user(self):
        if not self.env.su and not self.env.user.has_group(
            "shipping_connectors.group_shipping_user"
        ):
            raise AccessError(self.env._("Only users of Shipping buy labels."))

    def _buy_labels(self):
        """:return: what was obtained, ``(picking, spec, paid)``; and ``(picking, message)`` of the
        rest
        """
        obtained, failures = [], []
        for picking in self:
            try:
                picking._check_label_buying()
                desk = LabelDesk(picking, picking.carrier_id)
                obtained.append((picking, *desk.obtain()))
            except UserError as error:
                failures.append((picking, str(error)))
        for picking, spec, paid in obtained:
            picking.carrier_id._store_paid(picking, spec, paid)
        return obtained, failures

    def _check_label_buying(self):
        self.ensure_one()
        if self.delivery_type != "carrier_account":
            raise UserError(
                self.env._(
                    "%(picking)s is not shipped by a carrier account: choose such a delivery "
                    "method under Additional Info first.",
                    picking=self.name,
                )
            )
        self._check_ready_for_labels()
        if self.picking_type_code == "incoming":
            raise UserError(
                self.env._("%(picking)s is a receipt: there is nothing to ship.", picking=self.name)
            )

    def _check_ready_for_labels(self):
        self.ensure_one()
        if self.state not in ("assigned", "done"):
            raise UserError(
                self.env._(
                    "%(picking)s is not ready: reserve and pack its products first.",
                    picking=self.name,
                )
            )

    def _get_label_notification(self, obtained, failures):
        labels = sum(len(paid) for _picking, _spec, paid in obtained)
        lines = [
            self.env._(
                "%(labels)s labels for %(pickings)s deliveries.",
                labels=labels,
                pickings=len(obtained),
            )
        ]
        lines += [message for _picking, message in failures]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failures else "success",
                "title": self.env._("%s failed", len(failures)) if failures else False,
                "message": "\n".join(lines),
                "sticky": bool(failures),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _pre_action_done_hook(self):
        """Labels are bought before validation begins, while nothing is locked by it yet."""
        result = super()._pre_action_done_hook()
        if result is not True:
            return result
        failures = {}
        pickings = self.filtered(lambda picking: picking._buys_label_at_validation())
        for picking in pickings:
            try:
                picking._obtain_labels()
            except UserError as error:
                if len(self) == 1:
                    raise
                failures[picking.id] = str(error)
        self.env.cr.cache["shipping_failures"] = failures
        return True

    def _obtain_labels(self):
        """Have the labels in the ledger that validation will want; nothing is written here."""
        self.ensure_one()
        carrier = self.carrier_id
        may_buy = carrier.sudo().shipping_buy_when == "validate"
        LabelDesk(self, carrier).obtain(may_buy)
        if carrier.return_label_on_delivery and may_buy:
            LabelDesk(self, carrier, is_return=True).obtain()

    def _buys_label_at_validation(self):
        """Whether Odoo will send the picking to its carrier when it is done."""
        self.ensure_one()
        return (
            self.delivery_type == "carrier_account"
            and self.integration_level == "rate_and_ship"
            and self.picking_type_code != "incoming"
            and self.picking_type_id.print_label
            and not self.carrier_tracking_ref
        )

    def _check_shipping_failure(self):
        """What was refused a moment ago in the same validation is not asked for again."""
        self.ensure_one()
        failures = self.env.cr.cache.get("shipping_failures") or {}
        if message := failures.get(self.id):
            raise UserError(message)

    def _send_confirmation_email(self):
        """Pickings whose label failed come last: Odoo then notes the failure on them, and does not
        undo the others."""
        failures = self.env.cr.cache.get("shipping_failures") or {}
        pickings = self.sorted(lambda picking: picking.id in failures)
        result = super(
            StockPicking, pickings.with_context(shipping_validating=True)
        )._send_confirmation_email()
        self.env.cr.cache.pop("shipping_failures", None)
        return result

    def action_create_parcels(self):
        """Label what is packed before it is validated; validation adopts the labels."""
        for picking in self:
            if picking.delivery_type != "rate_table":
                raise UserError(
                    self.env._(
                        "%(picking)s is not shipped by a rate table: choose such a delivery "
                        "method under Additional Info first.",
                        picking=picking.name,
                    )
                )
            picking._check_ready_for_labels()
            picking.carrier_id._rate_table_ship(picking)
        return True

    def action_view_parcels(self):
        self.ensure_one()
        return self._get_parcels_action()

    def _get_parcels_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "shipping_connectors.shipping_parcel_action"
        )
        action["domain"] = [("picking_id", "in", self.ids)]
        action["context"] = {"search_default_group_state": 0}
        if len(self.parcel_ids) == 1:
            action.update(res_id=self.parcel_ids.id, views=[(False, "form")], view_mode="form")
        return action

    def action_print_parcel_labels(self):
        """The labels of all parcels in one PDF."""
        return self._get_printed_parcels().action_print_label_pdf()

    def action_print_parcel_labels_zpl(self):
        return self._get_printed_parcels().action_print_label_zpl()

    def _get_printed_parcels(self):
        """What a delivery sends out; of a return transfer what comes back."""
        outbound = self.parcel_ids._filter_outbound()
        return outbound or self.parcel_ids.filtered(lambda parcel: parcel.state != "cancelled")

    def action_cancel(self):
        # paid labels first: the carrier may refuse, and nothing is locked yet
        self.sudo().parcel_ids.filtered(
            lambda parcel: parcel.state != "cancelled"
        )._void_purchases()
        result = super().action_cancel()
        cancelled = self.filtered(lambda picking: picking.state == "cancel")
        cancelled.sudo().parcel_ids._action_cancel()
        return result

    def _get_shipping_date(self):
        """The day on the labels: of the first label, so that a reprint or an adoption keeps it."""
        self.ensure_one()
        dates = self.sudo().parcel_ids._filter_outbound().mapped("ship_date")
        return min(dates, default=False) or fields.Date.context_today(self)

    def _post_shipping_labels(self, parcels):
        """The labels in the chatter, where people look for them."""
        self.ensure_one()
        is_return = parcels[:1].is_return
        carrier = parcels.carrier_id[:1]
        prefix = (
            carrier.get_return_label_prefix() if is_return else carrier._get_delivery_label_prefix()
        )
        numbers = ", ".join(parcels.mapped("tracking_number"))
        body = (
            self.env._("Return labels: %(numbers)s", numbers=numbers)
            if is_return
            else self.env._("Parcel labels: %(numbers)s", numbers=numbers)
        )
        self.message_post(
            body=body,
            attachments=[
                (f"{prefix}-{parcel.tracking_number}.pdf", parcel.label_pdf_id.raw)
                for parcel in parcels
                if parcel.label_pdf_id
            ],
        )
