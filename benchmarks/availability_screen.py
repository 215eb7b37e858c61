"""The Visibility screen on 25,000 rows: what the web client asks for when it opens.

The first page is the worst case of the screen: every row must be computed to know which are short
and which of these comes first.
"""

from __future__ import annotations

from .figures import Figure, seconds

GROUP = "visibility"
MODULES = ("inventory_visibility",)
COLUMNS = (
    "product_id",
    "warehouse_id",
    "state",
    "qty_on_hand",
    "qty_reserved",
    "qty_available",
    "qty_incoming",
    "qty_in_transit",
    "qty_atp",
    "days_of_cover",
    "shortage_date",
)
DEFAULT_FILTER = [("state", "in", ("short", "out"))]


def run(env):
    rows = env["stock.availability"]
    columns = {
        name: {"fields": {"display_name": {}}} if rows._fields[name].relational else {}
        for name in COLUMNS
    }

    def open_list(domain, **options):
        return rows.web_search_read(domain, columns, limit=80, count_limit=10001, **options)

    def panel():
        for name in ("state", "warehouse_id"):
            rows.search_panel_select_multi_range(
                name, enable_counters=True, search_domain=DEFAULT_FILTER
            )

    def empty():
        env.invalidate_all()

    open_list(DEFAULT_FILTER)
    for name, action, bound, why in (
        ("first_page", lambda: open_list(DEFAULT_FILTER), 3, "rows and their number"),
        ("last_page", lambda: open_list([], offset=24_900), 4, "all rows, the far end"),
        ("search_panel", panel, 3, "counters of states and warehouses"),
        (
            "grouped",
            lambda: rows.web_read_group(DEFAULT_FILTER, ["warehouse_id"], ["qty_atp:sum"]),
            2,
            "by warehouse",
        ),
    ):
        value = seconds(action, repeat=3, before=empty)
        yield Figure(f"visibility.screen_{name}", value, "s", at_most=bound, why=why)
    row = rows.search(DEFAULT_FILTER, limit=1)
    value = 1000 * seconds(lambda: row.read(), repeat=5, before=empty)
    yield Figure("visibility.screen_one_row", value, "ms", at_most=150, why="opening a row")
