"""Restarts PostgreSQL at once, as a power cut would, again and again under a worker; prints what came of it as JSON.

    python -m tests.app.faults.restarts dedupes|queryable|blind RESTARTS SEED FOLDER

The server is its own. One worker, the real one, is never touched: it sees its database go away in the middle of whatever it does, and
goes on when it is back.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from scripts import with_postgresql

from tests.app.faults import installation

AT_A_TIME = 40


def main(kind: str, restarts: int, seed: int, folder: Path) -> None:
    """As said above."""
    with with_postgresql.running() as server:
        os.environ["HUIFANG_DATABASE"] = server.get_uri()
        installation.set_up(folder)
        begin(kind, restarts, random.Random(seed), folder, server)


def begin(kind: str, restarts: int, dice: random.Random, folder: Path, server: Any) -> None:
    """Customers come, the server goes."""
    from django.db import transaction

    from huifang.app.queries.accounting import account
    from huifang.app.records.models import FollowUp
    from huifang.channels.driver import Delivery
    from huifang.domain.contact import Channel
    from tests.app.messages import DAY, LineProvider, business

    firm = business()
    driver = LineProvider(folder / "lines", delivery=Delivery(kind), forgets=kind != "dedupes")
    installation.let_go()
    worker = os.fork()
    if worker == 0:
        work(driver)
    unbalanced = caught = 0
    for _ in range(restarts):
        with transaction.atomic():
            for _ in range(AT_A_TIME):
                firm.follow_up()
        waiting, patience = FollowUp.objects.filter(state="open"), time.monotonic() + 20
        while waiting.count() == AT_A_TIME and time.monotonic() < patience:
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.1))
        installation.let_go()
        with_postgresql.restart_at_once(server)
        unbalanced += not account(FollowUp.objects.all(), DAY).balanced
        caught += FollowUp.objects.filter(state="claimed").exists()
        installation.leases_run_out()
    waiting = FollowUp.objects.filter(state__in=("open", "claimed"))
    left = not installation.within(60, lambda: not waiting.exists())
    assert os.waitpid(worker, os.WNOHANG) == (0, 0), "the worker is still there"
    os.kill(worker, signal.SIGTERM)
    assert os.waitpid(worker, 0)[1] == 0
    installation.leases_run_out()
    installation.send_what_is_left({Channel.SMS: driver}, 10 * firm.customers)
    installation.told(firm.customers, driver.deliveries(), unbalanced=unbalanced, caught=caught, left=left)


def work(driver: Any) -> None:
    """The worker's own process, until it is told to stop."""
    from huifang.app.jobs import worker
    from huifang.app.services import delivery
    from tests.app.messages import NOW

    delivery.senders = lambda: dict.fromkeys(driver.channels, driver)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    began = time.monotonic()
    worker.run(stop, lambda: NOW + timedelta(seconds=time.monotonic() - began), pause=0.05)
    installation.let_go()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
