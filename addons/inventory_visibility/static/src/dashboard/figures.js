import { _t } from "@web/core/l10n/translation";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";

/**
 * How a state looks: a sign besides the colour, for those who do not tell colours apart.
 * `tone` names the class of the cell, see dashboard.scss.
 */
export const STATES = {
    short: { label: _t("Short"), sign: "fa-exclamation-triangle", tone: "short" },
    out: { label: _t("Out of Stock"), sign: "fa-times", tone: "out" },
    low: { label: _t("Low"), sign: "fa-arrow-down", tone: "low" },
    ok: { label: _t("OK"), sign: "fa-check", tone: "ok" },
    excess: { label: _t("Excess"), sign: "fa-arrow-up", tone: "excess" },
    idle: { label: _t("Idle"), sign: "fa-minus", tone: "idle" },
};

/** Figures that the matrix can show, in the order in which they are offered. */
export const SHOWN = [
    ["qty_available", _t("Available")],
    ["days_of_cover", _t("Days of Cover")],
    ["qty_on_hand", _t("On Hand")],
    ["qty_external", _t("Stated Elsewhere")],
    ["qty_free", _t("Free")],
    ["qty_reserved", _t("Reserved")],
    ["qty_soft_reserved", _t("Soft-Reserved")],
    ["qty_safety_stock", _t("Safety Stock")],
    ["qty_blocked", _t("Blocked")],
    ["qty_incoming", _t("Incoming")],
    ["qty_outgoing", _t("Outgoing")],
    ["qty_in_transit", _t("In Transit")],
    ["qty_forecast", _t("Forecasted")],
    ["qty_atp", _t("Available to Promise")],
    ["daily_demand", _t("Daily Demand")],
    ["shortage_date", _t("Short From")],
    ["next_receipt_date", _t("Next Receipt")],
];

/**
 * The figures that the server knows, with their names.
 *
 * @param {string[]} columns names of the figures of a cell
 * @returns {{ name: string, label: string }[]}
 */
export function shownFigures(columns) {
    return SHOWN.filter(([name]) => columns.includes(name)).map(([name, label]) => ({
        name,
        label: label.toString(),
    }));
}

/** A quantity without decimals that say nothing. */
export function formatQuantity(value) {
    if (value === false || value === null || value === undefined) {
        return "";
    }
    const digits = Math.abs(value - Math.round(value)) < 0.005 ? 0 : 2;
    // no "-0"
    const rounded = Math.abs(value) < 0.005 ? 0 : value;
    return formatFloat(rounded, { digits: [16, digits] });
}

/** Days of cover: whole days from ten on, one decimal below; nothing without demand. */
export function formatDays(value) {
    if (value === false || value === null || value === undefined) {
        return "";
    }
    if (value >= 1000) {
        return _t("> 999 d");
    }
    return _t("%s d", formatFloat(value, { digits: [16, value >= 10 ? 0 : 1] }));
}

/**
 * The text of a figure in a cell.
 *
 * @param {string} name of the figure
 * @param {number|string|false} value
 */
export function formatFigure(name, value) {
    if (name === "days_of_cover") {
        return formatDays(value);
    }
    if (name.endsWith("_date")) {
        return value ? formatDate(deserializeDate(value)) : "";
    }
    return formatQuantity(value);
}

/**
 * Everything that the matrix shows of a cell.
 *
 * @param {Array} values in the order of columns
 * @param {string[]} columns
 * @param {string} figure the one to show
 */
export function describeCell(values, columns, figure) {
    const read = (name) => values[columns.indexOf(name)];
    const state = STATES[read("state")];
    return {
        text: formatFigure(figure, read(figure)),
        cover: figure === "days_of_cover" ? "" : formatDays(read("days_of_cover")),
        negative: typeof read(figure) === "number" && read(figure) < 0,
        zero: !read(figure),
        state,
    };
}
