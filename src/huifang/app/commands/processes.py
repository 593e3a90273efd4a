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
    "--workers",
    "1",
    "--workers-kill-timeout",
    "10",
    "--respawn-failed-workers",
    "--blocking-threads",
    "8",
    "--backpressure",
    "64",
)


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


def run_server(host: str, port: int) -> int:
    """The pages in a process of their own, until it ends or this one is told to stop; its exit status."""
    command = [sys.executable, "-m", "granian", *_SERVER, "--host", host, "--port", str(port), "huifang.app.wsgi:application"]
    process = subprocess.Popen(command)
    previous = signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait(timeout=20)
        return 0
    finally:
        signal.signal(signal.SIGTERM, previous)


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def port_taken(port: int) -> Words:
    """What to say where the port is not free."""
    return Words(f"端口 {port} 已被占用，请用 --port 另选一个。", f"Port {port} is taken; choose another with --port.")
