"""Demand to measure on: Online Retail from the repository, and more where it lies beside it."""

from __future__ import annotations

import csv
import gzip
import importlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from . import make_demand

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "demand"
ENGINE = ROOT / "addons" / "smart_reorder" / "engine"
ALIAS = "smart_reorder_engine_benchmark"
M5 = "m5/m5_daily_250items_x_10stores.csv.gz"


def engine(name: str):
    """A module of the engine by its path: pure Python, whether or not Odoo is there."""
    if ALIAS not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            ALIAS, ENGINE / "__init__.py", submodule_search_locations=[str(ENGINE)]
        )
        sys.modules[ALIAS] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[ALIAS])
    return importlib.import_module(f"{ALIAS}.{name}")


@dataclass(frozen=True)
class Demand:
    """:ivar history: the engine's ``DemandHistory``
    :ivar product: (n,) the product of each series: one product in many places is one draw
    """

    history: object
    product: list[str]


def sample_company() -> Demand:
    """Product × warehouse of the sample company's extract of Online Retail."""
    from sample_company import extract

    data = extract.read()
    lines = list(data.history)
    keys = sorted({(line.code, line.warehouse) for line in lines})
    index = {key: position for position, key in enumerate(keys)}
    history = engine("history").build_history(
        [index[line.code, line.warehouse] for line in lines],
        [line.day for line in lines],
        [line.quantity for line in lines],
        len(keys),
        data.today,
    )
    return Demand(history, [code for code, _warehouse in keys])


def online_retail() -> Demand:
    """All products of the source, from the daily extract in the repository."""
    lines = list(make_demand.read())
    keys = sorted({code for code, _day, _quantity in lines})
    index = {key: position for position, key in enumerate(keys)}
    history = engine("history").build_history(
        [index[code] for code, _day, _quantity in lines],
        [day for _code, day, _quantity in lines],
        [quantity for _code, _day, quantity in lines],
        len(keys),
        make_demand.DAYS,
    )
    return Demand(history, keys)


def m5(path: Path = SHARED / M5) -> Demand:
    """250 products in 10 stores; before the first row a product was not there."""
    import numpy as np

    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    start = header.index("first_obs") + 1
    quantity = np.array([[float(value) for value in row[start:]] for row in rows])
    history = engine("history").DemandHistory(
        np.maximum(quantity, 0), (quantity >= 0).argmax(axis=1)
    )
    return Demand(history, [row[header.index("item_id")] for row in rows])
