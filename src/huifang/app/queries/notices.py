"""What a person is told, newest first, each with the page it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from huifang.app.access import (
    HAND_OVER,
    PLAN,
    PLAN_WEEK,
    REVIEW,
    SEE_EXPORTS,
    SEE_FEEDBACK,
    SEE_OUTBOX,
    SEE_PLAYBOOKS,
    WORK,
    may,
    records_for,
)
from huifang.app.records.models import Case, Notice, Staff
from huifang.domain.words import Words

PAGE = 50


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice; `url` is empty where there is no page to open."""

    id: int
    words: Words
    at: datetime
    read: bool
    url: str


def notices_of(staff: Staff, before: int | None = None) -> tuple[tuple[NoticeLine, ...], int]:
    """A page of one's own notices, and the id to go on from (0 on the last page). Three queries."""
    rows = Notice.objects.filter(to=staff).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    numbers = dict(Case.objects.filter(pk__in=_ids(found, "case")).values_list("pk", "number"))
    customers = dict(records_for(staff).filter(pk__in=_ids(found, "record")).values_list("pk", "attempt__customer"))
    lines = tuple(
        NoticeLine(
            each.pk,
            Words(each.words["zh"], each.words["en"]),
            each.at,
            each.read_at is not None,
            _url(each.subject, numbers, customers, staff),
        )
        for each in found[:PAGE]
    )
    return lines, found[PAGE - 1].pk if len(found) > PAGE else 0


def unread(staff: Staff) -> int:
    """How many notices a person has not read. One query."""
    return Notice.objects.filter(to=staff, read_at=None).count()


def _ids(notices: Iterable[Notice], about: str) -> list[int]:
    """The numbers in subjects of one kind."""
    return [
        int(number) for kind, _colon, number in (each.subject.partition(":") for each in notices) if kind == about and number.isdecimal()
    ]


def _url(subject: str, numbers: dict[int, str], customers: dict[int, int], staff: Staff) -> str:
    about, _colon, number = subject.partition(":")
    if about in _AREAS:
        return reverse(_AREAS[about]) if may(staff, _NEEDS[about]) else ""
    if not number.isdecimal():
        return ""
    if about == "case" and int(number) in numbers:
        return reverse("case", args=[numbers[int(number)]])
    if about == "record" and int(number) in customers:
        return reverse("customer", args=[customers[int(number)]])
    if about == "review" and not may(staff, REVIEW):
        return reverse("review-returned", args=[int(number)])
    if about not in _PAGES or (about in _NEEDS and not may(staff, _NEEDS[about])):
        return ""
    return reverse(_PAGES[about], args=[int(number)])


_PAGES = {
    "customer": "customer", "followup": "followup", "measure": "measure", "absence": "absence", "schedule": "schedule-one",
    "training": "training-one", "playbook": "playbook", "review": "review", "mass": "mass-sending",
}  # fmt: skip
"""Pages that are known by the number in a subject."""
_AREAS = {
    "export": "exports",
    "incoming": "replies",
    "today": "today",
    "feedback": "feedback",
    "message": "outbox",
    "plan": "plan",
    "reconciling": "outbox",
}
"""Pages where what a subject is about stands among others."""
_NEEDS = {
    "absence": HAND_OVER, "schedule": PLAN_WEEK, "playbook": SEE_PLAYBOOKS, "mass": SEE_OUTBOX, "export": SEE_EXPORTS,
    "incoming": WORK, "today": WORK, "feedback": SEE_FEEDBACK, "message": SEE_OUTBOX, "reconciling": SEE_OUTBOX, "plan": PLAN,
}  # fmt: skip
