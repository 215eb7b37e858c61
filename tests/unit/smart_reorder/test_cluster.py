"""The engine on a Dask cluster: two worker processes answer as the process here does."""

import socket
import sys

import numpy as np
import pytest
from smart_reorder_engine import cluster, parts, process, tasks
from smart_reorder_engine.history import DemandHistory

SERIES, DAYS = 60, 200


@pytest.fixture(scope="module")
def scheduler():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=50,
    ) as running:
        yield running


@pytest.fixture
def question():
    generator = np.random.default_rng(4)
    quantity = generator.poisson(generator.uniform(0.1, 8, (SERIES, 1)), (SERIES, DAYS))
    history = DemandHistory(quantity.astype(float), np.zeros(SERIES, dtype=np.int64))
    return {
        **tasks.pack_history(history),
        "days": np.full((SERIES, 1), 9.0),
        "weight": np.ones((SERIES, 1)),
        "level": np.full(SERIES, 0.95),
        "unit": np.ones(SERIES),
        "share": np.zeros(SERIES),
        "shift": np.zeros(SERIES),
        parts.PART: np.repeat([0, 1, 2], [25, 25, 10]),
    }


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def test_two_workers_answer_as_one_process(scheduler, question):
    here = process.run("forecast", question)
    there = process.run("forecast", question, scheduler=scheduler.scheduler_address)
    assert tasks.check_forecast(there, SERIES) is None
    same(here, there)


def test_workers_read_the_learned_model_as_a_process_here(scheduler, question):
    asked = {name: question[name] for name in ("quantity", "first_day", "estimated", "unit")}
    learned = process.run("learn", {**asked, "horizon": np.full(SERIES, 9)})
    assert learned.pop("learned") > 1000
    question |= learned | {"share": np.ones(SERIES)}
    here = process.run("forecast", question)
    assert not str(here["model_error"])
    assert np.array_equal(here["quantile"], here["model"])
    same(here, process.run("forecast", question, scheduler=scheduler.scheduler_address))


def test_both_workers_take_part(scheduler, question, tmp_path):
    """Which worker ran a part shows in what it imported."""
    from distributed import Client

    question[parts.PART] = np.repeat(np.arange(12), 5)
    cluster.compute("forecast", parts.split(question), scheduler.scheduler_address)
    module = f"{cluster.pack(tmp_path).stem}.tasks"
    with Client(scheduler.scheduler_address, set_as_default=False) as client:
        imported = client.run(lambda: module in __import__("sys").modules)
    assert list(imported.values()) == [True, True]


def test_parts_are_as_if_asked_one_by_one(question):
    together = process.run("forecast", question)
    one_by_one = [process.run("forecast", part) for part in parts.split(question)]
    same(together, parts.join(one_by_one))


def test_what_is_said_once_is_the_first_that_says_it():
    answers = [
        {"mean": np.array([1.0]), "model_error": np.array("")},
        {"mean": np.array([2.0, 3.0]), "model_error": np.array("broken")},
    ]
    joined = parts.join(answers)
    assert joined["mean"].tolist() == [1, 2, 3]
    assert str(joined["model_error"]) == "broken"


def test_parts_must_be_in_order(question):
    with pytest.raises(ValueError, match="in order"):
        parts.split(question | {parts.PART: np.arange(SERIES)[::-1]})


def test_nobody_answers(question):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        with pytest.raises(cluster.ClusterError, match=r"cluster at tcp://127\.0\.0\.1"):
            cluster.compute("forecast", [question], address, connect=0.5)


def test_a_worker_that_fails_is_a_failure_of_the_engine(scheduler, question):
    del question["level"]
    with pytest.raises(process.EngineFailure, match="level"):
        process.run("forecast", question, scheduler=scheduler.scheduler_address)


def test_without_dask_it_says_what_to_do(question, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(cluster.ClusterError, match="install the package distributed"):
        cluster.compute("forecast", [question], "tcp://127.0.0.1:1")


def test_the_package_that_is_sent_has_the_name_of_its_content(tmp_path):
    first, second = cluster.pack(tmp_path), cluster.pack(tmp_path)
    assert first == second
    assert first.stem.startswith("smart_reorder_engine_")
