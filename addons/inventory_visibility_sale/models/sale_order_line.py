"""Where and when the quantity of an order line can be had."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date, formatLang

from ..core import promise
from .sale_promise_planner import Need

SOURCES = [
    (promise.STOCK, "In stock"),
    (promise.INCOMING, "Incoming"),
    (promise.TRANSFER, "Transfer"),
    (promise.NONE, "Nothing planned"),
]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    sourcing_ids = fields.One2many("sale.order.line.sourcing", "line_id", copy=False)
    show_promise = fields.Boolean(
        compute="_compute_show_promise", help="Whether stock decides when the line can be shipped."
    )
    available_date = fields.Date(
        compute="_compute_available_date",
        help="First day on which the whole quantity can leave the warehouses that it is sourced"
        " from, without breaking a promise to anybody else. Empty when nothing planned covers it.",
    )
    available_source = fields.Selection(SOURCES, compute="_compute_available_date")
    available_status = fields.Selection(
        [("on_time", "On time"), ("late", "Late"), ("never", "Not available")],
        compute="_compute_available_date",
        help="Compared with the day on which the line is to be shipped.",
    )

    # ------------------------------------------------------------------
    # What can be had
    # ------------------------------------------------------------------

    @api.depends(
        "product_id", "product_uom_qty", "qty_delivered", "route_ids", "warehouse_id", "state"
    )
    def _compute_show_promise(self):
        for line in self:
            line.show_promise = line._is_promisable()

    def _is_promisable(self):
        """Tell whether stock decides when the line can be shipped."""
        self.ensure_one()
        return bool(
            self.state in ("draft", "sent", "sale")
            and self.product_id.is_storable
            and self._get_kit_parts() is None
            and self.product_uom_id
            and self.product_uom_id.compare(self.product_uom_qty, self.qty_delivered) > 0
            and not self._is_made_to_order()
        )

    def _is_made_to_order(self):
        """Tell whether the line is bought, made or brought for its order, whatever is in stock."""
        self.ensure_one()
        product = self.product_id
        routes = self.route_ids or (product.route_ids | product.categ_id.total_route_ids)
        return any(
            rule.location_dest_id.usage == "customer"
            and rule.warehouse_id in (self.warehouse_id, rule.warehouse_id.browse())
            and (rule.action == "buy" or rule.procure_method == "make_to_order")
            for rule in routes.sudo().rule_ids
        )

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "qty_delivered",
        "warehouse_id",
        "customer_lead",
        "sourcing_ids.quantity",
        "sourcing_ids.route_id",
        "sourcing_ids.warehouse_id",
        "order_id.commitment_date",
        "state",
        "move_ids.state",
        "move_ids.date",
        "soft_reservation_ids.state",
    )
    def _compute_available_date(self):
        found = self._find_promises()
        for line in self:
            parts = found.get(line, [])
            days = [day for _need, _option, day in parts]
            line.available_date = max(days) if days and all(days) else False
            line.available_source = line._get_worst_source(option for _need, option, _ in parts)
            line.available_status = line._get_available_status(parts)

    @api.model
    def _get_worst_source(self, options):
        """Return the source of the option that comes last in the order of `SOURCES`."""
        rank = [source for source, _label in SOURCES]
        return max((option.source for option in options), key=rank.index, default=False)

    def _get_available_status(self, parts):
        if not parts:
            return False
        if not all(day for _need, _option, day in parts):
            return "never"
        planner = self.env["sale.promise.planner"]
        in_time = all(
            day <= planner._get_day(need.warehouse, need.wanted) for need, _option, day in parts
        )
        return "on_time" if in_time else "late"

    def _find_promises(self):
        """Find what each line can be promised, all lines of the orders together.

        Lines of one order do not promise the same unit twice: a line takes what it needs from
        those below it. Other quotations are not looked at; what they hold is a soft reservation.

        :return: ``{line: [(Need, core.promise.Option, promise date or None), ...]}`` for the
            lines that stock decides about
        """
        planner = self.env["sale.promise.planner"]
        lines = (self.order_id.order_line | self).filtered("show_promise")
        needs = {line: line._get_needs() for line in lines}
        flat = [need for line_needs in needs.values() for need in line_needs]
        if not flat:
            return {}
        products = self.env["product.product"].union(*(need.product for need in flat))
        warehouses = self.env["stock.warehouse"].union(*(need.warehouse for need in flat))
        plan = planner._get_plan(products, warehouses, lines)
        result = {}
        for order_lines in lines.grouped("order_id").values():
            own = plan.fork()
            for line in order_lines.sorted(lambda one: (one.sequence, one._origin.id or 1 << 40)):
                found = planner._find(own, needs[line])
                result[line] = [(need, *found[need.key]) for need in needs[line]]
        return result

    def _get_needs(self):
        """Return what the line needs, as a list of `Need`, one for each warehouse.

        What is procured already is needed where its delivery is planned; the rest where the
        line's shares say.
        """
        self.ensure_one()
        needs, wanted = [], self._get_wanted_date()
        for index, (warehouse, quantity, route) in enumerate(self._get_shares()):
            quantity = self.product_uom_id._compute_quantity(
                quantity, self.product_id.uom_id, rounding_method="HALF-UP"
            )
            if warehouse and quantity > 0:
                key = (self, index)
                product = self.product_id._origin or self.product_id
                needs.append(Need(key, product, warehouse, quantity, wanted, route))
        return needs

    def _get_shares(self):
        """Return ``[(warehouse, quantity in the line's unit, route), ...]`` still to deliver."""
        self.ensure_one()
        moves = self.env["sale.promise.planner"]._get_own_moves(self._origin)
        if moves:
            quantities = defaultdict(float)
            for move in moves:
                quantities[move.location_id.warehouse_id.sudo(False)] += (
                    move.product_uom._compute_quantity(
                        move.product_uom_qty, self.product_uom_id, rounding_method="HALF-UP"
                    )
                )
            return [(warehouse, quantity, None) for warehouse, quantity in quantities.items()]
        return self._get_planned_shares()

    def _get_planned_shares(self):
        """Return the same for a line that nothing is procured for yet."""
        shares = self.sourcing_ids
        if not shares:
            warehouse = (self.warehouse_id or self.order_id.warehouse_id)._origin
            return [(warehouse, self.product_uom_qty - self.qty_delivered, None)]
        fitted = shares._get_fitted(self.product_uom_qty)
        return [
            (share.warehouse_id._origin, part, share.route_id._origin or None)
            for share, part in zip(shares, fitted, strict=True)
        ]

    def _get_wanted_date(self):
        """Return the moment (UTC) at which the line is to be shipped."""
        self.ensure_one()
        return self.order_id.commitment_date or self._expected_date()

    # ------------------------------------------------------------------
    # Other warehouses
    # ------------------------------------------------------------------

    @api.readonly
    @api.model
    def get_promise_options(self, values):
        """Tell what each warehouse could do for a line, as it stands on the screen.

        :param dict values: ``line_id`` (False for a new line), ``order_id``, ``company_id``,
            ``product_id``, ``product_uom_id``, ``product_uom_qty``, ``warehouse_id``,
            ``wanted_date``: the moment at which it is to be shipped (UTC)
        :return: dict of ``quantity``, ``uom``, ``wanted_date``, ``as_of``, ``can_change``,
            ``reason`` and ``options``, one for each warehouse, the present ones first, then the
            earliest date first
        :raise AccessError: the user may not read the line or the product
        """
        line = self.browse(values.get("line_id") or [])
        line.check_access("read")
        if not line:
            line = self._new_promise_line(values)
        elif values.get("product_uom_qty") is not None:
            line = self.new(
                {
                    key: values[key]
                    for key in ("product_id", "product_uom_id", "product_uom_qty")
                    if values.get(key)
                },
                origin=line,
            )
        line.product_id.check_access("read")
        return line._get_promise_options()

    @api.model
    def _new_promise_line(self, values):
        order = self.env["sale.order"].browse(values.get("order_id") or [])
        order.check_access("read")
        if not order:
            order = self.env["sale.order"].new(
                {
                    "company_id": values.get("company_id") or self.env.company.id,
                    "warehouse_id": values.get("warehouse_id"),
                    "commitment_date": values.get("wanted_date"),
                }
            )
        names = ("product_id", "product_uom_id", "product_uom_qty")
        return self.new({"order_id": order, **{name: values.get(name) for name in names}})

    def _get_promise_options(self):
        """Return the answer of :meth:`get_promise_options` for one line."""
        self.ensure_one()
        planner = self.env["sale.promise.planner"]
        shares = self._get_shares()
        warehouses = planner._get_warehouses(self.company_id or self.order_id.company_id)
        plan = planner._get_plan(
            self.product_id._origin or self.product_id,
            warehouses.union(*(share[0] for share in shares)),
            self._origin,
        )
        quantity = self.product_uom_id._compute_quantity(
            sum(share[1] for share in shares), self.product_id.uom_id, rounding_method="HALF-UP"
        )
        options = [
            self._prepare_promise_option(option, warehouse, supply, shares)
            for warehouse in warehouses
            for option, supply in self._find_options(plan, warehouse, quantity, shares)
        ]
        options.sort(key=lambda one: (not one["share"], one["sort"], one["sequence"]))
        wanted = self._get_wanted_date()
        return {
            "quantity": self._format_promise_quantity(quantity),
            "wanted_date": format_date(self.env, wanted and wanted.date()),
            "as_of": fields.Datetime.to_string(fields.Datetime.now()),
            "can_change": self._can_change_sourcing(),
            "is_split": len(shares) > 1,
            "can_split": len(warehouses) > 1,
            "promise": self.promise_date and format_date(self.env, self.promise_date),
            "reason": self.promise_reason,
            "warning": self.promise_warning,
            "held": self._explain_hold(),
            "options": options,
        }

    def _find_options(self, plan, warehouse, quantity, shares):
        """Return ``[(core.promise.Option, Supply), ...]``: without a transfer, and with one.

        A transfer that makes nothing earlier is left out, unless it is the one that was chosen.
        """
        product = self.product_id._origin or self.product_id
        supply = plan.get_supply(product, warehouse)
        options = [promise.find(supply, quantity)]
        chosen = next((route for place, _part, route in shares if place == warehouse), None)
        ways = plan.get_resupplies(product, warehouse, chosen)
        with_transfer = promise.find(supply, quantity, ways)
        if with_transfer.source == promise.TRANSFER:
            options.append(with_transfer)
        return [(option, supply) for option in options]

    def _prepare_promise_option(self, option, warehouse, supply, shares):
        """Return what the popover shows of one way to serve the line."""
        planner = self.env["sale.promise.planner"]
        product = self.product_id._origin or self.product_id
        quantity, route = option.quantity, option.resupply.route if option.resupply else False
        need = Need(None, product, warehouse, quantity, self._get_wanted_date())
        day = planner._get_promise_day(option, need)
        wanted = planner._get_day(warehouse, need.wanted)
        share = sum(
            part
            for place, part, way in shares
            if place == warehouse and (way.id if way else False) == route
        )
        return {
            "key": f"{warehouse.id}-{route}",
            "warehouse_id": warehouse.id,
            "name": warehouse.name,
            "sequence": warehouse.sequence,
            "available": self._format_promise_quantity(max(supply.now(), 0.0)),
            "share": share and formatLang(self.env, share, dp="Product Unit"),
            "date": day and format_date(self.env, day),
            "sort": (day and day.toordinal()) or 1 << 30,
            "source": option.source,
            "status": "never" if not day else "late" if day > wanted else "on_time",
            "text": self._explain_option(option),
            "route_id": route,
        }

    def _format_promise_quantity(self, quantity):
        unit = self.product_id.uom_id
        return f"{formatLang(self.env, quantity, dp='Product Unit')} {unit.name or ''}".strip()

    def _explain_option(self, option):
        """Say in a sentence what an option is made of."""
        values = {
            "quantity": self._format_promise_quantity(option.quantity),
            "now": self._format_promise_quantity(option.now),
            "day": option.day and format_date(self.env, option.day),
        }
        if option.source == promise.STOCK:
            return self.env._("%(quantity)s in stock and not promised to anybody else.", **values)
        if option.source == promise.INCOMING:
            return self.env._(
                "%(now)s of %(quantity)s in stock, the rest by planned receipts until %(day)s.",
                **values,
            )
        if option.source == promise.TRANSFER:
            return self.env._(
                "%(transfer)s by transfer from %(origin)s, leaving on %(leave)s,"
                " %(days)s days on the way.",
                transfer=self._format_promise_quantity(option.transfer),
                origin=self.env["stock.warehouse"].browse(option.resupply.place).name,
                leave=format_date(self.env, option.leave),
                days=option.resupply.days,
            )
        return self.env._(
            "%(now)s of %(quantity)s can be promised; nothing planned brings the rest.", **values
        )

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    def _can_change_sourcing(self):
        self.ensure_one()
        return self.state in ("draft", "sent") and self._origin.has_access("write")

    def action_source_from(self, warehouse_id, route_id=False):
        """Ship the whole line from one warehouse, the present ones no longer.

        :param route_id: route that brings there what the warehouse lacks
        """
        self.ensure_one()
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        warehouse.check_access("read")
        self._set_sourcing([(warehouse, self.product_uom_qty, route_id)])
        return True

    def action_split(self):
        """Open a proposal to spread the line over several warehouses."""
        self.ensure_one()
        self._check_can_change_sourcing()
        split = self.env["sale.order.line.split"].create({"line_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split over Warehouses"),
            "res_model": "sale.order.line.split",
            "res_id": split.id,
            "view_mode": "form",
            "views": [(False, "form")],  # the popover opens it by itself
            "target": "new",
        }

    def _check_can_change_sourcing(self):
        self.check_access("write")
        if not self._can_change_sourcing():
            raise UserError(
                self.env._(
                    "The order is confirmed or cancelled. Change the warehouse of its deliveries."
                )
            )

    def _set_sourcing(self, shares):
        """Replace the shares of a line.

        :param shares: ``[(warehouse, quantity in the line's unit, route id or False), ...]``
        """
        self.ensure_one()
        self._check_can_change_sourcing()
        self.sourcing_ids.unlink()
        if len(shares) == 1 and shares[0][0] == self.order_id.warehouse_id and not shares[0][2]:
            return  # the order says so already
        self.env["sale.order.line.sourcing"].create(
            [
                {
                    "line_id": self.id,
                    "sequence": sequence,
                    "warehouse_id": warehouse.id,
                    "quantity": quantity,
                    "route_id": route_id,
                }
                for sequence, (warehouse, quantity, route_id) in enumerate(shares, 1)
            ]
        )
