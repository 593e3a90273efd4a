"""An installation of its own for a run that stops processes: its database, its log silent, its tables made."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
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
    """Time goes by for everything that is in hand."""
    from huifang.app.records.models import FollowUp
    from tests.app.messages import NOW

    FollowUp.objects.filter(state="claimed").update(lease_until=NOW - timedelta(days=400))


def within(seconds: float, reached: Callable[[], bool]) -> bool:
    """Whether it is reached in that time."""
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
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
    """Print what came of it: the account of the day, and what customers with a phone got (`got`, by number)."""
    from huifang.app.queries.accounting import account
    from huifang.app.records.models import Attempt, ContactPoint, FollowUp
    from tests.app.messages import DAY

    open_ends = Attempt.objects.filter(state="unknown").values("contact_point")
    unknown = {point.value for point in ContactPoint.objects.filter(pk__in=open_ends)}
    everybody = {point.value for point in ContactPoint.objects.filter(kind="phone")}
    found = asdict(account(FollowUp.objects.all(), DAY)) | {
        "delivered": len(got), "doubled": sum(times > 1 for times in got.values()), "lost": len(everybody - set(got) - unknown),
        "number": planned, **more,
    }  # fmt: skip
    let_go()
    print(json.dumps(found))
