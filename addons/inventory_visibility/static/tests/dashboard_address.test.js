import { describe, expect, test } from "@odoo/hoot";
import {
    formatAddress,
    parseAddress,
    parseCell,
    parseOrder,
    parseSearch,
} from "@inventory_visibility/dashboard/address";
import { nextCell } from "@inventory_visibility/dashboard/grid_navigation";

describe.current.tags("headless");

test("an address opens the same screen again", () => {
    const state = {
        kind: "group",
        figure: "qty_atp",
        order: { field: "days_of_cover", place_id: 3, desc: true },
        offset: 80,
        cell: "12-3",
    };
    const address = formatAddress({ ...state, search: [["filter", "low"]] });
    expect(parseAddress(address)).toEqual(state);
    expect(parseSearch(address.search)).toEqual([["filter", "low"]]);
});

test("what is as usual is not in the address", () => {
    const address = formatAddress({
        kind: "warehouse",
        figure: "qty_available",
        order: { field: "product", desc: false },
        offset: 0,
        cell: "",
        search: [],
    });
    expect(Object.values(address).filter((value) => value !== undefined)).toEqual([]);
    expect(parseAddress({})).toEqual({});
});

test("a mangled address does no harm", () => {
    expect(parseCell("12")).toBe(null);
    expect(parseCell("x-3")).toBe(null);
    expect(parseSearch('[["filter"')).toBe(null);
    expect(parseSearch('{"a": 1}')).toBe(null);
    expect(parseSearch("[1]")).toBe(null);
    expect(parseOrder("")).toEqual({ field: "product", desc: false });
    expect(parseAddress({ offset: "x", cell: 5, figure: 7, columns: 3 })).toEqual({});
});

test("keys move in the grid and stop at its borders", () => {
    const size = { rows: 30, columns: 4 };
    const from = { row: 5, column: 1 };
    expect(nextCell("ArrowUp", from, size)).toEqual({ row: 4, column: 1 });
    expect(nextCell("ArrowDown", { row: 29, column: 0 }, size)).toEqual({ row: 29, column: 0 });
    expect(nextCell("ArrowLeft", { row: 0, column: 0 }, size)).toEqual({ row: 0, column: 0 });
    expect(nextCell("ArrowRight", from, size)).toEqual({ row: 5, column: 2 });
    expect(nextCell("PageUp", from, size)).toEqual({ row: 0, column: 1 });
    expect(nextCell("PageDown", from, size)).toEqual({ row: 15, column: 1 });
    expect(nextCell("Home", from, size)).toEqual({ row: 5, column: 0 });
    expect(nextCell("End", from, size, true)).toEqual({ row: 29, column: 3 });
    expect(nextCell("a", from, size)).toBe(null);
});
