"""The contact policy in the application: learned by night from the ledger, used by the morning's plan."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huifang.app.jobs import schedule, worker
from huifang.app.records.models import AuditEntry, ContactPolicy, Customer, Feedback, FollowUp, Job, Occurrence, PlanRun, PolicyLearning
from huifang.app.services import contact_policy
from huifang.app.services.contact_policy import learn_policy
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, customer, enter, settled

CARE = """\
  care:
    title: {zh: 关怀电话, en: Care call}
    purpose: relationship
    when: {adaptive: 10 %, no sooner than: 30 days, explore: 40 %}
    within: 2 working days
    through: [phone]
"""


def reached(who: Customer, days: int, purpose: str = "service") -> None:
    """The customer was reached so many days ago."""
    day = DAY - timedelta(days=days)
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    who.attempts.create(
        ticket=uuid.uuid4(), key=uuid.uuid4().hex, channel="phone", purpose=purpose, programme="day-after", branch=who.branch,
        state="ended", at=at, day=day, ended_at=at, outcome="completed", reached=True, counted=True,
    )  # fmt: skip


def shop(number: int = 40) -> Cast:
    """So many customers; everybody was reached twice and came a week later, those of even number also without it."""
    cast = enter()
    activate(None, add_version(None, PLAYBOOK.replace("cases:", CARE + "cases:", 1), "small-shop.yaml", NOW), NOW)
    cast.customers += [customer(cast, f"KH{n}", f"客户{n}", f"+86139000{n:05}") for n in range(4, number + 1)]
    for place, who in enumerate(cast.customers):
        for days in (100, 200):
            reached(who, days + place)
            settled(who, f"W{place}-{days}", DAY - timedelta(days=days + place - 7))
        if place % 2:
            settled(who, f"V{place}", DAY - timedelta(days=150))
    return cast


def policy_of(who: Customer) -> ContactPolicy:
    return ContactPolicy.objects.get(customer=who)


@pytest.fixture
def cast(db: None) -> Cast:
    return shop()


def test_the_night_keeps_a_row_for_each_customer_and_one_of_itself(cast: Cast) -> None:
    learning = learn_policy(DAY, NOW)
    assert learning is not None
    assert (learning.state, learning.customers, learning.contacts) == ("learned", 40, 80)
    row = policy_of(cast.customers[0])
    assert row.expected_effect is not None
    assert row.expected_effect > 0
    assert row.index >= row.at_once > 0
    assert (row.engaged, row.balance, row.as_of) == (False, 2, DAY)
    assert row.reasons.split(",")[:2] == ["drifting", "worth"]
    assert sum(line["customers"] for line in learning.classes) == 40
    assert AuditEntry.objects.get(action="policy.learned").detail["state"] == "learned"


def test_learning_again_takes_the_place_of_what_was_there(cast: Cast) -> None:
    learn_policy(DAY, NOW)
    learn_policy(DAY, NOW)
    learn_policy(DAY + timedelta(days=1), NOW)
    assert ContactPolicy.objects.count() == 40
    assert set(ContactPolicy.objects.values_list("as_of", flat=True)) == {DAY + timedelta(days=1)}
    assert PolicyLearning.objects.count() == 2


def test_complaints_about_contact_and_praise_count_wherever_they_were_said(cast: Cast) -> None:
    cross, glad, calm = cast.customers[:3]
    for who, kind, topic, words in (
        (cross, "complaint", "calls", "别再打了"),
        (glad, "praise", "", "很好"),
        (calm, "complaint", "price", "贵"),
    ):
        Feedback.objects.create(customer=who, kind=kind, topic=topic, words=words, at=NOW - timedelta(days=3))
    learning = learn_policy(DAY, NOW)
    assert learning is not None
    assert [policy_of(who).balance for who in (cross, glad, calm)] == [2 - 6, 3 + 3, 2]
    assert "service-only" in policy_of(cross).reasons
    assert sum(line["complaints"] for line in learning.classes) == 1


def test_a_complaint_counts_on_the_day_that_the_business_had(cast: Cast) -> None:
    early = datetime.combine(DAY, time(1), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    Feedback.objects.create(customer=cast.customers[0], kind="complaint", topic="calls", words="别再打了", at=early)
    assert [row[4] for row in contact_policy._complaints(DAY)] == [DAY]


def test_with_few_contacts_the_rule_is_used_and_said(db: None) -> None:
    cast = shop(8)
    learning = learn_policy(DAY, NOW)
    assert learning is not None
    assert (learning.state, learning.contacts) == ("thin", 16)
    row = policy_of(cast.customers[0])
    assert (row.expected_effect, row.reasons.split(",")[2]) == (None, "rule-thin")
    assert learning.classes[0]["effect"] is None


def test_the_morning_chooses_by_what_the_night_has_learned(cast: Cast) -> None:
    """Four of forty: two by worth, two drawn; without the table nobody."""
    plan_day(DAY, NOW)
    assert not Occurrence.objects.filter(programme="care").exists()
    learn_policy(DAY, NOW)
    plan_day(DAY, NOW)
    found = Occurrence.objects.filter(programme="care").values_list("cause", flat=True)
    assert sorted(found) == [f"{DAY}:drawn", f"{DAY}:drawn", f"{DAY}:worth", f"{DAY}:worth"]
    best = ContactPolicy.objects.order_by("-index").values_list("index", flat=True)[1]
    chosen = Occurrence.objects.filter(cause=f"{DAY}:worth").values_list("customer__contact_policy__index", flat=True)
    assert all(index >= best for index in chosen)
    assert FollowUp.objects.filter(programme="care").count() == 4


def test_by_night_the_policy_then_by_morning_the_plan(cast: Cast) -> None:
    Job.objects.all().delete()  # the plan that putting the playbook in force asked for
    night = NOW.replace(hour=19) - timedelta(days=1)  # three o'clock in Shanghai
    schedule.due(night)
    assert list(Job.objects.filter(kind__in=("policy", "plan")).values_list("kind", flat=True)) == ["policy"]
    while worker.once(night):
        pass
    assert Job.objects.get(kind="policy").state == "done"
    assert not PlanRun.objects.exists()
    schedule.due(NOW)
    while worker.once(NOW):
        pass
    assert Occurrence.objects.filter(programme="care").count() == 4


def test_before_the_night_nothing_is_learned(cast: Cast) -> None:
    schedule.due(NOW.replace(hour=17) - timedelta(days=1))  # one o'clock in Shanghai
    assert not Job.objects.filter(kind="policy").exists()


def test_without_a_playbook_nothing_is_learned(db: None) -> None:
    assert learn_policy(DAY, NOW) is None
    schedule.due(NOW)
    assert not Job.objects.filter(kind="policy").exists()


def test_as_many_queries_however_many_customers(db: None) -> None:
    cast = shop(8)
    learn_policy(DAY, NOW)
    numbers = []
    for more in (0, 30):
        for place in range(more):
            reached(customer(cast, f"N{place}", "新客", f"+86137000{place:05}"), 90)
        with CaptureQueriesContext(connection) as caught:
            learn_policy(DAY, NOW)
        numbers.append(len(caught))
    assert numbers[0] == numbers[1]
