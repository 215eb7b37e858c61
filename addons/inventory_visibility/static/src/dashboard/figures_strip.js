import { Component } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { humanNumber } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { formatQuantity } from "./figures";

/** The strip of figures; each opens the list of what it counts. */
export class FiguresStrip extends Component {
    static template = "inventory_visibility.FiguresStrip";
    static props = {
        figures: { type: [Array, { value: null }] },
        failed: { type: Boolean, optional: true },
        onOpen: Function,
        onRetry: Function,
    };

    get skeleton() {
        return [1, 2, 3, 4, 5, 6];
    }

    text(figure) {
        const { value, kind } = figure;
        if (value === null || value === false || value === undefined) {
            return "–";
        }
        if (kind === "monetary") {
            const large = Math.abs(value) >= 1000000;
            return formatCurrency(value, figure.currency_id, {
                digits: [16, large ? 2 : 0],
                humanReadable: large,
            });
        }
        if (kind === "quantity" && Math.abs(value) < 100000) {
            return `${formatQuantity(value)} ${figure.uom || ""}`;
        }
        return Math.abs(value) < 100000
            ? formatQuantity(value)
            : `${humanNumber(value, { decimals: 1 })} ${figure.uom || ""}`;
    }

    label(figure) {
        return _t("%(label)s: %(value)s, %(detail)s. Open the list.", {
            label: figure.label,
            value: this.text(figure),
            detail: figure.detail,
        });
    }
}
