import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { formatDays, formatQuantity, STATES } from "./figures";
import { StepChart } from "./step_chart";

/** Why the figures of a cell are what they are, and what can be done about it. */
export class CellDrawer extends Component {
    static template = "inventory_visibility.CellDrawer";
    static components = { StepChart };
    static props = {
        kind: String,
        productId: Number,
        placeId: Number,
        /** changes when the figures shown beside were read again */
        version: { type: [String, { value: null }] },
        onClose: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.root = useRef("root");
        this.state = useState({ cell: null, error: "" });
        this.keepLast = new KeepLast();
        useEffect(
            () => {
                this.state.cell = null;
                this.load();
                this.root.el.focus();
            },
            () => [this.props.productId, this.props.placeId]
        );
        let first = true;
        useEffect(
            () => {
                if (!first) {
                    this.load();
                }
                first = false;
            },
            () => [this.props.version]
        );
        onWillUnmount(() => this.keepLast.add(new Promise(() => {})));
    }

    /** What names the cell to the server. */
    get key() {
        return [this.props.productId, this.props.placeId, this.props.kind];
    }

    async load() {
        try {
            this.state.cell = await this.keepLast.add(
                this.orm.call("stock.availability.dashboard", "get_cell", this.key)
            );
            this.state.error = "";
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    get stateInfo() {
        return STATES[this.state.cell.state];
    }

    /** Width of the bar of a part of what is on hand, in per cent. */
    share(line) {
        const positive = this.state.cell.states.reduce(
            (sum, { quantity }) => sum + Math.max(quantity, 0),
            0
        );
        return positive ? (100 * Math.max(line.quantity, 0)) / positive : 0;
    }

    quantity(value) {
        return formatQuantity(value);
    }

    days(value) {
        return formatDays(value);
    }

    date(value) {
        return formatDate(deserializeDateTime(value));
    }

    moment(value) {
        return formatDateTime(deserializeDateTime(value));
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.props.onClose();
        }
    }

    async run(name) {
        const action = await this.orm.call("stock.availability.dashboard", "open_cell_action", [
            name,
            ...this.key,
        ]);
        this.actionService.doAction(action, { onClose: () => this.load() });
    }

    openMove(line) {
        this.openRecord(
            line.picking_id ? "stock.picking" : "stock.move",
            line.picking_id || line.id
        );
    }

    openException(line) {
        this.openRecord("stock.exception", line.id);
    }

    openRecord(model, id) {
        this.actionService.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
