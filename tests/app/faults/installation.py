"""An installation of its own for a run that stops processes: its database, its log silent, its tables made."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[3]


def run(name: str, *arguments: object, seconds: float, database: str | None = None) -> dict[str, int]:
    """Run `tests.app.faults.NAME` in a process of its own; what it printed last, a line of JSON."""
    command = [sys.executable, "-W", "ignore", "-m", f"tests.app.faults.{name}", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    environment |= {} if database is None else {"HUIFANG_DATABASE": database}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=seconds)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


def nothing_is_lost(found: Mapping[str, int], most_unknown: int) -> None:
    """What every run must have come to: each message with its customer once, or open for a person to look at, and it always added up."""
    assert (found["doubled"], found["lost"], found["unbalanced"]) == (0, 0, 0), found
    assert (found["planned"], found["pending"], found["failed"], found["blocked"]) == (found["number"], 0, 0, 0), found
    assert found["unknown"] <= most_unknown, found
    assert found["sent"] + found["unknown"] == found["planned"], found
    assert found["sent"] <= found["delivered"] <= found["planned"], found


def set_up(folder: Path) -> None:
    """A new database beside the one that is given, or a file in the folder."""
    os.environ["HUIFANG_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huifang.app.settings"
    os.environ["HUIFANG_MASS_OVER"] = "0"  # many at once need no second person here
    given = os.environ.get("HUIFANG_DATABASE", "")
    if given:
        import psycopg

        name = f"huifang_faults_{os.getpid()}"
        with psycopg.connect(given, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        os.environ["HUIFANG_DATABASE"] = urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    join()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def join() -> None:
    """Work in the installation that the environment names."""
    import django

    django.setup()
    logging.disable(logging.CRITICAL)


def let_go() -> None:
    """No connection of this process stays open: before a fork, before the server goes away, at the end."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.close()


def leases_run_out() -> None:
    """Time goes by for everything that is in hand; one by one, as a sender beside holds several in its own order."""
    from huifang.app.records.models import FollowUp
    from tests.app.messages import NOW

    in_hand = FollowUp.objects.filter(state="claimed")
    for number in in_hand.values_list("pk", flat=True):
        in_hand.filter(pk=number).update(lease_until=NOW - timedelta(days=400))


def within(seconds: float, reached: Callable[[], bool]) -> bool:
    """Whether it is reached in that time."""
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def fewer(left: Callable[[], int], patience: float) -> bool:
    """Wait until there are fewer than now, or none; False where there are not after so many seconds."""
    before, end = left(), time.monotonic() + patience
    while before and left() >= before:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def until_none(left: Callable[[], int], patience: float) -> bool:
    """Wait for as long as they become fewer, each time so many seconds; whether none is left."""
    while left():
        if not fewer(left, patience):
            return not left()
    return True


def send_what_is_left(drivers: dict[Any, Any], most: int) -> None:
    """One sender, undisturbed, for some hours or until nothing is left."""
    from huifang.app.records.models import FollowUp
    from huifang.app.services import delivery
    from tests.app.messages import NOW

    for hours in range(6):
        delivery.deliver_due(NOW + timedelta(hours=hours), most, drivers)
        leases_run_out()
        if not FollowUp.objects.filter(state__in=("open", "claimed")).exists():
            break


def told(planned: int, got: Counter[str], **more: int) -> None:
    """Print what came of it: the account of the day, and what customers with a phone got (`got`, by number); to the error output, for how
    many what is unknown of them is so for which reason.
    """
    from huifang.app.queries.accounting import account
    from huifang.app.records.models import Attempt, ContactPoint, FollowUp, Message
    from tests.app.messages import DAY

    open_ends = Attempt.objects.filter(state="unknown").values("contact_point")
    unknown = {point.value for point in ContactPoint.objects.filter(pk__in=open_ends)}
    everybody = {point.value for point in ContactPoint.objects.filter(kind="phone")}
    found = asdict(account(FollowUp.objects.all(), DAY)) | {
        "delivered": len(got), "doubled": sum(times > 1 for times in got.values()), "lost": len(everybody - set(got) - unknown),
        "number": planned, **more,
    }  # fmt: skip
    why = Counter(words["en"] for words in Message.objects.filter(attempt__state="unknown").values_list("words", flat=True))
    print(json.dumps(why), file=sys.stderr)
    let_go()
    print(json.dumps(found))
