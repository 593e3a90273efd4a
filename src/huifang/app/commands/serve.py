"""``huifang serve``: the database brought up to date, a worker beside, and the pages."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Sequence

from huifang.app.commands.processes import migrate, port_is_free, port_taken, processes_for, run_server, say, start


def run(arguments: Sequence[str], language: str) -> int:
    """Serve until stopped; 1 where the port is taken."""
    parser = argparse.ArgumentParser(prog="huifang serve", description="Serve the pages, with a worker beside. 启动系统。")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on / 监听地址")
    parser.add_argument("--port", type=int, default=8000, help="port / 端口")
    parser.add_argument("--processes", type=_count, help="processes for the pages; by itself 1 on SQLite, else one a core / 页面进程数")
    parser.add_argument("--no-worker", action="store_true", help="workers run elsewhere / 不在此运行后台任务")
    chosen = parser.parse_args(arguments)
    if not port_is_free(chosen.host, chosen.port):
        say(port_taken(chosen.port).say(language))
        return 1
    start()
    migrate()
    stop = threading.Event()
    beside = None if chosen.no_worker else _worker_thread(stop)
    say(f"http://{chosen.host}:{chosen.port}/")
    try:
        return run_server(chosen.host, chosen.port, chosen.processes or _usual())
    finally:
        stop.set()
        if beside is not None:
            beside.join(timeout=15)


def _count(text: str) -> int:
    if not 1 <= int(text) <= 64:
        raise ValueError(text)
    return int(text)


def _usual() -> int:
    from django.db import connection

    return processes_for(connection.vendor)


def _worker_thread(stop: threading.Event) -> threading.Thread:
    from huifang.app import business_clock
    from huifang.app.jobs import worker as working

    thread = threading.Thread(target=working.run, args=(stop, business_clock.now), name="huifang-worker", daemon=True)
    thread.start()
    return thread
