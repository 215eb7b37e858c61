import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const CELL = 'tr:contains("Tour chair") td[data-column="0"]';

const STRIP = [
    "on_hand",
    "available",
    "in_transit",
    "stock_outs",
    "stock_outs_projected",
    "overdue_receipts",
    "overdue_transfers",
];

registry.category("web_tour.tours").add("inventory_visibility_dashboard_strip", {
    steps: () =>
        STRIP.flatMap((figure) => [
            {
                content: `Open what is behind ${figure}`,
                trigger: `.o_iv_strip button[data-figure="${figure}"]:enabled`,
                run: "click",
            },
            {
                content: `The list of ${figure} is there, without an error`,
                trigger: ".o_list_view .o_list_renderer, .o_kanban_view .o_kanban_renderer",
            },
            {
                content: "And back",
                trigger: '.breadcrumb-item:contains("Inventory Dashboard") a',
                run: "click",
            },
            {
                content: "The dashboard is there again",
                trigger: ".o_iv_dashboard .o_iv_matrix",
            },
        ]),
});

registry.category("web_tour.tours").add("inventory_visibility_dashboard", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the Inventory app",
            trigger: '.o_app[data-menu-xmlid="stock.menu_stock_root"]',
            run: "click",
        },
        {
            content: "Open Visibility",
            trigger: '[data-menu-xmlid="inventory_visibility.menu_inventory_visibility"]',
            run: "click",
        },
        {
            content: "The dashboard comes first",
            trigger: '[data-menu-xmlid="inventory_visibility.menu_stock_availability_dashboard"]',
            run: "click",
        },
        {
            content: "The strip has figures",
            trigger: '.o_iv_strip button[data-figure="on_hand"]',
        },
        {
            content: "Search for the product",
            trigger: ".o_searchview_input",
            run: "edit Tour chair",
        },
        {
            content: "Take it",
            trigger: '.o_searchview_autocomplete .o-dropdown-item:contains("Search Product for")',
            run: "click",
        },
        {
            content: "Only it is left, and its cell says that it is short",
            trigger: `.o_iv_matrix tbody:not(:has(tr:nth-child(2))) ${CELL}.o_iv_state_short`,
            run: "click",
        },
        {
            content: "The drawer says why",
            trigger: '.o_iv_drawer .o_iv_explanation:contains("3.00 Units are missing")',
        },
        {
            content: "What is on hand adds up",
            trigger: '.o_iv_drawer section[name="states"] h5:contains("2")',
        },
        {
            content: "The balance is drawn, and told to who does not see it",
            trigger: '.o_iv_drawer canvas[role="img"][aria-label*="-3"]',
        },
        {
            content: "The planned delivery is there",
            trigger: '.o_iv_drawer section[name="moves"]:contains("−5")',
        },
        {
            content: "The address tells product, place and search",
            trigger: ".o_iv_drawer_actions",
            run() {
                const { searchParams } = new URL(window.location.href);
                if (!searchParams.get("cell") || !searchParams.get("search")) {
                    throw new Error(`The address does not tell: ${window.location.href}`);
                }
            },
        },
        {
            content: "Go on to the forecast",
            trigger: '.o_iv_drawer_actions button[data-action="forecast"]',
            run: "click",
        },
        {
            content: "The forecast report of the product is there",
            trigger: ".o_stock_forecasted_page, .o_report_stock_forecasted",
        },
        {
            content: "And back",
            trigger: '.breadcrumb-item:contains("Inventory Dashboard") a',
            run: "click",
        },
        {
            content: "The dashboard is as it was left",
            trigger: '.o_iv_dashboard:has(.o_iv_drawer) .o_searchview_facet:contains("Tour chair")',
        },
    ],
});

registry.category("web_tour.tours").add("inventory_visibility_dashboard_link", {
    steps: () => [
        {
            content: "The address opens what it was made from: the search, the order, the drawer",
            trigger:
                '.o_iv_dashboard:has(.o_searchview_facet:contains("Tour chair")):has(.o_iv_figure_choice:contains("On Hand"))',
        },
        {
            content: "The cell is open",
            trigger: '.o_iv_drawer h4:contains("Tour chair")',
        },
        {
            content: "Escape closes it and gives the focus back to the grid",
            trigger: ".o_iv_drawer .btn-close",
            run: "press Escape",
        },
        {
            content: "The grid has the focus",
            trigger: "body:not(:has(.o_iv_drawer)) td[data-column]:focus",
        },
    ],
});

registry.category("web_tour.tours").add("inventory_visibility_dashboard_columns", {
    steps: () => [
        {
            content: "The columns are warehouses",
            trigger: ".o_iv_kind_choice:contains(Warehouses)",
            run: "click",
        },
        {
            content: "Take location groups instead",
            trigger: ".o-dropdown-item[data-kind=group]",
            run: "click",
        },
        {
            content: "The group is a column, and nothing is added up over groups",
            trigger:
                '.o_iv_matrix:has(th .o_iv_sort:contains("Tour network")):not(:has(.o_iv_total))',
        },
        {
            content: "Search for the product",
            trigger: ".o_searchview_input",
            run: "edit Tour chair",
        },
        {
            content: "Take it",
            trigger: '.o_searchview_autocomplete .o-dropdown-item:contains("Search Product for")',
            run: "click",
        },
        {
            content: "Open its cell: the group has what its warehouse has",
            trigger: `.o_iv_matrix tbody:not(:has(tr:nth-child(2))) ${CELL}`,
            run: "click",
        },
        {
            content: "The drawer is that of the group, and offers no transfer to it",
            trigger:
                '.o_iv_drawer:contains("Tour network"):contains("3.00 Units are missing"):not(:has([data-action=transfer]))',
        },
        {
            content: "The address tells the columns",
            trigger: ".o_iv_drawer_actions",
            run() {
                const { searchParams } = new URL(window.location.href);
                if (searchParams.get("columns") !== "group" || !searchParams.get("cell")) {
                    throw new Error(`The address does not tell: ${window.location.href}`);
                }
            },
        },
        {
            content: "Pin it",
            trigger: ".o_iv_toolbar button:has(.fa-thumb-tack)",
            run: "click",
        },
        {
            content: "It is said to be pinned",
            trigger: '.o_notification:contains("will open like this")',
        },
    ],
});

registry.category("web_tour.tours").add("inventory_visibility_dashboard_pinned", {
    steps: () => [
        {
            content: "The dashboard opens with the columns and the search that were pinned",
            trigger:
                '.o_iv_dashboard:has(.o_iv_kind_choice:contains("Location Groups")):has(.o_searchview_facet:contains("Pinned view")) th:contains("Tour network")',
        },
        {
            content: "Only the product that was searched for is there",
            trigger: '.o_iv_matrix tbody:not(:has(tr:nth-child(2))) th:contains("Tour chair")',
        },
    ],
});
