"""What the shipping watch looks for, as kinds of exceptions."""

from odoo import models
from odoo.tools import SQL

from odoo.addons.inventory_visibility.models.stock_exception_detector import COLUMNS

#: of `stock.exception.kind`
KINDS = ("shipping_late", "shipping_no_scan", "shipping_cost", "shipping_failing")


class ShippingFinding(models.AbstractModel):
    """What the kinds have in common: statement, sentence and thresholds are those of shipping.

    The thresholds are in the settings of shipping, as they also hold without this addon.
    """

    _name = "stock.exception.detector.shipping"
    _inherit = "stock.exception.detector"
    _description = "Shipping Finding"
    #: kind of `shipping.watch`
    _watch_kind = None

    def _get_query(self, company, kind):
        query = self.env["shipping.watch"]._get_query(self._watch_kind, company)
        if query is None:
            return None
        return SQL("SELECT %s FROM (%s) found", self._select_found(), query)

    def _select_found(self):
        """The columns of a detector; what the finding has none of is empty."""
        found = ("res_model", "res_id", "warehouse_id", "quantity", "value", "since", "figures")
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                SQL.identifier("found", name) if name in found else SQL("NULL"),
                SQL(type_),
                SQL.identifier(name),
            )
            for name, type_ in COLUMNS.items()
        )

    def _get_sentence(self, exception):
        sentence = self.env["shipping.watch"]._get_sentence(self._watch_kind, exception.figures)
        # the list of exceptions has no column for what is no product
        name = exception.document_name
        return f"{name}: {sentence}" if name else sentence

    def _get_action_name(self):
        return self.env._("Open the Parcel")

    def _action(self, exception):
        return self._action_document(exception)


class ShippingLate(models.AbstractModel):
    _name = "stock.exception.detector.shipping_late"
    _inherit = "stock.exception.detector.shipping"
    _description = "Parcel Late or at Risk"
    _kind = "shipping_late"
    _watch_kind = "late"
    _kind_sequence = 150
    _kind_defaults = {"severity": "2"}


class ShippingNoScan(models.AbstractModel):
    _name = "stock.exception.detector.shipping_no_scan"
    _inherit = "stock.exception.detector.shipping"
    _description = "Parcel without a Scan"
    _kind = "shipping_no_scan"
    _watch_kind = "no_scan"
    _kind_sequence = 155
    _kind_defaults = {"severity": "1"}


class ShippingCost(models.AbstractModel):
    _name = "stock.exception.detector.shipping_cost"
    _inherit = "stock.exception.detector.shipping"
    _description = "Unusual Shipping Cost"
    _kind = "shipping_cost"
    _watch_kind = "cost"
    _kind_sequence = 160
    _kind_defaults = {"severity": "1"}


class ShippingFailing(models.AbstractModel):
    _name = "stock.exception.detector.shipping_failing"
    _inherit = "stock.exception.detector.shipping"
    _description = "Carrier Failing"
    _kind = "shipping_failing"
    _watch_kind = "failing"
    _kind_sequence = 165
    _kind_defaults = {"severity": "2"}

    def _get_action_name(self):
        return self.env._("Open the Account")
