import { animationFrame, Deferred, describe, expect, test } from "@odoo/hoot";
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

class StockPicking extends models.Model {
    _name = "stock.picking";
}

defineModels([StockPicking]);

const PICKINGS = [1, 2, 3].map((id) => ({ id, name: `OUT/${id}` }));

async function buy(answer) {
    onRpc("stock.picking", "buy_labels_of_one", ({ args }) => {
        expect.step(args[0][0]);
        return answer(args[0][0]);
    });
    await open();
}

async function open() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "shipping_connectors.buy_labels",
        params: { pickings: PICKINGS },
    });
    await animationFrame();
}

test("each delivery is asked for once, and what fails is listed", async () => {
    await buy((id) => (id === 2 ? { labels: 0, error: "No phone" } : { labels: 2, error: false }));
    await animationFrame();
    expect.verifySteps([1, 2, 3]);
    expect(".o_shipping_buy p:first").toHaveText(/3 of 3 deliveries,\s+4 labels,\s+1 failed/);
    expect(".progress").toHaveAttribute("aria-valuenow", "100");
    expect(".o_shipping_buy li").toHaveText("OUT/2: No phone");
    await contains(".modal-footer .btn-primary").click();
    expect(".modal").toHaveCount(0);
});

test("the bar follows, and stopping leaves the rest alone", async () => {
    const second = new Deferred();
    await buy((id) => (id === 2 ? second : { labels: 1, error: false }));
    expect(".progress").toHaveAttribute("aria-valuenow", "33");
    await contains(".modal-footer .btn-secondary").click();
    second.resolve({ labels: 1, error: false });
    await animationFrame();
    await animationFrame();
    expect.verifySteps([1, 2]);
    expect(".o_shipping_buy").toHaveText(/2 of 3 deliveries/);
    expect(".o_shipping_buy").toHaveText(/the rest was not bought/);
});

test("an error of the server is one delivery's", async () => {
    await buy((id) => {
        if (id === 1) {
            throw new Error("broken");
        }
        return { labels: 1, error: false };
    });
    await animationFrame();
    expect.verifySteps([1, 2, 3]);
    expect(".o_shipping_buy li").toHaveText("OUT/1: broken");
    expect(".o_shipping_buy").toHaveText(/2 labels/);
});

test("a lost connection ends it, and says that nothing is paid twice", async () => {
    onRpc(
        "/web/dataset/call_kw/stock.picking/buy_labels_of_one",
        () => {
            expect.step("asked");
            throw new Error("no network");
        },
        { pure: true }
    );
    await open();
    await animationFrame();
    expect.verifySteps(["asked"]);
    expect(".o_shipping_buy li").toHaveCount(1);
    expect(".o_shipping_buy li").toHaveText(/nothing is paid twice/);
    expect(".o_shipping_buy").toHaveText(/the rest was not bought/);
});
