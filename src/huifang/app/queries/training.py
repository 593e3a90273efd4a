"""Who has read what: one's own list, and the supervisor's table of who lacks what. A fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huifang.app.access import articles_for, staff_for
from huifang.app.records.models import Branch, Role, Staff, Training, TrainingRecord

ROLES = (Role.AGENT, Role.SUPERVISOR, Role.REVIEWER, Role.MANAGER)
"""Who can be asked to read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One required article as it stands with one person; `done` is when they confirmed it, `tries` how often they tried the quiz."""

    article_id: int
    title: str
    version: int
    due: date | None
    done: datetime | None
    read_version: int
    tries: int
    questions: int
    late: bool

    @property
    def changed(self) -> bool:
        """The article has changed since it was confirmed."""
        return self.done is not None and self.read_version < self.version


@dataclass(frozen=True, slots=True)
class PersonLines:
    """One person's required reading; None where an article is not required of them."""

    person: Staff
    lines: tuple[Line | None, ...]

    @property
    def lacking(self) -> int:
        """How many are not confirmed."""
        return sum(line is not None and line.done is None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """People by articles."""

    trainings: tuple[Training, ...]
    people: tuple[PersonLines, ...]

    @property
    def lacking(self) -> int:
        """Confirmations that are missing."""
        return sum(each.lacking for each in self.people)


def mine(staff: Staff, today: date) -> tuple[Line, ...]:
    """One's own required reading, what is missing first. Two queries."""
    found = _table(staff, [staff], today).people[0].lines
    return tuple(sorted((line for line in found if line is not None), key=lambda line: (line.done is not None, line.due or date.max)))


def table(staff: Staff, branch: Branch | None, today: date) -> Table:
    """Everybody of one's branches (or of one) whom anything is required of. Three queries."""
    rows = staff_for(staff).filter(is_active=True, sign_in_name__isnull=False, role__in=ROLES).select_related("branch")
    people = list((rows.filter(branch=branch) if branch else rows).order_by("branch", "role", "code"))
    made = _table(staff, people, today)
    return Table(made.trainings, tuple(each for each in made.people if any(each.lines)))


def _table(staff: Staff, people: list[Staff], today: date) -> Table:
    shown = articles_for(staff).filter(retired_at=None).values("pk")
    trainings = tuple(Training.objects.filter(article__in=shown).select_related("article").order_by("asked_at", "pk"))
    rows = TrainingRecord.objects.filter(staff__in=people, article__in=[each.article_id for each in trainings]).order_by("version")
    last: dict[tuple[int, int], list[TrainingRecord]] = {}
    for row in rows:
        last.setdefault((row.staff_id, row.article_id), []).append(row)
    return Table(
        trainings,
        tuple(
            PersonLines(person, tuple(_line(person, each, last.get((person.pk, each.article_id), []), today) for each in trainings))
            for person in people
        ),
    )


def _line(person: Staff, training: Training, rows: list[TrainingRecord], today: date) -> Line | None:
    article = training.article
    if person.role not in training.roles or (article.branch_id is not None and article.branch_id != person.branch_id):
        return None
    counting = [row for row in rows if row.version >= training.version]
    done = next((row for row in reversed(counting) if row.confirmed_at is not None), None)
    late = done is None and training.due is not None and training.due < today
    tries, questions = sum(row.tries for row in counting), done.questions if done else 0
    return Line(
        article.pk, article.title, article.version, training.due, done.confirmed_at if done else None, done.version if done else 0,
        tries, questions, late,
    )  # fmt: skip
