from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def action_close_stock_valuation(self, at_date=None, auto_post=False):
        company = self.with_context(stock_closing_date=at_date)
        return super(ResCompany, company).action_close_stock_valuation(
            at_date=at_date, auto_post=auto_post
        )

    def _save_closing_id(self, move_id):
        """Remember for good which entry is a closing, and what it could know.

        Odoo remembers the last ten. With a date, it counts quantities up to that day's midnight.
        """
        result = super()._save_closing_id(move_id)
        now = fields.Datetime.now()
        date = self.env.context.get("stock_closing_date")
        self.env["account.move"].browse(move_id).sudo().write(
            {
                "stock_closing_at": now,
                "stock_closing_until": min(fields.Datetime.to_datetime(date), now) if date else now,
            }
        )
        return result

    def _mark_stock_closings(self):
        """Mark the closings that Odoo remembers from before this addon was there."""
        parameters = self.env["ir.config_parameter"].sudo()
        for company in self:
            known = parameters.get_param(f"{company.id}.stock_valuation_closing_ids") or ""
            moves = (
                self.env["account.move"].sudo().browse(int(one) for one in known.split(",") if one)
            )
            for move in moves.exists().filtered(lambda move: not move.stock_closing_at):
                day = fields.Datetime.to_datetime(move.date)
                same_day = move.date == move.create_date.date()
                move.write(
                    {
                        "stock_closing_at": move.create_date,
                        "stock_closing_until": move.create_date if same_day else day,
                    }
                )
