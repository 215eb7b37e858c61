from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestScore(SmartReorderCase):
    """Forecasts that fell due, compared with what was sold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 60)
        cls._set_stock(500)
        cls.orderpoint = cls._create_orderpoint()

    def _scores(self):
        return self.env["smart.reorder.score"].search([("orderpoint_id", "=", self.orderpoint.id)])

    def test_issued_once_a_week(self):
        self._run()
        proposal = self._proposal(self.orderpoint)
        score = self._scores()
        self.assertRecordValues(
            score,
            [
                {
                    "state": "open",
                    "issued_on": NOW.date(),
                    "due_on": NOW.date() + timedelta(days=7),  # six of lead time and one of review
                    "days": 7,
                    "level": 95,
                    "mean": proposal.forecast_qty,
                    "quantile": proposal.reorder_point,
                    "class_key": "?X",
                    "has_model": False,
                }
            ],
        )
        self._run()
        self.assertEqual(self._scores(), score)

    def test_scored_when_due(self):
        self._run()
        score = self._scores()
        score.write({"mean": 28, "quantile": 30, "fill_promised": 99})
        with freeze_time(NOW + timedelta(days=6)):
            self._run()
            self.assertEqual(score.state, "open")
        # Today's 10, and 4 a day on the six days after: 34, four more than the reorder point.
        self._deliver(10, 0)
        for ahead in range(1, 7):
            self._deliver(4, -ahead)
        with freeze_time(NOW + timedelta(days=7)):
            run = self._run()
            self.assertRecordValues(
                score,
                [
                    {
                        "state": "scored",
                        "actual": 34,
                        "error": -6,
                        "absolute_error": 6,
                        "coverage": 0,
                        "loss": 0.95 * 4,
                        "run_id": run.id,
                    }
                ],
            )
            self.assertAlmostEqual(score.fill_achieved, 100 * 30 / 34)
            self.assertEqual(run.scored, 1)
            learned = self.env["smart.reorder.calibration"].search(
                [("company_id", "=", self.company.id)]
            )
            self.assertRecordValues(
                learned,
                [{"class_key": "?X", "count": 1, "wanted": 95, "covered": 0, "model_weight": 90}],
            )
            # One forecast is a hundredth of the evidence: 0.05 · 0.01 · 95 points.
            self.assertAlmostEqual(learned.shift, 0.05 * 0.01 * 95, places=4)
            self.assertAlmostEqual(learned.bias, 100 * -6 / 34)
            self.assertAlmostEqual(learned.fill_achieved, 100 * 30 / 34)
            self.assertAlmostEqual(learned.fill_promised, 99)
            self.assertTrue(learned.drifts, "the only error is to one side")
            self.assertEqual(
                self.env["smart.reorder.score"].search(learned.action_view_scores()["domain"])[-1],
                score,
            )

    def test_a_run_learns_once(self):
        self._run()
        with freeze_time(NOW + timedelta(days=7)):
            self._run()
            learned = self.env["smart.reorder.calibration"].search([])
            before = learned.mapped("shift")
            self._run()
            self.assertEqual(learned.mapped("shift"), before)

    def test_what_was_learned_is_asked_of_the_engine_and_can_be_forgotten(self):
        self._run()
        calibration = self.env["smart.reorder.calibration"].create(
            {"company_id": self.company.id, "class_key": "AX", "shift": 4.0, "model_weight": 60}
        )
        self._run()
        proposal = self._proposal(self.orderpoint)
        self.assertEqual((proposal.abc, proposal.xyz), ("a", "x"))
        shift, weight = calibration._get_states(self.orderpoint)
        self.assertEqual((shift.tolist(), weight.tolist()), ([0.04], [0.6]))
        calibration.action_start_anew()
        self.assertRecordValues(calibration, [{"shift": 0, "model_weight": 90}])

    def test_days_without_stock_are_not_scored(self):
        self._run()
        score = self._scores()
        self._set_stock(0)
        with freeze_time(NOW + timedelta(days=7)):
            self._run()
        self.assertEqual(score.state, "void")
