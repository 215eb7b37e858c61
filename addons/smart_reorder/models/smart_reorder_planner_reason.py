from odoo import api, models

from ..engine.explain import Facts, Sentence, explain


class SmartReorderPlanner(models.AbstractModel):
    """State and reason of each proposal, once the quantities are known."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _finish(self, orderpoints, sources, stocks, values):
        """State, chart and reason, once the quantities are known."""
        for orderpoint in orderpoints:
            source, value = sources[orderpoint.id], values[orderpoint.id]
            scratch = {
                name: value.pop(name, default)
                for name, default in (
                    ("effects", ()),
                    ("level_missed", 0.0),
                    ("level_days", 0.0),
                    ("compared", {}),
                    ("saving", 0.0),
                    ("extra_cost", 0.0),
                    ("counting_unit", 0.0),
                    ("source_available", None),
                    ("wanted_by_all", 0.0),
                    ("share", 0.0),
                    ("failure", ""),
                    ("notes", []),
                    ("held", False),
                    ("background", []),
                )
            }
            if source.issue:
                value.update(state="exception", reason_data=[[f"issue_{source.issue}", {}]])
                value.update(qty_needed=0.0, qty_proposed=0.0)
                value.update(date_order_by=False)
                continue
            timing, scratch["timing"] = self._prepare_timing(
                orderpoint, source, value, stocks[orderpoint.id].position
            )
            value.update(timing)
            facts = self._prepare_facts(orderpoint, source, stocks[orderpoint.id], value, scratch)
            sentences = [sentence.as_pair() for sentence in explain(facts)]
            sentences += self._get_engine_sentences(value, scratch)
            state = "draft" if value["qty_proposed"] > 0 else "ok"
            if state == "ok" and value["qty_needed"] > 0:
                if value["issue"]:
                    state = "exception"
                elif not scratch["held"]:
                    state, value["issue"] = "exception", "source_empty"
            value.update(state=state, reason_data=sentences)

    @api.model
    def _prepare_facts(self, orderpoint, source, stock, value, scratch):
        measured = value["evidence"] == "measured"
        return Facts(
            on_hand=stock.on_hand,
            incoming=stock.incoming,
            outgoing=stock.outgoing,
            in_progress=stock.in_progress,
            dependents=stock.dependents,
            position=stock.position,
            mean=value["forecast_qty"],
            lead_days=value["lead_days"],
            review_days=value["review_days"],
            promise_days=value["promise_days"],
            level=value["service_level"] / 100,
            reorder_point=value["reorder_point"],
            order_up_to=value["order_up_to"],
            needed=value["qty_needed"],
            quantity=value["qty_proposed"],
            effects=scratch["effects"],
            evidence=value["evidence"],
            method=value["forecast_method"],
            origins=value["origins"],
            wape=value["error_wape"] / 100 if measured else None,
            coverage=value["coverage"] / 100 if measured else None,
            source=source.kind,
            minimum=min((line.minimum for line in source.breaks), default=0.0),
            multiple=source.multiple,
            saving=scratch["saving"],
            extra_cost=scratch["extra_cost"],
            blocked=scratch["held"],
            source_available=scratch["source_available"],
            wanted_by_all=scratch["wanted_by_all"],
            later=stock.later,
            lead_stated=value["lead_stated"],
            lead_spread=value["lead_spread"],
            lead_own=value["lead_own"],
            lead_own_days=value["lead_own_days"],
            lead_vendor=value["lead_vendor"],
            level_origin=value["level_origin"],
            level_class=f"{value['abc'] or ''}{value['xyz']}".upper(),
            level_missed=scratch["level_missed"],
            level_days=scratch["level_days"],
            compared=scratch["compared"],
            days_estimated=value["days_estimated"],
            qty_estimated=value["qty_estimated"],
            days_excluded=value["days_excluded"],
            qty_excluded=value["qty_excluded"],
            background=tuple(Sentence(*note) for note in scratch["background"]),
            timing=tuple(Sentence(*note) for note in scratch["timing"]),
            notes=tuple(Sentence(*note) for note in scratch["notes"]),
        )
