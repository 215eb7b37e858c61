from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import port, tracking


class ShippingParcel(models.Model):
    """What happened to a parcel, and where it is therefore."""

    _inherit = "shipping.parcel"

    event_ids = fields.One2many("shipping.tracking.event", "parcel_id", string="Events")
    last_event_at = fields.Datetime(string="Last Event", readonly=True)
    delivered_at = fields.Datetime(string="Delivered On", readonly=True)
    delivered_to = fields.Char(
        string="Received By", readonly=True, help="Who signed for it or took it: proof of delivery."
    )

    def _add_event(self, code, moment=None, key=None, **values):
        """Record that something happened, once.

        :param code: one of :data:`tracking.CODES`
        :param moment: naive UTC, now by default
        :param key: identifies the event at its source; a known key records nothing
        :param values: further fields of the event
        :return: the event, new or known
        """
        self.ensure_one()
        # a second click waits here until the first one is through, and then finds its event
        self._lock_rows()
        events = self.env["shipping.tracking.event"].sudo()
        if key and (known := events.search([("parcel_id", "=", self.id), ("key", "=", key)])):
            return known
        moment = moment or fields.Datetime.now()
        event = events.create(
            {
                "parcel_id": self.id,
                "code": code,
                "moment": moment,
                "key": key or False,
                "user_id": self.env.uid,
                **values,
            }
        )
        heard = port.TrackEvent(code, moment, recipient=values.get("recipient") or "")
        self.sudo()._advance([heard])
        return event

    def _lock_rows(self):
        """Whoever else reports of these parcels waits, or starts over on what we did."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM shipping_parcel WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids),
            ),
            log_exceptions=False,
        )

    def _advance(self, events):
        """Make the parcel what these events say; moments are naive UTC."""
        self.ensure_one()
        progress = tracking.advance(self.state, self.last_event_at or None, events)
        updates = {"last_event_at": progress.last_moment}
        if progress.state != self.state:
            updates["state"] = progress.state
            if progress.state == tracking.DELIVERED:
                updates.update(
                    delivered_at=progress.became.moment,
                    delivered_to=progress.became.recipient or False,
                )
        self.write(updates)
        # the next parcel of the same box is inserted at once, and must find this one cancelled
        self.flush_recordset(["state"])
        if progress.became:
            self._state_changed(progress.became)

    def _state_changed(self, event):
        """Hook: the parcel is in another state because of ``event``."""

    # -- what carriers tell ---------------------------------------------------------------------

    @api.model
    def _store_tracks(self, tracks):
        """Record what carriers tell of parcels: each event once, however often it is told.

        A few statements for all of them.

        :param tracks: ``{parcel id: port.Track}``
        :return: ids of the parcels of which something new was heard
        """
        parcels = self.sudo().browse(sorted(tracks)).exists()
        if not parcels:
            return []
        parcels._lock_rows()
        known = parcels._get_known_keys()
        now = fields.Datetime.now()
        values, news = [], {}
        for parcel in parcels:
            for event in tracks[parcel.id].events:
                event = self._prepare_heard(event, now)
                if (parcel.id, event.key) in known:
                    continue
                known.add((parcel.id, event.key))
                news.setdefault(parcel.id, []).append(event)
                values.append(self._prepare_event(parcel, event))
        self.env["shipping.tracking.event"].sudo().create(values)
        for parcel in parcels:
            track = tracks[parcel.id]
            if parcel.id in news:
                parcel._advance(news[parcel.id])
            parcel._store_promise(track)
        return list(news)

    def _get_known_keys(self):
        events = self.env["shipping.tracking.event"].sudo()
        known = events.search_fetch(
            [("parcel_id", "in", self.ids), ("key", "!=", False)], ["parcel_id", "key"]
        )
        return {(event.parcel_id.id, event.key) for event in known}

    @api.model
    def _prepare_heard(self, event, now):
        """An event as it is kept: naive UTC, none from the future.

        A carrier's word for a cancelled label does not cancel our parcel: nobody here decided that,
        and its label may be paid.
        """
        moment = min(_to_naive(event.moment), now)
        code = tracking.EXCEPTION if event.code == tracking.CANCELLED else event.code
        return port.TrackEvent(
            code if code in tracking.CODES else tracking.UNKNOWN,
            moment,
            raw_status=event.raw_status,
            location=event.location,
            note=event.note,
            recipient=event.recipient,
            key=tracking.event_key(event),
        )

    @api.model
    def _prepare_event(self, parcel, event):
        return {
            "parcel_id": parcel.id,
            "code": event.code,
            "moment": event.moment,
            "raw_status": event.raw_status[:200] or False,
            "location": event.location[:200] or False,
            "note": event.note[:500] or False,
            "recipient": event.recipient[:120] or False,
            "key": event.key,
        }

    def _store_promise(self, track):
        """When the carrier expects to deliver, and who signed."""
        self.ensure_one()
        updates = {}
        if track.estimated_delivery:
            expected = _to_naive(track.estimated_delivery)
            if expected != self.estimated_delivery:
                updates["estimated_delivery"] = expected
        if track.signed_by and self.state == tracking.DELIVERED and not self.delivered_to:
            updates["delivered_to"] = track.signed_by[:120]
        if updates:
            self.write(updates)

    # -- what drivers tell ----------------------------------------------------------------------

    def _driver_report(self, code, key, recipient="", note="", location=""):
        """A driver's report from the road.

        :param key: of the form that was filled in; sent twice it counts once
        :return: the event
        :raises UserError: when it cannot be, in the driver's words
        """
        self.ensure_one()
        known = self.env["shipping.tracking.event"].sudo()
        known = known.search([("parcel_id", "=", self.id), ("key", "=", key)]) if key else known
        if known:
            return known
        now = fields.Datetime.now()
        if refusal := tracking.refusal(self.state, code, now, now):
            raise UserError(self._get_refusal_message(refusal, code))
        if code == tracking.DELIVERED and not recipient.strip():
            raise UserError(self.env._("Enter who received the parcel."))
        if code == tracking.EXCEPTION and not note.strip():
            raise UserError(self.env._("Describe in the note what is wrong with the parcel."))
        self.sudo().driver_id = self.env.user
        return self._add_event(
            code,
            moment=now,
            key=key,
            recipient=recipient.strip() or False,
            note=note.strip() or False,
            location=location.strip() or False,
        )

    def _get_refusal_message(self, refusal, code):
        labels = dict(self._fields["state"]._description_selection(self.env))
        values = {"number": self.tracking_number, "state": labels.get(self.state)}
        if refusal == "cancelled":
            return self.env._(
                "Parcel %(number)s was cancelled. Leave it at the warehouse.", **values
            )
        if refusal == "repeated":
            return self.env._("Parcel %(number)s is reported as “%(state)s” already.", **values)
        if refusal == "finished":
            return self.env._(
                "Parcel %(number)s is “%(state)s”: nothing more can be reported.", **values
            )
        return self.env._("“%(code)s” is nothing that a driver reports.", code=code)


def _to_naive(moment: datetime) -> datetime:
    """An aware moment as the database keeps it."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
