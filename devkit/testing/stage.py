"""One stage of ``bin/test`` in a process of its own: ``python -m devkit.testing.stage``."""

from __future__ import annotations

import argparse
import dataclasses
import json
import signal
import sys
from pathlib import Path

from .. import bootstrap, cache
from ..console import Failure
from . import child
from .results import Failed, Result
from .stages import STAGES, Run


def command(name: str, run: Run, outcome: Path) -> list[str]:
    """Command line that runs a stage and leaves its result in the file ``outcome``."""
    return [
        *(sys.executable, "-m", "devkit.testing.stage", name, "--outcome", str(outcome)),
        *("--artefacts", str(run.artefacts)),
        *(["--part"] if not run.whole else []),
        *(["--echo"] if run.echo else []),
        *(f"--path={path}" for path in run.paths),
        *(f"--option={option}" for option in run.options),
    ]


def read(outcome: Path, log: Path, exit_code: int) -> Result:
    """What a stage left; a stage that broke is one failure."""
    if not outcome.exists():
        tail = log.read_text(errors="replace")[-3000:] if log.exists() else ""
        return Result(failures=[Failed("(stage)", f"ended with {exit_code}\n{tail}")], log=log)
    found = json.loads(outcome.read_text())
    found["failures"] = [Failed(**failure) for failure in found["failures"]]
    found["log"] = Path(found["log"]) if found["log"] else None
    return Result(**found)


def main() -> int:
    parser = argparse.ArgumentParser(prog="devkit.testing.stage")
    parser.add_argument("name", choices=STAGES)
    parser.add_argument("--outcome", type=Path, required=True)
    parser.add_argument("--artefacts", type=Path, required=True)
    parser.add_argument("--part", action="store_true")
    parser.add_argument("--echo", action="store_true")
    parser.add_argument("--path", action="append", default=[])
    parser.add_argument("--option", action="append", default=[])
    options = parser.parse_args()
    run = Run(
        env=child.environment(),
        artefacts=options.artefacts,
        paths=options.path,
        options=options.option,
        whole=not options.part,
        echo=options.echo,
    )
    try:
        with cache.disk_errors():
            result = STAGES[options.name].run(run)
    except Failure as failure:
        text = f"{failure}\n{failure.hint}".strip()
        result = Result(failures=[Failed("(stage)", text)])
    stored = dataclasses.asdict(result) | {"log": str(result.log) if result.log else None}
    options.outcome.write_text(json.dumps(stored))
    return 0 if result.ok else 1


if __name__ == "__main__":
    # bin/test ends its stages politely; what a stage started ends with it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(bootstrap.guard(main))
