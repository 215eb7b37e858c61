"""What people get who go around the screens, or work for another company: over RPC, as they."""

from datetime import date

from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .test_write_down import END, WriteDownCommon

ACCESS_ERROR = "odoo.exceptions.AccessError"
USER_ERROR = "odoo.exceptions.UserError"
VALIDATION_ERROR = "odoo.exceptions.ValidationError"


class RpcCommon(WriteDownCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.proposal = self.propose()
        self.line = self.proposal.line_ids
        self.env.flush_all()

    def call(self, login, record, method, *args, **kwargs):
        """Call a public method of records (or, without any, of their model) as a user."""
        self.authenticate(login, login)
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{record._name}/{method}",
            {
                "model": record._name,
                "method": method,
                "args": [record.ids, *args] if record else list(args),
                "kwargs": kwargs,
            },
        )

    def assert_refused(self, error, login, record, method, *args, **kwargs):
        with (
            self.subTest(f"{record._name}.{method}"),
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, error),
        ):
            self.call(login, record, method, *args, **kwargs)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestDecisions(RpcCommon):
    """A bookkeeper decides on lines, and does not enter what they say."""

    def test_a_written_decision_needs_its_reason(self):
        login = self.bookkeeper.login
        for values in (
            {"decision": "rejected"},
            {"decision": "rejected", "reason": "  "},
            {"decision": "accepted", "nrv_unit": 7},
        ):
            self.assert_refused(VALIDATION_ERROR, login, self.line, "write", values)
        self.assertEqual((self.line.decision, self.line.nrv_unit), ("open", 9))
        self.call(login, self.line, "write", {"decision": "rejected", "reason": "Sold in May"})
        self.env.invalidate_all()
        self.assertEqual(
            (self.line.decision, self.line.decided_by_id), ("rejected", self.bookkeeper)
        )
        self.assertTrue(self.line.decided_at)
        self.assert_refused(VALIDATION_ERROR, login, self.line, "write", {"reason": False})

    def test_what_was_found_is_not_entered(self):
        login = self.bookkeeper.login
        for values in (
            {"cost_value": 1},
            {"proposed_nrv_unit": 1},
            {"prior_amount": 1},
            {"decided_by_id": self.env.user.id},
            {"amount": 1},
        ):
            self.assert_refused(ACCESS_ERROR, login, self.line, "write", values)
        more = {"write_down_id": self.proposal.id, "product_id": self.product.id, "kind": "none"}
        self.assert_refused(ACCESS_ERROR, login, self.line.browse(), "create", [more])
        self.assert_refused(ACCESS_ERROR, login, self.line, "unlink")
        move = self.env["account.move"].create({"journal_id": self.journal.id})
        for values in ({"move_id": move.id}, {"tested_count": 7}, {"ageing_id": False}):
            self.assert_refused(ACCESS_ERROR, login, self.proposal, "write", values)
        self.assert_refused(
            ACCESS_ERROR,
            login,
            self.proposal.browse(),
            "create",
            [{"date": "2026-03-31", "company_id": self.company.id, "move_id": move.id}],
        )
        self.assertEqual((self.line.cost_value, self.line.amount), (1000, 100))

    def test_the_ledger_is_not_written(self):
        """Not even by who may do everything in accounting and in stock."""
        self.bookkeeper.group_ids += self.env.ref("account.group_account_manager")
        self.bookkeeper.group_ids += self.env.ref("stock.group_stock_manager")
        entry = self.entries(self.product)[0]
        for method, *arguments in (("write", {"value": 1}), ("unlink",)):
            self.assert_refused(
                f"{ACCESS_ERROR}|{USER_ERROR}", self.bookkeeper.login, entry, method, *arguments
            )
        self.assert_refused(
            ACCESS_ERROR, self.bookkeeper.login, entry.browse(), "create", [{"value": 1}]
        )


@tagged("post_install", "-at_install")
class TestStranger(RpcCommon):
    """The accounting administrator of another company, who asks for this one by its number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other House"})
        cls.stranger = new_test_user(
            cls.env,
            "valuation_stranger",
            groups="account.group_account_manager,stock.group_stock_manager",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
            tz="UTC",
        )

    def refused(self, record, method, *args, **kwargs):
        self.assert_refused(ACCESS_ERROR, self.stranger.login, record, method, *args, **kwargs)

    def ask(self, model, action, **values):
        """Fill in a wizard as the web client does, about the foreign company, and press a button;
        returns whether either was refused."""
        wizard = self.env[model]
        with self.subTest(f"{model}.{action}"), mute_logger("odoo.http"):
            with self.assertRaisesRegex(JsonRpcException, ACCESS_ERROR):
                (number,) = self.call(self.stranger.login, wizard, "create", [values])
                self.call(self.stranger.login, wizard.browse(number), action)
            # neither does it help to say that one works for that company
            foreign = {"allowed_company_ids": self.company.ids}
            with self.assertRaisesRegex(JsonRpcException, ACCESS_ERROR):
                (number,) = self.call(
                    self.stranger.login, wizard, "create", [values], context=foreign
                )
                self.call(self.stranger.login, wizard.browse(number), action, context=foreign)

    def test_reading(self):
        """Searches find nothing of the other company, and its numbers are refused."""
        period = self.close()
        records = [
            self.entries(self.product)[0],
            self.env["stock.valuation.line"].search([("product_id", "=", self.product.id)]),
            self.env["stock.valuation.book"].search([("product_id", "=", self.product.id)]),
            period,
            period.line_ids[0],
            self.proposal,
            self.line,
            self.proposal.ageing_id,
            self.proposal.ageing_id.line_ids[0],
            self.figure(),
        ]
        self.env.flush_all()
        for record in records:
            domain = [("company_id", "=", self.company.id)]
            found = self.call(self.stranger.login, record.browse(), "search_count", domain)
            self.assertEqual(found, 0, record._name)
            self.refused(record, "read", ["company_id"])

    def close(self):
        return self.env["stock.valuation.period"].sudo()._close(self.company, END)

    def figure(self):
        self.env["stock.valuation.figure.refresh"]._refresh(self.company)
        domain = [("company_id", "=", self.company.id)]
        return self.env["stock.valuation.figure"].sudo().search(domain, limit=1)

    def test_wizards(self):
        company, day = self.company.id, "2026-03-31"
        self.ask("stock.valuation.close", "action_close", company_id=company, date=day)
        self.ask("stock.valuation.reconcile", "action_reconcile", company_id=company, date=day)
        for model in ("stock.valuation.period", "stock.valuation.reconciliation"):
            self.assertFalse(self.env[model].sudo().search([("company_id", "=", company)]))

    def test_paper(self):
        """What is printed is about the companies of the wizard, which are no key to them."""
        values = {"date": "2026-03-31", "company_ids": [(6, 0, self.company.ids)]}
        wizards = self.env["stock.valuation.at.date"]
        self.refused(wizards, "create", [values])
        wizard = wizards.with_user(self.bookkeeper).create({"date": "2026-03-31"})
        self.env.flush_all()
        for login, found in ((self.bookkeeper.login, True), (self.stranger.login, False)):
            self.authenticate(login, login)
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                response = self.url_open(
                    f"/report/html/inventory_valuation.report_stock_valuation/{wizard.id}"
                )
            self.assertEqual("1,000.00" in response.text, found)
            self.assertEqual(response.status_code == 200, found)

    def test_write_downs(self):
        self.refused(
            self.proposal.browse(),
            "create",
            [{"date": "2026-03-31", "company_id": self.company.id}],
        )
        for method in ("action_compute", "action_create_entry", "action_accept_open", "unlink"):
            self.refused(self.proposal, method)
        self.refused(self.line, "action_accept")
        self.refused(self.line, "write", {"decision": "accepted"})
        self.assertEqual((self.line.decision, self.proposal.state), ("open", "draft"))

    def test_closings_and_settings(self):
        period = self.close()
        self.refused(period, "action_verify")
        book = self.env["stock.valuation.book"].search([("product_id", "=", self.product.id)])
        self.refused(book, "action_mend")
        for model, values in (
            ("stock.valuation.rate", {}),
            ("stock.valuation.ageing.rule", {"days": 30, "percent": 0.5}),
        ):
            self.refused(self.env[model], "create", [{"company_id": self.company.id, **values}])

    def test_reconciliations(self):
        """A reconciliation is neither read, reviewed, verified nor closed from elsewhere."""
        account = self.accounts["allowance"].copy({"code": "WDSTOCK"})
        self.company.account_stock_valuation_id = account
        record = self.env["stock.valuation.reconciliation"]._reconcile(
            self.company, date(2026, 4, 20), account
        )
        self.env.flush_all()
        for method in ("action_review", "action_reopen", "action_verify", "action_draft_closing"):
            self.refused(record, method)
        self.refused(record, "read", ["stock_value"])
        self.assertEqual(record.state, "made")
