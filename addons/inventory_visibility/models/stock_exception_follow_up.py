"""What happens when exceptions open and close: activities for owners, events for webhooks."""

from odoo import models
from odoo.tools import SQL, split_every

# New activities per kind and run: nobody works through more in an hour.
MAX_ACTIVITIES = 100
EVENT_BATCH_SIZE = 500
# What the event itself tells.
OWN_OF_EVENTS = {"product_id", "default_code", "company"}


class StockException(models.Model):
    _inherit = "stock.exception"

    def _follow_up(self, kind):
        """Act on the changes that :meth:`_store` noted in ``stock_exception_change``."""
        if kind.activity_type_id:
            self._plan_activities(kind)
        self._drop_activities()
        for change in ("opened", "closed"):
            self._emit_changed(kind, change)

    def _get_changed(self, change, condition=None, limit=None):
        """Return the exceptions that changed, what matters most first."""
        query = SQL(
            """
            SELECT exception.id
              FROM stock_exception exception
              JOIN stock_exception_change noted ON noted.id = exception.id
             WHERE noted.change = %s AND %s
             ORDER BY exception.severity DESC, exception.value DESC NULLS LAST, exception.id
             %s
            """,
            change,
            condition or SQL("TRUE"),
            SQL("LIMIT %s", limit) if limit else SQL(),
        )
        return self.browse(id_ for (id_,) in self.env.execute_query(query))

    def _emit_changed(self, kind, change):
        """Tell the webhooks that want it, if any do, in batches."""
        webhooks = self.env["stock.webhook"]
        event_type = f"exception.{change}"
        if not webhooks._get_subscribed(event_type, kind.company_id.id):
            return
        for ids in split_every(EVENT_BATCH_SIZE, self._get_changed(change).ids):
            webhooks._emit_many(
                (event_type, exception.product_id.id, exception._prepare_event(), kind.company_id)
                for exception in self.browse(ids)
            )
            self.env.flush_all()
            self.env.invalidate_all()

    def _emit_resolved(self):
        """Tell the webhooks of what a person resolved."""
        self.env["stock.webhook"]._emit_many(
            ("exception.closed", exception.product_id.id, exception._prepare_event(), company)
            for company, exceptions in self.grouped("company_id").items()
            for exception in exceptions
        )

    def _prepare_event(self):
        """Return what a webhook is told; money is not part of it."""
        self.ensure_one()
        values = self._export_open(dict(self.env["stock.exception.kind"]._get_kinds()), False)
        return {name: value for name, value in values.items() if name not in OWN_OF_EVENTS}

    def _plan_activities(self, kind):
        opened = self._get_changed("opened", SQL("exception.user_id IS NOT NULL"), MAX_ACTIVITIES)
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": exception.id,
                    "activity_type_id": kind.activity_type_id.id,
                    "user_id": exception.user_id.id,
                    "summary": exception.with_context(lang=exception.user_id.lang).sentence,
                    "automated": True,
                }
                for exception in opened
            ]
        )

    def _drop_activities(self):
        """Remove the activities planned by runs for what has closed by itself."""
        query = SQL(
            """
            SELECT activity.id
              FROM mail_activity activity
              JOIN stock_exception_change noted ON noted.id = activity.res_id
             WHERE activity.res_model = 'stock.exception'
               AND activity.automated
               AND noted.change = 'closed'
            """
        )
        ids = [id_ for (id_,) in self.env.execute_query(query)]
        for batch in split_every(1000, ids):
            self.env["mail.activity"].browse(batch).unlink()
