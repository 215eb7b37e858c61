"""The kind of exception that the documentation shows as an example, run as it stands there."""

from odoo.models import MetaModel
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged
from odoo.tools import file_open

from .common_exception import ExceptionCommon

MODULE = "example_detector"
NAME = "stock.exception.detector.missing_weight"


@tagged("post_install", "-at_install")
class TestStockExceptionExample(ExceptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As an addon of its own would be loaded; not imported, which would make the class part of
        # this addon in every registry that this process loads later.
        with file_open("inventory_visibility/tests/example_detector.py") as file:
            source = compile(file.read(), file.name, "exec")
        names = {"__name__": f"odoo.addons.{MODULE}.detector"}
        cls.addClassCleanup(MetaModel._module_to_models__.pop, MODULE, None)
        exec(source, names)
        cls.addClassCleanup(cls._unregister)
        add_to_registry(cls.registry, names["MissingWeight"])
        cls.registry._setup_models__(cls.env.cr, [NAME])
        cls.env["stock.exception.kind"]._ensure_kinds()

    @classmethod
    def _unregister(cls):
        cls.registry["stock.exception.detector"]._inherit_children.discard(NAME)
        cls.registry["base"]._inherit_children.discard(NAME)
        cls.registry.models.pop(NAME, None)
        cls.registry._setup_models__(cls.env.cr, ["stock.exception.detector"])

    def test_registered_by_itself(self):
        kind = self._kind("missing_weight")
        self.assertRecordValues(
            kind,
            [{"severity": "0", "sequence": 200, "active": True, "company_id": self.company.id}],
        )
        self.assertEqual(kind.display_name.split(" (")[0], "Missing Weight")

    def test_finds_words_and_acts(self):
        """7 without a weight at a cost of 10 are 70; a product with a weight is not found."""
        weighed = self._create_product("Table", weight=3)
        self._stock(7)
        self._stock(5, product=weighed)
        self._look("missing_weight")
        self.assertFalse(self._kind("missing_weight").last_error)
        self.assertFalse(self._found("missing_weight", weighed))
        exception = self._found("missing_weight")
        self.assertRecordValues(
            exception,
            [
                {
                    "warehouse_id": self.central.id,
                    "quantity": 7,
                    "value": 70,
                    "severity": "0",
                    "state": "open",
                    "sentence": "7.00 Units on hand without a weight.",
                    "action_name": "Open the Product",
                }
            ],
        )
        action = exception.action_propose()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("product.product", self.product.id)
        )

    def test_closed_and_opened_again(self):
        self._stock(7)
        self._look("missing_weight")
        exception = self._found("missing_weight")
        self.product.weight = 2
        self._look("missing_weight")
        self.assertEqual(exception.state, "closed")
        self.product.weight = 0
        self._look("missing_weight")
        self.assertEqual(self._found("missing_weight"), exception)

    def test_removed_with_its_addon(self):
        self._stock(7)
        self._look("missing_weight")
        exception = self._found("missing_weight")
        self.env["stock.exception.kind"]._remove_kinds(["missing_weight"])
        self.assertFalse(exception.exists())
        self.assertFalse(self._kind("missing_weight"))
