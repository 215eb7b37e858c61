"""Labels of one picking from a carrier with an account: bought once, adopted ever after."""

import hashlib
import logging
import time
from dataclasses import replace

from odoo import fields
from odoo.exceptions import UserError

from ..core import port
from .purchase_ledger import Ledger
from .purchase_row import LEASE, LEASE_MARGIN, Row, Slot, SlotTaken
from .shipping_purchase import BOUGHT, REJECTED, SENDING, VOID_PENDING, VOIDED

_logger = logging.getLogger(__name__)


class LabelDesk:
    """Buys what a picking lacks.

    It reads the picking in the caller's transaction and writes nothing there: what was bought is
    handed back, and :class:`~.shipment.Shipment` stores it.

    :param picking: ``stock.picking`` record
    :param carrier: ``delivery.carrier`` record of type ``carrier_account``
    :param is_return: labels for the way back
    """

    def __init__(self, picking, carrier, is_return=False):
        self.env = picking.env
        self.picking = picking.sudo()
        self.carrier = carrier.sudo()
        self.account = self.carrier._get_shipping_account()
        self.is_return = is_return
        self.ledger = Ledger(self.env)

    # -- what is wanted -------------------------------------------------------------------------

    def _get_spec(self):
        return self.carrier._prepare_shipment_spec_from_picking(
            self.picking,
            self.carrier._get_shipping_service_code(self.picking),
            is_return=self.is_return,
        )

    def _get_slots(self, spec):
        """The parcels of the spec as the ledger knows them, in its order."""
        packages = {box.reference: box.package.id for box in self.picking._get_shipping_boxes()}
        return [
            Slot(
                picking_id=self.picking.id,
                picking_name=self.picking.name,
                package_id=packages[parcel.reference] or 0,
                reference=parcel.reference,
                is_return=self.is_return,
                contents=describe_parcel(spec, parcel, self.carrier),
            )
            for parcel in spec.parcels
        ]

    # -- buying ---------------------------------------------------------------------------------

    def obtain(self, may_buy=True):
        """The labels of all parcels: those that are bought already, and new ones for the rest.

        :param may_buy: otherwise a missing label is an error
        :return: ``(spec, paid)``, the labels in the order of the spec's parcels
        :raises UserError: says what stands against it; what was bought until then is in the ledger,
            and adopted by the next attempt
        """
        spec = self._get_spec()
        slots = self._get_slots(spec)
        if not slots:
            raise UserError(self.env._("There is nothing to ship."))
        found = self._adopt(slots)
        missing = [slot for slot in slots if slot.name not in found]
        if missing and not may_buy:
            raise UserError(
                self.env._(
                    "%(picking)s has no label yet. Press Buy Labels first, or let the delivery "
                    "method buy at validation.",
                    picking=self.picking.name,
                )
            )
        if missing and not self.is_return:
            self.picking._check_packing()
        for group in self._group(missing):
            for paid in self._buy(spec, group):
                found[paid.slot] = paid
        return spec, [found[slot.name] for slot in slots]

    def _adopt(self, slots):
        """What is paid for already, by slot; refuses while that is not certain."""
        adopted = {}
        live = self.ledger.live(slots)
        for slot in slots:
            row = live.get(slot.name)
            if row is None:
                continue
            if row.state not in (BOUGHT, VOID_PENDING):
                row = self._clear_up(row, slot)
                # what was bought in the same request is cleared up with it
                live = self.ledger.live(slots)
            if row.state == VOID_PENDING:
                row = self._finish_void(row, slot)
            if row.state == BOUGHT:
                [paid] = self.ledger.paid([row.id])
                self._check_unchanged(paid, slot)
                adopted[slot.name] = paid
        return adopted

    def _clear_up(self, row, slot) -> Row:
        """Whether an earlier attempt bought something: looked up if nobody is at it."""
        if row.state == SENDING and not row.is_abandoned:
            raise UserError(
                self.env._(
                    "The label of %(parcel)s is being bought by %(user)s just now. Try again in a "
                    "few minutes.",
                    parcel=slot.reference,
                    user=row.user or self.env._("somebody else"),
                )
            )
        settle(self.env, self.account, row)
        now = self.ledger.live([slot]).get(slot.name)
        if now is None:
            return replace(row, state=REJECTED)
        if now.state != BOUGHT:
            raise UserError(self._get_unknown_message(slot.reference, now.error))
        return now

    def _finish_void(self, row, slot) -> Row:
        state = void(self.env, self.account, row.id)
        if state != VOIDED:
            raise UserError(
                self.env._(
                    "The former label of %(parcel)s is being given back. Try again in a few "
                    "minutes.",
                    parcel=slot.reference,
                )
            )
        return replace(row, state=VOIDED)

    def _check_unchanged(self, paid, slot):
        """A label says what is inside: one that is not true any more does not go out."""
        labels = {
            "address": self.env._("the address"),
            "weight": self.env._("the weight"),
            "size": self.env._("the size"),
            "service": self.env._("the service"),
            "account": self.env._("the carrier account"),
            "point": self.env._("the service point"),
        }
        changed = [
            labels.get(name, name)
            for name, value in slot.contents.items()
            if paid.contents.get(name, value) != value
        ]
        if changed:
            raise UserError(
                self.env._(
                    "The label %(number)s of %(parcel)s was bought before %(what)s changed. Cancel "
                    "its parcel, which gives the label back, then buy a new one.",
                    number=paid.tracking_number,
                    parcel=slot.reference,
                    what=", ".join(changed),
                )
            )

    def _group(self, slots):
        """One request for all parcels where the carrier takes several, else one for each."""
        if not slots:
            return []
        if self.account._has_capability(port.Capability.MULTI_PARCEL):
            return [slots]
        return [[slot] for slot in slots]

    def _buy(self, spec, slots):
        """One request to the carrier, with its row in the ledger before and after it."""
        references = {slot.reference for slot in slots}
        spec = spec.only(tuple(one for one in spec.parcels if one.reference in references))
        money_until = time.time() + (LEASE - LEASE_MARGIN).total_seconds()
        self.account._connect()  # what is missing shows before anything is claimed
        try:
            rows = self.ledger.claim(slots, self.carrier, self.picking.company_id)
        except SlotTaken as taken:
            raise UserError(
                self.env._(
                    "The label of %(parcel)s is being bought by somebody else just now. Reload the "
                    "page in a moment.",
                    parcel=str(taken),
                )
            ) from taken
        adapter = self.account._connect(
            keep=lambda exchange: self.ledger.keep(rows, exchange), money_until=money_until
        )
        try:
            bought = adapter.buy(spec, rows[0].request_key)
        except (port.Rejected, port.Retryable) as failure:
            message = self.carrier._get_shipping_error_message(failure)
            self.ledger.reject(rows, message, port.is_carrier_fault(failure))
            raise UserError(
                self.env._("%(picking)s: %(problem)s", picking=self.picking.name, problem=message)
            ) from failure
        except port.Unknown as failure:
            return self._after_doubt(rows, slots, failure)
        except Exception as failure:
            # a fault of ours, after which nobody knows how far it came
            self.ledger.doubt(rows, f"{type(failure).__name__}: {failure}")
            raise
        return self.ledger.record(rows, bought)

    def _after_doubt(self, rows, slots, failure):
        """The answer was lost: often the carrier can say at once that it sold."""
        message = self.carrier._get_shipping_error_message(failure)
        self.ledger.doubt(rows, message, is_carrier_fault=True)
        settle(self.env, self.account, replace(rows[0], error=message))
        paid = self.ledger.paid([row.id for row in rows])
        if len(paid) == len(rows):
            return [replace(one, is_new=True) for one in paid]
        raise UserError(self._get_unknown_message(slots[0].reference, message)) from failure

    def _get_unknown_message(self, parcel, message):
        return self.env._(
            "The label of %(parcel)s may have been bought: %(problem)s It is looked up at the "
            "carrier until that is certain; do not buy it elsewhere. See Inventory ▸ Shipping ▸ "
            "Labels to Decide.",
            parcel=parcel,
            problem=message,
        )


def describe_parcel(spec, parcel, carrier):
    """What must not change between the purchase of a label and its use.

    The address is kept as a digest: a ledger lives long, and need not know where people live.
    """
    address = "\n".join((*spec.recipient.lines, spec.recipient.country_code))
    return {
        "address": hashlib.sha256(address.encode()).hexdigest()[:16],
        "weight": f"{parcel.weight:.3f}" if parcel.weight is not None else "",
        "size": f"{parcel.length:.0f}x{parcel.width:.0f}x{parcel.height:.0f}",
        "service": spec.service,
        "account": carrier.shipping_account_id.id,
        "point": spec.service_point.reference if spec.service_point else "",
    }


def settle(env, account, row):
    """Ask the carrier what became of a purchase, and write it down.

    :param row: a :class:`~.purchase_row.Row` in state *unknown*, or *sending* by a dead worker
    """
    ledger = Ledger(env)
    rows = ledger.request_rows(row.request_key)
    carriers = env["delivery.carrier"]
    if not account._has_capability(port.Capability.FIND):
        ledger.doubt(rows, row.error or env._("The carrier cannot look purchases up."))
        return
    try:
        adapter = account._connect()
        bought = adapter.find(row.request_key)
    except (port.CarrierError, UserError) as failure:
        message = (
            carriers._get_shipping_error_message(failure)
            if isinstance(failure, port.CarrierError)
            else str(failure)
        )
        ledger.doubt(rows, row.error or message)
        return
    if bought is not None and len(bought.parcels) == len(rows):
        ledger.record(rows, bought)
        return
    age = (fields.Datetime.now() - row.sent_at).total_seconds()
    proves_after = adapter.find_proves_after
    if bought is None and proves_after is not None and age > proves_after:
        ledger.reject(rows, env._("The carrier knows of no such purchase: nothing was bought."))
        return
    ledger.doubt(rows, row.error or env._("The worker that bought it ended before the answer."))


def void(env, account, row_id):
    """Give a label back, however often it is asked for.

    :return: ``voided``, or ``void_pending`` when the carrier could not be asked now: it is tried
        again until it answers
    :raises UserError: when the carrier refuses; the label stays bought
    """
    ledger = Ledger(env)
    state = ledger.want_void(row_id)
    if state != VOID_PENDING:
        return state
    if account._is_void_by_disuse():
        ledger.voided(row_id)
        return VOIDED
    reference = ledger.get_void_reference(row_id)
    carriers = env["delivery.carrier"]
    try:
        if not account._has_capability(port.Capability.VOID):
            raise port.Rejected("The carrier takes no labels back.", "no_void")
        account._connect().void(reference)
    except port.Rejected as failure:
        message = carriers._get_shipping_error_message(failure)
        ledger.void_refused(row_id, message)
        raise UserError(
            env._(
                "The label cannot be given back: %(problem)s",
                problem=message,
            )
        ) from failure
    except port.CarrierError as failure:
        ledger.postpone(row_id, carriers._get_shipping_error_message(failure))
        return VOID_PENDING
    ledger.voided(row_id)
    return VOIDED
