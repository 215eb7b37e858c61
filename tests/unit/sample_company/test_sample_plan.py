"""The plan: the source's sales on their days, and a stock that could have served them."""

from collections import Counter

import pytest

from sample_company.barcodes import check_digit, gtin13
from sample_company.extract import read
from sample_company.geography import BRANCHES, CENTRAL
from sample_company.lots import Lot, LotBook
from sample_company.plan import make_plan
from sample_company.replenishment import Flow, replenish_branch, replenish_central
from sample_company.suppliers import SUPPLIERS, Offer


def movements(plan):
    """All movements of stock: (day, order within the day, product, place, quantity, lots)."""
    for order in plan.received:
        for line in order.lines:
            yield order.received, 0, line.code, CENTRAL, line.quantity, line.lots
    for transfer in plan.transfers:
        for line in transfer.lines:
            yield transfer.sent, 1, line.code, CENTRAL, -line.quantity, line.lots
            if transfer.arrives < plan.today:
                yield transfer.arrives, 2, line.code, transfer.branch, line.quantity, line.lots
    for document in (*plan.orders, *plan.deliveries):
        for line in document.lines:
            yield document.day, 3, line.code, document.warehouse, -line.quantity, line.lots
    for back in plan.returns:
        for line in back.lines:
            yield back.day, 4, line.code, back.warehouse, line.quantity, line.lots


def balances(plan):
    """Stock by product and place after the history, having looked at each moment of it."""
    stock = Counter()
    for place, lines in plan.opening.items():
        for line in lines:
            stock[line.code, place] += line.quantity
    for day, _order, code, place, quantity, _lots in sorted(movements(plan), key=lambda m: m[:4]):
        stock[code, place] += quantity
        assert stock[code, place] >= 0, (day, code, place)
    return stock


def test_the_same_extract_gives_the_same_plan(plan):
    assert make_plan(read()) == plan


def test_every_sale_of_the_source_is_delivered_once_or_open(extract, plan):
    expected, found = Counter(), Counter()
    for line in extract.lines:
        if line.quantity > 0:
            expected[line.code, line.warehouse, line.day] += line.quantity
    for document in (*plan.orders, *plan.deliveries, *plan.open_orders):
        for line in document.lines:
            found[line.code, document.warehouse, document.day] += line.quantity
    assert found == expected


def test_the_revenue_is_the_source_s(extract, plan):
    expected = sum(line.quantity * line.price for line in extract.lines if line.quantity > 0)
    found = sum(
        line.quantity * line.price
        for document in (*plan.orders, *plan.deliveries, *plan.open_orders)
        for line in document.lines
    )
    assert found == pytest.approx(expected)


def test_returns_are_the_source_s(extract, plan):
    expected = -sum(line.quantity for line in extract.history if line.quantity < 0)
    assert sum(line.quantity for back in plan.returns for line in back.lines) == expected > 0


def test_stock_is_never_negative_and_some_places_are_short_and_some_full(plan):
    stock = balances(plan)
    recent = Counter()
    for day, order, code, place, quantity, _lots in movements(plan):
        if order in (1, 3) and day >= plan.today - 28:
            recent[code, place] -= quantity
    empty = [place for place in recent if not stock[place]]
    full = [place for place in plan.places() if stock[place] > 6 * recent[place] > 0]
    assert len(empty) >= 30
    assert len(full) >= 10
    assert any(place == CENTRAL for _code, place in empty)


def test_every_branch_has_something_in_transit(plan):
    in_transit = {t.branch for t in plan.transfers if t.arrives >= plan.today}
    assert in_transit == {branch.code for branch in BRANCHES}
    assert all(t.sent < plan.today for t in plan.transfers)


def test_purchases(plan):
    assert 150 <= len(plan.purchases) <= 300
    waiting = [order for order in plan.purchases if order.received >= plan.today]
    overdue = [order for order in waiting if order.planned < plan.today]
    assert len(waiting) >= 5
    assert overdue
    for order in plan.purchases:
        assert 0 <= order.ordered < order.received
        for line in order.lines:
            offer = plan.offers[line.code][0]
            assert line.quantity >= offer.minimum
            assert line.quantity % offer.pack == 0


def test_lead_times_can_be_learned(plan):
    late = {supplier.key: [] for supplier in SUPPLIERS}
    for order in plan.received:
        late[order.supplier.key].append(order.received - order.planned)
    ningbo, thames = late["ningbo"], late["thames"]
    assert sum(ningbo) / len(ningbo) > 2 > sum(thames) / len(thames)


def test_suppliers_span_what_a_buyer_meets():
    leads = [supplier.lead_days for supplier in SUPPLIERS]
    assert 6 <= len(SUPPLIERS) <= 10
    assert (min(leads), max(leads)) == (7, 35)


def test_lots_are_followed_to_the_customer(extract, plan):
    stock = Counter()
    for place, lines in plan.opening.items():
        for line in lines:
            stock.update({(place, name): quantity for name, quantity in line.lots})
    for day, _order, code, place, quantity, lots in sorted(movements(plan), key=lambda m: m[:4]):
        sent = quantity < 0 and any(
            t.sent == day and t.arrives >= plan.today for t in plan.transfers
        )
        if not extract.products[code].perishable:
            assert not lots
        elif lots:
            assert sum(part for _name, part in lots) == abs(quantity)
            for name, part in lots:
                assert plan.lots[name].code == code
                stock[place, name] += part if quantity > 0 else -part
                assert stock[place, name] >= 0
        else:
            assert sent  # what is in transit takes its lots when it is really sent
    left = {name for (_place, name), quantity in stock.items() if quantity}
    assert any(plan.today < plan.lots[name].expires < plan.today + 90 for name in left)
    assert any(plan.lots[name].expires > plan.today + 180 for name in left)


def test_first_to_expire_leaves_first():
    book = LotBook()
    book.receive("CEN", Lot("new", "x", 300), 5)
    book.receive("CEN", Lot("old", "x", 100), 3)
    assert book.take("CEN", 4) == (("old", 3), ("new", 1))
    assert book.at("CEN") == {"new": 4}
    assert book.take_back("CEN", 2) == (("new", 2),)
    with pytest.raises(ValueError, match="1 pieces are missing"):
        book.take("CEN", 7)


def test_an_offer_s_price_and_quantity():
    offer = Offer(SUPPLIERS[0], 24, 12, ((1, 1.00), (96, 0.94)))
    assert [offer.price(q, 300) for q in (24, 95, 96)] == [1.00, 1.00, 0.94]
    assert offer.price(24, 0) == 0.96  # before the prices rose
    assert [offer.order_quantity(need) for need in (1, 24, 25, 36.5)] == [24, 24, 36, 48]


def test_the_branch_is_never_empty_handed_when_the_past_did_not_know():
    """Demand that no rule could have foreseen is served all the same."""
    import random

    branch = BRANCHES[0]
    demand = [0] * 100
    demand[60] = 500
    supply = replenish_branch(Flow(demand, [0] * 100), branch, 2, random.Random(1))
    arrived = supply.opening + sum(q for _sent, arrives, q in supply.arrivals if arrives <= 60)
    assert arrived >= 500


def test_the_central_warehouse_orders_what_it_will_send():
    import random

    outflow = [2] * 100
    supply = replenish_central(outflow, [(5, 15), (40, 50)], round, random.Random(1))
    stock, arrivals = supply.opening, {day: q for _ordered, day, q in supply.arrivals}
    for day, sent in enumerate(outflow):
        stock += arrivals.get(day, 0) - sent
        assert stock >= 0


def test_barcodes():
    assert check_digit("629104150021") == "3"  # GS1's own example
    # 3 × (1+0+0+3+1+5) + 1 × (0+0+4+2+2+9) = 47, and 3 are missing to 50
    assert gtin13(1) == "9521234000013"
    assert len({gtin13(item) for item in range(200)}) == 200
