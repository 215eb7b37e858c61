import pytest
from smart_reorder_engine.borrow import Peer, borrow, similarity

PEERS = [Peer(1.0, 10, 7), Peer(2.0, 10, 7), Peer(3.0, 10, 7)]


def test_prior_of_similar_products():
    """Mean 2, variance 2/3 or at least a quarter of 4: 1. α = 4, β = 2."""
    borrowed = borrow(PEERS, 10, 7, 0, 0)
    assert borrowed.rate == pytest.approx(2)
    assert borrowed.dispersion == pytest.approx(1 / 4)
    assert (borrowed.peers, borrowed.peer_rate) == (3, 2)


def test_own_days_correct_it():
    """20 units in 8 days: (4 + 20)/(2 + 8) = 2.4 a day, d = 1/24."""
    borrowed = borrow(PEERS, 10, 7, 20, 8)
    assert borrowed.rate == pytest.approx(2.4)
    assert borrowed.dispersion == pytest.approx(1 / 24)


def test_days_without_sales_count_too():
    """Nothing in 6 days: 4/(2 + 6)."""
    assert borrow(PEERS, 10, 7, 0, 6).rate == pytest.approx(0.5)


def test_products_that_differ_more_say_less():
    """1, 1 and 10: mean 4, variance (9 + 9 + 36)/3 = 18; α = 16/18."""
    peers = [Peer(1, 10, 7), Peer(1, 10, 7), Peer(10, 10, 7)]
    assert borrow(peers, 10, 7, 0, 0).dispersion == pytest.approx(18 / 16)


def test_vendor_and_price_make_peers_nearer():
    assert similarity(Peer(1, 10, 7), 10, 7) == 4
    assert similarity(Peer(1, 10, 8), 10, 7) == 2
    assert similarity(Peer(1, 40, 7), 10, 7) == 2
    assert similarity(Peer(1, 40, 8), 10, 7) == 1
    assert similarity(Peer(1, 0, None), 10, None) == 1
    # 4·1 + 1·6 + 1·6 over 6.
    peers = [Peer(1, 10, 7), Peer(6, 99, 8), Peer(6, 99, 8)]
    assert borrow(peers, 10, 7, 0, 0).peer_rate == pytest.approx(16 / 6)


def test_too_few_or_silent_peers():
    assert borrow(PEERS[:2], 10, 7, 5, 5) is None
    assert borrow([Peer(0, 1, 1)] * 5, 10, 7, 5, 5) is None
