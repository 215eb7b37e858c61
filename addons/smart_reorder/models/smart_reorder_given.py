from odoo import api, models


class SmartReorderGiven(models.AbstractModel):
    """Records of many places, made by a run that knows their computed figures already.

    Odoo computes what is stored of other records after a record is created, and writes it a second
    time. With ``smart_reorder_given`` in the context it takes what it is given.
    """

    _name = "smart.reorder.given"
    _description = "Created with Computed Figures"

    @api.model
    def _create(self, data_list):
        if self.env.context.get("smart_reorder_given"):
            for data in data_list:
                given = (self._fields[name] for name in data["stored"])
                data["protected"].update(field for field in given if field.compute)
        return super()._create(data_list)

    @api.model
    def _prepare_place(self, rule):
        """What is stored of the rule."""
        return {
            "product_id": rule.product_id.id,
            "product_category_id": rule.product_id.categ_id.id,
            "warehouse_id": rule.warehouse_id.id,
            "company_id": rule.company_id.id,
        }
