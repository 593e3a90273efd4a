"""Many schedulers and workers on one installation, day after day; prints what came of it as JSON.

    python -m tests.app.faults.crowd DAYS SCHEDULERS WORKERS FOLDER

Each day brings twenty new customers whose job of the day before asks for a text message and a mail. The day's plan and the messages are
queued, claimed and done by processes that know nothing of each other, each the real one. `plans` counts how often a day was planned,
`messages` those that a customer got.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.app.faults import installation

CUSTOMERS = 20


def main(days: int, schedulers: int, workers: int, folder: Path) -> None:
    """As said above."""
    installation.set_up(folder)
    from huifang.app.records.models import FollowUp, Job, Occurrence, PlanRun
    from tests.app.messages import DAY, LineProvider, business

    firm = business()
    Job.objects.all().delete()  # the first day is without work
    unfinished = 0
    with processes(folder, ["schedule"] * schedulers + ["work"] * workers):
        for number in range(1, days + 1):
            day = DAY + timedelta(days=number)
            for _ in range(CUSTOMERS):
                firm.job(day - timedelta(days=1))
            set_clock(folder, day)
            unfinished += not installation.within(300, lambda day=day: through(day))
    got = LineProvider(folder / "lines").deliveries()
    planned = FollowUp.objects.values_list("customer", "channel")
    done_again = Job.objects.exclude(error="").count()
    installation.told(
        firm.customers, got, unfinished=unfinished, messages=got.total(), plans=PlanRun.objects.filter(day__gt=DAY).count(),
        occurrences=Occurrence.objects.count(), planned_twice=len(planned) - len(set(planned)), done_again=done_again,
    )  # fmt: skip


@contextmanager
def processes(folder: Path, kinds: list[str]) -> Iterator[None]:
    """All of them, as long as it takes; none has ended by itself meanwhile."""
    installation.let_go()
    running = [subprocess.Popen([sys.executable, "-W", "ignore", "-m", "tests.app.faults.crowd", kind, str(folder)]) for kind in kinds]
    try:
        yield
        assert all(one.poll() is None for one in running)
    finally:
        for one in running:
            one.send_signal(signal.SIGTERM)
        assert not any(one.wait(60) for one in running)


def through(day: date) -> bool:
    """Whether the day is planned and everything that could be sent was."""
    from huifang.app.records.models import FollowUp, Job, PlanRun

    busy = Job.objects.filter(kind__in=("plan", "deliver"), state__in=("waiting", "running"))
    planned = PlanRun.objects.filter(day=day, state="done").exists()
    return planned and not busy.exists() and not FollowUp.objects.filter(day=day, state__in=("open", "claimed")).exists()


def set_clock(folder: Path, day: date) -> None:
    """It is a quarter past ten of a day for everybody, and time goes by."""
    from tests.app.messages import DAY, NOW

    (folder / "new").write_text((NOW + (day - DAY)).isoformat())
    (folder / "new").rename(folder / "clock")


def clock(folder: Path) -> datetime:
    """The moment, as the run wants it."""
    file = folder / "clock"
    while not file.exists():
        time.sleep(0.05)
    return datetime.fromisoformat(file.read_text()) + timedelta(seconds=max(0.0, time.time() - file.stat().st_mtime))


def serve(kind: str, folder: Path) -> None:
    """One of the processes, until it is told to stop."""
    installation.join()
    from django.db import close_old_connections

    from huifang.app.jobs import schedule, worker
    from huifang.app.services import delivery
    from huifang.domain.contact import Channel
    from tests.app.messages import LineProvider

    driver = LineProvider(folder / "lines")
    delivery.senders = lambda: {Channel.SMS: driver, Channel.EMAIL: driver}
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if kind == "work":
        worker.run(stop, lambda: clock(folder), pause=0.5)
    while not stop.wait(0.5):
        schedule.due(clock(folder))
        close_old_connections()
    installation.let_go()
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] in ("schedule", "work"):
        serve(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
