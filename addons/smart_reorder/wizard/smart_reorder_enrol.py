from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class SmartReorderEnrol(models.TransientModel):
    """Enrols every product with demand in the chosen warehouses, making missing rules."""

    _name = "smart.reorder.enrol"
    _description = "Enrol Products in Smart Reorder"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, readonly=True
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        required=True,
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)]
        ),
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        domain="[('is_storable', '=', True)]",
        help="Leave empty for all products.",
    )
    category_ids = fields.Many2many(
        "product.category", string="Product Categories", help="Leave empty for all categories."
    )
    demand_days = fields.Integer(
        string="Look Back", default=180, required=True, help="Days in which there must be demand."
    )
    min_demand_days = fields.Integer(
        string="Days with Demand",
        default=2,
        required=True,
        help="Enrol a product in a place when it was demanded on at least so many days.",
    )
    mode = fields.Selection(
        [("suggest", "Suggest"), ("automatic", "Order automatically")],
        default="suggest",
        required=True,
    )
    line_ids = fields.One2many("smart.reorder.enrol.line", "wizard_id", readonly=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        products = self.env["product.product"]
        if model == "product.product":
            products = products.browse(ids)
        elif model == "product.template":
            products = self.env["product.template"].browse(ids).product_variant_ids
        if products:
            values["product_ids"] = [Command.set(products.filtered("is_storable").ids)]
            # Who picks products wants them, whatever their demand was.
            values["min_demand_days"] = 0
        return values

    def _get_products(self):
        domain = [("is_storable", "=", True), ("company_id", "in", [False, self.company_id.id])]
        if self.product_ids:
            domain.append(("id", "in", self.product_ids.ids))
        if self.category_ids:
            domain.append(("categ_id", "child_of", self.category_ids.ids))
        return self.env["product.product"].search(domain)

    def _get_places(self):
        """:return: set of ``(product id, warehouse id)`` to enrol"""
        products = self._get_products()
        if not self.min_demand_days:
            return {(p, w) for p in products.ids for w in self.warehouse_ids.ids}
        today = fields.Date.context_today(self)
        rows = (
            self.env["smart.reorder.demand"]
            .sudo()
            ._get_demand(
                products, self.warehouse_ids, today - timedelta(days=self.demand_days), today
            )
        )
        days = defaultdict(set)
        for product, warehouse, _receiver, day, quantity in rows:
            if quantity > 0:
                days[product, warehouse].add(day)
        return {place for place, seen in days.items() if len(seen) >= self.min_demand_days}

    def action_preview(self):
        """Count per warehouse what would be enrolled."""
        self.ensure_one()
        places = self._get_places()
        known = self._get_known(places)
        self.line_ids.unlink()
        self.line_ids = [
            Command.create(
                {
                    "warehouse_id": warehouse.id,
                    "product_count": sum(1 for _p, w in places if w == warehouse.id),
                    "enrolled_count": sum(
                        1
                        for (_p, w), orderpoint in known.items()
                        if w == warehouse.id and orderpoint.smart_reorder and orderpoint.active
                    ),
                    "new_count": sum(
                        1 for key in places if key[1] == warehouse.id and key not in known
                    ),
                }
            )
            for warehouse in self.warehouse_ids
        ]
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Enrol Products"),
        }

    def _get_known(self, places):
        """Rules that exist for the places, archived ones too.

        :return: dict ``(product id, warehouse id) -> orderpoint``
        """
        orderpoints = (
            self.env["stock.warehouse.orderpoint"]
            .with_context(active_test=False)
            .search(
                [
                    ("product_id", "in", list({product for product, _w in places})),
                    ("location_id", "in", self.warehouse_ids.lot_stock_id.ids),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        )
        found = {(op.product_id.id, op.warehouse_id.id): op for op in orderpoints}
        return {place: found[place] for place in places if place in found}

    def action_enrol(self):
        self.ensure_one()
        if self.min_demand_days < 0 or self.demand_days < 1:
            raise UserError(
                self.env._("Look back at least a day, for at least zero days with demand.")
            )
        places = self._get_places()
        if not places:
            raise UserError(
                self.env._(
                    "No product had demand on %(min)s days of the last %(days)s in these"
                    " warehouses."
                    " Look back further, or ask for fewer days.",
                    min=self.min_demand_days,
                    days=self.demand_days,
                )
            )
        known = self._get_known(places)
        existing = self.env["stock.warehouse.orderpoint"].union(*known.values())
        existing.filtered(lambda op: not op.active).active = True
        existing.write({"smart_reorder": True, "smart_reorder_mode": self.mode})
        orderpoints = existing | self.env["stock.warehouse.orderpoint"].create(
            [self._prepare_orderpoint(*place) for place in sorted(places - set(known))]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.stock_warehouse_orderpoint_action"
        )
        action["domain"] = [("id", "in", orderpoints.ids)]
        return action

    def _prepare_orderpoint(self, product_id, warehouse_id):
        """Trigger by hand: should the rule ever leave, Odoo orders nothing by it on its own."""
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        return {
            "product_id": product_id,
            "warehouse_id": warehouse_id,
            "location_id": warehouse.lot_stock_id.id,
            "company_id": warehouse.company_id.id,
            "trigger": "manual",
            "smart_reorder": True,
            "smart_reorder_mode": self.mode,
            "smart_reorder_created": True,
        }


class SmartReorderEnrolLine(models.TransientModel):
    _name = "smart.reorder.enrol.line"
    _description = "Preview of an Enrolment"

    wizard_id = fields.Many2one("smart.reorder.enrol", required=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True)
    product_count = fields.Integer(string="Products with Demand")
    enrolled_count = fields.Integer(string="Already Enrolled")
    new_count = fields.Integer(string="New Rules")
