from datetime import timedelta

from babel.dates import get_day_names
from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.tools import format_datetime, formatLang, get_lang
from odoo.tools.misc import babel_locale_parse


class SmartReorderProposal(models.Model):
    """What ordering terms mean for a proposal: until when to order, and what it costs."""

    _inherit = "smart.reorder.proposal"

    date_order_by = fields.Datetime(
        string="Order Day until",
        readonly=True,
        help="Cut-off of the vendor's next order day: an order that is placed later waits for the"
        " one after it.",
    )
    promise_days = fields.Float(
        string="Places Wait",
        digits=(16, 1),
        readonly=True,
        aggregator=None,
        help="Days that the places supplied from here wait, by risk pooling: so many days less are"
        " covered here.",
    )
    bounds = fields.Json(
        readonly=True, help="Step, least and most of the quantity, in the product's unit."
    )

    # ------------------------------------------------------------------
    # Acceptance
    # ------------------------------------------------------------------

    def _get_wait_days(self):
        """Days until the order counts, as the company counts them."""
        self.ensure_one()
        if not self.date_order_by:
            return 0
        zone = timezone(self.company_id.partner_id.tz or "UTC")
        now = UTC.localize(fields.Datetime.now()).astimezone(zone).date()
        return max((UTC.localize(self.date_order_by).astimezone(zone).date() - now).days, 0)

    def _get_arrival(self):
        return super()._get_arrival() + timedelta(days=self._get_wait_days())

    def _prepare_procurement_values(self, quantity):
        values = super()._prepare_procurement_values(quantity)
        if self.date_order_by:
            values["date_order"] = max(self.date_order_by, fields.Datetime.now())
        return values

    def _accept_automatically(self):
        """An order for a later order day is left open: until then more is known."""
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        due = self.filtered(lambda p: not p.date_order_by or p.date_order_by <= tomorrow)
        return super(SmartReorderProposal, due)._accept_automatically()

    # ------------------------------------------------------------------
    # Reason
    # ------------------------------------------------------------------

    @api.model
    def _get_money_names(self):
        return {*super()._get_money_names(), "cost", "left"}

    @api.model
    def _get_measure_names(self):
        return {
            "value": self.env._("in value"),
            "quantity": self.env._("pieces"),
            "weight": self.env._("kg"),
            "volume": self.env._("m³"),
        }

    def _prepare_reason_values(self, values):
        texts = super()._prepare_reason_values(values)
        if "weekdays" in values:
            texts["weekdays"] = self._format_weekdays(values["weekdays"])
        if "measure" in values:
            texts["measure"] = self._get_measure_names().get(values["measure"], "")
            if values["measure"] == "value":
                for name in ("needed", "wanted"):
                    texts[name] = formatLang(self.env, values[name], currency_obj=self.currency_id)
        if "order_by" in values:
            zone = self.company_id.partner_id.tz or "UTC"
            texts["order_by"] = format_datetime(
                self.env, values["order_by"], tz=zone, dt_format="EEE d MMM HH:mm"
            )
        return texts

    @api.model
    def _format_weekdays(self, weekdays):
        if not weekdays:
            return self.env._("every day")
        names = get_day_names("abbreviated", locale=babel_locale_parse(get_lang(self.env).code))
        return ", ".join(names[index] for index in weekdays)

    @api.model
    def _get_reason_templates(self):
        return super()._get_reason_templates() | {
            "calendar": self.env._(
                "%(source)s takes orders on %(weekdays)s: this one counts until %(order_by)s, and"
                " the next one is %(days)s day(s) from now. Not being able to order more often asks"
                " for %(quantity)s %(unit)s more, which cost %(cost)s a year to hold."
            ),
            "minimum_missed": self.env._(
                "With what was set by hand, the order from %(source)s comes to %(needed)s of the"
                " %(wanted)s %(measure)s that it has to reach: raise it, or agree on it."
            ),
            "order_blocked": self.env._(
                "The position is below the reorder point: %(needed)s %(unit)s are missing."
            ),
            "extra_cost": self.env._(
                "What is so ordered more than needed costs %(cost)s a year to hold."
            ),
            "multiple_down": self.env._(
                "Rounded down to whole packagings of %(multiple)s; the reorder point is reached."
            ),
            "cap_shelf_life": self.env._(
                "It keeps for %(limit)s day(s), and %(most)s of what arrives will be sold by then:"
                " cut from %(before)s to %(quantity)s."
            ),
            "cap_storage": self.env._(
                "There is room for %(limit)s %(unit)s in all, %(most)s when it arrives: cut from"
                " %(before)s to %(quantity)s."
            ),
            "cap_contradiction_shelf_life": self.env._(
                "The least that can be ordered, %(least)s, lasts for %(least_days)s day(s), but it"
                " keeps for %(limit)s: %(most)s will be sold by then. Agree on a smaller minimum or"
                " packaging, take another vendor, or order by hand and write off the rest."
            ),
            "cap_contradiction_storage": self.env._(
                "The least that can be ordered is %(least)s, but there is room for %(most)s when it"
                " arrives (%(limit)s in all). Agree on a smaller minimum or packaging, or make"
                " room."
            ),
            "kept_short": self.env._(
                "That less is ordered than is needed puts sales worth %(value)s more at risk."
            ),
            "minimum_filled": self.env._(
                "%(source)s asks for %(wanted)s %(measure)s an order, and %(needed)s are needed:"
                " filled up with what will be needed soonest, here from %(before)s to"
                " %(quantity)s. All that is ordered early costs %(cost)s to hold until then."
            ),
            "minimum_wait": self.env._(
                "It waits: %(source)s asks for %(wanted)s %(measure)s an order, and only %(needed)s"
                " are needed now. At the usual demand that is reached in %(days)s day(s)."
            ),
            "load_filled": self.env._(
                "Changed from %(before)s to %(quantity)s to fill %(loads)s load(s) of %(source)s:"
                " %(needed)s %(measure)s were needed, and they hold %(wanted)s. All that is ordered"
                " early costs %(cost)s to hold until then."
            ),
            "load_trimmed": self.env._(
                "Changed from %(before)s to %(quantity)s, so that the order fills %(loads)s load(s)"
                " of %(source)s: of the %(needed)s %(measure)s, what is above %(wanted)s can wait."
            ),
            "budget_cut": self.env._(
                "The budget %(budget)s leaves %(left)s: cut from %(before)s to %(quantity)s."
                " Another 1.00 would bring %(shadow_price)s in sales not missed; here the cut gives"
                " up %(value)s."
            ),
            "budget_minimum": self.env._(
                "It waits: what the budget %(budget)s leaves for %(source)s stays below its order"
                " minimum."
            ),
            "excess_moved": self.env._(
                "%(place)s has %(excess)s more than it needs: %(quantity)s are moved from there"
                " before anything is bought. Not holding them there for %(days)s day(s) saves"
                " %(saving)s, sales not missed meanwhile are worth %(missed)s, and transport costs"
                " %(cost)s."
            ),
            "promise": self.env._(
                "By risk pooling the places supplied from here wait %(days)s day(s), and so many"
                " days less are covered here."
            ),
            "supplier_waits": self.env._(
                "%(days)s day(s) of the lead time are the wait at %(source)s, which by risk pooling"
                " keeps less safety stock."
            ),
            "store_here": self.env._(
                "%(quantity)s are on their way to %(place)s, which does not need them: have them"
                " delivered here instead, and order less."
            ),
            "pooling": self.env._(
                "Risk pooling: if the places supplied from here could wait %(days)s day(s),"
                " %(pooled)s %(unit)s of safety stock here instead of %(stock)s, with more at the"
                " places, would cost %(saving)s less a year."
            ),
            "late": self.env._(
                "It is late: the stock covers %(days)s day(s), and the goods are %(lead_days)s"
                " day(s) away."
            ),
        }
