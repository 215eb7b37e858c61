"""Sharing out: expected values by hand."""

import random

import pytest
from valuation_core.money import approach, confirm, nearest, spread


class TestSpread:
    @pytest.mark.parametrize(
        ("total", "weights", "expected"),
        [
            (100, [1, 1, 1], [34, 33, 33]),
            (-100, [1, 1, 1], [-34, -33, -33]),
            (1, [1, 1], [1, 0]),
            (10, [0, 5, 5], [0, 5, 5]),
            (7, [0, 0], [4, 3]),  # nothing says how: evenly
            # 10 × 1/6 = 1.67, 10 × 2/6 = 3.33, 10 × 3/6 = 5: the odd cent to the .67
            (10, [1, 2, 3], [2, 3, 5]),
            (0, [1, 2], [0, 0]),
            (0, [], []),
        ],
    )
    def test_by_hand(self, total, weights, expected):
        assert spread(total, weights) == expected

    def test_nobody(self):
        with pytest.raises(ValueError, match="among nobody"):
            spread(1, [])

    def test_always_adds_up_and_is_fair(self):
        chance = random.Random(19)
        for _ in range(500):
            weights = [chance.random() * chance.choice([0, 1, 1000]) for _ in range(9)]
            total = chance.randrange(-100_000, 100_000)
            shares = spread(total, weights)
            assert sum(shares) == total
            if any(weights):
                for share, weight in zip(shares, weights, strict=True):
                    assert abs(share - total * weight / sum(weights)) < 1 + 1e-6


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(2.5, 3), (3.5, 4), (-2.5, -3), (2.4, 2), (0.0, 0), (33532.5, 33533), (1.15 * 100 * 1.5, 173)],
)
def test_halves_are_rounded_away_from_zero(amount, expected):
    """1.15 × 100 × 1.5 is 172.5, and 172.49999999999997 as a float."""
    assert nearest(amount) == expected


class TestApproach:
    def test_what_is_near_stays(self):
        """333⅓ each: 333, 333, 334 are booked, and stay."""
        assert approach([333, 333, 334], [1000 / 3] * 3, 1000) == [333, 333, 334]

    def test_a_cent_goes_where_it_is_missing_most(self):
        # 0.5, 0.2 and 0.3 above what is booked; the new cent goes to the first
        assert approach([10, 10, 10], [10.5, 10.2, 10.3], 31) == [11, 10, 10]

    def test_empty_is_worth_nothing(self):
        assert approach([1, 99], [0.0, 100.0], 100) == [0, 100]


@pytest.mark.parametrize(
    ("total", "reckoned", "roundings", "same"),
    [
        # one amount against another that was rounded by itself: half a cent each
        (100, 100.5, 0, True),
        (100, 100.6, 0, False),
        # two deliveries were rounded on the way
        (100, 101.5, 2, True),
        (100, 98.4, 2, False),
        (-100, -100.5, 0, True),
    ],
)
def test_two_reckonings_of_an_amount(total, reckoned, roundings, same):
    assert confirm(total, reckoned, roundings) is same
