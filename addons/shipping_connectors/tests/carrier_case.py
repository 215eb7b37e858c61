from .common import ShippingCase
from .loopback_carrier import API_KEY, LoopbackCarrier


class CarrierCase(ShippingCase):
    """The company of `ShippingCase` in California, with an account at the loopback carrier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        usd = cls._activate_currency("USD")
        california = cls.env.ref("base.state_us_5")
        address = {
            "country_id": cls.env.ref("base.us").id,
            "state_id": california.id,
            "phone": "5555555555",
        }
        cls.company.partner_id.write(
            {"street": "388 Townsend St", "city": "San Francisco", "zip": "94107", **address}
        )
        cls.customer.write(
            {
                "name": "Elizabeth Swan",
                "street": "179 N Harbor Dr",
                "city": "Redondo Beach",
                "zip": "90277",
                **address,
            }
        )
        cls.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": cls.company.id, "name": "2020-01-01", "rate": 2}
        )
        cls.account = cls.env["shipping.account"].create(
            {"name": "Loopback", "provider": "easypost"}
        )
        cls.account.credential_ids.value = API_KEY
        cls.loopback_method = cls._create_carrier(
            "Loopback",
            delivery_type="carrier_account",
            shipping_account_id=cls.account.id,
            shipping_buy_when="validate",
        )

    def setUp(self):
        super().setUp()
        # the ledger's cursors share the test's connection: nothing of it outlives the test
        if not type(self)._registry_patched:  # a browser's test does so by itself
            self.registry_enter_test_mode()
        self.server = LoopbackCarrier()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.account.base_url = self.server.url

    def _create_delivery(self, quantity=1, **values):
        values.setdefault("carrier", self.loopback_method)
        return super()._create_delivery(quantity, **values)

    def _create_deliveries(self, count, **values):
        pickings = self.env["stock.picking"]
        for _number in range(count):
            pickings |= self._create_delivery(1, **values)
        return pickings

    def _get_purchases(self, picking):
        return self.env["shipping.purchase"].search(
            [("picking_ref", "in", picking.ids)], order="id"
        )

    def _age(self, purchases, minutes=10):
        """As if they had been made so long ago."""
        self.env.cr.execute(
            "UPDATE shipping_purchase SET sent_at = sent_at - %(age)s * interval '1 minute',"
            " bought_at = bought_at - %(age)s * interval '1 minute',"
            " next_check = next_check - %(age)s * interval '1 minute' WHERE id IN %(ids)s",
            {"age": minutes, "ids": tuple(purchases.ids)},
        )
        self.env.invalidate_all()

    def _recover(self):
        """What the scheduled action does, without its transactions."""
        purchases = self.env["shipping.purchase"]
        for purchase in purchases.search(purchases._get_recover_domain()):
            purchase._recover()
        self.env.invalidate_all()

    def _create_unserved(self):
        """A delivery that the carrier has no service for."""
        nobody = self.customer.copy({"zip": "00000", "name": "Nobody"})
        picking = self._create_delivery()
        picking.partner_id = nobody
        return picking
