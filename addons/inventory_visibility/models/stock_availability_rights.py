"""Users who are limited to some warehouses: what record rules alone cannot say."""

from odoo import api, models
from odoo.exceptions import AccessError


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    @api.model
    def _check_figures_access(self, products, places):
        result = super()._check_figures_access(products, places)
        if places._name == "stock.location":
            self._check_location_limits(places)
        return result

    @api.model
    def _check_location_limits(self, locations):
        """Locations are everybody's to read, as transfers go there; what lies there is not.

        :raise AccessError: something at or below a location is in no warehouse that the user is
            limited to
        """
        allowed = self.env.user._get_availability_limit()
        if self.env.su or not allowed:
            return
        outside = (
            locations.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("id", "child_of", locations.ids),
                    ("usage", "in", ("internal", "transit")),
                    ("warehouse_id", "not in", allowed),
                ],
                limit=1,
            )
        )
        if outside:
            raise AccessError(self.env._("You may see the stock of your own warehouses only."))
