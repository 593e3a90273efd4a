"""What was answered to a questionnaire, over agents' calls and links, as far as it may be shown.

The database adds up: equal answers come as one row with their number, so that a page takes as much memory and as many queries for a
million answers as for ten. Rows of single people are read only for a file, whose number of rows is allowed before (`services.exports`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import chain, groupby
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Q, QuerySet, Window
from django.db.models.functions import MD5, Cast, Length, RowNumber

from huifang.app.access import answer_files_for
from huifang.app.queries.survey_picks import Choice, Pick, Slice, pick
from huifang.app.records.models import Answer, AnswerFile, Staff, SurveyAnswer
from huifang.domain.servqual import Gap, gaps
from huifang.domain.small_groups import DELICATE, may_be_named
from huifang.playbooks.schema import Playbook, Questionnaire
from huifang.playbooks.tallying import FREE, Kept, Tally, servqual_points, tally

MOST_FILES, MOST_WORDS = 100, 200
_AT_ONCE = 500
"""So many questionnaires are read at a time for a file."""
_CUT = 200
"""As long as a kept value can be: one of this length may be the beginning of a longer answer, which then stands in `text`."""


@dataclass(frozen=True, slots=True)
class Given:
    """One questionnaire that was answered. `person` is the customer's code, empty where nobody knows."""

    number: str
    day: date
    version: int
    way: str
    marks: tuple[str, ...]
    answers: dict[str, Kept]
    person: str = ""

    @property
    def month(self) -> str:
        """``2026-11``."""
        return f"{self.day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Results:
    """All of it. `shown` False: the chosen group is too small; then there are no tallies. `first`, `last`: the days it is from."""

    protected: bool
    least: int
    months: tuple[str, ...]
    versions: tuple[int, ...]
    table: tuple[Slice, ...]
    totals: tuple[int | None, ...]
    shown: bool
    answered: int
    tallies: tuple[Tally, ...]
    gaps: tuple[Gap, ...]
    marks: tuple[tuple[str, int], ...]
    first: date
    last: date


def results(staff: Staff, playbook: Playbook, key: str, choice: Choice, today: date, most_words: int | None = None) -> Results:
    """The results of a questionnaire for what is chosen, as far as the person may see them. At most seventeen queries."""
    questionnaire, found = playbook.questionnaires[key], pick(staff, playbook, key, choice, today)
    days = [day for cell in found.cells for day in (cell.first, cell.last)] or [today]
    return Results(
        found.secret, found.least, found.months, found.versions, found.table, found.totals, found.visible, found.answered,
        _tallies(questionnaire, found, most_words or MOST_WORDS) if found.visible else (),
        gaps(servqual_points(questionnaire, _sided(questionnaire, found))),
        _marks(found), min(days), max(days),
    )  # fmt: skip


def lines(staff: Staff, playbook: Playbook, key: str, choice: Choice, today: date) -> Iterator[Given]:
    """The picked questionnaires one by one, in no order that means anything.

    Which they are is settled at once, in at most seven queries; what they say is read as they are asked for, `_AT_ONCE` in five queries.
    """
    found = pick(staff, playbook, key, choice, today)
    numbers: list[tuple[str, int | UUID]] = [
        *((f"record-{number}", number) for number in found.records.values_list("pk", flat=True).iterator()),
        *((str(number), number) for number in found.responses.values_list("pk", flat=True).iterator()),
    ]
    numbers.sort(key=lambda each: sha256(each[0].encode()).digest())
    return _read(found, numbers)


def _read(found: Pick, numbers: list[tuple[str, int | UUID]]) -> Iterator[Given]:
    for first in range(0, len(numbers), _AT_ONCE):
        some = numbers[first : first + _AT_ONCE]
        read = dict(chain(_of_records(found, some), _of_responses(found, some)))
        yield from (read[number] for number, _key in some if number in read)


def _of_records(found: Pick, some: list[tuple[str, int | UUID]]) -> Iterator[tuple[str, Given]]:
    rows = found.records.filter(pk__in=[key for _number, key in some if isinstance(key, int)])
    for record in rows.select_related("customer", "survey_response").prefetch_related("answers"):
        number, link = f"record-{record.pk}", getattr(record, "survey_response", None)
        way, marks = (link.way, tuple(link.marks)) if link else ("agent", ())
        kept = _kept(record.answers.all())
        yield number, Given(number, record.day, record.questionnaire_version, way, marks, kept, record.customer.code)


def _of_responses(found: Pick, some: list[tuple[str, int | UUID]]) -> Iterator[tuple[str, Given]]:
    rows = found.responses.filter(pk__in=[key for _number, key in some if isinstance(key, UUID)])
    for row in rows.prefetch_related("answers"):
        yield str(row.pk), Given(str(row.pk), row.day, row.questionnaire_version, row.way, tuple(row.marks), _kept(row.answers.all()))


def files(staff: Staff, playbook: Playbook, key: str) -> list[AnswerFile]:
    """The newest files that were given in a questionnaire, as far as the person may have them. One query."""
    by_record = Q(record__questionnaire=key, record__playbook_version__playbook=playbook.playbook)
    by_link = Q(response__survey__playbook=playbook.playbook, response__survey__questionnaire=key)
    return list(answer_files_for(staff).filter(by_record | by_link).order_by("-pk")[:MOST_FILES])


def _kept(answers: Iterable[Any]) -> dict[str, Kept]:
    return {one.question: Kept(one.value, one.text) for one in answers}


def _answers(found: Pick) -> tuple[tuple[QuerySet[Any], str], ...]:
    """The picked answers of both kinds, and the field that names whose they are."""
    return (
        (Answer.objects.filter(record__in=found.records.values("pk")), "record_id"),
        (SurveyAnswer.objects.filter(response__in=found.responses.values("pk")), "response_id"),
    )


def _tallies(questionnaire: Questionnaire, found: Pick, most_words: int) -> tuple[Tally, ...]:
    """Words of a secret questionnaire only where `_told` allows, in no order that means anything."""
    counted: dict[str, Counter[Kept]] = {question.key: Counter() for question in questionnaire.questions}
    for rows, _owner in _answers(found):
        _add(counted, rows, [question.key for question in questionnaire.questions if question.type in FREE])
    said, told = _words(questionnaire, found, most_words), _told(questionnaire, found)
    tallies = []
    for question in questionnaire.questions:
        one = tally(question, counted[question.key])
        tallies.append(
            one if question.key not in told else Tally(question, one.answered, one.counts, one.figure, one.rows, said.get(question.key, ()))
        )
    return tuple(tallies)


def _add(counted: Mapping[str, Counter[Kept]], rows: QuerySet[Any], free: list[str]) -> None:
    """Equal answers as one row; those that are too long for their value one by one."""
    rows = rows.filter(question__in=list(counted)).annotate(length=Length("value"))
    for question, value, number in rows.filter(length__lt=_CUT).values_list("question", "value").annotate(Count("pk")).order_by():
        counted[question][Kept(value)] += number
    for question, value, text in rows.filter(length=_CUT).exclude(question__in=free).values_list("question", "value", "text").iterator():
        counted[question][Kept(value, text)] += 1


def _told(questionnaire: Questionnaire, found: Pick) -> frozenset[str]:
    """The questions whose words may be shown. Of a secret questionnaire those of a month, where ten people have said something, and of a
    branch, where ten of it have and the rest is no smaller group (`may_be_named`): not by ways, since who reads the words of a branch and
    those of a way has those of both. Two queries.
    """
    asked = [question.key for question in questionnaire.questions]
    if not found.secret:
        return frozenset(asked)
    people: dict[str, Counter[str]] = {key: Counter() for key in asked}
    records, responses = found.everywhere
    rows = (
        Answer.objects.filter(record__in=records.values("pk")).values_list("question", "record__branch"),
        SurveyAnswer.objects.filter(response__in=responses.values("pk")).values_list("question", "response__branch"),
    )
    for question, branch, number in chain(*(each.filter(question__in=asked).annotate(Count("pk")).order_by() for each in rows)):
        people[question]["none" if branch is None else str(branch)] += number
    branch = found.choice.branch
    return frozenset(
        key
        for key, said in people.items()
        if not found.choice.way and (branch in may_be_named(said) if branch else said.total() >= DELICATE)
    )


def _words(questionnaire: Questionnaire, found: Pick, most: int) -> dict[str, tuple[str, ...]]:
    """Up to `most` texts of each question of words, drawn by a hash."""
    asked = [question.key for question in questionnaire.questions if question.type == "text"]
    said: dict[str, list[str]] = {key: [] for key in asked}
    drawn = Window(RowNumber(), partition_by=F("question"), order_by=MD5(Cast("pk", CharField())))
    for rows, _owner in _answers(found) if asked else ():
        for question, text in rows.filter(question__in=asked).annotate(place=drawn).filter(place__lte=most).values_list("question", "text"):
            said[question].append(text)
    return {key: tuple(sorted(texts, key=lambda text: sha256(text.encode()).digest())[:most]) for key, texts in said.items()}


def _sided(questionnaire: Questionnaire, found: Pick) -> Iterator[dict[str, Kept]]:
    """The answers of each respondent to the questions of expectation and perception."""
    asked = [question.key for question in questionnaire.questions if question.dimension and question.side]
    for rows, owner in _answers(found) if asked else ():
        read = rows.filter(question__in=asked).order_by(owner).values_list(owner, "question", "value", "text")
        for _whose, given in groupby(read.iterator(), key=lambda row: row[0]):
            yield {question: Kept(value, text) for _one, question, value, text in given}


def _marks(found: Pick) -> tuple[tuple[str, int], ...]:
    had: Counter[str] = Counter()
    by_record = found.records.exclude(survey_response=None).values_list("survey_response__marks")
    for marks, number in chain(*(rows.annotate(Count("pk")).order_by() for rows in (by_record, found.responses.values_list("marks")))):
        for mark in marks:
            had[mark] += number
    return tuple(sorted(had.items()))
