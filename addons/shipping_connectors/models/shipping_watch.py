"""Looks for what is out of the ordinary before a customer does, and tells whoever can act."""

from odoo import api, fields, models
from odoo.tools import SQL, formatLang
from odoo.tools.misc import format_date, format_datetime

LATE, NO_SCAN, COST, FAILING = "late", "no_scan", "cost", "failing"
KINDS = (LATE, NO_SCAN, COST, FAILING)
#: activities that are made in one transaction
BATCH = 200


class ShippingWatch(models.AbstractModel):
    """What the statements of :meth:`_get_query` find becomes activities.

    Another addon shows it elsewhere by overriding :meth:`_get_for_activities`.
    """

    _name = "shipping.watch"
    _description = "Shipping Watch"

    @api.model
    def _cron_watch(self):
        """Bring the activities of all kinds in line with what is wrong now."""
        for kind in KINDS:
            self._sync_activities(kind, self._get_for_activities(kind), commit=True)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _get_for_activities(self, kind):
        """Hook: the findings that become activities."""
        return self._find(kind)

    @api.model
    def _find(self, kind):
        """What is wrong now, in all companies.

        :return: ``{(model, id): finding}``, a finding being a dictionary of the columns of
            :meth:`_get_query`, with ``company_id``
        """
        found = {}
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            query = self._get_query(kind, company)
            if query is None:
                continue
            columns = ("res_model", "res_id", "since", "figures")
            select = SQL(", ").join(map(SQL.identifier, columns))
            rows = self.env.execute_query(SQL("SELECT %s FROM (%s) found", select, query))
            for row in rows:
                finding = dict(zip(columns, row, strict=True), company_id=company.id)
                found[row[0], row[1]] = finding
        return found

    # -- activities -----------------------------------------------------------------------------

    @api.model
    def _get_activity_types(self, *kinds):
        """Those of the kinds, or of all; what somebody deleted is left out."""
        types = self.env["mail.activity.type"]
        for kind in kinds or KINDS:
            found = self.env.ref(
                f"shipping_connectors.mail_activity_type_{kind}", raise_if_not_found=False
            )
            types |= found or types
        return types

    @api.model
    def _sync_activities(self, kind, found, commit=False):
        """One activity for each finding; those whose cause has gone are removed.

        What somebody marked as done stays so while its cause lasts.

        :param found: of :meth:`_find`
        :param commit: after each batch
        """
        activity_type = self._get_activity_types(kind)
        if not activity_type:
            return
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        known = activities.search(
            [("activity_type_id", "=", activity_type.id), ("automated", "=", True)]
        )
        gone = known.filtered(lambda one: one.active and (one.res_model, one.res_id) not in found)
        handled = {
            (one.res_model, one.res_id)
            for one in known - gone
            if one.active or self._is_same_cause(one, found.get((one.res_model, one.res_id)))
        }
        gone.unlink()
        new = [finding for key, finding in found.items() if key not in handled]
        # nobody gets a mail for each of many activities: they are in the list of activities
        activities = activities.with_context(mail_activity_quick_update=True)
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            activities.create(self._prepare_activities(kind, activity_type, batch))
            if commit:
                self.env["ir.cron"]._commit_progress()

    @api.model
    def _is_same_cause(self, activity, finding):
        """Whether an activity that is done was about what is found now."""
        return bool(finding) and (not finding["since"] or activity.create_date >= finding["since"])

    @api.model
    def _prepare_activities(self, kind, activity_type, findings):
        owners = self._get_owners(findings)
        today = fields.Date.context_today(self)
        return [
            {
                "activity_type_id": activity_type.id,
                "automated": True,
                "res_model_id": self.env["ir.model"]._get_id(finding["res_model"]),
                "res_id": finding["res_id"],
                "summary": self._get_sentence(kind, finding["figures"]),
                "date_deadline": today,
                "user_id": owners[finding["res_model"], finding["res_id"]],
            }
            for finding in findings
        ]

    @api.model
    def _get_owners(self, findings):
        """Who is told: the company's choice, else who is responsible for the transfer."""
        admin = self.env.ref("base.user_admin")
        parcels = self.env["shipping.parcel"].sudo()
        parcels = parcels.browse(
            one["res_id"] for one in findings if one["res_model"] == parcels._name
        )
        responsible = {parcel.id: parcel.picking_id.user_id.id for parcel in parcels}
        companies = self.env["res.company"].sudo()
        return {
            (one["res_model"], one["res_id"]): (
                companies.browse(one["company_id"]).shipping_watch_user_id.id
                or (one["res_model"] == parcels._name and responsible[one["res_id"]])
                or admin.id
            )
            for one in findings
        }

    # -- words ----------------------------------------------------------------------------------

    @api.model
    def _get_sentence(self, kind, figures):
        """One sentence that names the numbers.

        :param figures: of a finding; dates and moments (UTC) are ISO texts
        """
        return getattr(self, f"_get_sentence_{kind}")(figures or {})

    @api.model
    def _get_sentence_late(self, figures):
        values = {
            "promised": format_date(self.env, figures.get("promised")),
            "estimate": format_date(self.env, figures.get("estimate")),
            "late": figures.get("late"),
            "deliveries": figures.get("deliveries"),
            "days": figures.get("days"),
        }
        if figures.get("why") == "late":
            return self.env._("Promised for %(promised)s, and not delivered.", **values)
        if figures.get("why") == "estimate":
            return self.env._(
                "Promised for %(promised)s; the carrier expects to deliver on %(estimate)s.",
                **values,
            )
        return self.env._(
            "Promised for %(promised)s; of this lane's %(deliveries)s parcels that were on the way"
            " for %(days)s days, %(late)s came later than that.",
            **values,
        )

    @api.model
    def _get_sentence_no_scan(self, figures):
        since = str(figures.get("since") or "").replace("T", " ")[:19]
        states = dict(self.env["shipping.parcel"]._fields["state"]._description_selection(self.env))
        values = {
            "since": format_datetime(self.env, since, dt_format="short") if since else "",
            "state": states.get(figures.get("state")) or "",
        }
        if not figures.get("scanned"):
            return self.env._("Shipped on %(since)s, and never scanned by the carrier.", **values)
        return self.env._("No scan since %(since)s; last: %(state)s.", **values)

    @api.model
    def _get_sentence_cost(self, figures):
        currency = self.env["res.currency"].browse(figures.get("currency"))

        def money(value):
            return formatLang(self.env, value or 0.0, currency_obj=currency)

        return self.env._(
            "Costs %(cost)s; half of this lane's %(parcels)s other parcels of about this weight"
            " cost at most %(usual)s (%(score)s usual deviations above).",
            cost=money(figures.get("cost")),
            usual=money(figures.get("usual")),
            parcels=figures.get("parcels"),
            score=formatLang(self.env, figures.get("score") or 0.0, digits=1),
        )

    @api.model
    def _get_sentence_failing(self, figures):
        return self.env._(
            "%(failed)s of %(total)s labels and tracking questions of the last 24 hours failed for"
            " a reason of the carrier's.",
            failed=figures.get("failed"),
            total=figures.get("total"),
        )
