"""What rows are searched by beside their figures: supplier, ABC class, and kinds of places.

These are facts about a product or a warehouse, so they are resolved to products and warehouses
before the availability statement runs; none of them makes it compute a row more.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import abc_classes


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    supplier_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        compute="_compute_supplier_id",
        search="_search_supplier_id",
        help="The first vendor in the product's purchase tab. Searching finds the others as well.",
    )
    abc_class = fields.Selection(
        [(name, name) for name in abc_classes.CLASSES],
        string="ABC Class",
        compute="_compute_abc_class",
        search="_search_abc_class",
        help="A: the products that together make 80 % of the value of demand (at cost, over the"
        " demand window, in the companies at work); B: up to 95 %; C: the rest.",
    )

    # Rows are warehouses: these fields are there to search by, and always empty to read.
    place_group_id = fields.Many2one(
        "stock.place.group",
        string="Location Group",
        compute="_compute_place_ids",
        search="_search_place_group_id",
        help="Searching finds the warehouses of the group, those of its locations included.",
    )
    location_id = fields.Many2one(
        "stock.location",
        compute="_compute_place_ids",
        search="_search_location_id",
        help="Searching finds the warehouses of the locations.",
    )
    external_place_id = fields.Many2one(
        "stock.external.place",
        compute="_compute_place_ids",
        search="_search_external_place_id",
        help="Searching finds nothing here: the stock of external places lies in no warehouse.",
    )

    @api.depends("product_id.seller_ids.partner_id")
    def _compute_supplier_id(self):
        for row in self:
            row.supplier_id = row.product_id.seller_ids[:1].partner_id

    def _search_supplier_id(self, operator, value):
        products = self.env["product.product"]._search(
            self._get_supplier_domain(operator, value), active_test=False
        )
        return Domain("product_id", "in", products)

    @api.model
    def _get_supplier_domain(self, operator, value):
        """Return the domain on products of a condition on their vendors."""
        return Domain("seller_ids.partner_id", operator, value)

    @api.depends_context("allowed_company_ids")
    @api.depends("product_id")
    def _compute_abc_class(self):
        classes = self._get_abc_classes()
        for row in self:
            row.abc_class = classes.get(row.product_id.id, abc_classes.CLASSES[-1])

    def _search_abc_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_abc_domain("product_id", value)

    @api.model
    def _get_abc_domain(self, field_name, wanted):
        """Return the condition that a product is of one of the classes wanted.

        What had no demand is of the last class and is not known by name, so the last class is
        everything that is not of the others.
        """
        classes = self._get_abc_classes()
        last = abc_classes.CLASSES[-1]
        if last in wanted:
            others = [name for name in abc_classes.CLASSES if name not in wanted]
            return Domain(field_name, "not in", sorted(abc_classes.members(classes, others)))
        return Domain(field_name, "in", sorted(abc_classes.members(classes, wanted)))

    @api.model
    def _get_abc_classes(self):
        """Return ``{product id: class}`` of what was in demand, in one statement.

        The value of demand is what left for customers and production, less what came back, over
        the demand window of the company, at the present cost in that company.
        """
        self.browse().check_access("read")
        return abc_classes.classify(
            dict(self.env.execute_query(self._get_demand_value_query(self.env.companies)))
        )

    @api.model
    def _get_demand_value_query(self, companies):
        earliest = fields.Datetime.now() - timedelta(
            days=self.env["res.company"]._get_longest_demand_days()
        )
        return SQL(
            """
            SELECT move.product_id,
                   SUM(CASE WHEN source.usage = 'internal' THEN 1 ELSE -1 END
                       * move.quantity * uom.factor / unit.factor
                       * COALESCE((product.standard_price ->> move.company_id::text)::numeric, 0)
                   )::float8
              FROM stock_move move
              JOIN res_company company ON company.id = move.company_id
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom uom ON uom.id = move.product_uom
              JOIN uom_uom unit ON unit.id = template.uom_id
             WHERE move.state = 'done'
               AND move.company_id IN %(companies)s
               AND move.date > %(earliest)s::timestamp
               AND move.date > %(now)s::timestamp
                   - company.availability_demand_days * interval '1 day'
               AND template.is_storable
               AND ((source.usage = 'internal' AND target.usage IN ('customer', 'production'))
                    OR (source.usage = 'customer' AND target.usage = 'internal'))
             GROUP BY move.product_id
            """,
            companies=tuple(companies.ids),
            earliest=earliest,
            now=fields.Datetime.now(),
        )

    @api.model
    def search_panel_select_multi_range(self, field_name, **kwargs):
        """Offer as vendors only partners that are in some product's purchase tab."""
        if field_name == "supplier_id":
            vendors = self.env["product.supplierinfo"]._read_group([], ["partner_id"])
            kwargs["comodel_domain"] = Domain(kwargs.get("comodel_domain") or []) & Domain(
                "id", "in", [partner.id for (partner,) in vendors]
            )
        return super().search_panel_select_multi_range(field_name, **kwargs)

    def _compute_place_ids(self):
        self.update(dict.fromkeys(("place_group_id", "location_id", "external_place_id"), False))

    def _search_place_group_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        groups = self._search_places("place_group_id", operator, value)
        warehouses = groups.warehouse_ids | groups.location_ids.warehouse_id
        return Domain("warehouse_id", "in", warehouses.ids)

    def _search_location_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        locations = self._search_places("location_id", operator, value)
        return Domain("warehouse_id", "in", locations.warehouse_id.ids)

    def _search_external_place_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain.FALSE

    @api.model
    def _search_places(self, name, operator, value):
        """Return the places that a condition on one of these fields means."""
        domain = self.env["stock.availability.dashboard"]._to_record("", operator, value)
        return self.env[self._fields[name].comodel_name].search(domain)
