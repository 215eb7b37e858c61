from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.shipping_connectors.tests.watch_case import WatchCase


@tagged("post_install", "-at_install")
class TestShippingFinding(WatchCase):
    """What the shipping watch finds is in the control tower, and nowhere else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.exception.kind"]._ensure_kinds()

    def _look(self, code):
        kind = self.env["stock.exception.kind"].search(
            [("kind", "=", code), ("company_id", "=", self.company.id)]
        )
        self.env.flush_all()
        kind.due = True
        kind._run(commit=False)
        self.env.invalidate_all()
        self.assertFalse(kind.last_error)
        return self.env["stock.exception"].search(
            [("kind", "=", code), ("company_id", "=", self.company.id), ("state", "!=", "closed")]
        )

    def test_opened_brought_up_to_date_and_closed(self):
        parcel = self._create_parcel(3, last_event_at=self.now - timedelta(hours=60))
        found = self._look("shipping_no_scan")
        self.assertRecordValues(
            found,
            [
                {
                    "res_model": "shipping.parcel",
                    "res_id": parcel.id,
                    "warehouse_id": self.warehouse.id,
                    "product_id": False,
                    "quantity": 60,
                    "since": self.now - timedelta(hours=60),
                    "state": "open",
                }
            ],
        )
        self.assertIn(f"{parcel.tracking_number}: No scan since", found.sentence)
        self.assertEqual(found.document_name, parcel.tracking_number)
        self.assertEqual(found.action_propose()["res_id"], parcel.id)
        self.assertEqual(self._look("shipping_no_scan"), found, "never twice")
        parcel._add_event("in_transit")
        self.assertFalse(self._look("shipping_no_scan"))
        self.assertEqual(found.state, "closed")

    def test_at_stake(self):
        """What the goods of the parcel cost: 3 lamps of 7 in two parcels."""
        self.product.standard_price = 7
        parcel = self._create_parcel(5, promised=2, parcel_count=2)
        self.env["stock.move.line"].create(
            {
                "product_id": self.product.id,
                "picking_id": self.shipped.id,
                "location_id": self.shipped.location_id.id,
                "location_dest_id": self.shipped.location_dest_id.id,
                "quantity": 3,
            }
        )
        found = self._look("shipping_late")
        self.assertEqual(found.res_id, parcel.id)
        self.assertAlmostEqual(found.value, 10.5)
        self.assertIn("and not delivered", found.sentence)

    def test_costs_and_carriers(self):
        for _number in range(10):
            self._create_parcel(20)
        dear = self._create_parcel(1, cost=13)
        found = self._look("shipping_cost")
        self.assertEqual(found.res_id, dear.id)
        # 3 dollars at two for a pound
        self.assertRecordValues(found, [{"quantity": 3, "value": 1.5}])
        for _number in range(3):
            self._create_parcel(1, polled_at=self.now, poll_failures=1)
        found = self._look("shipping_failing")
        self.assertRecordValues(
            found,
            [
                {
                    "res_model": "shipping.account",
                    "res_id": self.account.id,
                    "warehouse_id": False,
                    "quantity": 100,
                }
            ],
        )
        self.assertEqual(found.action_name, "Open the Account")
        self.company.shipping_watch_failure_share = 0
        self.assertFalse(self._look("shipping_failing"), "turned off in the settings")

    def test_no_activities(self):
        """Those of before the control tower came are removed."""
        parcel = self._create_parcel(5, promised=2)
        watch = self.env["shipping.watch"]
        watch._sync_activities("late", watch._find("late"))
        self.assertTrue(parcel.activity_ids)
        self.env.ref("shipping_connectors.ir_cron_watch").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(parcel.activity_ids)

    def test_uninstalling_leaves_nothing(self):
        self._create_parcel(5, promised=2)
        self.assertTrue(self._look("shipping_late"))
        from .. import uninstall_hook

        uninstall_hook(self.env)
        domain = [("kind", "like", "shipping_%")]
        self.assertFalse(self.env["stock.exception"].search(domain))
        self.assertFalse(
            self.env["stock.exception.kind"].with_context(active_test=False).search(domain)
        )
