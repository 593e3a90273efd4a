"""Kills a sender at random moments, again and again, in a database of its own; prints what came of it as JSON.

    python -m tests.app.kill_run dedupes|blind KILLS SEED FOLDER

Each round forks a sender and kills it (SIGKILL) after a random time, then lets its lease run out. At the end one sender runs undisturbed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from huifang.app.records.models import ContactPoint

FOLDER = Path(sys.argv[4])


def own_database() -> None:
    """A new database beside the one that is given, or a file in the folder."""
    os.environ["HUIFANG_DATA"] = str(FOLDER)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huifang.app.settings"
    given = os.environ.get("HUIFANG_DATABASE", "")
    if given:
        import psycopg

        name = f"huifang_kills_{os.getpid()}"
        with psycopg.connect(given, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        os.environ["HUIFANG_DATABASE"] = urlunsplit(urlsplit(given)._replace(path=f"/{name}"))


def _attempted() -> list[tuple[str, ContactPoint]]:
    """Every attempt's key with its recipient; what the folder keeps is masked."""
    from huifang.app.records.models import Attempt

    return [(str(each.key), each.contact_point) for each in Attempt.objects.select_related("contact_point") if each.contact_point]


def main(kind: str, kills: int, seed: int) -> None:
    own_database()
    import django

    django.setup()
    import logging

    logging.disable(logging.CRITICAL)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from huifang.app.queries.accounting import account
    from huifang.app.records.models import Attempt, ContactPoint, FollowUp
    from huifang.app.services import delivery
    from huifang.channels.outbox import Outbox
    from huifang.domain.contact import Channel
    from tests.app.messages import DAY, NOW, LineProvider, business

    firm = business()
    firm.follow_up()
    driver = Outbox(FOLDER / "outbox") if kind == "dedupes" else LineProvider(FOLDER / "lines")
    delivery.deliver_due(NOW, drivers={Channel.SMS: driver})  # everything is loaded once before the forks
    dice, planned, unbalanced = random.Random(seed), 1, 0

    def leases_run_out() -> None:
        FollowUp.objects.filter(state="claimed").update(lease_until=NOW - timedelta(days=400))

    def close() -> None:
        if connection.vendor == "postgresql":
            connection.close_pool()
        connection.close()

    for _ in range(kills):
        for _ in range(3):
            firm.follow_up()
            planned += 1
        close()
        child = os.fork()
        if child == 0:
            delivery.deliver_due(NOW, drivers={Channel.SMS: driver})
            os._exit(0)
        time.sleep(dice.uniform(0.0, 0.12))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        unbalanced += not account(FollowUp.objects.all(), DAY).balanced
        leases_run_out()
    delivery.deliver_due(NOW, 10 * planned, {Channel.SMS: driver})
    leases_run_out()
    delivery.deliver_due(NOW, 10 * planned, {Channel.SMS: driver})
    if isinstance(driver, Outbox):
        whose = {key: point.value for key, point in _attempted()}
        got = Counter(whose[json.loads(path.read_text(encoding="utf-8"))["key"]] for path in driver.folder.rglob("*.json"))
    else:
        got = driver.deliveries()
    unknown = {point.value for point in ContactPoint.objects.filter(pk__in=Attempt.objects.filter(state="unknown").values("contact_point"))}
    everybody = {point.value for point in ContactPoint.objects.filter(kind="phone")}
    found = asdict(account(FollowUp.objects.all(), DAY)) | {
        "delivered": len(got), "doubled": sum(times > 1 for times in got.values()), "lost": len(everybody - set(got) - unknown),
        "unbalanced": unbalanced, "number": planned,
    }  # fmt: skip
    close()
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
