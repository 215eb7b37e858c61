"""Build the sample company in a database that has Odoo's modules and the addons.

The parts are done one after the other, each committed; what is half built is recognised by the
missing `MARKER` and built anew in a fresh database.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

import pytz

from . import (
    accounting,
    carriers,
    company,
    history,
    master_data,
    open_documents,
    orders,
    reordering,
    value_ledger,
)
from .context import QUIET, Build
from .extract import read
from .plan import make_plan
from .templates import make_templates

MARKER = "sample_company.built"
Report = Callable[[str], None]


def build(env, report: Report = print, commit: Callable[[], None] = lambda: None) -> Build:
    """Build the sample company.

    :param env: an environment of a database with the modules installed and no other data
    :param report: gets a line for each part when it is done
    :param commit: called after each part
    :raise RuntimeError: the database has a sample company already, or the plan did not hold
    """
    if env["ir.config_parameter"].sudo().get_param(MARKER):
        raise RuntimeError("This database has a sample company already.")
    started = time.monotonic()

    def done(title: str) -> None:
        env.flush_all()
        commit()
        report(f"[{title}] {time.monotonic() - started:.1f} s")

    env = company.load_chart(env)
    done("chart of accounts")
    work = _start(env)
    company.set_up(work)
    done("company")
    master_data.create_suppliers(work)
    master_data.create_products(work)
    master_data.create_customers(work)
    master_data.create_lots(work)
    shippers = carriers.create_carriers(work)
    done("products, partners, carriers")
    purchases = orders.create_purchase_orders(work, work.plan.received)
    done(f"{len(purchases)} purchase orders")
    sales = orders.create_sale_orders(work, work.plan.orders)
    orders.mark_sold(work, sales)
    done(f"{len(sales)} sales orders")
    documents = history.documents(work, purchases, sales)
    writer = history.HistoryWriter(work, make_templates(work))
    writer.write(documents)
    history.create_quants(work)
    done(f"{sum(len(document.lines) for document in documents)} stock movements")
    # while they are drafts: a confirmed order posts a message for each line that is received
    history.recompute(work, purchases, sales)
    orders.mark_purchased(work, work.plan.received, purchases)
    history.link_references(work, purchases)
    done("what orders know of their movements")
    _keep_books(work, writer.ledger, documents, purchases, sales)
    done("accounting")
    open_documents.send_transfers(work)
    open_documents.confirm_purchases(work)
    today = open_documents.confirm_sales(work)
    open_documents.quote(work)
    open_documents.mark_ready(work, today, shippers["Own vans"])
    done("what is open today")
    reordering.create_orderpoints(work)
    done("reordering rules")
    valued = value_ledger.write_ledger(work)
    done(f"value ledger of {valued} products")
    value_ledger.end_month(work)
    done("month's end")
    return work


def _start(env) -> Build:
    """The plan, and an environment in which nobody is written to about what is long past."""
    admin = env.ref("base.user_admin")
    env = env(user=admin.id, su=True, context={**env.context, **QUIET, "tz": company.TIME_ZONE})
    extract = read()
    now = datetime.datetime.now(datetime.timezone.utc)
    today = now.astimezone(pytz.timezone(company.TIME_ZONE)).date()
    return Build(env, extract, make_plan(extract), now.replace(tzinfo=None, microsecond=0), today)


def _keep_books(work: Build, ledger, documents, purchases, sales) -> None:
    books = accounting.Books(work, ledger)
    books.open()
    moves = books.bill(purchases)
    moves |= books.invoice_orders(sales)
    moves |= books.invoice_months(documents)
    books.pay(moves)
    books.spend()
    books.pay_vat()
    value_ledger.date_closings(work, books.close())


def mark_built(env, text: str) -> None:
    """Say that the company is whole; the last thing to do."""
    env["ir.config_parameter"].sudo().set_param(MARKER, text)
