"""The real server on a free port, over a database of its own with the repair shop's day in it."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import SystemRandom
from urllib.parse import urlsplit
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "only-for-tests-0"
"""Of everybody in the scene."""
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_DATABASE, _ENTERED = "huifang.sqlite3", "entered.sqlite3"
SERVE = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--workers-kill-timeout", "5", "--no-ws"]


def browser_path() -> str:
    """A Chromium that is there; raises RuntimeError with how to get one."""
    sys.path.insert(0, str(ROOT / "scripts"))
    import find_browser

    path = find_browser.find()
    if path is None:
        raise RuntimeError(find_browser.ADVICE)
    return path


def free_port() -> int:
    """A port nobody listens on, below those that the system gives to connections that go out."""
    while True:
        port = SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def _database(server: str, template: str = "template1") -> str:
    """The address of a new database on a PostgreSQL server, a copy of another one there."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    name = f"browser_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _environment(data: Path) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return os.environ | {"HUIFANG_DATA": str(data), "DJANGO_SETTINGS_MODULE": "huifang.app.settings", "PYTHONPATH": path}


class Installation:
    """A data folder, its database and its server, which can be ended and begun again at another hour on the same port.

    `database` names a PostgreSQL server, where it gets a database of its own; empty: the one that HUIFANG_DATABASE names, else SQLite.
    `more` is its environment.
    """

    def __init__(self, data: Path, database: str = "", **more: str) -> None:
        self.data, self.port = data, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        server = database or os.environ.get("HUIFANG_DATABASE", "")
        folder, template = _migrated(server)
        self.environment = _environment(data) | {"HUIFANG_DATABASE": _database(server, template) if server else "", **more}
        if not (data / _DATABASE).exists():  # a folder that was served before goes on with what it has
            shutil.copytree(folder, data, dirs_exist_ok=True)

    def run(self, *module: str) -> str:
        """Run a module in it, with its arguments; what it says."""
        done = subprocess.run(
            [sys.executable, "-m", *module], env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()

    def keep(self) -> None:
        """Keep a copy of the SQLite database as it was entered, for `restore`."""
        with closing(sqlite3.connect(self.data / _DATABASE)) as entered, closing(sqlite3.connect(self.data / _ENTERED)) as copy:
            entered.backup(copy)

    def restore(self) -> None:
        """Bring the database back to what was kept, while the server runs; who has signed in stays signed in."""
        with closing(sqlite3.connect(self.data / _ENTERED)) as copy, closing(sqlite3.connect(self.data / _DATABASE, timeout=60)) as live:
            signed_in = live.execute("SELECT * FROM django_session").fetchall()
            copy.backup(live)
            live.executemany("INSERT INTO django_session VALUES (?, ?, ?)", signed_in)
            live.commit()

    @contextmanager
    def serving(self, at: datetime | None = None, *, worker: bool = False) -> Iterator[str]:
        """The server, and with `worker` whoever does its jobs, from the moment `at` on (None: the computer's); gives the address."""
        clock = {"HUIFANG_DEMO": "1", "HUIFANG_DEMO_CLOCK": str(int((at - datetime.now(UTC)).total_seconds()))} if at else {}
        environment = self.environment | clock
        command = [sys.executable, "-m", "granian", *SERVE, "--port", str(self.port), "huifang.app.wsgi:application"]
        with (self.data / "server.log").open("w") as log:
            server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
            try:
                _wait(self.port, server, self.data / "server.log")
                with _beside(environment) if worker else nullcontext():
                    yield self.address
            finally:
                server.terminate()
                server.wait(20)


@contextmanager
def running(data: Path, seed: tuple[str, ...] = ("tests.browser.seed",), *, worker: bool = False, **more: str) -> Iterator[str]:
    """Migrate, enter what the seed enters, serve; gives the address. The server is ended afterwards. `more` is its environment."""
    place = Installation(data, **more)
    place.run(*seed)
    with place.serving(worker=worker) as address:
        yield address


@cache
def _migrated(server: str = "") -> tuple[Path, str]:
    """The data folder of a new installation, made once; on a PostgreSQL server, also the name of its database."""
    folder = Path(tempfile.mkdtemp(prefix="huifang-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address = _database(server) if server else ""
    _run("django", "migrate", "-v0", environment=_environment(folder) | {"HUIFANG_DATABASE": address})
    return folder, urlsplit(address).path.removeprefix("/")


def _run(*module: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", *module], env=environment, cwd=ROOT, check=True)


@contextmanager
def _beside(environment: dict[str, str]) -> Iterator[None]:
    """A worker of the same installation, ended afterwards."""
    command = "from huifang.app.commands.worker import run; raise SystemExit(run([], 'zh'))"
    worker = subprocess.Popen([sys.executable, "-c", command], env=environment, cwd=ROOT)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(60)


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(1800):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                with suppress(ConnectionError), urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=240):  # reads the whole product
                    return  # closed without an answer: a busy machine took too long to begin, so it is asked again
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
