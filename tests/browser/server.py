"""The real server on a free port, over a database of its own with the repair shop's day in it."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
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
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def own_database(server: str) -> str:
    """The address of a new, empty database on a PostgreSQL server; nothing, which means SQLite, where there is no server."""
    if not server:
        return ""
    import psycopg
    from psycopg.sql import SQL, Identifier

    name = f"browser_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return urlsplit(server)._replace(path=f"/{name}").geturl()


class Installation:
    """A data folder, its database and its server, which can be ended and begun again at another hour on the same port.

    `database` names a PostgreSQL server, where it gets a database of its own; empty: the one that HUIFANG_DATABASE names, else SQLite.
    `more` is its environment.
    """

    def __init__(self, data: Path, database: str = "", **more: str) -> None:
        self.data, self.port = data, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "HUIFANG_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "huifang.app.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "HUIFANG_DATABASE": own_database(database or os.environ.get("HUIFANG_DATABASE", "")),
            **more,
        }
        if self.environment["HUIFANG_DATABASE"]:
            _run("django", "migrate", "-v0", environment=self.environment)
        elif not (data / "huifang.sqlite3").exists():  # a folder that was served before goes on with what it has
            shutil.copytree(_migrated(), data, dirs_exist_ok=True)

    def run(self, *module: str) -> str:
        """Run a module in it, with its arguments; what it says."""
        done = subprocess.run(
            [sys.executable, "-m", *module], env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()

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
def _migrated() -> Path:
    """The data folder of a new installation on SQLite, made once."""
    folder = Path(tempfile.mkdtemp(prefix="huifang-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    _run(
        "django", "migrate", "-v0",
        environment=os.environ | {"HUIFANG_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "huifang.app.settings", "PYTHONPATH": path},
    )  # fmt: skip
    return folder


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
