import { registry } from "@web/core/registry";

/** A planner sees what waits on the dashboard, opens it and locks a proposal. */
registry.category("web_tour.tours").add("smart_reorder_dashboard", {
    url: "/odoo/reorder-dashboard",
    steps: () => [
        {
            content: "the figures are there",
            trigger: ".o_smart_reorder_dashboard [data-figure=late] .o_iv_figure_value",
        },
        {
            content: "what is not known yet says so",
            trigger: ".o_smart_reorder_tables:contains('No forecast fell due yet')",
        },
        {
            content: "open what is to be decided",
            trigger: "[data-figure=to_order]",
            run: "click",
        },
        {
            content: "open the proposal",
            trigger: ".o_data_row:contains('Tour Kettle') .o_list_record_open_form_view button",
            run: "click",
        },
        {
            content: "the stock ahead is drawn",
            trigger: ".o_smart_reorder_outlook svg polyline.o_stock",
        },
        {
            content: "lock it",
            trigger: "button[name=action_lock]",
            run: "click",
        },
        {
            content: "it says who locked it",
            trigger: ".alert:contains('Locked by')",
        },
    ],
});
