"""What stands behind each counter: which rows, on which day, and whose they are. The job that counts and the page that lists use the same.

Times: `first` and `last` are the business's days, both included; `today` is the business's day from which "60 days are over" is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BooleanField, CharField, Count, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce

from huifang.app.business_time import business_moment
from huifang.app.records.models import Answer, Attempt, Case, CaseStep, Event, Feedback, Occurrence, Record
from huifang.domain.indicators import AGAIN_DAYS, LAPSE_DAYS, RETURN_DAYS
from huifang.playbooks.schema import Playbook

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day, both included."""

    first: date
    last: date

    def moved(self, days: int) -> Span:
        """The same length of time, so many days later."""
        step = timedelta(days=days)
        return Span(self.first + step, self.last + step)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which questions of which questionnaires ask for NPS and CSAT."""

    nps: frozenset[Pair]
    csat: frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one model. `rows` narrows them to a span of days; `day` names their day; `counters` says which of them each counter counts.

    `branch`, `programme`, `person` and `group` name whose they are; `later` days are added to a row's day to give the day it counts for.
    `sums` are added up instead of counted. With `customers`, customers of a day are counted, each once.
    """

    model: type[Any]
    rows: Callable[[QuerySet[Any], Span, Asked, date], QuerySet[Any]]
    day: str
    counters: Mapping[str, Q]
    branch: str
    programme: str = ""
    person: tuple[str, ...] = ()
    group: str = ""
    sums: Mapping[str, str] = field(default_factory=dict)
    later: int = 0
    customers: bool = False

    def dimensions(self) -> dict[str, Any]:
        """Expressions of a row's branch, programme, person and class titles."""
        none, people = Value("", output_field=CharField()), [F(name) for name in self.person]
        return {
            "its_day": F(self.day),
            "its_branch": F(self.branch),
            "its_programme": Coalesce(F(self.programme), none) if self.programme else none,
            "its_person": Coalesce(*people) if len(people) > 1 else people[0] if people else Value(None, output_field=CharField()),
            "its_zh": self._class("zh") if self.group else none,
            "its_en": self._class("en") if self.group else none,
        }

    def _class(self, language: str) -> Coalesce:
        title = KeyTextTransform(language, KeyTransform("class", f"{self.group}__because"))
        return Coalesce(title, Value(""), output_field=CharField())  # plain text, compared as such

    def aggregates(self) -> dict[str, Any]:
        """What each counter adds up."""
        of = {"distinct": True} if self.customers else {}
        counted = {
            name: Count("customer_id" if self.customers else "pk", filter=condition, **of) for name, condition in self.counters.items()
        }
        return counted | {name: Sum(column, default=0.0) for name, column in self.sums.items()}


def questions_of(playbooks: Iterable[Playbook]) -> Asked:
    """The NPS and CSAT questions of all playbooks."""
    found: dict[str, set[Pair]] = {"nps": set(), "csat": set()}
    for playbook in playbooks:
        for key, questionnaire in playbook.questionnaires.items():
            for question in questionnaire.questions:
                if question.type in found:
                    found[question.type].add((key, question.key))
    return Asked(frozenset(found["nps"]), frozenset(found["csat"]))


_CONTACTED = Q(attempts__gt=0) | Q(closed_as__in=("done", "given-up"))
_TO_CONTACT = ~Q(decision__in=("held-out", "suppressed")) & ~Q(closed_as="withdrawn")
_BOUGHT = Event.objects.filter(amount__gt=0)


def _later(name: str, days: int) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(OuterRef(name) + Value(timedelta(days=days)), output_field=DateField())


def _bought_within(day: str, days: int) -> Exists:
    """Whether the row's customer bought in so many days after `day`; before it where `days` is negative."""
    theirs = _BOUGHT.filter(customer=OuterRef("customer"))
    if days > 0:
        return Exists(theirs.filter(day__gt=OuterRef(day), day__lte=_later(day, days)))
    return Exists(theirs.filter(day__lt=OuterRef(day), day__gte=_later(day, days)))


def _naming(rows: QuerySet[Any], **names: Any) -> QuerySet[Any]:
    """The rows with names that conditions of counters may use."""
    found: QuerySet[Any] = rows.alias(**names)
    return found


def _occurrences(rows: QuerySet[Any], span: Span, _asked: Asked, today: date) -> QuerySet[Any]:
    return rows.filter(_TO_CONTACT | _CONTACTED, due__range=(span.first, min(span.last, today)))


def _watched(rows: QuerySet[Any], span: Span, _asked: Asked, today: date) -> QuerySet[Any]:
    over = today - timedelta(days=RETURN_DAYS + 1)
    return _naming(rows.filter(_CONTACTED, due__range=(span.first, min(span.last, over))), came=_bought_within("due", RETURN_DAYS))


def _attempts(rows: QuerySet[Any], span: Span, _asked: Asked, _today: date) -> QuerySet[Any]:
    return rows.filter(day__range=(span.first, span.last)).exclude(outcome="")


def _records(rows: QuerySet[Any], span: Span, _asked: Asked, _today: date) -> QuerySet[Any]:
    return rows.filter(day__range=(span.first, span.last))


def _answers(rows: QuerySet[Any], span: Span, asked: Asked, _today: date) -> QuerySet[Any]:
    pairs = asked.nps | asked.csat
    mine = Q(record__questionnaire__in={first for first, _ in pairs}, question__in={second for _, second in pairs}) if pairs else Q(pk=None)
    given = rows.filter(mine, record__day__range=(span.first, span.last)).exclude(value="")
    return _naming(given, is_nps=_among(asked.nps), is_csat=_among(asked.csat))


def _among(pairs: frozenset[Pair]) -> ExpressionWrapper[Any]:
    condition = Q(pk=None)
    for questionnaire, question in sorted(pairs):
        condition |= Q(record__questionnaire=questionnaire, question=question)
    return ExpressionWrapper(condition, output_field=BooleanField())


def _feedback(rows: QuerySet[Any], span: Span, _asked: Asked, _today: date) -> QuerySet[Any]:
    return rows.filter(record__day__range=(span.first, span.last))


def _cases(rows: QuerySet[Any], span: Span, _asked: Asked, _today: date) -> QuerySet[Any]:
    rows = rows.filter(merged_into=None, opened_at__gte=_begin(span.first), opened_at__lt=_begin(span.last + timedelta(days=1)))
    return _naming(rows, again=Exists(CaseStep.objects.filter(case=OuterRef("pk"), what="reopened")))


def _begin(day: date) -> datetime:
    return business_moment(day, time())


def _bought(rows: QuerySet[Any], span: Span, _asked: Asked, _today: date) -> QuerySet[Any]:
    return _naming(rows.filter(amount__gt=0, day__range=(span.first, span.last)), before=_bought_within("day", -AGAIN_DAYS))


def _aged(rows: QuerySet[Any], span: Span, _asked: Asked, today: date) -> QuerySet[Any]:
    then = Span(span.first, min(span.last, today)).moved(-LAPSE_DAYS)
    return _naming(rows.filter(amount__gt=0, day__range=(then.first, then.last)), since=_bought_within("day", LAPSE_DAYS))


OCCURRENCES = Source(
    Occurrence, _occurrences, "due", {"due": Q(), "covered": _CONTACTED}, "customer__branch", "programme",
    ("followup__staff", "last_staff"), "followup",
)  # fmt: skip
WATCHED = Source(
    Occurrence, _watched, "due", {"watched": Q(), "returned": Q(came=True)}, "customer__branch", "programme",
    ("followup__staff", "last_staff"), "followup",
)  # fmt: skip
ATTEMPTS = Source(Attempt, _attempts, "day", {"tried": Q(), "reached": Q(reached=True)}, "branch", "programme", ("staff",), "followup")
RECORDS = Source(
    Record, _records, "day",
    {"rated": Q(satisfied__isnull=False), "satisfied": Q(satisfied=True), "scored": Q(mean_score__isnull=False)},
    "branch", "programme", ("handler", "staff"), "followup", {"points": "mean_score"},
)  # fmt: skip
ANSWERS = Source(
    Answer, _answers, "record__day",
    {
        "nps_answers": Q(is_nps=True), "promoters": Q(is_nps=True, value__in=("9", "10")),
        "detractors": Q(is_nps=True, value__in=tuple("0123456")),
        "csat_answers": Q(is_csat=True), "content": Q(is_csat=True, value__in=("4", "5")),
    },
    "record__branch", "record__programme", ("record__handler", "record__staff"), "record__followup",
)  # fmt: skip
FEEDBACK = Source(
    Feedback, _feedback, "record__day",
    {
        "praises": Q(kind=Feedback.Kind.PRAISE), "suggestions": Q(kind=Feedback.Kind.SUGGESTION),
        "complaints": Q(kind=Feedback.Kind.COMPLAINT),
    },
    "record__branch", "record__programme", ("record__handler", "record__staff"), "record__followup",
)  # fmt: skip
CASES = Source(
    Case, _cases, "opened_at",
    {"cases": Q(), "answered": Q(answered_at__isnull=False), "solved": Q(solved_at__isnull=False) | Q(closed_at__isnull=False),
     "reopened": Q(again=True)},
    "branch", "record__programme", ("owner",), "record__followup",
)  # fmt: skip
PURCHASES = Source(Event, _bought, "day", {"buyers": Q(), "again": Q(before=True)}, "customer__branch", customers=True)
AGED = Source(Event, _aged, "day", {"aged": Q(), "left": Q(since=False)}, "customer__branch", later=LAPSE_DAYS, customers=True)
SOURCES = (OCCURRENCES, WATCHED, ATTEMPTS, RECORDS, ANSWERS, FEEDBACK, CASES, PURCHASES, AGED)
SOURCE_OF: dict[str, Source] = {name: source for source in SOURCES for name in source.counters}
"""The source of each counter that counts rows."""
