"""Whatever makes a contact due, and by whichever road the business hears of it: it is due on its day, with its reason, and not before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from huifang.app import business_clock
from huifang.app.api import door
from huifang.app.api.limits import Buckets
from huifang.app.jobs import handlers
from huifang.app.records.models import Customer, FollowUp, Job, Message
from huifang.app.services import delivery
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from tests.app.cast import DAY, NOW, enter
from tests.app.fact_roads import ROADS, Fact
from tests.app.messages import Provider

pytestmark = pytest.mark.django_db
EVE = DAY - timedelta(days=1)
EVENING = datetime(2026, 11, 19, 15, 40, tzinfo=UTC)
"""Twenty to midnight in Shanghai: everything but the faults is known by then."""
REGISTERED = datetime(2026, 11, 19, 15, 30, tzinfo=UTC)
PLAYBOOK = """\
format: huifang/1
playbook: all-triggers
title: {zh: 各种触发, en: Every trigger}
about: {zh: 测试用方案, en: For tests}
calendar: {country: CN, hours: ["09:00-12:00", "14:00-18:00"], days: every}
attributes: {greeted: {title: {zh: 问候, en: Greeted}}}
events:
  customer.registered: {title: {zh: 注册, en: registration}}
  trial.started: {title: {zh: 试用开始, en: start of the trial}}
  purchase: {title: {zh: 购买, en: purchase}}
  app.used: {title: {zh: 使用, en: use}}
  fault.reported: {title: {zh: 报障, en: fault}}
agreements:
  trial: {title: {zh: 试用, en: trial}}
  contract: {title: {zh: 合同, en: contract}}
facts:
  last_use: last(app.used)
  faults_7d: count(fault.reported, 7 days)
ladders:
  stage:
    title: {zh: 阶段, en: Stage}
    steps:
      fading: {when: days_since(last_use) >= 60, title: {zh: 衰退期, en: Fading}}
      regular: {when: else, title: {zh: 活跃期, en: Regular}}
content:
  hello: {title: 欢迎, channel: sms, text: "{customer}，欢迎加入。"}
programmes:
  welcome:
    title: 欢迎
    purpose: service
    when: {after: customer.registered, wait: 1 h}
    within: 1 day
    through: [sms]
    send: [hello]
    bundle: false
  first-call:
    {title: 首次回访, purpose: service, when: {after: customer.registered, wait: 1 day}, within: 2 days, through: [phone], bundle: false}
  trial-week: {title: 试用七天, purpose: service, when: {after: trial.started, wait: 7 days}, within: 2 days, through: [phone]}
  trial-end: {title: 试用到期, purpose: service, when: {before: agreement.trial.ends, by: 1 day}, within: 1 day, through: [phone]}
  renewal: {title: 续约, purpose: relationship, when: {before: agreement.contract.ends, by: 30 days}, within: 10 days, through: [phone]}
  birthday: {title: 生日, purpose: relationship, when: {before: birthday, by: 0 days}, within: 1 day, through: [phone]}
  solstice:
    title: 冬至
    purpose: relationship
    when: {festival: winter-solstice, before: 32 days}
    within: 5 days
    through: [phone]
    for: greeted = 'yes'
  quiet: {title: 久未购买, purpose: relationship, when: {lapse: purchase, exactly: 3 months}, within: 5 days, through: [phone]}
  fading: {title: 转入衰退期, purpose: relationship, when: {becomes: stage = 'fading'}, within: 5 days, through: [phone]}
  faults: {title: 多次报障, purpose: service, when: {becomes: faults_7d >= 3}, within: 1 day, through: [phone]}
"""
FACTS = (
    Fact("R1", "周新", "customer.registered", "2026-11-19T23:30:00+08:00"),
    Fact("R2", "吴试", "trial.started", "2026-11-13T10:00:00+08:00"),
    Fact("R3", "郑末", agreement="trial", ends="2026-11-21"),
    Fact("R4", "王续", agreement="contract", ends="2026-12-20"),
    Fact("R5", "冯阳", born="1990-11-20"),
    Fact("R6", "陈阴", born="1985-11-23", lunar=True),
    Fact("R7", "褚冬", attributes={"greeted": "yes"}),
    Fact("R8", "卫静", "purchase", "2026-08-20T10:00:00+08:00"),
    Fact("R9", "蒋淡", "app.used", "2026-09-21T10:00:00+08:00"),
)
"""1985-11-23 and 2026-11-20 are both the twelfth of the tenth lunar month."""
FAULTS = tuple(Fact("R10", "沈障", "fault.reported", f"2026-11-20T0{hour}:30:00+08:00", number=f"{hour}") for hour in (7, 8, 9))
"""They come in after the morning's plan."""
DUE = {
    "welcome": ("R1", "sms", DAY, "11月19日注册后第1天"),
    "first-call": ("R1", "phone", DAY + timedelta(days=1), "11月19日注册后第1天"),
    "trial-week": ("R2", "phone", DAY + timedelta(days=1), "11月13日试用开始后第7天"),
    "trial-end": ("R3", "phone", DAY, "11月21日试用到期前1天"),
    "renewal": ("R4", "phone", DAY + timedelta(days=9), "12月20日合同到期前30天"),
    "birthday, solar": ("R5", "phone", DAY, "11月20日生日当天"),
    "birthday, lunar": ("R6", "phone", DAY, "11月20日生日当天"),
    "solstice": ("R7", "phone", DAY + timedelta(days=4), "12月22日冬至前32天"),
    "quiet": ("R8", "phone", DAY + timedelta(days=4), "上次购买8月20日，已满3个月"),
    "fading": ("R9", "phone", DAY + timedelta(days=4), "11月20日起符合条件"),
    "faults": ("R10", "phone", DAY, "11月20日起符合条件"),
}
Rows = dict[tuple[str, str], tuple[str, date, str]]


@dataclass(frozen=True)
class Days:
    """What was due the day before, in the morning, and after what came in by day; the welcome; how many plannings waited then."""

    before: Rows
    morning: Rows
    later: Rows
    welcomed: tuple[str, datetime]
    queued: int


def due(day: date) -> Rows:
    """What is on the list of a day: channel, last day and reason by programme and customer."""
    rows = FollowUp.objects.filter(day=day, state="open").select_related("customer")
    return {(row.programme, row.customer.code): (row.channel, row.deadline, row.because["zh"]) for row in rows}


def lived(road: str) -> Days:
    """Two days of a business that hears of its facts by `road`."""
    cast = enter()
    Customer.objects.all().update(status="closed")
    cast.version = activate(None, add_version(None, PLAYBOOK, "all-triggers.yaml", NOW), NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "buckets", Buckets(100_000))
        patch.setattr(business_clock, "now", lambda: EVENING)
        ROADS[road](cast, FACTS, EVENING)
        plan_day(EVE, EVENING)
        before = due(EVE)
        plan_day(DAY, NOW)
        morning = due(DAY)
        delivery.deliver_due(NOW, drivers=Provider().drivers)
        sent = Message.objects.get()
        patch.setattr(business_clock, "now", lambda: NOW)
        ROADS[road](cast, FAULTS, NOW)
        jobs = list(Job.objects.filter(kind="plan", key__contains=":facts:"))
        for job in jobs:
            handlers.plan(job.payload, job.run_at)
        return Days(before, morning, due(DAY), (sent.text, sent.at), len(jobs))


@pytest.fixture(scope="module")
def days(django_db_setup: None, django_db_blocker: Any) -> Callable[[str], Days]:
    """The two days by each road, lived once for all tests of this file and then undone."""
    known: dict[str, Days] = {}

    def of(road: str) -> Days:
        if road not in known:
            around = transaction.atomic()
            around._from_testcase = True  # what sends must not be inside a transaction, but for a test's own
            with django_db_blocker.unblock(), around:
                known[road] = lived(road)
                transaction.set_rollback(True)
        return known[road]

    return of


@pytest.mark.parametrize("kind", DUE)
@pytest.mark.parametrize("road", ROADS)
def test_it_is_due_on_its_day_with_its_reason_and_not_the_day_before(days: Callable[[str], Days], road: str, kind: str) -> None:
    code, channel, last, because = DUE[kind]
    found, programme = days(road), kind.partition(",")[0]
    assert found.later.get((programme, code), found.morning.get((programme, code))) == (channel, last, because)
    assert (programme, code) not in found.before


@pytest.mark.parametrize("road", ROADS)
def test_nobody_else_is_contacted(days: Callable[[str], Days], road: str) -> None:
    found = days(road)
    assert found.before == {}
    assert set(found.morning) | set(found.later) == {(kind.partition(",")[0], code) for kind, (code, *_) in DUE.items()}


@pytest.mark.parametrize("road", ROADS)
def test_the_welcome_is_with_the_customer_within_a_day(days: Callable[[str], Days], road: str) -> None:
    text, at = days(road).welcomed
    assert text == "周新，欢迎加入。"
    assert at - REGISTERED < timedelta(hours=24)


@pytest.mark.parametrize("road", ROADS)
def test_what_comes_in_by_day_is_on_the_list_within_minutes(days: Callable[[str], Days], road: str) -> None:
    found = days(road)
    assert found.queued == 1
    assert set(found.later) - set(found.morning) == {("faults", "R10")}
