"""What every kind of exception is made of; a new kind is one small class that inherits this one."""

from odoo import api, fields, models
from odoo.tools import SQL

# The columns that the query of a detector returns, in this order, with their types.
COLUMNS = {
    "product_id": "integer",
    "warehouse_id": "integer",
    "location_id": "integer",
    "lot_id": "integer",
    "res_model": "varchar",
    "res_id": "integer",
    "quantity": "numeric",
    "value": "numeric",
    "since": "timestamp",
    "figures": "jsonb",
}


class StockExceptionDetector(models.AbstractModel):
    """Finds the exceptions of one kind with one statement, words them, and proposes what to do.

    Any addon adds a kind by a class with a name below this one's::

        class Detector(models.AbstractModel):
            _name = "stock.exception.detector.my_kind"
            _inherit = "stock.exception.detector"
            _description = "My Kind"  # what users read, translatable
            _kind = "my_kind"

    Nothing has to be registered: the run asks for every model that inherits this one.
    """

    _name = "stock.exception.detector"
    _description = "Stock Exception Detector"

    #: technical name of the kind, unique
    _kind = None
    #: order in the list of kinds, and of the run
    _kind_sequence = 100
    #: values of `stock.exception.kind` for a new company
    _kind_defaults = {}

    @api.model
    def _get_detectors(self):
        """Return ``{kind: detector}``, in order."""
        names = self.env.registry.descendants(["stock.exception.detector"], "_inherit")
        found = [self.env[name] for name in names if self.env[name]._kind]
        found.sort(key=lambda detector: (detector._kind_sequence, detector._kind))
        return {detector._kind: detector for detector in found}

    @api.model
    def _get_label(self):
        """Return the name of the kind in the language of the user."""
        return self.env["ir.model"]._get(self._name).name or self._description

    # ------------------------------------------------------------------
    # What a kind defines
    # ------------------------------------------------------------------

    def _get_query(self, company, kind):
        """Return the statement that finds what is wrong now.

        Its columns are those of :meth:`_columns`. The pair of everything but ``quantity``,
        ``value``, ``since`` and ``figures`` is the *cause*: the same cause is the same exception.
        The temporary tables of `stock.exception.source` may be read.

        :param company: the one `res.company` to look at
        :param kind: its `stock.exception.kind`, with the thresholds
        :rtype: odoo.tools.SQL
        """
        raise NotImplementedError(f"{self._name} has no query")

    def _get_sentence(self, exception):
        """Return one sentence that names the numbers, from ``quantity`` and ``figures``."""
        return ""

    def _get_meanings(self):
        """Return ``{field: sentence}`` of the thresholds that this kind uses.

        Fields are ``days``, ``odds`` and ``share`` of `stock.exception.kind`; those that are not
        named here are not shown.
        """
        return {}

    def _get_action_name(self):
        """Return the words on the button of the proposed action."""
        return self.env._("Open the Stock")

    def _action(self, exception):
        """Do what is proposed, or open where it is done; return an action."""
        return self._action_quants(exception)

    # ------------------------------------------------------------------
    # Helpers of queries
    # ------------------------------------------------------------------

    def _columns(self, **columns):
        """Return the select list of a detector's statement from ``column=SQL`` arguments.

        What is not given is empty. ``value`` is what is at stake in the company's currency; left
        out, it is the absolute quantity times the product's cost. ``since`` left out means since
        the run that found it first. ``figures`` is a dictionary of SQL.
        """
        figures = columns.pop("figures", None)
        if figures:
            columns["figures"] = SQL(
                "jsonb_build_object(%s)",
                SQL(", ").join(SQL("%s::text, %s", name, sql) for name, sql in figures.items()),
            )
        unknown = columns.keys() - COLUMNS.keys()
        if unknown:
            raise ValueError(f"{self._name}: unknown columns {sorted(unknown)}")
        return SQL(", ").join(
            SQL("(%s)::%s AS %s", columns.get(name, SQL("NULL")), SQL(type_), SQL.identifier(name))
            for name, type_ in COLUMNS.items()
        )

    def _now(self):
        return SQL("%s::timestamp", fields.Datetime.now())
