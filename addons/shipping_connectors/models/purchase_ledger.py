"""The ledger's transitions, each committed on a cursor of its own.

    draft → sending → bought → void_pending → voided
                    → rejected
                    → unknown → bought | rejected

Nothing here waits for the transaction that wants the label, and that one cannot undo anything of
it. It does not see what is committed here either (it is REPEATABLE READ): whatever it needs is
handed back in memory, as :class:`Paid`.
"""

from __future__ import annotations

import functools
import time
from contextlib import contextmanager
from datetime import timedelta, timezone

from odoo import SUPERUSER_ID, api, fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..core import port
from .purchase_row import LEASE, Paid, Row, SlotTaken, new_key
from .shipping_purchase import (
    BOUGHT,
    LIVE,
    PAPERS,
    REJECTED,
    SENDING,
    UNKNOWN,
    VOID_PENDING,
    VOIDED,
)
from .tools import to_decimal

#: waits between look-ups of an unknown purchase: from minutes to a day
LONGEST_PAUSE = timedelta(days=1)
TRIES = 5


def step(method):
    """A transition: the method gets the model on a cursor of its own, committed when it returns.

    Two workers at the same row take turns; who comes second starts over on what the first one did.
    """

    @functools.wraps(method)
    def run(self, *args, **kwargs):
        for attempt in range(1, TRIES + 1):
            try:
                with self._transaction() as model:
                    return method(self, model, *args, **kwargs)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if attempt == TRIES:
                    raise
                time.sleep(0.05 * attempt)
        raise AssertionError("unreachable")

    return run


class Ledger:
    """The purchases of a database.

    :param env: of the transaction that wants labels; only its registry, user and language are used
    """

    def __init__(self, env):
        self.registry = env.registry
        self.uid = env.uid
        self.lang = env.lang

    @contextmanager
    def _transaction(self):
        """The model on a cursor of its own, which commits when it is left without an error."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": self.lang})
            yield env["shipping.purchase"]
            env.flush_all()

    # -- reading --------------------------------------------------------------------------------

    @step
    def live(self, model, slots) -> dict[str, Row]:
        """What is or may be bought for these parcels, by slot."""
        rows = model.search([("slot", "in", [slot.name for slot in slots]), ("state", "in", LIVE)])
        return {row.slot: self._read(row) for row in rows}

    def _read(self, row) -> Row:
        return Row(
            id=row.id,
            key=row.key,
            request_key=row.request_key,
            slot=row.slot,
            state=row.state,
            sent_at=row.sent_at or None,
            contents=row.contents or {},
            user=row.user_id.name or "",
            error=row.error or "",
        )

    @step
    def paid(self, model, ids) -> list[Paid]:
        """Those of the rows that are bought, with their labels."""
        return [self._read_paid(row) for row in model.browse(ids).exists() if row.state == BOUGHT]

    def _read_paid(self, row, is_new=False) -> Paid:
        return Paid(
            key=row.key,
            slot=row.slot,
            reference=row.parcel_reference,
            tracking_number=row.tracking_number,
            cost=to_decimal(row.cost),
            currency=row.currency_id.name or "",
            carrier_ref=row.carrier_ref or "",
            service_name=row.service_name or "",
            transit_days=row.transit_days,
            promised_at=row.promised_at or None,
            labels=tuple(
                port.Label(one.name.rpartition(".")[2], one.raw) for one in row._get_labels()
            ),
            documents=tuple((one.name, one.raw) for one in row._get_papers()),
            contents=row.contents or {},
            is_new=is_new,
        )

    # -- buying ---------------------------------------------------------------------------------

    @step
    def claim(self, model, slots, carrier, company) -> list[Row]:
        """Rows in state *sending* for parcels that are bought in one request.

        Committed before anything is sent: whoever comes after us sees that we are at it.

        :raises SlotTaken: when one of the parcels is bought by somebody else; then none is claimed
        """
        now = fields.Datetime.now()
        keys = [new_key() for _slot in slots]
        rows = model
        for slot, key in zip(slots, keys, strict=True):
            # the unique indexes decide, whatever our snapshot knows of other workers
            inserted = model.env.execute_query(
                SQL(
                    """
                    INSERT INTO shipping_purchase (
                           key, request_key, slot, attempt, state, sent_at, account_id,
                           carrier_id, company_id, user_id, create_uid, create_date)
                    SELECT %(key)s, %(request)s, %(slot)s, COALESCE(MAX(attempt), 0) + 1,
                           %(state)s, %(now)s, %(account)s, %(carrier)s, %(company)s,
                           %(user)s, %(user)s, %(now)s
                      FROM shipping_purchase WHERE slot = %(slot)s
                        ON CONFLICT DO NOTHING
                 RETURNING id
                    """,
                    key=key,
                    request=keys[0],
                    slot=slot.name,
                    state=SENDING,
                    now=now,
                    account=carrier.shipping_account_id.id,
                    carrier=carrier.id,
                    company=company.id,
                    user=self.uid,
                )
            )
            if not inserted:
                model.env.cr.rollback()
                raise SlotTaken(slot.reference)
            row = model.browse(inserted[0][0])
            row.write(
                {
                    "picking_ref": slot.picking_id,
                    "picking_name": slot.picking_name,
                    "package_ref": slot.package_id,
                    "parcel_reference": slot.reference,
                    "is_return": slot.is_return,
                    "contents": slot.contents,
                }
            )
            rows |= row
        return [self._read(row) for row in rows]

    @step
    def keep(self, model, rows, exchange) -> None:
        """Store what the carrier answered, before it is understood."""
        text = f"{exchange.method} {exchange.path}: {exchange.status}\n{exchange.body}"
        self._lock(model, rows).write({"answer": text})

    @step
    def record(self, model, rows, bought) -> list[Paid]:
        """The carrier sold: every row gets its number, cost and label."""
        result = []
        records = self._lock(model, rows)
        currency = (
            model.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", bought.currency)])
        )
        documents = bought.documents
        for record, got in zip(records, bought.parcels, strict=True):
            if record.state == BOUGHT:  # a look-up was faster
                result.append(self._read_paid(record))
                continue
            record.write(self._prepare_bought(record, got, bought, currency))
            self._store_labels(record, got.labels)
            # papers of the whole request lie with its first parcel
            self._store_files(record, documents, PAPERS)
            documents = ()
            result.append(self._read_paid(record, is_new=True))
        return result

    def _prepare_bought(self, record, got, bought, currency):
        quote = bought.quote
        promised = quote.delivery_date if quote else None
        if promised:
            promised = promised.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
        silent = record.env._("The carrier does not say what the label cost: see its invoice.")
        return {
            "state": BOUGHT,
            "bought_at": fields.Datetime.now(),
            "tracking_number": got.tracking_number,
            "carrier_ref": got.carrier_ref or bought.reference,
            "service_name": quote.service_name if quote else False,
            "transit_days": (quote.transit_days if quote else None) or 0,
            "promised_at": promised or False,
            "cost": float(got.cost or 0),
            "currency_id": currency.id,
            "error": silent if got.cost is None else False,
            "check_count": 0,
            # a label that is paid and did not arrive is asked for again
            "next_check": False if got.labels else fields.Datetime.now(),
        }

    @step
    def store_labels(self, model, row_id, labels) -> None:
        """Labels that arrived after the purchase."""
        record = self._lock_ids(model, [row_id])
        self._store_labels(record, labels)
        record.write({"next_check": False, "check_count": 0, "error": False})

    def _store_labels(self, record, labels):
        self._store_files(record, labels, "")

    def _store_files(self, record, labels, suffix):
        known = set(record._get_files().mapped("name"))
        record.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": label.content,
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for label in labels
                if (name := f"{record.tracking_number}{suffix}.{label.format}") not in known
            ]
        )

    @step
    def reject(self, model, rows, message, is_carrier_fault=False) -> None:
        """Certainly not bought.

        :param is_carrier_fault: nothing was wrong with what was asked for
        """
        values = {"state": REJECTED, "error": message, "next_check": False}
        if is_carrier_fault:
            values["is_carrier_fault"] = True
        self._lock(model, rows).filtered(lambda row: row.state in (SENDING, UNKNOWN)).write(values)

    @step
    def doubt(self, model, rows, message, is_carrier_fault=False) -> None:
        """May be bought: to be looked up."""
        values = {"is_carrier_fault": True} if is_carrier_fault else {}
        records = self._lock(model, rows)
        for record in records.filtered(lambda row: row.state in (SENDING, UNKNOWN)):
            self._postpone(record, message, state=UNKNOWN, **values)

    @step
    def request_rows(self, model, request_key) -> list[Row]:
        """All rows of a request, in the order of its parcels."""
        rows = model.search([("request_key", "=", request_key)], order="id")
        return [self._read(row) for row in rows]

    # -- giving back ----------------------------------------------------------------------------

    @step
    def want_void(self, model, row_id) -> str:
        """Note that a label is to be given back; the state that it is in then."""
        record = self._lock_ids(model, [row_id])
        if record.state == BOUGHT:
            record.write(
                {
                    "state": VOID_PENDING,
                    "is_void_refused": False,
                    "check_count": 0,
                    "next_check": fields.Datetime.now() + LEASE,
                }
            )
        return record.state

    @step
    def row(self, model, row_id) -> Row:
        return self._read(model.browse(row_id))

    @step
    def note(self, model, row_id, message) -> None:
        """Why a purchase could not be brought to its end; seen by whoever decides about it."""
        self._postpone(self._lock_ids(model, [row_id]), message)

    @step
    def get_void_reference(self, model, row_id) -> str:
        """What the carrier knows the label by."""
        record = model.browse(row_id)
        return record.carrier_ref or record.tracking_number

    @step
    def voided(self, model, row_id) -> None:
        record = self._lock_ids(model, [row_id])
        if record.state == VOID_PENDING:
            record.write(
                {
                    "state": VOIDED,
                    "voided_at": fields.Datetime.now(),
                    "next_check": False,
                    "error": False,
                }
            )

    @step
    def void_refused(self, model, row_id, message) -> None:
        """The label stays bought, and a person has to know."""
        record = self._lock_ids(model, [row_id])
        if record.state == VOID_PENDING:
            record.write(
                {
                    "state": BOUGHT,
                    "is_void_refused": True,
                    "error": message,
                    "next_check": False,
                }
            )

    @step
    def postpone(self, model, row_id, message) -> None:
        """The carrier could not be asked: again later, after ever longer pauses."""
        self._postpone(self._lock_ids(model, [row_id]), message)

    def _postpone(self, record, message, **values):
        pause = min(timedelta(minutes=2 ** min(record.check_count, 12)), LONGEST_PAUSE)
        record.write(
            {
                "error": message,
                "check_count": record.check_count + 1,
                "next_check": fields.Datetime.now() + pause,
                **values,
            }
        )

    # -- locks ----------------------------------------------------------------------------------

    def _lock(self, model, rows):
        return self._lock_ids(model, [row.id for row in rows])

    def _lock_ids(self, model, ids):
        """The rows in the order asked for, each locked: two workers take their turn."""
        model.env.cr.execute(
            SQL(
                "SELECT id FROM shipping_purchase WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(ids),
            ),
            log_exceptions=False,
        )
        return model.browse(ids)
