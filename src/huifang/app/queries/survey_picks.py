"""Which answers to a questionnaire are looked at: counted by the database, by branch, way, month and version, and picked by what is chosen.

Of an anonymous or sensitive questionnaire only months that are over count, each as one table of branches by ways whose small groups are
hidden together with as many others as it takes (`domain.small_groups`): the table of a month never changes again, so nobody learns
anything by looking before and after somebody has answered, or from two filters that overlap. Who sees some branches only sees the same
table less the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from huifang.app.access import SEE_RESULTS, branches_for, records_everywhere, records_for, require
from huifang.app.records.models import Answer, Branch, Record, Staff, Survey, SurveyResponse
from huifang.domain.small_groups import DELICATE, ORDINARY, Shown, protect
from huifang.playbooks.schema import Playbook

WAYS = ("agent", "personal", "open", "tablet")


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
class Cell:
    """So many answered in one branch by one way, in one month, one version; the first and the last day of it."""

    branch: str
    way: str
    month: str
    version: int
    number: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Pick:
    """What there is, and the rows of the choice. `visible` False: a secret group that may not be shown; then nothing is picked."""

    secret: bool
    least: int
    months: tuple[str, ...]
    versions: tuple[int, ...]
    table: tuple[Slice, ...]
    totals: tuple[int | None, ...]
    visible: bool
    cells: tuple[Cell, ...]
    records: QuerySet[Record]
    """Answers that stand in records: of agents' calls, and of links to named customers."""
    responses: QuerySet[SurveyResponse]
    """Answers of nobody."""
    choice: Choice
    everywhere: tuple[QuerySet[Record], QuerySet[SurveyResponse]]
    """Both kinds of rows of the month, whatever branch and way: what small groups are judged by."""

    @property
    def answered(self) -> int:
        """How many questionnaires are picked."""
        return sum(cell.number for cell in self.cells)


def pick(staff: Staff, playbook: Playbook, key: str, choice: Choice, today: date) -> Pick:
    """The answers of a choice, as far as the person may see them. Five queries."""
    require(staff, SEE_RESULTS)
    survey = Survey.objects.filter(playbook=playbook.playbook, questionnaire=key).first()
    secret = playbook.questionnaires[key].anonymous or playbook.sensitive or bool(survey and survey.anonymous)
    least = DELICATE if playbook.sensitive else ORDINARY
    records = (records_everywhere() if secret else records_for(staff)).filter(
        Exists(Answer.objects.filter(record=OuterRef("pk"))), questionnaire=key, playbook_version__playbook=playbook.playbook
    )
    responses = SurveyResponse.objects.filter(survey=survey, record=None) if survey else SurveyResponse.objects.none()
    cells = [cell for cell in _cells(records, responses) if not secret or cell.month < f"{today:%Y-%m}"]
    months = tuple(sorted({cell.month for cell in cells}, reverse=True))
    month = choice.month if choice.month in months else (months[0] if secret and months else "")
    cells = [cell for cell in cells if not month or cell.month == month]
    mine = {str(pk) for pk in branches_for(staff).values_list("pk", flat=True)} | {"none"}
    table, totals = _table(cells, mine, everything=staff.all_branches, least=least if secret else 1)
    picked = [cell for cell in cells if (staff.all_branches or cell.branch in mine) and _chosen(cell, choice, secret=secret)]
    visible = bool(picked) and (not secret or _shown(choice, table, totals))
    asked, whole = _asked(staff, choice, month, secret=secret), _of_month(month)
    return Pick(
        secret, least, months, tuple(sorted({cell.version for cell in cells}, reverse=True)), table, totals, visible,
        tuple(picked) if visible else (), records.filter(asked, _way(choice, "survey_response__way")) if visible else records.none(),
        responses.filter(asked, _way(choice, "way")) if visible else responses.none(), choice,
        (records.filter(whole), responses.filter(whole)),
    )  # fmt: skip


def _cells(records: QuerySet[Record], responses: QuerySet[SurveyResponse]) -> Iterable[Cell]:
    for rows, way in ((records, "survey_response__way"), (responses, "way")):
        found = rows.annotate(month=TruncMonth("day")).values_list("branch_id", way, "month", "questionnaire_version")
        for branch, by, month, version, number, first, last in found.annotate(Count("pk"), Min("day"), Max("day")).order_by():
            yield Cell("none" if branch is None else str(branch), by or "agent", f"{month:%Y-%m}", version, number, first, last)


def _asked(staff: Staff, choice: Choice, month: str, *, secret: bool) -> Q:
    """The condition on both kinds of rows. `Cell`s and rows are picked by the same choice."""
    asked = Q() if staff.all_branches else Q(branch=None) | Q(branch__in=branches_for(staff).values("pk"))
    asked &= _of_month(month)
    if choice.branch:
        asked &= Q(branch=None) if choice.branch == "none" else Q(branch=int(choice.branch) if choice.branch.isdecimal() else 0)
    return asked if secret or choice.version is None else asked & Q(questionnaire_version=choice.version)


def _of_month(month: str) -> Q:
    return Q(day__year=int(month[:4]), day__month=int(month[5:])) if month else Q()


def _way(choice: Choice, field: str) -> Q:
    if not choice.way:
        return Q()
    return Q(**{f"{field}__isnull": True}) if choice.way == "agent" else Q(**{field: choice.way})


def _chosen(cell: Cell, choice: Choice, *, secret: bool) -> bool:
    fits = choice.branch in ("", cell.branch) and choice.way in ("", cell.way)
    return fits and (secret or choice.version in (None, cell.version))


def _table(cells: list[Cell], mine: set[str], *, everything: bool, least: int) -> tuple[tuple[Slice, ...], tuple[int | None, ...]]:
    """Branches by ways, small groups hidden over the whole business, then only the person's own lines; totals for those who see all."""
    titles = {str(branch.pk): branch.name for branch in Branch.objects.all()} | {"none": "—"}
    had: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        had[cell.branch, cell.way] += cell.number
    places = [place for place in titles if any(branch == place for branch, _way in had)]
    counts = [[had[place, way] for way in WAYS] for place in places]
    seen = protect(counts, least) if counts else Shown((), (), (), 0)
    lines = tuple(
        Slice(place, titles[place], seen.cells[number], seen.rows[number])
        for number, place in enumerate(places)
        if everything or place in mine
    )
    return lines, (*seen.columns, seen.total) if everything and places else ()


def _shown(choice: Choice, table: tuple[Slice, ...], totals: tuple[int | None, ...]) -> bool:
    """A secret group only where the table shows its count."""
    line = next((one for one in table if one.branch == choice.branch), None)
    if choice.branch:
        count = None if line is None else line.counts[WAYS.index(choice.way)] if choice.way in WAYS else line.total
    else:
        count = totals[WAYS.index(choice.way) if choice.way in WAYS else -1] if totals else None
    return count is not None
