"""Taking back what one has just saved: the follow-up comes into one's hand again with what was typed, and what followed is undone.

The attempt stays in the ledger, under way again, until its record is saved anew; the audit trail keeps that the record was saved and taken
back. Whether it may be is the rule of `domain.taking_back`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q

from huifang.app.access import WORK, require
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import (
    Attempt,
    Case,
    CaseStep,
    ContactPoint,
    DayClosing,
    Draft,
    Feedback,
    FollowUp,
    LastSaved,
    Message,
    Notice,
    NoticeDelivery,
    Occurrence,
    Promise,
    Record,
    Request,
    Review,
    Staff,
)
from huifang.app.records.prepared import Row
from huifang.app.services import answer_files, audit, customers, followups, refused
from huifang.app.services.notices import tell
from huifang.domain.errors import Conflict
from huifang.domain.taking_back import Since, not_last, obstacles
from huifang.domain.words import Words

_FOLLOWUP = ("staff_id", "channel", "day", "opens_at", "closes_at", "outcome", "next_at", "attempts_made", "promised", "done_at")
_OCCURRENCE = ("open", "attempts", "next_on", "last_staff_id", "closed_as")


@dataclass(frozen=True, slots=True)
class Before:
    """A follow-up, its occurrences and promises as they were before a record was saved, and the number it was saved under."""

    fence: int
    columns: dict[str, Any]

    @classmethod
    def of(cls, followup: FollowUp, occurrences: Sequence[Row], wrong: ContactPoint | None) -> Before:
        """As they are now; `wrong` is the number that the record marks as wrong. One query where something is promised."""
        promised = [row["id"] for row in occurrences if row["promised"] is not None]
        promises = Promise.objects.filter(occurrence__in=promised, open=True).values_list("pk", flat=True) if promised else ()
        rows = {row["id"]: {name: row[name] for name in _OCCURRENCE} for row in occurrences}
        columns = {"followup": {name: getattr(followup, name) for name in _FOLLOWUP}, "occurrences": rows, "promises": list(promises)}
        return cls(followup.fence, columns | {"wrong": wrong.pk if wrong and wrong.usable else None})


def keep(by: Staff, followup: FollowUp, record: Record, form: dict[str, object], before: Before) -> None:
    """Remember what a person has saved last, in place of what was remembered before. One query."""
    typed = json.dumps({**form, "token": ""}, ensure_ascii=False, default=str)
    row = LastSaved(
        staff=by, record=record, followup=followup, fence=before.fence, form=typed,
        before=json.loads(json.dumps(before.columns, cls=DjangoJSONEncoder)),
    )  # fmt: skip
    names = ["record", "followup", "fence", "form", "before"]
    LastSaved.objects.bulk_create([row], update_conflicts=True, unique_fields=["staff"], update_fields=names)


def take_back(by: Staff, followup_id: int, now: datetime) -> None:
    """Take back what one has saved last, of this follow-up; it is in one's hand again. Asked twice, the second time does nothing.

    Raises NotAllowed where the follow-up is not in one's scope, Conflict with everything that stands in the way.
    """
    require(by, WORK)
    followups.check_reach(by, followup_id)
    with transaction.atomic():
        customer = followups.lock_customer(followup_id)
        followup = FollowUp.objects.select_for_update(of=("self",), no_key=True).get(pk=followup_id)
        kept = LastSaved.objects.select_related("record__attempt__contact_point__customer").filter(staff=by, followup=followup).first()
        if kept is None:
            if (followup.state, followup.claimed_by_id) == (FollowUp.State.CLAIMED, by.pk):
                return
            raise Conflict(not_last())
        record = kept.record
        rows, cases = CustomerRows(customer), list(Case.objects.select_for_update(no_key=True).filter(record=record).order_by("pk"))
        if problems := obstacles(_since(by, kept, followup, rows, cases, now)):
            raise Conflict(*problems)
        numbers = [case.number for case in cases]
        deeds: list[audit.Deed] = [("case.taken-back", f"case:{case.pk}", {"case": case.number}) for case in cases]
        detail: dict[str, object] = {"record": record.pk, "cases": numbers}
        _untell(by, record, followup, cases, now)
        _undo(by, record, followup, kept, now)
        Case.objects.filter(number__in=numbers).delete()
        audit.write_all(by, [*deeds, ("record.taken-back", f"followup:{followup.pk}", detail)])


def _since(by: Staff, kept: LastSaved, followup: FollowUp, rows: CustomerRows, cases: Sequence[Case], now: datetime) -> Since:
    """What has happened since, gathered from the records."""
    record = kept.record
    elsewhere = Occurrence.objects.filter(pk__in=kept.before["occurrences"]).exclude(followup=followup)
    later = Attempt.objects.filter(followup=followup, pk__gt=record.attempt_id)
    said = Feedback.objects.filter(record=record)
    asked = Q(pk__in=())
    for pk, programme in Request.objects.filter(source=f"record:{record.pk}").values_list("pk", "programme"):
        asked |= Q(programme=programme, cause=str(pk))
    worked = CaseStep.objects.filter(case__in=cases).exclude(what="opened")
    heard = Q(pk__in=CaseStep.objects.filter(case__customer=record.customer_id, at=record.saved_at, by=by).values("case"))
    told = Case.objects.filter(heard | Q(pk__in=said.values("case"))).exclude(record=record)
    beside = Feedback.objects.filter(case__in=cases).exclude(record=record)
    sent = Message.objects.filter(followup=followup, attempt__in=later).exists()
    changed = set(worked.values_list("case", flat=True)) | set(beside.values_list("case", flat=True))
    return Since(
        passed=now - record.saved_at,
        signed=DayClosing.objects.filter(branch=record.branch_id, day=record.day, reopened_at=None).exists(),
        reviewed=Review.objects.filter(record=record).exists(),
        taken=not sent and (followup.fence != kept.fence or elsewhere.exists() or later.exists()),
        sent=sent,
        forbidden=refused.forbids(rows, followup),
        worked_on=tuple(case.number for case in cases if case.pk in changed),
        told=tuple(told.order_by("pk").values_list("number", flat=True)),
        decided=said.exclude(deed="").exclude(decided_by=by).exists(),
        planned=Occurrence.objects.filter(asked, customer=record.customer_id).exists(),
    )


def _untell(by: Staff, record: Record, followup: FollowUp, cases: Sequence[Case], now: datetime) -> None:
    """Notices of it that nobody has seen are gone; who has seen one, in the product or outside, is told that it no longer holds."""
    about = [f"record:{record.pk}", f"followup:{followup.pk}", *(f"case:{case.pk}" for case in cases)]
    statements = [f"feedback:{pk}" for pk in Feedback.objects.filter(record=record).values_list("pk", flat=True)]
    notices = Notice.objects.filter(Q(subject__in=about, at=record.saved_at) | Q(subject__in=statements))
    told = NoticeDelivery.objects.filter(notice__in=notices).exclude(state=NoticeDelivery.State.WAITING).values("notice")
    seen = Q(read_at__isnull=False) | Q(pk__in=told)
    people = Staff.objects.filter(pk__in=notices.filter(seen).values("to")).exclude(pk=by.pk)
    words = Words(
        f"{by.name}撤销了刚保存的回访记录，之前由它引出的提示不再有效。",
        f"{by.name} has undone a record that was just saved; what you were told because of it no longer holds.",
    )
    tell(people, words, f"followup:{followup.pk}", now)
    notices.exclude(seen).delete()


def _undo(by: Staff, record: Record, followup: FollowUp, kept: LastSaved, now: datetime) -> None:
    """Everything but cases and notices as it was before, the attempt under way, the form a draft, the follow-up in hand."""
    attempt, point = record.attempt, record.attempt.contact_point
    if point is not None and point.pk == kept.before["wrong"]:
        customers.mark_contact_point(by, point, True, now)
    Request.objects.filter(source=f"record:{record.pk}").delete()
    Promise.objects.filter(occurrence__in=kept.before["occurrences"], made_at=record.saved_at, staff=by).delete()
    Promise.objects.filter(pk__in=kept.before["promises"]).update(open=True)
    for number, columns in kept.before["occurrences"].items():
        Occurrence.objects.filter(pk=number).update(**_read(Occurrence, columns))
    for name, value in _read(FollowUp, kept.before["followup"]).items():
        setattr(followup, name, value)
    followup.state, followup.claimed_by, followup.fence = FollowUp.State.CLAIMED, by, followup.fence + 1
    followup.save(update_fields=[*(name.removesuffix("_id") for name in _FOLLOWUP), "state", "claimed_by", "fence"])
    followups.renew(followup.pk)
    answer_files.wait_again(record, by, followup.pk)
    Draft.objects.update_or_create(followup=followup, staff=by, defaults={"content": kept.form, "saved_at": now})
    record.delete()
    attempt.state, attempt.ended_at, attempt.outcome, attempt.reached, attempt.counted = Attempt.State.ATTEMPTING, None, "", False, True
    attempt.save(update_fields=["state", "ended_at", "outcome", "reached", "counted"])


def _read(model: type[FollowUp | Occurrence], columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as they were kept, as values of the model's fields."""
    return {field.attname: field.to_python(columns[field.attname]) for field in model._meta.concrete_fields if field.attname in columns}
