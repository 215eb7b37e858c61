import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("inventory_visibility_spreadsheet_board", {
    steps: () => [
        {
            content: "The board is in the list of Logistics",
            trigger: '.o_search_panel .o_search_panel_category_value:contains("Stock Exceptions")',
            run: "click",
        },
        {
            content: "It is shown, with its charts",
            trigger: ".o_spreadsheet_dashboard_action .o-figure canvas",
        },
        {
            content: "Its filters are there",
            trigger: '.o_spreadsheet_dashboard_action:contains("Warehouse"), .o_searchview',
        },
    ],
});
