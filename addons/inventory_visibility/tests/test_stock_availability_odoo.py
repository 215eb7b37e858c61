import random
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import AvailabilityCommon

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


@tagged("post_install", "-at_install")
class TestStockAvailabilityOdoo(AvailabilityCommon):
    """The figures equal Odoo's own, one warehouse at a time, on random histories.

    Where Odoo differs it is wrong for this purpose; each such case is a test of its own below.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.owner = cls.env["res.partner"].create({"name": "Consignor"})
        cls.pair = cls.env["stock.place.group"].create(
            {
                "name": "Pair",
                "code": "PAIR",
                "warehouse_ids": [Command.set((cls.central | cls.shop).ids)],
            }
        )
        cls.products = (
            cls.product
            | cls._create_product("Table")
            | cls._create_product("Egg", uom_id=cls.unit.id)
            | cls._create_product("Screws", uom_id=cls.dozen.id)
        )

    # ------------------------------------------------------------------
    # Random histories
    # ------------------------------------------------------------------

    def test_random_histories(self):
        for seed in range(5):
            self.random = random.Random(seed)
            for step in range(1, 37):
                operation = self.random.choice(self._get_operations())
                with self.subTest(seed=seed, step=step, operation=operation.__name__):
                    operation()
                    if step % 3 == 0:
                        self._check_against_odoo()
                        self._check_other_places()
                        self._check_dates()
                        self._check_balance()
                        self._check_states()
                        self._check_promise()
                    if step % 12 == 0:
                        self._check_some_figures()

    def _get_operations(self):
        return [
            self._random_receipt,
            self._random_receipt,
            self._random_delivery,
            self._random_delivery,
            self._random_resupply,
            self._random_direct_transfer,
            self._random_processing,
            self._random_processing,
            self._random_processing,
            self._random_processing,
            self._random_cancellation,
            self._random_return,
            self._random_count,
            self._random_scrap,
            self._random_consignment,
        ]

    def _pick(self):
        """Return a product, a quantity and the unit that it is in."""
        product = self.random.choice(self.products)
        uom = self.random.choice([product.uom_id, self.unit, self.dozen])
        return product, self.random.choice([1, 2, 3, 5, 8, 12, 24]), uom

    def _random_receipt(self):
        product, quantity, uom = self._pick()
        warehouse = self.random.choice(self.warehouses)
        self._receive(warehouse, quantity, self.random.randint(-5, 20), product=product, uom=uom)

    def _random_delivery(self):
        product, quantity, uom = self._pick()
        warehouse = self.random.choice(self.warehouses)
        moves = self._deliver(
            warehouse, quantity, self.random.randint(-5, 20), product=product, uom=uom
        )
        if self.random.random() < 0.5:
            moves._action_assign()

    def _random_resupply(self):
        product, quantity, uom = self._pick()
        self._resupply(quantity, self.random.randint(0, 20), product=product, uom=uom)

    def _random_direct_transfer(self):
        product, quantity, uom = self._pick()
        source, target = self.random.sample(list(self.warehouses), 2)
        self._move(source.lot_stock_id, target.lot_stock_id, quantity, 3, product=product, uom=uom)

    def _get_open_pickings(self):
        return self.env["stock.picking"].search(
            [
                ("state", "in", ("confirmed", "assigned", "waiting")),
                ("product_id", "in", self.products.ids),
            ],
            order="id",
        )

    def _random_processing(self):
        pickings = self._get_open_pickings()
        if not pickings:
            return
        picking = self.random.choice(pickings)
        picking.action_assign()
        for move in picking.move_ids:
            if move.state in ("assigned", "partially_available"):
                share = self.random.choice([1, 1, 0.5])
                move.quantity = move.product_uom.round(move.quantity * share)
        if not sum(picking.move_ids.mapped("quantity")):
            return
        picking.move_ids.picked = True
        without_backorder = self.random.random() < 0.3
        picking.with_context(cancel_backorder=without_backorder)._action_done()

    def _random_cancellation(self):
        pickings = self._get_open_pickings()
        if pickings:
            self.random.choice(pickings).action_cancel()

    def _random_return(self):
        pickings = self.env["stock.picking"].search(
            [("state", "=", "done"), ("product_id", "in", self.products.ids)], order="id"
        )
        pickings = pickings.filtered(
            lambda picking: any(
                move.location_dest_id.usage in ("internal", "customer", "transit")
                for move in picking.move_ids
            )
        )
        if not pickings:
            return
        picking = self.random.choice(pickings)
        form = Form(
            self.env["stock.return.picking"].with_context(
                active_ids=picking.ids, active_id=picking.id, active_model="stock.picking"
            )
        )
        wizard = form.save()
        for line in wizard.product_return_moves:
            line.quantity = 1
        result = wizard.action_create_returns()
        if self.random.random() < 0.6:
            returned = self.env["stock.picking"].browse(result["res_id"])
            returned.action_assign()
            for move in returned.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            returned._action_done()

    def _random_count(self):
        product, quantity, _uom = self._pick()
        warehouse = self.random.choice(self.warehouses)
        self._stock(self.random.choice([quantity, -1]), product, warehouse)

    def _random_scrap(self):
        product, _quantity, _uom = self._pick()
        warehouse = self.random.choice(self.warehouses)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": 1,
                "product_uom_id": product.uom_id.id,
                "location_id": warehouse.lot_stock_id.id,
            }
        )
        scrap.do_scrap()

    def _random_consignment(self):
        product, quantity, _uom = self._pick()
        self._stock(quantity, product, self.random.choice(self.warehouses), owner=self.owner)

    # ------------------------------------------------------------------
    # Oracles
    # ------------------------------------------------------------------

    def _check_against_odoo(self):
        """Odoo's computed quantities of the products, warehouse by warehouse."""
        ours = self.availability._get_availability(self.products, self.warehouses)
        for warehouse in self.warehouses:
            for product in self.products.with_context(warehouse_id=warehouse.id):
                figures = ours[product.id, warehouse.id]
                for mine, theirs in (
                    ("qty_on_hand", "qty_available"),
                    ("qty_free", "free_qty"),
                    ("qty_incoming", "incoming_qty"),
                    ("qty_outgoing", "outgoing_qty"),
                    ("qty_forecast", "virtual_available"),
                ):
                    self.assertAlmostEqual(
                        figures[mine],
                        product[theirs],
                        places=2,
                        msg=f"{mine} of {product.name} in {warehouse.name}",
                    )

    def _check_some_figures(self):
        """Each figure by itself, and what Odoo has too, is what it is among all of them."""
        for places in (self.warehouses, self.warehouses.lot_stock_id):
            every = self.availability._get_availability(self.products, places)
            possible = self.availability._get_figure_names(places)
            names = [name for name in possible if name != "as_of"]
            sums = ["qty_on_hand", "qty_free", "qty_incoming", "qty_outgoing", "qty_forecast"]
            for some in (sums, *([name] for name in names)):
                found = self.availability._get_availability(self.products, places, names=some)
                self.assertEqual(
                    found,
                    {
                        pair: {name: figures[name] for name in some}
                        for pair, figures in every.items()
                    },
                    some,
                )

    def _check_other_places(self):
        """Locations, and a group of two warehouses, against Odoo's contexts for them."""
        locations = self.warehouses.lot_stock_id | self.warehouses.view_location_id
        contexts = {place: {"location": place.id} for place in locations}
        contexts[self.pair] = {"warehouse_id": self.pair.warehouse_ids.ids}
        ours = {
            place: figures
            for places in (locations, self.pair)
            for found in [self.availability._get_availability(self.products, places)]
            for place in places
            for figures in [{product.id: found[product.id, place.id] for product in self.products}]
        }
        for place, context in contexts.items():
            for product in self.products.with_context(**context):
                for mine, theirs in (
                    ("qty_on_hand", "qty_available"),
                    ("qty_free", "free_qty"),
                    ("qty_incoming", "incoming_qty"),
                    ("qty_outgoing", "outgoing_qty"),
                    ("qty_forecast", "virtual_available"),
                ):
                    self.assertAlmostEqual(
                        ours[place][product.id][mine],
                        product[theirs],
                        places=2,
                        msg=f"{mine} of {product.name} in {place.display_name}",
                    )

    def _check_dates(self):
        """The projected balance at the end of several days is Odoo's forecast for them."""
        steps = self.availability._get_projection(self.products, self.warehouses)
        for days in (0, 3, 9, 25):
            end = fields.Datetime.to_datetime(self._day(days + 1)) - timedelta(seconds=1)
            for warehouse in self.warehouses:
                for product in self.products.with_context(warehouse_id=warehouse.id, to_date=end):
                    until = [
                        step["balance"]
                        for step in steps[product.id, warehouse.id]
                        if step["date"] <= end.date()
                    ]
                    self.assertAlmostEqual(
                        until[-1],
                        product.virtual_available,
                        places=2,
                        msg=f"{product.name} in {warehouse.name} after {days} days",
                    )

    def _check_states(self):
        """What is on hand is in one state only, whatever is blocked; short ways say the same."""
        zones = self.steps.wh_input_stock_loc_id | self.shop.wh_output_stock_loc_id
        zones.availability_block = "staging"
        dates = [self._day(days) for days in (0, 4, 12)]
        found = self.availability._get_availability(self.products, self.warehouses, dates)
        for warehouse in self.warehouses:
            by_date = {
                date: self.availability._get_promisable(self.products, warehouse, date)
                for date in dates
            }
            for product in self.products:
                figures = found[product.id, warehouse.id]
                self.assertAlmostEqual(
                    figures["qty_on_hand"],
                    figures["qty_available"] + figures["qty_reserved"] + figures["qty_blocked"],
                    places=2,
                )
                promised = list(figures["atp_by_date"].values())
                self.assertEqual(promised, sorted(promised), "later is never less")
                self.assertAlmostEqual(promised[0], figures["qty_atp"], places=2)
                self.assertEqual(promised, [by_date[date][product.id] for date in dates])
        zones.availability_block = False

    def _check_balance(self):
        """On hand and in transit, over all rows, are all the stock that the company has."""
        self.env.invalidate_all()
        rows = self.availability.search([("product_id", "in", self.products.ids)])
        seen = defaultdict(float)
        for row in rows:
            seen[row.product_id] += row.qty_on_hand + row.qty_in_transit
        for product, quantity in self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "in", ("internal", "transit")),
            ],
            ["product_id"],
            ["quantity:sum"],
        ):
            self.assertAlmostEqual(seen[product], quantity, places=2, msg=product.name)

    def _check_promise(self):
        """ATP by stepping through the days in Python, from the moves themselves."""
        ours = self.availability._get_availability(self.products, self.warehouses)
        moves = self.env["stock.move"].search(
            [("product_id", "in", self.products.ids), ("state", "in", OPEN_STATES)]
        )
        for warehouse in self.warehouses:
            zone = ZoneInfo(warehouse.partner_id.tz or warehouse.company_id.partner_id.tz or "UTC")
            today = datetime.now(timezone.utc).astimezone(zone).date()
            for product in self.products:
                changes = defaultdict(float)
                changes[today] = 0.0
                for move in moves.filtered(
                    lambda move, product=product: move.product_id == product
                ):
                    source = move.location_id.warehouse_id == warehouse
                    final = move.location_final_id or move.location_dest_id
                    target = final.warehouse_id == warehouse
                    day = fields.Datetime.context_timestamp(
                        move.with_context(tz=zone.key), move.date
                    ).date()
                    changes[max(day, today)] += (target - source) * move.product_qty
                figures = ours[product.id, warehouse.id]
                balance = figures["qty_on_hand"]
                worst, first = None, False
                for day in sorted(changes):
                    balance += changes[day]
                    worst = balance if worst is None else min(worst, balance)
                    if not first and product.uom_id.compare(balance, 0) < 0:
                        first = day
                self.assertAlmostEqual(figures["qty_atp"], worst, places=2)
                self.assertEqual(figures["shortage_date"], first)
