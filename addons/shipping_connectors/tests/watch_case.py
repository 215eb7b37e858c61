from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .carrier_case import CarrierCase

#: a Wednesday
NOW = "2025-06-18 12:00:00"


class WatchCase(CarrierCase):
    """A lane with a history: parcels by one service to California."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.to_datetime(NOW)
        cls.company.partner_id.tz = "UTC"
        cls.usd = cls.env.ref("base.USD")
        cls.watcher = cls.env["res.users"].create(
            {
                "name": "Watcher",
                "login": "watcher",
                "group_ids": [(4, cls.env.ref("stock.group_stock_user").id)],
                "company_ids": [(6, 0, cls.company.ids)],
                "company_id": cls.company.id,
            }
        )
        cls.company.shipping_watch_user_id = cls.watcher
        cls.shipped = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.warehouse.out_type_id.id,
                "partner_id": cls.customer.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE stock_picking SET state = 'done', date_done = %s WHERE id = %s",
            [cls.now - timedelta(days=10), cls.shipped.id],
        )
        cls.env.invalidate_all()

    def setUp(self):
        super().setUp()
        frozen = freeze_time(NOW)
        frozen.start()
        self.addCleanup(frozen.stop)

    def _create_parcel(self, shipped=0, *, days=None, promised=None, **values):
        """A parcel that was shipped some days ago.

        :param days: after which it was delivered
        :param promised: so many days after shipping
        """
        ship_date = self.now.date() - timedelta(days=shipped)
        if days is not None:
            delivered = self.now - timedelta(days=shipped - days)
            values.update(state="delivered", delivered_at=delivered)
        if promised is not None:
            values["promised_date"] = ship_date + timedelta(days=promised)
        numbers = self.env["ir.sequence"].next_by_code("shipping.parcel.tracking")
        parcel = (
            self.env["shipping.parcel"]
            .sudo()
            .create(
                {
                    "tracking_number": f"W{numbers}",
                    "purchase_key": f"W{numbers}",
                    "picking_id": self.shipped.id,
                    "package_id": self.env["stock.package"].create({}).id,
                    "carrier_id": self.loopback_method.id,
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "service_name": "Ground",
                    "ship_date": ship_date,
                    "state": "in_transit",
                    "last_event_at": self.now,
                    "weight": 1.5,
                    "cost": 10,
                    "currency_id": self.usd.id,
                    "parcel_count": 1,
                    **values,
                }
            )
        )
        self.env.flush_all()
        created = self.now - timedelta(days=shipped)
        self.env.cr.execute(
            "UPDATE shipping_parcel SET create_date = %s WHERE id = %s", [created, parcel.id]
        )
        parcel.invalidate_recordset(["create_date"])
        return parcel

    def _create_history(self, *days):
        """Delivered parcels that took so many days."""
        for one in days:
            self._create_parcel(30, days=one, promised=3)

    def _find(self, kind):
        """What is wrong with records of this test's company, by record."""
        found = self.env["shipping.watch"]._find(kind)
        return {
            self.env[model].browse(number): finding
            for (model, number), finding in found.items()
            if finding["company_id"] == self.company.id
        }
