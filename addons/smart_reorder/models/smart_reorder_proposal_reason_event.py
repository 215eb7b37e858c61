from odoo import api, fields, models


class SmartReorderProposal(models.Model):
    """Events, similar products and predecessors behind a forecast."""

    _inherit = "smart.reorder.proposal"

    event_factor = fields.Float(
        digits=(16, 3),
        default=1.0,
        readonly=True,
        aggregator=None,
        help="Forecast over what it would be without the events of the interval.",
    )
    evidence = fields.Selection(
        selection_add=[("borrowed", "From Similar Products")],
        ondelete={"borrowed": "set null"},
    )

    @api.model
    def _get_reason_templates(self):
        return super()._get_reason_templates() | {
            "event": self.env._(
                "%(event)s falls on %(count)s of the days ahead and changes demand by %(change)s"
                " %%: %(quantity)s %(unit)s."
            ),
            "inherited": self.env._(
                "It replaces %(products)s, whose demand of %(quantity)s %(unit)s before it came"
                " counts as its own."
            ),
            "borrowed": self.env._(
                "It is new: in its %(count)s day(s) so far %(quantity)s were sold. %(peers)s"
                " similar products here (category, attributes, price, vendor) sell %(peer_rate)s a"
                " day on average; together that makes %(rate)s a day."
            ),
            "alike": self.env._(
                "Of these, %(category)s are of its category or a near one, %(attributes)s share"
                " attributes with it, %(price)s have a price like its own, %(vendor)s the same"
                " vendor; the most alike are %(names)s."
            ),
            "phase_out": self.env._("It is phased out on %(date)s."),
            "cap_phase_out": self.env._(
                "It is phased out: until then %(limit)s %(unit)s are enough, so the order is cut"
                " from %(before)s to %(quantity)s."
            ),
        }
