import base64
import binascii

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..core import feed as core

MAX_LINES = 200


class StockExternalFeed(models.TransientModel):
    """A CSV file of what an external place states to have."""

    _name = "stock.external.feed"
    _description = "Import of External Stock"

    place_id = fields.Many2one("stock.external.place", string="External Place", required=True)
    file = fields.Binary(string="CSV File", required=True)
    filename = fields.Char()
    feed_date = fields.Datetime(
        string="Stated for",
        required=True,
        default=fields.Datetime.now,
        help="The moment that the file states quantities for, where its rows do not say.",
    )
    full = fields.Boolean(
        string="All There Is",
        help="Products of this place that the file does not name have nothing left.",
    )
    decimal = fields.Selection(
        [(".", "Point: 1234.5"), (",", "Comma: 1234,5")],
        string="Decimal Separator",
        required=True,
        default=lambda self: self._default_decimal(),
    )
    delimiter = fields.Selection(
        [
            ("auto", "As the heading shows"),
            (",", "Comma"),
            (";", "Semicolon"),
            ("\t", "Tabulator"),
            ("|", "Vertical Bar"),
        ],
        required=True,
        default="auto",
    )
    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8, or as marked"),
            ("cp1252", "Western European (Windows)"),
            ("iso-8859-15", "Western European (ISO)"),
            ("cp1250", "Central European (Windows)"),
        ],
        required=True,
        default="utf-8",
    )
    problem_ids = fields.One2many("stock.external.feed.problem", "feed_id", readonly=True)
    problem_count = fields.Integer(readonly=True)

    def _default_decimal(self):
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point
        return point if point in (".", ",") else "."

    def action_import(self):
        """Apply the file, or show what is wrong with it."""
        self.ensure_one()
        try:
            counts = self._import()
        except core.FeedError as error:
            return self._show_problems(error.problems)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("%s has been updated", self.place_id.name),
                "message": self._get_message(counts),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _import(self):
        try:
            data = base64.b64decode(self.file or b"", validate=False)
        except binascii.Error as error:
            raise UserError(self.env._("The file did not arrive whole. Try again.")) from error
        rows = core.read_csv(
            data,
            encoding=self.encoding,
            delimiter=None if self.delimiter == "auto" else self.delimiter,
        )
        return self.env["stock.external.quant"]._feed(
            self.place_id, rows, self.feed_date, self.full, self.decimal
        )

    def _get_message(self, counts):
        parts = [self.env._("%s products taken over.", counts["created"] + counts["updated"])]
        if counts["zeroed"]:
            parts.append(self.env._("%s have nothing left.", counts["zeroed"]))
        if counts["ignored_older"]:
            parts.append(
                self.env._("%s ignored: something newer is known.", counts["ignored_older"])
            )
        return " ".join(parts)

    def _show_problems(self, problems):
        self.write(
            {
                "problem_count": len(problems),
                "problem_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "row": problem.row,
                                "argument": problem.argument,
                                "text": problem.text,
                            }
                        )
                        for problem in problems[:MAX_LINES]
                    ),
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import External Stock"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class StockExternalFeedProblem(models.TransientModel):
    _name = "stock.external.feed.problem"
    _description = "Problem of an Import of External Stock"
    _order = "row, id"

    feed_id = fields.Many2one("stock.external.feed", required=True, ondelete="cascade", index=True)
    row = fields.Integer(help="Line of the file; 0 is the whole file.")
    argument = fields.Char(string="Column")
    text = fields.Char(string="What is Wrong")
