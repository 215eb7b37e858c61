"""50,000 parcels on the road, all due at once, by an account that allows 600 questions a minute.

The scheduled action is run again and again for twenty seconds, as four workers' crons would at the
worst. A carrier on the loopback interface takes 100 ms for every answer and counts what it is
asked: never more than the bucket of one minute and what it refilled since.
"""

from __future__ import annotations

import time

from . import shipping_purchase
from .figures import Figure

GROUP = "shipping"
MODULES = ("shipping_connectors",)

COUNT = 50_000
PER_MINUTE = 600
SECONDS = 20


def run(env):
    loopback = shipping_purchase.load_loopback()
    with loopback.LoopbackCarrier(delay=shipping_purchase.DELAY) as server:
        pickings, account, index = prepare(env, server.url, loopback.API_KEY)
        env.cr.commit()
        try:
            yield from measure(env, account, server)
        finally:
            env.cr.rollback()
            env.invalidate_all()
            clean(env, pickings)
            env.cr.execute(index)
            env.cr.commit()


def measure(env, account, server):
    accounts = env["shipping.account"]
    batches = []
    poll = type(accounts)._poll_batch

    def counted(self):
        started, queries = time.perf_counter(), env.cr.sql_log_count
        size = poll(self)
        if size:
            batches.append((size, time.perf_counter() - started, env.cr.sql_log_count - queries))
        return size

    type(accounts)._poll_batch = counted
    started = time.monotonic()
    try:
        while time.monotonic() - started < SECONDS:
            accounts._cron_track()
            time.sleep(0.2)
    finally:
        type(accounts)._poll_batch = poll
    elapsed = time.monotonic() - started
    asked = len(server.trackers)
    allowed = PER_MINUTE * (1 + elapsed / 60)
    env.cr.execute(
        "SELECT COUNT(*) FROM shipping_parcel WHERE account_id = %s AND polled_at IS NOT NULL",
        [account.id],
    )
    [stored] = env.cr.fetchone()
    sizes = [size for size, _seconds, _queries in batches]
    yield Figure(
        "tracking.asked",
        asked,
        "questions",
        # what is claimed and not yet asked when time is up is less than a batch
        at_least=PER_MINUTE,
        at_most=int(allowed),
        why=f"{PER_MINUTE} a minute in {elapsed:.0f} s: one minute's worth and the refill",
    )
    yield Figure("tracking.asked_twice", asked - len(set(server.trackers)), "parcels", at_most=0)
    yield Figure("tracking.stored", stored, "parcels", at_least=asked, at_most=asked)
    yield Figure("tracking.largest_batch", max(sizes), "parcels", at_most=50)
    yield Figure(
        "tracking.statements",
        sum(queries for _size, _seconds, queries in batches) / asked,
        "per parcel",
        at_most=6,
    )
    # four at a time take 25 ms a parcel
    spent = sum(seconds for _size, seconds, _queries in batches)
    yield Figure("tracking.milliseconds", 1000 * spent / asked, "per parcel")


#: one parcel for each package of a transfer: in the way of many copies of one parcel
INDEX = "shipping_parcel_package_uniq"


def prepare(env, url, key):
    """One shipped parcel, and copies of it on the road by SQL.

    :return: the transfer, the account, and the statement that makes the dropped index again
    """
    pickings = shipping_purchase.prepare(env, url, key, count=1)
    account = pickings.carrier_id.shipping_account_id
    account.poll_per_minute = PER_MINUTE
    env.cr.commit()  # the ledger of purchases is on a cursor of its own
    pickings.action_buy_labels()
    env.flush_all()
    env.cr.execute("SELECT pg_get_indexdef(%s::regclass)", [INDEX])
    [index] = env.cr.fetchone()
    env.cr.execute(f"DROP INDEX {INDEX}")
    env.cr.execute(
        """
        INSERT INTO shipping_parcel (
               tracking_number, access_token, picking_id, carrier_id, company_id, partner_id,
               account_id, state, purchase_key, next_poll_at, ship_date, is_return,
               poll_failures, create_date)
        SELECT 'TRACK' || n, 'bench-track-' || n, picking_id, carrier_id, company_id, partner_id,
               account_id, 'in_transit', 'TRACK' || n,
               now() AT TIME ZONE 'UTC' - interval '1 minute', ship_date, FALSE, 0,
               now() AT TIME ZONE 'UTC'
          FROM generate_series(1, %s) n, shipping_parcel WHERE picking_id = %s
        """,
        [COUNT, pickings.id],
    )
    env.cr.execute("ANALYZE shipping_parcel")
    return pickings, account, index


def clean(env, pickings):
    parcels = "(SELECT id FROM shipping_parcel WHERE picking_id IN %s)"
    env.cr.execute(
        f"DELETE FROM shipping_tracking_event WHERE parcel_id IN {parcels}", [tuple(pickings.ids)]
    )
    shipping_purchase.clean(env, pickings)
