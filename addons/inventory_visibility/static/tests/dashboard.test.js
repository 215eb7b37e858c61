import { advanceTime, animationFrame, describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeMockEnv,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { Component, useSubEnv, xml } from "@odoo/owl";
import { WithSearch } from "@web/search/with_search/with_search";
import { getDefaultConfig } from "@web/views/view";
import { Dashboard } from "@inventory_visibility/dashboard/dashboard";
import { DashboardSearchModel } from "@inventory_visibility/dashboard/dashboard_search_model";

describe.current.tags("desktop");
defineMailModels();

class Place extends models.Model {
    _name = "test.place";
    name = fields.Char();
    _records = [
        { id: 1, name: "Central" },
        { id: 2, name: "Shop" },
    ];
}

class Availability extends models.Model {
    _name = "stock.availability";
    warehouse_id = fields.Many2one({ relation: "test.place" });
    place_group_id = fields.Many2one({ relation: "test.place" });
    external_place_id = fields.Many2one({ relation: "test.place" });
    _views = {
        search: `<search><searchpanel>
            <field name="warehouse_id" select="multi"/>
            <field name="place_group_id" select="multi" string="Group"/>
            <field name="external_place_id" select="multi" string="External"/>
        </searchpanel></search>`,
    };
}

defineModels([Place, Availability]);

/** The dashboard within its search, with a server that notes what it is asked for. */
async function mountDashboard({ initial = {} } = {}) {
    const asked = [];
    const addresses = [];
    onRpc("stock.availability.dashboard", "*", ({ method, kwargs }) => {
        if (method === "get_place_kinds") {
            return [
                { name: "warehouse", label: "Warehouses" },
                { name: "group", label: "Location Groups" },
                { name: "external_place", label: "External Places" },
            ];
        }
        if (method === "get_figures") {
            return [];
        }
        asked.push([kwargs.filters.place_kind, kwargs.order.field, kwargs.filters.domain]);
        return {
            as_of: "2026-03-05 10:20:30",
            count: 1,
            count_limited: false,
            offset: 0,
            columns: ["qty_available", "days_of_cover", "state"],
            places: [{ id: 1, name: "Somewhere" }],
            rows: [
                {
                    id: 7,
                    name: "Chair",
                    category: "",
                    uom: "Units",
                    cells: [[5, false, "idle"]],
                    total: null,
                },
            ],
            totals: null,
        };
    });
    onRpc("stock.availability", "search_panel_select_multi_range", () => ({
        values: [
            { id: 1, display_name: "Central" },
            { id: 2, display_name: "Shop" },
        ],
    }));
    class Parent extends Component {
        static components = { Dashboard, WithSearch };
        static props = ["*"];
        static template = xml`
            <WithSearch t-props="search" t-slot-scope="search">
                <Dashboard initial="initial" display="search.display" updateActionState="updateActionState"/>
            </WithSearch>`;
        setup() {
            useSubEnv({ config: getDefaultConfig() });
        }
        search = {
            resModel: "stock.availability",
            searchViewId: false,
            searchMenuTypes: ["filter"],
            SearchModel: DashboardSearchModel,
            searchModelArgs: { query: null },
        };
        initial = initial;
        updateActionState = (address) => addresses.push(address);
    }
    await mountWithCleanup(Parent);
    return { asked, addresses };
}

const sections = () => queryAllTexts(".o_search_panel_section_header");

test("columns are warehouses, and can be chosen", async () => {
    const { asked, addresses } = await mountDashboard();
    await contains("td[data-column='0']").click();
    expect(addresses.at(-1).cell).toBe("7-1");
    await contains(".o_iv_kind_choice").click();
    await contains(".o-dropdown-item[data-kind=group]").click();
    await contains(".o_iv_kind_choice:contains(Location Groups)").click();
    expect(asked.map(([kind]) => kind)).toEqual(["warehouse", "group"]);
    expect(addresses.at(-1).columns).toBe("group");
    // the cell was one of a warehouse
    expect(addresses.at(-1).cell).toBe(undefined);
    expect(".o_iv_drawer").toHaveCount(0);
});

test("an address opens columns of its kind", async () => {
    const { asked } = await mountDashboard({
        initial: { kind: "external_place", order: { field: "category", desc: false } },
    });
    expect(asked).toEqual([["external_place", "category", []]]);
    expect(".o_iv_kind_choice").toHaveText(/External Places/);
});

test("facets that say nothing of the columns go, with what was chosen there", async () => {
    const { asked } = await mountDashboard();
    expect(sections()).toHaveLength(2);
    await contains(".o_search_panel_section:first .o_search_panel_filter_value input").click();
    expect(asked.at(-1)[2]).toEqual([["warehouse_id", "in", [1]]]);
    await contains(".o_iv_kind_choice").click();
    await contains(".o-dropdown-item[data-kind=external_place]").click();
    expect(asked.at(-1)).toEqual(["external_place", "product", []]);
    expect(sections().map((text) => text.toLowerCase())).toEqual(["external"]);
});

test("stock that changed is read again after a while, and only that of one's companies", async () => {
    await makeMockEnv();
    const listeners = {};
    patchWithCleanup(getService("bus_service"), {
        subscribe: (type, callback) => (listeners[type] = callback),
        unsubscribe: () => {},
    });
    const { asked } = await mountDashboard();
    await animationFrame();
    const tell = listeners["inventory_visibility/changed"];
    tell({ company_ids: [999], quiet_seconds: 5 });
    await animationFrame();
    expect(".o_iv_freshness:contains(Stock has changed)").toHaveCount(0);
    tell({ company_ids: [], quiet_seconds: 5 });
    tell({ company_ids: [], quiet_seconds: 5 });
    await animationFrame();
    expect(".o_iv_freshness:contains(Stock has changed)").toHaveCount(1);
    expect(asked).toHaveLength(1);
    // five seconds of silence, and two to spread the readers over
    await advanceTime(7100);
    await animationFrame();
    expect(asked).toHaveLength(2);
    expect(".o_iv_freshness:contains(Stock has changed)").toHaveCount(0);
});
