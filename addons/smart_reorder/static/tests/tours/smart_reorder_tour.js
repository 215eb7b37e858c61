import { registry } from "@web/core/registry";

/** A planner reads a proposal, changes the quantity, accepts it and opens the purchase order. */
registry.category("web_tour.tours").add("smart_reorder_accept", {
    url: "/odoo/smart-reorder",
    steps: () => [
        {
            content: "the proposal shows its demand",
            trigger: ".o_data_row:contains('Tour Kettle') .o_smart_reorder_sparkline rect",
        },
        {
            content: "open it",
            trigger: ".o_data_row:contains('Tour Kettle') .o_list_record_open_form_view button",
            run: "click",
        },
        {
            content: "the reason names the vendor",
            trigger: ".o_form_view .alert:contains('Tour Vendor delivers in 6 day(s)')",
        },
        {
            content: "the chart is drawn",
            trigger: ".o_smart_reorder_chart svg .o_forecast text",
        },
        {
            content: "order another quantity",
            trigger: "div[name=qty_to_order] input",
            run: "edit 77",
        },
        {
            content: "accept",
            trigger: "button[name=action_accept]",
            run: "click",
        },
        {
            content: "it is ordered, and the purchase is at hand",
            trigger: "button[name=action_view_purchases]",
            run: "click",
        },
        {
            content: "77 kettles are on the request for quotation",
            trigger: ".o_data_row:contains('Tour Kettle') td[name=product_qty]:contains('77')",
        },
    ],
});
