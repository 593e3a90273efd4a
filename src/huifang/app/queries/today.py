"""An agent's day: the list in groups, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import BigAutoField, Case, Count, DateField, Q, QuerySet, When
from django.utils.translation import gettext as _

from huifang.app.access import Person, Scoped, followups_for
from huifang.app.formats import clock, near_day, near_moment
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.settled import AGAIN, DONE, SETTLED, with_settled
from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import Branch, FollowUp, Occurrence, PlanRun, PlaybookVersion, Role, Staff
from huifang.app.records.prepared import Prepared
from huifang.domain.outcomes import IN_VAIN, OUTCOMES
from huifang.playbooks.schema import Playbook

_BRANCH = Prepared(lambda branch: Branch.objects.filter(pk=branch).order_by().values("name"), branch=BigAutoField())
MOST = 400
"""Lines shown, those still to do before those done; a list that is longer says so, and the figures count all of it."""


class Line(NamedTuple):
    """One follow-up in the list. `time` is what matters next: window, callback, deadline, or when it was done.

    A tuple, as a list has hundreds of them on the pages that are opened all day.
    """

    id: int
    name: str
    tier: str
    programme: str
    reason: str
    time: str
    tone: str
    attempts: int
    more: int
    """Further reasons bundled into the same contact."""
    mine: bool
    taken_by: str
    outcome: str
    group: str
    handed: str = ""
    """Who had it, or spoke with the customer, before it came to this person."""
    promised: bool = False
    waits: str = ""
    """From when it may be called, where that is later today."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand together under one heading."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The whole list of one person's day. `run` is the state of the day's planning: running, done, failed, or nothing yet."""

    day: date
    groups: tuple[Group, ...] = field(default_factory=tuple)
    done: int = 0
    tried: int = 0
    """Nobody was reached, and the customer is tried again on a later day."""
    total: int = 0
    run: str = ""
    beyond: int = 0
    """Lines that are not shown."""

    @property
    def shown(self) -> int:
        """Lines that are shown."""
        return self.total - self.beyond

    @property
    def left(self) -> int:
        """Follow-ups that are still to do."""
        return self.total - self.done - self.tried


_FIELDS = (
    "id", "customer__name", "because", "programme", "playbook_version_id", "playbook_version__sha256", "state", "outcome", "promised",
    "opens_at", "closes_at", "deadline", "next_at", "attempts_made", "claimed_by_id", "claimed_by__name", "lease_until", "done_at",
    "handed_from_id", "handed_from__name",
)  # fmt: skip


def _all(staff: Person, day: Any) -> QuerySet[FollowUp]:
    mine = Q() if staff.role == Role.AGENT else Q(staff=staff.pk) | Q(claimed_by=staff.pk) | Q(staff=None)
    return followups_for(staff).filter(mine, day=day).exclude(BY_ITSELF).exclude(state=FollowUp.State.WITHDRAWN)


def _list(staff: Person, day: Any, *columns: str) -> QuerySet[FollowUp, Any]:
    done = Case(When(state=FollowUp.State.DONE, then=1), default=0)
    rows: QuerySet[FollowUp, Any] = _all(staff, day).order_by(done, "position", "id").values(*columns)[: MOST + 1]
    return rows


_LIST = Scoped(lambda staff, day: _list(staff, day, *_FIELDS), day=DateField())
_BEHIND = Scoped(
    lambda staff, day: (
        Occurrence.objects.filter(followup__in=_list(staff, day, "pk"))
        .order_by("pk")
        .values("followup_id", "deadline", "expires", "next_on", "closed_as", "last_staff_id", "last_staff__name")
    ),
    day=DateField(),
)


def day_of(staff: Staff, day: date, now: datetime, language: str) -> Day:
    """The list of `staff` on `day` as seen at `now`. Two queries, three where it is longer than `MOST`."""
    rows = _LIST(staff, day=day)
    longer, rows = len(rows) > MOST, rows[:MOST]
    reasons: dict[int, list[tuple[date, date]]] = {row["id"]: [] for row in rows}
    before: dict[int, tuple[int, str]] = {}
    again: dict[int, date] = {}
    settled: set[int] = set()
    for behind in _BEHIND(staff, day=day):
        number, last, next_on = behind["followup_id"], behind["last_staff_id"], behind["next_on"]
        reasons.setdefault(number, []).append((behind["deadline"], behind["expires"]))
        before |= {number: (last, behind["last_staff__name"])} if last else {}
        again |= {number: next_on} if next_on else {}
        settled |= {number} if behind["closed_as"] in SETTLED else set()
    versions = {row["playbook_version_id"]: row["playbook_version__sha256"] for row in rows}
    playbooks = {pk: playbook_of(PlaybookVersion(pk=pk, sha256=sha256)) for pk, sha256 in versions.items()}
    for row in rows:
        row["reasons"] = len(reasons[row["id"]])
        row["before"] = (row["handed_from_id"], row["handed_from__name"]) if row["handed_from_id"] else before.get(row["id"])
        row["again"] = row["state"] == FollowUp.State.DONE and row["outcome"] in IN_VAIN and row["id"] not in settled
        row["next_on"] = again.get(row["id"])
        row["must"] = row["deadline"] == day or any(day in ends for ends in reasons[row["id"]])
    lines = [_line(row, playbooks[row["playbook_version_id"]], staff, day, now, language) for row in rows]
    groups = tuple(
        Group(key, title, tuple(found)) for key, title in _titles().items() if (found := [line for line in lines if line.group == key])
    )
    done, tried, total = sum(line.group == "done" for line in lines), sum(line.group == "tried" for line in lines), len(lines)
    if longer:
        counted = with_settled(_all(staff, day)).aggregate(
            total=Count("id"), done=Count("id", filter=DONE), tried=Count("id", filter=AGAIN)
        )
        done, tried, total = counted["done"], counted["tried"], counted["total"]
    return Day(day, groups, done, tried, total, "" if lines else run_of(day), total - len(lines))


def has_own(staff: Staff, day: date) -> bool:
    """Whether something on a day's list is the person's own and still to do. One query."""
    mine = Q(staff=staff) | Q(claimed_by=staff)
    return _all(staff, day).filter(mine, state__in=(FollowUp.State.OPEN, FollowUp.State.CLAIMED)).exists()


def branch_name(staff: Staff) -> str:
    """Of the branch a person works in; empty where they have none. One query."""
    return "".join(row["name"] for row in _BRANCH(branch=staff.branch_id)) if staff.branch_id else ""


def run_of(day: date) -> str:
    """Where the planning of a day stands: ``running`` before anything was planned, ``done``, ``failed``, or nothing yet. One query."""
    states = list(PlanRun.objects.filter(day=day).order_by("-id").values_list("state", flat=True))
    return str(PlanRun.State.DONE if PlanRun.State.DONE in states else next(iter(states), ""))


def _titles() -> dict[str, str]:
    """In the order in which the plan ranks: what must be done today stands before what is overdue (decision 9)."""
    return {
        "promised": _("Promised"), "must": _("Must be done today"), "overdue": _("Overdue"),
        "today": _("Has days left"), "later": _("Later today"), "tried": _("Tried, not reached"),
        "done": _("Done"),
    }  # fmt: skip


def _group(row: dict[str, Any], day: date, now: datetime) -> str:
    if row["state"] == FollowUp.State.DONE:
        return "tried" if row["again"] else "done"
    if row["promised"]:
        return "promised"
    starts = max(row["opens_at"], row["next_at"] or row["opens_at"])
    if row["must"] and row["closes_at"] > now:
        return "later" if starts > now else "must"
    if row["deadline"] < day or row["closes_at"] <= now:
        return "overdue"
    return "later" if starts > now else "today"


def _line(row: dict[str, Any], playbook: Playbook, staff: Staff, day: date, now: datetime, language: str) -> Line:
    group = _group(row, day, now)
    time, tone = _time(row, group, day, now, language)
    claimed = row["state"] == FollowUp.State.CLAIMED
    held = claimed and (row["claimed_by_id"] is None or (row["lease_until"] is not None and row["lease_until"] > now))
    because = row["because"]
    programme = playbook.programmes.get(row["programme"])
    title = programme.title.say(language) if programme else row["programme"]
    outcome = OUTCOMES.get(row["outcome"])
    spoken = "zh" if language.startswith("zh") else "en"
    return Line(
        id=row["id"], name=row["customer__name"], tier=(because.get("class") or {}).get(spoken, ""),
        programme=title, reason=because.get(spoken, ""), time=time, tone=tone,
        attempts=row["attempts_made"], more=max(0, row["reasons"] - 1), mine=held and row["claimed_by_id"] == staff.pk,
        taken_by=_taken_by(row, staff) if held else "",
        outcome=outcome.words.say(language) if outcome else "", group=group, handed=handed_from(row["before"], staff.pk),
        promised=row["promised"] and group not in ("done", "tried"),
        waits=_waits(row, group, now, language),
    )  # fmt: skip


def _taken_by(row: dict[str, Any], staff: Staff) -> str:
    """Who else has it open; what nobody has in hand by name, the dialler has."""
    if row["claimed_by_id"] is None:
        return _("The dialler")
    return "" if row["claimed_by_id"] == staff.pk else str(row["claimed_by__name"])


def handed_from(before: tuple[int, str] | None, staff_id: int) -> str:
    """The name of who had it before, where that is somebody else."""
    return before[1] if before and before[0] != staff_id else ""


def _time(row: dict[str, Any], group: str, day: date, now: datetime, language: str) -> tuple[str, str]:
    """What the right-hand corner of a line says, and its tone."""
    if group == "tried" and row["next_on"]:
        return _("again %(day)s") % {"day": near_day(row["next_on"], day, language)}, "warn"
    if group == "tried":
        return _("comes back"), "warn"
    if group == "done":
        return (near_moment(row["done_at"], now, language) if row["done_at"] else "", "")
    starts = max(row["opens_at"], row["next_at"] or row["opens_at"])
    if group == "promised":
        words, tone = (_("past %(time)s"), "bad") if starts < now else (_("at %(time)s"), "accent")
        return words % {"time": near_moment(starts, now, language)}, tone
    if group == "overdue":
        return _("due %(day)s") % {"day": near_day(min(row["deadline"], day), day, language)}, "bad"
    if group == "later":
        return _("from %(time)s") % {"time": near_moment(starts, now, language)}, ""
    return _("until %(time)s") % {"time": clock(row["closes_at"])}, "warn" if row["deadline"] <= day else ""


def _waits(row: dict[str, Any], group: str, now: datetime, language: str) -> str:
    """That it is not due yet and from when it may be called, for what waits until later today."""
    if group != "later":
        return ""
    if row["next_at"] and row["next_at"] > row["opens_at"]:
        return _("Not reached; again from %(time)s") % {"time": near_moment(row["next_at"], now, language)}
    return _("Not due yet: may be called from %(time)s") % {"time": near_moment(row["opens_at"], now, language)}
