import { describe, expect, test } from "@odoo/hoot";
import { layout, niceTick, stack } from "@smart_reorder/fields/chart_geometry";

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
