"""The projection, by hand: today is the 10th."""

from datetime import date

from visibility_core.projection import Line, atp_on, project


def day(number: int) -> date:
    return date(2026, 3, number)


def steps(opening=10.0, safety=0.0, changes=()):
    """The steps of an opening balance, and of changes: day, incoming, outgoing, change."""
    planned = [Line(when, 0, 0, *change) for when, *change in changes]
    return project(day(10), [Line(None, opening), Line(None, 0, safety), *planned], digits=2)


def test_nothing_planned_is_one_step():
    (today,) = steps(safety=3.0)
    assert (today.day, today.balance, today.atp) == (day(10), 10.0, 7.0)


def test_promise_is_the_lowest_balance_ahead():
    """10; 2 after the delivery of the 13th; 22 after the receipt of the 15th."""
    planned = steps(changes=[(day(15), 20, 0, 20), (day(13), 0, 8, -8)])
    assert [step.balance for step in planned] == [10.0, 2.0, 22.0]
    assert [step.atp for step in planned] == [2.0, 2.0, 22.0]


def test_promise_by_date_lies_on_the_step_before():
    planned = steps(changes=[(day(13), 0, 8, -8), (day(15), 20, 0, 20)])
    expected = {9: 0.0, 10: 2.0, 12: 2.0, 14: 2.0, 15: 22.0, 31: 22.0}
    assert {number: atp_on(planned, day(number)) for number in expected} == expected


def test_promise_never_falls_with_the_date():
    planned = steps(changes=[(day(11), 5, 0, 5), (day(12), 0, 12, -12), (day(14), 1, 0, 1)])
    assert [step.atp for step in planned] == [3.0, 3.0, 3.0, 4.0]


def test_overdue_counts_today():
    (today,) = steps(changes=[(day(1), 0, 4, -4), (day(9), 3, 0, 3)])
    assert (today.incoming, today.outgoing, today.balance) == (3.0, 4.0, 9.0)


def test_what_arrives_blocked_changes_nothing():
    planned = steps(changes=[(day(12), 7, 0, 0)])
    assert [(step.incoming, step.balance) for step in planned] == [(0.0, 10.0), (7.0, 10.0)]


def test_decimals_add_up():
    """0.1 + 0.2 - 0.3 is nothing, whatever binary floating point says."""
    planned = steps(0.1, changes=[(day(11), 0.2, 0, 0.2), (day(12), 0, 0.3, -0.3)])
    assert planned[-1].balance == 0.0
    assert planned[0].atp == 0.0


def test_parts_of_the_opening_balance_add_up():
    """On hand 0.3, of which 0.1 is withheld for a move of the 12th that takes nothing more."""
    today, later = project(day(10), [Line(None, 0.3), Line(day(12), -0.1)], digits=2)
    assert (today.balance, today.atp, later.day, later.balance) == (0.2, 0.2, day(12), 0.2)


def test_what_is_promised_for_today_is_gone_at_once():
    (today,) = project(day(10), [Line(None, 5.0), Line(day(10), change=-2.0)], digits=2)
    assert (today.outgoing, today.balance) == (0.0, 3.0)
