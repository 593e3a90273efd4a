"""Work of any playbook of the library, so that every column of its forms has something to show."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from huifang.app.business_time import business_day
from huifang.app.indexes import value_index
from huifang.app.records.models import (
    Agreement,
    Answer,
    Article,
    Attempt,
    Case,
    ClassSpell,
    ContactPoint,
    Customer,
    Event,
    Feedback,
    FollowUp,
    Occurrence,
    PlaybookVersion,
    Record,
    ScheduledContact,
    WeekSchedule,
)
from huifang.domain.week_schedule import week_after
from huifang.playbooks import library
from huifang.playbooks.schema import Playbook, Question
from tests.web.scene import Scene, customer_of

CALLED = "+8613655554321"
"""The number that was called: not the customer's best one."""
_TEXTS = {"number": 5, "integer": 5, "boolean": True, "date": "2026-01-15"}


def in_force(playbook: str, now: datetime) -> tuple[Playbook, PlaybookVersion]:
    """The library's playbook, active."""
    text = library.text(playbook)
    digest = hashlib.sha256(text.encode()).hexdigest()
    about = {"text": text, "sha256": digest, "state": "active", "activated_at": now}
    version, _new = PlaybookVersion.objects.get_or_create(playbook=playbook, number=1, defaults=about)
    return library.read(playbook).playbook, version


def customer(scene: Scene, book: Playbook, place: int) -> Customer:
    """A customer of a kind the playbook follows up, with all its attributes, an address and the first step of each ladder."""
    made = customer_of(place, scene.here)
    made.kind, made.owner = book.subjects[0], scene.agent
    made.attributes = {name: _TEXTS.get(about.type, f"{about.title.zh}甲") for name, about in book.attributes.items()}
    made.save()
    for kind, value in (("address", f"桂园路{place}号"), ("phone", f"{CALLED[:-2]}{place % 90 + 10}")):
        ContactPoint.objects.create(customer=made, kind=kind, value=value, value_index=value_index(value))
    for name, ladder in book.ladders.items():
        ClassSpell.objects.create(
            customer=made, playbook=book.playbook, name=name, step=next(iter(ladder.steps)), since=scene.run.day, by="facts",
            reason_zh="因", reason_en="why",
        )  # fmt: skip
    return made


def due(scene: Scene, book: Playbook, version: PlaybookVersion, programme: str, made: Customer, day: date) -> FollowUp:
    """A follow-up of the day for one occurrence with its event and agreement."""
    after = getattr(book.programmes[programme].when, "after", "")
    kind = after if after in book.events else next(iter(book.events), "talk")
    then = scene.run.started_at - timedelta(days=3)
    more = {
        name: _TEXTS.get(about.type, f"{about.title.zh}乙") for name, about in (book.events[kind].attributes if book.events else {}).items()
    }
    event = Event.objects.create(
        customer=made, kind=kind, code=uuid.uuid4().hex, at=then, day=business_day(then), amount=Decimal(120), branch=scene.here,
        staff=scene.colleague, attributes=more,
    )  # fmt: skip
    ends = day + timedelta(days=20)
    for name, about in book.agreements.items():
        attributes = {key: _TEXTS.get(one.type, f"{one.title.zh}丙") for key, one in about.attributes.items()}
        Agreement.objects.create(
            customer=made, kind=name, code=uuid.uuid4().hex, starts=day - timedelta(days=300), ends=ends, attributes=attributes
        )
    followup = FollowUp.objects.create(
        customer=made, run=scene.run, branch=scene.here, staff=scene.agent, channel=book.programmes[programme].through[0].value,
        purpose="service", day=day, opens_at=scene.run.started_at, closes_at=scene.run.started_at + timedelta(hours=9), deadline=day,
        playbook_version=version, programme=programme, because={"zh": "因", "en": "why"},
    )  # fmt: skip
    Occurrence.objects.create(
        playbook=book.playbook, programme=programme, customer=made, cause=str(event.pk), event=event, cause_day=ends, purpose="service",
        due=day, deadline=day + timedelta(days=2), expires=day + timedelta(days=9), decision="planned", rule="planned.first",
        decided_on=day, followup=followup,
    )  # fmt: skip
    return followup


def contacted(scene: Scene, book: Playbook, followup: FollowUp, channel: str = "phone") -> Record:
    """A completed contact on a follow-up: all questions answered, words, feedback, a case, and an hour agreed for the next one."""
    at = scene.run.finished_at
    point = followup.customer.contact_points.filter(kind="phone", primary=False).first() if channel == "phone" else None
    attempt = Attempt.objects.create(
        ticket=uuid.uuid4(), key=uuid.uuid4().hex, followup=followup, customer=followup.customer, contact_point=point, channel=channel,
        purpose="service", programme=followup.programme, staff=scene.agent, branch=scene.here, state="ended", at=at, day=followup.day,
        ended_at=at, outcome="completed", reached=True,
    )  # fmt: skip
    record = Record.objects.create(
        attempt=attempt, token=uuid.uuid4().hex, followup=followup, customer=followup.customer, staff=scene.agent, branch=scene.here,
        playbook_version=followup.playbook_version, programme=followup.programme, saved_at=at, day=followup.day, words="说得很清楚",
        remark="书面意见一条", attitude="interested", asked="多少钱", replied="已答复价格", mean_score=4.5, min_score=4, satisfied=True,
        seconds=125, next_on=followup.day + timedelta(days=3), next_at=at + timedelta(days=3),
    )  # fmt: skip
    programme = book.programmes[followup.programme]
    for question in book.questionnaires[programme.ask].questions if programme.ask else ():
        value, text = _answer(question)
        Answer.objects.create(record=record, question=question.key, value=value, text=text)
    Feedback.objects.create(
        customer=followup.customer, record=record, kind="praise", words="态度好", at=at, decided_by=scene.agent, decided_at=at
    )
    if book.cases:
        Case.objects.create(
            number=f"G{followup.pk}", kind=next(iter(book.cases)), customer=followup.customer, record=record, branch=scene.here,
            owner=scene.supervisor, title="要处理", opened_at=at, solve_due=at + timedelta(days=5), solution="已上门处理",
        )  # fmt: skip
    return record


def _answer(question: Question) -> tuple[str, str]:
    match question.type:
        case "single" | "multiple":
            return next(iter(question.options)), ""
        case "yes-no":
            return "yes", ""
        case "date":
            return "2026-12-01", ""
        case "text" | "signature" | "file":
            return "", "文字回答"
        case _:
            return "4", ""


def scheduled(scene: Scene, book: Playbook, programme: str, made: Customer, now: datetime) -> ScheduledContact:
    """A contact of next week's schedule, which is approved."""
    first = week_after(business_day(now))
    week, _new = WeekSchedule.objects.get_or_create(
        branch=scene.here, first_day=first, defaults={"state": "approved", "asked_by": scene.supervisor, "asked_at": now}
    )
    day = first + timedelta(days=1)
    return ScheduledContact.objects.create(
        schedule=week, customer=made, playbook=book.playbook, programme=programme, cause=uuid.uuid4().hex,
        channel=book.programmes[programme].through[0].value, due=first, deadline=first + timedelta(days=2),
        expires=first + timedelta(days=6), day=day, staff=scene.agent, proposed_day=day, proposed_staff=scene.agent,
    )  # fmt: skip


def article(scene: Scene, programme: str) -> Article:
    """What the knowledge base holds for a programme."""
    return Article.objects.create(title="产品手册2026", words="内容", tags=[programme], changed_at=scene.run.started_at)
