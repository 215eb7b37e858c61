"""``python -m engine TASK in.npz out.npz MEGABYTES``: what :mod:`.process` starts."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path


def main(task: str, source: str, result: str, memory: str) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        limit = int(memory) * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    import numpy as np

    from .tasks import TASKS

    with np.load(source, allow_pickle=False) as arrays:
        answer = TASKS[task](dict(arrays))
    part = Path(result).with_suffix(".part.npz")
    np.savez(part, **answer)
    part.rename(result)


if __name__ == "__main__":
    main(*sys.argv[1:])
