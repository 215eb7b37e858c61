from odoo import api, models
from odoo.tools import formatLang


class SmartReorderProposal(models.Model):
    """The reason of a proposal in the reader's language."""

    _inherit = "smart.reorder.proposal"

    @api.depends(
        *("reason_data", "forecast_method", "uom_id", "source_name", "is_edited"),
        *("qty_to_order", "bounds", "state"),
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        templates = self._get_reason_templates()
        methods = self._get_method_names()
        for proposal in self:
            proposal.method_name = methods.get(proposal.forecast_method, "")
            sentences = []
            for code, values in proposal.reason_data or []:
                if code in templates:
                    sentences.append(templates[code] % proposal._prepare_reason_values(values))
            if proposal.is_edited and proposal.state == "draft":
                sentences += filter(None, [templates["edited"], proposal._explain_edited()])
            proposal.reason = "\n".join(sentences)

    def _explain_edited(self):
        """What speaks against a quantity that was set by hand; empty when nothing does."""
        self.ensure_one()
        bounds, quantity = self.bounds or {}, self.qty_to_order
        least, most = bounds.get("least") or 0.0, bounds.get("most")
        step = bounds.get("step") or 0.0
        code = None
        if quantity <= 0 or self.state != "draft":
            return ""
        if self.source == "buy" and self.uom_id.compare(quantity, least) < 0:
            code = "edited_least"
        elif most is not None and self.uom_id.compare(quantity, most) > 0:
            code = "edited_most"
        elif step > 0 and abs(quantity / step - round(quantity / step)) > 1e-6:
            code = "edited_step"
        if not code:
            return ""
        values = {"least": least, "most": most or 0.0, "multiple": step}
        return self._get_reason_templates()[code] % self._prepare_reason_values(values)

    def _prepare_reason_values(self, values):
        """Format the numbers of a sentence: shares as percentages, quantities with the unit."""
        self.ensure_one()
        texts = {"source": self.source_name or "", "unit": self.uom_id.name or ""}
        for name, value in values.items():
            if name == "method":
                texts[name] = self._get_method_names().get(value, value)
            elif name in ("level", "wape", "coverage", "share"):
                texts[name] = self._format_number(value * 100, 1 if name == "level" else 0)
            elif name in self._get_money_names():
                texts[name] = formatLang(self.env, value, currency_obj=self.currency_id)
            elif isinstance(value, int | float):
                digits = 1 if name in ("mean", "days", "spread", "deliveries") else 2
                digits = 1 if name.endswith("_days") else digits
                texts[name] = self._format_number(value, digits)
            else:
                texts[name] = value
        return texts

    @api.model
    def _get_money_names(self):
        """Values of sentences that are amounts in the company's currency."""
        return {"saving", "missed", "value"}

    def _format_number(self, value, digits):
        rounded = round(value, digits)
        return formatLang(self.env, rounded, digits=0 if rounded == int(rounded) else digits)

    @api.model
    def _get_method_names(self):
        return {
            "ma28": self.env._("average of the last 28 days"),
            "ma56": self.env._("average of the last 56 days"),
            "ma91": self.env._("average of the last 91 days"),
            "ma182": self.env._("average of the last 182 days"),
            "ses05": self.env._("exponential smoothing (5 % a day)"),
            "ses02": self.env._("exponential smoothing (2 % a day)"),
            "sba": self.env._("Croston's method with Syntetos-Boylan correction"),
            "tsb": self.env._("Teunter-Syntetos-Babai method"),
            "weekday": self.env._("average by weekday over 8 weeks"),
            "mean": self.env._("mean of several averages and smoothing"),
            "year": self.env._("the same time last year, scaled"),
        }

    @api.model
    def _get_reason_templates(self):
        """Sentence per code of ``engine.explain``; other addons may add theirs."""
        return {
            "position": self.env._(
                "On hand %(on_hand)s, incoming %(incoming)s, on quotations %(in_progress)s,"
                " promised %(outgoing)s: position %(position)s %(unit)s."
            ),
            "position_dependents": self.env._(
                "On hand %(on_hand)s, incoming %(incoming)s, on quotations %(in_progress)s,"
                " promised %(outgoing)s, needed by the places supplied from here %(dependents)s:"
                " position %(position)s %(unit)s."
            ),
            "later": self.env._(
                "Of what is promised, %(later)s %(unit)s are part of the demand expected in the"
                " next %(days)s day(s) or due after them, and not taken off a second time."
            ),
            "level_class": self.env._("The %(level)s %% are those of class %(class)s."),
            "level_cost": self.env._(
                "The %(level)s %% follow from costs: a missed sale costs %(missed)s, and a unit is"
                " held for %(days)s day(s) from one order to the next."
            ),
            "estimated": self.env._(
                "On %(count)s day(s) of the last year there was none in stock, or it ran out: the"
                " demand missed then is estimated at %(quantity)s %(unit)s."
            ),
            "excluded": self.env._(
                "Unusual demand of %(quantity)s %(unit)s on %(count)s day(s) of the last year is"
                " left out."
            ),
            "lead_own": self.env._(
                "%(source)s took %(own_days)s day(s) on average in %(deliveries)s order(s) of it"
                " (stated: %(stated)s); with the vendor's other deliveries that makes"
                " %(lead_days)s ± %(spread)s."
            ),
            "lead_vendor": self.env._(
                "%(source)s states %(stated)s day(s); by its %(deliveries)s deliveries of other"
                " products that makes %(lead_days)s ± %(spread)s."
            ),
            "lane_own": self.env._(
                "%(deliveries)s transfer(s) of it from %(source)s to here took %(own_days)s day(s)"
                " on average (stated: %(stated)s); with those of other products that makes"
                " %(lead_days)s ± %(spread)s."
            ),
            "lane_other": self.env._(
                "The route from %(source)s states %(stated)s day(s); by its %(deliveries)s"
                " transfers of other products to here that makes %(lead_days)s ± %(spread)s."
            ),
            "forecast": self.env._(
                "Over %(days)s day(s) (lead time %(lead_days)s + review %(review_days)s) %(mean)s"
                " are expected, and with %(level)s %% probability not more than %(reorder_point)s:"
                " the reorder point."
            ),
            "no_demand": self.env._(
                "There was no demand in the history, so none is expected in %(days)s day(s)."
            ),
            "enough": self.env._("The position is not below the reorder point: nothing to order."),
            "order_buy": self.env._(
                "The position is below the reorder point: order up to %(order_up_to)s, %(needed)s"
                " are missing. %(source)s delivers in %(lead_days)s day(s)."
            ),
            "order_transfer": self.env._(
                "The position is below the reorder point: fill up to %(order_up_to)s, %(needed)s"
                " are missing, to be taken from %(source)s."
            ),
            "vendor_cheaper": self.env._(
                "Of %(count)s vendors it costs least in all: price, minimum, lead time and the"
                " stock it needs come to %(saving)s less a year than with %(other)s, the first"
                " by sequence."
            ),
            "vendor_first": self.env._(
                "Of %(count)s vendors it costs least in all: price, minimum, lead time and the"
                " stock it needs."
            ),
            "minimum": self.env._(
                "The vendor's minimum is %(minimum)s: the quantity was raised to it."
            ),
            "multiple": self.env._("Rounded up to whole packagings of %(multiple)s."),
            "price_break": self.env._(
                "Raised to %(quantity)s for the lower price: it saves %(saving)s a year, cost of"
                " holding included."
            ),
            "source_short": self.env._(
                "%(source)s has only %(available)s available of the %(wanted)s that all places"
                " need: shared in proportion. The rest is part of its own need."
            ),
            "source_empty": self.env._(
                "%(needed)s are missing, but %(source)s has too few available to send a part. Its"
                " own replenishment counts this need."
            ),
            "measured": self.env._(
                "Forecast by %(method)s: in %(origins)s past forecasts the mean error was %(wape)s"
                " %% and demand stayed within the reorder point %(coverage)s %% of the time."
            ),
            "quiet": self.env._(
                "Forecast by %(method)s; nothing was sold in the %(origins)s past intervals"
                " compared."
            ),
            "thin": self.env._(
                "There is too little history to measure an error: %(method)s, and the spread usual"
                " for the other products."
            ),
            "learned": self.env._(
                "The reorder point follows to %(share)s %% from what all products together taught."
            ),
            "engine_kept": self.env._(
                "The forecast is that of %(date)s, because the engine failed: %(message)s."
            ),
            "engine_simple": self.env._(
                "The engine failed (%(message)s): this is the average of 91 days with a usual"
                " spread, until the next run."
            ),
            "refused_forecast": self.env._(
                "Nothing happens by itself, because the forecast is not a fresh one of the engine."
            ),
            "refused_value": self.env._(
                "It waits for a planner: it costs %(value)s, and orders by themselves up to"
                " %(limit)s are allowed."
            ),
            "refused_change": self.env._(
                "It waits for a planner: it differs by %(change)s %% from the last one, and"
                " %(limit)s %% are allowed."
            ),
            "refused_confidence": self.env._(
                "It waits for a planner: demand stayed within the reorder point %(measured)s %% of"
                " the time, and %(limit)s %% are wanted."
            ),
            "minmax_order": self.env._(
                "Odoo's rule: with what is planned to come and go there will be %(forecast)s"
                " %(unit)s, less than the minimum of %(minimum)s: order up to %(maximum)s."
            ),
            "minmax_enough": self.env._(
                "Odoo's rule: with what is planned to come and go there will be %(forecast)s"
                " %(unit)s, not less than the minimum of %(minimum)s."
            ),
            "edited": self.env._("The quantity was set by hand."),
            "edited_least": self.env._(
                "It is less than the minimum of %(least)s %(unit)s of %(source)s, which may refuse"
                " it or charge another price."
            ),
            "edited_most": self.env._(
                "It is more than the %(most)s %(unit)s that can be sold in time or stored."
            ),
            "edited_step": self.env._("It is not a number of whole packagings of %(multiple)s."),
            "patient": self.env._(
                "%(right)s of %(total)s times that planners rejected it as too early or"
                " over-estimated, the stock lasted: it waits until %(date)s, the latest day to"
                " order it."
            ),
            "risen": self.env._(
                "When it was to be ordered, the position had risen to %(position)s %(unit)s, which"
                " is enough: nothing was ordered."
            ),
            "failed": self.env._("Odoo could not order it: %(message)s"),
            "no_document": self.env._(
                "Odoo's procurement created neither a purchase nor a transfer. Check the routes of"
                " the product."
            ),
            "crashed": self.env._("It could not be planned: %(message)s"),
            "issue_no_route": self.env._(
                "No route replenishes this place. Set a route on the product, its category or the"
                " reordering rule, or let the warehouse be resupplied from another one."
            ),
            "issue_no_supplier": self.env._(
                "No vendor price is valid today. Add a vendor on the product's Purchase tab."
            ),
            "issue_no_supplying_warehouse": self.env._(
                "The route moves stock here, but from no other warehouse. Check its rules."
            ),
            "issue_unsupported_rule": self.env._(
                "The product is replenished by something other than a purchase or a transfer"
                " (manufacturing, for example), which Smart Reorder does not plan yet. Take the"
                " rule out of Smart Reorder."
            ),
            "issue_circular_supply": self.env._(
                "The warehouses supply this product to each other in a circle. Let one of them buy"
                " it."
            ),
            "issue_service_level": self.env._(
                "The service level must be more than 0 and less than 100 %%. Correct it on the"
                " reordering rule."
            ),
            "issue_review_days": self.env._(
                "The review period must be at least a day. Correct it in the settings."
            ),
            "issue_lead_days": self.env._(
                "The lead time is negative. Correct it on the vendor's price or rule."
            ),
            "issue_interval_too_long": self.env._(
                "Lead time and review period are longer than two years, more than can be learned"
                " from the history. Correct the lead time."
            ),
            "issue_demand_not_finite": self.env._(
                "The history holds a quantity that is not a number. Look for it among the done"
                " moves."
            ),
            "issue_unit_rounding": self.env._(
                "The rounding of the unit of measure must be positive."
            ),
        }
