"""Classes of products whose demand is easy to add up by hand."""

from visibility_core import abc_classes


def test_eighty_and_ninety_five_percent():
    # 50 + 30 = 80 % are A; + 10 + 5 = 95 % are B; the last 5 % are C
    values = {1: 50.0, 2: 30.0, 3: 10.0, 4: 5.0, 5: 3.0, 6: 2.0}
    assert abc_classes.classify(values) == {1: "A", 2: "A", 3: "B", 4: "B", 5: "C", 6: "C"}


def test_what_crosses_a_limit_belongs_to_the_better_class():
    # the second one reaches from 60 % to 90 %, the third from 90 % on
    assert abc_classes.classify({1: 60.0, 2: 30.0, 3: 10.0}) == {1: "A", 2: "A", 3: "B"}


def test_one_product_makes_everything():
    assert abc_classes.classify({7: 1.0}) == {7: "A"}


def test_no_demand_is_c():
    assert abc_classes.classify({1: 0.0, 2: -3.0}) == {1: "C", 2: "C"}
    assert abc_classes.classify({1: 10.0, 2: 0.0, 3: -1.0}) == {1: "A", 2: "C", 3: "C"}
    assert abc_classes.classify({}) == {}


def test_equal_values_are_in_order_of_their_keys():
    # five fifths: before the fifth lie 80 %, so four are A
    found = abc_classes.classify({5: 1.0, 1: 1.0, 3: 1.0, 2: 1.0, 4: 1.0})
    assert found == {1: "A", 2: "A", 3: "A", 4: "A", 5: "B"}


def test_members():
    classes = {1: "A", 2: "B", 3: "C", 4: "A"}
    assert abc_classes.members(classes, ["A"]) == {1, 4}
    assert abc_classes.members(classes, ["B", "C"]) == {2, 3}
    assert abc_classes.members(classes, []) == set()
