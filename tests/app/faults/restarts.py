"""Restarts PostgreSQL at once, as a power cut would, again and again under a worker; prints what came of it as JSON.

    python -m tests.app.faults.restarts dedupes|queryable|blind RESTARTS SEED FOLDER

The server is its own. One worker, the real one, is never touched: it sees its database go away in the middle of whatever it does, and
goes on when it is back. `standstill` is how many milliseconds passed at most from there to the next message. The worker is given all the
time it needs as long as it goes on; `left` is that it did not.
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

import psycopg
from scripts import with_postgresql

from tests.app.faults import installation

AT_A_TIME = 150
"""So many are there to be sent when the server goes away: it is sure to go away in the middle of the work."""
_MOST = 10
"""Where the server went away between two pieces of work too often, it goes away more often than was asked, up to so many times."""
MANY = 50
"""Where more than these are still to be sent, the worker is sure to find some that it has not had in its hand before."""
PATIENCE = 90.0
"""Seconds for the next message: what the database refused for once is put off for a minute."""


def main(kind: str, restarts: int, seed: int, folder: Path) -> None:
    """As said above."""
    with with_postgresql.running() as server:
        os.environ["HUIFANG_DATABASE"] = server.get_uri()
        back_soon(server.get_uri())
        installation.set_up(folder)
        begin(kind, restarts, random.Random(seed), folder, server)


def back_soon(address: str) -> None:
    """After a stop the server has all its files written through at once, not one by one: it is back in half a second instead of three."""
    if sys.platform == "linux":
        with psycopg.connect(address, autocommit=True) as server:
            server.execute("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")


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
    unbalanced = caught = gone = 0
    standstill = 0.0
    ahead, in_hand = FollowUp.objects.filter(state__in=("open", "claimed")), FollowUp.objects.filter(state="claimed")
    while gone < restarts or (caught < restarts // 2 and gone < _MOST * restarts):
        gone += 1
        with transaction.atomic():
            for _ in range(AT_A_TIME - ahead.count()):
                firm.follow_up()
        assert installation.fewer(ahead.count, PATIENCE), "the worker stands still"
        installation.within(PATIENCE, lambda: in_hand.exists() or not ahead.exists())
        time.sleep(dice.uniform(0.0, 0.1))
        installation.let_go()
        with_postgresql.restart_at_once(server)
        back = time.monotonic()
        unbalanced += not account(FollowUp.objects.all(), DAY).balanced
        caught += in_hand.exists()
        installation.leases_run_out()
        if ahead.count() > MANY and installation.fewer(ahead.count, PATIENCE):
            standstill = max(standstill, time.monotonic() - back)
    left = not installation.until_none(ahead.count, PATIENCE)
    if left:  # it was cut off once more with some in its hand: a quarter of an hour later they are free
        installation.leases_run_out()
        left = not installation.until_none(ahead.count, PATIENCE)
    assert os.waitpid(worker, os.WNOHANG) == (0, 0), "the worker is still there"
    os.kill(worker, signal.SIGTERM)
    assert os.waitpid(worker, 0)[1] == 0
    installation.leases_run_out()
    installation.send_what_is_left({Channel.SMS: driver}, 10 * firm.customers)
    installation.told(
        firm.customers,
        driver.deliveries(),
        unbalanced=unbalanced,
        restarts=gone,
        caught=caught,
        left=left,
        standstill=int(1000 * standstill),
    )


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
