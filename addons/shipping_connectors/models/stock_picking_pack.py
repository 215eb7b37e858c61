"""Boxes are checked before they get a label, and suggested before they are packed."""

from dataclasses import dataclass
from math import ceil

from odoo import models
from odoo.exceptions import UserError

from ..core import box_fit, pack_check
from .tools import to_decimal

#: pieces of one product line that are packed one by one; beyond, volumes decide
PIECES_LIMIT = 500


@dataclass(frozen=True)
class WeighedBox:
    """What a box of a picking should weigh, and does, in the unit of the settings."""

    package: object
    reference: str
    expected: float
    weighed: float
    verdict: pack_check.Verdict
    decision: object


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # -- expected against weighed ---------------------------------------------------------------

    def _get_weighed_boxes(self):
        """Every box of the picking with what was expected of it."""
        self.ensure_one()
        tolerance = self._get_weight_tolerance()
        decisions = self.env["shipping.pack.decision"].sudo()
        decisions = decisions.search([("picking_id", "=", self.id)])
        result = []
        for box in self._get_shipping_boxes():
            expected = self._get_box_lines(box)._get_gross_weight(box.package)
            verdict = pack_check.judge(to_decimal(expected), to_decimal(box.weight), tolerance)
            decision = decisions.filtered(
                lambda one, box=box, expected=expected: (
                    one.package_id == box.package
                    and round(one.expected, 3) == round(expected, 3)
                    and round(one.weighed, 3) == round(box.weight, 3)
                )
            )[:1]
            result.append(
                WeighedBox(box.package, box.reference, expected, box.weight, verdict, decision)
            )
        return result

    def _get_weight_tolerance(self):
        company = self.company_id.sudo()
        return pack_check.Tolerance(
            to_decimal(company.shipping_weight_tolerance),
            to_decimal(company.shipping_weight_tolerance_fixed),
        )

    def _check_packing(self):
        """No label for a box whose weight is wrong until somebody decided about it.

        :raises UserError: names the boxes, both weights and what to do
        """
        self.ensure_one()
        if not self.company_id.sudo().shipping_weight_check:
            return
        wrong = [
            box
            for box in self._get_weighed_boxes()
            if box.verdict in (pack_check.Verdict.TOO_LIGHT, pack_check.Verdict.TOO_HEAVY)
            and not box.decision
        ]
        if wrong:
            unit = self.weight_uom_name
            lines = [
                self.env._(
                    "%(box)s weighs %(weighed)s %(unit)s, and %(expected)s %(unit)s were expected.",
                    box=box.reference,
                    weighed=f"{box.weighed:.3f}",
                    expected=f"{box.expected:.3f}",
                    unit=unit,
                )
                for box in wrong
            ]
            raise UserError(
                self.env._(
                    "%(picking)s gets no label yet:\n%(boxes)s\nOpen the box and weigh it again, "
                    "or press Pack Check and decide.",
                    picking=self.name,
                    boxes="\n".join(lines),
                )
            )

    def action_pack_check(self):
        self.ensure_one()
        return self.env["shipping.pack.check"]._open(self)

    def action_pack_scan(self):
        self.ensure_one()
        return self.env["shipping.pack.scan"]._open(self)

    # -- which box ------------------------------------------------------------------------------

    def _suggest_boxes(self, lines=None):
        """The boxes that these lines, by default what is not packed yet, fit into.

        :return: list of :class:`box_fit.Packing`
        """
        self.ensure_one()
        if lines is None:
            lines = self.move_line_ids.filtered(
                lambda line: line.quantity > 0 and not line.result_package_id
            )
        return box_fit.suggest(self._prepare_pieces(lines), self._prepare_boxes().values())

    def _prepare_pieces(self, lines):
        """The pieces of move lines, in mm and the settings' weight."""
        carriers = self.env["delivery.carrier"]
        pieces = []
        for line in lines:
            product = line.product_id
            sides = (product.shipping_length, product.shipping_width, product.shipping_height)
            size = None
            if all(side > 0 for side in sides):
                size = tuple(ceil(carriers._shipping_length_to_mm(side)) for side in sides)
            count = line._get_base_quantity()
            volume = carriers._shipping_volume_to_litre(product.volume) * 1_000_000
            weight = to_decimal(product.weight)
            whole = int(count) if count == int(count) and count <= PIECES_LIMIT else 0
            if whole:
                piece = box_fit.Piece(product.display_name, size, int(volume), weight)
                pieces += [piece] * whole
            else:
                share = to_decimal(count)
                pieces.append(
                    box_fit.Piece(product.display_name, None, int(volume * share), weight * share)
                )
        return pieces

    def _prepare_boxes(self):
        """The package types that may be used, by name of the core's box."""
        carriers = self.env["delivery.carrier"]
        types = self.env["stock.package.type"].search(
            [
                ("packaging_length", ">", 0),
                ("width", ">", 0),
                ("height", ">", 0),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        )
        boxes = {}
        for one in types:
            sides = (one.packaging_length, one.width, one.height)
            boxes[one] = box_fit.Box(
                f"{one.name}#{one.id}",
                tuple(int(carriers._shipping_length_to_mm(side)) for side in sides),
                to_decimal(one.max_weight),
                to_decimal(one.base_weight),
            )
        return boxes

    def _get_box_lines(self, box):
        """The move lines that are in a box of :meth:`_get_shipping_boxes`."""
        lines = self.move_line_ids.filtered(lambda line: line.quantity > 0)
        lines = lines.filtered("picked") or lines
        if box.package:
            return lines.filtered(lambda line: line._get_outermost_package() == box.package)
        return lines.filtered(lambda line: not line.result_package_id)
