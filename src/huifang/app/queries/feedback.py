"""What customers have said: the list page by page, those that ask, what belongs together, topics by how often and how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from typing import Literal

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from huifang.analytics.feedback.extra import UP_TO, installed
from huifang.analytics.feedback.ranking import Count as Counted
from huifang.analytics.feedback.ranking import Ranked, ranked
from huifang.analytics.feedback.topics import TopicTree
from huifang.app.access import feedback_for, measures_for
from huifang.app.business_time import business_moment
from huifang.app.queries.pages import Page, page_behind
from huifang.app.records.models import Case, Feedback, FeedbackModel, Measure, Staff

PAGE = 50
TONES = {"praise": "good", "suggestion": "accent", "complaint": "bad"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; empty means all. `after` is the place behind which the page begins."""

    kind: str = ""
    topic: str = ""
    urgency: int = 0
    unsure: bool = False
    group: int = 0
    branch: int = 0
    first: date | None = None
    after: str = ""
    loose: bool = False
    """Complaints of known customers only for which no case was opened."""


@dataclass(frozen=True, slots=True)
class Group:
    """One matter: how many statements of how many customers in the person's scope, the last of them, and one to show.

    Each nameless statement counts as one customer's: nobody knows which of them are one person's.
    """

    pk: int
    statements: int
    customers: int
    last: datetime
    shown: Feedback


_LOOSE = Q(kind=Feedback.Kind.COMPLAINT, case=None, customer__isnull=False) & ~Exists(Case.objects.filter(record=OuterRef("record")))


_PEOPLE = Count("customer", distinct=True) + Count("pk", filter=Q(customer=None))


def told(staff: Staff) -> QuerySet[Feedback]:
    """What is feedback, in the person's scope."""
    return feedback_for(staff).exclude(state=Feedback.State.NOTHING)


def feedback_page(staff: Staff, wanted: Filters) -> Page[Feedback]:
    """A page, newest first. One query."""
    return page_behind(
        _filtered(told(staff), wanted).select_related("customer", "branch", "decided_by"), ("-at", "-pk"), wanted.after, PAGE
    )


def _filtered(rows: QuerySet[Feedback], wanted: Filters) -> QuerySet[Feedback]:
    rows = rows.filter(kind=wanted.kind) if wanted.kind in Feedback.Kind.values else rows
    rows = rows.filter(topic="" if wanted.topic == "none" else wanted.topic) if wanted.topic else rows
    rows = rows.filter(urgency__gte=wanted.urgency) if wanted.urgency else rows
    rows = rows.filter(state=Feedback.State.UNSURE) if wanted.unsure else rows
    rows = rows.filter(_LOOSE) if wanted.loose else rows
    rows = rows.filter(group=wanted.group) if wanted.group else rows
    rows = rows.filter(_of(wanted.branch)) if wanted.branch else rows
    return rows.filter(at__gte=business_moment(wanted.first, time())) if wanted.first else rows


def _of(branch: int) -> Q:
    return Q(customer__branch=branch) | Q(branch=branch)


def asking(staff: Staff) -> QuerySet[Feedback]:
    """Statements that the reader is unsure of, the urgent ones first, then the oldest."""
    rows = told(staff).filter(state=Feedback.State.UNSURE)
    return rows.select_related("customer__branch", "branch", "record").order_by("-urgency", "at", "pk")


def one_of(staff: Staff, feedback_id: int) -> Feedback | None:
    """One statement in the person's scope."""
    rows = feedback_for(staff).select_related("customer__branch", "branch", "record", "decided_by", "group", "case")
    return rows.filter(pk=feedback_id).first()


def beside(staff: Staff, row: Feedback) -> list[Feedback]:
    """The others of its group, newest first, at most 50."""
    if row.group_id is None:
        return []
    others = told(staff).filter(group=row.group_id).exclude(pk=row.pk)
    return list(others.select_related("customer", "branch").order_by("-at", "-pk")[:PAGE])


def near(staff: Staff, row: Feedback) -> list[Feedback]:
    """Others of the same kind and topic or the same customer that are not joined with it, newest first, at most 10."""
    alike = Q(topic=row.topic, kind=row.kind)
    others = told(staff).filter(alike | Q(customer=row.customer_id) if row.customer_id else alike).exclude(pk=row.pk)
    others = others.exclude(group=row.group_id) if row.group_id else others
    return list(others.select_related("customer", "branch").order_by("-at", "-pk")[:10])


def groups(staff: Staff) -> list[Group]:
    """Matters of several statements, those of most customers first, at most 50. Two queries."""
    rows = told(staff).exclude(group=None).values("group")
    counted = rows.annotate(number=Count("pk"), people=_PEOPLE, last=Max("at"), shown=Max("pk"))
    found = list(counted.filter(number__gt=1).order_by("-people", "-number", "-last")[:PAGE])
    shown = feedback_for(staff).select_related("customer").in_bulk([row["shown"] for row in found])
    return [Group(row["group"], row["number"], row["people"], row["last"], shown[row["shown"]]) for row in found]


def topics_ranked(staff: Staff, first: date, last: date, branch: int, kind: str, by: Literal["number", "weight"]) -> list[Ranked]:
    """Topics of what was said from `first` to `last`, both included. One query."""
    rows = told(staff).filter(at__gte=business_moment(first, time()), at__lt=business_moment(last + timedelta(days=1), time()))
    rows = rows.filter(_of(branch)) if branch else rows
    rows = rows.filter(kind=kind) if kind in Feedback.Kind.values else rows
    counted = rows.values_list("topic", "kind", "urgency").annotate(number=Count("pk")).order_by()
    return ranked((Counted(*row) for row in counted), by)


def measures_against(staff: Staff, tree: TopicTree, topics: Iterable[str]) -> dict[str, list[Measure]]:
    """The measures against topics in the person's scope, by topic: those whose cause is the topic's title in either language. One query."""
    titles = {tree.title_of(topic, language): topic for topic in topics if topic for language in ("zh", "en")}
    found: dict[str, list[Measure]] = {}
    for measure in measures_for(staff).filter(cause__in=list(titles)).select_related("owner").order_by("due", "pk"):
        found.setdefault(titles[measure.cause], []).append(measure)
    return found


def last_model() -> FeedbackModel | None:
    """What was learned last, with how well it read what it had not learned from."""
    return FeedbackModel.objects.defer("kinds", "topics", "deeper_kinds", "deeper_topics").order_by("-pk").first()


ReaderInUse = Literal["none", "characters", "meaning", "resting", "waiting"]


def reader_in_use(model: FeedbackModel | None) -> ReaderInUse:
    """Who reads on this machine, with the `last_model`: nobody; rules and characters; with the embedding model for what they are unsure of;
    that one resting because enough was decided, or waiting for the next learning.
    """
    if find_spec("sklearn") is None:
        return "none"
    if not installed():
        return "characters"
    if model is None or model.deeper:
        return "meaning"
    return "resting" if model.decided > UP_TO else "waiting"
