from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import TransactionCase
from odoo.tools import SQL


class ValuationCommon(TransactionCase):
    """A company with two warehouses, and helpers that move stock the way users do.

    Time stands still but for :meth:`later`, so that what Odoo orders by date has an order.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Counting House"})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.supplier = cls.env.ref("stock.stock_location_suppliers")
        cls.customer = cls.env.ref("stock.stock_location_customers")
        cls.consignor = cls.env["res.partner"].create({"name": "Consignor"})
        warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)])
        cls.store = warehouse.lot_stock_id
        cls.shelf = cls.env["stock.location"].create({"name": "Shelf", "location_id": cls.store.id})
        cls.annex = (
            cls.env["stock.warehouse"]
            .create({"name": "Annex", "code": "ANX", "company_id": cls.company.id})
            .lot_stock_id
        )
        cls.places = [cls.store, cls.shelf, cls.annex]
        cls.categories = {
            method: cls.env["product.category"].create(
                {"name": method, "property_cost_method": method}
            )
            for method in ("standard", "average", "fifo")
        }
        cls.now = datetime(2026, 3, 2, 8)

    def setUp(self):
        super().setUp()
        self.freezer = freeze_time(self.now, tick=False)
        self.clock = self.freezer.start()
        self.addCleanup(self.freezer.stop)

    def later(self, hours=1):
        self.clock.tick(timedelta(hours=hours))

    @classmethod
    def make_product(cls, method="average", price=0.0, **values):
        return cls.env["product.product"].create(
            {
                "name": f"Valued {method}",
                "is_storable": True,
                "categ_id": cls.categories[method].id,
                "standard_price": price,
                **values,
            }
        )

    def move(self, product, source, target, quantity, value=None, lot=None, owner=None, **values):
        """Move goods, an hour later; `value` is what somebody enters for a receipt."""
        self.later()
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "product_uom_qty": quantity,
                "company_id": self.env.company.id,
                **values,
            }
        )
        move._action_confirm()
        move.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            {
                "move_id": move.id,
                "product_id": product.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "quantity": quantity,
                "lot_id": lot.id if lot else False,
                "owner_id": owner.id if owner else False,
            }
        )
        move.picked = True
        move._action_done()
        if value is not None:
            move.value_manual = value
        return move

    def receive(self, product, quantity, value=None, place=None, **values):
        return self.move(product, self.supplier, place or self.store, quantity, value, **values)

    def deliver(self, product, quantity, place=None, **values):
        return self.move(product, place or self.store, self.customer, quantity, **values)

    def forget(self, products):
        """As if the addon were installed now."""
        self.env.flush_all()
        for table in ("stock_valuation_entry", "stock_valuation_book"):
            self.env.execute_query(
                SQL(
                    "DELETE FROM %s WHERE product_id = ANY(%s) RETURNING id",
                    SQL.identifier(table),
                    products.ids,
                )
            )
        self.env.invalidate_all()

    def entries(self, product, **criteria):
        domain = [("product_id", "=", product.id), ("company_id", "=", self.env.company.id)]
        domain += [(name, "=", value) for name, value in criteria.items()]
        return self.env["stock.valuation.entry"].search(domain, order="id")

    def values(self, product, at_date=None):
        """Return {location: (quantity, value)} of what the ledger has."""
        entries = self.entries(product)
        if at_date:
            entries = entries.filtered(lambda entry: entry.date <= at_date)
        return {
            location: (
                round(sum(of_location.mapped("quantity")), 6),
                round(sum(of_location.mapped("value")), 2),
            )
            for location, of_location in entries.grouped("location_id").items()
        }

    def odoo_value(self, product):
        # Odoo caches the value of lots whatever moves
        self.env.invalidate_all()
        return round(product.total_value, 2)

    def assert_balanced(self, product, message=None):
        """The ledger is worth what Odoo says, place by place as much as is there."""
        found = self.values(product)
        self.assertAlmostEqual(
            sum(value for _quantity, value in found.values()),
            self.odoo_value(product),
            places=2,
            msg=message,
        )
        for location, (quantity, _value) in found.items():
            quants = self.env["stock.quant"].search(
                [("product_id", "=", product.id), ("location_id", "=", location.id)]
            )
            self.assertAlmostEqual(quantity, sum(quants.mapped("quantity")), places=6, msg=message)
        for entries in self.entries(product).grouped(lambda e: (e.location_id, e.lot_id)).values():
            if abs(sum(entries.mapped("quantity"))) < 1e-6:
                self.assertAlmostEqual(
                    sum(entries.mapped("value")), 0, places=2, msg=f"{message}: an empty place"
                )
