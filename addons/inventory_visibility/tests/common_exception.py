from datetime import timedelta

from odoo import fields

from .common import AvailabilityCommon


class ExceptionCommon(AvailabilityCommon):
    """Stock, its history, and runs over a few kinds of exceptions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exceptions = cls.env["stock.exception"]
        cls.source = cls.env["stock.exception.source"]
        kinds = cls.env["stock.exception.kind"]
        kinds._ensure_kinds()
        # what the database holds already must not mix with what a test looks for
        kinds.search([("active", "=", True)]).write({"user_id": False, "activity_type_id": False})
        cls.exceptions.sudo().search([("state", "!=", "closed")]).state = "closed"
        cls.product.standard_price = 10
        cls.now = fields.Datetime.now()

    @classmethod
    def _kind(cls, code, **values):
        kind = (
            cls.env["stock.exception.kind"]
            .with_context(active_test=False)
            .search([("kind", "=", code), ("company_id", "=", cls.company.id)])
        )
        kind.write(values)
        return kind

    @classmethod
    def _look(cls, *codes):
        """Run the detectors of these kinds, as the scheduled action does but in one transaction."""
        kinds = cls.env["stock.exception.kind"]
        for code in codes:
            kinds |= cls._kind(code)
        cls.env.flush_all()
        kinds.due = True
        counts = kinds._run(commit=False)
        cls.env.invalidate_all()
        return counts

    @classmethod
    def _found(cls, code, product=None, warehouse=None):
        """Return the exceptions of a kind and product that are not closed."""
        domain = [
            ("kind", "=", code),
            ("state", "!=", "closed"),
            ("product_id", "=", (product or cls.product).id),
        ]
        if warehouse:
            domain.append(("warehouse_id", "=", warehouse.id))
        return cls.exceptions.search(domain)

    @classmethod
    def _sell(cls, quantity, days_ago, product=None, warehouse=None):
        """Let something have been delivered some days ago."""
        warehouse = warehouse or cls.central
        move = cls._move(warehouse.lot_stock_id, cls.customer, quantity, product=product)
        cls._do(move)
        cls._backdate(move, days_ago)
        return move

    @classmethod
    def _backdate_quants(cls, days, product=None):
        quants = cls.env["stock.quant"].search([("product_id", "=", (product or cls.product).id)])
        quants.in_date = cls.now - timedelta(days=days)
        return quants
