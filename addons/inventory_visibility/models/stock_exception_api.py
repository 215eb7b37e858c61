"""What other systems ask for over Odoo's JSON-2 API."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MAX_LIMIT = 10_000


class StockException(models.Model):
    _inherit = "stock.exception"

    @api.model
    @api.readonly
    def list_open(self, kinds=None, places=None, since=None, limit=1000, offset=0):
        """Return the open exceptions that the user may see, what matters most first.

        :param list kinds: technical names of kinds, for instance ``["out_of_stock"]``; all if None
        :param list places: codes of warehouses; all if None
        :param since: only those opened at or after this moment (text, UTC)
        :param int limit: at most so many, 10,000 at most
        :param int offset: so many are left out, to read on
        :return: a list of dictionaries: ``id, kind, kind_name, severity, sentence, state,
            product_id, default_code, product, warehouse, location, lot, document, quantity, unit,
            since, opened, last_seen, owner, action, company``, and ``value`` with ``currency`` for
            those who may see costs. Moments are texts in UTC.
        :raise UserError: an argument is wrong; nothing is said about what the user may not see
        """
        domain = (
            Domain("state", "=", "open")
            & self._domain_of_kinds(kinds)
            & self._domain_of_places(places)
            & self._domain_of_since(since)
        )
        limit = self._check_number("limit", limit, 1, MAX_LIMIT)
        offset = self._check_number("offset", offset, 0, None)
        exceptions = self.search(domain, limit=limit, offset=offset)
        labels = dict(self.env["stock.exception.kind"]._get_kinds())
        with_value = self._has_field_access(self._fields["value"], "read")
        return [exception._export_open(labels, with_value) for exception in exceptions]

    def _export_open(self, labels, with_value):
        product = self.product_id.sudo()
        values = {
            "id": self.id,
            "kind": self.kind,
            "kind_name": labels.get(self.kind, self.kind),
            "severity": dict(self._fields["severity"].selection)[self.severity].lower(),
            "state": self.state,
            "sentence": self.sentence,
            "product_id": product.id,
            "default_code": product.default_code,
            "product": product.display_name,
            "warehouse": self.warehouse_id.sudo().code,
            "location": self.location_id.sudo().complete_name,
            "lot": self.lot_id.sudo().name,
            "document": self._export_document(),
            "quantity": self.quantity,
            "unit": self.uom_id.name,
            "since": self._export_moment(self.since),
            "opened": self._export_moment(self.opened_date),
            "last_seen": self._export_moment(self.last_seen),
            "owner": self.user_id.sudo().login,
            "action": self.action_name,
            "company": self.company_id.sudo().name,
        }
        if with_value:
            values["value"] = self.value
            values["currency"] = self.currency_id.name
        return values

    def _export_moment(self, moment):
        return fields.Datetime.to_string(moment) if moment else False

    def _export_document(self):
        """Return the document where the user may read it."""
        if not self.document_name:
            return False
        return {"model": self.res_model, "id": self.res_id, "name": self.document_name}

    def _domain_of_kinds(self, kinds):
        if kinds is None:
            return Domain.TRUE
        known = dict(self.env["stock.exception.kind"]._get_kinds())
        self._check_list("kinds", kinds)
        for kind in kinds:
            if kind not in known:
                raise UserError(
                    self.env._(
                        "kinds: “%(kind)s” is not a kind of exception. Kinds are: %(known)s.",
                        kind=kind,
                        known=", ".join(known),
                    )
                )
        return Domain("kind", "in", kinds)

    def _domain_of_places(self, places):
        if places is None:
            return Domain.TRUE
        self._check_list("places", places)
        warehouses = self.env["stock.warehouse"].search([("code", "in", places)])
        unknown = set(places) - set(warehouses.mapped("code"))
        if unknown:
            raise UserError(
                self.env._(
                    "places: there is no warehouse with the code %s.", ", ".join(sorted(unknown))
                )
            )
        return Domain("warehouse_id", "in", warehouses.ids)

    def _domain_of_since(self, since):
        if not since:
            return Domain.TRUE
        try:
            moment = fields.Datetime.to_datetime(since)
        except (TypeError, ValueError):
            moment = None
        if not moment:
            raise UserError(
                self.env._(
                    "since: “%s” is not a moment. Write it as 2026-01-31 23:59:59, in UTC.", since
                )
            )
        return Domain("opened_date", ">=", moment)

    def _check_list(self, name, values):
        if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
            raise UserError(self.env._("%s has to be a list of texts.", name))

    def _check_number(self, name, value, least, most):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise UserError(
                self.env._(
                    "%(name)s has to be a whole number from %(least)s.", name=name, least=least
                )
            )
        return min(value, most) if most else value
