import logging
from dataclasses import fields as data_fields
from dataclasses import replace

import numpy as np

from odoo import api, fields, models

from ..engine import process
from ..engine.calendar import quantile_after
from ..engine.forecast import EVIDENCE_THIN, Forecast
from ..engine.parts import PART
from ..engine.simple import simple_forecast
from ..engine.tasks import as_forecast, check_forecast, pack_history

_logger = logging.getLogger(__name__)

KEEP_DAYS = 14  # a forecast that is older is worth less than a simple one
MOST_STRETCH = 2.0  # of the interval, for which a kept forecast still serves
MAX_FAILURES = 3  # of a run; then the engine is not asked any more in it
TIMEOUT = 300.0  # seconds for a batch
PART_SIZE = 1000  # products × places that are forecast together


class SmartReorderPlanner(models.AbstractModel):
    """Asks the engine, a process of its own; when it cannot answer, the last good forecast stays.

    What has none, or an old one, is forecast by a simple method.
    """

    _inherit = "smart.reorder.planner"

    @api.model
    def _get_forecasts(self, company, history, good, spans, levels, units, orderpoints, run=None):
        """Forecasts of the orderpoints at the rows ``good``.

        :return: ``(Forecast, values of each that say where it is from)``
        """
        rows = np.array(good, dtype=np.int64)
        if not rows.size:
            return self._get_empty_forecast(), []
        history, spans = history.take(rows), spans.take(rows)
        levels, units = levels[rows], units[rows]
        orderpoints = orderpoints.browse(orderpoints[i].id for i in good)
        failure = None
        if run and run.engine_failures >= MAX_FAILURES:
            failure = self.env._("it failed before in this run")
        else:
            question = self._prepare_question(
                company, history, spans, levels, units, orderpoints, run
            )
            # Series of a part share experience: the same ones wherever they are forecast.
            question[PART] = rows // PART_SIZE
            try:
                answer = self._ask("forecast", question, run)
                problem = check_forecast(answer, rows.size)
                if problem:
                    raise process.EngineFailure(process.NONSENSE, problem)
            except process.EngineFailure as error:
                _logger.info("The engine failed for %s products: %s", rows.size, error)
                failure = str(error)
                if run:
                    run._note_engine_failure(error)
            else:
                if run and str(answer["model_error"]):
                    run._note_engine(str(answer["model_error"]))
                shares = np.where(np.isnan(answer["model"]), 0.0, question["share"])
                now = fields.Datetime.now()
                return as_forecast(answer), [
                    {"forecast_origin": "engine", "forecast_at": now, "share": float(share)}
                    for share in shares
                ]
        return self._get_forecasts_without(history, spans, levels, units, orderpoints, failure)

    @api.model
    def _ask(self, task, question, run=None, timeout=TIMEOUT):
        """Ask the engine: on the Dask cluster when there is one, else in processes here.

        A cluster that does not answer is noted on the run, and not asked again in it.

        :raises EngineFailure: when there is no answer
        """
        scheduler = self._get_scheduler()
        if scheduler and not (run and run.has_cluster_failed):
            try:
                return process.run(task, question, timeout=timeout, scheduler=scheduler)
            except process.EngineFailure as error:
                _logger.info("The cluster failed: %s", error)
                if run:
                    run.has_cluster_failed = True
                    run._note_engine(self.env._("Forecast on this machine, because %s", error))
        return process.run_parts(task, question, self._get_processes(), timeout=timeout)

    @api.model
    def _get_scheduler(self):
        """:return: address of the Dask scheduler, empty for none"""
        address = self.env["ir.config_parameter"].sudo().get_param("smart_reorder.dask_address")
        return (address or "").strip()

    @api.model
    def _get_processes(self):
        """:return: how many processes may forecast at the same time on this machine"""
        found = self.env["ir.config_parameter"].sudo().get_param("smart_reorder.processes")
        return max(int(found), 1) if (found or "").strip().isdigit() else 1

    @api.model
    def _get_empty_forecast(self):
        empty = np.zeros(0)
        return Forecast(**{field.name: empty for field in data_fields(Forecast)})

    @api.model
    def _prepare_question(self, company, history, spans, levels, units, orderpoints, run):
        arrays, error = self.env["smart.reorder.model"]._get_arrays(company)
        if run and error:
            run._note_engine(error)
        shift, share = self.env["smart.reorder.calibration"]._get_states(orderpoints)
        return {
            **arrays,
            **pack_history(history),
            "days": spans.days,
            "weight": spans.weight,
            "level": levels,
            "unit": units,
            "shift": shift,
            "share": share,
            "min_intervals": np.array(float(company.smart_reorder_min_intervals)),
        }

    @api.model
    def _get_forecasts_without(self, history, spans, levels, units, orderpoints, failure):
        """The last good forecast of each where the level is the same and the interval similar."""
        simple = simple_forecast(history, spans.mean, levels, units)
        columns = {
            field.name: np.array(getattr(simple, field.name)) for field in data_fields(Forecast)
        }
        columns["method"] = columns["method"].astype("U16")
        columns["evidence"] = columns["evidence"].astype("U16")
        now = fields.Datetime.now()
        origins = [
            {"forecast_origin": "simple", "forecast_at": now, "failure": failure}
            for _orderpoint in orderpoints
        ]
        proposals = self._get_last_good(orderpoints)
        for index, orderpoint in enumerate(orderpoints):
            last = proposals.get(orderpoint.id)
            if not last or abs(last.service_level / 100 - levels[index]) > 1e-6:
                continue
            # Order days make the interval another one each day.
            interval = last.protection_days
            days = spans.mean[index] if abs(interval - spans.mean[index]) >= 1 else interval
            if not interval / MOST_STRETCH <= days <= interval * MOST_STRETCH:
                continue
            origins[index].update(forecast_origin="kept", forecast_at=last.forecast_at)
            # Without the events that were ahead then.
            factor = last.event_factor or 1.0
            mean = last.forecast_qty / factor
            quantile = mean + (last.reorder_point - last.forecast_qty) / factor**0.5
            mean, quantile = (
                mean * days / interval,
                quantile_after(days, interval, mean, quantile),
            )
            kept = {
                "mean": mean,
                "quantile": quantile,
                "statistical": quantile,
                "method": last.forecast_method,
                "evidence": last.evidence or EVIDENCE_THIN,
                "origins": last.origins,
                "intervals": last.intervals,
                "wape": last.error_wape / 100,
                "bias": last.error_bias / 100,
                "coverage": last.coverage / 100,
                "pinball": last.error_pinball,
                "skill": last.error_skill,
                "expected_short": mean * (1 - last.expected_fill / 100),
            }
            for name, value in kept.items():
                columns[name][index] = value
        return replace(simple, **columns), origins

    @api.model
    def _get_last_good(self, orderpoints):
        """:return: dict ``orderpoint id -> proposal`` whose forecast can still be used"""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        proposals = (
            self.env["smart.reorder.proposal"]
            .sudo()
            .search(
                [
                    ("orderpoint_id", "in", orderpoints.ids),
                    ("forecast_origin", "in", ("engine", "kept")),
                    ("forecast_at", ">", limit),
                ],
                order="id",
            )
        )
        return {proposal.orderpoint_id.id: proposal for proposal in proposals}

    @api.model
    def _keep_score(self, orderpoints, good, history, forecasts, spans, values, today, run):
        """Score what fell due, and remember what is forecast today."""
        scores = self.env["smart.reorder.score"].sudo()
        scores._score_due(orderpoints, history, today, run)
        rows = np.array(good, dtype=np.int64)
        planned = orderpoints.browse(orderpoints[i].id for i in good)
        scores._issue(planned, forecasts, spans.take(rows), values, today)

    @api.model
    def _get_engine_sentences(self, value, scratch):
        """What the reason says about where the forecast is from."""
        if scratch["failure"]:
            code = f"engine_{value['forecast_origin']}"
            date = fields.Date.to_string(value["forecast_at"])
            return [[code, {"message": scratch["failure"], "date": date}]]
        if scratch["share"] > 0:
            return [["learned", {"share": scratch["share"]}]]
        return []
