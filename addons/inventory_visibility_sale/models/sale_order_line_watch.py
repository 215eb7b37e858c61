"""Are the promises that were given still kept?"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..core import watch

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")
BATCH = 500


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # ------------------------------------------------------------------
    # Enforcing what can be promised
    # ------------------------------------------------------------------

    def _lock_promises(self):
        """Let nobody else promise the lines' products where they are to be had, if it matters.

        Only where the company refuses what it cannot promise: elsewhere nothing hangs on it, and
        salespeople need not wait for each other.
        """
        lines = self.filtered(
            lambda line: (
                line.company_id.promise_policy == "refuse"
                and (line._is_promisable() or line._is_kit_from_stock())
            )
        )
        warehouses = self.env["stock.warehouse"]
        for line in lines:
            for warehouse, _quantity, route in line._get_shares():
                warehouses |= warehouse
                if route:
                    warehouses |= route.sudo().supplier_wh_id.sudo(False)
        if lines:
            self.env["stock.soft.reservation"]._lock_promise(lines.product_id, warehouses)
            # what was read before the lock may be what was true before somebody else's promise
            self.env.invalidate_all()

    def _enforce_policy(self):
        """Do as the company wants with lines that are beyond what can be promised."""
        refused = self.filtered(lambda line: line.company_id.promise_policy == "refuse")
        if refused:
            self.env["sale.order"]._raise_beyond(refused)
        warned = self.filtered(lambda line: line.company_id.promise_policy == "warn")
        for order, lines in warned.grouped("order_id").items():
            order._warn_beyond(lines)

    @api.model_create_multi
    def create(self, vals_list):
        """Promise lines that are added to a confirmed order."""
        lines = super().create(vals_list)
        added = lines.filtered(lambda line: line.state == "sale")
        added._lock_promises()
        if added:
            added._take_promise()._enforce_policy()
            added._plan_for_promise()
        return lines

    def write(self, vals):
        """Promise the whole quantity anew when more is ordered on a confirmed order."""
        if "product_uom_qty" not in vals:
            return super().write(vals)
        lines = self.filtered(
            lambda line: (
                line.state == "sale"
                and line.product_uom_id.compare(vals["product_uom_qty"], line.product_uom_qty) > 0
            )
        )
        lines._lock_promises()
        result = super().write(vals)
        if lines:
            lines._take_promise()._enforce_policy()
            lines._plan_for_promise()
        return result

    # ------------------------------------------------------------------
    # The check
    # ------------------------------------------------------------------

    @api.model
    def _get_watched_domain(self):
        return (
            Domain("promise_date", "!=", False)
            & Domain("promise_state", "!=", watch.DONE)
            & Domain("state", "=", "sale")
        )

    @api.model
    def _cron_check_promises(self):
        """Check every open promise, in batches that are committed one by one."""
        cron = self.env["ir.cron"]
        started = fields.Datetime.now()
        domain = self._get_watched_domain() & (
            Domain("promise_checked", "=", False) | Domain("promise_checked", "<", started)
        )
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        while lines := self.search(domain, order="promise_checked NULLS FIRST, id", limit=BATCH):
            lines._check_promises(started)
            if not cron._commit_progress(len(lines)):
                break

    def _check_promises(self, moment=None):
        """See whether the promises are kept, store the answer, and report what has changed."""
        moment = moment or fields.Datetime.now()
        covers = self._get_covers()
        planner = self.env["sale.promise.planner"]
        broken = mended = self.browse()
        values_by_line = {}
        for line in self:
            before = line.promise_state
            parts = covers.get(line.id)
            if parts is None:
                values = {"promise_state": watch.DONE, "promise_warning": False}
            else:
                today = planner._get_day(line.warehouse_id or line.order_id.warehouse_id)
                values = line._prepare_check(today, parts)
            values_by_line[line] = {**values, "promise_checked": moment}
            if values["promise_state"] == watch.BROKEN and before != watch.BROKEN:
                values_by_line[line]["promise_broken"] = moment
                broken |= line
            elif values["promise_state"] != watch.BROKEN and before == watch.BROKEN:
                mended |= line
        for line, values in values_by_line.items():
            line.write(values)
        self.env["sale.order"]._report_promises(broken, mended)

    def _prepare_check(self, today, covers):
        """Return what the check found out about a line.

        :param covers: list of `core.watch.Cover`, one for each of its open deliveries
        """
        state = watch.judge(self.promise_date, today, covers)
        days = [cover.day for cover in covers]
        expected = max(days) if all(days) else False
        return {
            "promise_state": state,
            "promise_expected_date": expected,
            "promise_warning": self._explain_check(state, today, covers, expected),
        }

    def _explain_check(self, state, today, covers, expected):
        """Return why a promise is at risk or broken, with the figures."""
        promised = format_date(self.env, self.promise_date)
        if state == watch.KEPT:
            return False
        if state == watch.AT_RISK:
            return self.env._(
                "Promised for %(promised)s. It is in time only if a receipt that is overdue comes"
                " after all.",
                promised=promised,
            )
        missing = sum(cover.missing for cover in covers)
        if missing:
            return self.env._(
                "Promised for %(promised)s, but nothing planned covers %(missing)s of it any more:"
                " stock was lost, a receipt was cancelled, or others come first.",
                promised=promised,
                missing=self._format_promise_quantity(missing),
            )
        if expected > self.promise_date and expected > today:
            return self.env._(
                "Promised for %(promised)s, but the goods are planned to arrive on %(expected)s.",
                promised=promised,
                expected=format_date(self.env, expected),
            )
        return self.env._("Promised for %(promised)s, and not delivered since.", promised=promised)

    def _explain_expected(self):
        """Return in a sentence that the promise is kept."""
        return self.env._(
            "promised for %(promised)s, expected on %(expected)s.",
            promised=format_date(self.env, self.promise_date),
            expected=format_date(self.env, self.promise_expected_date or self.promise_date),
        )

    # ------------------------------------------------------------------
    # Who gets what
    # ------------------------------------------------------------------

    def _get_covers(self):
        """Return ``{line id: [core.watch.Cover, ...]}`` of the lines' open deliveries.

        Two or three statements for any number of lines: all open moves of their products, and
        what is on hand.
        """
        planner = self.env["sale.promise.planner"]
        own = planner._get_own_moves(self)
        products = own.product_id
        warehouses = own.location_id.warehouse_id
        if not own:
            return {}
        availability = self.env["stock.availability"].sudo()
        names = ["qty_on_hand", "qty_blocked"]
        figures = availability._get_availability(products, warehouses, names=names)
        arrivals, demands = self._get_open_moves(products, warehouses)
        result = defaultdict(list)
        for key, place_demands in demands.items():
            on_hand = figures[key]["qty_on_hand"] - figures[key]["qty_blocked"]
            today = planner._get_day(self.env["stock.warehouse"].browse(key[1]))
            covers = watch.deal(today, on_hand, arrivals[key], place_demands)
            for move_id, cover in covers.items():
                if move_id in own._ids:
                    result[own.browse(move_id).sale_line_id.id].append(cover)
        return dict(result)

    @api.model
    def _get_open_moves(self, products, warehouses):
        """Return the planned receipts and deliveries of products in warehouses.

        :return: ``({(product id, warehouse id): [Arrival, ...]}, {...: [Demand, ...]})``
        """
        planner = self.env["sale.promise.planner"]
        moves = (
            self.env["stock.move"]
            .sudo()
            .search_fetch(
                [("product_id", "in", products.ids), ("state", "in", OPEN_STATES)],
                [
                    "date",
                    "location_dest_id",
                    "location_final_id",
                    "location_id",
                    "priority",
                    "product_id",
                    "product_qty",
                    "product_uom",
                    "quantity",
                ],
            )
        )
        arrivals, demands = defaultdict(list), defaultdict(list)
        today = {warehouse: planner._get_day(warehouse) for warehouse in warehouses}
        for move in moves:
            source = self._get_place(move.location_id)
            target = self._get_place(move.location_final_id or move.location_dest_id)
            if source == target:
                continue
            product = move.product_id
            if target in warehouses:
                day = planner._get_day(target, move.date)
                arrival = watch.Arrival(day, move.product_qty, day < today[target])
                arrivals[product.id, target.id].append(arrival)
            if source in warehouses:
                reserved = move.product_uom._compute_quantity(
                    move.quantity, product.uom_id, round=False
                )
                demands[product.id, source.id].append(
                    watch.Demand(
                        move.id,
                        planner._get_day(source, move.date),
                        move.product_qty,
                        min(reserved, move.product_qty),
                        (-int(move.priority), move.date, move.id),
                    )
                )
        return arrivals, demands

    @api.model
    def _get_place(self, location):
        """Return the warehouse whose stock a location is part of, if any."""
        if location.usage != "internal":
            return self.env["stock.warehouse"].sudo()
        return location.warehouse_id
