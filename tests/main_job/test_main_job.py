"""The main job from login to label, in a browser, on the sample company.

What is short is seen, what to reorder is proposed and accepted, an order is shipped with a label.
"""

import io

import pypdfium2
import pytest
from playwright.sync_api import expect

from devkit import databases

APP_STOCK = "stock.menu_stock_root"
APP_SALES = "sale.sale_menu_root"


@pytest.fixture(scope="module")
def query(environment, database):
    """Function that asks the database, to choose what to order and to see what was made."""

    def run(statement, *values):
        return databases.execute(environment, statement, *values, database=database)

    return run


@pytest.fixture(scope="module")
def product(query):
    """A product without lots of which a lot is free in the warehouse that sells by default."""
    rows = query(
        """
        SELECT t.name->>'en_US', SUM(q.quantity - q.reserved_quantity)
        FROM stock_quant q
        JOIN product_product p ON p.id = q.product_id
        JOIN product_template t ON t.id = p.product_tmpl_id
        JOIN stock_location l ON l.id = q.location_id
        JOIN stock_warehouse w ON w.id = l.warehouse_id
        WHERE l.usage = 'internal' AND t.tracking = 'none' AND t.sale_ok
            AND w.id = (SELECT id FROM stock_warehouse WHERE active ORDER BY sequence, id LIMIT 1)
        GROUP BY t.name HAVING SUM(q.quantity - q.reserved_quantity) >= 20
        ORDER BY 2 DESC, 1 LIMIT 1
        """
    )
    assert rows, "no product has 20 free units in the first warehouse"
    return rows[0][0]


@pytest.fixture(scope="module")
def customer(query):
    """A British customer with an address that a carrier can find."""
    rows = query(
        """
        SELECT p.name FROM res_partner p JOIN res_country c ON c.id = p.country_id
        WHERE c.code = 'GB' AND p.zip <> '' AND p.name NOT LIKE 'Web %'
            AND p.id IN (SELECT partner_shipping_id FROM sale_order)
        ORDER BY p.id LIMIT 1
        """
    )
    assert rows, "no customer in the United Kingdom"
    return rows[0][0]


def test_from_login_to_label(walker, query, product, customer):
    walker.login("admin", "admin")
    see_what_is_short(walker)
    accept_a_purchase(walker, query)
    accept_a_transfer(walker, query)
    order_ships_with_a_label(walker, query, product, customer)


def see_what_is_short(walker):
    walker.open_menu(
        APP_STOCK,
        "inventory_visibility.menu_inventory_visibility",
        "inventory_visibility.menu_stock_availability",
    )
    expect(walker.page.locator(".o_searchview_facet")).to_contain_text("Short or Out of Stock")
    expect(walker.rows().first).to_be_visible()
    states = walker.page.locator('.o_data_row td[name="state"]').all_inner_texts()
    assert set(states) <= {"Short", "Out of Stock"}, states
    walker.shot("what is short")
    walker.rows().first.locator('td[name="product_id"]').click()
    expect(walker.field("explanation")).not_to_be_empty()
    walker.shot("why it is short")


def open_proposals(walker, source):
    walker.open_menu(
        APP_STOCK, "smart_reorder.menu_smart_reorder", "smart_reorder.menu_smart_reorder_proposal"
    )
    expect(walker.page.locator(".o_searchview_facet")).to_contain_text("To Decide")
    walker.page.locator(".o_search_panel_filter_value", has_text=source).locator("input").click()
    walker.wait_until_idle()
    expect(walker.rows().first).to_be_visible()


def open_first_proposal(walker):
    """Into the first proposal's form; gives its product, quantity and reason."""
    walker.rows().first.locator(".o_list_record_open_form_view button").click()
    expect(walker.button("action_accept")).to_be_visible()
    reason = walker.text("reason")
    assert len(reason.split()) > 5, f"no reason: {reason!r}"
    return walker.text("product_id"), walker.number("qty_to_order")


def accept_a_purchase(walker, query):
    open_proposals(walker, "Purchase")
    walker.shot("proposals to buy")
    product, quantity = open_first_proposal(walker)
    walker.shot("a proposal to buy")
    walker.press("action_accept")
    walker.expect_state("accepted")
    walker.press("action_view_purchases")
    line = walker.page.locator(".o_data_row", has_text=short(product)).first
    expect(line).to_be_visible()
    walker.expect_state("draft")
    walker.shot("the draft purchase order")
    rows = query(
        """
        SELECT l.product_qty FROM purchase_order_line l
        JOIN purchase_order o ON o.id = l.order_id
        JOIN product_product p ON p.id = l.product_id
        JOIN product_template t ON t.id = p.product_tmpl_id
        WHERE o.state = 'draft' AND %s LIKE '%%' || (t.name->>'en_US')
        ORDER BY l.write_date DESC LIMIT 1
        """,
        product,
    )
    # the order may already have held some of it
    assert rows, f"no draft purchase order holds {product}"
    assert rows[0][0] >= quantity


def accept_a_transfer(walker, query):
    open_proposals(walker, "Transfer")
    walker.shot("proposals to transfer")
    product, quantity = open_first_proposal(walker)
    walker.press("action_accept")
    walker.expect_state("accepted")
    walker.press("action_view_pickings")
    expect(walker.page.locator(".o_list_view, .o_form_view").first).to_be_visible()
    walker.shot("the transfer")
    rows = query(
        """
        SELECT m.product_uom_qty FROM stock_move m
        JOIN product_product p ON p.id = m.product_id
        JOIN product_template t ON t.id = p.product_tmpl_id
        JOIN stock_location d ON d.id = m.location_dest_id
        WHERE m.state NOT IN ('done', 'cancel') AND d.usage IN ('transit', 'internal')
            AND %s LIKE '%%' || (t.name->>'en_US')
        ORDER BY m.write_date DESC LIMIT 1
        """,
        product,
    )
    assert rows, f"no transfer moves {product}"
    assert rows[0][0] >= quantity


def short(product):
    """A product's name without its reference, as lines of an order wrap it."""
    return product.split("] ")[-1]


def order_ships_with_a_label(walker, query, product, customer):
    page = walker.page
    walker.open_menu(APP_SALES, "sale.sale_order_menu", "sale.menu_sale_order")
    page.locator(".o_list_button_add:visible").click()
    walker.choose(walker.field("partner_id"), customer)
    page.get_by_role("button", name="Add a product").click()
    line = page.locator('.o_field_widget[name="order_line"] .o_selected_row')
    walker.choose(line.locator('[name="product_template_id"], [name="product_id"]').first, product)
    line.locator('td[name="product_uom_qty"] input').fill("3")
    # the weight is computed when the order is saved
    page.locator(".o_form_button_save").click()
    walker.wait_until_idle()

    walker.press("action_open_delivery_wizard")
    walker.choose(walker.dialog().locator('[name="carrier_id"]'), "Own vans")
    walker.wait_until_idle()
    if (get_rate := walker.dialog().locator('button[name="update_price"]:visible')).count():
        get_rate.click()
        walker.wait_until_idle()
    walker.shot("the rate")
    walker.dialog().locator('button[name="button_confirm"]:visible').click()
    walker.wait_until_idle()
    expect(page.locator(".o_data_row", has_text="Own vans")).to_be_visible()
    walker.press("action_confirm")
    expect(walker.button("action_view_delivery")).to_be_visible()
    order = walker.text("name")
    walker.shot("the order")

    walker.press("action_view_delivery")
    walker.expect_state("assigned")
    walker.press("action_put_in_pack")
    if walker.dialog().count():
        walker.shot("the pack")
        walker.dialog().locator('footer button[name="action_put_in_pack"]').click()
        walker.wait_until_idle()
    walker.shot("packed")
    walker.press("button_validate")
    walker.expect_state("done")
    expect(walker.button("action_view_parcels")).to_be_visible()
    expect(page.locator(".o-mail-Message", has_text="Parcel labels")).to_be_visible()
    walker.shot("shipped")
    page.get_by_role("tab", name="Additional Info").click()
    tracking = walker.text("carrier_tracking_ref")
    assert tracking

    rows = query(
        """
        SELECT p.carrier_tracking_ref, p.carrier_price FROM stock_picking p
        JOIN sale_order s ON s.id = p.sale_id
        WHERE s.name = %s AND p.state = 'done'
        """,
        order,
    )
    assert [reference for reference, _price in rows] == [tracking]
    # the label opens in a window of its own
    with page.context.expect_event(
        "request", lambda request: "/shipping/labels/pdf" in request.url
    ) as asked:
        walker.button("action_print_parcel_labels").click()
    answer = page.context.request.get(asked.value.url)
    assert answer.ok
    label = pypdfium2.PdfDocument(io.BytesIO(answer.body()))
    assert len(label) == 1, "one label for one pack"
    text = label[0].get_textpage().get_text_range()
    assert tracking in text.replace(" ", "")
    label[0].render(scale=2).to_pil().save(walker.folder / "label.png")
