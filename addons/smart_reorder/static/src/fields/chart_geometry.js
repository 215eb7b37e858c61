/**
 * Geometry of the demand chart: numbers in, SVG coordinates out.
 *
 * @param {number[]} weeks demand per week, oldest first
 * @param {number[]} levels further values that must fit on the scale
 * @param {{width: number, height: number, left?: number, bottom?: number, top?: number}} box
 */
export function layout(weeks, levels, box) {
    const { width, height, left = 0, bottom = 0, top = 4 } = box;
    const finite = [...weeks, ...levels].filter((value) => Number.isFinite(value));
    const max = Math.max(1e-9, ...finite);
    const inner = height - bottom - top;
    const y = (value) => top + inner - (Math.max(value, 0) / max) * inner;
    const step = weeks.length ? (width - left) / weeks.length : 0;
    const bars = weeks.map((value, index) => ({
        x: left + index * step + step * 0.1,
        y: y(value),
        width: step * 0.8,
        height: top + inner - y(value),
        value,
        weeksAgo: weeks.length - index,
    }));
    return { max, y, bars };
}

/**
 * What each bar consists of: demand that counts as recorded, on top of it either what was estimated
 * for days without stock (it counts) or what is left out as unusual (it does not).
 *
 * @param {number[]} weeks recorded demand per week
 * @param {number[]} [estimated] estimated on top of it
 * @param {number[]} [excluded] part of it that is left out
 */
export function stack(weeks, estimated = [], excluded = []) {
    return weeks.map((recorded, index) => ({
        recorded,
        estimated: estimated[index] || 0,
        excluded: excluded[index] || 0,
        solid: recorded - (excluded[index] || 0),
        total: recorded + (estimated[index] || 0),
    }));
}

/** Round number at or below the maximum, for the axis. */
export function niceTick(max) {
    const power = 10 ** Math.floor(Math.log10(max));
    const factor = [5, 2, 1].find((candidate) => candidate * power <= max) || 1;
    return factor * power;
}

/**
 * Scales of a chart over days: offsets and values in, coordinates out. Zero is always on it.
 *
 * @param {number} count of days
 * @param {number[]} values that must fit
 * @param {{width: number, height: number, left?: number, bottom?: number, top?: number}} box
 */
export function scale(count, values, box) {
    const { width, height, left = 0, bottom = 0, top = 18 } = box;
    const finite = values.filter((value) => Number.isFinite(value));
    const max = Math.max(0, ...finite);
    const min = Math.min(0, ...finite);
    const span = Math.max(max - min, 1e-9);
    const inner = height - bottom - top;
    return {
        min,
        max,
        x: (offset) => left + (Math.min(offset, count) / Math.max(count, 1)) * (width - left),
        y: (value) => top + ((max - value) / span) * inner,
    };
}

/** Points of a line in steps: each value holds until the next day. */
export function steps(values, x, y) {
    return values
        .map((value, day) => `${x(day)},${y(value)} ${x(day + 1)},${y(value)}`)
        .join(" ");
}

/** Points of the area between two lines in steps. */
export function area(low, high, x, y) {
    const back = low
        .map((value, day) => `${x(day + 1)},${y(value)} ${x(day)},${y(value)}`)
        .reverse()
        .join(" ");
    return `${steps(high, x, y)} ${back}`;
}
