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
    promise_broken = fields.Datetime(
        string="Broken Since", copy=False, readonly=True, help="When a check found it broken."
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
        beyond = self._find_held_by_groups(found) | self._find_kits_beyond(found)
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
            "promise_broken": False,
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

    def _find_held_by_groups(self, found):
        """Return lines that would take what soft reservations of a location group need.

        Such a hold lowers what none of the group's warehouses can promise by itself, but together
        they have to keep it; the book of promises knows how much each may still give. It matters
        where companies refuse what they cannot promise.

        :param found: as of :meth:`_find_promises`
        """
        book = self.env["stock.promise"].sudo()
        lines = self.filtered(lambda line: line.company_id.promise_policy == "refuse")
        products = lines.product_id.sudo()
        claims = products and book._get_group_claims(products, fields.Datetime.now())
        if not claims:
            return self.browse()
        needs = [(line, *part) for line in lines for part in found.get(line, []) if part[2]]
        dates = [None, *sorted({day for _line, _need, _option, day in needs})]
        wanted = {
            (need.product.id, f"stock.warehouse,{need.warehouse.id}")
            for _line, need, _option, _day in needs
        }
        pairs = book._get_linked_pairs(products, wanted, claims)
        ledgers = book._open_ledgers(products, pairs, dates, claims)
        scale, beyond = book._get_scale(), self.browse()
        for line, need, option, day in needs:
            leaf = f"stock.warehouse,{need.warehouse.id}"
            own = sum(
                hold.held_quantity
                for hold in line._get_holds()
                if hold.warehouse_id == need.warehouse or hold.group_id
            ) + sum(
                move.product_qty
                for move in self.env["sale.promise.planner"]._get_own_moves(line)
                if move.location_id.warehouse_id == need.warehouse
            )
            units = round(max(need.quantity - option.transfer - own, 0.0) * scale)
            ledger = ledgers[need.product.id]
            date = dates.index(day)
            if units and ledger.room({leaf}, date) < units:
                beyond |= line
            ledger.take({leaf}, units, date)
        return beyond

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
