from .common import AvailabilityCommon


class ReservationCommon(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.web = cls.env["stock.channel"].create({"name": "Web", "code": "WEB"})
        cls.market = cls.env["stock.channel"].create({"name": "Market", "code": "MKT"})
        cls.holds = cls.env["stock.soft.reservation"]
        cls.product.default_code = "CHAIR"
        cls._stock(10)
        cls.earlier = cls.holds.search([])

    def _line(self, reference="A", quantity=1, place=None, product=None, **values):
        return {
            "reference": reference,
            "product": (product or self.product).id,
            "place": place or {"warehouse": self.central.id},
            "quantity": quantity,
            **values,
        }

    def _reserve(self, *args, channel=None, **values):
        """Reserve one line and return the answer."""
        return self.holds.reserve([self._line(*args, **values)], channel=channel)[0]

    def _held(self):
        return sum(self._get_holds().mapped("held_quantity"))

    def _get_holds(self):
        """Return what was reserved in this test."""
        return self.holds.search([]) - self.earlier
