from odoo import api, fields, models
from odoo.exceptions import ValidationError

ABC = [("a", "A"), ("b", "B"), ("c", "C")]
XYZ = [("x", "X"), ("y", "Y"), ("z", "Z")]
# Dear and steady products are cheap to have always; what is erratic and cheap is dear to.
DEFAULT_LEVELS = {
    ("a", "x"): 98.0,
    ("a", "y"): 97.0,
    ("a", "z"): 95.0,
    ("b", "x"): 97.0,
    ("b", "y"): 95.0,
    ("b", "z"): 92.0,
    ("c", "x"): 95.0,
    ("c", "y"): 92.0,
    ("c", "z"): 90.0,
}


class SmartReorderServiceClass(models.Model):
    """Service level of a class: by value (ABC) and by how much weekly demand varies (XYZ)."""

    _name = "smart.reorder.service.class"
    _description = "Service Level of a Class"
    _order = "company_id, abc, xyz"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    abc = fields.Selection(ABC, string="Value", required=True, readonly=True)
    xyz = fields.Selection(XYZ, string="Variability", required=True, readonly=True)
    level = fields.Float(string="Service Level", required=True, help="In %.")
    product_count = fields.Integer(
        string="Products × Places", compute="_compute_product_count", help="Now in this class."
    )

    _one_each = models.Constraint(
        "UNIQUE(company_id, abc, xyz)", "This class already has a service level."
    )

    @api.depends("abc", "xyz")
    def _compute_display_name(self):
        for service in self:
            service.display_name = f"{service.abc or ''}{service.xyz or ''}".upper()

    @api.depends("company_id", "abc", "xyz")
    def _compute_product_count(self):
        groups = self.env["smart.reorder.proposal"]._read_group(
            [("is_current", "=", True), ("company_id", "in", self.company_id.ids)],
            ["company_id", "abc", "xyz"],
            ["__count"],
        )
        counts = {(company, abc, xyz): count for company, abc, xyz, count in groups}
        for service in self:
            key = (service.company_id, service.abc, service.xyz)
            service.product_count = counts.get(key, 0)

    @api.constrains("level")
    def _check_level(self):
        for service in self:
            if not 50 <= service.level <= 99.9:
                raise ValidationError(
                    self.env._(
                        "The service level of class %(name)s must be between 50 and 99.9 %%, not"
                        " %(level)s.",
                        name=service.display_name,
                        level=service.level,
                    )
                )

    @api.model
    def _get_levels(self, company):
        """Service levels of the company's classes; made with the usual ones at first.

        :return: dict ``(abc, xyz) -> level in %``
        """
        classes = self.sudo().search([("company_id", "=", company.id)])
        missing = set(DEFAULT_LEVELS) - {(service.abc, service.xyz) for service in classes}
        classes |= self.sudo().create(
            [
                {"company_id": company.id, "abc": abc, "xyz": xyz, "level": level}
                for (abc, xyz), level in DEFAULT_LEVELS.items()
                if (abc, xyz) in missing
            ]
        )
        return {(service.abc, service.xyz): service.level for service in classes}

    @api.model
    def action_open(self):
        self._get_levels(self.env.company)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_service_class_action"
        )
