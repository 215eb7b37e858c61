import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { layout, niceTick, stack } from "./chart_geometry";

function number(value) {
    return formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : 1] });
}

/** Weeks that a sparkline shows: past ones as bars, and what is expected of the coming ones. */
const WEEKS = 24;
const WEEKS_AHEAD = 5;

/** Demand of the last weeks as small bars; the forecast with its band beside them. */
export class ReorderSparkline extends Component {
    static template = "smart_reorder.Sparkline";
    static props = { ...standardFieldProps };
    width = 88;
    height = 22;

    get data() {
        return this.props.record.data[this.props.name] || {};
    }

    get weeks() {
        return (this.data.weeks || []).slice(-WEEKS);
    }

    /** A short history is as wide as its weeks, at the right: a week looks the same in each row. */
    get drawing() {
        const { height, weeks } = this;
        const { weekly = 0, weekly_low = 0, weekly_high = 0 } = this.data;
        const width = (this.width * WEEKS) / (WEEKS + WEEKS_AHEAD);
        const left = width * (1 - weeks.length / WEEKS);
        const { bars, y } = layout(weeks, [weekly], { width, height, left, top: 1 });
        // The bars are what is looked at: a band that is higher than them ends at the top.
        const bandY = Math.max(y(weekly_high), 0);
        const forecast = weekly > 0 && {
            x: width + 1,
            width: this.width - width - 1,
            y: y(weekly),
            bandY,
            bandHeight: y(weekly_low) - bandY,
        };
        return { bars, forecast };
    }

    get title() {
        const total = this.weeks.reduce((sum, value) => sum + value, 0);
        if (!this.weeks.length) {
            return _t("No history");
        }
        const { weekly = 0, weekly_low = 0, weekly_high = 0 } = this.data;
        return _t(
            "%(total)s in the last %(weeks)s weeks; %(weekly)s a week expected, between %(low)s and %(high)s",
            {
                total: number(total),
                weeks: this.weeks.length,
                weekly: number(weekly),
                low: number(weekly_low),
                high: number(weekly_high),
            }
        );
    }
}

/** Demand per week with what is expected, the reorder point and the order-up-to level. */
export class ReorderChart extends Component {
    static template = "smart_reorder.Chart";
    static props = { ...standardFieldProps };
    width = 900;
    height = 210;
    left = 46;
    bottom = 22;

    get data() {
        return this.props.record.data[this.props.name] || {};
    }

    get weeks() {
        return this.data.weeks || [];
    }

    get chart() {
        const { weekly = 0, weekly_high = 0 } = this.data;
        const box = { width: this.width - 8, height: this.height, left: this.left, bottom: this.bottom };
        const { estimated, excluded } = this.data;
        const parts = stack(this.weeks, estimated, excluded);
        const totals = parts.map((part) => part.total);
        const { max, y, bars } = layout(totals, [weekly], box);
        const tick = niceTick(max);
        return {
            bars: bars.map((bar, index) => ({
                ...bar,
                ...parts[index],
                solidY: y(parts[index].solid),
                solidHeight: y(0) - y(parts[index].solid),
                kind: parts[index].excluded ? "o_excluded" : "o_estimated",
                title: this.barTitle(bar, parts[index]),
            })),
            hasEstimated: parts.some((part) => part.estimated),
            hasExcluded: parts.some((part) => part.excluded),
            forecast: y(weekly),
            ticks: [0, tick].map((value) => ({ value: number(value), y: y(value) })),
            label: _t("forecast %(quantity)s a week, hardly more than %(most)s", {
                quantity: number(weekly),
                most: number(weekly_high),
            }),
        };
    }

    get levels() {
        const { on_hand, reorder_point, order_up_to } = this.data;
        const max = Math.max(on_hand, reorder_point, order_up_to, 1e-9);
        const share = (value) => Math.round((1000 * Math.max(value, 0)) / max) / 10;
        return [
            { name: _t("On hand"), value: number(on_hand), share: share(on_hand), kind: "bg-info" },
            {
                name: _t("Reorder point"),
                value: number(reorder_point),
                share: share(reorder_point),
                kind: "bg-warning",
            },
            {
                name: _t("Order up to"),
                value: number(order_up_to),
                share: share(order_up_to),
                kind: "bg-success",
            },
        ];
    }

    barTitle(bar, part) {
        const values = {
            quantity: number(part.recorded),
            unit: this.data.unit || "",
            weeks: bar.weeksAgo,
            estimated: number(part.estimated),
            excluded: number(part.excluded),
        };
        if (part.excluded) {
            return _t(
                "%(quantity)s %(unit)s, %(weeks)s weeks ago; %(excluded)s left out as unusual",
                values
            );
        }
        if (part.estimated) {
            return _t(
                "%(quantity)s %(unit)s, %(weeks)s weeks ago; %(estimated)s more estimated for days without stock",
                values
            );
        }
        return _t("%(quantity)s %(unit)s, %(weeks)s weeks ago", values);
    }
}

/** Days of cover; no demand is not a number of days. */
export class ReorderCover extends Component {
    static template = "smart_reorder.Cover";
    static props = { ...standardFieldProps };

    get text() {
        const days = this.props.record.data[this.props.name];
        return days >= 9999 ? _t("no demand") : _t("%s days", formatFloat(days, { digits: [16, 1] }));
    }
}

registry.category("fields").add("smart_reorder_sparkline", {
    component: ReorderSparkline,
    supportedTypes: ["json", "jsonb"],
});
registry.category("fields").add("smart_reorder_chart", {
    component: ReorderChart,
    supportedTypes: ["json", "jsonb"],
});
registry.category("fields").add("smart_reorder_cover", {
    component: ReorderCover,
    supportedTypes: ["float"],
});
