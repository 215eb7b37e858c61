import { useState } from "@odoo/owl";
import { SIZES } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** What a planner decides by, and so what a narrow window keeps. */
const KEPT = ["product_id", "warehouse_id", "qty_to_order", "cost"];
/** Of the columns that a window below 1200 pixels has no room for, the first to go. */
const FIRST_TO_GO = ["chart", "qty_on_hand", "risk_value"];

/**
 * @param {Object[]} columns - of the list, shown ones
 * @param {Number} size - of the window, as the ui service has it
 * @returns {Object[]} those that there is room for; buttons always stay
 */
export function columnsFor(columns, size) {
    const isField = (column) => column.type === "field";
    if (size < SIZES.LG) {
        return columns.filter((column) => !isField(column) || KEPT.includes(column.name));
    }
    if (size < SIZES.XL) {
        return columns.filter((column) => !isField(column) || !FIRST_TO_GO.includes(column.name));
    }
    return columns;
}

export class ProposalListRenderer extends ListRenderer {
    setup() {
        this.ui = useState(useService("ui"));
        super.setup();
    }

    getActiveColumns() {
        return columnsFor(super.getActiveColumns(), this.ui.size);
    }
}

export const proposalListView = { ...listView, Renderer: ProposalListRenderer };

registry.category("views").add("smart_reorder_proposal_list", proposalListView);
