from datetime import timedelta

from odoo import fields

from odoo.addons.inventory_visibility.tests.common import AvailabilityCommon


class PromiseCommon(AvailabilityCommon):
    """A customer who orders, and the warehouses to ship from.

    Transfers from the central warehouse to the shop take three days: one day until they leave,
    two days on the way.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "UTC"
        cls.company.partner_id.tz = "UTC"
        cls.company.security_lead = 0
        cls.partner = cls.env["res.partner"].create({"name": "Customer"})
        cls.route = cls.shop.resupply_route_ids
        leave, arrive = cls.route.rule_ids.sorted(
            lambda rule: rule.location_src_id.usage == "transit"
        )
        leave.delay, arrive.delay = 1, 2

    @classmethod
    def _order(cls, *quantities, warehouse=None, days=None, product=None, **values):
        """Make a quotation with a line for each quantity.

        :param days: delivery date that the order names, in days from today, at noon
        """
        if days is not None:
            noon = fields.Datetime.to_datetime(cls._day(days)) + timedelta(hours=12)
            values["commitment_date"] = noon
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "warehouse_id": (warehouse or cls.central).id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": (product or cls.product).id,
                            "product_uom_qty": quantity,
                        },
                    )
                    for quantity in quantities
                ],
                **values,
            }
        )

    def _get_options(self, line):
        """Return the popover's ways to serve a line, by warehouse and whether by transfer."""
        answer = line.get_promise_options(
            {
                "line_id": line.id,
                "product_id": line.product_id.id,
                "product_uom_id": line.product_uom_id.id,
                "product_uom_qty": line.product_uom_qty,
            }
        )
        warehouses = self.env["stock.warehouse"]
        return {
            (warehouses.browse(option["warehouse_id"]), bool(option["route_id"])): option
            for option in answer["options"]
        }
