"""What the plan decided: its runs, counts by decision and programme, the decisions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from huifang.app.access import occurrences_for
from huifang.app.queries.decision_words import decision_words, rule_words
from huifang.app.queries.pages import counted, page_behind
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Decision, PlanRun, Staff
from huifang.domain.contact import DecisionKind
from huifang.domain.words import Words
from huifang.engine.left_out import LeftOut

PAGE = 100
TONES = {"planned": "good", "bundled": "good", "deferred": "warn", "held-out": "accent", "suppressed": "", "expired": "bad"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions to list; empty is all."""

    decision: str = ""
    programme: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One planning."""

    day: date
    state: str
    title: str
    started_at: datetime
    seconds: int | None
    followups: int
    by: str
    error: str
    step: int = 0
    """Which of the steps is under way, from 1; 0 where none is known."""
    doing: str = ""
    """What that step does, in words."""
    left_out: tuple[Words, ...] = ()
    """What cannot be right in the data it was made from."""


@dataclass(frozen=True, slots=True)
class Line:
    """One programme's decisions by kind, in the order of `Counts.kinds`."""

    key: str
    title: str
    counts: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All programmes of a day."""

    kinds: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One decision in words."""

    customer_id: int
    name: str
    programme: str
    decision: str
    tone: str
    words: str
    due: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of decisions, how many there are in all, and where the next page begins (empty on the last)."""

    rows: tuple[Row, ...]
    total: int | str
    after: str


def runs(most: int = 8) -> list[Run]:
    """The last plannings, newest first. One query."""
    rows = PlanRun.objects.select_related("asked_by").order_by("-id")[:most]
    return [
        Run(
            row.day,
            row.state,
            row.get_state_display(),
            row.started_at,
            int((row.finished_at - row.started_at).total_seconds()) if row.finished_at else None,
            int(row.counts.get("followups", 0)),
            row.asked_by.name if row.asked_by else "",
            row.error.splitlines()[-1] if row.error else "",
            *(_under_way(row.counts) if row.state == PlanRun.State.RUNNING else (0, "")),
            left_out=tuple(LeftOut(**row.counts.get("left_out") or {}).words()),
        )
        for row in rows
    ]


def _under_way(counts: Mapping[str, Any]) -> tuple[int, str]:
    """The step of a running plan and what it does."""
    match counts.get("step"):
        case "reading":
            return 1, _("Reading customers, events and earlier contacts")
        case "deciding":
            given = {name: f"{counts[name]:,}" for name in ("customers", "events")}
            return 2, _("Deciding about %(customers)s customers with %(events)s events") % given
        case "writing":
            given = {name: f"{counts[name]:,}" for name in ("decisions", "followups")}
            return 3, _("Writing %(decisions)s decisions and %(followups)s follow-ups") % given
        case _:
            return 0, ""


def _of(staff: Staff, day: date) -> Any:
    return Decision.objects.filter(day=day, occurrence__in=occurrences_for(staff).values("pk"))


def _titles(language: str) -> dict[tuple[str, str], str]:
    return {(one.playbook.playbook, key): rule.title.say(language) for one in in_force() for key, rule in one.playbook.programmes.items()}


def counts(staff: Staff, day: date, language: str) -> Counts:
    """Decisions of a day by programme and kind. Two queries."""
    titles = _titles(language)
    rows = _of(staff, day).order_by().values("occurrence__playbook", "occurrence__programme", "decision").annotate(count=Count("id"))
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        found.setdefault((row["occurrence__playbook"], row["occurrence__programme"]), {})[row["decision"]] = row["count"]
    kinds = tuple((kind.value, decision_words(kind).say(language)) for kind in DecisionKind)
    lines = tuple(
        Line(key[1], titles.get(key, key[1]), tuple((kind, by.get(kind, 0)) for kind, _title in kinds), sum(by.values()))
        for key, by in sorted(found.items(), key=lambda item: -sum(item[1].values()))
    )
    return Counts(kinds, lines)


def decisions(staff: Staff, day: date, wanted: Wanted, language: str) -> Rows:
    """One page of a day's decisions. Three queries."""
    titles = _titles(language)
    found = _of(staff, day)
    if wanted.decision in set(DecisionKind):
        found = found.filter(decision=wanted.decision)
    if wanted.programme:
        found = found.filter(occurrence__programme=wanted.programme)
    columns = (
        "id",
        "occurrence__customer_id",
        "occurrence__customer__name",
        "occurrence__playbook",
        "occurrence__programme",
        "occurrence__due",
        "occurrence__expires",
        "decision",
        "rule",
        "until",
        "detail",
    )
    page = page_behind(found.values(*columns), ("id",), wanted.after, PAGE)
    return Rows(tuple(_row(row, titles, language) for row in page.rows), counted(found), page.after)


def _row(row: dict[str, Any], titles: dict[tuple[str, str], str], language: str) -> Row:
    words = rule_words(row | {"due": row["occurrence__due"], "expires": row["occurrence__expires"]})
    key = (row["occurrence__playbook"], row["occurrence__programme"])
    return Row(
        row["occurrence__customer_id"],
        row["occurrence__customer__name"],
        titles.get(key, key[1]),
        decision_words(row["decision"]).say(language),
        TONES[row["decision"]],
        words.say(language) if words else row["rule"],
        row["occurrence__due"],
        row["until"],
    )
