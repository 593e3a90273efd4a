"""What the commands share: starting Django, the database, a free port, the server's process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

from huifang.domain.words import Words

_SERVER = (
    "--interface",
    "wsgi",
    "--no-ws",
    "--workers-kill-timeout",
    "10",
    "--respawn-failed-workers",
    "--blocking-threads",
    "8",
    "--backpressure",
    "64",
)
_PATIENCE = 25.0
"""Seconds that the pages have to answer what they have begun; those that serve them are given ten of them by the server itself."""


def start() -> None:
    """Start Django in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huifang.app.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the database up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there: the server itself would share the port silently."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def processes_for(vendor: str) -> int:
    """How many processes serve the pages: one where all write into one file, else one for each core, at most four."""
    return 1 if vendor == "sqlite" else min(os.cpu_count() or 1, 4)


def run_server(host: str, port: int, processes: int) -> int:
    """The pages in processes of their own, until they end or this one is told to stop (Ctrl-C, SIGTERM); their exit status."""
    where = ["--host", host, "--port", str(port), "--workers", str(processes)]
    command = [sys.executable, "-m", "granian", *_SERVER, *where, "huifang.app.wsgi:application"]
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    process = subprocess.Popen(command, start_new_session=True)
    try:
        return process.wait()
    except KeyboardInterrupt:
        end(process)
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def end(process: subprocess.Popen[bytes], patience: float = _PATIENCE) -> None:
    """Tell a process that leads a session to stop; where it has not after `patience` seconds, it and all it has started are ended."""
    process.terminate()
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def port_taken(port: int) -> Words:
    """What to say where the port is not free."""
    return Words(f"端口 {port} 已被占用，请用 --port 另选一个。", f"Port {port} is taken; choose another with --port.")
