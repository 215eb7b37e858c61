"""Users who are limited to some warehouses see these only, and go on working."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestWarehouseRights(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "limited", "stock.group_stock_user")
        cls.user.availability_warehouse_ids = cls.shop
        cls._stock(10, warehouse=cls.central)
        cls._stock(4, warehouse=cls.shop)
        cls.mine = cls.availability.with_user(cls.user)

    def _as_user(self, records):
        return records.with_user(self.user)

    # ------------------------------------------------------------------
    # Seen
    # ------------------------------------------------------------------

    def test_figures_of_their_warehouses_only(self):
        domain = [("product_id", "=", self.product.id)]
        self.assertEqual(self.mine.search(domain).warehouse_id, self.shop)
        [(total,)] = self.mine._read_group(domain, [], ["qty_on_hand:sum"])
        self.assertEqual(total, 4)
        product = self._as_user(self.product)
        figures = self.mine._get_availability(product, self._as_user(self.shop))
        self.assertEqual(figures[self.product.id, self.shop.id]["qty_on_hand"], 4)
        for method in ("_get_availability", "_get_projection", "_get_stock_detail"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(self.mine, method)(product, self._as_user(self.central))

    def test_locations(self):
        product = self._as_user(self.product)
        stock = self.shop.lot_stock_id
        figures = self.mine._get_availability(product, self._as_user(stock))
        self.assertEqual(figures[self.product.id, stock.id]["qty_on_hand"], 4)
        for location in (
            self.central.lot_stock_id,
            self.shop.view_location_id.location_id,
            self.company.internal_transit_location_id,
        ):
            if not location:
                continue
            with self.subTest(location=location.complete_name), self.assertRaises(AccessError):
                self.mine._get_availability(product, self._as_user(location))

    def test_odoos_own_figures(self):
        product = self._as_user(self.product)
        self.assertEqual(product.qty_available, 4)
        quants = self.env["stock.quant"].with_user(self.user)
        self.assertEqual(
            quants.search([("product_id", "=", self.product.id)]).location_id,
            self.shop.lot_stock_id,
        )
        self.assertEqual(self.env["stock.warehouse"].with_user(self.user).search([]), self.shop)

    def test_groups_are_seen_whole_or_not_at_all(self):
        groups = self.env["stock.place.group"]
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.shop.lot_stock_id.id}
        )
        outside = self.env["stock.location"].create({"name": "Yard", "usage": "internal"})
        place = self.env["stock.external.place"].create({"name": "North", "code": "NORTH"})
        seen = {}
        for code, warehouses, locations in (
            ("OWN", self.shop, shelf),
            ("EMPTY", groups.warehouse_ids, groups.location_ids),
            ("BOTH", self.shop | self.central, shelf),
            ("OTHER", self.central, groups.location_ids),
            ("THEIR-SHELF", self.shop, self.central.lot_stock_id),
            ("YARD", self.shop, outside),
        ):
            group = groups.create(
                {
                    "name": code,
                    "code": code,
                    "warehouse_ids": [Command.set(warehouses.ids)],
                    "location_ids": [Command.set(locations.ids)],
                    "external_place_ids": [Command.set(place.ids)],
                }
            )
            seen[code] = bool(groups.with_user(self.user).search([("id", "=", group.id)]))
        self.assertEqual(
            seen,
            {
                "OWN": True,
                "EMPTY": True,
                "BOTH": False,
                "OTHER": False,
                "THEIR-SHELF": False,
                "YARD": False,
            },
        )
        both = groups.search([("code", "=", "BOTH")])
        with self.assertRaises(AccessError):
            self.mine._get_availability(self._as_user(self.product), self._as_user(both))

    def test_safety_stock(self):
        safeties = self.env["stock.safety.stock"].create(
            [
                {"product_id": self.product.id, "warehouse_id": warehouse.id, "quantity": 1}
                for warehouse in self.central | self.shop
            ]
        )
        found = self.env["stock.safety.stock"].with_user(self.user).search([])
        self.assertEqual(found & safeties, safeties[1])

    def test_soft_reservations(self):
        """Those of one's own warehouses and groups, and of external places."""
        place = self.env["stock.external.place"].create({"name": "North", "code": "NORTH"})
        own, both = self.env["stock.place.group"].create(
            [
                {"name": code, "code": code, "warehouse_ids": [Command.set(warehouses.ids)]}
                for code, warehouses in (("OWN", self.shop), ("BOTH", self.shop | self.central))
            ]
        )
        until = self._day(1)
        holds = self.env["stock.soft.reservation"].create(
            [
                {
                    "reference": reference,
                    "company_id": self.company.id,
                    "product_id": self.product.id,
                    "quantity": 1,
                    "date_until": until,
                    field: record.id,
                }
                for reference, field, record in (
                    ("shop", "warehouse_id", self.shop),
                    ("central", "warehouse_id", self.central),
                    ("own group", "group_id", own),
                    ("other group", "group_id", both),
                    ("external", "external_place_id", place),
                )
            ]
        )
        seen = holds.with_user(self.user).search([("id", "in", holds.ids)])
        self.assertEqual(set(seen.mapped("reference")), {"shop", "own group", "external"})

    def test_changes_count_at_once(self):
        domain = [("product_id", "=", self.product.id)]
        self.user.availability_warehouse_ids = self.central | self.shop
        self.assertEqual(self.mine.search(domain).warehouse_id, self.central | self.shop)
        self.user.availability_warehouse_ids = False
        self.assertGreater(self.mine.search(domain).warehouse_id, self.central | self.shop)

    def test_an_archived_warehouse_still_limits(self):
        """Else a user whose only warehouse is archived would see everything."""
        self.env["stock.quant"].search([("location_id.warehouse_id", "=", self.shop.id)]).unlink()
        self.shop.active = False
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(self.mine.search([("product_id", "=", self.product.id)]))

    def test_users_do_not_free_themselves(self):
        with self.assertRaises(AccessError):
            self._as_user(self.user).write({"availability_warehouse_ids": [Command.clear()]})

    def test_every_model_with_a_warehouse_has_a_rule(self):
        for name, model in self.env.items():
            field = model._fields.get("warehouse_id")
            ours = model._original_module == "inventory_visibility"
            if not ours or not field or model._transient or model._abstract:
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
            limits = [rule for rule in rules if "availability_warehouse_ids" in rule.domain_force]
            with self.subTest(model=name):
                self.assertTrue(
                    [rule for rule in limits if rule["global"] and rule.perm_read],
                    "add a rule to security/inventory_visibility_warehouse_rules.xml",
                )

    # ------------------------------------------------------------------
    # Work goes on
    # ------------------------------------------------------------------

    def _transfer(self, picking_type, source, target, quantity):
        """Plan, confirm, reserve and validate a transfer as the limited user does."""
        picking = (
            self.env["stock.picking"]
            .with_user(self.user)
            .create(
                {
                    "picking_type_id": picking_type.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": quantity,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        Form(picking)  # the screen reads, too
        return picking

    def assertOnHand(self, expected):  # noqa: N802
        self.env.invalidate_all()
        for warehouse, quantity in expected.items():
            self.assertEqual(self._get(warehouse=warehouse)["qty_on_hand"], quantity)

    def test_receipt(self):
        """In two steps: what arrives is pushed on into stock."""
        picking = self._transfer(
            self.shop.in_type_id, self.supplier, self.shop.wh_input_stock_loc_id, 3
        )
        self.assertOnHand({self.shop: 7})
        following = picking.move_ids.move_dest_ids
        self.assertEqual(following.location_dest_id, self.shop.lot_stock_id)
        following = following.with_user(self.user).picking_id
        following.action_assign()
        following.move_ids.picked = True
        following.button_validate()
        self.assertEqual(following.state, "done")

    def test_delivery(self):
        self._transfer(self.shop.out_type_id, self.shop.lot_stock_id, self.customer, 3)
        self.assertOnHand({self.shop: 1})

    def test_transfer_to_another_warehouse(self):
        self._transfer(self.shop.int_type_id, self.shop.lot_stock_id, self.central.lot_stock_id, 3)
        self.assertOnHand({self.shop: 1, self.central: 13})

    def test_transfer_out_through_transit(self):
        """The user sends what the shop has ordered, and the rules bring it there."""
        self.user.availability_warehouse_ids = self.central
        moves = self._resupply(5)
        leaving = moves.filtered(lambda move: move.location_id.warehouse_id == self.central)
        picking = leaving.picking_id.with_user(self.user)
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertOnHand({self.central: 5, self.shop: 4})
        arriving = (moves - leaving).filtered(lambda move: move.location_id.usage == "transit")
        self.assertEqual(arriving.state, "assigned")

    def test_receipt_from_another_warehouse(self):
        moves = self._resupply(5)
        leaving = moves.filtered(lambda move: move.location_id.warehouse_id == self.central)
        leaving._action_assign()
        leaving.picked = True
        leaving._action_done()
        arriving = (moves - leaving).filtered(lambda move: move.location_id.usage == "transit")
        picking = arriving.picking_id.with_user(self.user)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertOnHand({self.central: 5, self.shop: 9})

    def test_return_and_scrap(self):
        picking = self._transfer(self.shop.out_type_id, self.shop.lot_stock_id, self.customer, 3)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.user)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 2
        back = wizard._create_return()
        back.action_assign()
        back.move_ids.picked = True
        back.button_validate()
        self.assertOnHand({self.shop: 3})
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.user)
            .create(
                {
                    "product_id": self.product.id,
                    "scrap_qty": 1,
                    "location_id": self.shop.lot_stock_id.id,
                }
            )
        )
        scrap.action_validate()
        self.assertOnHand({self.shop: 2})

    def test_count(self):
        manager = new_test_user(self.env, "limited_manager", "stock.group_stock_manager")
        manager.availability_warehouse_ids = self.shop
        quant = (
            self.env["stock.quant"]
            .with_user(manager)
            .with_context(inventory_mode=True)
            .search([("product_id", "=", self.product.id)])
        )
        quant.inventory_quantity = 6
        quant.action_apply_inventory()
        self.assertOnHand({self.shop: 6, self.central: 10})
