"""100,000 personalised mails: places, conditions and the customer's own facts, from the database to the words.

    python benchmarks/rendering.py [mails]

First the words alone: one template with eight places and two conditions, its values at hand, beside Django's template language (compiled
once) and beside `str.format` (which knows no conditions, and reads attributes of whatever it is given). Then the whole way: 2,000 customers
with 20 events each in SQLite, their names sealed; every mail reads its customer, its cause and its facts
again, 25 mails at a time as they are sent.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from goals import goal

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]
GOAL, CUSTOMERS, EVENTS = 60.0, 2_000, 20
NOW = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)
TEXT = """{customer}您好：
{if jobs >= 4}
感谢您第{fact.jobs}次光临{organisation}，累计消费{fact.spent}元。
{else}
感谢您光临{organisation}。
{end}
{event.day}的{event.work}还满意吗？{if plate is not null}爱车{customer.plate}{end}有任何问题请联系{owner}或致电{phone}。"""
DJANGO = """{{ customer }}您好：
{% if jobs >= 4 %}感谢您第{{ fact.jobs }}次光临{{ organisation }}，累计消费{{ fact.spent }}元。
{% else %}感谢您光临{{ organisation }}。
{% endif %}{{ event.day }}的{{ event.work }}还满意吗？{% if plate %}爱车{{ plate }}{% endif %}有任何问题请联系{{ owner }}\
或致电{{ phone }}。"""
FORMAT = """{customer}您好：
感谢您第{jobs}次光临{organisation}，累计消费{spent}元。
{day}的{work}还满意吗？爱车{plate}有任何问题请联系{owner}或致电{phone}。"""
PLAYBOOK = f"""
format: huifang/1
playbook: letters
title: {{zh: 来信, en: Letters}}
about: {{zh: 一封信, en: One letter}}
attributes: {{plate: {{title: {{zh: 车牌, en: Plate}}}}}}
events: {{job: {{title: {{zh: 结算, en: Job}}, attributes: {{work: {{title: {{zh: 项目, en: Work}}}}}}}}}}
facts: {{jobs: count(job), spent: sum(job.amount)}}
content:
  letter:
    title: {{zh: 信, en: Letter}}
    channel: email
    subject: {{zh: "{{customer}}，您好", en: "Dear {{customer}}"}}
    text:
      zh: |-
        {TEXT.replace(chr(10), chr(10) + 8 * " ")}
      en: "{{customer}}"
programmes:
  after:
    title: {{zh: 之后, en: After}}
    purpose: service
    when: {{after: job, wait: 1 day}}
    within: 1 day
    through: [email]
    send: [letter]
"""


def main() -> None:
    """Make the business in a folder of its own, write all mails each way, print the tables."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"HUIFANG_DATA": folder, "HUIFANG_PHONE": "0755-26000000", "DJANGO_SETTINGS_MODULE": "huifang.app.settings"}
        import django

        django.setup()
        print(f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, {number:,} mails, load {os.getloadavg()[0]:.1f}\n")
        alone(number)
        whole(number)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak {peak:.0f} MB.")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - used


def people(number: int) -> list[dict[str, object]]:
    """The values of so many customers; one in two has been here often, one in three has no plate."""
    return [
        {"customer": f"王丽华{n}", "jobs": 3 + n % 2 * 5, "spent": 380 * n, "organisation": "安达南山店", "day": "11月23日 周一",
         "work": "四轮定位", "plate": f"粤B{n:05d}" if n % 3 else None, "owner": "陈晓", "phone": "0755-26000000"} for n in range(number)
    ]  # fmt: skip


def alone(number: int) -> None:
    """The words alone."""
    from django.template import Context, engines

    from huifang.playbooks.templates import template

    rows, day = people(number), date(2026, 11, 24)
    theirs = engines["django"].from_string(DJANGO).template

    def ours() -> list[str]:
        said = []
        for row in rows:
            words = {name.replace("day", "event.day"): str(value) for name, value in row.items()}
            words |= {"fact.jobs": str(row["jobs"]), "fact.spent": str(row["spent"]), "event.work": str(row["work"]),
                      "customer.plate": str(row["plate"])}  # fmt: skip
            said.append(template(TEXT).plain(row, day).fill(words))
        return said

    def django_template() -> list[str]:
        return [theirs.render(Context({**row, "fact": row, "event": row}, autoescape=False)) for row in rows]

    assert ours()[:100] == django_template()[:100]
    rivals = {
        "Huifang": ours,
        "Django template": django_template,
        "str.format, no conditions": lambda: [FORMAT.format(**row) for row in rows],
    }
    taken = {name: min(timed(work) for _ in range(3)) for name, work in rivals.items()}
    print("| words alone, best of 3 | wall s | a mail | ratio |\n|---|---|---|---|")
    for name, (wall, _) in taken.items():
        print(f"| {name} | {wall:.2f} | {wall / number * 1e6:.1f} µs | {wall / taken['Huifang'][0]:.1f} |")


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """So many at a time, as they are sent."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def whole(number: int) -> None:
    """From the database to the words."""
    from huifang.app.queries.playbooks import playbook_of
    from huifang.app.records.models import FollowUp
    from huifang.app.records.prepared import TOGETHER
    from huifang.app.services import rendering
    from huifang.app.services.message_batches import read_together
    from huifang.app.services.message_ground import of_asked
    from huifang.domain.contact import Channel

    business()
    rows = FollowUp.objects.select_related("customer__owner", "branch", "playbook_version").order_by("pk")

    def ours() -> None:
        left = number
        while left:
            for some in batched(rows[:left].iterator(chunk_size=200), TOGETHER):
                for asked in read_together(some):
                    playbook = playbook_of(asked.followup.playbook_version)
                    assert rendering.write(of_asked(asked, Channel.EMAIL, playbook, NOW)).text
                left -= len(some)

    wall, used = timed(ours)
    print("\n| the whole way | wall s | CPU s | a mail | goal s | ratio to the goal |\n|---|---|---|---|---|---|")
    print(f"| Huifang | {wall:.1f} | {used:.1f} | {wall / number * 1e3:.2f} ms | {GOAL:.0f} | {wall / GOAL * 100_000 / number:.2f} |")
    goal("100,000 personalised mails: seconds", wall * 100_000 / number, at_most=GOAL)


def business() -> None:
    """A branch, a person, a playbook, the customers with their events, and a follow-up for each."""
    from django.core.management import call_command

    from huifang.app.records.models import Branch, Customer, Event, FollowUp, Occurrence, PlanRun, Staff
    from huifang.app.services import playbooks

    call_command("migrate", verbosity=0)
    day = NOW.date()
    branch, run = Branch.objects.create(code="NS", name="安达南山店"), PlanRun.objects.create(day=day, started_at=NOW)
    owner = Staff.objects.create(code="A1", name="陈晓", sign_in_name="a1", role="agent", branch=branch)
    version = playbooks.activate(None, playbooks.add_version(None, PLAYBOOK, "letters.yaml", NOW), NOW)
    customers = Customer.objects.bulk_create(
        Customer(code=f"K{n}", name=f"王丽华{n}", branch=branch, owner=owner, attributes={"plate": f"粤B{n:05d}"} if n % 3 else {})
        for n in range(CUSTOMERS)
    )
    events = Event.objects.bulk_create(
        Event(customer=customer, kind="job", code=f"{customer.code}-{n}", at=NOW - timedelta(days=30 * n + 1),
              day=day - timedelta(days=30 * n + 1), amount=380, attributes={"work": "四轮定位"})
        for customer in customers for n in range(EVENTS)
    )  # fmt: skip
    followups = FollowUp.objects.bulk_create(
        FollowUp(customer=customer, run=run, branch=branch, channel="email", purpose="service", day=day, deadline=day, opens_at=NOW,
                 closes_at=NOW + timedelta(hours=8), playbook_version=version, programme="after")
        for customer in customers
    )  # fmt: skip
    Occurrence.objects.bulk_create(
        Occurrence(playbook="letters", programme="after", customer=followup.customer, cause=f"{place}", cause_day=day, purpose="service",
                   event=events[place * EVENTS], due=day, deadline=day, expires=day, decision="planned", rule="planned.first",
                   decided_on=day, followup=followup)
        for place, followup in enumerate(followups)
    )  # fmt: skip


if __name__ == "__main__":
    main()
