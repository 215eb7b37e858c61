import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("inventory_visibility_short", {
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
            content: "Open the availability",
            trigger: '[data-menu-xmlid="inventory_visibility.menu_stock_availability"]',
            run: "click",
        },
        {
            content: "It opens on what is short or out of stock",
            trigger: '.o_searchview_facet:contains("Short or Out of Stock")',
        },
        {
            content: "The state is written out, not only coloured: open the row",
            trigger:
                '.o_data_row:has(.badge:contains("Short")) td[name="product_id"]:contains("Tour chair")',
            run: "click",
        },
        {
            content: "The reason is a sentence with its numbers",
            trigger: '.o_form_view div[name="explanation"]:contains("3.00 Units are missing")',
        },
        {
            content: "The planned delivery is listed",
            trigger: '.o_form_view div[name="open_move_ids"] .o_data_row',
        },
        {
            content: "Go on to the forecast report",
            trigger: 'button[name="action_view_forecast"]',
            run: "click",
        },
        {
            content: "The forecast report of the product is there",
            trigger: ".o_stock_forecasted_page, .o_report_stock_forecasted",
        },
    ],
});
