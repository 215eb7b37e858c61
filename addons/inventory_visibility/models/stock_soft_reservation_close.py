"""How a reservation ends: consumed by an order, released, or past its time."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

EXPIRE_BATCH = 500


class StockSoftReservation(models.Model):
    _inherit = "stock.soft.reservation"

    # ------------------------------------------------------------------
    # Consume
    # ------------------------------------------------------------------

    def _consume(self, quantity=None):
        """Let an order of the same transaction take the place of reservations.

        To be called in the transaction that makes the order, so that either both or none of
        them count.

        :param float quantity: in the unit of the product, of one reservation; None for everything
            that is still held
        :return: the quantity that was consumed: less than asked for when less was still held, and
            nothing of what was released or is past its time
        """
        consumed = 0.0
        self._lock_promised()
        self._lock_holds()
        for hold in self.sudo():
            step = hold.held_quantity if quantity is None else min(quantity, hold.held_quantity)
            if step > 0:
                hold._set_consumed(hold.consumed_quantity + step)
                consumed += step
        return consumed

    @api.model
    def _consume_up_to(self, ids, quantity, known=frozenset()):
        """See :meth:`consume`."""
        holds = self.browse(ids)
        holds._lock_promised(known)
        holds._lock_holds()
        for hold in holds:
            total = hold.quantity if quantity is None else quantity
            compared = hold.uom_id.compare(total, hold.consumed_quantity)
            if compared < 0 or hold.uom_id.compare(total, hold.quantity) > 0:
                raise UserError(hold._get_wrong_total_message(total))
            if compared == 0:
                continue
            if hold.state != "held" or hold._is_past():
                raise UserError(hold._get_not_held_message())
            hold._set_consumed(total)
        return [hold._get_answer() for hold in holds]

    def _set_consumed(self, total):
        self.ensure_one()
        values = {"consumed_quantity": total}
        if self.uom_id.compare(total, self.quantity) >= 0:
            values |= {"state": "consumed", "date_closed": fields.Datetime.now()}
        self.write(values)

    def _get_wrong_total_message(self, total):
        self.ensure_one()
        return self.env._(
            "quantity: %(consumed)s of %(quantity)s %(unit)s of %(reference)s have been consumed,"
            " and it cannot become %(total)s in all.",
            consumed=f"{self.consumed_quantity:g}",
            quantity=f"{self.quantity:g}",
            unit=self.uom_id.name,
            reference=self.reference,
            total=f"{total:g}",
        )

    def _get_not_held_message(self):
        self.ensure_one()
        if self.state == "released":
            return self.env._("The reservation %s has been released. Reserve anew.", self.reference)
        return self.env._(
            "The reservation %(reference)s expired on %(moment)s UTC. Reserve anew.",
            reference=self.reference,
            moment=self.date_until,
        )

    # ------------------------------------------------------------------
    # Release
    # ------------------------------------------------------------------

    def action_release(self):
        """Give back what is still held."""
        self._check_may_promise()
        self.check_access("read")
        holds = self.sudo()
        holds._lock_holds()
        holds.filtered(lambda hold: hold.state == "held")._close("released", self.env._("By hand"))

    @api.model
    def _release_all(self, ids, reason, known=frozenset()):
        """See :meth:`release`."""
        holds = self.browse(ids)
        holds._lock_holds()
        held = holds.filtered(lambda hold: hold.state == "held")
        if not held and all(hold.state == "consumed" for hold in holds):
            raise UserError(
                self.env._(
                    "The reservation %s has been consumed. Cancel the order instead.",
                    holds[:1].reference,
                )
            )
        past = held.filtered(lambda hold: hold._is_past())
        past._expire()
        (held - past)._close("released", reason)
        return [hold._get_answer() for hold in holds]

    def _close(self, state, reason=None):
        self.write(
            {"state": state, "reason": reason or False, "date_closed": fields.Datetime.now()}
        )

    # ------------------------------------------------------------------
    # Expire
    # ------------------------------------------------------------------

    @api.model
    def _cron_expire(self):
        """Mark what is past its time, in committed batches.

        It counts as free since its last moment anyway; what follows from the mark is that it is
        shown as expired, and that those who want to know are told.
        """
        cron = self.env["ir.cron"]
        domain = [("state", "=", "held"), ("date_until", "<=", fields.Datetime.now())]
        cron._commit_progress(remaining=self.search_count(domain))
        while True:
            rows = self.env.execute_query(
                SQL(
                    "SELECT id FROM stock_soft_reservation"
                    " WHERE state = 'held' AND date_until <= %s"
                    " ORDER BY date_until LIMIT %s FOR UPDATE SKIP LOCKED",
                    fields.Datetime.now(),
                    EXPIRE_BATCH,
                )
            )
            holds = self.browse(id_ for (id_,) in rows)
            holds._expire()
            if not cron._commit_progress(len(holds)) or len(holds) < EXPIRE_BATCH:
                break

    def _expire(self):
        """Mark reservations as expired, and tell those who want to know."""
        self._close("expired")
        for hold in self:
            hold._emit_expired()

    def _emit_expired(self):
        self.ensure_one()
        self.env["stock.webhook"]._emit(
            "reservation.expired", self.product_id.id, self._prepare_event(), self.company_id
        )

    def _prepare_event(self):
        """Return what listeners are told of a reservation."""
        return {
            **self._get_answer(),
            "channel": self.channel_id.code or False,
            "default_code": self.product_id.default_code or False,
        }

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    def _lock_promised(self, known=None):
        """Lock the products at the places of the reservations.

        An order takes over what was held: nobody may come between the end of the one and the
        beginning of the other.
        """
        promise = self.env["stock.promise"].sudo()
        holds = self.sudo()
        wanted = {
            (product.id, leaf)
            for hold in holds
            for product in hold._get_taken_products()
            for leaf in promise._get_leaves(hold._get_place())
        }
        products = holds._get_taken_products()
        if known is None:
            self.env.flush_all()
            promise._lock(promise._get_linked_pairs(products, wanted))
        else:
            self._lock_wanted(products, wanted, known)

    def _lock_holds(self):
        """Lock the reservations themselves, and read them as they are now."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM stock_soft_reservation WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset()
