"""The feed: how what an external place states gets in."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..core import feed as core

BATCH = 20_000


class StockExternalQuant(models.Model):
    _inherit = "stock.external.quant"

    @api.model
    def feed(self, place, rows, feed_date=None, full=False):
        """Take over what an external place states to have. All rows are applied, or none.

        A row that is older than what is known of its product is ignored, and counted.

        :param int | str place: id or code of the external place
        :param list[dict] rows: ``product`` (id, internal reference or bar code; or one of
            ``product_id``, ``default_code`` and ``barcode``), ``quantity`` (from 0 up), ``unit``
            (id or name; the product's own when left out), ``feed_date`` (that of the feed when
            left out)
        :param str feed_date: the moment that the quantities are stated for, in UTC unless the
            text names another time zone; now when left out
        :param bool full: the rows are all that the place has: products that they do not name
            have nothing left
        :return: ``{"place", "feed_date", "received", "created", "updated", "ignored_older",
            "zeroed"}``: the place's code, the moment in UTC, numbers of rows
        :raise ValidationError: names each wrong row by its position, from 1, and the argument
        :raise AccessError: the user may not write external stock
        """
        if not isinstance(rows, list | tuple):
            raise ValidationError(self.env._("rows: Give a list of rows."))
        try:
            return self._feed(place, list(enumerate(rows, 1)), feed_date, full)
        except core.FeedError as error:
            raise ValidationError(str(error)) from error

    def _feed(self, place, rows, feed_date=None, full=False, decimal="."):
        """Apply numbered rows.

        :param rows: ``[(row number, mapping), ...]``
        :raise inventory_visibility.core.feed.FeedError: with all mistakes; nothing was applied
        """
        self.browse().check_access("create")
        self.browse().check_access("write")
        place = self._feed_place(place)
        feed_date = self._feed_moment(feed_date)
        self._lock_feed(place)
        found, problems = core.clean(
            rows,
            feed_date=feed_date,
            now=fields.Datetime.now(),
            digits=self._feed_digits(),
            decimal=decimal,
        )
        quantities = self._feed_quantities(place, found, problems)
        if problems:
            raise core.FeedError(problems)
        counts = self._apply_feed(place, quantities, feed_date, bool(full))
        return {
            "place": place.code,
            "feed_date": fields.Datetime.to_string(feed_date),
            "received": len(quantities),
            **counts,
        }

    @api.model
    def _feed_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    # ------------------------------------------------------------------
    # What the feed is about
    # ------------------------------------------------------------------

    @api.model
    def _feed_place(self, place):
        """Return the external place of an id or a code."""
        places = self.env["stock.external.place"].with_context(active_test=False)
        if isinstance(place, models.BaseModel):
            found = place
            found.check_access("read")
        elif isinstance(place, int) and not isinstance(place, bool):
            found = places.search([("id", "=", place)])
        elif isinstance(place, str) and place.strip():
            found = places.search([("code", "=", place.strip())])
        else:
            raise ValidationError(
                self.env._("place: Give the id or the code of an external place.")
            )
        if not found:
            raise ValidationError(self.env._("place: There is no external place “%s”.", place))
        if len(found) > 1:
            raise ValidationError(
                self.env._(
                    "place: Several of your companies have an external place “%s”. Give its id.",
                    place,
                )
            )
        if not found.active:
            raise ValidationError(
                self.env._("place: “%s” is archived. Restore it to feed it.", found.code)
            )
        return found

    @api.model
    def _feed_moment(self, feed_date):
        """Return the moment of a feed in UTC."""
        now = fields.Datetime.now()
        if not feed_date:
            return now
        moment = core.read_moment(feed_date)
        if moment is None:
            raise core.FeedError([core.Problem(0, "feed_date", core.no_moment(feed_date))])
        if moment > now + core.TOLERANCE:
            raise core.FeedError([core.Problem(0, "feed_date", core.in_future(moment, now))])
        return moment

    @api.model
    def _lock_feed(self, place):
        """Let the feeds of a place in one after the other.

        Who comes second finds the place changed, and Odoo repeats the request on what is known
        then: nothing is lost, and nothing older replaces something newer.
        """
        self.env.cr.execute(
            SQL("SELECT id FROM stock_external_place WHERE id = %s FOR NO KEY UPDATE", place.id)
        )
        if not self.env.cr.rowcount:
            raise UserError(self.env._("place: It has been deleted meanwhile."))

    # ------------------------------------------------------------------
    # Products and units
    # ------------------------------------------------------------------

    @api.model
    def _feed_quantities(self, place, rows, problems):
        """Return ``{product id: (quantity in its unit, moment)}``; mistakes join `problems`."""
        products = self._feed_products(rows)
        units = self._feed_units()
        factors, digits = self._feed_factors(), self._feed_digits()
        result, first = {}, {}
        for row in rows:
            product, text = self._choose_product(place, row, products)
            if not product:
                problems.append(core.Problem(row.number, row.key, text))
                continue
            unit, text = self._choose_unit(row, product, units, factors)
            if not unit:
                problems.append(core.Problem(row.number, "unit", text))
                continue
            known = first.setdefault(product["id"], row.number)
            if known != row.number:
                text = self.env._(
                    "“%(product)s” is in row %(number)s already. State each product once.",
                    product=row.product,
                    number=known,
                )
                problems.append(core.Problem(row.number, row.key, text))
                continue
            quantity = core.convert(
                row.quantity, factors[unit][0], factors[product["uom_id"]][0], digits
            )
            result[product["id"]] = (quantity, row.feed_date)
        return result

    @api.model
    def _feed_products(self, rows):
        """Return ``{key: {text or id: [product]}}`` of all that the rows name, in two queries.

        Only products that the user may see; archived ones too, to say so.
        """
        named = defaultdict(set)
        for row in rows:
            named[row.key].add(row.product)
        ids = named["product_id"] | {it for it in named["product"] if isinstance(it, int)}
        texts = {it for it in named["product"] if isinstance(it, str)}
        domain = Domain.OR(
            [
                Domain("id", "in", list(ids)),
                Domain("default_code", "in", list(named["default_code"] | texts)),
                Domain("barcode", "in", list(named["barcode"] | texts)),
            ]
        )
        model = self.env["product.product"].with_context(active_test=False)
        query = model._search(domain)
        names = ("id", "default_code", "barcode", "active", "uom_id", "company_id", "is_storable")
        columns = [model._field_to_sql(model._table, name, query) for name in names]
        result = {key: defaultdict(list) for key in core.KEYS}
        for values in self.env.execute_query(query.select(*columns)):
            product = dict(zip(names, values, strict=True))
            result["product_id"][product["id"]].append(product)
            result["product"][product["id"]].append(product)
            for key in ("default_code", "barcode"):
                if product[key]:
                    result[key][product[key]].append(product)
                    if product not in result["product"][product[key]]:
                        result["product"][product[key]].append(product)
        return result

    @api.model
    def _choose_product(self, place, row, products):
        """Return the product of a row, or None and what is wrong with it."""
        found = products[row.key][row.product]
        found = [product for product in found if product["active"]] or found
        name = row.product
        if not found:
            return None, self.env._("There is no product “%s”.", name)
        if len(found) > 1:
            return None, self.env._(
                "“%(name)s” names %(count)s products. Give the id.", name=name, count=len(found)
            )
        (product,) = found
        if not product["active"]:
            return None, self.env._("“%s” is archived. Restore it, or leave it out.", name)
        if not product["is_storable"]:
            return None, self.env._(
                "The inventory of “%s” is not tracked. Track it, or leave it out.", name
            )
        if product["company_id"] not in (None, place.company_id.id):
            return None, self.env._("“%s” belongs to another company than the place.", name)
        return product, None

    @api.model
    def _feed_units(self):
        """Return ``{id, or name in small letters: [unit id]}``, names in every language used."""
        result = defaultdict(list)
        units = self.env["uom.uom"].search([("active", "=", True)])
        for code in {"en_US", self.env.lang or "en_US"}:
            for unit in units.with_context(lang=code):
                for key in (unit.id, unit.name.lower()):
                    if unit.id not in result[key]:
                        result[key].append(unit.id)
        return result

    @api.model
    def _feed_factors(self):
        """Return ``{unit id: (factor, id of the reference unit)}``, archived units too."""
        return {
            id_: (factor, path.split("/")[0])
            for id_, factor, path in self.env.execute_query(
                SQL("SELECT id, factor, parent_path FROM uom_uom")
            )
        }

    @api.model
    def _choose_unit(self, row, product, units, factors):
        """Return the id of a row's unit, or None and what is wrong with it."""
        own = product["uom_id"]
        if row.unit is None:
            return own, None
        found = units[row.unit.lower() if isinstance(row.unit, str) else row.unit]
        if not found:
            return None, self.env._("There is no unit “%s”.", row.unit)
        fitting = [unit for unit in found if factors[unit][1] == factors[own][1]]
        if not fitting:
            return None, self.env._(
                "“%(unit)s” cannot be converted to %(own)s, the unit of “%(product)s”.",
                unit=row.unit,
                own=self.env["uom.uom"].browse(own).name,
                product=row.product,
            )
        if len(fitting) > 1:
            return None, self.env._("“%s” names several units. Give the id.", row.unit)
        return fitting[0], None

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _apply_feed(self, place, quantities, feed_date, full):
        """Write the statements, in a few statements for any number of rows.

        :return: ``{"created", "updated", "ignored_older", "zeroed"}``
        """
        self.flush_model()
        created = updated = 0
        for batch in split_every(BATCH, sorted(quantities.items())):
            rows = self.env.execute_query(self._get_upsert(place, batch))
            created += sum(is_new for (is_new,) in rows)
            updated += sum(not is_new for (is_new,) in rows)
        zeroed = self._zero_others(place, list(quantities), feed_date) if full else 0
        latest = max([feed_date, *(moment for _quantity, moment in quantities.values())])
        self.env.cr.execute(
            SQL(
                "UPDATE stock_external_place SET last_feed_date = %s"
                " WHERE id = %s AND (last_feed_date IS NULL OR last_feed_date < %s)",
                latest,
                place.id,
                latest,
            )
        )
        self.invalidate_model()
        place.invalidate_recordset(["last_feed_date", "is_stale", "quant_ids", "product_count"])
        ignored = len(quantities) - created - updated
        return {
            "created": created,
            "updated": updated,
            "ignored_older": ignored,
            "zeroed": zeroed,
        }

    @api.model
    def _get_upsert(self, place, batch):
        """Return the statement that writes a batch; its rows say what was created (else changed).

        What is already known for a later moment stays, and is not among the rows.
        """
        return SQL(
            """
            INSERT INTO stock_external_quant AS known
                   (place_id, company_id, product_id, quantity, feed_date, received_date,
                    create_uid, create_date, write_uid, write_date)
            SELECT %(place)s, %(company)s, feed.product_id, feed.quantity, feed.moment, %(now)s,
                   %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM unnest(%(products)s::integer[], %(quantities)s::numeric[],
                          %(moments)s::timestamp[]) AS feed(product_id, quantity, moment)
                ON CONFLICT (place_id, product_id) DO UPDATE
               SET quantity = EXCLUDED.quantity,
                   feed_date = EXCLUDED.feed_date,
                   received_date = EXCLUDED.received_date,
                   write_uid = EXCLUDED.write_uid,
                   write_date = EXCLUDED.write_date
             WHERE known.feed_date <= EXCLUDED.feed_date
            RETURNING (xmax = 0)
            """,
            place=place.id,
            company=place.company_id.id,
            now=fields.Datetime.now(),
            uid=self.env.uid,
            products=[product_id for product_id, _values in batch],
            quantities=[quantity for _id, (quantity, _moment) in batch],
            moments=[moment for _id, (_quantity, moment) in batch],
        )

    @api.model
    def _zero_others(self, place, product_ids, feed_date):
        """State that nothing is left of what a full feed does not name.

        :return: for how many products there was something left before
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE stock_external_quant known
                   SET quantity = 0, feed_date = %(moment)s, received_date = %(now)s,
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM stock_external_quant before
                 WHERE before.id = known.id
                   AND known.place_id = %(place)s
                   AND known.feed_date <= %(moment)s
                   AND NOT EXISTS (
                        SELECT FROM unnest(%(products)s::integer[]) AS named(id)
                         WHERE named.id = known.product_id
                       )
                RETURNING before.quantity > 0
                """,
                place=place.id,
                products=product_ids,
                moment=feed_date,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        return sum(had_some for (had_some,) in rows)
