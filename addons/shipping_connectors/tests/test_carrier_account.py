from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open, mute_logger

from ..core.carriers import registry
from ..core.port import Capability
from .carrier_case import CarrierCase
from .loopback_carrier import API_KEY


@tagged("post_install", "-at_install")
class TestCarrierAccount(CarrierCase):
    """Accounts: who sees what, and what is wrong with them."""

    def test_a_carrier_asks_for_its_credentials(self):
        form = Form(self.env["shipping.account"])
        form.name = "Main"
        form.provider = "easypost"
        self.assertEqual(len(form.credential_ids), 1)
        account = form.save()
        line = account.credential_ids
        self.assertEqual((line.name, line.label, line.value), ("api_key", "API Key", False))
        self.assertIn("rates, labels", account.capability_names)

    def test_every_capability_has_its_word_or_none(self):
        labels = self.account._get_capability_labels()
        unnamed = set(Capability) - set(labels)
        self.assertEqual(
            unnamed,
            {
                Capability.FIND,
                Capability.REPRINT,
                Capability.LABEL_PDF,
                Capability.LABEL_ZPL,
                Capability.LABEL_PNG,
            },
        )

    def test_check_connection(self):
        action = self.account.action_check_connection()
        self.assertEqual(action["params"]["type"], "success")
        self.account.credential_ids.value = "EZTK-wrong"
        with self.assertRaisesRegex(UserError, "refuses the credentials.*401"):
            self.account.action_check_connection()
        self.account.credential_ids.value = "EZAK-production"
        with self.assertRaisesRegex(UserError, "other environment"):
            self.account.action_check_connection()
        self.account.credential_ids.value = False
        with self.assertRaisesRegex(UserError, "lacks: API Key"):
            self.account.action_check_connection()

    def test_secrets_are_for_administrators(self):
        manager = new_test_user(
            self.env,
            "shipper",
            "stock.group_stock_manager,sales_team.group_sale_manager",
            company_id=self.company.id,
        )
        account = self.account.with_user(manager)
        self.assertEqual(account.name, "Loopback")
        for field in ("credential_ids", "base_url"):
            with self.subTest(field), self.assertRaises(AccessError):
                account.read([field])
        with self.assertRaises(AccessError):
            self.env["shipping.account.credential"].with_user(manager).search([])
        with self.assertRaises(AccessError):
            account.name = "Mine"
        # and yet a user of the warehouse ships with it
        user = new_test_user(
            self.env, "packer", "stock.group_stock_user", company_id=self.company.id
        )
        picking = self._create_delivery()
        picking.with_user(user).action_buy_labels()
        self.assertEqual(len(self.server.sold), 1)
        self.assertNotIn(API_KEY, str(self._get_purchases(picking).read()))

    def test_credentials_go_over_a_safe_line(self):
        for url in ("http://example.com/v2", "ftp://127.0.0.1", "example.com"):
            with self.subTest(url), self.assertRaises(ValidationError):
                self.account.base_url = url
        self.account.base_url = "https://proxy.example.com/v2"

    def test_one_account_for_two_methods_and_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        method = self._create_carrier(
            "Fast", delivery_type="carrier_account", shipping_account_id=self.account.id
        )
        self.assertEqual(self.account.carrier_count, 2)
        self.assertEqual(self.account.carrier_ids, self.loopback_method | method)
        self.account.company_ids = other
        user = new_test_user(self.env, "here", "stock.group_stock_user", company_id=self.company.id)
        accounts = self.env["shipping.account"].with_user(user)
        self.assertFalse(accounts.search([("id", "=", self.account.id)]))
        self.account.company_ids |= self.company
        self.assertTrue(accounts.search([("id", "=", self.account.id)]))

    def test_a_neutralized_copy_has_no_credentials(self):
        with file_open("shipping_connectors/data/neutralize.sql") as file:
            self.env.flush_all()
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertFalse(self.account.credential_ids.value)
        self.assertFalse(self.account.base_url)

    def test_a_carrier_whose_addon_is_gone(self):
        self.env.cr.execute(
            "UPDATE shipping_account SET provider = 'pigeon' WHERE id = %s", [self.account.id]
        )
        self.account.invalidate_recordset()
        self.assertFalse(self.account.capability_names)
        self.loopback_method.invalidate_recordset()
        self.assertFalse(self.loopback_method.can_generate_return)
        picking = self._create_delivery()
        with self.assertRaisesRegex(UserError, "not installed any more"):
            picking.action_buy_labels()

    def test_codes_are_taken_once(self):
        known = registry.get("easypost")
        self.assertIs(registry.register(known), known)
        stranger = registry.Definition("easypost", "Other", (), frozenset(), lambda account: None)
        with self.assertRaisesRegex(ValueError, "taken by EasyPost"):
            registry.register(stranger)

    def test_a_credential_is_there_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["shipping.account.credential"].create(
                {"account_id": self.account.id, "name": "api_key"}
            )
