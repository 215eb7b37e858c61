import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatQuantity } from "./figures";

/** The projected balance and what can be promised of it, day by day, as steps. */
export class StepChart extends Component {
    static template = "inventory_visibility.StepChart";
    static props = { steps: Array, uom: String };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
            },
            () => [this.props.steps]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get days() {
        return this.props.steps.map((step) => formatDate(deserializeDate(step.date)));
    }

    /** What the picture says, for who does not see it. */
    get label() {
        const { steps, uom } = this.props;
        const worst = steps.reduce((least, step) => (step.balance < least.balance ? step : least));
        return _t("Projected balance: %(first)s %(unit)s today, least %(least)s on %(day)s", {
            first: formatQuantity(steps[0].balance),
            least: formatQuantity(worst.balance),
            day: formatDate(deserializeDate(worst.date)),
            unit: uom,
        });
    }

    format(value) {
        return formatQuantity(value);
    }

    config() {
        const { steps, uom } = this.props;
        const scheme = cookie.get("color_scheme");
        const ink = getCustomColor(scheme, "#374151", "#D1D5DB");
        const grid = getCustomColor(scheme, "rgba(0,0,0,.08)", "rgba(255,255,255,.12)");
        const line = { stepped: true, pointRadius: steps.length > 30 ? 0 : 2, borderWidth: 2 };
        return {
            type: "line",
            data: {
                labels: this.days,
                datasets: [
                    {
                        ...line,
                        label: _t("Balance"),
                        data: steps.map((step) => step.balance),
                        borderColor: getColor(0, scheme, "odoo"),
                        backgroundColor: getColor(0, scheme, "odoo"),
                    },
                    {
                        ...line,
                        label: _t("To promise"),
                        data: steps.map((step) => step.atp),
                        borderColor: getColor(1, scheme, "odoo"),
                        backgroundColor: getColor(1, scheme, "odoo"),
                        borderDash: [5, 4],
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { position: "bottom", labels: { boxWidth: 18, color: ink } },
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, parsed }) =>
                                `${dataset.label}: ${formatQuantity(parsed.y)} ${uom}`,
                        },
                    },
                },
                scales: {
                    x: {
                        ticks: { color: ink, maxTicksLimit: 5, maxRotation: 0 },
                        grid: { display: false },
                    },
                    y: {
                        ticks: { color: ink, maxTicksLimit: 5 },
                        grid: { color: grid },
                        suggestedMin: 0,
                    },
                },
            },
        };
    }

    draw() {
        this.chart?.destroy();
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, this.config());
    }
}
