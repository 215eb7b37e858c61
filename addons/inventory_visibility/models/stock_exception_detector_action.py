"""The actions that detectors propose, done with the user's own rights."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class StockExceptionDetector(models.AbstractModel):
    _inherit = "stock.exception.detector"

    def _action_document(self, exception):
        """Open the document that the exception is about, or the stock when it is gone."""
        document = exception._get_document()
        if not document:
            return self._action_quants(exception)
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _get_quant_domain(self, exception):
        domain = [
            ("product_id", "=", exception.product_id.id),
            ("location_id.usage", "in", ("internal", "transit")),
        ]
        if exception.location_id:
            domain.append(("location_id", "=", exception.location_id.id))
        elif exception.warehouse_id:
            domain.append(("location_id.warehouse_id", "=", exception.warehouse_id.id))
        if exception.lot_id:
            domain.append(("lot_id", "=", exception.lot_id.id))
        return domain

    def _action_quants(self, exception):
        """Open the quants concerned."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock of %s", exception.product_id.display_name),
            "res_model": "stock.quant",
            "view_mode": "list,form",
            "views": [(self.env.ref("stock.view_stock_quant_tree_editable").id, "list")],
            "domain": self._get_quant_domain(exception),
            "context": {"create": False, "edit": False},
        }

    def _action_availability(self, exception):
        """Open the product's availability in every warehouse, to see where it is wanted."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "inventory_visibility.stock_availability_action"
        )
        action["domain"] = [("product_id", "=", exception.product_id.id)]
        action["context"] = {}
        action["display_name"] = exception.product_id.display_name
        return action

    def _action_count(self, exception):
        """Ask for a count of the quants for today, and open it."""
        quants = self.env["stock.quant"].search(self._get_quant_domain(exception))
        if quants:
            owner = exception.user_id.sudo()
            if not owner or not owner.has_group("stock.group_stock_user"):
                owner = self.env.user
            self.env["stock.request.count"].create(
                {
                    "quant_ids": [fields.Command.set(quants.ids)],
                    "inventory_date": fields.Date.context_today(self),
                    "user_id": owner.id,
                }
            ).action_request_count()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count %s", exception.product_id.display_name),
            "res_model": "stock.quant",
            "view_mode": "list",
            "views": [(self.env.ref("stock.view_stock_quant_tree_inventory_editable").id, "list")],
            "domain": self._get_quant_domain(exception),
            "context": {
                "inventory_mode": True,
                "no_at_date": True,
                "default_product_id": exception.product_id.id,
            },
        }

    def _action_replenish(self, exception):
        """Open Odoo's replenishment with product, warehouse and quantity filled in."""
        product = exception.product_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replenish"),
            "res_model": "product.replenish",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_product_id": product.id,
                "default_product_tmpl_id": product.product_tmpl_id.id,
                "default_product_uom_id": product.uom_id.id,
                "default_warehouse_id": exception.warehouse_id.id,
                "default_company_id": exception.company_id.id,
                "default_quantity": product.uom_id.round(
                    max(exception.quantity, product.uom_id.rounding), rounding_method="UP"
                ),
            },
        }

    def _action_bring(self, exception):
        """Draft a transfer from the warehouse with most available; without one, replenish."""
        earlier = self._get_drafted_transfer(exception)
        if earlier:
            return self._open_transfer(earlier)
        source, available = self._get_best_source(exception)
        if not source:
            return self._action_replenish(exception)
        rounded = exception.product_id.uom_id.round(exception.quantity, rounding_method="UP")
        return self._open_transfer(
            self._draft_transfer(
                exception,
                source.int_type_id,
                source.lot_stock_id,
                exception.warehouse_id.lot_stock_id,
                min(rounded, available) or available,
            )
        )

    def _get_best_source(self, exception):
        """Return the company's other warehouse with most available, and how much that is."""
        others = self.env["stock.warehouse"].search(
            [
                ("company_id", "=", exception.company_id.id),
                ("id", "!=", exception.warehouse_id.id),
            ]
        )
        figures = self.env["stock.availability"]._get_availability(exception.product_id, others)
        rounding = exception.product_id.uom_id.rounding
        best, most = others.browse(), 0.0
        for (_product, warehouse_id), figure in figures.items():
            # what is promised there already stays there
            free = min(figure["qty_available"], figure["qty_atp"])
            if float_compare(free, most, precision_rounding=rounding) > 0:
                best, most = others.browse(warehouse_id), free
        return best, most

    def _get_drafted_transfer(self, exception):
        """Return the transfer that an earlier click drafted: a second one is not made."""
        return self.env["stock.picking"].search(
            [
                ("origin", "=", exception._get_reference()),
                ("company_id", "=", exception.company_id.id),
                ("state", "not in", ("done", "cancel")),
            ],
            limit=1,
        )

    def _draft_transfer(self, exception, picking_type, source, target, quantity):
        if not picking_type:
            raise UserError(
                self.env._("%s has no operation type for internal transfers.", source.display_name)
            )
        product = exception.product_id
        return self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "origin": exception._get_reference(),
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "product_uom": product.uom_id.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        }
                    )
                ],
            }
        )

    def _open_transfer(self, picking):
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": picking.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
