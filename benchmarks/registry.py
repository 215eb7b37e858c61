"""The benchmarks: every module of this package that has a ``GROUP`` and a ``run``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from devkit.console import Failure

from .figures import Figure

GROUPS = ("visibility", "reorder", "shipping", "valuation")

#: what makes the data that a benchmark runs on, by the module's ``DATASET``
GENERATORS = {
    "company": "benchmarks.generate",
    "network": "benchmarks.generate_network",
    "reorder": "benchmarks.generate_reorder",
    "reorder_large": "benchmarks.generate_reorder_large",
    "valuation": "benchmarks.generate_valuation",
}
#: datasets that are made by the code of another one as well
MADE_AS = {"reorder_large": "reorder", "valuation": "network"}


@dataclass(frozen=True)
class Benchmark:
    """A module ``run(env) -> list[Figure]`` of this package.

    :param modules: addons of ours that it needs, by technical name
    :param dataset: which of the generated databases it runs on
    :param on_copy: it commits, and therefore runs on a copy of the database
    """

    name: str
    group: str
    title: str
    modules: tuple[str, ...]
    run: Callable[..., Iterable[Figure]]
    dataset: str = "company"
    on_copy: bool = False


def find() -> list[Benchmark]:
    """All benchmarks, by group and name."""
    package = importlib.import_module(__package__)
    found = []
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__package__}.{info.name}")
        if not hasattr(module, "GROUP"):
            continue
        if module.GROUP not in GROUPS:
            raise ValueError(f"benchmarks.{info.name}: no such group as {module.GROUP!r}")
        title = (module.__doc__ or "").strip().splitlines()[0]
        dataset = getattr(module, "DATASET", "company")
        if dataset not in GENERATORS:
            raise ValueError(f"benchmarks.{info.name}: no such dataset as {dataset!r}")
        on_copy = getattr(module, "ON_COPY", False)
        found.append(
            Benchmark(info.name, module.GROUP, title, module.MODULES, module.run, dataset, on_copy)
        )
    return sorted(found, key=lambda benchmark: (GROUPS.index(benchmark.group), benchmark.name))


def select(words: Sequence[str], benchmarks: Sequence[Benchmark]) -> list[Benchmark]:
    """The benchmarks that the words name: groups and names.

    :raise Failure: a word names nothing, or a group without benchmarks
    """
    chosen = []
    for word in words:
        matching = [b for b in benchmarks if word in (b.group, b.name)]
        if not matching:
            if word in GROUPS:
                raise Failure(
                    f"There is no benchmark in the group {word} yet.",
                    "bin/bench without arguments lists those that there are.",
                )
            known = ", ".join([*GROUPS, *(b.name for b in benchmarks)])
            raise Failure(f"There is no benchmark {word}.", f"Known are: {known}.")
        chosen += [benchmark for benchmark in matching if benchmark not in chosen]
    return chosen
