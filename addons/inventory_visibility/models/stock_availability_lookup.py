"""Products, places and channels as callers of the API name them: by id or by code."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# kind of place: its model, and the fields that a text may be the value of
PLACE_KINDS = {
    "warehouse": ("stock.warehouse", ("code",)),
    "location": ("stock.location", ("complete_name", "barcode")),
    "group": ("stock.place.group", ("code",)),
    "external_place": ("stock.external.place", ("code",)),
}


class StockAvailabilityLookup(models.AbstractModel):
    """Finds records under the rights of the user, all of one kind in one query.

    What does not exist and what the user may not see give the same error. Every error says which
    argument it is about, and which element of it, counted from 0 as in JSON.
    """

    _name = "stock.availability.lookup"
    _description = "Finder of records by id or code"

    @api.model
    def _find_products(self, values, argument="products"):
        """Return the products that `values` name, in their order.

        :param list values: ids (integers), or internal references or barcodes (texts)
        :param str argument: what errors call the list
        :return: list of `product.product` records of one element each, storable and active
        :raise ValidationError: see the class
        """
        products = self._find("product.product", ("default_code", "barcode"), values, argument)
        counted = self._get_counted(self.env["product.product"].union(*products))
        for index, product in enumerate(products):
            if product not in counted:
                raise ValidationError(
                    self.env._(
                        "%(argument)s: the quantity of product %(value)s is not tracked.",
                        argument=self._name_element(argument, index),
                        value=values[index],
                    )
                )
        return products

    @api.model
    def _get_counted(self, products):
        """Return those of the products that have an availability."""
        return products.filtered("is_storable")

    @api.model
    def _find_places(self, values, argument="places", kinds=tuple(PLACE_KINDS)):
        """Return the places that `values` name, in their order, also of different kinds.

        :param list values: of dicts with one item each, the kind of place and its id or code, as
            in ``{"warehouse": "WH"}``, ``{"location": 8}`` or ``{"location": "WH/Stock"}``,
            ``{"group": "EU"}``, ``{"external_place": "3PL"}``
        :param kinds: the kinds that are possible here
        :return: list of records of one element each
        :raise ValidationError: see the class
        """
        self._check_list(values, argument)
        by_kind = {}
        for index, value in enumerate(values):
            if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in kinds:
                raise ValidationError(
                    self.env._(
                        "%(argument)s: a place is named by its kind and its id or code, as in"
                        ' {"warehouse": "WH"}. Kinds that are possible here: %(kinds)s.',
                        argument=self._name_element(argument, index),
                        kinds=", ".join(kinds),
                    )
                )
            [(kind, key)] = value.items()
            by_kind.setdefault(kind, {})[index] = key
        places = [None] * len(values)
        for kind, keys in by_kind.items():
            model, names = PLACE_KINDS[kind]
            elements = [self._name_element(argument, index) for index in keys]
            found = self._find(model, names, list(keys.values()), argument, elements)
            for index, place in zip(keys, found, strict=True):
                places[index] = place
        return places

    @api.model
    def _find_channels(self, values, argument="channels"):
        """Return the channels that `values` (ids or codes) name, in their order."""
        return self._find("stock.channel", ("code",), values, argument)

    @api.model
    def _find(self, model, names, values, argument, elements=None):
        """Return the active record that each value names.

        :param names: fields that a text may be the value of
        :param elements: what errors call each value; by default ``argument[index]``
        """
        self._check_list(values, argument)
        elements = elements or [self._name_element(argument, i) for i in range(len(values))]
        for value, element in zip(values, elements, strict=True):
            is_id = isinstance(value, int) and not isinstance(value, bool) and value > 0
            if not is_id and not (isinstance(value, str) and value):
                raise ValidationError(
                    self.env._("%s: give an id (a number) or a code (a text).", element)
                )
        found = self._search_named(model, names, values)
        result = []
        for value, element in zip(values, elements, strict=True):
            records = found.get(value, ())
            if len(records) != 1:
                raise ValidationError(self._get_not_found_message(element, value, len(records)))
            record = next(iter(records))
            if "active" in record._fields and not record.active:
                raise ValidationError(
                    self.env._(
                        "%(argument)s: %(value)s is archived.", argument=element, value=value
                    )
                )
            result.append(record)
        return list(self.env[model].browse(record.id for record in result))

    @api.model
    def _search_named(self, model, names, values):
        """Return ``{value: records}`` that the user may see, archived ones only if no other."""
        # of records with many fields, only those that are asked for are read
        records = self.env[model].with_context(active_test=False, prefetch_fields=False)
        ids = {value for value in values if isinstance(value, int) and value < 1 << 31}
        codes = {value for value in values if isinstance(value, str)}
        domain = Domain("id", "in", ids) if ids else Domain.FALSE
        if codes:
            domain |= Domain.OR(Domain(name, "in", codes) for name in names)
        domain &= self._get_limit(model)
        by_value = {}
        for record in self._fetch(records, domain, self._get_looked_at(model, names)):
            by_value.setdefault(record.id, set()).add(record)
            for name in names:
                if codes and record[name]:
                    by_value.setdefault(record[name], set()).add(record)
        return self._prefer_active(by_value)

    @api.model
    def _fetch(self, records, domain, names):
        """Return the records of a domain, read in one statement with what is looked at next.

        Whoever may see a product may see its template and unit, and of a warehouse its company.
        """
        query = records._search(domain, order="id")
        columns = [(records, records._table, name) for name in ("id", *names)]
        for path, others in self._get_read_along().get(records._name, {}).items():
            model, table = records.sudo(), records._table
            for name in path.split("."):
                model, table = model._fields[name].join(model, table, query)
            columns += [(model, table, name) for name in ("id", *others)]
        rows = self.env.execute_query(
            query.select(
                *(model._field_to_sql(table, name, query) for model, table, name in columns)
            )
        )
        for index, (model, _table, name) in enumerate(columns):
            values = [row[index] for row in rows]
            if name == "id":
                read = model.browse(values)
            else:
                model._fields[name]._insert_cache(read, values)
        return records.browse(row[0] for row in rows)

    @api.model
    def _get_read_along(self):
        """Return ``{model: {many2one fields from it: fields to read there}}``."""
        return {
            "product.product": {
                "product_tmpl_id": ("is_storable", "uom_id", "company_id"),
                "product_tmpl_id.uom_id": ("name",),
            },
            # record rules compare companies by their paths
            "stock.warehouse": {"company_id": ("parent_path",)},
        }

    @api.model
    def _prefer_active(self, by_value):
        for value, several in by_value.items():
            if len(several) > 1:
                by_value[value] = {record for record in several if record.active} or several
        return by_value

    @api.model
    def _get_limit(self, model):
        """Return the domain of the places that a user limited to some warehouses may see.

        Warehouses and locations themselves are read by everybody who works with stock; what is
        there is not. Groups have a record rule of their own.
        """
        columns = {"stock.warehouse": "id", "stock.location": "warehouse_id"}
        if self.env.su or model not in columns:
            return Domain.TRUE
        limited_to = self.env.user._get_availability_limit()
        return Domain(columns[model], "in", limited_to) if limited_to else Domain.TRUE

    @api.model
    def _get_looked_at(self, model, names):
        """Return the fields of a model that are read of what is found."""
        wanted = (*names, "active", "company_id", "product_tmpl_id", "warehouse_id")
        return [
            name
            for name in wanted
            if name in self.env[model]._fields and self.env[model]._fields[name].store
        ]

    @api.model
    def _check_list(self, values, argument):
        if not isinstance(values, (list, tuple)):
            raise ValidationError(self.env._("%s: give a list.", argument))

    @api.model
    def _name_element(self, argument, index):
        return f"{argument}[{index}]" if "%" not in argument else argument % index

    @api.model
    def _get_not_found_message(self, element, value, count):
        if count:
            return self.env._(
                "%(argument)s: %(count)s records have the code %(value)s. Give the id.",
                argument=element,
                count=count,
                value=value,
            )
        return self.env._(
            "%(argument)s: there is no %(value)s, or you may not see it.",
            argument=element,
            value=value,
        )
