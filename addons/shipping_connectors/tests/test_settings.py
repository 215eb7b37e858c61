from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestSettings(ShippingCase):
    def test_new_companies_get_the_prefix_for_demonstration(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertEqual(company.gs1_company_prefix, "9521234")

    def test_settings_say_when_the_prefix_is_for_demonstration(self):
        with Form(self.env["res.config.settings"]) as form:
            self.assertTrue(form.gs1_prefix_is_demo)
            form.gs1_company_prefix = "4012345"
            self.assertFalse(form.gs1_prefix_is_demo)
        form.record.set_values()
        self.assertEqual(self.company.gs1_company_prefix, "4012345")

    def test_wrong_prefixes_are_refused(self):
        for prefix, message in (("95A1234", "digits only"), ("952", "4 to 12 digits")):
            with self.assertRaisesRegex(ValidationError, message):
                self.company.gs1_company_prefix = prefix

    def test_no_prefix_is_fine(self):
        self.company.gs1_company_prefix = False
        self.assertEqual(self.env["shipping.parcel"]._next_sscc(self.company), "")

    def test_two_companies_with_one_prefix_share_the_numbers(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        parcels = self.env["shipping.parcel"]
        codes = [parcels._next_sscc(one) for one in (self.company, sister) * 5]
        self.assertEqual(len(set(codes)), 10)
