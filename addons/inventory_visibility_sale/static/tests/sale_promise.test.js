import { describe, expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import {
    SalePromisePopover,
    SalePromiseWidget,
} from "@inventory_visibility_sale/promise/sale_promise";

describe.current.tags("desktop");

// the web client of the tests is that of the discuss app
defineMailModels();

const CENTRAL = {
    key: "1-0",
    name: "Central",
    text: "nothing planned covers it",
    available: "0 Units",
    status: "never",
    date: false,
    share: "5 Units",
    warehouse_id: 1,
    route_id: false,
    source: "none",
};
const SHOP = {
    ...CENTRAL,
    key: "2-0",
    name: "Shop",
    text: "from stock",
    available: "8 Units",
    status: "on_time",
    date: "03/02/2026",
    share: "",
    warehouse_id: 2,
    source: "stock",
};

/** Show the popover of a line with an answer of the server; return what it asks for and does. */
async function mountPopover(changes = {}) {
    const calls = [];
    onRpc("sale.order.line", "get_promise_options", ({ args }) => {
        calls.push(["get_promise_options", args[0].line_id, args[0].product_uom_qty]);
        return {
            quantity: "5 Units",
            wanted_date: "03/04/2026",
            can_change: true,
            can_split: true,
            is_split: false,
            promise: false,
            reason: false,
            warning: false,
            held: false,
            options: [CENTRAL, SHOP],
            ...changes,
        };
    });
    onRpc("sale.order.line", "action_source_from", ({ args }) => {
        calls.push(["action_source_from", ...args]);
        return false;
    });
    const line = {
        resId: 7,
        data: { product_id: { id: 3 }, product_uom_id: { id: 1 }, product_uom_qty: 5 },
    };
    const root = {
        resModel: "sale.order",
        resId: 4,
        data: { company_id: { id: 1 }, order_line: { records: [line] } },
        save: async () => calls.push(["save"]),
        load: async () => calls.push(["load"]),
    };
    line.model = { root };
    await mountWithCleanup(SalePromisePopover, {
        props: { record: line, close: () => calls.push(["close"]) },
    });
    return calls;
}

test("each warehouse has its quantity, its date and a sign with words", async () => {
    const calls = await mountPopover();
    expect(calls).toEqual([["get_promise_options", 7, 5]]);
    expect("tbody tr").toHaveCount(2);
    expect("tbody tr:first-child").toHaveText(/Central[^]*no date[^]*chosen/);
    expect("tbody tr:first-child [role=img]").toHaveAttribute("aria-label", "No date");
    expect("tbody tr:last-child [role=img]").toHaveAttribute("aria-label", "On time");
    expect("tbody tr:first-child .o_sale_promise_take").toHaveCount(0);
});

test("another warehouse is taken: saved, sourced, closed, read again", async () => {
    const calls = await mountPopover();
    await contains(".o_sale_promise_take").click();
    expect(calls.slice(1)).toEqual([
        ["save"],
        ["action_source_from", [7], 2, false],
        ["close"],
        ["load"],
    ]);
});

test("what cannot be changed has no buttons; a broken promise says why", async () => {
    await mountPopover({
        can_change: false,
        promise: "03/03/2026",
        reason: "From stock of Central",
        warning: "The receipt is late",
    });
    expect("button").toHaveCount(0);
    expect("tbody .badge").toHaveText("5 Units");
    expect(".o_sale_promise_reason").toHaveText(/03\/03\/2026[^]*From stock[^]*receipt is late/);
});

test("the sign beside a line says in words what its colour says", async () => {
    const record = { data: { show_promise: true, available_status: "never" } };
    await mountWithCleanup(SalePromiseWidget, { props: { record, readonly: false } });
    expect("button.o_sale_promise .fa-exclamation-circle").toHaveCount(1);
    expect("button.o_sale_promise").toHaveAttribute(
        "aria-label",
        "Nothing planned covers the whole quantity."
    );
});

test("a line without stock to promise has no sign", async () => {
    const record = { data: { show_promise: false } };
    await mountWithCleanup(SalePromiseWidget, { props: { record, readonly: false } });
    expect("button").toHaveCount(0);
});
