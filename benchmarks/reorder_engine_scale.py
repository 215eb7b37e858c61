"""100,000 products × places, 104 weeks of days each: learned from, forecast and decided.

The engine alone, as the nightly run starts it: fresh processes, arrays in, arrays out; two at once.
Run alone, without Odoo or a database, by ``python -m benchmarks.reorder_engine_scale``.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from . import demand_data
from .figures import Figure

GROUP = "reorder"
MODULES = ("smart_reorder",)

SERIES, DAYS, SHARD, SAMPLE = 100_000, 728, 5_000, 2_000
LEVEL, INTERVAL, CYCLE = 0.95, 15, 7


def demand(np, shard: int, count: int):
    """Negative binomial demand: rates over four orders of magnitude, most of them low."""
    generator = np.random.default_rng(shard)
    rate = np.exp(generator.normal(-1.0, 1.5, count))[:, None]
    size = generator.gamma(0.5, 2.0, (count, DAYS)).astype(np.float32)
    quantity = generator.poisson(np.minimum(rate, 200) * size).astype(np.float32)
    first = generator.integers(0, DAYS // 2, count)
    quantity[np.arange(DAYS)[None, :] < first[:, None]] = 0
    return demand_data.engine("history").DemandHistory(quantity, first)


def question(np, history) -> dict:
    count = history.n_series
    return {
        **demand_data.engine("tasks").pack_history(history),
        "days": np.full((count, 1), float(INTERVAL)),
        "weight": np.ones((count, 1)),
        "level": np.full(count, LEVEL),
        "unit": np.ones(count),
    }


def run(env=None) -> Iterator[Figure]:
    import numpy as np

    process, tasks = demand_data.engine("process"), demand_data.engine("tasks")
    policy = demand_data.engine("policy")
    started = time.perf_counter()
    sample = demand(np, 0, SAMPLE)
    learned = process.run(
        "learn",
        {
            **tasks.pack_history(sample),
            "unit": np.ones(SAMPLE),
            "horizon": np.full(SAMPLE, INTERVAL),
        },
    )
    learned.pop("learned")
    learning = time.perf_counter() - started

    def plan(shard: int) -> tuple[int, int, float]:
        made = time.perf_counter()
        asked = question(np, demand(np, shard, SHARD)) | learned
        made = time.perf_counter() - made
        answer = process.run("forecast", asked)
        wrong = tasks.check_forecast(answer, SHARD) or str(answer["model_error"])
        if wrong:
            raise ValueError(wrong)
        orders = 0
        cycle = policy.cycle_quantity(answer["mean"] / INTERVAL, CYCLE, np.ones(SHARD))
        for point, more in zip(answer["quantile"], cycle, strict=True):
            order = policy.order_quantity(float(point) / 2, float(point), float(point + more))
            orders += order.quantity > 0
        return SHARD, orders, made

    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(plan, range(1, SERIES // SHARD + 1)))
    spent = time.perf_counter() - started
    # making the demand is not the engine's work; two threads shared it
    spent -= sum(made for _count, _orders, made in done) / 2
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("reorder.scale_series", float(sum(count for count, _o, _m in done)), "series")
    yield Figure("reorder.scale_orders", float(sum(o for _count, o, _m in done)), "orders")
    yield Figure("reorder.scale_learning", learning, "s")
    yield Figure(
        "reorder.scale_seconds",
        learning + spent,
        "s",
        at_most=300,
        why="forecasts and policies of 100,000 products × places on two cores",
    )
    yield Figure(
        "reorder.scale_memory",
        2 * memory + own,
        "MB",
        at_most=3072,
        why="two engine processes at their peak, and what starts them",
    )


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json(), flush=True)
