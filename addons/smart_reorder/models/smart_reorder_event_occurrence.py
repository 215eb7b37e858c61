from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOST_DAYS = 92


class SmartReorderEventOccurrence(models.Model):
    _name = "smart.reorder.event.occurrence"
    _description = "Occurrence of a Demand Event"
    _order = "date_from desc"
    _rec_name = "date_from"

    event_id = fields.Many2one("smart.reorder.event", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="event_id.company_id", store=True, index=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", required=True, help="The last day.")
    note = fields.Char()

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for occurrence in self:
            days = (occurrence.date_to - occurrence.date_from).days + 1
            if not 1 <= days <= MOST_DAYS:
                raise ValidationError(
                    self.env._(
                        "An occurrence of %(event)s must last 1 to %(most)s days, not %(days)s.",
                        event=occurrence.event_id.name,
                        most=MOST_DAYS,
                        days=days,
                    )
                )
