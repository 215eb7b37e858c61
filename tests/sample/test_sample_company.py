"""The built sample company holds what it promises, by Odoo's own reckoning."""

import datetime
from collections import Counter

import pytest

from odoo import fields

CENT = 0.005


def today_of(env):
    """Today when the company was built: the marker's date."""
    marker = env["ir.config_parameter"].get_param("sample_company.built")
    assert marker, "the build did not come to its end"
    return datetime.date.fromisoformat(marker.split()[0])


def scalar(env, query, *values):
    env.cr.execute(query, values)
    return env.cr.fetchone()[0]


# -- Master data ------------------------------------------------------------------------------


def test_products(env):
    products = env["product.product"].search([("is_storable", "=", True)])
    assert len(products) >= 150
    assert all(products.mapped(lambda p: p.list_price > 0 and p.standard_price > 0 and p.weight))
    assert all(p.barcode.startswith("952") and len(p.barcode) == 13 for p in products)
    assert len(products.categ_id) >= 8
    assert set(products.mapped("cost_method")) == {"average"}


def test_warehouses(env):
    warehouses = env["stock.warehouse"].search([])
    assert len(warehouses) >= 5
    central = warehouses.filtered(lambda w: w.code == "CEN")
    branches = warehouses - central
    assert all(branch.resupply_wh_ids == central for branch in branches)
    assert central.buy_to_resupply
    assert not any(branches.mapped("buy_to_resupply"))


def test_suppliers(env):
    sellers = env["product.supplierinfo"].search([])
    assert 6 <= len(sellers.partner_id) <= 10
    assert (min(sellers.mapped("delay")), max(sellers.mapped("delay"))) == (7, 35)
    assert any(seller.min_qty > 1 for seller in sellers)
    breaks = Counter((seller.partner_id, seller.product_tmpl_id) for seller in sellers)
    assert max(breaks.values()) >= 3


def test_customers_are_anonymous_and_few(env):
    customers = env["res.partner"].search([("customer_rank", ">", 0)])
    assert 50 <= len(customers) <= 400
    assert all(c.name.startswith(("Customer", "Web customers")) for c in customers)


# -- History ----------------------------------------------------------------------------------


def test_history_ends_yesterday_and_is_longer_than_a_year(env):
    env.cr.execute("SELECT min(date), max(date) FROM stock_move WHERE state = 'done'")
    first, last = (moment.date() for moment in env.cr.fetchone())
    today = today_of(env)
    assert last == today - datetime.timedelta(days=1)
    assert (last - first).days >= 365


def test_every_done_movement_was_done_at_its_date(env):
    odd = scalar(
        env,
        """
        SELECT count(*) FROM stock_move m JOIN stock_move_line l ON l.move_id = m.id
          LEFT JOIN stock_picking p ON p.id = m.picking_id
         WHERE m.state = 'done'
           AND (l.date <> m.date OR p.date_done <> m.date OR l.state <> 'done'
                OR p.state <> 'done' OR l.quantity_product_uom > m.product_qty)
        """,
    )
    assert odd == 0


def test_receipts_deliveries_transfers_and_returns(env):
    env.cr.execute(
        """
        SELECT source.usage, target.usage, count(*)
          FROM stock_move m
          JOIN stock_location source ON source.id = m.location_id
          JOIN stock_location target ON target.id = m.location_dest_id
         WHERE m.state = 'done' GROUP BY 1, 2
        """
    )
    counts = {(source, target): count for source, target, count in env.cr.fetchall()}
    assert counts["supplier", "internal"] >= 1000
    assert counts["internal", "customer"] >= 10_000
    assert counts["internal", "transit"] >= counts["transit", "internal"] >= 1000
    assert counts["customer", "internal"] >= 100


def test_lead_times_can_be_learned_from_orders_to_receipts(env):
    orders = env["purchase.order"].search([("receipt_status", "=", "full")])
    assert len(orders) >= 120
    days = [(o.effective_date - o.date_approve).days for o in orders]
    assert min(days) >= 1
    assert len(set(days)) >= 10
    assert sum(o.invoice_status == "invoiced" for o in orders) >= 100
    lines = orders.order_line
    assert all(line.qty_received == line.product_qty for line in lines)


def test_sales_orders_of_the_last_weeks_are_delivered(env):
    orders = env["sale.order"].search([("delivery_status", "=", "full")])
    assert len(orders) >= 200
    assert all(o.effective_date for o in orders)
    assert len(orders.warehouse_id) == 4
    assert all(line.qty_delivered == line.product_uom_qty for line in orders.order_line)
    assert set(orders.mapped("invoice_status")) == {"invoiced", "to invoice"}


# -- Stock ------------------------------------------------------------------------------------


def test_no_stock_is_negative(env):
    quants = env["stock.quant"].search(
        [("location_id.usage", "in", ("internal", "transit")), ("quantity", "<", 0)]
    )
    assert not quants


def test_the_stock_is_what_the_movements_left(env):
    env.cr.execute(
        """
        WITH moved AS (
            SELECT product_id, lot_id, location_dest_id AS location_id, quantity_product_uom AS q
              FROM stock_move_line WHERE state = 'done'
         UNION ALL
            SELECT product_id, lot_id, location_id, -quantity_product_uom
              FROM stock_move_line WHERE state = 'done'
         UNION ALL
            SELECT product_id, lot_id, location_id, -quantity FROM stock_quant
        )
        SELECT product_id, lot_id, location_id, sum(q) FROM moved
         GROUP BY 1, 2, 3 HAVING abs(sum(q)) > 0.001
        """
    )
    assert env.cr.fetchall() == []


def test_what_is_reserved_is_what_open_movements_hold(env):
    env.cr.execute(
        """
        WITH reserved AS (
            SELECT product_id, lot_id, location_id, quantity_product_uom AS q
              FROM stock_move_line WHERE state IN ('assigned', 'partially_available')
         UNION ALL
            SELECT q.product_id, q.lot_id, q.location_id, -q.reserved_quantity
              FROM stock_quant q JOIN stock_location l ON l.id = q.location_id
             WHERE l.usage IN ('internal', 'transit')
        )
        SELECT r.product_id, r.location_id, sum(q) FROM reserved r
          JOIN stock_location l ON l.id = r.location_id
         WHERE l.usage IN ('internal', 'transit')
         GROUP BY 1, r.lot_id, 2 HAVING abs(sum(q)) > 0.001
        """
    )
    assert env.cr.fetchall() == []


def test_lots_and_their_expiry(env):
    products = env["product.product"].search([("tracking", "=", "lot")])
    assert 5 <= len(products) <= 8
    quants = env["stock.quant"].search(
        [("product_id", "in", products.ids), ("location_id.usage", "=", "internal")]
    )
    assert all(quant.lot_id and quant.lot_id.expiration_date for quant in quants)
    soon = fields.Datetime.now() + datetime.timedelta(days=90)
    assert any(quant.lot_id.expiration_date < soon for quant in quants)
    assert any(quant.lot_id.expiration_date > soon for quant in quants)


def test_stock_is_in_transit_to_every_branch(env):
    transit = env["stock.quant"].search([("location_id.usage", "=", "transit")])
    assert sum(transit.mapped("quantity")) > 0
    coming = env["stock.move"].search(
        [("location_id.usage", "=", "transit"), ("state", "=", "assigned")]
    )
    assert set(coming.warehouse_id.mapped("code")) == {"UK", "IE", "EU", "ROW"}


def test_some_places_are_short_some_are_full(env):
    rows = env["stock.availability"].search([])
    states = Counter(rows.mapped("state"))
    assert states["out"] + states["short"] >= 30, states
    assert states["excess"] >= 5, states
    assert states["ok"] >= 30, states


# -- Today ------------------------------------------------------------------------------------


def test_open_orders(env):
    sales = env["sale.order"].search([("state", "=", "sale"), ("delivery_status", "=", "pending")])
    assert len(sales) >= 20
    states = set(sales.picking_ids.mapped("state"))
    assert "assigned" in states
    assert states & {"confirmed", "partially_available"} or any(
        move.state in ("confirmed", "partially_available") for move in sales.picking_ids.move_ids
    )
    waiting = env["purchase.order"].search([("receipt_status", "=", "pending")])
    assert len(waiting) >= 5
    assert any(order.date_planned.date() < today_of(env) for order in waiting)
    assert env["purchase.order"].search_count([("state", "=", "draft")])
    assert env["sale.order"].search_count([("state", "in", ("draft", "sent"))])


def test_one_order_is_ready_to_ship(env):
    order = env["sale.order"].search([("tag_ids.name", "=", "Ready to ship")])
    assert len(order) == 1
    assert order.picking_ids.state == "assigned"
    assert order.carrier_id.delivery_type == "rate_table"
    assert order.picking_ids.carrier_id == order.carrier_id
    assert order.order_line.filtered("is_delivery").price_unit > 0


def test_the_ready_order_can_be_shipped(env):
    picking = env["sale.order"].search([("tag_ids.name", "=", "Ready to ship")]).picking_ids
    picking.move_ids.picked = True
    picking.with_context(skip_backorder=True).button_validate()
    assert picking.state == "done"
    assert picking.carrier_tracking_ref


def test_reordering_rules_are_enrolled(env):
    rules = env["stock.warehouse.orderpoint"].search([])
    assert len(rules) >= 400
    assert all(rules.mapped("smart_reorder"))
    assert set(rules.mapped("smart_reorder_mode")) == {"suggest", "automatic"}


def test_proposals_to_buy_and_to_transfer_with_reasons(env):
    proposals = env["smart.reorder.proposal"].search([])
    kinds = Counter(proposals.mapped("source"))
    assert kinds["buy"] >= 5, kinds
    assert kinds["transfer"] >= 5, kinds
    assert all(proposals.mapped("reason"))


# -- Accounting -------------------------------------------------------------------------------


def test_the_books_balance(env):
    balance = scalar(env, "SELECT sum(balance) FROM account_move_line WHERE parent_state='posted'")
    assert abs(balance) < CENT
    unbalanced = scalar(
        env,
        """
        SELECT count(*) FROM (
            SELECT 1 FROM account_move_line GROUP BY move_id HAVING abs(sum(balance)) > 0.001
        ) AS moves
        """,
    )
    assert unbalanced == 0


def test_the_stock_account_is_the_value_of_the_stock(env):
    company = env.company
    account = company.account_stock_valuation_id
    value = company.stock_value()[account]
    booked = company.stock_accounting_value()[account]
    assert value > 10_000
    assert booked == pytest.approx(value, abs=0.01)


def test_closing_again_after_a_receipt_posts_what_came_in(env):
    company = env.company
    account = company.account_stock_valuation_id
    before = company.stock_accounting_value()[account]
    waiting = env["purchase.order"].search([("receipt_status", "=", "pending")])
    receipt = waiting.picking_ids.filtered(
        lambda picking: "lot" not in picking.move_ids.product_id.mapped("tracking")
    )[:1]
    receipt.move_ids.picked = True
    receipt._action_done()
    company.action_close_stock_valuation(auto_post=True)
    after = company.stock_accounting_value()[account]
    assert after == pytest.approx(company.stock_value()[account], abs=0.01)
    # the average cost of what was there before does not change
    assert after - before == pytest.approx(sum(receipt.move_ids.mapped("value")), abs=0.05)


def test_the_value_of_the_movements_is_the_value_of_the_stock(env):
    """What came in less what went out is what is left: each movement has its value."""
    env.cr.execute(
        "SELECT is_in, is_out, sum(value), sum(quantity) FROM stock_move"
        " WHERE state = 'done' AND (is_in OR is_out) GROUP BY 1, 2"
    )
    rows = {(is_in, is_out): value for is_in, is_out, value, _quantity in env.cr.fetchall()}
    left = float(rows[True, False] if (True, False) in rows else rows[True, None])
    gone = float(rows[False, True] if (False, True) in rows else rows[None, True])
    value = sum(env.company.stock_value().values())
    # each of some 17,000 values is rounded to the penny
    assert left - gone == pytest.approx(value, abs=5)


# -- The value ledger -------------------------------------------------------------------------


def test_the_value_ledger_adds_up(env):
    """Today and at the ends of past months it has what Odoo's accounts have."""
    account = env.company.account_stock_valuation_id
    entries = env["stock.valuation.entry"]
    value = sum(entries.search([]).mapped("value"))
    assert value == pytest.approx(env.company.stock_value()[account], abs=CENT)
    assert not env["stock.valuation.backfill"]._get_todo()
    closings = env["account.move"].search([("stock_closing_until", "!=", False)], order="date")
    past = [closing for closing in closings if closing.date < today_of(env)]
    assert len(past) >= 11
    for closing in past:
        known = sum(entries.search([("date", "<=", closing.stock_closing_until)]).mapped("value"))
        booked = env["account.move.line"].search(
            [
                ("account_id", "=", account.id),
                ("date", "<=", closing.date),
                ("parent_state", "=", "posted"),
            ]
        )
        # half a penny of each of some hundred products that the books add up unrounded
        assert known == pytest.approx(sum(booked.mapped("balance")), abs=2.5), closing.date


def test_a_month_that_was_ended(env):
    [period] = env["stock.valuation.period"].search([])
    assert period.value > 10_000
    assert period.difference == 0
    [reconciliation] = env["stock.valuation.reconciliation"].search([])
    assert reconciliation.difference
    assert set(reconciliation.class_ids.mapped("category")) <= {"awaiting_closing", "rounding"}
    assert abs(reconciliation.remaining) < CENT
    [proposal] = env["stock.valuation.write.down"].search([])
    assert proposal.tested_count >= 100
    figures = env["stock.valuation.figure"]
    assert len(set(figures.search([]).mapped("month"))) >= 12


def test_a_year_of_bills_and_invoices(env):
    moves = env["account.move"].search([("state", "=", "posted")])
    kinds = Counter(moves.mapped("move_type"))
    assert kinds["in_invoice"] >= 100
    assert kinds["out_invoice"] >= 100
    assert kinds["out_refund"] >= 10
    months = {(m.invoice_date.year, m.invoice_date.month) for m in moves if m.invoice_date}
    assert len(months) >= 12
    bank = env["account.journal"].search([("type", "=", "bank")]).default_account_id
    assert bank.current_balance > 0
    assert all(m.amount_total > 0 for m in moves if m.invoice_date)
    open_ones = moves.filtered(lambda m: m.payment_state == "not_paid" and m.invoice_date)
    assert open_ones
    assert any(m.payment_state in ("paid", "in_payment") for m in moves)


def test_nothing_failed_and_nobody_is_written_to(env):
    assert not env["mail.mail"].search_count([("state", "=", "outgoing")])
