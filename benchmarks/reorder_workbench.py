"""Opening the workbench with 50,000 proposals to decide: what the web client asks the server for.

The list with its columns and their number, the counters of its panel, the kanban by vendor and the
dashboard: one request each, with empty caches, as of a worker that just began.
"""

from __future__ import annotations

import time

from .figures import Figure, percentile
from .generate import _Generator
from .generate_reorder import ReorderSize

GROUP = "reorder"
MODULES = ("smart_reorder",)
DATASET = "reorder"

REPEAT = 40
DOMAIN = [
    *(("state", "=", "draft"), "|"),
    *(("snoozed_until", "=", False), ("snoozed_until", "<=", "today")),
]
PANEL = ("state", "warehouse_id", "source", "partner_id")


def run(env):
    make_proposals(env)
    proposals = env["smart.reorder.proposal"]
    count = proposals.search_count(DOMAIN)
    yield Figure("reorder.workbench_proposals", count, "proposals", at_least=50_000)
    user = env.ref("base.user_admin")
    proposals = proposals.with_user(user).with_context(
        lang=user.lang, tz=user.tz, allowed_company_ids=env.company.ids
    )
    view = env.ref("smart_reorder.smart_reorder_proposal_view_list")
    columns = columns_of(proposals, view, "list")
    kanban = env.ref("smart_reorder.smart_reorder_proposal_view_kanban")
    cards = columns_of(proposals, kanban, "kanban")

    def read_list():
        proposals.web_search_read(DOMAIN, columns, limit=80, count_limit=10001)

    def count(name):
        return lambda: proposals.search_panel_select_multi_range(
            name, enable_counters=True, search_domain=DOMAIN
        )

    def open_kanban():
        groups = proposals.web_read_group(
            DOMAIN, ["source_name"], ["cost:sum"], limit=80, auto_unfold=False
        )
        first = groups["groups"][0]["__extra_domain"]
        proposals.web_search_read([*DOMAIN, *first], cards, limit=80)

    dashboard = env["smart.reorder.dashboard"].with_env(proposals.env)
    for name, action, bound in (
        ("list", read_list, 300),
        *((f"panel_{name}", count(name), 300) for name in PANEL),
        ("kanban", open_kanban, 300),
        ("dashboard", dashboard.get_data, 1000),
    ):
        action()
        times = []
        queries = 0
        for _time in range(REPEAT):
            env.flush_all()
            env.invalidate_all()
            before, started = env.cr.sql_log_count, time.perf_counter()
            action()
            times.append(1000 * (time.perf_counter() - started))
            queries = env.cr.sql_log_count - before
        yield Figure(
            f"reorder.workbench_{name}",
            percentile(times, 0.95),
            "ms",
            at_most=bound,
            why=f"95th percentile of {REPEAT}, caches empty",
        )
        yield Figure(f"reorder.workbench_{name}_queries", queries, "queries")


def columns_of(proposals, view, kind):
    """What the web client reads for a view."""
    names = proposals.get_view(view.id, kind)["models"][proposals._name]
    known = proposals._fields
    return {
        name: {"fields": {"display_name": {}}} if known[name].type == "many2one" else {}
        for name in names
        if name in known and not known[name].type.endswith("2many") and name != "outlook"
    }


def make_proposals(env):
    """A rule for every product and warehouse, and a proposal for every rule, copied in SQL."""
    generator = _Generator(env, ReorderSize())
    rule = env["stock.warehouse.orderpoint"].search([("name", "=like", "BENCH/%")], limit=1)
    generator.copies(
        rule,
        """
        SELECT product.id AS product_id, warehouse.id AS warehouse_id, warehouse.lot_stock_id
          FROM product_product product
          JOIN product_template template ON template.id = product.product_tmpl_id
         CROSS JOIN stock_warehouse warehouse
         WHERE template.default_code LIKE 'BENCH-%'
           AND NOT EXISTS (
               SELECT FROM stock_warehouse_orderpoint other
                WHERE other.product_id = product.id AND other.warehouse_id = warehouse.id
               )
        """,
        name="'BENCH/more'",
        product_id="row.product_id",
        warehouse_id="row.warehouse_id",
        location_id="row.lot_stock_id",
    )
    vendors = env["res.partner"].search([("name", "=like", "BENCH vendor %")])
    week = {"until": "2026-01-01", "weeks": [float(n % 7) for n in range(52)]}
    proposal = env["smart.reorder.proposal"].create(
        {
            "orderpoint_id": rule.id,
            "source": "buy",
            "partner_id": vendors[0].id,
            "qty_on_hand": 3,
            "daily_demand": 0.5,
            "forecast_method": "ma28",
            "evidence": "measured",
            "qty_proposed": 20,
            "price_unit": 3,
            "history": week,
            "reason_data": [["enough", {"position": 3.0}]],
        }
    )
    env.flush_all()
    number = "mod(abs(hashint8(row.id)::bigint), 1000)"
    generator.copies(
        proposal,
        f"""
        SELECT rule.id, rule.product_id, rule.warehouse_id, template.categ_id,
               vendor.id AS vendor_id, vendor.name AS vendor_name
          FROM stock_warehouse_orderpoint rule
          JOIN product_product product ON product.id = rule.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN res_partner vendor ON vendor.id = {min(vendors.ids)} + rule.product_id % 20
         WHERE rule.name LIKE 'BENCH/%' AND rule.id <> {rule.id}
        """,
        orderpoint_id="row.id",
        product_id="row.product_id",
        product_category_id="row.categ_id",
        warehouse_id="row.warehouse_id",
        partner_id="row.vendor_id",
        source_name="row.vendor_name",
        days_of_cover=number,
        cost=number,
        risk_value=number,
    )
    env.cr.execute("ANALYZE smart_reorder_proposal; ANALYZE stock_warehouse_orderpoint")
    env.invalidate_all()
