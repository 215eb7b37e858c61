import base64
import io
import logging

import numpy as np

from odoo import api, fields, models

from ..engine import process
from ..engine.checks import find_issues
from ..engine.history import counting_unit
from ..engine.lead_time import intervals
from ..engine.tasks import pack_history

_logger = logging.getLogger(__name__)

SAMPLE = 2000  # products × places that are learned from
LEAST = 30  # below, there is nothing to share
LEARN_EVERY = 6  # days


class SmartReorderModel(models.Model):
    """What the engine learned from all products of a company together.

    The newest one forecasts; the one before it stays. Learning that fails replaces nothing.
    """

    _name = "smart.reorder.model"
    _description = "Learned Demand Model"
    _order = "id desc"
    _rec_name = "create_date"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    examples = fields.Integer(
        readonly=True, help="Past weeks of products that the model was learned from."
    )
    data = fields.Binary(attachment=True, readonly=True)

    @api.model
    def _get_arrays(self, company):
        """Arrays of the newest model; none when there is none or its file is broken.

        :return: ``(dict of arrays, error or "")``
        """
        model = self.sudo().search([("company_id", "=", company.id)], limit=1)
        if not model:
            return {}, ""
        try:
            content = base64.b64decode(model.data or b"")
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                return dict(arrays), ""
        except Exception as error:  # a broken zip file may raise anything
            _logger.info("The learned model %s cannot be read: %s", model.id, error)
            return {}, self.env._("The learned model cannot be read: %s", error)

    @api.model
    def _learn_when_due(self, company, orderpoints):
        """Learn from a sample of orderpoints, unless that was done a few days ago.

        :return: what went wrong, or ""
        """
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=LEARN_EVERY)
        fresh = [("company_id", "=", company.id), ("create_date", ">", limit)]
        if len(orderpoints) < LEAST or self.sudo().search_count(fresh, limit=1):
            return ""
        try:
            answer = self.env["smart.reorder.planner"]._ask(
                "learn", self._prepare_question(company, orderpoints), timeout=process.TIMEOUT
            )
        except process.EngineFailure as failure:
            _logger.info("The engine could not learn: %s", failure)
            return self.env._("The engine could not learn: %s", failure)
        if not answer.get("learned", np.array(0)):
            return str(answer.get("model_error", ""))
        self._keep(company, answer)
        return ""

    @api.model
    def _prepare_question(self, company, orderpoints):
        # The same sample each time, spread over old and new rules.
        ordered = orderpoints.sorted(lambda op: (op.id * 2654435761) % 2**32)
        sample = ordered[:SAMPLE].with_company(company)
        planner = self.env["smart.reorder.planner"].with_company(company)
        sources = self.env["smart.reorder.source"]._get_sources(sample)
        planner._set_timing(sample, sources)
        history = planner._get_history_without_events(sample, planner._get_today(company))
        lead_times = self.env["smart.reorder.lead.time"].sudo()._get_lead_times(sample, sources)
        reviews = planner._get_reviews(sample, sources)
        leads = np.array([lead_times[op.id].mean for op in sample])
        units = counting_unit(history.recorded, sample.product_id.uom_id[:1].rounding or 0.01)
        issues = find_issues(history.quantity, leads, reviews, np.full(len(sample), 0.5), units)
        rows = np.array([i for i, issue in enumerate(issues) if not issue], dtype=np.int64)
        spans = intervals([lead_times[op.id] for op in sample], reviews).take(rows)
        return {
            **pack_history(history.take(rows)),
            "unit": units[rows],
            "horizon": np.maximum(np.floor(spans.mean + 0.5), 1).astype(np.int64),
        }

    @api.model
    def _keep(self, company, answer):
        content = io.BytesIO()
        examples = int(answer.pop("learned"))
        np.savez_compressed(content, **answer)
        old = self.sudo().search([("company_id", "=", company.id)])
        self.sudo().create(
            {
                "company_id": company.id,
                "examples": examples,
                "data": base64.b64encode(content.getvalue()),
            }
        )
        old[1:].unlink()
