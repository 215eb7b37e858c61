import { describe, expect, test } from "@odoo/hoot";
import { area, layout, niceTick, scale, stack, steps } from "@smart_reorder/fields/chart_geometry";

describe.current.tags("headless");

test("bars share the width and stand on the base line", () => {
    const { bars, max } = layout([0, 5, 10], [], { width: 30, height: 24, top: 4 });
    expect(max).toBe(10);
    expect(bars.map((bar) => bar.x)).toEqual([1, 11, 21]);
    expect(bars.map((bar) => bar.height)).toEqual([0, 10, 20]);
    expect(bars.map((bar) => bar.y + bar.height)).toEqual([24, 24, 24]);
    expect(bars.map((bar) => bar.weeksAgo)).toEqual([3, 2, 1]);
});

test("levels fit on the scale, negative values lie on the base line", () => {
    const { y } = layout([2], [8], { width: 10, height: 20, top: 0 });
    expect(y(8)).toBe(0);
    expect(y(4)).toBe(10);
    expect(y(-3)).toBe(20);
});

test("no history draws nothing and does not divide by zero", () => {
    const { bars, y } = layout([], [], { width: 10, height: 20 });
    expect(bars).toEqual([]);
    expect(Number.isFinite(y(0))).toBe(true);
});

test("the tick is a round number not above the maximum", () => {
    expect([1, 7, 49, 50, 0.3, 2400].map(niceTick)).toEqual([1, 5, 20, 50, 0.2, 2000]);
});

test("estimates stand on what was recorded, what is left out is part of it", () => {
    expect(stack([5, 0, 9], [2, 3, 0], [0, 0, 4])).toEqual([
        { recorded: 5, estimated: 2, excluded: 0, solid: 5, total: 7 },
        { recorded: 0, estimated: 3, excluded: 0, solid: 0, total: 3 },
        { recorded: 9, estimated: 0, excluded: 4, solid: 5, total: 9 },
    ]);
    expect(stack([5])).toEqual([{ recorded: 5, estimated: 0, excluded: 0, solid: 5, total: 5 }]);
});

test("a scale over days has zero on it, and what is missing below", () => {
    const { x, y, min, max } = scale(4, [8, -2], { width: 50, height: 30, left: 10, top: 0 });
    expect([min, max]).toEqual([-2, 8]);
    expect([x(0), x(2), x(4), x(9)]).toEqual([10, 30, 50, 50]);
    expect([y(8), y(0), y(-2)]).toEqual([0, 24, 30]);
    expect(scale(2, [5], { width: 1, height: 10, top: 0 }).y(0)).toBe(10);
});

test("a line in steps holds each value until the next day", () => {
    const { x, y } = scale(2, [4, 2], { width: 20, height: 4, top: 0 });
    expect(steps([4, 2], x, y)).toBe("0,0 10,0 10,2 20,2");
});

test("an area goes along the upper line and back along the lower one", () => {
    const { x, y } = scale(2, [4, 0], { width: 20, height: 4, top: 0 });
    expect(area([0, 1], [4, 2], x, y)).toBe("0,0 10,0 10,2 20,2 20,3 10,3 10,4 0,4");
});
