import { animationFrame, describe, expect, press, queryAll, queryOne, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { FiguresStrip } from "@inventory_visibility/dashboard/figures_strip";
import { Freshness } from "@inventory_visibility/dashboard/freshness";
import { Matrix } from "@inventory_visibility/dashboard/matrix";

describe.current.tags("desktop");

// the web client of the tests is that of the discuss app
defineMailModels();

const COLUMNS = ["qty_available", "days_of_cover", "state"];

function makeData(changes = {}) {
    return {
        offset: 0,
        count: 2,
        count_limited: false,
        columns: COLUMNS,
        places: [
            { id: 3, name: "Central" },
            { id: 4, name: "Shop" },
        ],
        rows: [
            {
                id: 1,
                name: "Chair",
                category: "Furniture",
                uom: "Units",
                cells: [
                    [5, 10, "ok"],
                    [-2, 0, "short"],
                ],
                total: [3, 4, false],
            },
            {
                id: 2,
                name: "Lamp",
                category: "",
                uom: "Units",
                cells: [
                    [0, false, "idle"],
                    [7, 2, "low"],
                ],
                total: [7, 2, false],
            },
        ],
        totals: {
            uom: "Units",
            cells: [
                [5, false, false],
                [5, false, false],
            ],
            total: [10, false, false],
        },
        ...changes,
    };
}

function mountMatrix(props = {}) {
    return mountWithCleanup(Matrix, {
        props: {
            data: makeData(),
            figure: "qty_available",
            figureLabel: "Available",
            order: { field: "product", desc: false },
            opened: "",
            loading: false,
            onSort: () => {},
            onOpenCell: () => {},
            ...props,
        },
    });
}

test("the matrix is a grid with figures, signs, totals and names", async () => {
    await mountMatrix();
    expect("table[role=grid]").toHaveAttribute("aria-colcount", "4");
    expect(queryAll("tbody tr")).toHaveLength(2);
    expect("td[data-row='0'][data-column='1']").toHaveClass("o_iv_state_short");
    expect("td[data-row='0'][data-column='1'] .fa-exclamation-triangle").toHaveCount(1);
    expect("td[data-row='0'][data-column='0']").toHaveAttribute(
        "aria-label",
        "Chair, Central, Available: 5, OK, 10 d of cover"
    );
    expect("tbody tr:first-child td.o_iv_total").toHaveText("3");
    expect("tfoot td.o_iv_total").toHaveText("10");
});

test("one cell is reached by Tab, the others by arrows; Enter opens", async () => {
    const opened = [];
    await mountMatrix({ onOpenCell: (...ids) => opened.push(ids) });
    expect(queryAll("td[tabindex='0']")).toHaveLength(1);
    queryOne("td[data-row='0'][data-column='0']").focus();
    await press("ArrowRight");
    await animationFrame();
    expect("td[data-row='0'][data-column='1']").toBeFocused();
    expect("td[data-row='0'][data-column='1']").toHaveAttribute("tabindex", "0");
    await press("ArrowDown");
    await animationFrame();
    expect("td[data-row='1'][data-column='1']").toBeFocused();
    await press("ArrowDown");
    await animationFrame();
    expect("td[data-row='1'][data-column='1']").toBeFocused();
    await press("Enter");
    expect(opened).toEqual([[2, 4]]);
    expect(queryAll("td[tabindex='0']")).toHaveLength(1);
});

test("columns sort: figures from the largest, names from the first", async () => {
    const orders = [];
    await mountMatrix({ onSort: (order) => orders.push(order) });
    await contains(".o_iv_sort[data-place='4']").click();
    await contains("th.o_iv_total .o_iv_sort").click();
    await contains("th.o_iv_product .o_iv_sort:first-child").click();
    expect(orders).toEqual([
        { field: "qty_available", desc: true, place_id: 4 },
        { field: "qty_available", desc: true },
        // it is sorted by product already
        { field: "product", desc: true },
    ]);
    expect("th.o_iv_product[role=columnheader]").toHaveAttribute("aria-sort", "ascending");
});

test("several units have no total", async () => {
    await mountMatrix({ data: makeData({ totals: null }) });
    expect("tfoot").toHaveText(/Several units/);
});

test("places that have stock in common have no total", async () => {
    const data = makeData();
    data.rows.forEach((row) => (row.total = null));
    data.totals.total = null;
    await mountMatrix({ data });
    expect(".o_iv_total").toHaveCount(0);
    expect("tfoot td").toHaveCount(2);
    expect("table[role=grid]").toHaveAttribute("aria-colcount", "3");
});

test("a place whose feed is out of date says so, not by colour alone", async () => {
    const places = [
        { id: 3, name: "Depot", stale: true },
        { id: 4, name: "Store", stale: false },
    ];
    await mountMatrix({ data: makeData({ places }) });
    expect(".o_iv_sort[data-place='3'] [role=img]").toHaveAttribute("aria-label", "Out of date");
    expect(".o_iv_sort[data-place='4'] [role=img]").toHaveCount(0);
});

test("the strip shows a skeleton, then figures; each opens its list", async () => {
    const opened = [];
    const figure = { detail: "lots", help: "", tone: "", opens: true };
    await mountWithCleanup(FiguresStrip, {
        props: {
            figures: [
                { ...figure, name: "expiring", label: "Expiring", kind: "count", value: 4 },
                {
                    ...figure,
                    name: "stock_outs",
                    label: "Out of Stock",
                    kind: "count",
                    value: null,
                    tone: "danger",
                },
                {
                    ...figure,
                    name: "on_hand",
                    label: "On Hand",
                    kind: "quantity",
                    uom: "kg",
                    value: 12.5,
                },
            ],
            onOpen: (name) => opened.push(name),
            onRetry: () => {},
        },
    });
    expect(queryAll(".o_iv_figure_value").map((el) => el.textContent.trim())).toEqual([
        "4",
        "–",
        "12.50 kg",
    ]);
    expect("button[data-figure=expiring]").toHaveAttribute(
        "aria-label",
        "Expiring: 4, lots. Open the list."
    );
    await contains("button[data-figure=expiring]").click();
    expect(opened).toEqual(["expiring"]);
});

test("a strip that failed offers to try again", async () => {
    let tried = 0;
    await mountWithCleanup(FiguresStrip, {
        props: { figures: null, failed: true, onOpen: () => {}, onRetry: () => tried++ },
    });
    await contains(".alert .btn").click();
    expect(tried).toBe(1);
});

test("the freshness stamp says what it is from, and that stock has changed", async () => {
    await mountWithCleanup(Freshness, {
        props: {
            asOf: "2026-03-05 10:20:30",
            changed: true,
            loading: false,
            onRefresh: () => {},
        },
    });
    expect("time").toHaveAttribute("datetime", "2026-03-05 10:20:30");
    expect(".o_iv_freshness").toHaveText(/Stock has changed/);
});
