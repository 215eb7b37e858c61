"""The engine as a process of its own, and what becomes of it when it dies."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest
from smart_reorder_engine import process, tasks
from smart_reorder_engine.forecast import forecast_demand
from smart_reorder_engine.history import DemandHistory
from smart_reorder_engine.learned import Learned, learn_all

NUMBERS = ("mean", "quantile", "dispersion", "coverage", "pinball", "expected_short")


def market(series=60, days=250):
    generator = np.random.default_rng(4)
    return DemandHistory(
        generator.poisson(1.5, (series, days)).astype(float), np.zeros(series, dtype=np.int64)
    )


def question(history, horizon=8, **more):
    n = history.n_series
    return {
        **tasks.pack_history(history),
        "days": np.full((n, 1), float(horizon)),
        "weight": np.ones((n, 1)),
        "level": np.full(n, 0.95),
        "unit": np.ones(n),
        **more,
    }


def scripted(monkeypatch, script):
    """A real process of our own in the engine's place; it gets task, question and answer."""
    monkeypatch.setattr(
        process,
        "command",
        lambda task, source, result, memory, scheduler: [
            *(sys.executable, "-c", script, task, str(source), str(result))
        ],
    )


def test_same_answer_as_in_this_process():
    history = market()
    learned = learn_all(history, np.full(60, 8))
    assert learned is not None
    asked = question(history, **learned.as_arrays())
    answer = process.run("forecast", asked)
    assert tasks.check_forecast(answer, 60) is None
    here = forecast_demand(history, np.full(60, 8), np.full(60, 0.95), learned=learned)
    for name in ("mean", "quantile", "statistical", "model", "expected_short"):
        assert np.array_equal(answer[name], getattr(here, name)), name
    assert answer["method"].tolist() == here.method.tolist()
    assert (answer["model"] > 0).all()


def test_parts_in_processes_at_the_same_time():
    """The answer is that of one process."""
    asked = question(market(), part=np.repeat([0, 1], 30))
    one, two = (process.run_parts("forecast", asked, count) for count in (1, 2))
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in NUMBERS)
    assert one["method"].tolist() == two["method"].tolist()


def test_parts_run_at_the_same_time_and_one_that_dies_is_said(monkeypatch, tmp_path):
    wait = f"""
import os, pathlib, sys, time
folder = pathlib.Path({str(tmp_path)!r})
(folder / str(os.getpid())).touch()
until = time.monotonic() + 20
while len(list(folder.iterdir())) < 2:
    if time.monotonic() > until:
        sys.exit("alone")
    time.sleep(0.01)
sys.exit("met the other one")
"""
    scripted(monkeypatch, wait)
    asked = question(market(), part=np.repeat([0, 1], 30))
    with pytest.raises(process.EngineFailure, match="met the other one"):
        process.run_parts("forecast", asked, 2)


def test_learning_in_the_process_is_repeatable():
    history = market()
    asked = {**tasks.pack_history(history), "unit": np.ones(60), "horizon": np.full(60, 8)}
    once, again = process.run("learn", asked), process.run("learn", asked)
    assert once["learned"] == again["learned"] > 1000
    assert Learned.from_arrays(once).proof is not None
    assert all(np.array_equal(once[name], again[name]) for name in once)


def test_too_little_to_learn_from():
    history = market(series=2)
    asked = {**tasks.pack_history(history), "unit": np.ones(2), "horizon": np.full(2, 8)}
    assert process.run("learn", asked)["learned"] == 0


def test_broken_model_is_left_out_and_said_so():
    history = market()
    answer = process.run("forecast", question(history, **{"model.text": np.zeros(3)}))
    assert "not a" in str(answer["model_error"])
    assert tasks.check_forecast(answer, 60) is None
    plain = forecast_demand(history, np.full(60, 8), np.full(60, 0.95))
    assert np.array_equal(answer["quantile"], plain.quantile)


#: the engine where LightGBM is not installed
WITHOUT_LIGHTGBM = """
import runpy, sys
sys.modules["lightgbm"] = None
sys.argv = ["engine", *sys.argv[1:], "3000"]
runpy.run_module("engine", run_name="__main__")
"""


def test_without_lightgbm_statistics_forecast_alone_and_it_is_said(monkeypatch):
    history = market()
    asked = {**tasks.pack_history(history), "unit": np.ones(60), "horizon": np.full(60, 8)}
    learned = process.run("learn", asked)
    assert learned.pop("learned") > 1000
    scripted(monkeypatch, WITHOUT_LIGHTGBM)
    answer = process.run("learn", asked)
    assert answer["learned"] == 0
    assert "LightGBM cannot be used" in str(answer["model_error"])
    answer = process.run("forecast", question(history, **learned))
    assert "LightGBM cannot be used" in str(answer["model_error"])
    plain = forecast_demand(history, np.full(60, 8), np.full(60, 0.95))
    assert np.array_equal(answer["quantile"], plain.quantile)
    # what was never learned cannot be missed
    assert not str(process.run("forecast", question(history))["model_error"])


def test_who_asks_the_engine_never_imports_lightgbm():
    """Odoo forks; a process that forks after LightGBM's threads have worked hangs."""
    script = (
        "import sys, engine.process, engine.tasks; print({'lightgbm', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=process.FOLDER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


def test_a_replay_without_lightgbm_says_so(monkeypatch):
    asked = {
        **tasks.pack_history(market()),
        "unit": np.ones(60),
        "interval": np.full(60, 8),
        "weeks": np.array(8),
    }
    whole = process.run("replay_forecast", asked)
    assert not str(whole["model_error"])
    scripted(monkeypatch, WITHOUT_LIGHTGBM)
    plain = process.run("replay_forecast", asked)
    assert "LightGBM cannot be used" in str(plain["model_error"])
    assert tasks.check_replay_forecast(plain, 60, 8) is None
    # the methods' means are the same, the quantiles are not
    assert np.array_equal(plain["mean"], whole["mean"])
    assert not np.array_equal(plain["quantile"], whole["quantile"])


def test_killed_while_it_works():
    """The real engine, killed as the kernel does when memory is gone."""
    history = market(series=4000, days=700)
    killed = []

    def kill():
        me = psutil.Process()
        for _try in range(1000):
            for child in me.children():
                if "forecast" in child.cmdline():
                    os.kill(child.pid, signal.SIGKILL)
                    killed.append(child.pid)
                    return
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(process.EngineFailure, match="SIGKILL") as caught:
        process.run("forecast", question(history))
    killer.join()
    assert caught.value.kind == process.KILLED
    assert not psutil.pid_exists(killed[0])


def test_out_of_memory_is_a_failure_of_the_process_alone():
    with pytest.raises(process.EngineFailure) as caught:
        process.run("forecast", question(market(series=4000, days=700)), memory=400)
    assert caught.value.kind in (process.CRASHED, process.KILLED)


def test_out_of_time(monkeypatch):
    scripted(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(process.EngineFailure, match=r"within 0\.5 s") as caught:
        process.run("forecast", question(market(series=1)), timeout=0.5)
    assert caught.value.kind == process.TIMED_OUT


@pytest.mark.parametrize(
    ("script", "kind", "message"),
    [
        ("import a_library_that_is_missing", process.CRASHED, "a_library_that_is_missing"),
        ("raise SystemExit(3)", process.CRASHED, "without a word"),
        ("pass", process.NONSENSE, "cannot be read"),
        ("import sys; open(sys.argv[3], 'w').write('?')", process.NONSENSE, "cannot be read"),
    ],
)
def test_no_answer_is_a_failure_that_says_why(monkeypatch, script, kind, message):
    scripted(monkeypatch, script)
    with pytest.raises(process.EngineFailure, match=message) as caught:
        process.run("forecast", question(market(series=1)))
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("quantile", np.nan, "quantile is not a number"),
        ("mean", -1.0, "mean is negative"),
        ("expected_short", np.inf, "expected_short is not a number"),
        ("coverage", np.inf, "coverage is not a number"),
    ],
)
def test_nonsense_is_found(name, value, message):
    answer = tasks.forecast(question(market(series=3)))
    assert tasks.check_forecast(answer, 3) is None
    answer[name] = answer[name].astype(float)
    answer[name][1] = value
    assert message in tasks.check_forecast(answer, 3)
    assert "is missing" in tasks.check_forecast({}, 3)
    assert "not of 4" in tasks.check_forecast(tasks.forecast(question(market(series=3))), 4)
