"""What a customer says when they are asked again after a case was closed: content, or the case is opened again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from huifang.app.records.models import Case, FollowUp, Occurrence, Record, Request, Staff
from huifang.app.services.case_steps import locked, step
from huifang.app.services.cases import reopened

_SOURCE = "case:"


def case_behind(followup: FollowUp) -> Case | None:
    """The case that a follow-up asks about again, its row locked; None where it asks about something else."""
    wanted = Q(pk__in=())
    for programme, cause in Occurrence.objects.filter(followup=followup).values_list("programme", "cause"):
        if cause.isdecimal():  # an event's number may be a request's too: the programme tells them apart
            wanted |= Q(programme=programme, pk=int(cause))
    asked = Request.objects.filter(wanted, customer_id=followup.customer_id, source__startswith=_SOURCE).order_by("-pk").first()
    if asked is None:
        return None
    case_id = int(asked.source.split(":")[1])
    return locked(case_id) if Case.objects.filter(pk=case_id).exists() else None


def heard(by: Staff | None, case: Case, record: Record, now: datetime, *, unhappy: bool) -> bool:
    """Keep what the customer said: an unhappy answer reopens a closed case. Whether it was reopened."""
    if case.state != Case.State.CLOSED:
        return False
    if unhappy:
        reopened(by, case, record.words, now)
        case.verdict = Case.Verdict.UNHAPPY
        case.save(update_fields=["verdict"])
        return True
    if record.satisfied:
        case.verdict = Case.Verdict.HAPPY
        step(by, case, "content", record.words, now, record=record.pk)
    return False
