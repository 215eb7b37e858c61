"""Figures of stock over time, each a ratio of sums, so that they are right for any group of them.

What a value does over a period is its *value-days*: the value at each moment, times how long it was
that, in days. Their sum over the days is the average value; sums of them over products and months
need no weights. Rates are of a year of 365 days.

=================  ===================================================  ===========================
figure             formula                                              source
=================  ===================================================  ===========================
turns              365 × cost of goods ÷ value-days                     APICS: cost of goods sold ÷
                                                                        average inventory
days on hand       value-days ÷ cost of goods                           average inventory ÷ cost of
                                                                        goods sold × days
GMROI              365 × (revenue − cost of goods) ÷ value-days         gross margin ÷ average
                                                                        inventory at cost (retail)
carrying cost      value-days ÷ 365 × (capital + storage + insurance    APICS: carrying rate ×
                   + risk)                                              average inventory
shrinkage          lost less found ÷ cost of goods                      NRF, at cost
landed cost share  landed costs ÷ receipts with them                    purchase price and what
                                                                        brought the goods in
=================  ===================================================  ===========================
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

YEAR = 365


@dataclass(frozen=True)
class Ratio:
    """`factor` × sum of `numerator` ÷ sum of `denominator`, both names of amounts."""

    factor: int
    numerator: str
    denominator: str

    def compute(self, amounts: Mapping[str, float]) -> float | None:
        """Return the ratio, or None where there is nothing to divide by."""
        below = amounts[self.denominator]
        return self.factor * amounts[self.numerator] / below if below > 0 else None


RATIOS = {
    "turns": Ratio(YEAR, "cost_value", "value_days"),
    "days_on_hand": Ratio(1, "value_days", "cost_value"),
    "gmroi": Ratio(YEAR, "margin", "value_days"),
    "shrinkage_rate": Ratio(1, "shrinkage_value", "cost_value"),
    "landed_share": Ratio(1, "landed_value", "receipt_value"),
}


def get_value_days(
    opening: float, changes: Iterable[tuple[datetime, float]], start: datetime, end: datetime
) -> float:
    """Return the value-days of a period that opens with a value which changes at moments.

    As the statement that fills the table does it: each change counts for the rest of the period.
    """
    days = (end - start).total_seconds() / 86400
    return opening * days + sum(
        value * (end - moment).total_seconds() / 86400 for moment, value in changes
    )


def get_carrying_cost(value_days: float, rate: float) -> float:
    """Return what holding costs at a rate a year."""
    return value_days / YEAR * rate
