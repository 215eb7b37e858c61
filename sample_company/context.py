"""What the parts of the build share."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from .extract import Extract
from .plan import Plan

#: Nobody is to be written to about what happened long ago.
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_activity_automation_skip": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
}


@dataclass
class Build:
    """The environment and the records made so far, by their keys in the plan.

    :param env: the administrator's, as superuser
    :param now: naive UTC, as Odoo stores it; :param today: the company's date
    """

    env: Any
    extract: Extract
    plan: Plan
    now: datetime.datetime
    today: datetime.date
    warehouses: dict[str, Any] = field(default_factory=dict)
    products: dict[str, Any] = field(default_factory=dict)
    suppliers: dict[str, Any] = field(default_factory=dict)
    customers: dict[tuple[str, str], Any] = field(default_factory=dict)
    lots: dict[str, Any] = field(default_factory=dict)
    _taxes: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    @property
    def company(self):
        return self.env.company

    @property
    def payment_term(self):
        """30 days: what the company grants, and gets."""
        return self.env.ref("account.account_payment_term_30days")

    def date(self, day: int) -> datetime.date:
        """The date of a day of the plan, shifted so that the history ends yesterday."""
        return self.today - datetime.timedelta(days=self.plan.today - day)

    def moment(self, day: int, minute: int = 0) -> datetime.datetime:
        """The moment of a minute of a day of the plan."""
        start = datetime.datetime.combine(self.date(day), datetime.time())
        return start + datetime.timedelta(minutes=minute)

    def tax_ids(self, partner, tax) -> list[int]:
        """What ``tax`` becomes with this partner, by the fiscal position of his country."""
        key = (partner.country_id.id, tax.id)
        if key not in self._taxes:
            position = self.env["account.fiscal.position"]._get_fiscal_position(partner)
            self._taxes[key] = position.map_tax(tax).ids
        return self._taxes[key]

    def customer(self, document):
        """The partner of a document of the plan."""
        return self.customers[document.customer, document.country]
