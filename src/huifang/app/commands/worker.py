"""``huifang worker``: do what is queued, until it is stopped."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Sequence

from huifang.app.commands.processes import start


def run(arguments: Sequence[str], language: str) -> int:  # noqa: ARG001
    """Work until SIGINT or SIGTERM."""
    argparse.ArgumentParser(prog="huifang worker", description="Do what is queued. 运行后台任务。").parse_args(arguments)
    start()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    from huifang.app import business_clock
    from huifang.app.jobs import worker as working

    working.run(stop, business_clock.now)
    return 0
