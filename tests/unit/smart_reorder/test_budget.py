from itertools import product

import numpy as np
import pytest
from smart_reorder_engine.budget import (
    Item,
    avoided,
    deviation_of,
    hull,
    normal_loss,
    spend,
    steps,
)


def test_loss_of_the_textbook():
    """Normal demand of mean 15 and deviation 3: n(18) = 0.249946, and 3.249946 are left over."""
    assert normal_loss(18, 15, 3) == pytest.approx(0.249946, abs=1e-6)
    assert normal_loss(18, 15, 3) + 18 - 15 == pytest.approx(3.249946, abs=1e-6)
    assert normal_loss(10, 15, 0) == 5


def test_worth_of_a_quantity():
    """From 15 to 18: n(15) = 3·φ(0) = 1.196827, less 0.249946; at 2.0 a piece."""
    assert avoided(3, 15, 15, 3, 2.0) == pytest.approx(2 * (1.196827 - 0.249946), abs=1e-5)


def test_deviation_from_a_quantile():
    assert deviation_of(100, 116.4485, 0.95) == pytest.approx(10, abs=1e-3)
    assert deviation_of(100, 100, 0.5) == 10, "that of Poisson demand"


def test_quantities_to_choose_from():
    assert steps(10, 5, 0) == (0, 5, 10)
    assert steps(30, 6, 12) == (0, 12, 18, 24, 30)
    assert steps(7, 12, 0) == (0, 7), "what a planner set by hand"
    assert len(steps(1000, 1, 0)) <= 27


def test_only_steps_on_the_concave_hull():
    """The second choice is worth less per money than the third."""
    assert hull(Item(1, (0, 1, 2, 3), (0, 10, 20, 30), (0, 1, 8, 9))) == [0, 2, 3]
    assert hull(Item(1, (0, 1), (0, 10), (0, 0))) == [0], "what is worth nothing is not bought"


def test_enough_money_has_no_price():
    items = [Item(1, (0, 5), (0, 50), (0, 80)), Item(2, (0, 5), (0, 50), (0, 60))]
    choice = spend(items, 100)
    assert (choice.quantity, choice.shadow_price) == ({1: 5, 2: 5}, 0)


def test_shadow_price_is_the_worth_of_the_first_step_without_money():
    """A's steps bring 3, 2 and 1 per money, B's 2.5 and 0.5; 30 buy A, B and A again, the next is
    A's third."""
    items = [
        Item(1, (0, 1, 2, 3), (0, 10, 20, 30), (0, 30, 50, 60)),
        Item(2, (0, 1, 2), (0, 10, 20), (0, 25, 30)),
    ]
    choice = spend(items, 30)
    assert choice.quantity == {1: 2, 2: 1}
    assert (choice.spent, choice.worth) == (30, 75)
    assert choice.shadow_price == pytest.approx(1.0)
    assert spend(items, 40).worth - choice.worth == pytest.approx(10 * choice.shadow_price)


def test_uneven_steps_are_chosen_exactly():
    """By ratio 60 for 10 comes first and leaves 15 idle; the best is 100 for 25."""
    items = [Item(1, (0, 1), (0, 10), (0, 60)), Item(2, (0, 1), (0, 25), (0, 100))]
    assert spend(items, 25).quantity == {1: 0, 2: 1}
    assert spend(items, 25, exact_items=0).quantity == {1: 1, 2: 0}, "greedily"


def random_items(seed, count=5):
    generator = np.random.default_rng(seed)
    items = []
    for key in range(count):
        price, missed = generator.uniform(1, 20), generator.uniform(0.5, 15)
        mean, deviation = generator.uniform(5, 60), generator.uniform(1, 25)
        least = float(generator.integers(1, 30))
        quantities = steps(float(generator.integers(30, 60)), 10.0, least)
        items.append(
            Item(
                key,
                quantities,
                tuple(price * q for q in quantities),
                tuple(avoided(q, 10, mean, deviation, missed) for q in quantities),
            )
        )
    return items


@pytest.mark.parametrize("seed", range(12))
def test_best_of_all_choices(seed):
    """Against the enumeration of all combinations."""
    items = random_items(seed)
    budget = 0.4 * sum(item.cost[-1] for item in items)
    best = max(
        sum(item.worth[i] for item, i in zip(items, combination, strict=True))
        for combination in product(*(range(len(item.cost)) for item in items))
        if sum(item.cost[i] for item, i in zip(items, combination, strict=True)) <= budget
    )
    choice = spend(items, budget)
    assert choice.spent <= budget + 1e-6
    assert choice.worth == pytest.approx(best)


@pytest.mark.parametrize("seed", range(6))
def test_shadow_price_bounds_what_more_money_brings(seed):
    """Weak duality: with λ the worth of any budget is at most that of the relaxed one + λ·more."""
    items = random_items(seed, 40)
    budget = 0.5 * sum(item.cost[-1] for item in items)
    choice = spend(items, budget)
    assert choice.shadow_price > 0
    bound = choice.shadow_price * budget + sum(
        max(w - choice.shadow_price * c for w, c in zip(item.worth, item.cost, strict=True))
        for item in items
    )
    assert choice.worth <= bound + 1e-6
    assert choice.worth >= 0.98 * bound, "with many products the greedy choice is close to it"
