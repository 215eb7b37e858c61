import logging
from collections import Counter
from itertools import chain

from psycopg2 import OperationalError

from odoo import fields, models
from odoo.tools import groupby, split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 2000
# Parts of a batch that workers of a cluster are busy with at the same time.
CLUSTER_PARTS = 4


class SmartReorderRun(models.Model):
    """The batches of a run: which are left, planning one of them, learning, what went wrong."""

    _inherit = "smart.reorder.run"

    supply_order = fields.Json(readonly=True, prefetch=False, help="Of a run that is going on.")

    def _get_pending(self):
        """Enrolled orderpoints that this run has not planned yet."""
        done = self.env["smart.reorder.proposal"]._search([("run_id", "=", self.id)])
        return self.env["stock.warehouse.orderpoint"].search(
            [
                *self._get_orderpoint_domain(),
                ("company_id", "=", self.company_id.id),
                ("smart_reorder_proposal_ids", "not in", done),
            ]
        )

    def _get_batches(self):
        """Pending orderpoints in supply order: places before the warehouses that supply them.

        :return: ``(list of recordsets, ids supplying themselves in a circle, number pending)``
        """
        pending = self._get_pending()
        order = self._get_supply_order(pending)
        waiting = set(pending.ids)
        batches = []
        size = BATCH_SIZE
        if self.env["smart.reorder.planner"]._get_scheduler():
            size *= CLUSTER_PARTS
        for ids in order["ranks"]:
            left = [orderpoint_id for orderpoint_id in ids if orderpoint_id in waiting]
            batches += [pending.browse(part) for part in split_every(size, left)]
        return batches, frozenset(order["circular"]), len(pending)

    def _get_supply_order(self, pending):
        """The enrolled orderpoints by rank. All have to be looked at for that: it is done once for
        a run, which the scheduled action takes up many times, and again when some were enrolled
        meanwhile.

        :return: dict of ``ranks``, a list of ids for each, and ``circular``, a list of ids
        """
        order = self.supply_order or {"ranks": [], "circular": []}
        if set(pending.ids).issubset(chain.from_iterable(order["ranks"])):
            return order
        enrolled = self.env["stock.warehouse.orderpoint"].search(
            [*self._get_orderpoint_domain(), ("company_id", "=", self.company_id.id)]
        )
        ranks, circular = self.env["smart.reorder.source"]._get_ranks(enrolled)
        ordered = enrolled.sorted(lambda op: (ranks[op.id], op.product_id.id, op.id))
        by_rank = groupby(ordered.ids, ranks.get)
        self.supply_order = {
            "ranks": [ids for _rank, ids in by_rank],
            "circular": sorted(circular),
        }
        return self.supply_order

    def _plan_batch(self, orderpoints, circular):
        """Plan a batch; when it fails, halve it until the culprit is found and blocked."""
        try:
            with self.env.cr.savepoint():
                values, seconds = self.env["smart.reorder.planner"]._plan(
                    orderpoints, circular, run=self
                )
                self.env["smart.reorder.proposal"]._store(self, values)
        except OperationalError:
            raise  # a conflict: Odoo repeats the transaction
        except Exception as error:
            if len(orderpoints) > 1:
                middle = len(orderpoints) // 2
                self._plan_batch(orderpoints[:middle], circular)
                self._plan_batch(orderpoints[middle:], circular)
                return
            _logger.warning("%s could not be planned", orderpoints.display_name, exc_info=True)
            values = {orderpoints.id: self._prepare_crashed(orderpoints, error)}
            self.env["smart.reorder.proposal"]._store(self, values)
            seconds = {}
        origins = Counter(value.get("forecast_origin") for value in values.values())
        states = Counter(value["state"] for value in values.values())
        self.write(
            {
                "computed": self.computed + len(orderpoints),
                "to_order": self.to_order + states.get("draft", 0),
                "blocked": self.blocked + states.get("exception", 0),
                "kept": self.kept + origins["kept"],
                "simple": self.simple + origins["simple"],
            }
            | {
                f"seconds_{name}": self[f"seconds_{name}"] + spent
                for name, spent in seconds.items()
            }
        )

    def _learn(self):
        """Learn from all products, when that is due. A failure leaves the model that there was."""
        enrolled = self.env["stock.warehouse.orderpoint"].search(
            [*self._get_orderpoint_domain(), ("company_id", "=", self.company_id.id)]
        )
        try:
            with self.env.cr.savepoint():
                problem = self.env["smart.reorder.model"]._learn_when_due(self.company_id, enrolled)
        except OperationalError:
            raise  # a conflict: Odoo repeats the transaction
        except Exception as error:
            _logger.warning("Nothing could be learned", exc_info=True)
            problem = str(error) or type(error).__name__
        if problem:
            self._note_engine(problem)

    def _note_engine_failure(self, failure):
        self.engine_failures += 1
        self._note_engine(str(failure))

    def _note_engine(self, message):
        """Say on the run what happened to the engine, each thing once."""
        lines = (self.engine_message or "").splitlines()
        if message not in lines:
            self.engine_message = "\n".join([*lines, message])

    def _prepare_crashed(self, orderpoint, error):
        return {
            "orderpoint_id": orderpoint.id,
            "state": "exception",
            "issue": "crashed",
            "reason_data": [["crashed", {"message": str(error) or type(error).__name__}]],
            "computed_at": fields.Datetime.now(),
            "qty_needed": 0.0,
            "qty_proposed": 0.0,
        }
