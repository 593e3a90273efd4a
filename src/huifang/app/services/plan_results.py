"""Writing a plan down: occurrences, the history of decisions, follow-ups. The caller's transaction; a fixed number of statements a batch.

Kept as they are: follow-ups in hand, and today's that have been tried. Follow-ups of earlier plans that nobody touched go; those that
were tried on an earlier day are withdrawn, and their occurrences are in the new plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from huifang.app.business_time import business_moment
from huifang.app.queries.playbooks import InForce
from huifang.app.records.models import (
    Absence,
    Attempt,
    Branch,
    Decision,
    Draft,
    FollowUp,
    Occurrence,
    PlanRun,
    Promise,
    SurveyInvitation,
)
from huifang.app.services import refused
from huifang.app.services.standing import classes_of
from huifang.domain.windows import Window, moved_into
from huifang.domain.words import Words
from huifang.engine.reasons import cause

Row = dict[str, Any]
Key = tuple[str, str, int, str]
_BATCH = 1000
_KEY = ("playbook", "programme", "customer", "cause")
_CLOSING = ("held-out", "suppressed", "expired")
_DECIDED = ("decision", "rule", "until")
_UPDATED = (
    "event", "cause_day", "purpose", "due", "deadline", "expires", "open", "decision", "rule", "until", "detail", "decided_on",
    "followup", "closed_as",
)  # fmt: skip
_PLANNED = (
    "run", "branch", "staff", "channel", "purpose", "opens_at", "closes_at", "deadline", "promised", "playbook_version", "programme",
    "because", "score", "position", "hard",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """The engine's answer as rows: `engine.tables.DECISIONS`, `FOLLOWUPS`, and how many decisions each rule made."""

    decisions: list[Row]
    followups: list[Row]
    counts: dict[str, int]
    dealt: Mapping[str, str | int] = field(default_factory=dict)
    """How contacts were dealt to people (`services.dealing`)."""
    places: int = 0
    """How many contacts the people at work can make."""
    left_out: Mapping[str, int | str] = field(default_factory=dict)
    """Rows that cannot be right (`engine.left_out.LeftOut`)."""


@dataclass(slots=True)
class _Ledger:
    """What is there: open occurrences by key, and follow-ups that are kept."""

    run: PlanRun
    now: datetime
    active: Mapping[str, InForce]
    open: dict[Key, Occurrence]
    kept: dict[int, FollowUp]
    classes: dict[str, dict[int, Words]] = field(default_factory=dict)
    """Playbook → customer → the title of their class."""
    kept_of: dict[int, FollowUp] = field(default_factory=dict)
    """Number in the plan → the kept follow-up that takes its place."""


def write_plan(run: PlanRun, planned: Planned, active: tuple[InForce, ...], now: datetime) -> dict[str, int]:
    """Write it; how many follow-ups there are, new decisions were noted, follow-ups were kept."""
    kept = {followup.pk: followup for followup in _kept(run)}
    held = Occurrence.objects.filter(open=True).in_bulk()
    ledger = _Ledger(run, now, {each.version.playbook: each for each in active}, {_key(each): each for each in held.values()}, kept)
    ledger.classes = {key: classes_of(each.playbook, _planned_for(planned, key), run.day) for key, each in ledger.active.items()}
    members: dict[int, list[Row]] = {}
    for decision in planned.decisions:
        if decision["followup"] is not None:
            members.setdefault(decision["followup"], []).append(decision)
    followups = _write_followups(ledger, planned.followups, members)
    noted = _write_occurrences(ledger, planned.decisions, followups)
    _remove_old(ledger, {followup.pk for followup in followups.values()})
    Promise.objects.filter(open=True, occurrence__open=False).update(open=False)
    refused.end_of_followups(sorted({followup.pk for followup in followups.values()}))
    return {"followups": len({followup.pk for followup in followups.values()}), "noted": noted, "kept": len(kept)}


def _planned_for(planned: Planned, playbook: str) -> set[int]:
    return {row["customer_id"] for row in planned.followups if row["playbook"] == playbook}


def _key(occurrence: Occurrence) -> Key:
    return occurrence.playbook, occurrence.programme, occurrence.customer_id, occurrence.cause


def _row_key(row: Row) -> Key:
    return row["playbook"], row["programme"], row["customer_id"], row["cause"]


def _kept(run: PlanRun) -> Iterable[FollowUp]:
    """In hand, or of this day (or, a message after tries in vain, a later one) and already tried or with something typed."""
    touched = Q(day__gte=run.day, state=FollowUp.State.OPEN) & (Q(_tried) | Q(_typed))
    return FollowUp.objects.filter(Q(state=FollowUp.State.CLAIMED) | touched)


_tried = Exists(Attempt.objects.filter(followup=OuterRef("pk")))
_typed = Exists(Draft.objects.filter(followup=OuterRef("pk")))
_reminds = Q(Exists(SurveyInvitation.objects.filter(reminder=OuterRef("pk"))))


def _write_followups(ledger: _Ledger, rows: list[Row], members: dict[int, list[Row]]) -> dict[int, FollowUp]:
    """Number in the plan → row. Untouched ones of this day are planned again in place, so that an open list still points at them.

    What a supervisor has given to somebody today stays theirs, unless they have gone meanwhile.
    """
    untouched = FollowUp.objects.filter(day=ledger.run.day, state=FollowUp.State.OPEN).exclude(pk__in=ledger.kept)
    reusable = {(each.customer_id, each.programme): each for each in untouched}
    branches = dict(Branch.objects.values_list("code", "pk"))
    away = set(Absence.objects.filter(first_day__lte=ledger.run.day, last_day__gte=ledger.run.day).values_list("staff", flat=True))
    found: dict[int, FollowUp] = {}
    new: list[FollowUp] = []
    again: list[FollowUp] = []
    for row in rows:
        behind = members.get(row["followup"], [])
        kept = _kept_for(ledger, behind)
        if kept is not None:
            found[row["followup"]] = kept
            continue
        old = reusable.pop((row["customer_id"], row["programme"]), None)
        followup = old or FollowUp(customer_id=row["customer_id"], day=ledger.run.day)
        given_to = followup.staff_id if followup.handed_from_id is not None and followup.staff_id not in away else None
        _fill(followup, row, ledger, behind, branches)
        followup.staff_id = given_to or followup.staff_id
        (again if old else new).append(followup)
        found[row["followup"]] = followup
    FollowUp.objects.bulk_create(new, batch_size=_BATCH)
    FollowUp.objects.bulk_create(again, update_conflicts=True, unique_fields=["id"], update_fields=_PLANNED, batch_size=_BATCH)
    return found


def _kept_for(ledger: _Ledger, behind: list[Row]) -> FollowUp | None:
    """The kept follow-up that already stands for one of these occurrences."""
    for row in behind:
        known = ledger.open.get(_row_key(row))
        if known is not None and known.followup_id in ledger.kept:
            return ledger.kept[known.followup_id]
    return None


def _fill(followup: FollowUp, row: Row, ledger: _Ledger, behind: list[Row], branches: Mapping[str, int]) -> None:
    active = ledger.active[row["playbook"]]
    leading = next(each for each in behind if each["programme"] == row["programme"] and each["cause"] == row["cause"])
    words = cause(leading, active.playbook)
    followup.run, followup.playbook_version = ledger.run, active.version
    followup.branch_id, followup.staff_id = branches.get(row["branch_id"]), row["staff_id"]
    window = _rest_of_day(ledger, Window(_aware(row["opens_at"]), _aware(row["closes_at"])))
    followup.opens_at, followup.closes_at = window.opens, window.closes
    followup.because = {"zh": words.zh, "en": words.en}
    title = ledger.classes.get(row["playbook"], {}).get(row["customer_id"])
    if title is not None:
        followup.because["class"] = {"zh": title.zh, "en": title.en}
    for name in ("channel", "purpose", "deadline", "promised", "programme", "score", "position", "hard"):
        setattr(followup, name, row[name])


def _write_occurrences(ledger: _Ledger, decisions: list[Row], followups: Mapping[int, FollowUp]) -> int:
    """Bring occurrences to what was decided, and note in the history what is new. How many were noted."""
    closed = _closed(ledger, decisions)
    written, noted = [], []
    for row in decisions:
        key = _row_key(row)
        known = ledger.open.get(key)
        if key in closed or (known is not None and known.followup_id in ledger.kept):
            continue
        occurrence = known or Occurrence(playbook=key[0], programme=key[1], customer_id=key[2], cause=key[3])
        before = tuple(getattr(occurrence, name) for name in _DECIDED) if known else None
        _decide(occurrence, row, ledger.run, followups)
        occurrence.pk = None  # found again by its key
        written.append(occurrence)
        if before != tuple(getattr(occurrence, name) for name in _DECIDED):
            noted.append(occurrence)
    Occurrence.objects.bulk_create(written, update_conflicts=True, unique_fields=_KEY, update_fields=_UPDATED, batch_size=_BATCH)
    _note(ledger.run, noted)
    return len(noted)


def _note(run: PlanRun, occurrences: list[Occurrence]) -> None:
    history = (
        Decision(occurrence=each, run=run, day=run.day, decision=each.decision, rule=each.rule, until=each.until, detail=each.detail)
        for each in occurrences
    )
    Decision.objects.bulk_create(history, batch_size=_BATCH)


def _closed(ledger: _Ledger, decisions: list[Row]) -> set[Key]:
    """Occurrences that were closed while the plan was computed; they stay closed."""
    customers = sorted({row["customer_id"] for row in decisions if _row_key(row) not in ledger.open})
    found: set[Key] = set()
    for start in range(0, len(customers), _BATCH):
        rows = Occurrence.objects.filter(open=False, customer_id__in=customers[start : start + _BATCH])
        found.update(rows.values_list("playbook", "programme", "customer_id", "cause"))
    return found


def _decide(occurrence: Occurrence, row: Row, run: PlanRun, followups: Mapping[int, FollowUp]) -> None:
    for name in ("event_id", "cause_day", "purpose", "due", "deadline", "expires", "decision", "rule", "until"):
        setattr(occurrence, name, row[name])
    occurrence.detail = json.loads(row["detail"]) if row["detail"] else {}
    occurrence.decided_on = run.day
    occurrence.followup = followups.get(row["followup"]) if row["followup"] is not None else None
    occurrence.open = row["decision"] not in _CLOSING
    occurrence.closed_as = "" if occurrence.open else row["decision"]


def _remove_old(ledger: _Ledger, current: set[int]) -> None:
    """Open follow-ups that no longer stand for anything: gone where nobody touched them, withdrawn where somebody did.

    A reminder of a survey stands for its link, not for an occurrence: today's stay, those of a day that is over did not go out.
    """
    old = FollowUp.objects.filter(state=FollowUp.State.OPEN, day__lte=ledger.run.day).exclude(pk__in=ledger.kept)
    missed = old.filter(_reminds, day__lt=ledger.run.day).exclude(_tried)
    missed.update(state=FollowUp.State.WITHDRAWN, next_at=None, done_at=F("opens_at"))
    old = old.exclude(_reminds & Q(day=ledger.run.day))
    numbers = [pk for pk in old.values_list("pk", flat=True) if pk not in current]
    for start in range(0, len(numbers), _BATCH):
        batch = FollowUp.objects.filter(pk__in=numbers[start : start + _BATCH])
        batch.filter(Q(_tried) | Q(_typed)).update(state=FollowUp.State.WITHDRAWN)
        batch.filter(state=FollowUp.State.OPEN).delete()


def _rest_of_day(ledger: _Ledger, window: Window) -> Window:
    """The hours of contact that are still to come on the business's day: those of the customer's own day may be over or begin after it."""
    begins, ends = (business_moment(ledger.run.day + timedelta(days=days), time()) for days in (0, 1))
    return moved_into(window, max(begins, ledger.now), ends)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
