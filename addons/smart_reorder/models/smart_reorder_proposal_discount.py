from odoo import models

from ..engine.discounts import average_price
from ..engine.policy import price_for


class SmartReorderProposal(models.Model):
    """Prices that hold for the units above their minimum, which Odoo's order lines do not know."""

    _inherit = "smart.reorder.proposal"

    def _link_documents(self, marker):
        result = super()._link_documents(marker)
        self.filtered(lambda p: p.source == "buy")._set_average_prices()
        return result

    def _set_average_prices(self):
        """Odoo gives a line the price of its quantity for the whole of it; with incremental
        discounts it is the average."""
        finder = self.env["smart.reorder.source"]
        get_terms = {
            company: self.env["smart.reorder.terms"]._get_terms(company, proposals.partner_id)
            for company, proposals in self.grouped("company_id").items()
        }
        for proposal in self:
            terms = get_terms[proposal.company_id](proposal.partner_id, proposal.warehouse_id)
            line = proposal.purchase_line_ids[-1:]
            if terms.discount != "incremental" or not line:
                continue
            sellers = finder._get_sellers(proposal.orderpoint_id, proposal.partner_id)
            breaks = finder._get_breaks(proposal.orderpoint_id, sellers)
            quantity = line.product_uom_qty
            one = price_for(quantity, breaks)
            if one and one.price > 0:
                # In the currency and unit of the line, which have the same ratio.
                line.price_unit *= average_price(quantity, breaks) / one.price
