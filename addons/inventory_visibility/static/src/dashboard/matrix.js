import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { describeCell, formatFigure } from "./figures";
import { nextCell } from "./grid_navigation";

/** Products × places: one page, coloured and signed by state. */
export class Matrix extends Component {
    static template = "inventory_visibility.Matrix";
    static props = {
        data: Object,
        figure: String,
        figureLabel: String,
        order: Object,
        opened: { type: [String, { value: null }], optional: true },
        loading: Boolean,
        onSort: Function,
        onOpenCell: Function,
    };

    setup() {
        this.root = useRef("root");
        // the one cell of the grid that the Tab key reaches
        this.active = useState({ row: 0, column: 0 });
        this.grabFocus = false;
        useEffect(() => {
            if (this.grabFocus) {
                this.grabFocus = false;
                this.focusActive();
            }
        });
        useEffect(
            () => {
                this.active.row = Math.min(this.active.row, Math.max(this.size.rows - 1, 0));
                this.active.column = Math.min(
                    this.active.column,
                    Math.max(this.size.columns - 1, 0)
                );
            },
            () => [this.props.data]
        );
    }

    get size() {
        return { rows: this.props.data.rows.length, columns: this.props.data.places.length };
    }

    get showTotal() {
        // no total where places have stock in common
        return this.props.data.places.length > 1 && Boolean(this.props.data.rows[0]?.total);
    }

    describe(values) {
        return describeCell(values, this.props.data.columns, this.props.figure);
    }

    total(values) {
        const value = values[this.props.data.columns.indexOf(this.props.figure)];
        return { text: formatFigure(this.props.figure, value), negative: value < 0 };
    }

    cellClass(cell, row, column) {
        const { opened } = this.props;
        const key = `${row.id}-${this.props.data.places[column].id}`;
        return `o_iv_state_${cell.state ? cell.state.tone : "idle"}${
            opened === key ? " o_iv_opened" : ""
        }`;
    }

    cellLabel(cell, row, place) {
        return [
            `${row.name}, ${place.name}`,
            `${this.props.figureLabel}: ${cell.text || _t("none")}`,
            cell.state ? cell.state.label.toString() : "",
            cell.cover ? _t("%s of cover", cell.cover) : "",
        ]
            .filter(Boolean)
            .join(", ");
    }

    placeTitle(place) {
        return place.stale ? _t("%s: what it states is out of date", place.name) : place.name;
    }

    isTabStop(rowIndex, columnIndex) {
        return rowIndex === this.active.row && columnIndex === this.active.column;
    }

    // sorting

    isSortedBy(field, placeId) {
        const { order } = this.props;
        return order.field === field && (order.place_id || null) === (placeId || null);
    }

    ariaSort(field, placeId) {
        if (!this.isSortedBy(field, placeId)) {
            return "none";
        }
        return this.props.order.desc ? "descending" : "ascending";
    }

    sortIcon(field, placeId) {
        if (!this.isSortedBy(field, placeId)) {
            return "fa-sort o_iv_unsorted";
        }
        return this.props.order.desc ? "fa-caret-down" : "fa-caret-up";
    }

    /** Names go up first, figures down: the largest is looked for more often. */
    sort(field, placeId) {
        const isFigure = field !== "product" && field !== "category";
        const desc = this.isSortedBy(field, placeId) ? !this.props.order.desc : isFigure;
        this.props.onSort({ field, desc, ...(placeId ? { place_id: placeId } : {}) });
    }

    // keyboard and pointer

    /** Where in the grid an event happened, or null. */
    locate(ev) {
        const element = ev.target.closest("td[data-column]");
        if (!element) {
            return null;
        }
        return { row: Number(element.dataset.row), column: Number(element.dataset.column) };
    }

    open({ row, column }) {
        Object.assign(this.active, { row, column });
        this.props.onOpenCell(this.props.data.rows[row].id, this.props.data.places[column].id);
    }

    onClick(ev) {
        const place = this.locate(ev);
        if (place) {
            this.open(place);
        }
    }

    onKeydown(ev) {
        const place = this.locate(ev);
        if (!place) {
            return;
        }
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            this.open(place);
            return;
        }
        const next = nextCell(ev.key, place, this.size, ev.ctrlKey);
        if (next) {
            ev.preventDefault();
            ev.stopPropagation();
            Object.assign(this.active, next);
            this.grabFocus = true;
            this.focusActive();
        }
    }

    onFocusin(ev) {
        const place = this.locate(ev);
        if (place && (place.row !== this.active.row || place.column !== this.active.column)) {
            Object.assign(this.active, place);
        }
    }

    focusActive() {
        const { row, column } = this.active;
        this.root.el
            ?.querySelector(`td[data-row="${row}"][data-column="${column}"]`)
            ?.focus({ preventScroll: false });
    }
}
