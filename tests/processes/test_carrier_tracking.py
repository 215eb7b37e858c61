"""Following parcels and booking drivers under real workers: nobody waits, nothing happens twice."""

import importlib.util
import signal
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def load_kit():
    """The desk that buys labels, with its database and its carrier."""
    path = Path(__file__).with_name("test_label_purchase.py")
    spec = importlib.util.spec_from_file_location("label_purchase_kit", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


kit = load_kit()
desk = kit.desk

BUY_ALL = """
pickings = env["stock.picking"].browse({ids})
pickings.action_buy_labels()
env.cr.commit()
answer(pickings.parcel_ids.mapped("tracking_number"))
"""
MAKE_DUE = """
env.cr.execute("UPDATE shipping_parcel SET next_poll_at = now() at time zone 'utc'"
               " - interval '1 minute' WHERE tracking_number IN %s", [tuple({numbers})])
env.cr.execute("UPDATE shipping_account SET poll_budget_at = NULL, poll_paused_until = NULL")
env.cr.commit()
answer(1)
"""
TRACK = "env['shipping.account']._cron_track()\nenv.cr.commit()\nanswer('tracked')\n"
STATES = """
parcels = env["shipping.parcel"].search([("tracking_number", "in", {numbers})])
answer(sorted((one.tracking_number, one.state, len(one.event_ids)) for one in parcels))
"""
PICKUP = """
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
parcels = env["shipping.parcel"].search([("tracking_number", "in", {numbers})])
pickup = env["shipping.pickup"].create({{
    "account_id": parcels.account_id.id, "company_id": env.company.id,
    "warehouse_id": warehouse.id, "day": "2099-01-{day:02d}", "parcel_ids": [(6, 0, parcels.ids)]}})
env.cr.commit()
answer(pickup.id)
"""
BOOK = """
def press():
    return env["shipping.pickup"].browse({pickup}).action_book()
try:
    retrying(press, env)
    env.cr.commit()
    answer("booked")
except UserError as error:
    env.cr.rollback()
    answer(str(error))
"""
PICKUP_STATE = "answer(env['shipping.pickup'].browse({pickup}).state)\n"
MOMENT = "2026-01-05T10:00:00Z"


@pytest.fixture(scope="module")
def numbers(desk):
    return desk.run(BUY_ALL, ids=desk.take(6))


def locks_of_others(desk):
    return desk.query(
        "SELECT DISTINCT mode FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        "   AND locktype <> 'virtualxid'"
    )


def test_no_lock_while_the_carrier_thinks(desk, numbers):
    """And a worker that is killed then has lost nothing: its parcels are due again."""
    desk.run(MAKE_DUE, numbers=numbers)
    for number in numbers:
        desk.carrier.scan(number, "in_transit", MOMENT)
    desk.carrier.hold("track", "before")
    with desk.start(TRACK) as (worker, _log):
        desk.carrier.await_held("track", timeout=240)
        assert locks_of_others(desk) in ([], [("AccessShareLock",)])
        claimed = desk.query(
            "SELECT count(*) FROM shipping_parcel"
            " WHERE next_poll_at > now() at time zone 'utc' + interval '10 minutes'"
            "   AND next_poll_at < now() at time zone 'utc' + interval '16 minutes'"
        )
        assert claimed == [(len(numbers),)], "committed, for whoever comes next"
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=30)
    desk.carrier.release("track")
    assert {state for _number, state, _events in desk.run(STATES, numbers=numbers)} == {"pending"}
    desk.run(MAKE_DUE, numbers=numbers)
    desk.run(TRACK)
    assert desk.run(STATES, numbers=numbers) == [
        [number, "in_transit", 1] for number in sorted(numbers)
    ]


def test_two_workers_share_the_work(desk, numbers):
    """Each parcel is asked for once, and what is told is kept once."""
    desk.run(MAKE_DUE, numbers=numbers)
    for number in numbers:
        desk.carrier.scan(number, "out_for_delivery", "2026-01-06T10:00:00Z")
    desk.carrier.trackers.clear()
    desk.stage.act(*[kit.PRELUDE + TRACK] * 2)
    assert sorted(desk.carrier.trackers) == sorted(numbers)
    assert desk.run(STATES, numbers=numbers) == [
        [number, "out_for_delivery", 2] for number in sorted(numbers)
    ]


def test_two_users_book_one_driver(desk, numbers):
    pickup = desk.run(PICKUP, numbers=numbers, day=1)
    texts = [desk._text(BOOK, {"pickup": pickup})] * 2
    answers = desk.stage.act(*texts)
    assert sorted(one == "booked" for one in answers) == [False, True]
    assert len(desk.carrier.drivers) == 1
    # another form for the same day
    other = desk.run(PICKUP, numbers=numbers, day=1)
    assert "already" in desk.run(BOOK, pickup=other)
    assert len(desk.carrier.drivers) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_while_a_driver_is_booked(desk, numbers, moment):
    """Nobody knows what became of it: it is not sent again by itself."""
    day = {"before": 2, "after": 3}[moment]
    pickup = desk.run(PICKUP, numbers=numbers, day=day)
    desk.carrier.hold("buy_pickup", moment)
    with desk.start(BOOK, pickup=pickup) as (worker, _log):
        desk.carrier.await_held("buy_pickup", timeout=240)
        assert locks_of_others(desk) in ([], [("AccessShareLock",)])
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=30)
    before = desk.carrier.count("buy_pickup")
    desk.carrier.release("buy_pickup")
    assert desk.run(PICKUP_STATE, pickup=pickup) == "sending"
    assert "already" in desk.run(BOOK, pickup=pickup)
    assert desk.carrier.count("buy_pickup") == before
