import logging

from psycopg2 import OperationalError

from odoo import fields, models

_logger = logging.getLogger(__name__)


class SmartReorderRun(models.Model):
    """What a run decides across products when all are planned, once and in one transaction."""

    _inherit = "smart.reorder.run"

    is_settled = fields.Boolean(readonly=True, help="What is decided across products was decided.")

    def _settle_once(self, commit):
        """:return: False when there is no time to go on"""
        if self.is_settled:
            return True
        self._settle()
        return not commit or (self._commit(1, 1) and self._take())

    def _settle(self):
        """Decide across products. When that fails nothing is ordered by itself."""
        try:
            with self.env.cr.savepoint():
                self.env["smart.reorder.settlement"]._settle(self)
        except OperationalError:
            raise  # a conflict: Odoo repeats the transaction
        except Exception as error:
            _logger.warning("Run %s could not be settled", self.id, exc_info=True)
            self.error = self.env._(
                "Order minimums, budgets and transfers of excess were not looked at, and nothing"
                " was ordered automatically: %s",
                str(error) or type(error).__name__,
            )
        groups = self.env["smart.reorder.proposal"]._read_group(
            [("run_id", "=", self.id)], ["state"], ["__count"]
        )
        counts = dict(groups)
        self.write(
            {
                "is_settled": True,
                "to_order": counts.get("draft", 0),
                "blocked": counts.get("exception", 0),
            }
        )
