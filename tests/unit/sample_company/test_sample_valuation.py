"""Average cost by hand, and what a beginner is told."""

import pytest

from sample_company.guide import what_to_look_at_first
from sample_company.valuation import AverageCost


def test_average_of_two_receipts():
    cost = AverageCost()
    cost.receive(10, 20.0)  # at 2.00
    cost.receive(30, 100.0)  # 40 pieces for 120.00
    assert cost.average == pytest.approx(3.0)
    assert cost.issue(15) == pytest.approx(45.0)
    assert (cost.quantity, cost.value) == (25, pytest.approx(75.0))


def test_goods_that_leave_do_not_change_the_average():
    cost = AverageCost()
    cost.receive(8, 10.0)
    for _ in range(3):
        cost.issue(2)
    assert cost.average == pytest.approx(1.25)


def test_an_empty_stock_takes_the_next_price():
    cost = AverageCost()
    cost.receive(5, 50.0)
    cost.issue(5)
    assert cost.value == 0
    cost.receive(4, 8.0)
    assert cost.average == pytest.approx(2.0)


def test_the_guide_is_plain_sentences():
    lines = what_to_look_at_first()
    assert 3 <= len(lines) <= 7
    assert all("\n" not in line and "  " not in line for line in lines)
    text = " ".join(lines)
    for screen in ("Visibility", "Smart Reorder", "Ready to ship"):
        assert screen in text
