import { Component, onWillStart, useState } from "@odoo/owl";
import { formatDate, serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Sign and colour of an answer: never by colour alone. */
export const STATUS = {
    on_time: { icon: "fa-check-circle", color: "text-success", label: _t("On time") },
    late: { icon: "fa-clock-o", color: "text-warning", label: _t("Later than wanted") },
    never: { icon: "fa-exclamation-circle", color: "text-danger", label: _t("No date") },
};

/** What each warehouse could do for an order line, and the buttons that choose. */
export class SalePromisePopover extends Component {
    static template = "inventory_visibility_sale.SalePromisePopover";
    static props = { record: Object, close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ answer: null, busy: false });
        this.status = STATUS;
        onWillStart(() => this.load());
    }

    get line() {
        return this.props.record;
    }

    get order() {
        return this.line.model.root;
    }

    async load() {
        const { data } = this.line;
        const order = this.order.resModel === "sale.order" ? this.order : null;
        this.state.answer = await this.orm.call("sale.order.line", "get_promise_options", [
            {
                line_id: this.line.resId || false,
                order_id: order?.resId || false,
                company_id: order?.data.company_id?.id || false,
                product_id: data.product_id?.id || false,
                product_uom_id: data.product_uom_id?.id || false,
                product_uom_qty: data.product_uom_qty,
                warehouse_id: data.warehouse_id?.id || false,
                wanted_date: data.scheduled_date ? serializeDateTime(data.scheduled_date) : false,
            },
        ]);
    }

    /** Save what is on the screen, let the server act on the line, show what came of it. */
    async act(method, args = []) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const position = this.order.data.order_line?.records.indexOf(this.line);
            if (!(await this.order.save())) {
                return;
            }
            const line = this.line.resId
                ? this.line
                : this.order.data.order_line.records[position];
            const action = await this.orm.call("sale.order.line", method, [[line.resId], ...args]);
            this.props.close();
            if (action && action.type) {
                await this.action.doAction(action, { onClose: () => this.order.load() });
            } else {
                await this.order.load();
            }
        } finally {
            this.state.busy = false;
        }
    }

    sourceFrom(option) {
        return this.act("action_source_from", [option.warehouse_id, option.route_id]);
    }
}

/** The sign beside a line: can its quantity be had in time? A click opens the warehouses. */
export class SalePromiseWidget extends Component {
    static template = "inventory_visibility_sale.SalePromiseWidget";
    static props = { ...standardWidgetProps };

    setup() {
        this.popover = usePopover(SalePromisePopover, { position: "left" });
    }

    get status() {
        return STATUS[this.props.record.data.available_status] || STATUS.never;
    }

    get title() {
        const { available_date: day } = this.props.record.data;
        return day
            ? _t("The whole quantity can leave on %s.", formatDate(day))
            : _t("Nothing planned covers the whole quantity.");
    }

    open(ev) {
        this.popover.open(ev.currentTarget, { record: this.props.record });
    }
}

export const salePromiseWidget = {
    component: SalePromiseWidget,
    fieldDependencies: [
        { name: "show_promise", type: "boolean" },
        { name: "available_status", type: "selection" },
        { name: "available_date", type: "date" },
        { name: "scheduled_date", type: "datetime" },
        { name: "warehouse_id", type: "many2one" },
    ],
};
registry.category("view_widgets").add("sale_promise", salePromiseWidget);
