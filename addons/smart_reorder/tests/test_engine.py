import base64
import sys
from unittest.mock import patch

import numpy as np

from odoo.tests import tagged

from ..engine import process
from ..engine.history import DemandHistory
from ..models.smart_reorder_model import SmartReorderModel
from ..models.smart_reorder_planner_history import SmartReorderPlanner as PlannerHistory
from .common import SmartReorderCase

#: answers as the engine does, with one figure that is not a number
NONSENSE = """
import runpy, sys
import numpy as np
task, source, result = sys.argv[1:4]
sys.argv = ["engine", task, source, result, "3000"]
runpy.run_module("engine", run_name="__main__")
with np.load(result) as answer:
    arrays = dict(answer)
arrays["quantile"][0] = np.nan
np.savez(result, **arrays)
"""
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
MISSING = "import a_library_that_is_missing"
WITHOUT_LIGHTGBM = """
import runpy, sys
sys.modules["lightgbm"] = None
sys.argv = ["engine", *sys.argv[1:], "3000"]
runpy.run_module("engine", run_name="__main__")
"""


def engine_of(script):
    """A real process that does something else in the engine's place."""
    return patch.object(
        process,
        "command",
        lambda task, source, result, memory, scheduler: [
            *(sys.executable, "-c", script, task, str(source), str(result))
        ],
    )


@tagged("post_install", "-at_install")
class TestEngine(SmartReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 60)
        cls._set_stock(0)
        cls.orderpoint = cls._create_orderpoint()

    def test_engine_forecasts(self):
        run = self._run()
        proposal = self._proposal(self.orderpoint)
        self.assertEqual(proposal.forecast_origin, "engine")
        self.assertAlmostEqual(proposal.forecast_qty, 28, delta=2.8)  # 4 a day over 7 days
        self.assertRecordValues(run, [{"engine_failures": 0, "engine_message": False}])

    def test_as_many_processes_as_the_administrator_allows(self):
        """One, unless something else that makes sense is set."""
        planner, parameters = self.env["smart.reorder.planner"], self.env["ir.config_parameter"]
        for value, expected in ((False, 1), ("2", 2), ("0", 1), ("-3", 1), ("many", 1)):
            parameters.set_param("smart_reorder.processes", value)
            self.assertEqual(planner._get_processes(), expected)
        parameters.set_param("smart_reorder.processes", "2")
        original, asked = process.run_parts, []
        with patch.object(
            process, "run_parts", lambda *args, **kw: asked.append(args[2]) or original(*args, **kw)
        ):
            run = self._run()
        self.assertEqual(set(asked), {2})
        self.assertFalse(run.engine_failures)

    def test_killed_engine_keeps_the_last_good_forecast(self):
        self._run()
        proposal = self._proposal(self.orderpoint)
        reorder_point, forecast = proposal.reorder_point, proposal.forecast_qty
        self._set_stock(5)
        with engine_of(KILLED):
            run = self._run()
        self.assertRecordValues(run, [{"state": "done", "engine_failures": 1, "kept": 1}])
        self.assertIn("SIGKILL", run.engine_message)
        self.assertRecordValues(
            proposal,
            [
                {
                    "forecast_origin": "kept",
                    "reorder_point": reorder_point,
                    "forecast_qty": forecast,
                    "qty_on_hand": 5,  # what is decided from it is of today
                    "state": "draft",
                }
            ],
        )
        self.assertIn("because the engine failed", proposal.reason)
        self._run()
        self.assertEqual(proposal.forecast_origin, "engine")

    def test_simple_method_takes_over(self):
        with engine_of(MISSING):
            run = self._run()
        self.assertRecordValues(run, [{"state": "done", "engine_failures": 1, "simple": 1}])
        self.assertIn("a_library_that_is_missing", run.engine_message)
        proposal = self._proposal(self.orderpoint)
        self.assertEqual((proposal.forecast_origin, proposal.state), ("simple", "draft"))
        self.assertEqual(proposal.forecast_qty, 28)
        self.assertIn("The engine failed", proposal.reason)

    def test_figures_that_are_none_are_not_ordered_from(self):
        with engine_of(NONSENSE):
            run = self._run()
        self.assertIn("quantile is not a number", run.engine_message)
        self.assertEqual(self._proposal(self.orderpoint).forecast_origin, "simple")

    def test_old_forecast_is_not_kept(self):
        self._run()
        proposal = self._proposal(self.orderpoint)
        proposal.forecast_at = self.env.cr.now().replace(year=2024)
        with engine_of(KILLED):
            self._run()
        self.assertEqual(proposal.forecast_origin, "simple")

    def test_engine_that_keeps_failing_is_not_asked_again(self):
        calls = []
        original = process.run

        def count(*args, **kwargs):
            calls.append(args[0])
            return original(*args, **kwargs)

        run = self.env["smart.reorder.run"].create(
            {"company_id": self.company.id, "engine_failures": 3}
        )
        with patch.object(process, "run", count):
            self.assertTrue(run._process(commit=False))
        self.assertFalse(calls)
        self.assertEqual((run.state, run.simple), ("done", 1))

    def test_broken_model_is_left_out(self):
        self.env["smart.reorder.model"].create(
            {"company_id": self.company.id, "data": base64.b64encode(b"PK no archive")}
        )
        run = self._run()
        self.assertEqual(self._proposal(self.orderpoint).forecast_origin, "engine")
        self.assertIn("cannot be read", run.engine_message)

    def _learn(self):
        """Forty products with a year of demand, as if it had been read."""
        orderpoints = self.orderpoint
        for index in range(39):
            orderpoints |= self._create_orderpoint(self._create_product(f"Cup {index}"))
        generator = np.random.default_rng(3)

        def history(planner, batch, today, run=None):
            quantity = generator.poisson(4, (len(batch), 365)).astype(float)
            return DemandHistory(quantity, np.zeros(len(batch), dtype=np.int64))

        model = self.env["smart.reorder.model"]
        with patch.object(PlannerHistory, "_get_history", history):
            problem = model._learn_when_due(self.company, orderpoints)
        return problem, model.search([("company_id", "=", self.company.id)]), orderpoints

    def test_model_is_learned_kept_and_used(self):
        problem, model, orderpoints = self._learn()
        self.assertFalse(problem)
        self.assertGreater(model.examples, 1000)
        with patch.object(SmartReorderModel, "_prepare_question", side_effect=AssertionError):
            self.env["smart.reorder.model"]._learn_when_due(self.company, orderpoints)
        run = self._run()
        self.assertFalse(run.engine_message)
        proposal = self._proposal(self.orderpoint)
        self.assertIn("what all products together taught", proposal.reason)
        self.assertGreaterEqual(proposal.reorder_point, proposal.forecast_qty)

    def test_learning_that_fails_leaves_the_model(self):
        _problem, model, orderpoints = self._learn()
        self.env.cr.execute("UPDATE smart_reorder_model SET create_date = '2024-01-01'")
        self.env.invalidate_all()
        with engine_of(KILLED):
            problem = model._learn_when_due(self.company, orderpoints)
        self.assertIn("SIGKILL", problem)
        self.assertEqual(self.env["smart.reorder.model"].search([]), model)

    def test_without_lightgbm_the_run_says_so(self):
        with engine_of(WITHOUT_LIGHTGBM):
            problem, model, _orderpoints = self._learn()
        self.assertIn("LightGBM cannot be used", problem)
        self.assertFalse(model)
        # learned before LightGBM was removed
        _problem, model, _orderpoints = self._learn()
        self.assertTrue(model)
        with engine_of(WITHOUT_LIGHTGBM):
            run = self._run()
        self.assertRecordValues(run, [{"state": "done", "engine_failures": 0, "simple": 0}])
        self.assertIn("LightGBM cannot be used", run.engine_message)
        proposal = self._proposal(self.orderpoint)
        self.assertEqual(proposal.forecast_origin, "engine")
        self.assertNotIn("what all products together taught", proposal.reason)
