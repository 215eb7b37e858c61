import math

import pytest
from smart_reorder_engine.borrow import MAX_PEERS, Peer, Traits, borrow, likenesses, similarity

#: All / Kitchen / Kettles of vendor 7 at 10, red (1) and steel (2).
KETTLE = Traits((1, 2, 3), 7, 10.0, frozenset({1, 2}))
PEERS = [Peer(1.0, KETTLE), Peer(2.0, KETTLE), Peer(3.0, KETTLE)]


def test_prior_of_similar_products():
    """Mean 2, variance 2/3 or at least a quarter of 4: 1. α = 4, β = 2."""
    borrowed = borrow(KETTLE, PEERS, 0, 0)
    assert borrowed.rate == pytest.approx(2)
    assert borrowed.dispersion == pytest.approx(1 / 4)
    assert (borrowed.peers, borrowed.peer_rate) == (3, 2)


def test_own_days_correct_it():
    """20 units in 8 days: (4 + 20)/(2 + 8) = 2.4 a day, d = 1/24."""
    borrowed = borrow(KETTLE, PEERS, 20, 8)
    assert borrowed.rate == pytest.approx(2.4)
    assert borrowed.dispersion == pytest.approx(1 / 24)


def test_days_without_sales_count_too():
    """Nothing in 6 days: 4/(2 + 6)."""
    assert borrow(KETTLE, PEERS, 0, 6).rate == pytest.approx(0.5)


def test_products_that_differ_more_say_less():
    """1, 1 and 10: mean 4, variance (9 + 9 + 36)/3 = 18; α = 16/18."""
    peers = [Peer(1, KETTLE), Peer(1, KETTLE), Peer(10, KETTLE)]
    assert borrow(KETTLE, peers, 0, 0).dispersion == pytest.approx(18 / 16)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (KETTLE, {"category": 1, "attributes": 1, "price": 1, "vendor": 1}),
        # Kitchen / Pans: two of three levels; one value of three; twice the price; another vendor.
        (
            Traits((1, 2, 4), 8, 20.0, frozenset({1, 5})),
            {"category": 2 / 3, "attributes": 1 / 3, "price": 0.5, "vendor": 0},
        ),
        # A level deeper; four times the price and more has nothing in common.
        (Traits((1, 2, 3, 9), 7, 40.0), {"category": 3 / 4, "price": 0, "vendor": 1}),
        (Traits((1, 2, 3), 7, 1000.0), {"category": 1, "price": 0, "vendor": 1}),
        # What is not known of both says nothing.
        (Traits(), {}),
    ],
)
def test_likeness_of_each_trait(other, expected):
    assert likenesses(KETTLE, other) == pytest.approx(expected)
    assert likenesses(other, KETTLE) == pytest.approx(expected)


def test_gowers_coefficient():
    """(2·2/3 + 2·1/3 + 0.5 + 0)/6."""
    like = {"category": 2 / 3, "attributes": 1 / 3, "price": 0.5, "vendor": 0.0}
    assert similarity(like) == pytest.approx(2.5 / 6)
    assert similarity({"category": 1.0, "vendor": 0.0}) == pytest.approx(2 / 3)
    assert similarity({}) == 0


def test_attributes_tell_products_of_a_category_apart():
    """Three red ones sell 1 a day, three blue ones 6; the new one is red. Alike: 1 and
    (2 + 0 + 1 + 1)/6 = 2/3; weights 1 and 4/9: (3·1 + 3·6·4/9)/(3 + 3·4/9) = 11/(13/3)."""
    red, blue = (Traits((1,), 7, 10.0, frozenset({value})) for value in (1, 2))
    peers = [Peer(1, red)] * 3 + [Peer(6, blue)] * 3
    borrowed = borrow(red, peers, 0, 0)
    assert borrowed.peer_rate == pytest.approx(11 / (13 / 3))
    assert borrowed.shared == {"category": 6, "attributes": 3, "price": 6, "vendor": 6}
    # Without attributes they weigh the same.
    plain = Traits((1,), 7, 10.0)
    assert borrow(plain, peers, 0, 0).peer_rate == pytest.approx(3.5)


def test_another_category_may_be_near_enough():
    """The category differs, all else is the same: 4/6 ≥ 0.5. A vendor alone is not."""
    elsewhere = Traits((9,), 7, 10.0, frozenset({1, 2}))
    assert borrow(KETTLE, [Peer(2, elsewhere)] * 3, 0, 0).peer_rate == pytest.approx(2)
    assert borrow(KETTLE, [Peer(2, Traits((9,), 7))] * 3, 0, 0) is None


def test_the_most_alike_are_named_and_enough():
    near = [Peer(2, KETTLE, f"near {index}") for index in range(MAX_PEERS)]
    far = [Peer(9, Traits((1, 2, 3), 8, 10.0, frozenset({1, 2})), "far")] * 10
    borrowed = borrow(KETTLE, far + near, 0, 0)
    assert (borrowed.peers, borrowed.peer_rate) == (MAX_PEERS, 2)
    assert borrowed.nearest == ("near 0", "near 1", "near 2")


def test_too_few_or_silent_peers():
    assert borrow(KETTLE, PEERS[:2], 5, 5) is None
    assert borrow(KETTLE, [Peer(0, KETTLE)] * 5, 5, 5) is None
    assert math.isfinite(borrow(KETTLE, PEERS, -3, 0).rate)
