"""Tells open dashboards that stock has changed: a word, no figures, and rarely.

What is told is only that something changed in a company. A worker says so at most once in
``QUIET_SECONDS`` and company; the dashboard reads again that many seconds after it was told, and so
sees also what changed without being told. Nobody polls.
"""

import time

from odoo import api, models

#: Seconds for which a worker is silent after it has told a company's dashboards.
QUIET_SECONDS = 5

#: (database, company id) -> moment (monotonic) at which this worker told it last
_told = {}


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    @api.model
    def _announce_change(self, companies):
        """Tell the dashboards of companies, once the transaction is committed, that stock changed.

        :param companies: `res.company` records; none means all that look at shared stock
        """
        precommit = self.env.cr.precommit
        if "stock.availability.changed" not in precommit.data:
            precommit.data["stock.availability.changed"] = set()
            precommit.add(self._send_changes)
        precommit.data["stock.availability.changed"].update(companies.ids or [False])

    @api.model
    def _send_changes(self):
        database = self.env.cr.dbname
        now = time.monotonic()
        due = {
            company_id
            for company_id in self.env.cr.precommit.data.pop("stock.availability.changed", ())
            if now - _told.get((database, company_id), -QUIET_SECONDS) >= QUIET_SECONDS
        }
        if not due:
            return
        group = self.env.ref(
            "inventory_visibility.group_inventory_visibility_user", raise_if_not_found=False
        )
        if not group:
            return
        group.sudo()._bus_send(
            "inventory_visibility/changed",
            {"company_ids": sorted(due - {False}), "quiet_seconds": QUIET_SECONDS},
        )

        @self.env.cr.postcommit.add
        def remember():
            # only now: a transaction that is rolled back has told nobody
            for company_id in due:
                _told[database, company_id] = now
