from odoo import Command

from odoo.addons.inventory_visibility.tests.common_reservation import ReservationCommon


class KitCommon(ReservationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leg = cls._create_component("Leg")
        cls.top = cls._create_component("Top")
        cls.table = cls._create_kit("Table", [(cls.leg, 4), (cls.top, 1)])

    @classmethod
    def _create_component(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "default_code": name.upper(), "is_storable": True, **values}
        )

    @classmethod
    def _create_kit(cls, name, lines, quantity=1, company=False, **values):
        """Make a kit of ``[(component, quantity) or (component, quantity, unit), ...]``."""
        values = {"name": name, "default_code": name.upper(), "type": "consu", **values}
        kit = cls.env["product.product"].create(values)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "product_qty": quantity,
                "type": "phantom",
                "company_id": company and company.id,
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": component.id,
                            "product_qty": each,
                            "product_uom_id": (unit or [component.uom_id])[0].id,
                        }
                    )
                    for component, each, *unit in lines
                ],
            }
        )
        return kit
