"""The promise of an order line: taken once, kept with its reason."""

from odoo import fields, models
from odoo.tools.misc import format_date

from ..core import promise, watch
from .sale_order_line import SOURCES

STATES = [
    (watch.KEPT, "Kept"),
    (watch.AT_RISK, "At risk"),
    (watch.BROKEN, "Broken"),
    (watch.DONE, "Delivered"),
]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    promise_date = fields.Date(
        copy=False,
        readonly=True,
        help="Day on which the whole quantity is promised to leave the warehouse.",
    )
    promise_reason = fields.Text(
        copy=False, readonly=True, help="What the promise rests on, as it was when it was made."
    )
    promise_source = fields.Selection(SOURCES, copy=False, readonly=True)
    promise_moment = fields.Datetime(
        string="Promised On",
        copy=False,
        readonly=True,
        help="When the promise was made; its figures are of this moment.",
    )
    promise_state = fields.Selection(
        STATES,
        copy=False,
        readonly=True,
        help="Kept: what is reserved or planned covers the line by the promised day.\n"
        "At risk: it does only if a receipt that is overdue comes after all.\n"
        "Broken: it comes later, or not at all.\n"
        "Delivered: nothing of it is left to deliver.",
    )
    promise_expected_date = fields.Date(
        string="Now Expected",
        copy=False,
        readonly=True,
        help="Day on which the line can leave by what is planned now. Empty when nothing planned"
        " covers it.",
    )
    promise_warning = fields.Text(
        copy=False, readonly=True, help="Why the promise is at risk or broken."
    )
    promise_checked = fields.Datetime(
        string="Checked On", copy=False, readonly=True, help="Moment of the last check."
    )

    _promise_open = models.Index(
        "(id) WHERE promise_date IS NOT NULL AND promise_state IS DISTINCT FROM 'done'"
    )

    # ------------------------------------------------------------------
    # Making it
    # ------------------------------------------------------------------

    def _take_promise(self):
        """Promise the earliest day on which each line can be had, and keep the reason.

        :return: the lines that cannot be promised, or only after the date the order asks for
        """
        found = self._find_promises()
        beyond = self.browse()
        now = fields.Datetime.now()
        for line in self:
            parts = found.get(line)
            if not parts:
                line._forget_promise()
                continue
            line.write(line._prepare_promise(parts, now))
            line._keep_shares(parts)
            if line._is_beyond(parts):
                beyond |= line
        return beyond

    def _prepare_promise(self, parts, now):
        """Return the values of a promise made of ``[(Need, Option, day), ...]``."""
        days = [day for _need, _option, day in parts]
        return {
            "promise_date": max(days) if all(days) else False,
            "promise_source": self._get_worst_source(option for _need, option, _day in parts),
            "promise_reason": "\n".join(self._explain_part(*part) for part in parts),
            "promise_moment": now,
            "promise_state": watch.KEPT if all(days) else False,
            "promise_expected_date": max(days) if all(days) else False,
            "promise_warning": False,
        }

    def _explain_part(self, need, option, day):
        """Return the sentence of one warehouse's share of a promise."""
        text = self._explain_option(option)
        if not day:
            return self.env._(
                "%(warehouse)s: no date. %(text)s", warehouse=need.warehouse.name, text=text
            )
        return self.env._(
            "%(warehouse)s, %(day)s: %(text)s",
            warehouse=need.warehouse.name,
            day=format_date(self.env, day),
            text=text,
        )

    def _keep_shares(self, parts):
        """Keep with each share when it leaves and what has to be brought for it."""
        shares = self.sourcing_ids.grouped("warehouse_id")
        for need, option, day in parts:
            if share := shares.get(need.warehouse):
                share.write(
                    {
                        "promise_date": day,
                        "transfer_quantity": option.transfer,
                        "transfer_date": option.day if option.transfer else False,
                    }
                )

    def _plan_for_promise(self):
        """Put off open deliveries of confirmed lines to the promised day."""
        planner = self.env["sale.promise.planner"]
        for line in self.filtered("promise_date"):
            days = {share.warehouse_id.id: share.promise_date for share in line.sourcing_ids}
            for move in planner._get_own_moves(line):
                warehouse = move.location_id.warehouse_id
                day = days.get(warehouse.id) or line.promise_date
                if day > planner._get_day(warehouse, move.date):
                    move.date = planner._get_noon(warehouse, day)

    def _forget_promise(self):
        names = [name for name in self._fields if name.startswith("promise_")]
        self.filtered("promise_moment").write(dict.fromkeys(names, False))

    def _is_beyond(self, parts):
        """Tell whether parts are more than can be promised.

        That is a quantity that nothing planned covers, or covers only after the delivery date
        that the order names. A date that Odoo merely expects is moved by the promise instead.
        """
        planner = self.env["sale.promise.planner"]
        for need, option, day in parts:
            if option.source == promise.NONE or not day:
                return True
            if self.order_id.commitment_date and day > planner._get_day(
                need.warehouse, need.wanted
            ):
                return True
        return False

    def action_view_promise_order(self):
        """Open the order of the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
