"""The value of stock by place and date: the ledger of the year, and what accountants make of it.

The addon's scheduled actions would write it in the night after the installation; here it is there
from the start, with a month's end as an accountant leaves it.
"""

from __future__ import annotations

import datetime

import pytz

from .context import Build

#: Products whose history is written at a time.
BATCH = 100
#: Yearly rates of holding stock, and the part of the price that selling takes.
RATES = {
    "capital_rate": 0.06,
    "storage_rate": 0.03,
    "insurance_rate": 0.005,
    "risk_rate": 0.025,
    "selling_rate": 0.04,
}


def end_of_day(build: Build, date: datetime.date) -> datetime.datetime:
    """The last second of a day of the company, as Odoo stores it."""
    zone = pytz.timezone(build.company.partner_id.tz)
    local = zone.localize(datetime.datetime.combine(date, datetime.time(23, 59, 59)))
    return local.astimezone(pytz.UTC).replace(tzinfo=None)


def date_closings(build: Build, closings) -> None:
    """Let what was posted for the past have been known then: closings tell what came later."""
    for move in closings:
        moment = end_of_day(build, move.date)
        move.write({"stock_closing_at": moment, "stock_closing_until": moment})
    build.env.flush_all()
    build.env.cr.execute(
        "UPDATE account_move SET stock_valuation_state_at = date + interval '12 hours'"
        " WHERE state = 'posted' AND date < %s",
        [build.today],
    )
    build.env.invalidate_all()


def write_ledger(build: Build) -> int:
    """Write the entries of all that has moved; returns how many products have."""
    backfill = build.env["stock.valuation.backfill"]
    products = [product for _company, product in backfill._get_todo(build.company)]
    for start in range(0, len(products), BATCH):
        backfill._backfill(build.company, products[start : start + BATCH])
        build.env.invalidate_all()
    build.env["stock.valuation.rate"].create({"company_id": build.company.id, **RATES})
    build.env["stock.valuation.figure.refresh"]._refresh(build.company)
    return len(products)


def end_month(build: Build) -> None:
    """Close the last month, reconcile yesterday, and propose what to write down."""
    env, company = build.env, build.company
    last_month = build.today.replace(day=1) - datetime.timedelta(days=1)
    _create_accounts(build)
    env["stock.valuation.period"]._close(company, last_month)
    yesterday = build.today - datetime.timedelta(days=1)
    env["stock.valuation.reconciliation"]._reconcile(company, yesterday)
    env["stock.valuation.write.down"].create(
        {"company_id": company.id, "date": last_month}
    ).action_compute()


def _create_accounts(build: Build) -> None:
    accounts = build.env["account.account"]
    company = build.company
    near = {
        "valuation_allowance_account_id": ("Stock Allowance", company.account_stock_valuation_id),
        "valuation_write_down_account_id": (
            "Stock Written Down",
            company.account_stock_valuation_id.account_stock_variation_id,
        ),
    }
    company.write(
        {
            name: accounts.create(
                {
                    "name": title,
                    "code": accounts._search_new_account_code(beside.code),
                    "account_type": beside.account_type,
                }
            ).id
            for name, (title, beside) in near.items()
        }
    )
