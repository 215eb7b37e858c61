from odoo import api, fields, models
from odoo.exceptions import UserError


class ShippingPackScan(models.TransientModel):
    """Products are scanned into one parcel after the other: what is scanned is what is inside."""

    _name = "shipping.pack.scan"
    _description = "Scan into Parcels"
    _inherit = ["barcodes.barcode_events_mixin"]

    picking_id = fields.Many2one(
        "stock.picking", string="Transfer", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many("shipping.pack.scan.line", "scan_id")
    code = fields.Char(string="Barcode", help="Scanned, or typed without a scanner.")
    package_type_id = fields.Many2one("stock.package.type")
    weight = fields.Float(digits="Stock Weight", help="What the scales say; 0: not weighed.")
    weight_uom_name = fields.Char(related="picking_id.weight_uom_name")
    message = fields.Char(readonly=True)

    @api.model
    def _open(self, picking):
        if picking.state != "assigned":
            raise UserError(
                self.env._("%s is not ready: reserve its products first.", picking.name)
            )
        lines = self._get_open_lines(picking)
        if not lines:
            raise UserError(self.env._("Everything of %s is packed.", picking.name))
        scan = self.create(
            {
                "picking_id": picking.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "move_line_id": line.id,
                            "product_id": line.product_id.id,
                            "lot_id": line.lot_id.id,
                            "wanted": line._get_base_quantity(),
                        }
                    )
                    for line in lines
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Scan into a Parcel: %s", picking.name),
            "res_model": self._name,
            "res_id": scan.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_open_lines(self, picking):
        return picking.move_line_ids.filtered(
            lambda line: line.quantity > 0 and not line.result_package_id
        )

    # -- scanning -------------------------------------------------------------------------------

    def on_barcode_scanned(self, barcode):
        return self._scan(barcode)

    @api.onchange("code")
    def _onchange_code(self):
        if self.code:
            code, self.code = self.code, False
            return self._scan(code)
        return None

    def _scan(self, barcode):
        """Count a piece; what does not belong into the parcel is refused with a warning."""
        code = barcode.strip()
        lines = self.line_ids.filtered(
            lambda line: (
                code in (line.product_id.barcode, line.product_id.default_code)
                or (line.lot_id and code == line.lot_id.name)
            )
        )
        self.message = False
        if not lines:
            return self._warn(
                self.env._("“%s” does not belong to this delivery. Put it aside.", code)
            )
        line = lines.filtered(lambda one: one.scanned < one.wanted)[:1]
        if not line:
            return self._warn(
                self.env._(
                    "%(product)s: all %(wanted)s are scanned already. One is too many.",
                    product=lines[0].product_id.display_name,
                    wanted=f"{sum(lines.mapped('wanted')):g}",
                )
            )
        line.scanned = min(line.scanned + 1, line.wanted)
        self.message = self.env._(
            "%(product)s: %(scanned)s of %(wanted)s",
            product=line.product_id.display_name,
            scanned=f"{line.scanned:g}",
            wanted=f"{line.wanted:g}",
        )
        return None

    def _warn(self, message):
        self.message = message
        return {"warning": {"title": self.env._("Not into this parcel"), "message": message}}

    # -- closing --------------------------------------------------------------------------------

    def action_close_parcel(self):
        """Pack what was scanned into one parcel; what is left can be scanned into the next."""
        self.ensure_one()
        scanned = self.line_ids.filtered(lambda line: line.scanned > 0)
        if not scanned:
            raise UserError(self.env._("Scan the products of the parcel first."))
        for line in scanned:
            line._check_still_there()
        package = self.env["stock.package"].create(
            {"package_type_id": self.package_type_id.id, "shipping_weight": self.weight}
        )
        for line in scanned:
            line._pack(package)
        self.picking_id.message_post(
            body=self.env._(
                "%(package)s was packed by scanning: %(products)s",
                package=package.name,
                products=", ".join(
                    f"{line.scanned:g} × {line.product_id.display_name}" for line in scanned
                ),
            )
        )
        if self._get_open_lines(self.picking_id):
            return self._open(self.picking_id)
        return {"type": "ir.actions.act_window_close"}


class ShippingPackScanLine(models.TransientModel):
    _name = "shipping.pack.scan.line"
    _description = "Scanned Product"

    scan_id = fields.Many2one("shipping.pack.scan", required=True, ondelete="cascade")
    move_line_id = fields.Many2one("stock.move.line", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True)
    lot_id = fields.Many2one("stock.lot", readonly=True)
    wanted = fields.Float(digits="Product Unit", readonly=True)
    scanned = fields.Float(digits="Product Unit")

    def _check_still_there(self):
        line = self.move_line_id
        if line.result_package_id or line._get_base_quantity() < self.scanned:
            raise UserError(
                self.env._(
                    "%s was packed or changed by somebody else meanwhile. Scan the parcel again.",
                    self.product_id.display_name,
                )
            )

    def _pack(self, package):
        """Put the scanned part of the move line into the package; the rest stays unpacked."""
        self.ensure_one()
        line = self.move_line_id
        whole = line.quantity
        quantity = line.product_id.uom_id._compute_quantity(self.scanned, line.product_uom_id)
        rest = line.product_uom_id.round(whole - quantity)
        if rest > 0:
            line.quantity = quantity
            line.copy({"quantity": rest, "result_package_id": False, "picked": line.picked})
        line.result_package_id = package
