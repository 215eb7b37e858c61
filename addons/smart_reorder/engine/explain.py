"""The reason of a proposal, as sentences that name the numbers behind it.

What is said is decided here; how it is said, and in which language, is the caller's: a sentence is
a code and its values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sentence:
    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def as_pair(self) -> list[Any]:
        """JSON form."""
        return [self.code, self.values]


@dataclass(frozen=True)
class Facts:
    """All quantities in the product's unit of measure; shares between 0 and 1; None is unknown."""

    on_hand: float
    incoming: float
    outgoing: float
    in_progress: float
    dependents: float
    position: float
    mean: float
    lead_days: float
    review_days: float
    level: float
    reorder_point: float
    order_up_to: float
    needed: float
    quantity: float
    effects: tuple[str, ...]
    evidence: str
    method: str
    origins: int
    wape: float | None
    coverage: float | None
    source: str  # "buy" or "transfer"
    minimum: float = 0.0
    multiple: float = 0.0
    promise_days: float = 0.0
    saving: float = 0.0
    extra_cost: float = 0.0
    source_available: float | None = None
    wanted_by_all: float = 0.0
    later: float = 0.0
    lead_stated: float = 0.0
    lead_spread: float = 0.0
    lead_own: float = 0.0
    lead_own_days: float = 0.0
    lead_vendor: float = 0.0
    level_origin: str = "company"
    level_class: str = ""
    level_missed: float = 0.0
    level_days: float = 0.0
    compared: dict[str, Any] = field(default_factory=dict)
    days_estimated: int = 0
    qty_estimated: float = 0.0
    days_excluded: int = 0
    qty_excluded: float = 0.0
    blocked: bool = False  # the notes say by what
    background: tuple[Sentence, ...] = ()  # what else the forecast rests on
    timing: tuple[Sentence, ...] = ()  # when one can order
    notes: tuple[Sentence, ...] = ()  # what else bent the decision, in order


def explain(facts: Facts) -> list[Sentence]:
    """Sentences in reading order: stock, what the forecast rests on, forecast, decision, source,
    what bent it, how sure.
    """
    out = [
        Sentence(
            "position_dependents" if facts.dependents > 0 else "position",
            {
                "on_hand": facts.on_hand,
                "incoming": facts.incoming,
                "outgoing": facts.outgoing,
                "in_progress": facts.in_progress,
                "dependents": facts.dependents,
                "position": facts.position,
            },
        )
    ]
    days = max(facts.lead_days + facts.review_days - facts.promise_days, 1.0)
    if facts.later > 0:
        out.append(Sentence("later", {"later": facts.later, "days": days}))
    out += _history(facts)
    out += facts.background
    out += _lead_time(facts)
    if facts.evidence == "none":
        out.append(Sentence("no_demand", {"days": days}))
    else:
        out.append(
            Sentence(
                "forecast",
                {
                    "days": days,
                    "lead_days": facts.lead_days,
                    "review_days": facts.review_days,
                    "mean": facts.mean,
                    "level": facts.level,
                    "reorder_point": facts.reorder_point,
                },
            )
        )
    if facts.evidence != "none" and facts.level_origin in ("class", "cost"):
        values = {
            "level": facts.level,
            "class": facts.level_class,
            "missed": facts.level_missed,
            "days": facts.level_days,
        }
        out.append(Sentence(f"level_{facts.level_origin}", values))
    out += facts.timing
    out += _decision(facts)
    out += facts.notes
    out += _confidence(facts)
    return out


def _history(facts: Facts) -> list[Sentence]:
    """Where the history that is forecast from is not what was recorded."""
    out = []
    if facts.days_estimated:
        values = {"count": facts.days_estimated, "quantity": facts.qty_estimated}
        out.append(Sentence("estimated", values))
    if facts.days_excluded:
        values = {"count": facts.days_excluded, "quantity": facts.qty_excluded}
        out.append(Sentence("excluded", values))
    return out


def _lead_time(facts: Facts) -> list[Sentence]:
    """What the lead time was learned from; nothing when it is taken as stated."""
    if facts.lead_vendor <= 0 and facts.lead_own <= 0:
        return []
    values = {
        "lead_days": facts.lead_days,
        "spread": facts.lead_spread,
        "stated": facts.lead_stated,
        "deliveries": facts.lead_own or facts.lead_vendor,
        "own_days": facts.lead_own_days,
    }
    whose, others = (
        ("lane", "lane_other") if facts.source == "transfer" else ("lead", "lead_vendor")
    )
    return [Sentence(f"{whose}_own" if facts.lead_own > 0 else others, values)]


def _decision(facts: Facts) -> list[Sentence]:
    if facts.needed <= 0:
        return [Sentence("enough", {"position": facts.position})]
    if facts.quantity <= 0 and facts.blocked:
        return [Sentence("order_blocked", {"needed": facts.needed})]
    if facts.quantity <= 0:
        return [Sentence("source_empty", {"needed": facts.needed})]
    out = [
        Sentence(
            f"order_{facts.source}",
            {
                "order_up_to": facts.order_up_to,
                "needed": facts.needed,
                "quantity": facts.quantity,
                "lead_days": facts.lead_days,
            },
        )
    ]
    if facts.compared:
        code = "vendor_cheaper" if facts.compared["other"] else "vendor_first"
        out.append(Sentence(code, facts.compared))
    for effect in facts.effects:
        values = {
            "minimum": {"minimum": facts.minimum},
            "multiple": {"multiple": facts.multiple},
            "multiple_down": {"multiple": facts.multiple},
            "price_break": {"quantity": facts.quantity, "saving": facts.saving},
        }[effect]
        out.append(Sentence(effect, values))
    raised = {"minimum", "multiple"} & {*facts.effects}
    # A price break says itself what it costs.
    if facts.extra_cost > 0 and raised and "price_break" not in facts.effects:
        out.append(Sentence("extra_cost", {"cost": facts.extra_cost}))
    if facts.wanted_by_all > 0:
        values = {"available": facts.source_available, "wanted": facts.wanted_by_all}
        out.append(Sentence("source_short", values))
    return out


def _confidence(facts: Facts) -> list[Sentence]:
    if facts.evidence in ("none", "borrowed"):
        return []
    values = {"method": facts.method, "origins": facts.origins}
    if facts.evidence == "thin":
        return [Sentence("thin", values)]
    if facts.evidence == "quiet" or facts.wape is None or facts.coverage is None:
        return [Sentence("quiet", values)]
    return [Sentence("measured", values | {"wape": facts.wape, "coverage": facts.coverage})]
