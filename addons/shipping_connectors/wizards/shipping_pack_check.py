from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import pack_check

VERDICTS = [
    ("right", "Right"),
    ("too_light", "Too Light"),
    ("too_heavy", "Too Heavy"),
    ("unknown", "Nothing Expected"),
]


class ShippingPackCheck(models.TransientModel):
    """The boxes of a transfer: expected and weighed, and the box that would do."""

    _name = "shipping.pack.check"
    _description = "Pack Check"

    picking_id = fields.Many2one("stock.picking", required=True, readonly=True, ondelete="cascade")
    line_ids = fields.One2many("shipping.pack.check.line", "check_id", readonly=True)
    suggestion = fields.Text(string="Suggested Boxes", readonly=True)
    suggested_type_id = fields.Many2one("stock.package.type", readonly=True)

    @api.model
    def _open(self, picking):
        if picking.state not in ("assigned", "done"):
            raise UserError(
                self.env._("%s is not ready: reserve its products first.", picking.name)
            )
        check = self.create(self._prepare_check(picking))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pack Check of %s", picking.name),
            "res_model": self._name,
            "res_id": check.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _prepare_check(self, picking):
        text, single = self._get_suggestion(picking)
        return {
            "picking_id": picking.id,
            "suggestion": text,
            "suggested_type_id": single.id,
            "line_ids": [
                fields.Command.create(self._prepare_line(picking, box))
                for box in picking._get_weighed_boxes()
            ],
        }

    @api.model
    def _prepare_line(self, picking, box):
        carriers = self.env["delivery.carrier"]
        package_type = box.package.package_type_id
        dimensional = pack_check.dimensional_weight(
            *(
                carriers._shipping_length_to_mm(side)
                for side in (
                    package_type.packaging_length,
                    package_type.width,
                    package_type.height,
                )
            ),
            carriers._shipping_volume_divisor(picking),
        )
        return {
            "package_id": box.package.id,
            "box": box.reference,
            "expected": box.expected,
            "weighed": box.weighed,
            "verdict": box.verdict.value,
            "dimensional_weight": float(dimensional),
            "decision_id": box.decision.id,
            "reason": box.decision.reason,
        }

    @api.model
    def _get_suggestion(self, picking):
        """What the unpacked goods fit into, in words; and the package type if it is one box."""
        none = self.env["stock.package.type"]
        if picking.state == "done":
            return False, none
        lines = picking.move_line_ids.filtered(
            lambda line: line.quantity > 0 and not line.result_package_id
        )
        if not lines:
            return False, none
        packings = picking._suggest_boxes(lines)
        types = {box.name: one for one, box in picking._prepare_boxes().items()}
        if not packings:
            return (
                self.env._(
                    "No package type with a size takes these products. Sizes are entered on "
                    "products and package types."
                ),
                none,
            )
        unit = picking.weight_uom_name
        texts = [
            self.env._(
                "%(box)s: %(count)s pieces, %(fill)s %% full, %(weight)s %(unit)s",
                box=types[one.box.name].name,
                count=len(one.pieces),
                fill=round(one.fill * 100),
                weight=f"{one.weight:.2f}",
                unit=unit,
            )
            for one in packings
        ]
        if any(one.loose for one in packings):
            texts.append(
                self.env._("Some sizes are not known: such products count by their volume.")
            )
        single = types[packings[0].box.name] if len(packings) == 1 else none
        return "\n".join(texts), single

    def action_pack(self):
        """Put what is not packed into the one box that was suggested."""
        self.ensure_one()
        lines = self.picking_id.move_line_ids.filtered(
            lambda line: line.quantity > 0 and not line.result_package_id
        )
        if not lines or not self.suggested_type_id:
            raise UserError(self.env._("There is nothing to pack into one box."))
        package = self.env["stock.package"].create({"package_type_id": self.suggested_type_id.id})
        lines.result_package_id = package
        return self._open(self.picking_id)


class ShippingPackCheckLine(models.TransientModel):
    _name = "shipping.pack.check.line"
    _description = "Checked Box"

    check_id = fields.Many2one("shipping.pack.check", required=True, ondelete="cascade")
    package_id = fields.Many2one("stock.package", readonly=True)
    box = fields.Char(readonly=True)
    expected = fields.Float(digits="Stock Weight", readonly=True)
    weighed = fields.Float(digits="Stock Weight", readonly=True)
    dimensional_weight = fields.Float(
        string="Dimensional (kg)",
        digits="Stock Weight",
        readonly=True,
        help="Length × width × height / divisor: carriers charge at least that.",
    )
    verdict = fields.Selection(VERDICTS, readonly=True)
    decision_id = fields.Many2one("shipping.pack.decision", string="Decided", readonly=True)
    reason = fields.Char(help="Why the box is right all the same.")

    def action_accept(self):
        """The box is right: who says so, when and why is kept."""
        self.ensure_one()
        picking = self.check_id.picking_id
        if not (self.reason or "").strip():
            raise UserError(self.env._("Enter the reason why %s is right.", self.box))
        self.env["shipping.pack.decision"].sudo().create(
            {
                "picking_id": picking.id,
                "package_id": self.package_id.id,
                "box": self.box,
                "expected": self.expected,
                "weighed": self.weighed,
                "weight_uom_name": picking.weight_uom_name,
                "user_id": self.env.uid,
                "moment": fields.Datetime.now(),
                "reason": self.reason.strip(),
            }
        )
        picking.message_post(
            body=self.env._(
                "Pack check: %(box)s weighs %(weighed)s instead of %(expected)s %(unit)s, and is "
                "right: %(reason)s",
                box=self.box,
                weighed=f"{self.weighed:.3f}",
                expected=f"{self.expected:.3f}",
                unit=picking.weight_uom_name,
                reason=self.reason.strip(),
            )
        )
        return self.check_id._open(picking)
