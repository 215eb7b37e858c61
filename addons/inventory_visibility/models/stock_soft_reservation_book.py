"""Promises are booked one after the other for each product and place: never more than there is."""

import copy
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class StockSoftReservation(models.Model):
    _inherit = "stock.soft.reservation"

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    @api.model
    def _book(self, requests, together, known=frozenset()):
        """Reserve what can be reserved, and answer for each request.

        :param requests: list of dicts, see `_parse_lines`; all of one company and channel
        :param together: ``line``, ``reference`` or ``call``: what is reserved in full or not at all
        :return: list of dicts, see `_get_answer` and `_get_refusal`
        """
        promise = self.env["stock.promise"]
        products = self.env["product.product"].browse(
            {product_id for request in requests for product_id in request["parts"]}
        )
        for request in requests:
            request["leaves"] = promise._get_leaves(
                self.env[request["place_model"]].browse(request["place_id"])
            )
        wanted = {
            (product_id, leaf)
            for request in requests
            for product_id in request["parts"]
            for leaf in request["leaves"]
        }
        *locked, found = self._lock_wanted(products, wanted, known, requests)
        now = fields.Datetime.now()
        booked = {(record.reference, record.line): record for record in found}
        self._check_same_content(requests, booked, together)
        new = [r for r in requests if (r["reference"], r["line"]) not in booked]
        answered = {}
        if new:
            accepted, answered = self._decide(new, together, products, locked, now)
            # in the company's name, or Odoo would read the user to know which one he works for
            in_company = self.with_company(requests[0]["company_id"])
            records = in_company.create([self._prepare_hold(request) for request in accepted])
            for request, record in zip(accepted, records, strict=True):
                key = request["reference"], request["line"]
                answered[key] = self._get_first_answer(request, record.id)
        answers = []
        for request in requests:
            key = request["reference"], request["line"]
            answers.append(booked[key]._get_answer() if key in booked else answered[key])
        return answers

    @api.model
    def _get_booked_query(self, requests):
        """Return the statement of what is already there of the references of requests."""
        return SQL(
            "SELECT NULL::integer, id, NULL::float8 FROM stock_soft_reservation"
            " WHERE reference IN %s AND company_id = %s AND COALESCE(channel_id, 0) = %s",
            tuple({request["reference"] for request in requests}),
            requests[0]["company_id"],
            requests[0]["channel_id"] or 0,
        )

    @api.model
    def _check_same_content(self, requests, booked, together):
        """Refuse a reference that was used for something else.

        What was reserved together must be asked for together: fewer or more lines are something
        else too.
        """
        lines = defaultdict(set)
        for reference, line in booked:
            lines[reference].add(line)
        asked = defaultdict(set)
        for request in requests:
            asked[request["reference"]].add(request["line"])
        for request in requests:
            reference = request["reference"]
            record = booked.get((reference, request["line"]))
            content = request["content"]
            is_other = record and content != record._get_content(content)
            if together != "line" and lines[reference]:
                is_other = is_other or lines[reference] != asked[reference]
            if is_other:
                raise ValidationError(
                    self.env._(
                        "%(argument)s: the reference %(reference)s has been used for something"
                        " else. Use a new reference for a new reservation.",
                        argument=request["element"],
                        reference=reference,
                    )
                )

    def _get_content(self, names):
        """Return the values by which two calls with one reference are compared."""
        self.ensure_one()
        return {
            name: self[name].id if self._fields[name].type == "many2one" else self[name]
            for name in names
        }

    @api.model
    def _decide(self, requests, together, products, locked, now):
        """Return the requests that can be fulfilled, and refusals of the others.

        Earlier requests come first. Those that belong together are all tried on a copy of the
        ledgers, which is kept only if all of them could be promised.

        :return: list of requests, and ``{(reference, line): refusal}``
        """
        promise = self.env["stock.promise"]
        pairs, claims = locked
        dates = [None, *sorted({r["later_date"] for r in requests if r["later_date"]})]
        ledgers = promise._open_ledgers(products, pairs, dates, claims)
        company = self.env["res.company"].browse(requests[0]["company_id"])
        scopes = promise._open_scopes(company, products, ledgers, now)
        accepted, refused = [], {}
        for members in self._group_together(requests, together):
            trial = copy.deepcopy((ledgers, scopes)) if len(members) > 1 else (ledgers, scopes)
            failed = {}
            for request in members:
                room = self._try_to_take(request, *trial, dates)
                if room is not None:
                    failed[request["reference"], request["line"]] = room
            if not failed:
                ledgers, scopes = trial
                accepted += members
                continue
            for request in members:
                key = request["reference"], request["line"]
                refused[key] = self._get_refusal(request, failed.get(key))
        return accepted, refused

    @api.model
    def _group_together(self, requests, together):
        if together == "line":
            return [[request] for request in requests]
        if together == "call":
            return [requests]
        groups = defaultdict(list)
        for request in requests:
            groups[request["reference"]].append(request)
        return list(groups.values())

    @api.model
    def _try_to_take(self, request, ledgers, scopes, dates):
        """Take a request from the ledgers, or return the smaller quantity that there is."""
        date = dates.index(request["later_date"])
        channel_id = request["channel_id"]
        rooms = {}
        for product_id in request["parts"]:
            set_aside = [
                claim
                for scope in scopes.get(product_id, ())
                for claim in scope.set_aside(channel_id)
            ]
            rooms[product_id] = ledgers[product_id].room(request["leaves"], date, set_aside)
        if any(rooms[product_id] < units for product_id, units in request["parts"].items()):
            return self._get_room(request, rooms)
        for product_id, units in request["parts"].items():
            ledgers[product_id].take(request["leaves"], units, date)
            for scope in scopes.get(product_id, ()):
                scope.take(channel_id, request["leaves"], units)
        return None

    @api.model
    def _get_room(self, request, rooms):
        """Return how much of a request there is room for, in smallest quantities.

        :param rooms: ``{product id: smallest quantities}`` of its parts
        """
        return rooms[request["product_id"]]

    @api.model
    def _prepare_hold(self, request):
        """Return the values of the record of an accepted request."""
        names = ("reference", "line", "channel_id", "company_id", "product_id", "quantity")
        return {
            **{name: request[name] for name in names},
            request["place_field"]: request["place_id"],
            "date_promised": request["date"],
            "date_until": request["date_until"],
        }

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _get_answer(self):
        """Return what the API says of a reservation.

        Quantities are in the unit of the product, moments in UTC. ``state`` is that of the
        record; what is past its time is ``expired``, marked as such or not.
        """
        self.ensure_one()
        return {
            "id": self.id,
            "reference": self.reference,
            "line": self.line,
            "state": "expired" if self._is_past() else self.state,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
            "consumed_quantity": self.consumed_quantity,
            "uom": self.uom_id.name,
            "date": self.date_promised and fields.Date.to_string(self.date_promised),
            "date_until": fields.Datetime.to_string(self.date_until),
            "reason": self.reason or False,
        }

    def _is_past(self):
        self.ensure_one()
        return self.state == "held" and self.date_until <= fields.Datetime.now()

    @api.model
    def _get_first_answer(self, request, id_):
        """Return the answer to a request that has just been fulfilled; nothing is read for it."""
        return {
            "id": id_,
            "reference": request["reference"],
            "line": request["line"],
            "state": "held",
            "product_id": request["product_id"],
            "quantity": request["quantity"],
            "consumed_quantity": 0.0,
            "uom": request["uom"],
            "date": request["date"] and fields.Date.to_string(request["date"]),
            "date_until": fields.Datetime.to_string(request["date_until"]),
            "reason": False,
        }

    @api.model
    def _get_refusal(self, request, room):
        """Return the answer to a request that was refused.

        :param room: what could have been promised, in smallest quantities; None when the line
            itself could, but not another one that belongs to it
        """
        answer = self._get_first_answer(request, False) | {"state": "refused", "date_until": False}
        if room is None:
            answer["reason"] = self.env._("Another line that belongs to this one was refused.")
            return answer
        promisable = room / self.env["stock.promise"]._get_scale()
        answer["promisable"] = promisable
        answer["reason"] = self.env._(
            "Only %(promisable)s %(unit)s can be promised.",
            promisable=f"{promisable:g}",
            unit=request["uom"],
        )
        return answer

    @api.model
    def _get_busy_message(self):
        return self.env._(
            "Somebody else has been promising the same product for a long time. Try again."
        )
