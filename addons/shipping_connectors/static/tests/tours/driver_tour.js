import { registry } from "@web/core/registry";

/** The page must not scroll sideways on a phone. */
function checkWidth() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth}px wide in a window of ${clientWidth}px`);
    }
    if (clientWidth > 400) {
        throw new Error(`The window is ${clientWidth}px wide, this tour is about phones`);
    }
}

registry.category("web_tour.tours").add("shipping_connectors_driver", {
    steps: () => [
        {
            content: "The scanned parcel is shown",
            trigger: ".o_shipping_parcel[data-state=pending]",
            run: checkWidth,
        },
        {
            content: "It is taken along",
            trigger: "button[value=picked_up]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "That is confirmed, and it is on the van",
            trigger: ".o_shipping_message:contains(Picked Up)",
            run: checkWidth,
        },
        {
            content: "Open it from the list",
            trigger: ".list-group-item:contains(Jane Doe)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Delivered, but to whom?",
            trigger: ".o_shipping_parcel[data-state=picked_up] button[value=delivered]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page asks",
            trigger: ".o_shipping_error:contains(who received)",
            run: checkWidth,
        },
        {
            content: "The name is entered",
            trigger: "input[name=recipient]",
            run: "edit J. Doe",
        },
        {
            content: "Delivered",
            trigger: "button[value=delivered]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "That is confirmed, and the van is empty",
            trigger: ".o_shipping_message:contains(Delivered)",
            run: checkWidth,
        },
    ],
});
