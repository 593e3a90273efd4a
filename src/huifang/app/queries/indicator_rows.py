"""The very records behind an indicator, on the same ground as its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from huifang.app.access import SEE_INDICATORS, behind_for, require
from huifang.app.business_time import business_day
from huifang.app.formats import money
from huifang.app.queries.decision_words import decision_words
from huifang.app.queries.group_keys import group_words
from huifang.app.queries.indicator_figures import NONE, Ground
from huifang.app.queries.indicator_sources import SOURCE_OF, Source, Span, questions_of
from huifang.app.queries.pages import counted, page_behind
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Case, Feedback, Staff
from huifang.domain.contact import CHANNEL_WORDS, Channel, DecisionKind
from huifang.domain.indicators import INDICATORS
from huifang.domain.outcomes import OUTCOMES
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook

PAGE = 50
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the customer, the day, what it is about, what came of it, by whom; `case` where it is one."""

    customer_id: int
    name: str
    day: date
    about: str
    result: str
    words: str
    person: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, how many there are in all (`pages.counted`), and where the next page begins (empty on the last)."""

    rows: tuple[Row, ...]
    total: int | str
    after: str


def counters_of(key: str) -> tuple[str, ...]:
    """The counters whose rows can be opened behind an indicator: all first, then those that make the value."""
    indicator = INDICATORS[key]
    return tuple(dict.fromkeys(name for name in (indicator.whole, *indicator.parts) if name in SOURCE_OF))


def behind(staff: Staff, counter: str, ground: Ground, today: date) -> QuerySet[Any]:
    """The rows that a counter counts on a ground, in the person's scope. KeyError for a counter that counts no rows."""
    require(staff, SEE_INDICATORS)
    source = SOURCE_OF[counter]
    asked = questions_of(one.playbook for one in in_force())
    rows: QuerySet[Any] = source.rows(
        behind_for(source.model.objects.all(), staff, source.branch), Span(ground.first, ground.last), asked, today
    )
    rows = rows.annotate(**source.dimensions()).filter(source.counters[counter])
    if ground.branch is not None:
        rows = rows.filter(its_branch=ground.branch)
    if ground.programme:
        rows = rows.filter(its_programme=ground.programme)
    if ground.programmes:
        rows = rows.filter(its_programme__in=ground.programmes)
    if ground.person is not None:
        rows = rows.filter(its_person=ground.person) if ground.person else rows.filter(its_person=None)
    if ground.people is not None:
        nobody = Q(its_person=None) if 0 in ground.people else Q()
        rows = rows.filter(Q(its_person__in=ground.people) | nobody)
    if ground.group == NONE:
        rows = rows.filter(Q(its_zh=None) | Q(its_zh=""))
    elif ground.group:
        rows = rows.filter(its_zh=group_words(ground.group).zh)
    return rows


def page(staff: Staff, counter: str, ground: Ground, today: date, language: str, after: str = "") -> Page:
    """One page of them, the newest first. At most three queries."""
    source, rows = SOURCE_OF[counter], behind(staff, counter, ground, today)
    if source.customers:
        rows = rows.order_by().values("customer_id", "customer__name", source.day).annotate(amount=Sum("amount"))
        found = page_behind(rows, (f"-{source.day}", "customer_id"), after, PAGE)
    else:
        columns = dict.fromkeys((*_COLUMNS[source.model.__name__], source.day, "id"))
        found = page_behind(rows.values(*columns), (f"-{source.day}", "-id"), after, PAGE)
    books = [one.playbook for one in in_force()]
    return Page(tuple(_shown(source, row, books, language) for row in found.rows), counted(rows), found.after)


_COLUMNS: dict[str, tuple[str, ...]] = {
    "Occurrence": (
        "customer_id", "customer__name", "due", "programme", "decision", "closed_as", "attempts", "followup__staff__name",
        "last_staff__name", "followup__outcome",
    ),
    "Attempt": ("customer_id", "customer__name", "day", "programme", "channel", "outcome", "staff__name"),
    "Record": (
        "customer_id", "customer__name", "day", "programme", "mean_score", "satisfied", "words", "handler__name", "staff__name",
    ),
    "Answer": (
        "record__customer_id", "record__customer__name", "record__day", "record__programme", "value", "record__words",
        "record__handler__name", "record__staff__name",
    ),
    "Feedback": (
        "customer_id", "customer__name", "record__day", "record__programme", "kind", "topic", "words", "record__handler__name",
        "record__staff__name",
    ),
    "Case": ("customer_id", "customer__name", "opened_at", "record__programme", "number", "title", "state", "owner__name"),
}  # fmt: skip


def programme_words(key: str, books: list[Playbook]) -> Words:
    """A programme's title in the playbooks in force; its key where none has it, nothing for none."""
    return next((book.programmes[key].title for book in books if key in book.programmes), Words(key, key))


def _shown(source: Source, row: Values, books: list[Playbook], language: str) -> Row:
    if source.customers:
        amount = money(row["amount"])
        return Row(row["customer_id"], row["customer__name"], row[source.day], _purchase(language), amount, "", "")
    return _SHOWN[source.model.__name__](row, lambda key: programme_words(key or "", books).say(language), language)


def _purchase(language: str) -> str:
    return Words("消费", "Purchase").say(language)


Say = Callable[[str | None], str]


def _occurrence(row: Values, programme: Say, language: str) -> Row:
    outcome, contacted = OUTCOMES.get(row["followup__outcome"] or ""), row["attempts"] or row["closed_as"] in ("done", "given-up")
    result = outcome.words if outcome and contacted else Words("已联络", "Contacted") if contacted else None
    said = result.say(language) if result else decision_words(DecisionKind(row["decision"])).say(language)
    person = row["followup__staff__name"] or row["last_staff__name"] or ""
    return Row(row["customer_id"], row["customer__name"], row["due"], programme(row["programme"]), said, "", person)


def _attempt(row: Values, programme: Say, language: str) -> Row:
    outcome = OUTCOMES.get(row["outcome"])
    result = f"{CHANNEL_WORDS[Channel(row['channel'])].say(language)} · {outcome.words.say(language) if outcome else row['outcome']}"
    return Row(row["customer_id"], row["customer__name"], row["day"], programme(row["programme"]), result, "", row["staff__name"] or "")


def _record(row: Values, programme: Say, language: str) -> Row:
    happy = {True: Words("满意", "Satisfied"), False: Words("不满意", "Dissatisfied"), None: Words("", "")}[row["satisfied"]].say(language)
    score = "" if row["mean_score"] is None else f"{row['mean_score']:.1f} / 5"
    person = row["handler__name"] or row["staff__name"] or ""
    result = " · ".join(part for part in (happy, score) if part)
    return Row(row["customer_id"], row["customer__name"], row["day"], programme(row["programme"]), result, row["words"], person)


def _answer(row: Values, programme: Say, language: str) -> Row:  # noqa: ARG001 - all of them are called alike
    person = row["record__handler__name"] or row["record__staff__name"] or ""
    about = programme(row["record__programme"])
    return Row(
        row["record__customer_id"], row["record__customer__name"], row["record__day"], about, row["value"], row["record__words"], person
    )


def _feedback(row: Values, programme: Say, language: str) -> Row:  # noqa: ARG001
    result = " · ".join(part for part in (str(Feedback.Kind(row["kind"]).label), row["topic"]) if part)
    person = row["record__handler__name"] or row["record__staff__name"] or ""
    return Row(
        row["customer_id"], row["customer__name"], row["record__day"], programme(row["record__programme"]), result, row["words"], person
    )


def _case(row: Values, programme: Say, language: str) -> Row:  # noqa: ARG001
    about, state = programme(row["record__programme"]), str(Case.State(row["state"]).label)
    day = business_day(row["opened_at"])
    return Row(row["customer_id"], row["customer__name"], day, about, state, row["title"], row["owner__name"] or "", row["number"])


_SHOWN: dict[str, Callable[[Values, Say, str], Row]] = {
    "Occurrence": _occurrence, "Attempt": _attempt, "Record": _record, "Answer": _answer, "Feedback": _feedback, "Case": _case,
}  # fmt: skip
