"""Every morning the history of classes is brought to the day, for every playbook that has classes, whether anything is learned or not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from huifang.app.jobs import schedule, worker
from huifang.app.queries.class_history import class_history
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import ClassSpell, Customer, Event, Job, PlaybookVersion
from huifang.app.services import class_spells
from huifang.app.services.class_spells import keep_classes, worth_keeping
from huifang.engine import class_standings
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, customer, put_in_force

CLASSES = """\
classes:
  new: {when: jobs_12m <= 1, title: {zh: 新客, en: New}}
ladders:
  stage:
    title: {zh: 阶段, en: Stage}
    steps:
      recent: {when: days_since(last_job) <= 30, title: {zh: 近期, en: Recent}}
      lost: {when: days_since(last_job) > 60, title: {zh: 流失, en: Lost}}
      other: {when: else, title: {zh: 其他, en: Other}}
"""
ONE = timedelta(days=1)


def came(who: Customer, day: date, code: str) -> Event:
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return Event.objects.create(customer=who, kind="job.settled", code=code, day=day, at=at, amount=100)


@pytest.fixture
def first(cast: Cast) -> Customer:
    """A playbook with a class and a ladder and nothing to learn from; this customer came 29 days ago."""
    put_in_force(PLAYBOOK.replace("questionnaires:", CLASSES + "questionnaires:", 1))
    Event.objects.all().delete()
    came(cast.customers[0], DAY - 29 * ONE, "a")
    return cast.customers[0]


def spells(who: Customer, name: str) -> list[tuple[str, date, date | None]]:
    rows = ClassSpell.objects.filter(customer=who, name=name).order_by("pk")
    return [(row.step, row.since, row.until) for row in rows]


def test_the_history_follows_the_days(first: Customer) -> None:
    for days in (0, 1, 2, 3):
        keep_classes(DAY + days * ONE)
    assert spells(first, "stage") == [("recent", DAY, DAY + 2 * ONE), ("other", DAY + 2 * ONE, None)]
    assert spells(first, "new") == [("", DAY, None)]
    came(first, DAY + 3 * ONE, "b")
    keep_classes(DAY + 4 * ONE)
    assert spells(first, "stage")[-1] == ("recent", DAY + 4 * ONE, None)
    assert spells(first, "new") == [("", DAY, DAY + 4 * ONE)]


def test_the_page_says_since_when_and_why(first: Customer) -> None:
    keep_classes(DAY)
    holding, ended = class_history(first.pk, tuple(each.playbook for each in in_force()), "zh")
    assert {(one.title, one.reason, one.by_rule) for one in holding} == {
        ("阶段：近期", "last_job距今 29 天（≤ 30）", False), ("新客", "jobs_12m 1（≤ 1）", False),
    }  # fmt: skip
    assert not ended


def test_a_day_without_changes_writes_nothing_and_reads_no_reason(first: Customer) -> None:
    assert keep_classes(DAY) == 6
    with CaptureQueriesContext(connection) as asked:
        assert keep_classes(DAY) == 0
    assert keep_classes(DAY + ONE) == 0
    assert not any("reason" in each["sql"] for each in asked.captured_queries)


def test_the_same_day_again_takes_back_what_it_had(first: Customer) -> None:
    keep_classes(DAY)
    Event.objects.all().delete()
    keep_classes(DAY)
    assert spells(first, "stage") == [("other", DAY, None)]


def test_who_is_no_customer_any_more_and_what_is_out_of_force_ends(first: Customer, cast: Cast) -> None:
    keep_classes(DAY)
    gone = cast.customers[-1]
    gone.merged_into = first
    gone.save()
    keep_classes(DAY + ONE)
    assert {row.until for row in gone.class_spells.all()} == {DAY + ONE}
    PlaybookVersion.objects.update(state="retired")
    assert worth_keeping()
    keep_classes(DAY + 2 * ONE)
    assert not ClassSpell.objects.filter(until=None).exists()
    assert not worth_keeping()


def test_batches_part_customers_and_nobody_is_lost_between_them(first: Customer, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_classes(DAY)
    whole = sorted(ClassSpell.objects.values_list("customer", "name", "step"))
    monkeypatch.setattr(class_standings, "_BATCH", 1)
    Customer.objects.filter(pk=cast.customers[1].pk).update(merged_into=first)
    late = customer(cast, "KH9", "周新", "+8613800000999")
    keep_classes(DAY + ONE)
    now = sorted(ClassSpell.objects.filter(until=None).values_list("customer", "name", "step"))
    assert now == sorted([row for row in whole if row[0] != cast.customers[1].pk] + [(late.pk, "new", ""), (late.pk, "stage", "other")])


def test_a_morning_that_was_broken_off_goes_on_where_it_was(first: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first batch is there, the second is not; the next run writes what is missing and nothing twice."""
    monkeypatch.setattr(class_standings, "_BATCH", 1)
    real, written = class_spells.write, []

    def once(*given: object) -> int:
        if written:
            raise OSError("power cut")
        written.append(1)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(class_spells, "write", once)
    with pytest.raises(OSError, match="power"):
        keep_classes(DAY)
    assert ClassSpell.objects.count() == 2
    monkeypatch.setattr(class_spells, "write", real)
    assert keep_classes(DAY) == 4
    assert ClassSpell.objects.count() == 6


def test_one_class_is_held_once(first: Customer) -> None:
    keep_classes(DAY)
    row = ClassSpell.objects.first()
    assert row is not None
    row.pk = None
    with transaction.atomic(), pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_the_worker_does_it_once_a_morning(first: Customer) -> None:
    early = NOW.replace(hour=21, minute=0) - ONE
    schedule.due(early)
    assert not Job.objects.filter(kind="classes").exists()
    schedule.due(NOW)
    schedule.due(NOW + timedelta(minutes=5))
    assert Job.objects.filter(kind="classes").count() == 1
    while worker.once(NOW):
        pass
    assert Job.objects.get(kind="classes").state == Job.State.DONE
    assert spells(first, "stage") == [("recent", DAY, None)]
    schedule.due(NOW + 3 * ONE)
    while worker.once(NOW + 3 * ONE):
        pass
    assert spells(first, "stage")[-1] == ("other", DAY + 3 * ONE, None)
    assert Job.objects.filter(kind="classes").count() == 1


def test_where_no_playbook_has_classes_nothing_is_queued(cast: Cast) -> None:
    schedule.due(NOW)
    assert not Job.objects.filter(kind="classes").exists()
