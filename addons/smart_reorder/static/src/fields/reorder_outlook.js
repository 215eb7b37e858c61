import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { area, niceTick, scale, steps } from "./chart_geometry";

function number(value) {
    return formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : 1] });
}

/** Stock in the days ahead beside its levels, with arrivals, and with what is proposed. */
export class ReorderOutlook extends Component {
    static template = "smart_reorder.Outlook";
    static props = { ...standardFieldProps };
    width = 900;
    height = 200;
    left = 46;
    bottom = 34;

    get data() {
        return this.props.record.data[this.props.name] || {};
    }

    day(offset) {
        return formatDate(deserializeDate(this.data.today).plus({ days: offset }));
    }

    get drawing() {
        const { stock = [], low = stock, high = stock, with_order, arrivals, order, reorder_point, order_up_to } = this.data;
        if (!stock.length) {
            return null;
        }
        const box = {
            width: this.width - 8,
            height: this.height,
            left: this.left,
            bottom: this.bottom,
        };
        // the band may reach far below zero: it is cut off there
        const floor = Math.min(...stock, 0) - Math.max(order_up_to, 1) / 4;
        const bound = (value) => Math.max(value, floor);
        const values = [...stock, ...high, ...low.map(bound), ...(with_order || []), order_up_to];
        const { x, y, min, max } = scale(stock.length, values, box);
        const tick = niceTick(Math.max(max, 1e-9));
        const ticks = [...new Set([...(min < 0 ? [min] : []), 0, tick])];
        const runsOut = stock.findIndex((value) => value < 0);
        return {
            x,
            zero: y(0),
            ticks: ticks.map((value) => ({ value: number(value), y: y(value) })),
            band: area(low.map(bound), high, x, y),
            bandLabel: _t("with %s %% certainty", number(this.data.level || 0)),
            stock: steps(stock, x, y),
            withOrder: with_order ? steps(with_order, x, y) : "",
            levels: [
                // at opposite ends, since the two are often close to each other
                {
                    name: _t("order up to"),
                    kind: "o_upto",
                    y: y(order_up_to),
                    value: order_up_to,
                    x: this.width - 4,
                    anchor: "end",
                },
                {
                    name: _t("reorder point"),
                    kind: "o_point",
                    y: y(reorder_point),
                    value: reorder_point,
                    x: this.left + 4,
                    anchor: "start",
                },
            ].map((level) => ({ ...level, label: `${level.name} ${number(level.value)}` })),
            arrivals: arrivals.map(({ day, quantity }) => ({
                x: x(day),
                label: `+${number(quantity)}`,
                title: _t("%(quantity)s %(unit)s arrive on %(day)s", {
                    quantity: number(quantity),
                    unit: this.data.unit,
                    day: this.day(day),
                }),
            })),
            order: order && {
                x: x(order.day),
                title: _t("%(quantity)s %(unit)s, ordered today, arrive on %(day)s", {
                    quantity: number(order.quantity),
                    unit: this.data.unit,
                    day: this.day(order.day),
                }),
            },
            last: this.day(stock.length - 1),
            label:
                runsOut < 0
                    ? _t("The stock lasts until %s", this.day(stock.length - 1))
                    : _t("Without the order the stock is expected to be used up on %s", this.day(runsOut)),
            runsOut: runsOut >= 0,
        };
    }
}

registry.category("fields").add("smart_reorder_outlook", {
    component: ReorderOutlook,
    supportedTypes: ["json", "jsonb"],
});
