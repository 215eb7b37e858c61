"""What ``bin/*`` call: set up with the standard library alone, then go on in the environment."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

from . import cache, console, odoo_source, virtualenv

#: When the user gave the command (``time.monotonic()``), told to what goes on in the environment.
STARTED = "DEVKIT_STARTED"


def launch(module: str) -> None:
    """Make the environment and run ``python -m module`` in it with our arguments."""

    def go() -> int:
        os.environ[STARTED] = str(time.monotonic())
        # found before we enter: "one that the interpreter can import" means the caller's
        source = odoo_source.find()
        os.environ[odoo_source.HANDED_OVER] = source.hand_over()
        virtualenv.enter(module)
        return 0

    sys.exit(guard(go))


def seconds_since_start() -> float:
    """How long the user has waited, the making of the environment included."""
    now = time.monotonic()
    return now - float(os.environ.get(STARTED, now))


def guard(command: Callable[[], int]) -> int:
    """Run a command; failures are told with their remedy, Ctrl-C ends it with code 130.

    Nobody who reads on (``bin/test | head``) ends it as well, with the code of SIGPIPE.
    """
    # also when we were started by a shell that lets background jobs ignore it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with cache.disk_errors():
            return command()
    except console.Failure as failure:
        console.report(failure)
        return 1
    except KeyboardInterrupt:
        print("\nEnded.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # what is still in the buffer would be tried again when the interpreter ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
