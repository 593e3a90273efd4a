"""What a page of a register of 100,000 rows costs: the first, one in the middle and the last, and counting it.

    python benchmarks/registers.py [rows]
    python scripts/with_postgresql.py python benchmarks/registers.py [rows]   on PostgreSQL

The business has as many customers as rows, spread over a month: each was contacted once (with a record), has one thing more that fell due
and nobody did, and a case. A page is a hundred rows with all that their columns may need, without the cells and the page around them.
"""

from __future__ import annotations

import copy
import os
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("HUIFANG_DATA", tempfile.mkdtemp(prefix="huifang-registers-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "huifang.app.settings"
FIRST, DAYS, SIZE, TIMES = date(2026, 11, 1), 30, 100, 9


def main() -> None:
    """Make the business, measure, print the table."""
    import django
    from django.core.management import call_command
    from django.db import connection

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    django.setup()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    staff, book = make(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{rows:,} customers made in {time.perf_counter() - began:.0f} s", flush=True)
    load = os.getloadavg()[0]
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {connection.vendor}, median of {TIMES}, load {load:.1f}\n")
    print("| register | rows | first page ms | middle ms | last ms | all counted ms | 2,000 counted ms |\n|---|---|---|---|---|---|---|")
    for name, walk in walks(staff, book).items():
        print(f"| {name} | {measured(walk)} |", flush=True)


def walks(staff: Any, book: Any) -> dict[str, Any]:
    from huifang.app.queries.register_cases import Cases
    from huifang.app.queries.register_contacts import Contacts
    from huifang.app.queries.register_line import Period
    from huifang.app.queries.register_planned import Planned
    from huifang.domain.words import Words
    from huifang.playbooks.schema import Register

    title, month = Words("表", "Sheet"), Period(FIRST, FIRST + timedelta(days=DAYS - 1))

    def register(rows: str) -> Register:
        return Register.model_validate({"title": {"zh": "表", "en": title.en}, "rows": rows, "columns": [{"value": "seq", "title": "x"}]})

    return {
        "done": Contacts(staff, book, register("done"), month, None),
        "due": Contacts(staff, book, register("due"), month, None),
        "cases": Cases(staff, book, month, None),
        "planned": Planned(staff, book, register("planned"), month, None),
    }


def measured(walk: Any) -> str:
    unfilled, places, after = copy.copy(walk), [""], ""
    unfilled._lines = lambda _rows: ()  # only where the pages begin
    while after := unfilled.page(after, 1_000).after:
        places.append(after)
    spent = [median(lambda place=place: walk.page(place, SIZE)) for place in (places[0], places[len(places) // 2], places[-1])]
    began = time.perf_counter()
    rows = walk.figures()[0][1]
    counted = (time.perf_counter() - began) * 1000
    return " | ".join([f"{rows:,}", *(f"{each:.0f}" for each in (*spent, counted, median(lambda: walk.some(2_000))))])


def median(work: Any, times: int = TIMES) -> float:
    """Milliseconds, in the middle of so many."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def make(rows: int) -> tuple[Any, Any]:
    """The business; the manager who looks, and the playbook."""
    from huifang.app.records.models import Branch, PlaybookVersion, Staff
    from huifang.playbooks import library

    branches = [Branch.objects.create(code=f"B{number}", name=f"{number}店") for number in range(10)]
    people = [
        Staff.objects.create(code=f"P{n}", name=f"人{n}", sign_in_name=f"p{n}", role="agent", branch=branches[n % 10]) for n in range(40)
    ]
    manager = Staff.objects.create(code="M", name="经理", sign_in_name="m", role="manager", all_branches=True)
    version = PlaybookVersion.objects.create(playbook="repair-shop", number=1, text=library.text("repair-shop"), sha256="-", state="active")
    for first in range(0, rows, 5_000):
        _customers(range(first, min(rows, first + 5_000)), branches, people, version)
    return manager, library.read("repair-shop").playbook


def _customers(places: range, branches: list[Any], people: list[Any], version: Any) -> None:
    from huifang.app.business_time import business_day
    from huifang.app.records.models import Attempt, Case, Customer, FollowUp, Occurrence, Record

    made = Customer.objects.bulk_create(Customer(code=f"K{n:07d}", name=f"客户{n}", name_index="", branch=branches[n % 10]) for n in places)
    start = datetime(FIRST.year, FIRST.month, FIRST.day, 1, tzinfo=UTC)
    moments = [start + timedelta(days=n % DAYS, seconds=n % 28_000) for n in places]
    followups = FollowUp.objects.bulk_create(
        FollowUp(
            customer=one, branch=one.branch, staff=people[n % 40], channel="phone", purpose="service", day=business_day(at), opens_at=at,
            closes_at=at, deadline=business_day(at), playbook_version=version, programme="day-after", state="done", outcome="completed",
        )
        for n, one, at in zip(places, made, moments, strict=True)
    )  # fmt: skip
    tried = Attempt.objects.bulk_create(
        Attempt(
            ticket=uuid.uuid4(), key=uuid.uuid4().hex, followup=each, customer_id=each.customer_id, channel="phone", purpose="service",
            programme="day-after", staff=each.staff, branch=each.branch, state="ended", at=at, day=each.day, outcome="completed",
            reached=True,
        )
        for each, at in zip(followups, moments, strict=True)
    )  # fmt: skip
    told = Record.objects.bulk_create(
        Record(
            attempt=each, token=each.key, followup=each.followup, customer_id=each.customer_id, staff=each.staff, branch=each.branch,
            programme="day-after", saved_at=each.at, day=each.day, satisfied=each.pk % 5 > 0, words="都好",
        )
        for each in tried
    )  # fmt: skip
    Occurrence.objects.bulk_create(
        Occurrence(
            playbook="repair-shop", programme=programme, customer_id=each.customer_id, cause=cause, cause_day=each.day, purpose="service",
            due=each.day, deadline=each.day, expires=each.day, open=is_open, decision="planned", rule="planned.first", decided_on=each.day,
            followup=each if held else None,
        )
        for each in followups
        for programme, cause, is_open, held in (("day-after", "a", False, True), ("service-due", "b", True, False))
    )  # fmt: skip
    Case.objects.bulk_create(
        Case(
            number=f"G{each.pk}",
            kind="dissatisfied",
            customer_id=each.customer_id,
            branch=each.branch,
            title="慢",
            record=each,
            opened_at=each.saved_at,
        )
        for each in told
    )


if __name__ == "__main__":
    main()
