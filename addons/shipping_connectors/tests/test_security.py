from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestSecurity(ShippingCase):
    """Who sees and does what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.driver = cls._create_user("driver", "shipping_connectors.group_shipping_driver")
        cls.colleague = cls._create_user("colleague", "shipping_connectors.group_shipping_driver")
        cls.packer = cls._create_user("packer", "stock.group_stock_user")
        cls.clerk = cls._create_user("clerk", "base.group_user")
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "carrier_id": cls.carrier.id,
                "order_line": [(0, 0, {"product_id": cls.product.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        cls.picking = order.picking_ids

    @classmethod
    def _create_user(cls, login, group):
        return cls.env["res.users"].create(
            {
                "name": login.capitalize(),
                "login": login,
                "group_ids": [Command.set(cls.env.ref(group).ids)],
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )

    def test_groups_imply_each_other(self):
        manager = self.env.ref("stock.group_stock_manager").all_implied_ids
        user = self.env.ref("stock.group_stock_user").all_implied_ids
        for name, groups in (("manager", manager), ("user", user), ("driver", user)):
            self.assertIn(self.env.ref(f"shipping_connectors.group_shipping_{name}"), groups)
        self.assertNotIn(self.env.ref("shipping_connectors.group_shipping_manager"), user)

    def test_a_packer_ships(self):
        picking = self.picking.with_user(self.packer)
        picking.action_create_parcels()
        self.assertTrue(picking.action_print_parcel_labels())
        picking.move_ids.picked = True
        picking.button_validate()
        parcel = picking.parcel_ids
        self.assertEqual(picking.carrier_tracking_ref, parcel.tracking_number)
        with self.assertRaises(AccessError):
            self.carrier.rate_table_line_ids.with_user(self.packer)[0].base_price = 0
        with self.assertRaises(AccessError):
            parcel.read(["access_token"])

    def test_a_driver_sees_the_own_round_and_what_nobody_drives(self):
        self.picking.action_create_parcels()
        parcel = self.picking.parcel_ids
        as_driver = self.env["shipping.parcel"].with_user(self.driver)
        as_colleague = self.env["shipping.parcel"].with_user(self.colleague)
        self.assertIn(parcel, as_driver.search([]))
        parcel.with_user(self.driver)._driver_report("picked_up", "k")
        self.assertEqual(parcel.driver_id, self.driver)
        self.assertEqual(parcel.event_ids.user_id, self.driver)
        self.assertIn(parcel, as_driver.search([]))
        self.assertNotIn(parcel, as_colleague.search([]))
        self.assertFalse(self.env["shipping.tracking.event"].with_user(self.colleague).search([]))
        with self.assertRaises(AccessError):
            parcel.with_user(self.driver).weight = 1
        with self.assertRaises(AccessError):
            self.env["stock.picking"].with_user(self.driver).search([])

    def test_others_see_nothing(self):
        with self.assertRaises(AccessError):
            self.env["shipping.parcel"].with_user(self.clerk).search([])

    def test_companies_are_apart(self):
        self.picking.action_create_parcels()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user("stranger", "stock.group_stock_manager")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["shipping.parcel"].search([("id", "=", self.picking.parcel_ids.id)]))
        self.carrier.product_id.company_id = self.company
        self.assertEqual(self.carrier.rate_table_line_ids.company_id, self.company)
        for model in ("line", "zone", "service"):
            self.assertFalse(
                env[f"delivery.rate.{model}"].search([("carrier_id", "=", self.carrier.id)])
            )

    def test_the_drivers_app_is_for_drivers_only(self):
        menu = self.env.ref("shipping_connectors.menu_driver_root")
        for user, expected in ((self.driver, True), (self.packer, False), (self.clerk, False)):
            visible = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertEqual(menu.id in visible, expected, user.name)
