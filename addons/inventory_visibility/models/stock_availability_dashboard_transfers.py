"""Overdue receipts and transfers in the strip of figures."""

from odoo import api, fields, models
from odoo.fields import Domain

from .stock_availability_dashboard_figures import OPEN_PICKINGS


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    def _get_figures_of_transfers(self, _filters, domain, places):
        pickings = self.env["stock.picking"]
        if not pickings.has_access("read"):
            return
        labels = {
            "overdue_receipts": (
                self.env._("Overdue Receipts"),
                self.env._("Receipts that were due before now and have not come."),
                self.env._("receipts"),
            ),
            "overdue_transfers": (
                self.env._("Overdue Transfers"),
                self.env._("Transfers between own locations that were due before now."),
                self.env._("transfers"),
            ),
        }
        for name, (label, description, unit) in labels.items():
            number = pickings.search_count(self._get_overdue_domain(name, domain, places))
            yield {
                "name": name,
                "label": label,
                "help": description,
                "kind": "count",
                "value": number,
                "detail": unit,
                "tone": "warning" if number else "",
            }

    @api.model
    def _get_overdue_domain(self, name, domain, places):
        """Return the domain of the overdue pickings behind a figure.

        What comes from outside is a receipt, what moves between own locations (transit included)
        a transfer; both count where they are going.
        """
        own = ("internal", "transit")
        result = (
            Domain("state", "in", OPEN_PICKINGS)
            & Domain("scheduled_date", "<", fields.Datetime.now())
            & Domain("location_dest_id.usage", "in", own)
            & Domain("location_id.usage", "in" if name == "overdue_transfers" else "not in", own)
            & (
                Domain("location_dest_id.warehouse_id", "in", places.ids)
                | Domain("picking_type_id.warehouse_id", "in", places.ids)
            )
        )
        if not self._is_everything(domain):
            result &= Domain("move_ids", "any", self._get_product_condition("product_id", domain))
        return result

    @api.model
    def _open_pickings(self, name, filters):
        places = self._get_places(filters)
        domain = self._get_product_domain(filters, places)
        pickings = self.env["stock.picking"].search(self._get_overdue_domain(name, domain, places))
        action = self.env["ir.actions.actions"]._for_xml_id("stock.action_picking_tree_all")
        return {
            **action,
            "name": self.env._("Overdue Receipts")
            if name == "overdue_receipts"
            else self.env._("Overdue Transfers"),
            "domain": [("id", "in", pickings.ids)],
            "context": {},
        }
