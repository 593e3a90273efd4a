"""The records behind every number of the supervisor's day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from huifang.app.formats import clock, near_moment
from huifang.app.queries import day as days
from huifang.app.queries.decision_words import rule_words
from huifang.app.queries.pages import counted, page_behind
from huifang.app.queries.playbooks import in_force, playbook_of
from huifang.app.queries.settled import AGAIN, DONE
from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import Branch, FollowUp, PlaybookVersion, Staff
from huifang.domain.contact import DecisionKind
from huifang.domain.outcomes import OUTCOMES

PAGE = 100
_KINDS: dict[str, tuple[str | LazyText, Callable[[date, datetime], Q]]] = {
    "due": (_("Were due"), lambda _day, _now: Q()),
    "done": (_("Done"), lambda _day, _now: DONE),
    "again": (_("Tried, not reached"), lambda _day, _now: AGAIN),
    "left": (_("Still to do"), lambda _day, _now: ~Q(state=FollowUp.State.DONE)),
    "tried": (_("Contacted"), lambda _day, _now: Q(tried=True)),
    "reached": (_("Reached"), lambda _day, _now: Q(was_reached=True)),
    "dissatisfied": (_("Dissatisfied"), lambda _day, _now: Q(unhappy=True)),
    "overdue": (_("Overdue"), days.late),
    "hard": (_("Hard"), lambda _day, _now: Q(hard=True)),
}
TITLES: dict[str, str | LazyText] = {
    **{key: title for key, (title, _rows) in _KINDS.items()},
    "unhappy": _("Dissatisfied customers"),
    "promised": _("Promised callbacks"),
    DecisionKind.DEFERRED: _("Deferred"),
    DecisionKind.EXPIRED: _("Expired"),
    DecisionKind.SUPPRESSED: _("Suppressed"),
    DecisionKind.HELD_OUT: _("Held out"),
}
"""What can be asked for, with its title."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the customer, what it is about, why, where it stands; `number` of a follow-up that can be given to somebody, else 0."""

    customer_id: int
    name: str
    programme: str
    reason: str
    staff: str
    state: str
    at: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of them, how many there are in all, and where the next page begins (empty on the last)."""

    title: str | LazyText
    rows: tuple[Row, ...]
    total: int | str
    after: str


def rows(
    staff: Staff,
    what: str,
    day: date,
    branch: Branch | None,
    now: datetime,
    language: str,
    *,
    person: int | None = None,
    rule: str = "",
    after: str = "",
) -> Rows:
    """Follow-ups, records, promises or decisions behind a number; `person` 0 means nobody's. KeyError for a number there is not.

    At most four queries.
    """
    found: Any
    columns: tuple[str, ...]
    order: tuple[str, ...]
    say: Callable[[dict[str, Any]], Row]
    if what in _KINDS:
        found = days.followups(staff, day, branch).filter(_KINDS[what][1](day, now))
        if person is not None:
            found = found.filter(staff=person or None)
        found = found.annotate(by_people=ExpressionWrapper(~BY_ITSELF, output_field=BooleanField()))
        columns, order, say = _FOLLOWUP, ("position", "id"), lambda row: _followup(row, now, language)
    elif what == "unhappy":
        found = days.unhappy_records(staff, day, branch)
        columns, order, say = _UNHAPPY, ("-saved_at", "-id"), lambda row: _unhappy(row, now, language)
    elif what == "promised":
        found = days.promises(staff, day, branch)
        columns, order, say = _PROMISE, ("opens_at", "id"), lambda row: _promise(row, now)
    else:
        found = _decided(staff, what, day, branch, rule)
        titles = {one.playbook.playbook: one.playbook for one in in_force()}
        columns, order, say = _DECISION, ("id",), lambda row: _decision(row, titles, language)
    page = page_behind(found.values(*columns), order, after, PAGE)
    return Rows(TITLES[what], tuple(map(say, page.rows)), counted(found), page.after)


_FOLLOWUP = (
    "id",
    "position",
    "claimed_by_id",
    "by_people",
    "customer_id",
    "customer__name",
    "programme",
    "because",
    "staff__name",
    "state",
    "outcome",
    "done_at",
    "closes_at",
    "next_at",
    "playbook_version_id",
    "playbook_version__sha256",
)
_UNHAPPY = (
    "id", "customer_id", "customer__name", "programme", "playbook_version_id", "playbook_version__sha256", "words", "staff__name",
    "attempt__outcome", "saved_at",
)  # fmt: skip
_PROMISE = ("id", "customer_id", "customer__name", "staff__name", "open", "opens_at", "closes_at", "tried", "reached")
_DECISION = (
    "id",
    "occurrence__customer_id",
    "occurrence__customer__name",
    "occurrence__playbook",
    "occurrence__programme",
    "occurrence__due",
    "occurrence__expires",
    "rule",
    "until",
    "detail",
    "decision",
)


def _decided(staff: Staff, what: str, day: date, branch: Branch | None, rule: str) -> QuerySet[Any]:
    found = days.decisions(staff, day, branch).filter(decision=DecisionKind(what))
    return found.filter(rule=rule) if rule else found


def _followup(row: dict[str, Any], now: datetime, language: str) -> Row:
    outcome = OUTCOMES.get(row["outcome"])
    done = row["state"] == FollowUp.State.DONE
    state = outcome.words.say(language) if outcome else str(FollowUp.State(row["state"]).label)
    return Row(
        row["customer_id"],
        row["customer__name"],
        _title(row, language),
        row["because"].get("zh" if language.startswith("zh") else "en", ""),
        row["staff__name"] or "",
        state,
        near_moment(row["done_at"], now, language) if done and row["done_at"] else clock(row["next_at"] or row["closes_at"]),
        row["id"] if row["by_people"] and _to_give(row) else 0,
    )


def _title(row: dict[str, Any], language: str) -> str:
    """The programme's title in the version that planned it; its key where there is no such version."""
    if row["playbook_version_id"] is None:
        return str(row["programme"])
    playbook = playbook_of(PlaybookVersion(pk=row["playbook_version_id"], sha256=row["playbook_version__sha256"]))
    programme = playbook.programmes.get(row["programme"])
    return programme.title.say(language) if programme else str(row["programme"])


def _unhappy(row: dict[str, Any], now: datetime, language: str) -> Row:
    outcome = OUTCOMES.get(row["attempt__outcome"])
    state = outcome.words.say(language) if outcome else row["attempt__outcome"]
    return Row(
        row["customer_id"], row["customer__name"], _title(row, language), row["words"], row["staff__name"] or "", state,
        near_moment(row["saved_at"], now, language),
    )  # fmt: skip


def _promise(row: dict[str, Any], now: datetime) -> Row:
    state = days.PROMISE_WORDS[days.state_of(row, now)][0]
    span = f"{clock(row['opens_at'])}–{clock(row['closes_at'])}"
    return Row(row["customer_id"], row["customer__name"], "", "", row["staff__name"] or "", str(state), span)


def _to_give(row: dict[str, Any]) -> bool:
    """Whether it waits, or a person (not a channel) has it in hand."""
    return row["state"] == FollowUp.State.OPEN or (row["state"] == FollowUp.State.CLAIMED and row["claimed_by_id"] is not None)


def _decision(row: dict[str, Any], playbooks: dict[str, Any], language: str) -> Row:
    playbook = playbooks.get(row["occurrence__playbook"])
    programme = playbook.programmes.get(row["occurrence__programme"]) if playbook else None
    words = rule_words(row | {"due": row["occurrence__due"], "expires": row["occurrence__expires"]})
    return Row(
        row["occurrence__customer_id"],
        row["occurrence__customer__name"],
        programme.title.say(language) if programme else row["occurrence__programme"],
        words.say(language) if words else row["rule"],
        "",
        "",
        row["until"].isoformat() if row["until"] else "",
    )
