"""The people of the tests: a repair shop's branch with its staff and customers, and a small playbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from huifang.app.indexes import name_index, tail_index, value_index
from huifang.app.records.models import Branch, ContactPoint, Customer, Event, FollowUp, Occurrence, PlaybookVersion, Role, Staff
from huifang.app.services.followups import claim
from huifang.app.services.playbooks import activate, add_version

DAY = date(2026, 11, 20)
"""A Friday and a working day."""
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Ten in the morning of that day in Shanghai."""
PASSWORD = "correct horse battery"
PLAYBOOK = """\
format: huifang/1
playbook: small-shop
title: {zh: 小店回访, en: Small shop}
about: {zh: 测试用方案, en: For tests}
calendar: {country: CN, hours: ["09:00-12:00", "14:00-18:00"], days: working}
limits:
  caps:
    - {at most: 4, per: 1 day}
events:
  job.settled:
    title: {zh: 维修结算, en: Job settled}
    attributes:
      plate: {title: {zh: 车牌号, en: Plate}}
facts:
  last_job: last(job.settled)
  jobs_12m: count(job.settled, 12 months)
questionnaires:
  short:
    title: {zh: 两问, en: Two questions}
    questions:
      - {key: quality, ask: {zh: 修好了吗？, en: Was it repaired?}, type: scale, required: true}
      - {key: speed, ask: {zh: 快不快？, en: Was it quick?}, type: scale}
      - {key: wish, ask: {zh: 还有什么建议？, en: Any wish?}, type: text}
programmes:
  day-after:
    title: {zh: 次日满意度回访, en: Next-day call}
    purpose: service
    when: {after: job.settled, wait: 1 day}
    still: open_cases = 0
    within: 2 working days
    expires: 5 working days
    through: [phone]
    attempts: {at most: 3}
    ask: short
    on answer:
      - {if: min_score <= 2, open case: dissatisfied, tell: [supervisor]}
      - {if: feedback = 'complaint', open case: dissatisfied}
      - {if: feedback = 'suggestion', follow up: thanks}
  thanks:
    title: {zh: 致谢, en: Thanks}
    purpose: relationship
    when: {on: request, wait: 1 day}
    within: 5 working days
    through: [phone]
  offer:
    title: {zh: 优惠通知, en: Offer}
    purpose: marketing
    when: {lapse: job.settled, exactly: 6 months}
    within: 3 working days
    through: [phone]
cases:
  dissatisfied:
    title: {zh: 不满意, en: Dissatisfied}
    first answer: 2 h
    solve: 2 working days
    revisit: thanks
"""


@dataclass
class Cast:
    """Everybody. `chen` (小陈) and `lin` (小林) are agents, `tao` the supervisor, `wang` the manager, `an` the administrator."""

    branch: Branch
    other_branch: Branch
    chen: Staff
    lin: Staff
    tao: Staff
    wang: Staff
    an: Staff
    stranger: Staff
    version: PlaybookVersion
    customers: list[Customer] = field(default_factory=list)


def enter() -> Cast:
    """Put the cast and the playbook into an empty database."""
    branch = Branch.objects.create(code="LX", name="澜溪店")
    other = Branch.objects.create(code="GX", name="高新店")
    people = [
        _staff("chen", "小陈", Role.AGENT, branch, 40),
        _staff("lin", "小林", Role.AGENT, branch, 40),
        _staff("tao", "陶主管", Role.SUPERVISOR, branch),
        _staff("wang", "王经理", Role.MANAGER, branch),
        _staff("an", "安管理员", Role.ADMINISTRATOR, None, all_branches=True),
        _staff("stranger", "外店回访员", Role.AGENT, other, 40),
    ]
    version = activate(None, add_version(None, PLAYBOOK, "small-shop.yaml", NOW), NOW)
    cast = Cast(branch, other, *people, version)
    for number, name in enumerate(("雷华", "马丽", "孙强")):
        cast.customers.append(customer(cast, f"KH{number + 1}", name, f"+8613800000{number + 1:03}"))
    return cast


def put_in_force(text: str) -> PlaybookVersion:
    """A version of the small shop's playbook with this text."""
    return activate(None, add_version(None, text, "small-shop.yaml", NOW), NOW)


def _staff(name: str, shown: str, role: str, branch: Branch | None, capacity: int = 0, *, all_branches: bool = False) -> Staff:
    person = Staff(code=name.upper(), name=shown, role=role, branch=branch, sign_in_name=name, capacity=capacity, all_branches=all_branches)
    person.set_unusable_password()
    person.save()
    return person


def customer(cast: Cast, code: str, name: str, phone: str, branch: Branch | None = None) -> Customer:
    """A customer with one mobile number."""
    made = Customer.objects.create(
        code=code, name=name, name_index=name_index(name), branch=branch or cast.branch, first_seen=date(2025, 1, 1)
    )
    ContactPoint.objects.create(
        customer=made, kind="phone", value=phone, value_index=value_index(phone), tail_index=tail_index(phone), primary=True, mobile=True
    )
    return made


def settled(who: Customer, code: str, day: date, **attributes: object) -> Event:
    """A job settled on `day` at four in the afternoon."""
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    return Event.objects.create(
        customer=who, kind="job.settled", code=code, at=at, day=day, amount=500, branch=who.branch, attributes=attributes
    )


def planned(cast: Cast, who: Customer, staff: Staff | None = None, programme: str = "day-after", purpose: str = "service") -> FollowUp:
    """A follow-up of today with one occurrence behind it, as a plan would have made it."""
    followup = FollowUp.objects.create(
        customer=who,
        branch=who.branch,
        staff=staff,
        channel="phone",
        purpose=purpose,
        day=DAY,
        deadline=DAY + timedelta(days=3),
        opens_at=NOW - timedelta(hours=1),
        closes_at=NOW + timedelta(hours=8),
        playbook_version=cast.version,
        programme=programme,
        because={"zh": "测试", "en": "Test"},
        position=1,
    )
    Occurrence.objects.create(
        playbook="small-shop",
        programme=programme,
        customer=who,
        cause=f"{followup.pk}",
        cause_day=DAY - timedelta(days=1),
        purpose=purpose,
        due=DAY,
        deadline=DAY + timedelta(days=3),
        expires=DAY + timedelta(days=7),
        decision="planned",
        rule="planned.first",
        decided_on=DAY,
        followup=followup,
    )
    return followup


def in_hand(cast: Cast, who: Customer | None = None, programme: str = "day-after", purpose: str = "service") -> tuple[FollowUp, int]:
    """A follow-up that 小陈 has opened, with its fence."""
    followup = planned(cast, who or cast.customers[0], cast.chen, programme, purpose)
    return followup, claim(cast.chen, followup.pk, NOW)
