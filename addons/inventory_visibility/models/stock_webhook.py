from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..core import webhook as core

ALLOWED_NETWORKS = "inventory_visibility.webhook_allowed_networks"
# How long the receiver has to learn a new secret.
ROTATION_HOURS = 24


class StockWebhook(models.Model):
    """An address that is told about events: signed, at least once, in order per product.

    What happens is written to the outbox (`stock.webhook.event`) in the transaction in which it
    happens, see :meth:`_emit`; a scheduled action delivers it later, see
    `stock_webhook_event_delivery.py`.
    """

    _name = "stock.webhook"
    _description = "Webhook"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True, tracking=True, help="Nothing is recorded for or sent to an archived webhook."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    url = fields.Char(
        string="URL",
        required=True,
        tracking=True,
        help="Events are sent here by POST. http or https, without user name and password;"
        " addresses in private networks are refused unless a system parameter allows them.",
    )
    event_type_ids = fields.Many2many(
        "stock.webhook.event.type", string="Events", help="What this address is told about."
    )
    secret = fields.Char(
        required=True,
        copy=False,
        readonly=True,
        default=lambda self: core.new_secret(),
        groups="inventory_visibility.group_inventory_visibility_manager",
        help="Key of the signatures. Give it to the receiver and to nobody else.",
    )
    previous_secret = fields.Char(
        copy=False,
        readonly=True,
        groups="inventory_visibility.group_inventory_visibility_manager",
    )
    previous_secret_until = fields.Datetime(
        string="Previous Secret Valid Until",
        copy=False,
        readonly=True,
        help="Until then, deliveries are signed with both secrets.",
    )
    max_attempts = fields.Integer(
        string="Attempts",
        required=True,
        default=15,
        help="After so many failed attempts an event is given up. 15 take one to two days.",
    )
    threshold_ids = fields.One2many("stock.webhook.threshold", "webhook_id", string="Thresholds")
    event_ids = fields.One2many("stock.webhook.event", "webhook_id", string="Deliveries")
    event_count = fields.Integer(string="Number of Deliveries", compute="_compute_event_count")
    # Written by the delivery alone, in SQL: a failing receiver is left alone for a while.
    failure_count = fields.Integer(
        readonly=True, copy=False, help="Failed attempts since the last one that succeeded."
    )
    paused_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="The receiver failed; nothing is sent to it before this moment.",
    )

    _max_attempts_range = models.Constraint(
        "CHECK (max_attempts BETWEEN 1 AND 100)", "The number of attempts must be from 1 to 100."
    )

    def _compute_event_count(self):
        counts = dict(
            self.env["stock.webhook.event"]._read_group(
                [("webhook_id", "in", self.ids)], ["webhook_id"], ["__count"]
            )
        )
        for webhook in self:
            webhook.event_count = counts.get(webhook, 0)

    # ------------------------------------------------------------------
    # Outbox
    # ------------------------------------------------------------------

    @api.model
    def _emit(self, event_type, product_id, payload, company):
        """Record an event in the outbox of every webhook that wants it.

        Nothing but rows of the caller's transaction is written: rolled back with it, delivered
        after it.

        :param str event_type: code of a `stock.webhook.event.type`
        :param product_id: id of the `product.product` within which the order of events is kept;
            False for what concerns no single product
        :param dict payload: the event's data; JSON values, dates and datetimes (UTC)
        :param company: `res.company` record whose webhooks are told; empty for what all
            companies share
        :return: the `stock.webhook.event` records, in sudo
        """
        return self._emit_many([(event_type, product_id, payload, company)])

    @api.model
    def _emit_many(self, events):
        """Record many events, given as tuples of the arguments of :meth:`_emit`, in order."""
        values_list = []
        for event_type, product_id, payload, company in events:
            webhook_ids = self._get_subscribed(event_type, company.id if company else False)
            if not webhook_ids:
                continue
            values = self._prepare_event_values(event_type, product_id, payload)
            values_list += [{**values, "webhook_id": webhook_id} for webhook_id in webhook_ids]
        recorded = self.env["stock.webhook.event"].sudo().create(values_list)
        if recorded:
            recorded._trigger_delivery()
        return recorded

    def _emit_to_self(self, event_type, product_id, payload):
        """Record an event for this webhook alone, if it wants events of this type."""
        self.ensure_one()
        if self.id not in self._get_subscribed(event_type, self.company_id.id):
            return self.env["stock.webhook.event"]
        values = self._prepare_event_values(event_type, product_id, payload)
        recorded = self.env["stock.webhook.event"].sudo().create({**values, "webhook_id": self.id})
        recorded._trigger_delivery()
        return recorded

    @api.model
    def _prepare_event_values(self, event_type, product_id, payload):
        data = core.jsonable(payload)
        product = self.env["product.product"].sudo().browse(product_id or ())
        if product:
            data = {
                "product": {"id": product.id, "default_code": product.default_code or None},
                **data,
            }
        return {
            "event_type": event_type,
            "product_id": product.id,
            "payload": data,
            "date": fields.Datetime.now(),
        }

    @api.model
    @tools.ormcache("event_type", "company_id")
    def _get_subscribed(self, event_type, company_id):
        """Return the ids of the active webhooks that an event of a company goes to.

        Cached, because most databases have none and events are emitted while stock moves.
        """
        domain = [("event_type_ids.code", "=", event_type)]
        if company_id:
            domain.append(("company_id", "=", company_id))
        return tuple(self.sudo().with_context(active_test=True).search(domain, order="id").ids)

    @api.model_create_multi
    def create(self, vals_list):
        webhooks = super().create(vals_list)
        self.env.registry.clear_cache()
        return webhooks

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------------
    # Address and secret
    # ------------------------------------------------------------------

    @api.constrains("url")
    def _check_url(self):
        """Refuse what can never be delivered to; the name is resolved at each delivery."""
        for webhook in self:
            try:
                core.parse_url(webhook.url)
            except core.WebhookAddressError as error:
                raise ValidationError(webhook._explain_address_error(error)) from error

    def _explain_address_error(self, error):
        """Return a `WebhookAddressError` in words that say what to do."""
        texts = {
            "characters": self.env._("The URL is empty or contains blanks."),
            "scheme": self.env._("The URL must begin with https:// or http://."),
            "userinfo": self.env._(
                "The URL must not contain a user name or password:"
                " deliveries are authenticated by their signature."
            ),
            "host": self.env._("The URL names no valid host."),
            "port": self.env._("The port of the URL must be a number from 1 to 65535."),
            "unknown": self.env._("The host %s cannot be found.", error.detail),
            "refused": self.env._(
                "The address %(address)s is in a private or reserved network. A system"
                " administrator can allow networks in the system parameter %(parameter)s.",
                address=error.detail,
                parameter=ALLOWED_NETWORKS,
            ),
        }
        return texts[error.code]

    @api.model
    def _get_allowed_networks(self):
        """Return the private networks that webhooks may be sent to."""
        text = self.env["ir.config_parameter"].sudo().get_param(ALLOWED_NETWORKS)
        try:
            return core.parse_networks(text)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "The system parameter %(parameter)s must list networks"
                    " such as 10.1.0.0/16, separated by commas: %(error)s",
                    parameter=ALLOWED_NETWORKS,
                    error=error,
                )
            ) from error

    def action_rotate_secret(self):
        """Make a new secret; for a day, deliveries are signed with the old one too."""
        self.check_access("write")
        until = fields.Datetime.now() + timedelta(hours=ROTATION_HOURS)
        for webhook in self:
            webhook.write(
                {
                    "previous_secret": webhook.secret,
                    "previous_secret_until": until,
                    "secret": core.new_secret(),
                }
            )
            webhook.message_post(
                body=self.env._(
                    "New secret. The previous one is valid for another %s hours.", ROTATION_HOURS
                )
            )

    def _get_valid_secrets(self, now):
        """Return the secrets to sign with, the current one first."""
        self.ensure_one()
        webhook = self.sudo()
        valid = [webhook.secret]
        if webhook.previous_secret and webhook.previous_secret_until > now:
            valid.append(webhook.previous_secret)
        return valid

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_resume(self):
        """Try a receiver that was left alone again now."""
        self.check_access("write")
        self.sudo().write({"failure_count": 0, "paused_until": False})
        self.env["stock.webhook.event"]._trigger_delivery()

    def action_view_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_visibility.stock_webhook_event_action"
        )
        return {
            **action,
            "domain": [("webhook_id", "=", self.id)],
            "context": {"search_default_webhook_id": self.id},
        }
