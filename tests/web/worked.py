"""A day that was worked: attempts, records and a case on the scene's follow-ups, and decisions that kept others back."""

from __future__ import annotations

import uuid
from datetime import timedelta

from huifang.app.records.models import Answer, Attempt, Case, Customer, Decision, FollowUp, Occurrence, Promise, Record
from tests.web.scene import Scene, customer_of


def contact(
    scene: Scene, followup: FollowUp, outcome: str = "completed", *, words: str = "", satisfied: bool | None = True
) -> Record | None:
    """One attempt on a follow-up, with a record where somebody was reached."""
    at = scene.run.finished_at + timedelta(minutes=followup.pk % 50)
    reached = outcome == "completed"
    attempt = Attempt.objects.create(
        ticket=uuid.uuid4(),
        key=uuid.uuid4().hex,
        followup=followup,
        customer=followup.customer,
        channel="phone",
        purpose="service",
        programme=followup.programme,
        staff=scene.agent,
        branch=followup.branch,
        state="ended",
        at=at,
        day=followup.day,
        ended_at=at,
        outcome=outcome,
        reached=reached,
    )
    if not reached:
        return None
    FollowUp.objects.filter(pk=followup.pk).update(state="done", outcome=outcome, done_at=at)
    record = Record.objects.create(
        attempt=attempt,
        token=uuid.uuid4().hex,
        followup=followup,
        customer=followup.customer,
        staff=scene.agent,
        branch=followup.branch,
        playbook_version=scene.version,
        programme=followup.programme,
        questionnaire="repair-ten",
        saved_at=at,
        day=followup.day,
        words=words,
        mean_score=2.0 if satisfied is False else 4.6,
        min_score=2 if satisfied is False else 4,
        satisfied=satisfied,
        seconds=125,
    )
    Answer.objects.create(record=record, question="quality", value="5", score=5.0)
    return record


def complaint(scene: Scene, record: Record) -> Case:
    """A case out of a record."""
    return Case.objects.create(
        number="G20261124-001",
        kind="dissatisfied",
        customer=record.customer,
        record=record,
        branch=record.branch,
        owner=scene.supervisor,
        title="等待时间过长",
        opened_at=record.saved_at,
        solution="",
    )


def kept_back(scene: Scene, customer: Customer, decision: str, rule: str, **detail: object) -> Occurrence:
    """An occurrence of the day that was not contacted, and its decision."""
    day = scene.run.day
    occurrence = Occurrence.objects.create(
        playbook="repair-shop",
        programme="insurance-due",
        customer=customer,
        cause=uuid.uuid4().hex,
        cause_day=day,
        purpose="marketing",
        due=day,
        deadline=day,
        expires=day + timedelta(days=9),
        decision=decision,
        rule=rule,
        detail=detail,
        decided_on=day,
    )
    Decision.objects.create(occurrence=occurrence, run=scene.run, day=day, decision=decision, rule=rule, detail=detail)
    return occurrence


def promised(scene: Scene, occurrence: Occurrence) -> Promise:
    """A callback promised for the day."""
    at = scene.run.finished_at
    return Promise.objects.create(
        customer=occurrence.customer,
        occurrence=occurrence,
        staff=scene.agent,
        opens_at=at,
        closes_at=at + timedelta(hours=1),
        day=scene.run.day,
        made_at=at,
    )


def stranger(scene: Scene) -> Customer:
    """A customer of the other branch."""
    return customer_of(900, scene.there)
