from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import port

#: what a carrier may suggest, by the field of a contact
FIELDS = ("street", "street2", "zip", "city")


class ShippingAddressCheck(models.TransientModel):
    """What a carrier makes of an address, beside what we have; taken over when somebody says so."""

    _name = "shipping.address.check"
    _description = "Address Check"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, readonly=True, ondelete="cascade"
    )
    account_id = fields.Many2one(
        "shipping.account", string="Asked with", readonly=True, ondelete="cascade"
    )
    is_deliverable = fields.Boolean(string="Known to the Carrier", readonly=True)
    is_residential = fields.Selection(
        [("yes", "Home"), ("no", "Business"), ("unknown", "Unknown")], string="Kind", readonly=True
    )
    messages = fields.Text(string="The Carrier Says", readonly=True)
    present = fields.Text(string="As It Is", readonly=True)
    suggested = fields.Text(string="As Suggested", readonly=True)
    street = fields.Char(readonly=True)
    street2 = fields.Char(readonly=True)
    zip = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    state_id = fields.Many2one("res.country.state", readonly=True)
    has_suggestion = fields.Boolean(compute="_compute_has_suggestion")

    @api.depends("present", "suggested")
    def _compute_has_suggestion(self):
        for check in self:
            check.has_suggestion = bool(check.suggested) and check.suggested != check.present

    @api.model
    def _open(self, partner, account=None):
        """Ask the carrier, and show what it says.

        :param account: ``shipping.account`` that is asked if it checks addresses, else another one
        """
        if not partner:
            raise UserError(self.env._("Enter the delivery address first."))
        account = self._get_account(account)
        carriers = self.env["delivery.carrier"]
        address = carriers._prepare_shipping_address(partner)
        try:
            answer = account._connect().validate(address)
        except port.CarrierError as failure:
            raise UserError(carriers._get_shipping_error_message(failure)) from failure
        check = self.create(self._prepare_check(partner, account, address, answer))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Address of %s", partner.display_name),
            "res_model": self._name,
            "res_id": check.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_account(self, wanted):
        accounts = (wanted or self.env["shipping.account"]) | self.env["shipping.account"].search(
            ["|", ("company_ids", "=", False), ("company_ids", "in", self.env.companies.ids)]
        )
        for account in accounts.sudo():
            if account._has_capability(port.Capability.VALIDATE_ADDRESS):
                return account
        raise UserError(
            self.env._(
                "No carrier account checks addresses. An administrator connects one under "
                "Inventory ▸ Configuration ▸ Carrier Accounts."
            )
        )

    @api.model
    def _prepare_check(self, partner, account, address, answer):
        found = answer.suggestion
        residential = {True: "yes", False: "no", None: "unknown"}[answer.is_residential]
        values = {
            "partner_id": partner.id,
            "account_id": account.id,
            "is_deliverable": answer.is_deliverable,
            "is_residential": residential,
            "messages": "\n".join(answer.messages) or False,
            "present": self._format(address),
        }
        if found is None:
            return values
        state = self.env["res.country.state"].search(
            [("country_id.code", "=", found.country_code), ("code", "=", found.state_code)], limit=1
        )
        return {
            **values,
            "suggested": self._format(found),
            "state_id": state.id,
            **{name: getattr(found, name) or False for name in FIELDS},
        }

    @api.model
    def _format(self, address):
        """What can differ; names are ours."""
        town = " ".join(filter(None, (address.zip, address.city, address.state_code)))
        return "\n".join(filter(None, (address.street, address.street2, town)))

    def action_apply(self):
        """Take the suggestion over; what was there before stays in the contact's chatter."""
        self.ensure_one()
        if not self.has_suggestion:
            raise UserError(self.env._("There is no suggestion to take over."))
        partner = self.partner_id
        before = self.present.replace("\n", ", ")
        values = {name: self[name] for name in FIELDS}
        if self.state_id:
            values["state_id"] = self.state_id.id
        partner.write(values)
        partner.message_post(
            body=self.env._(
                "Address as %(carrier)s writes it; before: %(before)s",
                carrier=self.account_id.name,
                before=before,
            )
        )
        return {"type": "ir.actions.act_window_close"}
