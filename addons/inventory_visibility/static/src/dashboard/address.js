/**
 * What the address of the dashboard says: enough to open the same screen again.
 *
 * `columns=group&figure=qty_atp&sort=days_of_cover.3.desc&offset=80&cell=12-3&search=[…]`
 */

/** What the columns are as long as nobody chooses, see `place_kind` of the server. */
export const USUAL_KIND = "warehouse";

/** @returns {{ field: string, place_id?: number, desc: boolean }} */
export function parseOrder(text) {
    const [field, place, direction] = String(text || "").split(".");
    const order = { field: field || "product", desc: direction === "desc" };
    if (Number(place) > 0) {
        order.place_id = Number(place);
    }
    return order;
}

export function formatOrder(order) {
    return [order.field, order.place_id || 0, order.desc ? "desc" : "asc"].join(".");
}

/** @returns {{ productId: number, placeId: number } | null} */
export function parseCell(text) {
    const found = /^(\d+)-(\d+)$/.exec(String(text || ""));
    return found ? { productId: Number(found[1]), placeId: Number(found[2]) } : null;
}

export function formatCell(productId, placeId) {
    return `${productId}-${placeId}`;
}

/** @returns {Array[] | null} null when there is none, or it was mangled on its way */
export function parseSearch(text) {
    try {
        const terms = JSON.parse(text || "null");
        return Array.isArray(terms) && terms.every(Array.isArray) ? terms : null;
    } catch {
        return null;
    }
}

/** Read the state of the dashboard from that of the router. */
export function parseAddress(state) {
    const parsed = {};
    if (typeof state.columns === "string") {
        parsed.kind = state.columns;
    }
    if (typeof state.figure === "string") {
        parsed.figure = state.figure;
    }
    if (state.sort) {
        parsed.order = parseOrder(state.sort);
    }
    if (Number(state.offset) > 0) {
        parsed.offset = Number(state.offset);
    }
    if (parseCell(state.cell)) {
        parsed.cell = String(state.cell);
    }
    return parsed;
}

/** The reverse; what is as usual is left out of the address. */
export function formatAddress({ kind, figure, order, offset, cell, search }) {
    return {
        columns: kind === USUAL_KIND ? undefined : kind,
        figure: figure === "qty_available" ? undefined : figure,
        sort: order.field === "product" && !order.desc ? undefined : formatOrder(order),
        offset: offset || undefined,
        cell: cell || undefined,
        search: search.length ? JSON.stringify(search) : undefined,
    };
}
