"""``python -m engine TASK in.npz out.npz MEGABYTES [SCHEDULER]``: what :mod:`.process` starts."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path


def main(task: str, source: str, result: str, memory: str, scheduler: str = "") -> None:
    if not scheduler:
        with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
            import resource

            limit = int(memory) * 1024 * 1024
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    import numpy as np

    from .parts import join, split
    from .tasks import TASKS

    with np.load(source, allow_pickle=False) as arrays:
        parts = split(dict(arrays))
    if scheduler:
        from .cluster import ClusterError, compute

        try:
            answers = compute(task, parts, scheduler)
        except ClusterError as error:
            sys.exit(str(error))
    else:
        answers = [TASKS[task](part) for part in parts]
    part = Path(result).with_suffix(".part.npz")
    np.savez(part, **join(answers))
    part.rename(result)


if __name__ == "__main__":
    main(*sys.argv[1:])
