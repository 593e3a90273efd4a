"""Learning from the register: numbers, the history of classes with reasons, and the page and the plan that use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from huifang.app import snapshot
from huifang.app.jobs import schedule, worker
from huifang.app.queries.class_history import class_history, learned_numbers
from huifang.app.queries.customer_facts import Values
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import AuditEntry, ClassSpell, Customer, Event, Job, LearnedNumber
from huifang.app.services import learning
from huifang.app.services.learning import learn_day
from huifang.playbooks.loader import loads
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, put_in_force

VALUE = """\
ladders:
  tier:
    title: {zh: 层级, en: Tier}
    steps:
      a: {when: recency_score = 2 and frequency_score = 2, title: {zh: 甲, en: A}}
      b: {when: recency_score >= 1, title: {zh: 乙, en: B}}
  stage:
    title: {zh: 阶段, en: Stage}
    steps:
      active: {when: p_active > 0.5, title: {zh: 活跃, en: Active}}
      gone: {when: p_active <= 0.5, title: {zh: 流失, en: Gone}}
value:
  purchases: [job.settled]
  active for: 60 days
  recency: [30 days]
  frequency: ["2"]
"""
WEEK = timedelta(days=7)


@pytest.fixture
def customer(cast: Cast) -> Customer:
    """A playbook that says what to learn from is in force; this customer's jobs were settled 65 and 58 days ago, nobody else has any."""
    put_in_force(PLAYBOOK.replace("questionnaires:", VALUE + "questionnaires:", 1))
    Event.objects.all().delete()
    found = Customer.objects.order_by("pk").first()
    assert found is not None
    for days in (65, 58):
        day = DAY - timedelta(days=days)
        at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        Event.objects.create(customer=found, kind="job.settled", code=f"j{days}", day=day, at=at, amount=100)
    return found


def history(customer: Customer) -> list[tuple[str, object, object]]:
    rows = ClassSpell.objects.filter(customer=customer, name="stage").order_by("pk")
    return [(row.step, row.since, row.until) for row in rows]


def test_every_number_is_kept_with_what_it_comes_from(customer: Customer) -> None:
    learn_day(DAY)
    kept = {name: (value, model) for name, value, model in LearnedNumber.objects.values_list("name", "value", "model")}
    assert kept["p_active"] == (1.0, "rule")
    assert kept["customer_value"] == (200.0, "rule")
    assert kept["frequency_score"] == (2.0, "rfm")
    said = AuditEntry.objects.get(action="learn.done").detail
    assert (said["numbers"], said["fitted"]) == (5, {"bg-nbd": False, "gamma-gamma": False})


def test_conditions_see_the_numbers(customer: Customer) -> None:
    learn_day(DAY)
    (active,) = in_force()
    values = Values(active.playbook, CustomerRows(customer), DAY)
    assert (values["p_active"], values["stage"], values["tier"]) == (1.0, "active", "b")
    assert Values(active.playbook, CustomerRows(customer), DAY - WEEK)["p_active"] is None


def test_the_history_goes_on_from_week_to_week(customer: Customer) -> None:
    for weeks in (0, 1, 2):
        learn_day(DAY + weeks * WEEK)
    assert history(customer) == [("active", DAY, DAY + WEEK), ("gone", DAY + WEEK, None)]
    assert sorted(set(LearnedNumber.objects.values_list("as_of", flat=True))) == [DAY + WEEK, DAY + 2 * WEEK]


def test_learning_again_on_a_day_replaces_what_that_day_had(customer: Customer) -> None:
    learn_day(DAY)
    Event.objects.filter(code="j58").delete()
    learn_day(DAY)
    assert history(customer) == [("gone", DAY, None)]
    assert LearnedNumber.objects.count() == 5


def test_the_page_says_why_and_what_was_before(customer: Customer) -> None:
    learn_day(DAY)
    learn_day(DAY + WEEK)
    (active,) = in_force()
    holding, ended = class_history(customer.pk, (active.playbook,), "zh")
    assert [(one.title, one.reason, one.by_rule) for one in holding] == [
        ("阶段：流失", "上次购买在 65 天前（60 天以内算活跃）（按规则：未能拟合模型）", True),
        ("层级：乙", "上次购买在 58 天前（未达任何分界）", False),
    ]
    assert [(one.title, one.until) for one in ended] == [("阶段：活跃", DAY + WEEK)]
    assert class_history(customer.pk, (), "en")[0][0].title == "gone"
    assert [(one.title, one.value, one.by_rule) for one in learned_numbers(customer.pk, "zh")] == [
        ("仍在购买的概率", "0%", True), ("未来 12 个月预计购买次数", "2", True), ("未来 12 个月预计消费", "¥200.00", True),
        ("最近购买评分", "1", False), ("购买频次评分", "2", False),
    ]  # fmt: skip


def test_a_class_is_called_by_its_title(customer: Customer) -> None:
    classes = "classes: {back: {when: jobs_12m >= 2, title: {zh: 回头客, en: Came back}}}\n"
    shop = loads(PLAYBOOK.replace("questionnaires:", classes + "questionnaires:"))
    named = {"playbook": "small-shop", "name": "back", "by": "facts", "reason_zh": "两次", "reason_en": "twice"}
    ClassSpell.objects.create(customer=customer, since=DAY, **named)
    ((back,), _) = class_history(customer.pk, (shop.playbook,), "en")
    assert (back.title, back.reason) == ("Came back", "twice")


def test_the_plan_gets_the_numbers(customer: Customer) -> None:
    learn_day(DAY)
    connection = snapshot.connect()
    tables = snapshot.load(connection, [each.playbook for each in in_force()], DAY)
    assert tables["learned"].count().to_pyarrow().as_py() == 5
    connection.disconnect()


def test_what_is_learned_from_contracts_is_told_in_the_trail(customer: Customer) -> None:
    text = PLAYBOOK.replace("facts:", "agreements: {contract: {title: {zh: 合同, en: Contract}}}\nfacts:", 1)
    put_in_force(text.replace("questionnaires:", "value: {contracts: [contract]}\nquestionnaires:", 1))
    learn_day(DAY)
    assert AuditEntry.objects.get(action="learn.done").detail["fitted"] == {"shifted-beta-geometric": False}


def test_without_anything_to_learn_from_nothing_is_written(cast: Cast) -> None:
    assert learn_day(DAY) is None
    assert not AuditEntry.objects.filter(action="learn.done").exists()


def test_once_a_week_the_worker_learns_by_itself(customer: Customer) -> None:
    schedule.due(NOW)
    schedule.due(NOW + timedelta(minutes=5))
    assert Job.objects.filter(kind="learn").count() == 1
    while worker.once(NOW):
        pass
    assert Job.objects.get(kind="learn").state == Job.State.DONE
    assert history(customer) == [("active", DAY, None)]


def test_a_playbook_without_value_is_not_learned_from(cast: Cast) -> None:
    schedule.due(NOW)
    assert not Job.objects.filter(kind="learn").exists()


def test_a_failure_leaves_what_was_there(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    learn_day(DAY)

    def broken(*_given: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(learning, "write", broken)
    with pytest.raises(OSError, match="disk full"):
        learn_day(DAY + WEEK)
    assert set(LearnedNumber.objects.values_list("as_of", flat=True)) == {DAY}
