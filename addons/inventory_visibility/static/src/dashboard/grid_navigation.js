/**
 * The cell to go to in a grid by a key, as the ARIA practices for grids want it.
 *
 * @param {string} key as in KeyboardEvent.key
 * @param {{ row: number, column: number }} from
 * @param {{ rows: number, columns: number }} size
 * @param {boolean} [control] whether Control is held
 * @returns {{ row: number, column: number } | null} null when the key does not move
 */
export function nextCell(key, from, size, control = false) {
    const lastRow = size.rows - 1;
    const lastColumn = size.columns - 1;
    const { row, column } = from;
    switch (key) {
        case "ArrowUp":
            return { row: Math.max(row - 1, 0), column };
        case "ArrowDown":
            return { row: Math.min(row + 1, lastRow), column };
        case "ArrowLeft":
            return { row, column: Math.max(column - 1, 0) };
        case "ArrowRight":
            return { row, column: Math.min(column + 1, lastColumn) };
        case "PageUp":
            return { row: Math.max(row - 10, 0), column };
        case "PageDown":
            return { row: Math.min(row + 10, lastRow), column };
        case "Home":
            return { row: control ? 0 : row, column: 0 };
        case "End":
            return { row: control ? lastRow : row, column: lastColumn };
        default:
            return null;
    }
}
