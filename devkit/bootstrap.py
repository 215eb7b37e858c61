"""What ``bin/*`` call: set up with the standard library alone, then go on in the environment."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from . import console, odoo_source, virtualenv


def launch(module: str) -> None:
    """Make the environment and run ``python -m module`` in it with our arguments."""

    def go() -> int:
        # found before we enter: "one that the interpreter can import" means the caller's
        source = odoo_source.find()
        os.environ[odoo_source.HANDED_OVER] = source.hand_over()
        virtualenv.enter(module)
        return 0

    sys.exit(guard(go))


def guard(command: Callable[[], int]) -> int:
    """Run a command; failures are told with their remedy, Ctrl-C ends it with code 130."""
    # also when we were started by a shell that lets background jobs ignore it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return command()
    except console.Failure as failure:
        console.report(failure)
        return 1
    except KeyboardInterrupt:
        print("\nEnded.", file=sys.stderr)
        return 130
