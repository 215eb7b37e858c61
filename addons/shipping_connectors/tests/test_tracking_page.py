from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestTrackingPage(HttpCase, ShippingCase):
    """The public page behind the tracking link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "carrier_id": cls.carrier.id,
                "order_line": [(0, 0, {"product_id": cls.product.id})],
            }
        )
        order.action_confirm()
        cls.picking = order.picking_ids
        cls.picking.action_create_parcels()
        cls.parcel = cls.picking.parcel_ids

    def _open(self, token=None):
        return self.url_open(f"/shipping/track/{token or self.parcel.access_token}")

    def test_the_link_of_the_delivery_opens_it(self):
        self.picking.carrier_tracking_ref = self.parcel.tracking_number
        self.assertTrue(
            self.picking.carrier_tracking_url.endswith(
                f"/shipping/track/{self.parcel.access_token}"
            )
        )
        page = self._open()
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.parcel.tracking_number, page.text)
        self.assertIn("has not been picked up yet", page.text)

    def test_events_without_personal_data(self):
        report = self.parcel._driver_report
        report("picked_up", "a", note="gate code 4711", location="Depot Bristol")
        report("delivered", "b", recipient="Mrs Neighbour", note="left with Mrs Neighbour")
        page = self._open().text
        self.assertLess(page.index("Delivered"), page.index("Picked Up"), "the newest first")
        for secret in (
            "Neighbour", "4711", "Bristol", "Jane", "Downing", "SW1A", "7946", self.env.user.name,
            self.picking.name,
        ):  # fmt: skip
            self.assertNotIn(secret, page)

    def test_how_far_it_is(self):
        self.parcel.promised_date = "2030-01-02"
        self.parcel._driver_report("out_for_delivery", "a")
        page = self._open().text
        self.assertIn("Wednesday 2 January", page)
        self.assertEqual(page.count("is-done"), 4, "ready, picked up, in transit, out")
        self.parcel._driver_report("delivered", "b", recipient="Jane")
        page = self._open().text
        self.assertEqual(page.count("is-done"), 5)
        self.assertNotIn("Wednesday 2 January", page, "it has arrived")

    @freeze_time("2030-01-03 12:00:00")
    def test_a_promise_that_has_passed(self):
        self.parcel.ship_date = "2029-12-31"
        self.parcel.promised_date = "2030-01-03"
        page = self._open().text
        self.assertIn("on 31 December 2029", page)
        self.assertNotIn("Was expected", page)
        self.parcel.promised_date = "2030-01-02"
        self.assertIn("Was expected", self._open().text)
        # what the carrier says now counts for more
        self.parcel.estimated_delivery = "2030-01-04 10:00:00"
        page = self._open().text
        self.assertNotIn("Was expected", page)
        self.assertIn("Friday 4 January", page)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.parcel.promised_date = "2030-01-02"
        self.assertIn("mercredi 2 janvier", self._open().text)

    def test_the_other_parcels_of_the_shipment(self):
        other = self.parcel.copy(
            {"tracking_number": "P-OTHER", "number_in_shipment": 2, "is_return": True}
        )
        self.assertNotIn("P-OTHER", self._open().text)
        self.env.cr.execute("DROP INDEX shipping_parcel_package_uniq")
        other.is_return = False
        page = self._open().text
        self.assertIn("P-OTHER", page)
        self.assertIn(f"/shipping/track/{other.sudo().access_token}", page)

    def test_wrong_links(self):
        for token in (
            "nonsense",
            self.parcel.tracking_number,
            str(self.parcel.id),
            "%00",
            "a" * 500,
        ):
            page = self._open(token)
            self.assertEqual(page.status_code, 404, token)
        self.assertIn("We do not know this parcel", self._open("nonsense").text)

    def test_nothing_is_kept_or_passed_on(self):
        headers = self._open().headers
        self.assertEqual(headers["X-Robots-Tag"], "noindex, nofollow")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", headers["Cache-Control"])

    def test_labels_are_for_those_who_may_see_the_parcel(self):
        url = f"/shipping/labels/pdf?ids={self.parcel.id}"
        self.assertIn("/web/login", self.url_open(url).url, "nobody is logged in")
        self.authenticate("admin", "admin")
        self.env.ref("base.user_admin").company_ids += self.company
        self.opener.cookies["cids"] = str(self.company.id)
        answer = self.url_open(url)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.content, self.parcel.label_pdf_id.raw)
        for wrong in ("/shipping/labels/png?ids=1", "/shipping/labels/pdf?ids=1;2",
                      "/shipping/labels/pdf?ids=99999999", "/shipping/labels/pdf"):  # fmt: skip
            self.assertEqual(self.url_open(wrong).status_code, 404, wrong)

    def test_export_of_the_table(self):
        self.authenticate("admin", "admin")
        answer = self.url_open(f"/shipping/rate_table/{self.carrier.id}.csv")
        self.assertEqual(answer.status_code, 200)
        text = answer.content.decode("utf-8-sig")
        self.assertEqual(text, self.carrier._rate_table_export_csv())
