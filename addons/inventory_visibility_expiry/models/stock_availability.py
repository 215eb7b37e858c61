from odoo import api, models


class StockAvailability(models.Model):
    _inherit = "stock.availability"
    _depends = {
        "stock.lot": ["expiration_date", "removal_date"],
        "stock.quant": ["lot_id"],
    }

    @api.model
    def _get_stock_detail(self, products, places, by=None):
        """Tell of each lot when it expires, too.

        :return: rows told apart by lot have ``expiry``, the moment (UTC) of removal, or of
            expiration where no removal is planned; False without either or without a lot
        """
        rows = super()._get_stock_detail(products, places, **({"by": by} if by else {}))
        ids = {row["lot_id"] for row in rows if row.get("lot_id")}
        lots = self.env["stock.lot"].sudo().browse(ids)
        expiry = {lot.id: lot.removal_date or lot.expiration_date for lot in lots}
        for row in rows:
            if "lot_id" in row:
                row["expiry"] = expiry.get(row["lot_id"], False)
        return rows
