"""What people say in questionnaires that keep no name becomes feedback when its month is over, and leads back to nobody.

All words of a questionnaire's month are taken in one night, shuffled, with the month's end as their time. Where fewer than ten people have
said something the words wait, and are taken with those of the next month that makes ten of them. A branch stands beside words only where at
least ten of its people are among them, and at least ten among those of no branch (`small_groups.may_be_named`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from itertools import groupby
from random import SystemRandom
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from huifang.analytics.feedback.cleaning import says_something
from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Feedback, PlaybookVersion, Survey, SurveyAnswer, SurveyResponse
from huifang.app.services import audit
from huifang.app.services.feedback_reading import LONGEST, read
from huifang.app.services.feedback_taking import SOURCE
from huifang.app.services.job_queue import keep_lease
from huifang.domain.budget import month_ends
from huifang.domain.small_groups import DELICATE, may_be_named

_DRAW = SystemRandom()
_AT_ONCE = 200
"""So many are read between two looks at the lease."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What one answer of one response says."""

    response: UUID
    branch: int | None
    day: date
    text: str


def anything_due(today: date) -> bool:
    """Whether there are nameless answers of months that are over, or words that were taken and not read."""
    return _behind(today).exists() or (find_spec("sklearn") is not None and _unread().exists())


def take_due(now: datetime) -> int:
    """Take the words of every questionnaire whose months are over; how many statements. Each questionnaire commits by itself."""
    today = business_day(now)
    return sum(_take(number, _month_before(today)) for number in list(_behind(today).values_list("pk", flat=True)))


def read_taken(now: datetime) -> int:
    """Read what was taken, in the order in which it lies; how many. Each commits by itself. Without the library that reads, nothing."""
    if find_spec("sklearn") is None:
        return 0
    numbers = list(_unread().order_by("pk").values_list("pk", flat=True))
    for place, number in enumerate(numbers):
        if place % _AT_ONCE == 0:
            keep_lease("nameless-words")
        read(SOURCE, number, now)
    return len(numbers)


def _behind(today: date) -> QuerySet[Survey]:
    last = _month_before(today)
    nameless = SurveyResponse.objects.filter(survey=OuterRef("pk"), record=None, day__lte=last)
    newer = nameless.filter(day__gt=OuterRef("words_until"))
    return Survey.objects.filter(Exists(newer) | Q(Exists(nameless), words_until=None))


def _unread() -> QuerySet[Feedback]:
    return Feedback.objects.filter(customer=None, state=Feedback.State.UNSURE, read_kind="")


def _take(number: int, last: date) -> int:
    """Month by month up to the day `last`: as soon as enough people have said something, what waits is one batch."""
    taken = 0
    with transaction.atomic():
        survey = Survey.objects.select_for_update(no_key=True).get(pk=number)
        waiting: list[_Words] = []
        for month_end, words in groupby(_said(survey, last), key=lambda one: month_ends(one.day, business_zone())):
            waiting += words
            if len({one.response for one in waiting}) >= DELICATE:
                taken += _keep(survey, waiting, month_end - timedelta(seconds=1))
                waiting = []
    return taken


def _keep(survey: Survey, words: list[_Words], at: datetime) -> int:
    """One batch, shuffled, at the last second of its last month."""
    people: defaultdict[int | None, set[UUID]] = defaultdict(set)
    for one in words:
        people[one.branch].add(one.response)
    named = may_be_named({branch: len(who) for branch, who in people.items() if branch is not None}, len(people[None]))
    rows = [
        Feedback(
            customer=None, branch_id=one.branch if one.branch in named else None, words=one.text[:LONGEST],
            at=at, kind=Feedback.Kind.SUGGESTION, state=Feedback.State.UNSURE, deed="",
        )
        for one in words
    ]  # fmt: skip
    _DRAW.shuffle(rows)
    Feedback.objects.bulk_create(rows)
    survey.words_until = business_day(at)
    survey.save(update_fields=["words_until"])
    audit.write(None, "survey.words-taken", f"survey:{survey.pk}", until=survey.words_until.isoformat(), statements=len(rows))
    return len(rows)


def _said(survey: Survey, last: date) -> Iterator[_Words]:
    """The answers to questions of words that say something, by month. A query, and one for each version that was asked."""
    responses = SurveyResponse.objects.filter(survey=survey, record=None, day__lte=last)
    responses = responses.filter(day__gt=survey.words_until) if survey.words_until else responses
    versions = responses.order_by().values_list("playbook_version", flat=True).distinct()
    asked = {each.pk: _of_words(each, survey.questionnaire) for each in PlaybookVersion.objects.filter(pk__in=versions)}
    rows = SurveyAnswer.objects.filter(response__in=responses, question__in=set().union(*asked.values())).order_by("response__day")
    for one in rows.select_related("response"):
        if one.question in asked[one.response.playbook_version_id] and says_something(one.text):
            yield _Words(one.response_id, one.response.branch_id, one.response.day, one.text)


def _of_words(version: PlaybookVersion, questionnaire: str) -> frozenset[str]:
    return frozenset(question.key for question in playbook_of(version).questionnaires[questionnaire].questions if question.type == "text")


def _month_before(today: date) -> date:
    """The last day of the month before.

    >>> _month_before(date(2026, 3, 31)), _month_before(date(2026, 1, 1))
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 31))
    """
    return today.replace(day=1) - timedelta(days=1)
