"""Nothing that a command started outlives it, however it ends."""

import signal
import subprocess
import time

import psutil
import pytest

from devkit import process

#: Starts a child that itself has a child, then waits.
PARENT = """
import sys, time
from devkit import process
with process.running([sys.executable, "-c",
        "import subprocess, time; subprocess.Popen(['sleep', '600']); time.sleep(600)"]):
    print("running", flush=True)
    time.sleep(600)
"""


def wait_gone(pids, patience=20):
    """Those of the processes that are still there after some patience."""
    limit = time.monotonic() + patience
    left = list(pids)
    while left and time.monotonic() < limit:
        left = [pid for pid in left if alive(pid)]
        time.sleep(0.1)
    return left


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_stop_ends_grandchildren_too():
    with process.running(["sh", "-c", "sleep 600 & sleep 600 & wait"]) as running:
        time.sleep(0.3)
        children = [c.pid for c in psutil.Process(running.pid).children(recursive=True)]
        assert len(children) == 2
    assert not wait_gone([running.pid, *children])


def test_a_child_that_ignores_the_polite_signal_ends_as_well():
    with process.running(["sh", "-c", "trap '' TERM; echo; while :; do sleep 1; done"]) as running:
        time.sleep(0.3)
        started = time.monotonic()
        process.stop(running, patience=1)
    assert time.monotonic() - started < 10
    assert not alive(running.pid)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_child_does_not_outlive_a_parent_that_is_killed(command, signum):
    parent = command("-c", PARENT)
    parent.read_until("running")
    children = parent.descendants()
    assert children
    parent.process.send_signal(signum)
    parent.process.wait(20)
    # the direct child gets a signal of its own from the kernel
    assert not wait_gone(children[:1])
    for pid in children[1:]:
        if alive(pid):
            psutil.Process(pid).kill()


#: Talks and starts a step, with a child that must not be left.
TALKER = """
import sys, time
from devkit import bootstrap, console, process
def main():
    with process.running(["sleep", "600"]) as child:
        console.say(str(child.pid))
        with console.step("Talking", every=0.1):
            time.sleep(1)
        time.sleep(600)
if __name__ == "__main__":
    sys.exit(bootstrap.guard(main))
"""


def test_command_whose_reader_leaves_ends_in_silence(command):
    """``bin/demo | head -1``: no traceback, also from the thread that shows progress."""
    talker = command("-c", TALKER, stderr=subprocess.PIPE)
    child = int(talker.process.stdout.readline())
    talker.process.stdout.close()
    assert talker.process.wait(20) == 128 + signal.SIGPIPE
    assert talker.process.stderr.read() == ""
    talker.process.stderr.close()
    assert not wait_gone([child])
