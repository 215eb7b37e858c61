"""The transaction in which promises are booked: what it sees, and what it locks."""

import logging
import random
import time

from psycopg2.errors import DeadlockDetected, LockNotAvailable, UniqueViolation

from odoo import api, fields, http, models
from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

TRIES = 10
# How long a promise waits for those before it, e.g. for a sales order that is being confirmed.
PATIENCE = "10s"


class MoreToLock(Exception):
    """Groups tie more places together than were locked; start over with these."""

    def __init__(self, pairs):
        super().__init__()
        self.pairs = pairs


class StockSoftReservation(models.Model):
    _inherit = "stock.soft.reservation"

    @api.model
    def _lock_promise(self, products, places):
        """Let nobody else promise the products at the places until the transaction ends.

        Whoever makes a promise binding in his own transaction, as the confirmation of a sales order
        does, calls this *before* he reads what is available. When somebody promised there since the
        transaction began, PostgreSQL refuses the lock, and Odoo repeats the transaction: so what
        is read afterwards is what is.

        :param products: `product.product` records
        :param places: records of one or several kinds of place, in an iterable
        """
        self.env.flush_all()
        availability = self.env["stock.availability"]
        for company in {place.company_id for place in places}:
            for parts in availability._get_parts(products, company).values():
                products |= products.browse(parts)
        self.env["stock.promise"].sudo()._lock_places(products, places)

    @api.model
    def _in_promise_transaction(self, name, *args):
        """Call a method that books, in a transaction that sees what others have just committed.

        Odoo's transactions see the database as it was when they began. On a product that many
        want at once, each would fail and be repeated time and again. So a call that has not
        written anything gets a transaction of its own, in which every statement sees what is
        committed (READ COMMITTED): it waits for its turn, reads, writes and commits. An answer
        that gets lost on its way does no harm: the same reference is answered the same again.

        A caller that has already written may depend on it; the method then runs in the caller's
        transaction and ends with it.
        """
        if self._has_written():
            return self._call_until_locked(self, name, args, restart=False)
        for tries_left in reversed(range(TRIES)):
            try:
                return self._call_in_own_transaction(name, args)
            except LockNotAvailable:
                raise UserError(self._get_busy_message())
            except (DeadlockDetected, UniqueViolation):
                if not tries_left:
                    raise
                _logger.info("%s.%s met another one, %s tries left", self._name, name, tries_left)
                time.sleep(random.uniform(0.0, 0.05))
        return None

    @api.model
    def _has_written(self):
        self.env.flush_all()
        [(is_written,)] = self.env.execute_query(
            SQL("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        )
        return is_written

    @api.model
    def _is_whole_request(self):
        """Return whether the call is all that its request does, so that nobody waits to go on.

        Then a transaction in which nothing was written may end: no savepoint was set in it.
        """
        request = http.request
        return (
            bool(request)
            and request.httprequest.path.startswith(f"/json/2/{self._name}/")
            and request.env.cr is self.env.cr
            and isinstance(self.env.cr, Cursor)  # not that of a test, which cannot end
        )

    @api.model
    def _call_in_own_transaction(self, name, args):
        if self._is_whole_request():
            # the connection is at hand: taking a second one takes longer than a statement
            self.env.cr.rollback()
            self._begin_read_committed(self.env.cr)
            return self._call_until_locked(self, name, args, restart=True)
        with self.env.registry.cursor() as cr:
            self._begin_read_committed(cr)
            own = self.with_env(self.env(cr=cr))
            return self._call_until_locked(own, name, args, restart=True)

    @api.model
    def _begin_read_committed(self, cr):
        """Make the transaction that is about to begin one that sees every commit.

        It asks about a few products, for which other orders of the joins, or several processes,
        need not be weighed: that takes longer than the statements themselves.
        """
        cr.execute(
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
            " SELECT set_config('lock_timeout', %s, TRUE),"
            " set_config('join_collapse_limit', '1', TRUE),"
            " set_config('max_parallel_workers_per_gather', '0', TRUE)",
            [PATIENCE],
        )

    @api.model
    def _call_until_locked(self, records, name, args, restart):
        """Call a method, again with more locks if groups turn out to tie more together.

        :param bool restart: let go of the locks first, so that all are taken in one order
        """
        known = frozenset()
        while True:
            try:
                return getattr(records, name)(*args, known=known)
            except MoreToLock as more:
                known = frozenset(more.pairs)
                if restart:
                    records.env.cr.rollback()
                    self._begin_read_committed(records.env.cr)

    @api.model
    def _lock_wanted(self, products, wanted, known, requests=()):
        """Lock pairs of product id and leaf, and read what must not change from then on.

        :param requests: those whose references may have been used before
        :return: the pairs, what is held at groups, and the reservations with these references
        :raise MoreToLock: see there
        """
        promise = self.env["stock.promise"]
        pairs = wanted | known
        query = promise._get_group_claims_query(products, fields.Datetime.now())
        if requests:
            # in the place of a group: one answer of the server less to wait for
            query = SQL("%s UNION ALL %s", query, self._get_booked_query(requests))
        rows = promise._lock_and_read(pairs, query)
        claims = promise._read_group_claims(row for row in rows if row[0])
        linked = promise._get_linked_pairs(products, pairs, claims)
        if linked - pairs:
            raise MoreToLock(linked)
        return linked, claims, self.browse(id_ for product_id, id_, _sum in rows if not product_id)
