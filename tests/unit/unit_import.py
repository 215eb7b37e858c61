"""Import the addons' pure packages without Odoo.

``import odoo.addons.smart_reorder.engine`` would run the addon's ``__init__`` and so need Odoo and
a registry. The packages that decide are written without either; here they are importable under an
alias of their own, straight from their folder::

    from smart_reorder_engine import policy

Importing ``odoo`` from one of them is refused, so that a pure package stays pure.
"""

import importlib
import importlib.util
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]

#: alias in the tests -> folder of the package
PURE_PACKAGES = {
    "smart_reorder_engine": "addons/smart_reorder/engine",
    "shipping_core": "addons/shipping_connectors/core",
    "valuation_core": "addons/inventory_valuation/core",
    "visibility_core": "addons/inventory_visibility/core",
    "visibility_sale_core": "addons/inventory_visibility_sale/core",
    "visibility_mrp_core": "addons/inventory_visibility_mrp/core",
}


class _PurePackageFinder(MetaPathFinder):
    """Finds the aliases of `PURE_PACKAGES`; their submodules follow by the package's path."""

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        if fullname == "odoo" or fullname.startswith("odoo."):
            raise ImportError(
                f"{fullname} was imported in a unit test: what is tested here has to run without "
                "Odoo. Move what needs it into a model, and its test into the addon's tests."
            )
        if fullname not in PURE_PACKAGES:
            return None
        folder = ROOT / PURE_PACKAGES[fullname]
        init = folder / "__init__.py"
        if not init.is_file():
            return None
        return importlib.util.spec_from_file_location(
            fullname, init, submodule_search_locations=[str(folder)]
        )


def install() -> None:
    """Make the aliases importable; a second call changes nothing."""
    if not any(isinstance(finder, _PurePackageFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _PurePackageFinder())


def load_package(folder: str, alias: str | None = None) -> ModuleType:
    """Import the pure package in ``folder`` (relative to the project) and return it.

    :param alias: name to import it under; by default the one of `PURE_PACKAGES`, else
        ``<addon>_<package>``.
    :raise ModuleNotFoundError: there is no such package.
    """
    folder = folder.strip("/")
    known = {path: name for name, path in PURE_PACKAGES.items()}
    alias = alias or known.get(folder) or "_".join(folder.split("/")[-2:])
    PURE_PACKAGES[alias] = folder
    install()
    return importlib.import_module(alias)
