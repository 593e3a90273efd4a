"""Messages a second of the real delivery, beside a loop that sends without asking.

    python benchmarks/sends.py [messages] [workers] [service | marketing]

Reminders of a service; or advertising, to customers who have agreed to it with a proof, and whose emotional account and class the
gate asks for.

The worker's own `deliver_due` claims, asks the gate, writes the attempt, hands the message to a provider in this process, and writes down
what became of it: one commit a message and two for each 25. The rival reads what is due, sends, and marks it as sent: one commit, no
consent, no cap, no hours, no ledger, and after a crash nobody knows. Both run over the same database; HUIFANG_DATABASE names a PostgreSQL,
else it is SQLite. CPU is this process's own, and that of the PostgreSQL server where it runs on this machine.
While several workers send side by side, customers whose message is still to come say stop ten times a second; what is told is how long
after the stop was written the last message to one of them left.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

os.environ.setdefault("HUIFANG_DATA", tempfile.mkdtemp(prefix="huifang-sends-"))
os.environ["HUIFANG_PHONE"] = "0755-88886666"
os.environ["HUIFANG_MASS_OVER"] = "0"  # many at once need no second person here
os.environ["DJANGO_SETTINGS_MODULE"] = "huifang.app.settings"

import django
from goals import goal
from processes import cpu_of, server_of

django.setup()

from django.core.management import call_command  # noqa: E402 - only once Django is ready
from django.db import connection, transaction  # noqa: E402

from huifang.app.indexes import value_index  # noqa: E402
from huifang.app.records.models import (  # noqa: E402
    Agreement,
    Branch,
    Consent,
    ContactPoint,
    ContactPolicy,
    Customer,
    Event,
    FollowUp,
    Message,
    Occurrence,
    PlanRun,
)
from huifang.app.services import consents, playbooks  # noqa: E402
from huifang.app.services.delivery import deliver_due  # noqa: E402
from huifang.channels.driver import Delivery, Receipt, ReceiptState, Ticket, require_ticket  # noqa: E402
from huifang.channels.driver import Message as Words  # noqa: E402
from huifang.domain.contact import Channel  # noqa: E402
from huifang.playbooks import library  # noqa: E402

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)
SENT = Receipt(ReceiptState.SENT, reference="1")


class Provider:
    """Takes everything at once."""

    name, delivery, channels = "local", Delivery.BLIND, frozenset({Channel.SMS})

    def __init__(self) -> None:
        self.taken = 0
        self.left: list[tuple[str, float]] = []
        """To whom and when, by the machine's clock."""

    def send(self, ticket: Ticket, message: Words) -> Receipt:
        """One more."""
        require_ticket(ticket, self.channels)
        self.taken += 1
        self.left.append((message.to, time.time()))
        return SENT


def enter(messages: int, purpose: str) -> None:
    """So many customers with a phone, some history, and a reminder of this purpose that is due."""
    version = playbooks.activate(None, playbooks.add_version(None, library.text("repair-shop"), "repair-shop.yaml", NOW), NOW)
    branch = Branch.objects.create(code="NS", name="安达南山店")
    run = PlanRun.objects.create(day=DAY, state="done", started_at=NOW)
    people = Customer.objects.bulk_create(
        Customer(code=f"K{number}", name=f"王{number}", branch=branch, attributes={"plate": f"粤B{number:05}"})
        for number in range(messages)
    )
    phones = [f"+86138{number:08}" for number in range(messages)]
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=who, kind="phone", value=phone, value_index=value_index(phone), primary=True, mobile=True)
        for who, phone in zip(people, phones, strict=True)
    )
    Event.objects.bulk_create(
        Event(
            customer=who,
            kind="job.settled",
            code=f"J{who.pk}-{back}",
            at=NOW - timedelta(days=back),
            day=DAY - timedelta(days=back),
            amount=500,
        )
        for who in people
        for back in (190, 400)
    )
    if purpose == "marketing":
        agree(people)
    programme = {"service": "service-due", "marketing": "insurance-due"}[purpose]
    followups = FollowUp.objects.bulk_create(
        FollowUp(
            customer=who, run=run, branch=branch, channel="sms", purpose=purpose, day=DAY, deadline=DAY,
            opens_at=NOW - timedelta(hours=1), closes_at=NOW + timedelta(hours=6), playbook_version=version,
            programme=programme, position=place,
        )
        for place, who in enumerate(people)
    )  # fmt: skip
    Occurrence.objects.bulk_create(
        Occurrence(
            playbook="repair-shop", programme=programme, customer=each.customer, cause="2026-12-01", cause_day=date(2026, 12, 1),
            purpose=purpose, due=DAY, deadline=DAY, expires=DAY + timedelta(days=14), decision="planned", rule="planned.first",
            decided_on=DAY, followup=each,
        )
        for each in followups
    )  # fmt: skip


def agree(people: list[Customer]) -> None:
    """They have said that they want advertising, have an insurance that ends, and the night has learned about them."""
    Consent.objects.bulk_create(
        Consent(
            customer=who, purpose="marketing", channel="sms", allowed=True, at=NOW - timedelta(days=90), road="agent", proof="愿意收到优惠"
        )
        for who in people
    )
    Agreement.objects.bulk_create(
        Agreement(customer=who, kind="insurance", code=f"A{who.pk}", starts=DAY - timedelta(days=340), ends=date(2026, 12, 1), amount=3000)
        for who in people
    )
    ContactPolicy.objects.bulk_create(
        ContactPolicy(
            customer=who, index=1, at_once=1, plans_ahead=False, reliability=0, engaged=True, observations=1, cluster="c", balance=1,
            slowed=1, paused=False, as_of=DAY, reasons="",
        )
        for who in people
    )  # fmt: skip


def ours(provider: Provider) -> None:
    """The worker's delivery, job after job."""
    while deliver_due(NOW, drivers={Channel.SMS: provider}):
        pass


def naive(provider: Provider) -> None:
    """Read, send, mark."""
    due = FollowUp.objects.filter(state=FollowUp.State.OPEN, channel="sms", day=DAY).select_related("customer").order_by("position")
    for followup in due.iterator(200):
        point = ContactPoint.objects.filter(customer=followup.customer, kind="phone").first()
        ticket = Ticket(followup.pk, "0" * 64, Channel.SMS, NOW)  # type: ignore[arg-type]  # nobody looks
        provider.send(ticket, Words(point.value if point else "", "", f"{followup.customer.name}您好", "zh"))
        with transaction.atomic():
            FollowUp.objects.filter(pk=followup.pk).update(state=FollowUp.State.DONE, outcome="sent", done_at=NOW)


def database_seconds() -> float:
    """CPU seconds of a PostgreSQL server on this machine; 0 for SQLite, which has none."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cpu_of(server_of(cursor.fetchone()[0]))


def measured(name: str, work: Callable[[Provider], None], messages: int) -> None:
    """Run once and say how fast it was, by the clock, by this process's own seconds and by the database's."""
    provider = Provider()
    served, wall, own = database_seconds(), time.perf_counter(), time.process_time()
    work(provider)
    wall, own, served = time.perf_counter() - wall, time.process_time() - own, database_seconds() - served
    assert provider.taken == messages, provider.taken
    if name == "Huifang":
        goal(f"messages a second, {connection.vendor}, one worker", messages / wall, at_least=250 if served else 100)
    print(f"{name:>10}: {messages / wall:8.0f} a second, {_cpu(own, served, messages)}", flush=True)


def _cpu(own: float, served: float, messages: int) -> str:
    return f"{1000 * own / messages:6.2f} ms of CPU each, {1000 * served / messages:6.2f} ms of the database's"


def side_by_side(messages: int, workers: int) -> None:
    """So many processes of the worker's delivery at once, while customers say stop."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(number) for number in range(workers)]
        served, began = database_seconds(), time.perf_counter()
        running = [subprocess.Popen([sys.executable, __file__, "deliver", str(file)]) for file in files]
        stopped = dict(_stopping(messages, running))
        assert not any(one.wait() for one in running)
        lines = [line.split() for file in files for line in file.read_text().splitlines()]
    wall, served = time.perf_counter() - began, database_seconds() - served
    cpu = sum(float(words[1]) for words in lines if words[0] == "cpu")
    left = {words[0]: float(words[1]) for words in lines if words[0] != "cpu"}
    late = [left[to] - at for to, at in stopped.items() if to in left and left[to] > at]
    print(f"{workers} workers: {len(left) / wall:8.0f} a second, {_cpu(cpu, served, len(left))}, starting included", flush=True)
    goal(f"messages a second, {connection.vendor}, {workers} workers", len(left) / wall, at_least=250 if served else 100)
    goal("seconds from a stop to the last message", max(late, default=0), at_most=2)
    print(f"{len(stopped)} stops: {sum(to not in left for to in stopped)} in time, {len(late)} messages left after theirs,", end=" ")
    print(f"the latest by {1000 * max(late, default=0):.0f} ms", flush=True)


def _stopping(messages: int, running: list[subprocess.Popen[bytes]]) -> Iterator[tuple[str, float]]:
    """Customers of the second half, one after the other in any order; their number, and when their stop was written."""
    numbers = Random(1).sample(range(messages // 2, messages), messages // 2)
    while numbers and any(one.poll() is None for one in running):
        number = numbers.pop()
        consents.opt_out(None, Customer.objects.get(code=f"K{number}"), "any", "any", "reply", NOW)
        yield f"+86138{number:08}", time.time()
        time.sleep(0.1)


def deliver(file: Path) -> None:
    """One of the processes: sends what is due, and writes down what left when."""
    provider, idle = Provider(), 0
    while idle < 3:
        idle = 0 if deliver_due(NOW, drivers={Channel.SMS: provider}) else idle + 1
    lines = [f"cpu {time.process_time()}", *(f"{to} {at}" for to, at in provider.left)]
    file.write_text("\n".join(lines))


def main(messages: int = 2000, workers: int = 1, purpose: str = "service") -> None:
    """Ours, then the rival over the same rows."""
    call_command("migrate", verbosity=0, interactive=False)
    enter(messages, purpose)
    print(f"{messages} messages of {purpose}, {connection.vendor}, {os.cpu_count()} cores")
    if workers > 1:
        side_by_side(messages, workers)
        return
    measured("Huifang", ours, messages)
    assert Message.objects.filter(attempt__outcome="sent").count() == messages
    FollowUp.objects.update(state=FollowUp.State.OPEN)
    measured("naive loop", naive, messages)


if __name__ == "__main__":
    if sys.argv[1:2] == ["deliver"]:
        deliver(Path(sys.argv[2]))
    else:
        main(*(int(each) for each in sys.argv[1:3]), *sys.argv[3:4])
