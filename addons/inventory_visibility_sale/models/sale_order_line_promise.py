"""The promise of an order line: taken once, kept with its reason."""

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..core import promise, watch
from .sale_order_line import SOURCES

STATES = [
    (watch.KEPT, "Kept"),
    (watch.AT_RISK, "At risk"),
    (watch.BROKEN, "Broken"),
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
        "Broken: it comes later, or not at all.",
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
            "promise_state": watch.KEPT if all(days) else watch.BROKEN,
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

    def _forget_promise(self):
        self.write(
            dict.fromkeys(
                (
                    "promise_date",
                    "promise_source",
                    "promise_reason",
                    "promise_moment",
                    "promise_state",
                ),
                False,
            )
        )

    @api.model
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
