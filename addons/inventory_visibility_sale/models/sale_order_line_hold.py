"""Soft reservations that belong to an order line."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_datetime


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    soft_reservation_ids = fields.One2many(
        "stock.soft.reservation", "sale_line_id", string="Soft Reservations", copy=False
    )

    def _get_holds(self):
        """Return what is held for the lines now."""
        return self.sudo().soft_reservation_ids.filtered("held_quantity")

    def _explain_hold(self):
        """Return what is held for the line and until when, or False."""
        holds = self._origin._get_holds()
        if not holds:
            return False
        return self.env._(
            "%(quantity)s held until %(moment)s.",
            quantity=self._format_promise_quantity(sum(holds.mapped("held_quantity"))),
            moment=format_datetime(self.env, min(holds.mapped("date_until"))),
        )

    def attach_reservation(self, reference, channel=None, number=None):
        """Let the line consume a reservation that was made before there was an order.

        :param reference: as it was reserved
        :param channel: id or code of the channel that it was reserved for
        :param number: number of the line within the reference; all lines by default
        :return: the quantity that is held for the line now, in the unit of the product
        :raise ValidationError: it is of another product or company, belongs to another line,
            or is not held any more
        """
        self.ensure_one()
        self.check_access("write")
        holds = self.env["stock.soft.reservation"].sudo()._find_holds(reference, channel, number)
        for hold in holds:
            problem = False
            if hold.company_id != self.company_id or hold.product_id != self.product_id:
                problem = self.env._("it is for another product or company")
            elif hold.sale_line_id and hold.sale_line_id != self:
                problem = self.env._("it belongs to another order line")
            elif not hold.held_quantity:
                problem = self.env._("it is not held any more")
            if problem:
                raise ValidationError(
                    self.env._(
                        "The reservation %(reference)s cannot be attached: %(problem)s.",
                        reference=reference,
                        problem=problem,
                    )
                )
        holds.sale_line_id = self
        return sum(self._get_holds().mapped("held_quantity"))

    def _consume_holds(self):
        """Let the confirmed lines take the place of what was held for them.

        What was held beyond the quantity of the line is given back.
        """
        for line in self:
            holds = line._get_holds()
            if not holds:
                continue
            left = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            )
            for hold in holds:
                if left > 0:
                    left -= hold._consume(min(left, hold.held_quantity))
            line._release_holds(self.env._("The order line needed less."))

    def _release_holds(self, reason):
        holds = self._get_holds()
        if holds:
            holds._release_all(holds.ids, reason)

    @api.ondelete(at_uninstall=False)
    def _unlink_release_holds(self):
        self._release_holds(self.env._("The order line was deleted."))

    def write(self, vals):
        """Give back what was held of another product."""
        if "product_id" in vals:
            changed = self.filtered(lambda line: line.product_id.id != vals["product_id"])
            changed._release_holds(self.env._("The order line asks for another product."))
        return super().write(vals)

    def _prepare_hold_requests(self, parts):
        """Return what :meth:`stock.soft.reservation.reserve` takes, for what a line can be given.

        :param parts: as of :meth:`_find_promises`
        """
        self.ensure_one()
        planner = self.env["sale.promise.planner"]
        count = len(self.sudo().soft_reservation_ids)
        requests = []
        for need, option, day in parts:
            if not day:
                continue
            places = [(need.warehouse, option.quantity - option.transfer, option.day)]
            if option.transfer:
                source = self.env["stock.warehouse"].browse(option.resupply.place)
                places.append((source, option.transfer, option.leave))
            for warehouse, quantity, date in places:
                if self.product_id.uom_id.compare(quantity, 0) <= 0:
                    continue
                count += 1
                request = {
                    "reference": f"{self.order_id.name}/{self.id}/{count}",
                    "product": self.product_id.id,
                    "place": {"warehouse": warehouse.id},
                    "quantity": quantity,
                }
                if date > planner._get_day(warehouse):
                    request["date"] = fields.Date.to_string(date)
                requests.append(request)
        return requests
