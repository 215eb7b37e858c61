"""Ageing, figures by month and reconciliation of 20,000 products and a million movements.

Odoo has nothing like the first two. What it has of the third is its closing: the value of stock
beside the balance of the account, without a reason for the difference. It is asked for a sample of
the products, in the same run.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .figures import Figure, seconds

GROUP = "valuation"
MODULES = ("inventory_valuation",)
DATASET = "valuation"

#: in days before today: a day with plenty of stock
DAYS = 100
#: products that Odoo's closing is asked for, of all
SAMPLE = 500


def run(env):
    company = env.company
    day = datetime.now().date() - timedelta(days=DAYS)

    ageings = []
    yield Figure(
        "valuation.ageing",
        seconds(
            lambda: ageings.append(env["stock.valuation.ageing"]._compute_at(company, day)),
            before=env.invalidate_all,
        ),
        "s",
        why="all layers at a past date, computed and written",
    )
    of_ageing = [("ageing_id", "=", ageings[0].id)]
    layers = env["stock.valuation.ageing.line"]
    yield Figure("valuation.ageing_layers", layers.search_count(of_ageing), "rows")
    yield Figure(
        "valuation.ageing_by_bucket",
        seconds(
            lambda: layers._read_group(of_ageing, ["bucket_id"], ["value:sum"]),
            repeat=3,
            before=env.invalidate_all,
        ),
        "s",
        why="the screen, once computed",
    )

    figures = env["stock.valuation.figure.refresh"]
    env.cr.execute("DELETE FROM stock_valuation_figure")
    months = figures._get_months(company)
    yield Figure("valuation.figures_months", len(months), "months")
    yield Figure(
        "valuation.figures_all_months",
        seconds(lambda: figures._refresh(company), before=env.invalidate_all),
        "s",
        why="the first night",
    )
    yield Figure(
        "valuation.figures_last_months",
        seconds(
            lambda: [figures._refresh_month(company, month) for month in months[-2:]],
            before=env.invalidate_all,
        ),
        "s",
        why="any other night",
    )
    yield Figure(
        "valuation.figures_by_category_and_month",
        seconds(
            lambda: env["stock.valuation.figure"].formatted_read_group(
                [("company_id", "=", company.id)],
                ["categ_id", "month:month"],
                ["turns:avg", "days_on_hand:avg", "gmroi:avg", "carrying_cost:sum"],
            ),
            repeat=3,
            before=env.invalidate_all,
        ),
        "s",
        why="the screen",
    )

    yield from reconcile(env, day)


def reconcile(env, day):
    """One account for all stock, on which nothing was posted: all that moved is the difference."""
    company = env.company
    company.account_stock_valuation_id = env["account.account"].create(
        {"name": "Stock", "code": "BENCHSTOCK", "account_type": "asset_current"}
    )
    made = []
    mine = seconds(
        lambda: made.append(env["stock.valuation.reconciliation"]._reconcile(company, day)),
        before=env.invalidate_all,
    )
    yield Figure(
        "valuation.reconciliation", mine, "s", why="all movements of three years, by reason"
    )
    yield Figure("valuation.reconciliation_lines", len(made[0].line_ids), "rows")
    yield Figure(
        "valuation.reconciliation_remaining",
        abs(made[0].remaining),
        made[0].currency_id.name,
        at_most=0,
        why=f"nothing unexplained of a difference of {made[0].difference:,.2f}",
    )
    products = env["product.product"].search([("is_storable", "=", True)])
    part = company._get_accounts_by_product(products[:: max(1, len(products) // SAMPLE)])
    moment = datetime.combine(day, datetime.max.time()).replace(microsecond=0)
    theirs = seconds(lambda: company.stock_value(part, at_date=moment), before=env.invalidate_all)
    yield Figure(
        "valuation.reconciliation_speedup",
        theirs / len(part) * len(products) / mine,
        "×",
        why=f"Odoo's stock_value of {len(part)} of {len(products):,} products, scaled up",
    )
