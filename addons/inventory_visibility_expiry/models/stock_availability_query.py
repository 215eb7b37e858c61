from odoo import models
from odoo.tools import SQL


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    def _join_blocked_tables(self):
        return SQL(
            "%s LEFT JOIN stock_lot expiring_lot ON expiring_lot.id = quant.lot_id",
            super()._join_blocked_tables(),
        )

    def _get_blocked_condition(self, as_of):
        """Block lots from the day on, at the place, on which they are to be removed.

        That is the day of the removal date, or of the expiration date where no removal is
        planned. A whole day, since nothing is shipped to arrive on the day that it must not be
        used on any more.
        """
        return SQL(
            "(%s OR COALESCE(%s <= place.today, FALSE))",
            super()._get_blocked_condition(as_of),
            self._local_date(
                SQL("COALESCE(expiring_lot.removal_date, expiring_lot.expiration_date)"),
                SQL("place.tz"),
            ),
        )
