"""PostgreSQL: the server that ``PG*`` names, else a private cluster in the cache.

The private cluster listens on a Unix socket only and lives as long as the command that started
it; PostgreSQL refuses to run as root, so then it runs as the package's own user.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from . import cache, process, system
from .console import Failure, step

MINIMUM = 13
ROLE = "odoo"
#: Any of these says that the user names a server.
NAMED_BY = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")
OTHERWISE = "Or name a server of your own: PGHOST=… PGUSER=… PGPASSWORD=…"
#: What a test cluster may risk: it is made anew when it breaks.
UNSAFE = ("fsync=off", "full_page_writes=off")
SETTINGS = (
    "listen_addresses=",
    "port=5432",
    "max_connections=120",
    "shared_buffers=512MB",
    "work_mem=32MB",
    "maintenance_work_mem=256MB",
    "max_wal_size=4GB",
    "synchronous_commit=off",
    "unix_socket_permissions=0700",
    "log_min_messages=warning",
    "jit=off",
)


@contextlib.contextmanager
def server(purpose: str, *, durable: bool) -> Iterator[dict[str, str]]:
    """A running server; yields the ``PG*`` variables that reach it.

    :param purpose: names the private cluster, one for each kind of command
    :param durable: False trades safety at a power cut for speed
    """
    with cache.lock(f"postgres-{purpose}", f"Another command uses the {purpose} databases"):
        if any(os.environ.get(name) for name in NAMED_BY):
            check_connection({})
            yield {}
            return
        binaries = _binaries()
        home = _home(f"postgres-{purpose}")
        _make(binaries, home)
        with _start(binaries, home, () if durable else UNSAFE) as variables:
            yield variables


def check_connection(variables: dict[str, str]) -> None:
    """:raise Failure: when the server refuses, is too old, or its role cannot be Odoo's"""
    import psycopg2  # of the virtual environment: not there when the set-up starts

    named = {key: value for key, value in os.environ.items() if key.startswith("PG")} | variables
    shown = " ".join(f"{k}={'…' if k == 'PGPASSWORD' else v}" for k, v in sorted(named.items()))
    try:
        connection = psycopg2.connect(dbname="postgres", connect_timeout=10, **_libpq(variables))
    except psycopg2.Error as error:
        raise Failure(
            f"PostgreSQL refuses the connection ({shown}): {str(error).strip()}",
            "Check PGHOST, PGPORT, PGUSER and PGPASSWORD, and that the server runs;\n"
            "or unset them: then a private server is started.",
        ) from None
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, rolname,"
            " rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        version, role, may_create = cursor.fetchone()
    if version < MINIMUM:
        raise Failure(f"This PostgreSQL is version {version}; Odoo 19 needs {MINIMUM} or newer.")
    if role == "postgres":
        raise Failure(
            "Odoo refuses to use the database role 'postgres'.",
            "Make another one (createuser --createdb odoo) and name it with PGUSER=odoo.",
        )
    if not may_create:
        raise Failure(
            f"The role {role!r} may not create databases.",
            f"Grant it: ALTER ROLE {role} CREATEDB;",
        )


def _libpq(variables: dict[str, str]) -> dict[str, str]:
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
    return {names[key]: value for key, value in variables.items()}


def _binaries() -> Path:
    """The folder with ``initdb`` and ``postgres`` of the newest version installed."""
    found = _installed()
    if found is None:
        with _no_system_cluster():
            system.install(["postgresql"], "PostgreSQL", OTHERWISE)
        found = _installed()
    if found is None:
        raise Failure(f"No PostgreSQL {MINIMUM} or newer was found.", OTHERWISE)
    return found


def _installed() -> Path | None:
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name)
    )
    on_path = shutil.which("initdb")
    for folder in [*packaged, *([Path(on_path).resolve().parent] if on_path else [])]:
        if not (folder / "initdb").exists() or not (folder / "postgres").exists():
            continue
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
        words = answer.stdout.split()
        if len(words) > 2 and int(words[2].split(".")[0]) >= MINIMUM:
            return folder
    return None


@contextlib.contextmanager
def _no_system_cluster() -> Iterator[None]:
    """Keep the package, while it is installed, from making and starting a cluster of its own."""
    settings = Path("/etc/postgresql-common/createcluster.d/inventory-suite.conf")
    if system.is_root():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        if system.is_root():
            settings.unlink(missing_ok=True)


def _user() -> str | None:
    """Whom the server runs as: None is ourselves."""
    if not system.is_root():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Failure("There is no user to run PostgreSQL as.", "Add one: adduser --system postgres")


def _home(name: str) -> Path:
    """The cluster's folder: in the cache, unless its user cannot get there."""
    home = cache.folder() / name
    user = _user()
    if user is None:
        return home
    reachable = subprocess.run(["test", "-x", home.parent], user=user, cwd="/", check=False)
    if reachable.returncode == 0:
        return home
    tag = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    return Path("/var/tmp") / f"inventory-{tag}-{name}"


def _as_user() -> dict:
    """Options of a child process that runs as the server's user."""
    user = _user()
    if user is None:
        return {"cwd": "/"}
    group = pwd.getpwnam(user).pw_gid
    return {"user": user, "group": group, "extra_groups": [], "cwd": "/"}


def _make(binaries: Path, home: Path) -> None:
    version = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True
    ).stdout.strip()
    # the owner as well: a folder made as another user would be refused
    key = cache.fingerprint([version.split(".")[0], str(_user()), "1"])
    if cache.is_complete(home, key):
        return
    cache.require_space(home.parent)
    if (home / "data" / "postmaster.pid").exists():
        _stop(binaries, home)
    with step("Making a private PostgreSQL cluster"), cache.building(home, key) as draft:
        if user := _user():
            shutil.chown(draft, user)
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        process.run(
            [
                *(binaries / "initdb", "-D", draft / "data", "-U", ROLE, "--auth=trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            env=environment,
            **_as_user(),
        )


def _socket_folder(home: Path) -> Path:
    """A Unix socket's path has room for 107 bytes."""
    if len(str(home)) < 80:
        return home
    tag = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    folder = Path("/tmp") / f"inventory-{tag}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if user := _user():
        shutil.chown(folder, user)
    return folder


@contextlib.contextmanager
def _start(binaries: Path, home: Path, risks: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if (home / "data" / "postmaster.pid").exists():
        _stop(binaries, home)  # left by a command that was killed
    sockets = _socket_folder(home)
    variables = {"PGHOST": str(sockets), "PGPORT": "5432", "PGUSER": ROLE}
    settings = [*SETTINGS, *risks, f"unix_socket_directories={sockets}"]
    options = [word for setting in settings for word in ("-c", setting)]
    log = home / "server.log"
    with log.open("w") as sink:
        server_process = process.running(
            [binaries / "postgres", "-D", home / "data", *options],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            stop_signal=signal.SIGINT,  # "fast shutdown"
            death_signal=signal.SIGINT,
            **_as_user(),
        )
        with server_process as running:
            _await(running, sockets, log)
            yield variables


def _await(running: subprocess.Popen, sockets: Path, log: Path) -> None:
    import psycopg2

    limit = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < limit:
        try:
            psycopg2.connect(dbname="postgres", host=str(sockets), port=5432, user=ROLE).close()
            return
        except psycopg2.OperationalError:
            time.sleep(0.1)
    if cache.is_full():
        raise cache.disk_full("the private PostgreSQL server does not start.")
    raise Failure(
        f"The private PostgreSQL server does not start:\n{log.read_text()[-2000:]}",
        f"Remove its folder {log.parent} and run the command again; it is made anew.",
    )


def _stop(binaries: Path, home: Path) -> None:
    subprocess.run(
        [binaries / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop"],
        capture_output=True,
        **_as_user(),
    )
