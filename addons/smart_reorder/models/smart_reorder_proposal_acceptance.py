import math
from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL

from odoo.addons.stock.models.stock_rule import ProcurementException

from ..engine.policy import price_for
from .procurement_memo import ProcurementMemo


class SmartReorderProposal(models.Model):
    """Acceptance: from proposals to draft purchase orders and transfers, through procurement."""

    _inherit = "smart.reorder.proposal"

    def action_accept(self):
        """Order what is proposed. Nothing is ordered twice, whoever else clicks.

        :return: action that shows what was created, or a notification
        """
        self._check_planner()
        proposals = self.filtered(lambda p: p.qty_to_order > 0 or p.state != "draft")
        if not proposals:
            raise UserError(
                self.env._("The quantity to order is zero: there is nothing to accept.")
            )
        try:
            proposals.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Someone else, or the nightly run, is working on these proposals at this"
                    " moment."
                    " Nothing was ordered; try again shortly."
                )
            ) from error
        proposals.invalidate_recordset(["state"])
        drafts = proposals.filtered(lambda p: p.state == "draft")
        if not drafts:
            proposals._raise_not_acceptable()
        drafts._create_orders()
        return proposals._notify_accepted()

    @api.model
    def _check_planner(self):
        if not self.env.su and not self.env.user.has_group(
            "smart_reorder.group_smart_reorder_planner"
        ):
            raise AccessError(self.env._("Only Smart Reorder planners may accept proposals."))

    def _raise_not_acceptable(self):
        proposal = self[0]
        if proposal.state in ("accepted", "rejected"):
            proposal._check_open()
        raise UserError(
            self.env._(
                "%(proposal)s has nothing to accept: %(reason)s",
                proposal=proposal.display_name,
                reason=proposal.reason or "",
            )
        )

    def _notify_accepted(self):
        accepted = self.filtered(lambda p: p.state == "accepted")
        if len(self) == 1 and not accepted:
            message, kind = self.reason, "warning"
        else:
            message = self.env._(
                "%(accepted)s of %(total)s proposals were ordered: %(purchases)s purchase orders,"
                " %(transfers)s transfers.",
                accepted=len(accepted),
                total=len(self),
                purchases=len(accepted.purchase_line_ids.order_id),
                transfers=len(accepted._get_pickings()),
            )
            kind = "success" if accepted == self else "warning"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "sticky": kind == "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_last_ordered(self):
        """What was ordered last of the same products for the same places.

        :return: dict ``orderpoint id -> quantity``
        """
        ordered = self.search(
            [("orderpoint_id", "in", self.orderpoint_id.ids), ("state", "=", "accepted")],
            order="id",
        )
        return {proposal.orderpoint_id.id: proposal.qty_to_order for proposal in ordered}

    def _accept_automatically(self):
        """Order what the nightly run may order by itself, leaving alone what somebody works on."""
        proposals = self.try_lock_for_update()
        proposals.invalidate_recordset(["state", "snoozed_until", "is_locked"])
        today = fields.Date.context_today(self)
        proposals = proposals.filtered(
            lambda p: (
                p.state == "draft"
                and not p.is_locked
                and p.qty_to_order > 0
                and (not p.snoozed_until or p.snoozed_until <= today)
            )
        )
        proposals._create_orders()
        return proposals.filtered(lambda p: p.state == "accepted")

    # ------------------------------------------------------------------
    # Ordering
    # ------------------------------------------------------------------

    def _create_orders(self):
        """Run procurements for locked proposals that are to be decided, all at once per company.

        A proposal that Odoo cannot order becomes blocked with Odoo's message; the others go on.
        """
        for company in self.company_id:
            proposals = self.filtered(lambda p, company=company: p.company_id == company)
            proposals = proposals._drop_risen()
            with proposals._recompute_rules_once():
                proposals.with_company(company)._run_procurements()

    @contextmanager
    def _recompute_rules_once(self):
        """Let Odoo recompute what the rules of these products would order when all is ordered, not
        again with each flush in between.
        """
        rules = (
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            .search([("product_id", "in", self.product_id.ids)])
        )
        field = rules._fields["qty_to_order_computed"]
        with self.env.protecting([field], rules):
            yield
        field.compute_value(rules)

    def _drop_risen(self):
        """Leave out what somebody else has replenished since the figures were computed."""
        if not self:
            return self
        stocks = self.env["smart.reorder.planner"]._get_stocks(self.orderpoint_id)
        risen = self.browse()
        for proposal in self:
            stock = stocks[proposal.orderpoint_id.id]
            # What supplied places need is compared as it was: taking it moves it to "promised".
            balance = proposal.qty_position + proposal.qty_dependents - proposal.qty_later
            growth = stock.balance - balance
            position = proposal.qty_position + growth
            grown = proposal.uom_id.compare(growth, 0) > 0
            if grown and position >= proposal.reorder_point and not proposal.is_edited:
                proposal._block("ok", [["risen", {"position": position}]])
                risen |= proposal
        return self - risen

    def _block(self, state, sentences):
        self.with_context(smart_reorder_planning=True).write(
            {
                "state": state,
                "reason_data": (self.reason_data or []) + sentences,
                "qty_to_order": 0.0,
                "qty_proposed": 0.0,
                "is_edited": False,
            }
        )

    def _run_procurements(self):
        todo = self.with_context(**{ProcurementMemo.KEY: ProcurementMemo()})
        todo._read_product_names()
        rules = todo.env["stock.rule"].sudo().with_context(from_orderpoint=True)
        while todo:
            marker = self._get_document_marker()
            procurements = [proposal._prepare_procurement() for proposal in todo]
            try:
                with self.env.cr.savepoint():
                    rules.run(procurements, raise_user_error=False)
                    rules.env.flush_all()  # while the memo is at hand
            except ProcurementException as error:
                todo -= todo._block_failed(error.procurement_exceptions)
            except UserError as error:
                if len(todo) == 1:
                    todo._block("exception", [["failed", {"message": str(error)}]])
                    return
                # Odoo does not say which one it was: order one by one.
                for proposal in todo:
                    proposal._run_procurements()
                return
            else:
                todo._link_documents(marker)
                return

    def _read_product_names(self):
        """Read at once what Odoo reads of each product to name its order line."""
        for vendor, proposals in self.sudo().grouped("partner_id").items():
            products = proposals.product_id.with_context(lang=vendor.lang)
            products.mapped("display_name")
            products.mapped("description_purchase")

    def _block_failed(self, procurement_exceptions):
        """:return: the proposals that failed, all when Odoo does not say which"""
        messages = defaultdict(list)
        for procurement, message in procurement_exceptions:
            messages[procurement.values["orderpoint_id"].id].append(message)
        failed = self.filtered(lambda p: p.orderpoint_id.id in messages) or self
        for proposal in failed:
            text = " ".join(messages.get(proposal.orderpoint_id.id) or ["?"])
            proposal._block("exception", [["failed", {"message": text}]])
        return failed

    def _prepare_procurement(self):
        self.ensure_one()
        proposal = self.sudo()
        orderpoint = proposal.orderpoint_id
        quantity = proposal.uom_id.round(proposal.qty_to_order)
        return self.env["stock.rule"].Procurement(
            proposal.product_id,
            quantity,
            proposal.uom_id,
            orderpoint.location_id,
            orderpoint.name,
            orderpoint.name,
            proposal.company_id,
            proposal._prepare_procurement_values(quantity),
        )

    def _prepare_procurement_values(self, quantity):
        """Odoo's own values of the orderpoint, with our dates and price line."""
        self.ensure_one()
        arrival = self._get_arrival()
        orderpoint = self.orderpoint_id
        values = orderpoint.with_context(smart_reorder_dates=True)._prepare_procurement_values(
            date=arrival
        )
        values.update(
            date_planned=arrival,
            date_order=fields.Datetime.now(),
            orderpoint_id=orderpoint,
            warehouse_id=orderpoint.warehouse_id,
            route_ids=orderpoint.route_id,
        )
        if self.route_id:
            # a rule without a route of its own: Odoo finds the first leg through the warehouse,
            # but the leg before it, from the supplying warehouse, only with the route named
            values["route_ids"] = self.route_id
        # By Odoo's minimum and maximum, Odoo chooses the vendor as well.
        if self.source == "buy" and self.company_id.smart_reorder_levels != "minmax":
            seller = self._get_price_line(quantity)
            values["supplierinfo_id"] = seller
        return values

    def _get_arrival(self):
        """Noon of the day that the goods can be there, in the company's time zone; UTC, naive."""
        zone = timezone(self.company_id.partner_id.tz or "UTC")
        today = fields.Datetime.now().astimezone(zone).date()
        noon = datetime.combine(today + timedelta(days=math.ceil(self.lead_days)), time(12))
        return zone.localize(noon).astimezone(UTC).replace(tzinfo=None)

    def _get_price_line(self, quantity):
        """Pricelist line of the proposed vendor that applies to the quantity."""
        finder = self.env["smart.reorder.source"]
        sellers = finder._get_sellers(self.orderpoint_id, self.partner_id)
        line = price_for(quantity, finder._get_breaks(self.orderpoint_id, sellers))
        return sellers.browse(line.key) if line else sellers[:1]

    def _get_document_marker(self):
        """What there is before ordering: what comes later with our orderpoints, or grows, is ours.

        :return: ``(id of the newest move, dict id of an open move of the rules -> quantity)``
        """
        moves = self.env["stock.move"].sudo()
        newest = moves.search([], order="id desc", limit=1).id or 0
        return newest, {move.id: move.product_uom_qty for move in self._get_open_moves()}

    def _get_open_moves(self):
        return (
            self.env["stock.move"]
            .sudo()
            .search_fetch(
                [
                    ("orderpoint_id", "in", self.orderpoint_id.ids),
                    ("state", "not in", ("done", "cancel")),
                ],
                ["orderpoint_id", "product_uom_qty"],
            )
        )

    def _link_documents(self, marker):
        orderpoints = self.orderpoint_id
        newest, before = marker
        # Odoo adds what is to be moved to an open move where it can.
        moves = (
            self._get_open_moves()
            .filtered(lambda m: m.id > newest or m.product_uom_qty > before.get(m.id, 0.0))
            .grouped("orderpoint_id")
        )
        lines = (
            self.env["purchase.order.line"]
            .sudo()
            .search(
                [("orderpoint_id", "in", orderpoints.ids), ("order_id.state", "=", "draft")],
                order="id",
            )
            .grouped("orderpoint_id")
        )
        bought, moved, ordered = [], [], self.browse()
        for proposal in self:
            found = lines.get(proposal.orderpoint_id, self.env["purchase.order.line"])
            line = found[-1:] if proposal.source == "buy" else found[:0]
            move = moves.get(proposal.orderpoint_id, self.env["stock.move"])
            if not line and not move:
                proposal._block("exception", [["no_document", {}]])
                continue
            ordered |= proposal
            bought += [(proposal.id, line_id) for line_id in line.ids]
            moved += [(proposal.id, move_id) for move_id in move.ids]
        ordered._link("purchase_line_ids", bought)
        ordered._link("move_ids", moved)
        ordered.write(
            {
                "state": "accepted",
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _link(self, name, pairs):
        """Set a many2many field of all proposals in one statement; they had nothing in it.

        :param pairs: list of ``(proposal id, id of the record linked)``
        """
        field = self._fields[name]
        if pairs:
            owners, linked = zip(*pairs, strict=True)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s, %s) SELECT * FROM unnest(%s, %s) ON CONFLICT DO NOTHING",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    list(owners),
                    list(linked),
                )
            )
        self.invalidate_recordset([name])
