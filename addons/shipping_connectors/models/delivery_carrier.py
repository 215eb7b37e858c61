from odoo import Command, api, fields, models

from ..core import csv_io, rate_table

WEIGHT_UNITS = [("kg", "kg"), ("lb", "lb")]


class DeliveryCarrier(models.Model):
    """The rate table of a delivery method: its fields, and the table as the core knows it."""

    _inherit = "delivery.carrier"

    delivery_type = fields.Selection(
        selection_add=[("rate_table", "Rate Table")],
        # archived: as a fixed price of zero it would go on offering delivery for nothing
        ondelete={
            "rate_table": lambda carriers: carriers.write(
                {"delivery_type": "fixed", "active": False}
            )
        },
    )
    rate_table_currency_id = fields.Many2one(
        "res.currency",
        string="Table Currency",
        default=lambda self: self.env.company.currency_id,
        help="Currency of the prices. Orders in another one get them converted at the day's rate.",
    )
    rate_table_weight_unit = fields.Selection(
        WEIGHT_UNITS,
        string="Table Weight Unit",
        default=lambda self: self._default_rate_table_weight_unit(),
        help="Unit of the weights in the table, whatever unit products are weighed in.",
    )
    rate_table_service_id = fields.Many2one(
        "delivery.rate.service",
        string="Default Service",
        domain="[('carrier_id', '=', id)]",
        copy=False,
        help="Offered unless another one is chosen. Empty offers the cheapest that delivers there.",
    )
    rate_table_label_dpi = fields.Selection(
        [("203", "203 dpi (8 dots/mm)"), ("300", "300 dpi (12 dots/mm)")],
        string="Thermal Printer",
        default="203",
        help="Resolution that the ZPL labels are made for.",
    )
    rate_table_service_ids = fields.One2many(
        "delivery.rate.service", "carrier_id", string="Services"
    )
    rate_table_zone_ids = fields.One2many("delivery.rate.zone", "carrier_id", string="Zones")
    rate_table_line_ids = fields.One2many("delivery.rate.line", "carrier_id", string="Prices")

    @api.model
    def _default_rate_table_weight_unit(self):
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        return "lb" if unit == self.env.ref("uom.product_uom_lb") else "kg"

    @api.depends("delivery_type")
    def _compute_can_generate_return(self):
        result = super()._compute_can_generate_return()
        self.filtered(lambda c: c.delivery_type == "rate_table").can_generate_return = True
        return result

    # -- the table as the core knows it ---------------------------------------------------------

    def _rate_table_to_core(self) -> rate_table.RateTable:
        """The whole table, read at once. Prices are readable to whoever may quote."""
        self.ensure_one()
        carrier = self.sudo()
        currency = carrier._rate_table_currency()
        return rate_table.RateTable(
            name=carrier.name,
            currency=currency.name,
            weight_unit=carrier.rate_table_weight_unit or "kg",
            rounding=rate_table.Decimal(str(currency.rounding)),
            services=tuple(s._to_core() for s in carrier.rate_table_service_ids),
            zones=tuple(zone._to_core() for zone in carrier.rate_table_zone_ids),
            lines=tuple(
                line._to_core() for line in carrier.rate_table_line_ids if line.service_id.active
            ),
        )

    def _rate_table_currency(self):
        return (
            self.rate_table_currency_id
            or self.company_id.currency_id
            or self.env.company.currency_id
        )

    # -- CSV ------------------------------------------------------------------------------------

    def _rate_table_export_csv(self) -> str:
        """The table as CSV text, in the form that :meth:`_rate_table_import_csv` reads."""
        return csv_io.dump(self._rate_table_to_core())

    def _rate_table_import_csv(self, text: str) -> dict:
        """Make the table what ``text`` says.

        Services and zones are found again by name and keep their identity, so that orders which
        refer to them stay right; services that the file does not name are archived.

        :param text: CSV with the columns of :data:`csv_io.COLUMNS`
        :return: counts by kind: ``{"services": 2, "zones": 4, "lines": 48}``
        :raises csv_io.CsvError: naming every row to be corrected; nothing is changed then
        """
        self.ensure_one()
        table = csv_io.parse(
            text,
            name=self.name,
            currency=self._rate_table_currency().name,
            weight_unit=self.rate_table_weight_unit or "kg",
            countries=set(self.env["res.country"].search([("code", "!=", False)]).mapped("code")),
            currencies=set(self.env["res.currency"].search([("active", "=", True)]).mapped("name")),
        )
        self._rate_table_apply(table)
        return {
            "services": len(table.services),
            "zones": len(table.zones),
            "lines": len(table.lines),
        }

    def _rate_table_apply(self, table: rate_table.RateTable):
        """Store a table in place of the present one."""
        self.rate_table_line_ids.unlink()
        self.write(
            {
                "rate_table_currency_id": self.env["res.currency"]
                .search([("name", "=", table.currency)], limit=1)
                .id,
                "rate_table_weight_unit": table.weight_unit,
            }
        )
        services = self._rate_table_apply_services(table)
        zones = self._rate_table_apply_zones(table)
        self.env["delivery.rate.line"].create(
            [
                {
                    "carrier_id": self.id,
                    "service_id": services[line.service].id,
                    "zone_id": zones[line.zone].id,
                    "max_weight": float(line.max_weight or 0),
                    "base_price": float(line.base_price),
                    "price_per_weight": float(line.price_per_weight),
                    "min_price": float(line.min_price),
                }
                for line in table.lines
            ]
        )

    def _rate_table_apply_services(self, table):
        """Services by the name that the table gives them, in its order."""
        service_model = self.env["delivery.rate.service"].with_context(active_test=False)
        known = service_model.search([("carrier_id", "=", self.id)], order="active, id")
        by_name = {service.name: service for service in known}
        found = {}
        for sequence, service in enumerate(table.services, start=1):
            values = {
                "name": service.name,
                "active": True,
                "sequence": sequence,
                "transit_days": service.transit_days or 0,
                "dimensional_divisor": float(service.divisor),
                "weight_step": float(service.weight_step),
                "fuel_surcharge": float(service.fuel_surcharge),
            }
            record = by_name.get(service.name)
            if record:
                record.write(values)
            else:
                record = service_model.create({**values, "carrier_id": self.id})
            found[service.key] = record
        gone = known - service_model.union(*found.values())
        gone.active = False
        if self.rate_table_service_id in gone:
            self.rate_table_service_id = False
        return found

    def _rate_table_apply_zones(self, table):
        """Zones by name, in the table's order; zones that it does not name are removed."""
        zone_model = self.env["delivery.rate.zone"]
        country_ids = {
            c.code: c.id for c in self.env["res.country"].search([("code", "!=", False)])
        }
        by_name = {zone.name: zone for zone in self.rate_table_zone_ids}
        found = {}
        for sequence, zone in enumerate(table.zones, start=1):
            values = {
                "name": zone.name,
                "sequence": sequence,
                "country_ids": [Command.set([country_ids[c] for c in sorted(zone.countries)])],
                "zips": ", ".join(str(rule) for rule in zone.zips) or False,
            }
            record = by_name.pop(zone.name, zone_model)
            if record:
                record.write(values)
            else:
                record = zone_model.create({**values, "carrier_id": self.id})
            found[zone.name] = record
        zone_model.union(*by_name.values()).unlink()
        return found

    def copy(self, default=None):
        new_carriers = super().copy(default)
        for carrier, new_carrier in zip(self, new_carriers, strict=True):
            if carrier.rate_table_line_ids:
                # a price refers to a service and a zone of its own method: copied as a whole
                new_carrier._rate_table_apply(carrier._rate_table_to_core())
                new_carrier.rate_table_service_id = new_carrier.rate_table_service_ids.filtered(
                    lambda s, name=carrier.rate_table_service_id.name: s.name == name
                )
        return new_carriers

    def action_rate_table_export(self):
        """Download the table as CSV."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/shipping/rate_table/{self.id}.csv",
            "target": "download",
        }
