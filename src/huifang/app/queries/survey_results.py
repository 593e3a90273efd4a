"""What was answered to a questionnaire, over agents' calls and links, as far as it may be shown.

Of an anonymous or sensitive questionnaire only months that are over are shown, each as one table of branches by ways whose small groups
are hidden together with as many others as it takes (`domain.small_groups`): the table of a month never changes again, so nobody learns
anything by looking before and after somebody has answered, or from two filters that overlap. Who sees some branches only sees the same
table less the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from huifang.app.access import SEE_RESULTS, branches_for, records_everywhere, records_for, require
from huifang.app.records.models import Answer, Branch, Staff, Survey, SurveyAnswer, SurveyResponse
from huifang.domain.servqual import Gap, gaps
from huifang.domain.small_groups import DELICATE, ORDINARY, Shown, protect
from huifang.playbooks.schema import Playbook, Questionnaire
from huifang.playbooks.tallying import Kept, Tally, servqual_points, tally

WAYS = ("agent", "personal", "open", "tablet")


@dataclass(frozen=True, slots=True)
class Given:
    """One questionnaire that was answered. `person` is the customer's code, empty where nobody knows."""

    number: str
    day: date
    version: int
    way: str
    branch_id: int | None
    marks: tuple[str, ...]
    answers: dict[str, Kept]
    person: str = ""

    @property
    def month(self) -> str:
        """``2026-11``."""
        return f"{self.day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at; empty for all. `branch` is a number as text, or ``none`` for answers of no branch."""

    month: str = ""
    branch: str = ""
    way: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """One line of the table: a branch, how many answered by each way (None: too few to be shown), and altogether."""

    branch: str
    title: str
    counts: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class Results:
    """All of it. `shown` False: the chosen group is too small; then there are no tallies."""

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
    given: tuple[Given, ...]


def results(staff: Staff, playbook: Playbook, key: str, choice: Choice, today: date) -> Results:
    """The results of a questionnaire for what is chosen, as far as the person may see them. Seven queries."""
    require(staff, SEE_RESULTS)
    questionnaire = playbook.questionnaires[key]
    survey = Survey.objects.filter(playbook=playbook.playbook, questionnaire=key).first()
    secret = questionnaire.anonymous or playbook.sensitive or bool(survey and survey.anonymous)
    least = DELICATE if playbook.sensitive else ORDINARY
    rows = [*_named(staff, playbook, key, everywhere=secret), *(_nameless(survey) if survey else [])]
    rows = [row for row in rows if not secret or row.month < f"{today:%Y-%m}"]
    months = tuple(sorted({row.month for row in rows}, reverse=True))
    month = choice.month if choice.month in months else (months[0] if secret and months else "")
    rows = [row for row in rows if not month or row.month == month]
    mine = {str(pk) for pk in branches_for(staff).values_list("pk", flat=True)} | {"none"}
    table, totals = _table(rows, mine, everything=staff.all_branches, least=least if secret else 1)
    picked, visible = _picked(rows, choice, table, totals, mine, everything=staff.all_branches, secret=secret)
    picked = sorted(picked, key=lambda row: sha256(row.number.encode()).hexdigest())
    return Results(
        secret, least, months, tuple(sorted({row.version for row in rows}, reverse=True)), table, totals, visible and bool(picked),
        len(picked) if visible else 0, _tallies(questionnaire, picked, secret=secret) if visible else (),
        gaps(servqual_points(questionnaire, [row.answers for row in picked])) if visible else (), _marks(picked) if visible else (),
        tuple(picked) if visible else (),
    )  # fmt: skip


def _named(staff: Staff, playbook: Playbook, key: str, *, everywhere: bool) -> Iterable[Given]:
    """Answers that stand in records. Of secret ones all are read, so that the table is the same for everybody."""
    found = (records_everywhere() if everywhere else records_for(staff)).filter(
        questionnaire=key, playbook_version__playbook=playbook.playbook
    )
    answers: dict[int, dict[str, Kept]] = {}
    for one in Answer.objects.filter(record__in=found.values("pk")):
        answers.setdefault(one.record_id, {})[one.question] = Kept(one.value, one.text)
    for record in found.select_related("customer", "survey_response").order_by("pk"):
        link = getattr(record, "survey_response", None)
        if record.pk in answers:
            yield Given(
                f"record-{record.pk}", record.day, record.questionnaire_version, link.way if link else "agent", record.branch_id,
                tuple(link.marks) if link else (), answers[record.pk], record.customer.code,
            )  # fmt: skip


def _nameless(survey: Survey) -> Iterable[Given]:
    answers: dict[object, dict[str, Kept]] = {}
    for one in SurveyAnswer.objects.filter(response__survey=survey):
        answers.setdefault(one.response_id, {})[one.question] = Kept(one.value, one.text)
    for row in SurveyResponse.objects.filter(survey=survey, record=None):
        yield Given(str(row.pk), row.day, row.questionnaire_version, row.way, row.branch_id, tuple(row.marks), answers.get(row.pk, {}))


def _table(rows: list[Given], mine: set[str], *, everything: bool, least: int) -> tuple[tuple[Slice, ...], tuple[int | None, ...]]:
    """Branches by ways, small groups hidden over the whole business, then only the person's own lines; totals for those who see all."""
    titles = {str(branch.pk): branch.name for branch in Branch.objects.all()} | {"none": "—"}
    places = [place for place in titles if any(_branch(row) == place for row in rows)]
    had = Counter((_branch(row), row.way) for row in rows)
    counts = [[had[place, way] for way in WAYS] for place in places]
    seen = protect(counts, least) if counts else Shown((), (), (), 0)
    lines = tuple(
        Slice(place, titles[place], seen.cells[number], seen.rows[number])
        for number, place in enumerate(places)
        if everything or place in mine
    )
    return lines, (*seen.columns, seen.total) if everything and places else ()


def _picked(
    rows: list[Given], choice: Choice, table: tuple[Slice, ...], totals: tuple[int | None, ...], mine: set[str],
    *, everything: bool, secret: bool,
) -> tuple[list[Given], bool]:  # fmt: skip
    """The rows of the choice, and whether they may be shown: a secret group only where the table shows its count."""
    rows = [row for row in rows if everything or _branch(row) in mine]
    picked = [
        row for row in rows
        if choice.branch in ("", _branch(row)) and choice.way in ("", row.way) and (secret or choice.version in (None, row.version))
    ]  # fmt: skip
    if not secret:
        return picked, True
    line = next((one for one in table if one.branch == choice.branch), None)
    if choice.branch:
        count = None if line is None else line.counts[WAYS.index(choice.way)] if choice.way in WAYS else line.total
    else:
        count = totals[WAYS.index(choice.way) if choice.way in WAYS else -1] if totals else None
    return picked, count is not None


def _branch(row: Given) -> str:
    return "none" if row.branch_id is None else str(row.branch_id)


def _tallies(questionnaire: Questionnaire, rows: list[Given], *, secret: bool) -> tuple[Tally, ...]:
    """Words of a secret questionnaire only where at least ten have said something, in no order that means anything."""
    found = []
    for question in questionnaire.questions:
        given = [row.answers[question.key] for row in rows if question.key in row.answers]
        one = tally(question, given)
        hides = secret and question.type == "text" and len(given) < DELICATE
        found.append(Tally(question, one.answered) if hides else one)
    return tuple(found)


def _marks(rows: list[Given]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(mark for row in rows for mark in row.marks).items()))
