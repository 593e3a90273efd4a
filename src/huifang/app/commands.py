"""The system's commands: set up, serve, work, demo. Each takes its arguments and returns an exit status; Django starts inside."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Sequence

from huifang.domain.errors import HuifangError

_SERVER = ("--interface", "wsgi", "--no-ws", "--workers", "1", "--workers-kill-timeout", "10", "--respawn-failed-workers")


def setup(argv: Sequence[str]) -> int:
    """``huifang setup``: make the database and the first administrator."""
    parser = argparse.ArgumentParser(
        prog="huifang setup", description="Make the database and the first administrator. 建库并添加首位管理员。"
    )
    parser.add_argument("--name", default="", help="the administrator's name / 管理员姓名")
    parser.add_argument("--sign-in-name", default="admin", help="default admin / 登录名，默认 admin")
    parser.add_argument("--first-run", action="store_true", help="draw a password that must be changed / 生成首次登录密码，登录后须更改")
    chosen = parser.parse_args(argv)
    start()
    migrate()
    from huifang.app import clock
    from huifang.app.records.models import Role, Staff
    from huifang.app.services import staff

    if Staff.objects.filter(role=Role.ADMINISTRATOR).exists():
        _say("已有管理员，数据库已是最新。 / There is an administrator already; the database is up to date.")
        return 0
    password = secrets.token_urlsafe(12) if chosen.first_run else getpass.getpass("Password / 密码: ")
    try:
        staff.add(
            None, "ADMIN", chosen.name or chosen.sign_in_name, Role.ADMINISTRATOR, clock.now(), sign_in_name=chosen.sign_in_name,
            password=password, all_branches=True, must_change_password=chosen.first_run,
        )  # fmt: skip
    except HuifangError as error:
        _say(f"{error.say('zh')}\n{error.say('en')}")
        return 1
    if chosen.first_run:
        _say(f"登录名 / sign-in name: {chosen.sign_in_name}\n首次密码 / first password: {password}")
    return 0


def serve(argv: Sequence[str]) -> int:
    """``huifang serve``: migrations, a worker beside it, and the pages."""
    parser = argparse.ArgumentParser(prog="huifang serve", description="Serve the pages, with a worker beside. 启动系统。")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on / 监听地址")
    parser.add_argument("--port", type=int, default=8000, help="port / 端口")
    parser.add_argument("--no-worker", action="store_true", help="workers run elsewhere / 不在此运行后台任务")
    chosen = parser.parse_args(argv)
    if not port_is_free(chosen.host, chosen.port):
        _say(f"端口 {chosen.port} 已被占用，请用 --port 另选一个。 / Port {chosen.port} is taken; choose another with --port.")
        return 1
    start()
    migrate()
    stop = threading.Event()
    beside = None if chosen.no_worker else _worker_thread(stop)
    _say(f"http://{chosen.host}:{chosen.port}/")
    try:
        return run_server(chosen.host, chosen.port)
    finally:
        stop.set()
        if beside is not None:
            beside.join(timeout=15)


def worker(argv: Sequence[str]) -> int:
    """``huifang worker``: do what is queued, until it is stopped."""
    argparse.ArgumentParser(prog="huifang worker", description="Do what is queued. 运行后台任务。").parse_args(argv)
    start()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    from huifang.app import clock
    from huifang.app.jobs import worker as working

    working.run(stop, clock.now)
    return 0


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
    import subprocess

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


def _worker_thread(stop: threading.Event) -> threading.Thread:
    from huifang.app import clock
    from huifang.app.jobs import worker as working

    thread = threading.Thread(target=working.run, args=(stop, clock.now), name="huifang-worker", daemon=True)
    thread.start()
    return thread


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
