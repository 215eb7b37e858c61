import { columnsFor } from "@smart_reorder/workbench/proposal_list";
import { describe, expect, test } from "@odoo/hoot";
import { SIZES } from "@web/core/ui/ui_service";

describe.current.tags("headless");

const COLUMNS = [
    ...["product_id", "warehouse_id", "chart", "qty_on_hand", "days_of_cover"],
    ...["qty_to_order", "source_name", "cost", "risk_value", "order_by"],
].map((name) => ({ type: "field", name }));
const BUTTONS = { type: "button_group", name: "buttons" };

const names = (size) => columnsFor([...COLUMNS, BUTTONS], size).map((column) => column.name);

test("a wide window has all columns", () => {
    expect(names(SIZES.XL)).toHaveLength(11);
});

test("a narrower one leaves out what is nice to see", () => {
    expect(names(SIZES.LG)).toEqual([
        ...["product_id", "warehouse_id", "days_of_cover", "qty_to_order", "source_name"],
        ...["cost", "order_by", "buttons"],
    ]);
});

test("a narrow one keeps what is decided by, and the buttons", () => {
    expect(names(SIZES.MD)).toEqual([
        ...["product_id", "warehouse_id", "qty_to_order", "cost", "buttons"],
    ]);
});
