import { animationFrame, describe, expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

class Dashboard extends models.Model {
    _name = "smart.reorder.dashboard";
}

defineModels([Dashboard]);

const DATA = {
    figures: [
        {
            name: "late",
            label: "Order Late Already",
            value: 3,
            kind: "count",
            tone: "danger",
            detail: "$ 30 at risk",
            help: "",
            opens: true,
        },
    ],
    accuracy: [
        {
            id: 5,
            name: "AX",
            count: 40,
            wanted: 95,
            covered: 80,
            fill_promised: 98,
            fill_achieved: 97,
            wape: 20,
            bias: -3.5,
            tracking: 0.1,
            drifts: false,
        },
    ],
    vendors: [],
    warehouses: [
        { id: 1, name: "Central" },
        { id: 2, name: "Shop" },
    ],
    as_of: "2026-03-01 10:00:00",
    planned_at: "2026-03-01 02:00:00",
    currency_id: 1,
    is_empty: false,
};

async function open() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "smart_reorder.dashboard",
    });
    await animationFrame();
}

test("figures, tables and what is not there yet", async () => {
    onRpc("smart.reorder.dashboard", "get_data", () => DATA);
    await open();
    expect("[data-figure=late] .o_iv_figure_value").toHaveText("3");
    expect("tr[data-class=AX] td.text-danger").toHaveText("80 %");
    expect("tr[data-class=AX] td:last").toHaveText("-3.5 %");
    expect(".o_smart_reorder_tables section:last").toHaveText(/No vendor has delivered/);
});

test("a place is asked for, and a figure opens its list of it", async () => {
    onRpc("smart.reorder.dashboard", "get_data", ({ kwargs }) => {
        expect.step(`read ${kwargs.warehouse_id}`);
        return DATA;
    });
    onRpc("smart.reorder.dashboard", "open_figure", ({ args, kwargs }) => {
        expect.step(`open ${args[0]} of ${kwargs.warehouse_id}`);
        return { type: "ir.actions.act_window_close" };
    });
    await open();
    await contains(".o_iv_toolbar select").select("2");
    await animationFrame();
    await contains("[data-figure=late]").click();
    await animationFrame();
    expect.verifySteps(["read null", "read 2", "open late of 2"]);
});

test("nothing planned yet says what to do", async () => {
    onRpc("smart.reorder.dashboard", "get_data", () => ({ ...DATA, is_empty: true, figures: [] }));
    await open();
    expect(".o_iv_message").toHaveText(/Nothing was planned yet/);
});

test("an error can be tried again", async () => {
    let fails = true;
    onRpc("smart.reorder.dashboard", "get_data", () => {
        if (fails) {
            throw new Error("down");
        }
        return DATA;
    });
    await open();
    expect(".o_iv_message[role=alert]").toHaveCount(1);
    fails = false;
    await contains(".o_iv_message button").click();
    await animationFrame();
    expect("[data-figure=late]").toHaveCount(1);
});
