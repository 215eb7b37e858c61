from urllib.parse import urlsplit

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core import port
from ..core.carriers import registry


class ShippingAccount(models.Model):
    """An account with a carrier, used by any number of delivery methods and companies."""

    _name = "shipping.account"
    _description = "Carrier Account"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    provider = fields.Selection(
        selection="_selection_provider", string="Carrier", required=True, tracking=True
    )
    environment = fields.Selection(
        [("test", "Test"), ("production", "Production")],
        required=True,
        default="test",
        tracking=True,
        help="In production, labels cost money.",
    )
    company_ids = fields.Many2many(
        "res.company", string="Companies", help="Empty: all companies may use the account."
    )
    credential_ids = fields.One2many(
        "shipping.account.credential",
        "account_id",
        groups="base.group_system",
    )
    base_url = fields.Char(
        string="API Address",
        groups="base.group_system",
        help="Replaces the carrier's own address, for a proxy or a test server.",
    )
    carrier_ids = fields.One2many(
        "delivery.carrier", "shipping_account_id", string="Delivery Methods", readonly=True
    )
    carrier_count = fields.Integer(string="Delivery Method Count", compute="_compute_carrier_count")
    capability_names = fields.Char(string="Offers", compute="_compute_capability_names")

    @api.model
    def _selection_provider(self):
        return [(one.code, one.name) for one in registry.definitions()]

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._sync_credentials()
        return accounts

    def write(self, vals):
        result = super().write(vals)
        if "provider" in vals:
            self._sync_credentials()
        return result

    @api.onchange("provider")
    def _onchange_provider(self):
        self._sync_credentials()

    def _sync_credentials(self):
        """The lines that the carrier asks for; what is entered already stays."""
        for account in self.sudo():
            definition = registry.get(account.provider) if account.provider else None
            wanted = [one.name for one in definition.credentials] if definition else []
            known = account.credential_ids.mapped("name")
            account.credential_ids = [
                Command.unlink(line.id)
                for line in account.credential_ids
                if line.name not in wanted
            ] + [
                Command.create({"name": name, "sequence": index})
                for index, name in enumerate(wanted)
                if name not in known
            ]

    @api.depends("carrier_ids")
    def _compute_carrier_count(self):
        for account in self:
            account.carrier_count = len(account.carrier_ids)

    @api.depends("provider")
    def _compute_capability_names(self):
        labels = self._get_capability_labels()
        for account in self:
            definition = registry.get(account.provider) if account.provider else None
            account.capability_names = ", ".join(
                labels[one]
                for one in port.Capability
                if definition and one in definition.capabilities and one in labels
            )

    @api.model
    def _get_capability_labels(self):
        capability = port.Capability
        return {
            capability.RATE: self.env._("rates"),
            capability.BUY: self.env._("labels"),
            capability.MULTI_PARCEL: self.env._("several parcels in one shipment"),
            capability.VOID: self.env._("voids"),
            capability.TRACK: self.env._("tracking"),
            capability.RETURN_LABEL: self.env._("return labels"),
            capability.VALIDATE_ADDRESS: self.env._("address check"),
            capability.PICKUP: self.env._("pickups"),
            capability.MANIFEST: self.env._("manifests"),
            capability.SERVICE_POINTS: self.env._("service points"),
            capability.CUSTOMS: self.env._("customs forms"),
            capability.INSURANCE: self.env._("insurance"),
        }

    @api.constrains("base_url")
    def _check_base_url(self):
        for account in self.sudo().filtered("base_url"):
            url = urlsplit(account.base_url)
            local = url.hostname in ("localhost", "127.0.0.1", "::1")
            if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and local)):
                raise ValidationError(
                    self.env._(
                        "The API address begins with https://, as credentials are sent to it."
                    )
                )

    # -- the adapter ----------------------------------------------------------------------------

    def _get_definition(self):
        """What is known of the carrier.

        :raises UserError: when the addon that brought the carrier is gone
        """
        self.ensure_one()
        definition = registry.get(self.provider)
        if not definition:
            raise UserError(
                self.env._(
                    "The carrier of the account %(account)s is not installed any more.",
                    account=self.display_name,
                )
            )
        return definition

    def _has_capability(self, capability):
        """Whether the carrier offers it; nothing when its addon is gone: forms still open."""
        self.ensure_one()
        definition = registry.get(self.provider)
        return bool(definition) and capability in definition.capabilities

    def _is_void_by_disuse(self):
        """Whether a label that is never handed over costs nothing: it is given back unasked."""
        self.ensure_one()
        definition = registry.get(self.provider)
        return bool(definition) and (
            definition.bills_used_only and port.Capability.VOID not in definition.capabilities
        )

    def _connect(self, keep=None, money_until=None):
        """The adapter that speaks with the carrier.

        :raises UserError: when credentials are missing
        """
        self.ensure_one()
        account = self.sudo()
        definition = account._get_definition()
        credentials = {line.name: line.value or "" for line in account.credential_ids}
        missing = [
            one.label
            for one in definition.credentials
            if one.is_required and not credentials.get(one.name)
        ]
        if missing:
            raise UserError(
                self.env._(
                    "The carrier account %(account)s lacks: %(missing)s. An administrator enters "
                    "it under Inventory ▸ Configuration ▸ Carrier Accounts.",
                    account=account.display_name,
                    missing=", ".join(missing),
                )
            )
        return definition.connect(
            registry.Account(
                credentials=credentials,
                environment=registry.Environment(account.environment),
                base_url=account.base_url or "",
                keep=keep,
                money_until=money_until,
            )
        )

    def action_check_connection(self):
        """Ask the carrier whether it knows the account, and say what is wrong if it does not."""
        self.ensure_one()
        try:
            message = self._connect().check_connection()
        except port.CarrierError as failure:
            raise UserError(
                self.env["delivery.carrier"]._get_shipping_error_message(failure)
            ) from failure
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message},
        }

    def action_view_carriers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "delivery.action_delivery_carrier_form"
        )
        action["domain"] = [("shipping_account_id", "=", self.id)]
        action["context"] = {
            "default_delivery_type": "carrier_account",
            "default_shipping_account_id": self.id,
        }
        return action
