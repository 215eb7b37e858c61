"""What shop systems call: reserve, consume, release."""

import math
from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

PLACE_FIELDS = {
    "stock.warehouse": "warehouse_id",
    "stock.place.group": "group_id",
    "stock.external.place": "external_place_id",
}
LINE_KEYS = {"reference", "line", "product", "place", "quantity", "date", "date_until"}
TOGETHER = ("line", "reference", "call")
DEFAULT_MINUTES = 30


class StockSoftReservation(models.Model):
    _inherit = "stock.soft.reservation"

    # ------------------------------------------------------------------
    # Reserve
    # ------------------------------------------------------------------

    @api.model
    def reserve(self, lines, channel=None, date_until=None, together="reference"):
        """Promise quantities for a limited time, never more than can be promised.

        A reference (with its line) is reserved once in its company and channel: a repeated call
        gets the same answer again, in the state that the reservation is in by now. What was
        refused leaves no trace, so its reference may be tried again.

        :param lines: list of dicts:

            ``reference`` (text)
                the caller's own name of the promise, as a cart number
            ``product``
                id, internal reference or barcode
            ``place``
                ``{"warehouse": "WH"}``, ``{"group": "EU"}`` or ``{"external_place": "3PL"}``, by
                code or id
            ``quantity``
                above zero, in the unit of the product
            ``line`` (number, optional)
                where a reference has several lines; by default they are counted from 1
            ``date`` (date, optional)
                day for which it is promised, from today on: what arrives until then is counted
                upon; today by default
            ``date_until`` (date and time in UTC, optional)
                moment at which it expires

        :param channel: id or code of the channel; without one, what is set aside for no channel
        :param date_until: for lines without their own; by default as long as the channel says
        :param together: what is reserved in full or not at all: each ``line``, each ``reference``,
            or the whole ``call``
        :return: a list of dicts, one for each line, in order: ``id``, ``reference``, ``line``,
            ``state`` (``held``, or ``refused``; for a repeated call also ``consumed``, ``released``
            or ``expired``), ``product_id``, ``quantity``, ``consumed_quantity``, ``uom``, ``date``,
            ``date_until``, ``reason``, and for what was refused ``promisable``
        :raise ValidationError: a wrong argument, which the message names; nothing is reserved then
        :raise AccessError: the user may not reserve
        """
        self._check_may_promise()
        return self._in_promise_transaction("_reserve", lines, channel, date_until, together)

    @api.model
    def _reserve(self, lines, channel, date_until, together, known=frozenset()):
        """See :meth:`reserve`."""
        requests = self._parse_lines(lines, channel, date_until, together)
        return self.sudo()._book(requests, together, known) if requests else []

    @api.model
    def _check_may_promise(self):
        if not self.env.su and not self.env.user.has_group(
            "inventory_visibility.group_inventory_visibility_reserve"
        ):
            raise AccessError(
                self.env._(
                    "You may not reserve. Ask for the right: Inventory Visibility, Promiser."
                )
            )

    @api.model
    def _parse_lines(self, lines, channel, date_until, together):
        """Return the lines as `_book` takes them, or raise what is wrong with the first."""
        lookup = self.env["stock.availability.lookup"]
        lookup._check_list(lines, "lines")
        if together not in TOGETHER:
            raise ValidationError(self.env._("together: choose one of %s.", ", ".join(TOGETHER)))
        self._check_keys(lines)
        if not lines:
            return []
        channel = self._find_channel(channel)
        places = lookup._find_places(
            [line["place"] for line in lines],
            "lines[%d].place",
            kinds=("warehouse", "group", "external_place"),
        )
        products = lookup._find_products([line["product"] for line in lines], "lines[%d].product")
        company = places[0].company_id
        requests = []
        for index, (line, product, place) in enumerate(zip(lines, products, places, strict=True)):
            element = f"lines[{index}]"
            self._check_line_company(element, company, channel, product, place)
            requests.append(
                {
                    "element": element,
                    "reference": self._parse_reference(line["reference"], f"{element}.reference"),
                    "channel_id": channel.id,
                    "company_id": company.id,
                    "product_id": product.id,
                    "uom": product.uom_id.with_context(prefetch_fields=False).name,
                    "place_model": place._name,
                    "place_id": place.id,
                    "place_field": PLACE_FIELDS[place._name],
                    **self._parse_quantity(line["quantity"], product, f"{element}.quantity"),
                    **self._parse_dates(line, place, channel, date_until, element),
                }
            )
        self._number_lines(lines, requests)
        for request in requests:
            request["content"] = self._prepare_content(request)
        self._add_parts(requests)
        return requests

    @api.model
    def _add_parts(self, requests):
        """Add to requests what they take: ``parts``, ``{product id: smallest quantities}``."""
        for request in requests:
            request["parts"] = {request["product_id"]: request["units"]}

    @api.model
    def _check_keys(self, lines):
        for index, line in enumerate(lines):
            if not isinstance(line, dict):
                raise ValidationError(self.env._("lines[%s]: give an object.", index))
            for key in ("reference", "product", "place", "quantity"):
                if key not in line:
                    raise ValidationError(
                        self.env._("lines[%(index)s]: %(key)s is missing.", index=index, key=key)
                    )
            if unknown := sorted(set(line) - LINE_KEYS):
                raise ValidationError(
                    self.env._(
                        "lines[%(index)s]: %(key)s is unknown. Possible are %(keys)s.",
                        index=index,
                        key=unknown[0],
                        keys=", ".join(sorted(LINE_KEYS)),
                    )
                )

    @api.model
    def _find_channel(self, channel):
        if channel is None or channel is False:
            return self.env["stock.channel"]
        return self.env["stock.availability.lookup"]._find_channels([channel], "channel")[0]

    @api.model
    def _check_line_company(self, element, company, channel, product, place):
        """Everything that a call names must belong to one company."""
        message = False
        if place.company_id != company:
            message = self.env._("%s.place: all places of a call must be of one company.", element)
        elif channel and channel.company_id != company:
            message = self.env._("%s.place: the channel is of another company.", element)
        elif product.company_id and product.company_id != company:
            message = self.env._("%s.product: the product is of another company.", element)
        if message:
            raise ValidationError(message)

    @api.model
    def _parse_reference(self, value, element):
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            raise ValidationError(self.env._("%s: give a text of 1 to 200 characters.", element))
        return value.strip()

    @api.model
    def _parse_quantity(self, value, product, element):
        """Return a quantity in the unit, and in smallest quantities."""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise ValidationError(self.env._("%s: give a number.", element))
        if value <= 0:
            raise ValidationError(self.env._("%s: must be above zero.", element))
        scale = self.env["stock.promise"]._get_scale()
        units = round(value * scale)
        # a float of up to 15 digits times the scale is a whole number but for its last bits
        if not units or abs(value * scale - units) > 1e-9 * max(units, 1) or value > 1e12:
            raise ValidationError(
                self.env._(
                    "%(argument)s: %(quantity)s %(unit)s cannot be counted; the smallest quantity"
                    " is %(rounding)s %(unit)s.",
                    argument=element,
                    quantity=value,
                    unit=product.uom_id.name,
                    rounding=1 / scale,
                )
            )
        return {"quantity": units / scale, "units": units}

    @api.model
    def _parse_dates(self, line, place, channel, date_until, element):
        """Return the day of the promise and the moment of its end.

        ``later_date`` is the day if it is after today where the place is, else None.
        """
        date = self._parse_date(line.get("date"), f"{element}.date")
        today = self._get_today(place) if date else None
        if date and date < today:
            raise ValidationError(
                self.env._("%(argument)s: %(date)s is past.", argument=f"{element}.date", date=date)
            )
        given = line.get("date_until") or date_until
        now = fields.Datetime.now()
        if given:
            argument = f"{element}.date_until" if line.get("date_until") else "date_until"
            until = self._parse_moment(given, argument)
            if until <= now:
                raise ValidationError(
                    self.env._(
                        "%(argument)s: %(moment)s UTC is past.", argument=argument, moment=until
                    )
                )
        else:
            until = now + timedelta(minutes=channel.hold_minutes or DEFAULT_MINUTES)
        return {
            "date": date or False,
            "later_date": date if date and date > today else None,
            "date_until": until,
            "given_until": bool(given),
        }

    @api.model
    def _get_today(self, place):
        """Return the date where the place is."""
        partner = place.partner_id if "partner_id" in place else self.env["res.partner"]
        zone = partner.sudo().tz or place.company_id.sudo().partner_id.tz or "UTC"
        return pytz.utc.localize(fields.Datetime.now()).astimezone(pytz.timezone(zone)).date()

    @api.model
    def _parse_date(self, value, element):
        if not value:
            return None
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except (TypeError, ValueError):
            raise ValidationError(self.env._("%s: give a date as in 2030-01-31.", element))

    @api.model
    def _parse_moment(self, value, element):
        """Return a moment in UTC; one without a time zone is in UTC already."""
        try:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except (AttributeError, ValueError):
            raise ValidationError(
                self.env._("%s: give a date and time as in 2030-01-31T12:00:00Z.", element)
            )
        if moment.tzinfo:
            moment = moment.astimezone(pytz.utc).replace(tzinfo=None)
        return moment.replace(microsecond=0)

    @api.model
    def _number_lines(self, lines, requests):
        """Give the lines of each reference their numbers."""
        last = {}
        seen = set()
        for line, request in zip(lines, requests, strict=True):
            reference, number = request["reference"], line.get("line")
            if number is None:
                number = last.get(reference, 0) + 1
            if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 1 << 31:
                raise ValidationError(
                    self.env._("%s.line: give a number from 1 on.", request["element"])
                )
            if (reference, number) in seen:
                raise ValidationError(
                    self.env._("%s: this line of the reference is there twice.", request["element"])
                )
            seen.add((reference, number))
            last[reference] = request["line"] = number

    @api.model
    def _prepare_content(self, request):
        """Return what makes a call with the same reference the same call."""
        content = dict.fromkeys(PLACE_FIELDS.values(), False) | {
            request["place_field"]: request["place_id"],
            "product_id": request["product_id"],
            "quantity": request["quantity"],
            "date_promised": request["date"],
        }
        if request["given_until"]:
            content["date_until"] = request["date_until"]
        return content

    # ------------------------------------------------------------------
    # Consume, release
    # ------------------------------------------------------------------

    @api.model
    def consume(self, reference, quantity=None, channel=None, line=None):
        """Let an order take the place of a reservation.

        Call it when the order exists in Odoo: from then on it is the order that lowers what can be
        promised. A repeated call changes nothing.

        :param reference: as it was reserved
        :param quantity: how much of the line has been consumed *in all*, in the unit of the
            product; everything by default
        :param channel: id or code of the channel that it was reserved for
        :param line: number of the line; all lines by default
        :return: list of dicts, one for each line, as of :meth:`reserve`
        :raise ValidationError: a wrong argument
        :raise UserError: the reservation was released or has expired, or less than before should be
            consumed; nothing is consumed then
        """
        self._check_may_promise()
        holds = self._find_holds(reference, channel, line)
        if quantity is not None:
            if len(holds) > 1:
                raise ValidationError(
                    self.env._("line: the reference has several lines; say which is consumed.")
                )
            quantity = self._parse_quantity(quantity, holds.product_id, "quantity")["quantity"]
        return self.sudo()._in_promise_transaction("_consume_up_to", holds.ids, quantity)

    @api.model
    def release(self, reference, reason=None, channel=None, line=None):
        """Give back what is still held. A repeated call changes nothing.

        :param reference: as it was reserved
        :param reason: text that is kept with the reservation
        :param channel: id or code of the channel that it was reserved for
        :param line: number of the line; all lines by default
        :return: list of dicts, one for each line, as of :meth:`reserve`
        :raise ValidationError: a wrong argument
        :raise UserError: everything has been consumed
        """
        self._check_may_promise()
        if reason is not None and not isinstance(reason, str):
            raise ValidationError(self.env._("%s: give a text.", "reason"))
        holds = self._find_holds(reference, channel, line)
        return self.sudo()._in_promise_transaction("_release_all", holds.ids, reason)

    @api.model
    def _find_holds(self, reference, channel, line):
        """Return the reservations of a reference that the user may see, in order of line."""
        reference = self._parse_reference(reference, "reference")
        domain = [
            ("reference", "=", reference),
            ("channel_id", "=", self._find_channel(channel).id),
        ]
        if line is not None:
            if not isinstance(line, int) or isinstance(line, bool) or line < 1:
                raise ValidationError(self.env._("%s: give a number from 1 on.", "line"))
            domain.append(("line", "=", line))
        holds = self.search(domain, order="line")
        if not holds:
            raise ValidationError(
                self.env._(
                    "%(argument)s: there is no %(value)s, or you may not see it.",
                    argument="reference",
                    value=reference,
                )
            )
        if len(holds.company_id) > 1:
            raise ValidationError(
                self.env._("reference: several companies have it; give the channel.")
            )
        return holds
