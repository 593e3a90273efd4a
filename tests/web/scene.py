"""A repair shop's day for the pages' tests: two branches, five people, as many follow-ups as wanted, and one customer with a history."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from django.contrib.auth.hashers import make_password

from huifang.app.business_time import business_moment
from huifang.app.indexes import name_index, tail_index, value_index
from huifang.app.records.models import (
    Agreement,
    Answer,
    Attempt,
    Branch,
    Case,
    CaseStep,
    Consent,
    ContactPoint,
    Customer,
    Decision,
    Event,
    Feedback,
    FollowUp,
    Occurrence,
    PlanRun,
    PlaybookVersion,
    Record,
    Staff,
)  # fmt: skip
from huifang.playbooks import library
from tests.browser.server import PASSWORD

DAY = date(2026, 11, 24)
NOW = business_moment(DAY, time(10, 20))
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "丽华",
    "建军",
    "敏",
    "洋",
    "思远",
    "秀英",
    "磊",
    "志强",
    "婷婷",
    "国栋",
    "晓燕",
    "文博",
    "佳怡",
    "海涛",
    "玉兰",
    "子涵",
    "永福",
    "雪梅",
    "俊杰",
    "春生",
)
_VEHICLES = ("帕萨特 330TSI", "轩逸 1.6L", "汉 EV", "卡罗拉双擎", "宝马 320Li", "五菱宏光", "雅阁 锐·混动", "理想 L7")
_WORK = ("更换机油机滤", "前刹车片更换", "四轮定位", "空调系统清洗", "变速箱油更换", "更换火花塞", "钣金喷漆（右前门）")
_TIERS = (("金牌客户", "Gold"), ("银牌客户", "Silver"), ("普通客户", "Ordinary"))


@dataclass
class Scene:
    """The cast and the rows that tests name."""

    here: Branch
    there: Branch
    agent: Staff
    colleague: Staff
    supervisor: Staff
    reviewer: Staff
    manager: Staff
    administrator: Staff
    stranger: Staff
    version: PlaybookVersion
    run: PlanRun
    followups: list[FollowUp]

    @property
    def first(self) -> FollowUp:
        """The first follow-up of the agent's list."""
        return self.followups[0]


def build(number: int = 40, day: date = DAY, now: datetime = NOW) -> Scene:
    """Write the scene; the agent's list has `number` follow-ups on `day`, a few of each kind."""
    here, there = Branch.objects.create(code="NS", name="安达汽修南山店"), Branch.objects.create(code="LG", name="安达汽修龙岗店")
    people = {
        "agent": _staff("A01", "陈晓", "agent", here),
        "colleague": _staff("A02", "刘芳", "agent", here),
        "supervisor": _staff("S01", "周敏", "supervisor", here),
        "reviewer": _staff("Q01", "何静", "reviewer", here),
        "manager": _staff("M01", "郑国平", "manager", here, everywhere=True),
        "administrator": _staff("X01", "管理员", "administrator", None, everywhere=True),
        "stranger": _staff("A09", "外店员工", "agent", there),
    }
    text = library.text("repair-shop")
    digest = hashlib.sha256(text.encode()).hexdigest()
    version = PlaybookVersion.objects.create(playbook="repair-shop", number=1, text=text, sha256=digest, state="active", activated_at=now)
    run = PlanRun.objects.create(day=day, state="done", started_at=now - timedelta(hours=4), finished_at=now - timedelta(hours=4))
    scene = Scene(here, there, **people, version=version, run=run, followups=[])
    for place in range(number):
        scene.followups.append(_followup(scene, place, day, now))
    if number:
        _history(scene, scene.first, now)
    return scene


def _staff(code: str, name: str, role: str, branch: Branch | None, *, everywhere: bool = False) -> Staff:
    staff = Staff(code=code, name=name, sign_in_name=code.lower(), role=role, branch=branch, all_branches=everywhere, capacity=40)
    staff.password = _hashed(PASSWORD)
    staff.save()
    return staff


@cache
def _hashed(password: str) -> str:
    """Hashing is slow on purpose: once for a whole run."""
    return make_password(password)


def customer_of(place: int, branch: Branch) -> Customer:
    """The customer at a place of the list, with a phone and, for every second one, an e-mail address."""
    name = f"{_SURNAMES[place % 20]}{_GIVEN[(place * 7 + place // 20) % 20]}"
    plate = f"粤B·{chr(65 + place % 20)}{1000 + place * 37 % 9000}"
    customer = Customer.objects.create(
        code=f"KH{place + 1:06d}", name=name, name_index=name_index(name), branch=branch, birthday=date(1968 + place % 35, 3, 12),
        attributes={"plate": plate, "vehicle": _VEHICLES[place % 8], "next_service": "2026-12-20"}, first_seen=date(2023, 5, 4),
    )  # fmt: skip
    number = f"+86138{10000000 + place * 7919:08d}"
    ContactPoint.objects.create(
        customer=customer, kind="phone", value=number, value_index=value_index(number),
        tail_index=tail_index(number), primary=True, mobile=True,
    )  # fmt: skip
    if place % 2:
        address = f"user{place}@example.com"
        ContactPoint.objects.create(customer=customer, kind="email", value=address, value_index=value_index(address))
    return customer


def _followup(scene: Scene, place: int, day: date, now: datetime) -> FollowUp:
    customer = customer_of(place, scene.here)
    programme = ("day-after", "day-after", "six-months", "service-due", "day-after", "insurance-due")[place % 6]
    job = _job(scene, customer, place, day if programme == "day-after" else day - timedelta(days=183))
    zh, en = _TIERS[place % 3]
    promised, late = place in (1, 6), place in (3, 8)
    state, made, outcome, next_at = "open", 0, "", None
    if place % 7 == 5:
        state, made, outcome = "done", 1, "completed"
    elif place % 7 == 4:
        made, outcome, next_at = 1, "no_answer", now + timedelta(hours=4)
    followup = FollowUp.objects.create(
        customer=customer,
        run=scene.run,
        branch=scene.here,
        staff=scene.agent if place % 9 else None,
        channel="phone",
        purpose="service",
        day=day,
        opens_at=now.replace(minute=45) + timedelta(hours=4) if promised and place == 6 else business_moment(day, time(9)),
        closes_at=business_moment(day, time(18)),
        deadline=day - timedelta(days=1) if late else day + timedelta(days=place % 3),
        promised=promised,
        playbook_version=scene.version,
        programme=programme,
        because=_because(programme, job, zh, en),
        position=place + 1,
        state=state,
        attempts_made=made,
        outcome=outcome,
        next_at=next_at,
        done_at=now - timedelta(minutes=5 * place + 3) if state == "done" else None,
    )
    _occurrence(followup, programme, job, day)
    if place % 10 == 0:
        _occurrence(followup, "service-due", None, day)
    return followup


def _because(programme: str, job: Event, zh: str, en: str) -> dict[str, object]:
    said = {
        "day-after": (
            f"昨日结算 {job.attributes['work']}，¥{job.amount:,.0f}",
            f"Settled yesterday: {job.attributes['work']}, ¥{job.amount:,.0f}",
        ),
        "six-months": ("上次到店至今满 6 个月", "Six months since the last visit"),
        "service-due": ("建议保养日 12 月 20 日，还有 26 天", "Service advised for 20 December, 26 days ahead"),
        "insurance-due": ("交强险 30 天后到期", "Insurance ends in 30 days"),
    }[programme]
    return {"zh": said[0], "en": said[1], "class": {"zh": zh, "en": en}}


def _job(scene: Scene, customer: Customer, place: int, day: date) -> Event:
    at = business_moment(day - timedelta(days=1), time(16, 40))
    return Event.objects.create(
        customer=customer,
        kind="job.settled",
        code=f"W{place:05d}",
        at=at,
        day=day - timedelta(days=1),
        amount=Decimal(380 + place * 113 % 4200),
        branch=scene.here,
        staff=scene.colleague,
        attributes={
            "plate": customer.attributes["plate"],
            "vehicle": customer.attributes["vehicle"],
            "mileage": 41200 + place * 911,
            "work": _WORK[place % 7],
        },
    )


def _occurrence(followup: FollowUp, programme: str, job: Event | None, day: date) -> Occurrence:
    occurrence = Occurrence.objects.create(
        playbook="repair-shop",
        programme=programme,
        customer=followup.customer,
        cause=job.code if job else "2026-12-20",
        event=job,
        cause_day=job.day if job else date(2026, 12, 20),
        purpose="service",
        due=day,
        deadline=followup.deadline,
        expires=day + timedelta(days=4),
        decision="planned" if job else "bundled",
        rule="planned.first" if job else "bundled.same-person",
        decided_on=day,
        followup=followup,
        open=followup.state != "done",
    )
    Decision.objects.create(occurrence=occurrence, run=followup.run, day=day, decision=occurrence.decision, rule=occurrence.rule)
    return occurrence


def _history(scene: Scene, followup: FollowUp, now: datetime) -> None:
    """An earlier visit, an unhappy call with a case, consents, agreements, an occurrence that was deferred."""
    customer, then = followup.customer, now - timedelta(days=96)
    attempt = Attempt.objects.create(
        ticket=uuid.uuid4(),
        key=uuid.uuid4().hex,
        customer=customer,
        channel="phone",
        purpose="service",
        programme="day-after",
        staff=scene.colleague,
        branch=scene.here,
        state="ended",
        at=then,
        day=then.date(),
        ended_at=then,
        outcome="completed",
        reached=True,
    )
    record = Record.objects.create(
        attempt=attempt,
        token=uuid.uuid4().hex,
        customer=customer,
        staff=scene.colleague,
        branch=scene.here,
        playbook_version=scene.version,
        programme="day-after",
        questionnaire="repair-ten",
        saved_at=then,
        day=then.date(),
        words="等了三个多小时，说好两小时的。师傅手艺没话说，就是前台不主动讲进度。",
        remark="已致歉，主管当天回电。",
        mean_score=3.4,
        min_score=2,
        satisfied=False,
    )
    for question, value in (("quality", "5"), ("reception", "3"), ("total_time", "2")):
        Answer.objects.create(record=record, question=question, value=value, score=float(value))
    Feedback.objects.create(customer=customer, record=record, kind="complaint", topic="等待时间", words="等了三个多小时", at=then)
    Feedback.objects.create(customer=customer, record=record, kind="praise", topic="维修质量", words="师傅手艺没话说", at=then)
    case = Case.objects.create(
        number="G20260820-003",
        kind="dissatisfied",
        customer=customer,
        record=record,
        branch=scene.here,
        owner=scene.supervisor,
        title="等待时间过长",
        opened_at=then,
        first_answer_due=now + timedelta(hours=2),
        solve_due=now + timedelta(days=1),
    )
    CaseStep.objects.create(case=case, at=then, by=scene.colleague, what="opened", words="客户等待超过三小时")
    Consent.objects.create(customer=customer, purpose="any", channel="phone", allowed=True, at=then, road="import")
    Consent.objects.create(customer=customer, purpose="marketing", channel="any", allowed=False, at=then, road="agent")
    Agreement.objects.create(
        customer=customer, kind="insurance", code="PDAA2025", ends=now.date() + timedelta(days=29), amount=Decimal(3980)
    )
    occurrence = Occurrence.objects.create(
        playbook="repair-shop",
        programme="insurance-due",
        customer=customer,
        cause="PDAA2025",
        cause_day=now.date() + timedelta(days=29),
        purpose="marketing",
        due=now.date(),
        deadline=now.date() + timedelta(days=7),
        expires=now.date() + timedelta(days=30),
        decision="suppressed",
        rule="suppressed.no-consent",
        decided_on=now.date(),
    )
    Decision.objects.create(occurrence=occurrence, run=scene.run, day=now.date(), decision="suppressed", rule="suppressed.no-consent")
