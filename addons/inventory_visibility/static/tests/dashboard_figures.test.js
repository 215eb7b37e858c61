import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import {
    describeCell,
    formatDays,
    formatFigure,
    formatQuantity,
    shownFigures,
} from "@inventory_visibility/dashboard/figures";

describe.current.tags("headless");

// numbers and dates are written as the user's language wants them
defineMailModels();
beforeEach(() => makeMockEnv());

const COLUMNS = ["qty_available", "days_of_cover", "shortage_date", "state"];

test("quantities have decimals only where these say something", () => {
    expect(formatQuantity(12)).toBe("12");
    expect(formatQuantity(12.5)).toBe("12.50");
    expect(formatQuantity(1234567)).toBe("1,234,567");
    expect(formatQuantity(-3)).toBe("-3");
    expect(formatQuantity(-0.0001)).toBe("0");
    expect(formatQuantity(false)).toBe("");
});

test("days of cover: nothing without demand, and no false precision", () => {
    expect(formatDays(false)).toBe("");
    expect(formatDays(0)).toBe("0.0 d");
    expect(formatDays(6.25)).toBe("6.3 d");
    expect(formatDays(45.4)).toBe("45 d");
    expect(formatDays(4000)).toBe("> 999 d");
});

test("dates are dates", () => {
    expect(formatFigure("shortage_date", "2026-03-05")).toBe("03/05/2026");
    expect(formatFigure("shortage_date", false)).toBe("");
});

test("every state has a sign of its own besides the colour", () => {
    const states = ["short", "out", "low", "ok", "excess", "idle"];
    const cells = states.map((state) =>
        describeCell([1, 2, false, state], COLUMNS, "qty_available")
    );
    expect(new Set(cells.map((cell) => cell.state.sign)).size).toBe(6);
    expect(cells.every((cell) => cell.state.label.toString())).toBe(true);
});

test("a cell shows its figure and, below, its cover", () => {
    const cell = describeCell([-2, 0, "2026-03-05", "short"], COLUMNS, "qty_available");
    expect(cell.text).toBe("-2");
    expect(cell.cover).toBe("0.0 d");
    expect(cell.negative).toBe(true);
    expect(describeCell([5, 3, false, "low"], COLUMNS, "days_of_cover").cover).toBe("");
});

test("only figures that the server knows are offered", () => {
    expect(shownFigures(COLUMNS).map(({ name }) => name)).toEqual([
        "qty_available",
        "days_of_cover",
        "shortage_date",
    ]);
});
