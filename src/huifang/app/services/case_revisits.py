"""What a customer says when they are asked again after a case was closed: content, or the case is opened again."""

from __future__ import annotations

from datetime import datetime

from huifang.app.queries.case_asked_about import case_asked_about
from huifang.app.records.models import Case, FollowUp, Occurrence, Record, Staff
from huifang.app.services.case_steps import locked, step
from huifang.app.services.cases import reopened


def case_behind(followup: FollowUp) -> Case | None:
    """The case that a follow-up asks about again, its row locked; None where it asks about something else."""
    occurrences = Occurrence.objects.filter(followup=followup).values_list("programme", "cause")
    case_id = case_asked_about(followup.customer_id, occurrences)
    return locked(case_id) if case_id is not None and Case.objects.filter(pk=case_id).exists() else None


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
