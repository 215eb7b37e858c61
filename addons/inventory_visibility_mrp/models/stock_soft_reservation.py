from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..core import kits


class StockSoftReservation(models.Model):
    """What is held of a kit is held of its components, as they were when it was reserved.

    One reservation, with one reference and one end; what it takes are its parts.
    """

    _inherit = "stock.soft.reservation"

    part_ids = fields.One2many(
        "stock.soft.reservation.part", "reservation_id", string="Held Components", readonly=True
    )
    part_note = fields.Char(
        string="Components",
        compute="_compute_part_note",
        compute_sudo=True,
        help="What the kit takes of its components in all, as it was when it was reserved.",
    )

    @api.depends("part_ids")
    def _compute_part_note(self):
        for hold in self:
            hold.part_note = ", ".join(
                f"{formatLang(self.env, part.quantity)} {part.uom_id.name}"
                f" {part.product_id.display_name}"
                for part in hold.part_ids
            )

    # ------------------------------------------------------------------
    # Taking
    # ------------------------------------------------------------------

    @api.model
    def _add_parts(self, requests):
        """Let kits take their components."""
        super()._add_parts(requests)
        places = [request for request in requests if request["place_field"] != "external_place_id"]
        if not places:
            return
        products = self.env["product.product"].browse({one["product_id"] for one in places})
        company = self.env["res.company"].browse(places[0]["company_id"])
        parts_by_kit = self.env["stock.availability"]._get_parts(products, company)
        scale = self.env["stock.promise"]._get_scale()
        for request in places:
            parts = parts_by_kit.get(request["product_id"])
            if parts is None:
                continue
            if not parts:
                raise ValidationError(
                    self.env._(
                        "%s.product: no component of this kit is tracked in stock.",
                        request["element"],
                    )
                )
            request["kit"] = parts
            request["parts"] = kits.need(parts, request["quantity"], scale)

    @api.model
    def _get_room(self, request, rooms):
        if "kit" not in request:
            return super()._get_room(request, rooms)
        # rooms are in smallest quantities: so many kits, in smallest quantities of kits
        scale = self.env["stock.promise"]._get_scale()
        quantities = {part: room / scale for part, room in rooms.items()}
        return int(kits.count(quantities, request["kit"])) * scale

    @api.model
    def _prepare_hold(self, request):
        values = super()._prepare_hold(request)
        if "kit" in request:
            scale = self.env["stock.promise"]._get_scale()
            values["part_ids"] = [
                fields.Command.create({"product_id": part, "quantity": units / scale})
                for part, units in request["parts"].items()
            ]
        return values

    # ------------------------------------------------------------------
    # What is taken
    # ------------------------------------------------------------------

    def _get_taken_products(self):
        kits_ = self.filtered("part_ids")
        return super(StockSoftReservation, self - kits_)._get_taken_products() | (
            kits_.part_ids.product_id
        )

    @api.model
    def _select_rows(self):
        """Replace kits by their components; of what is consumed, no more than what surely is."""
        return SQL(
            """
            SELECT own.*
              FROM (%(own)s) AS own
             WHERE NOT EXISTS (
                    SELECT FROM stock_soft_reservation_part part WHERE part.reservation_id = own.id
                   )
             UNION ALL
            SELECT kit.id, part.product_id, kit.warehouse_id, kit.group_id, kit.external_place_id,
                   kit.channel_id, kit.state, part.quantity,
                   TRUNC(part.quantity * kit.consumed_quantity / kit.quantity, %(digits)s),
                   kit.date_promised, kit.date_until, kit.create_date
              FROM stock_soft_reservation_part part
              JOIN stock_soft_reservation kit ON kit.id = part.reservation_id
            """,
            own=super()._select_rows(),
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
        )
