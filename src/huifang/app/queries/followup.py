"""One follow-up in hand: why, what to say, what to ask, what has been typed."""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import BigAutoField
from django.utils.translation import gettext as _

from huifang.app.access import Scoped, readable_followups
from huifang.app.formats import chinese, day_words, money, near_day
from huifang.app.queries import occasions
from huifang.app.queries.ahead import ahead
from huifang.app.queries.asking_together import Together, programmes_of, together
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_facts import Values, attributes_of
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.next_try import BY_PERSON
from huifang.app.queries.offers import offers
from huifang.app.queries.place_values import agreement_places, case_places, fact_places, said_of
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.timeline import Names
from huifang.app.queries.today import handed_from
from huifang.app.records.models import Branch, Customer, Draft, FollowUp, PlaybookVersion, Role, Staff
from huifang.app.records.prepared import M, Prepared, Row, instance
from huifang.domain.contact import CHANNEL_WORDS, PURPOSE_WORDS, Channel, Purpose
from huifang.domain.outcomes import Outcome, outcomes_for
from huifang.playbooks.expressions import Node, evaluate, parse
from huifang.playbooks.placeholders import places_in
from huifang.playbooks.schema import BeforeDate, Playbook, Programme, Script, ScriptStep
from huifang.playbooks.schema import Branch as Turning

_FOUND = Scoped(
    lambda staff, followup: readable_followups(staff)
    .filter(pk=followup)
    .values(
        "id", "because", "channel", "purpose", "day", "opens_at", "closes_at", "deadline", "promised", "programme", "state", "outcome",
        "attempts_made", "fence", "lease_until", "staff_id", "customer_id", "branch_id", "branch__id", "branch__name", "claimed_by_id",
        "claimed_by__id", "claimed_by__name",
        "handed_from_id", "handed_from__id", "handed_from__name", "playbook_version_id", "playbook_version__id", "playbook_version__sha256",
        "customer__id", "customer__code", "customer__kind", "customer__status", "customer__name", "customer__birthday", "customer__notes",
        "customer__attributes", "customer__first_seen", "customer__language", "customer__time_zone",
        "customer__branch_id", "customer__branch__id", "customer__branch__time_zone", "customer__branch__name", "customer__branch__code",
        "customer__branch__calendar",
        "customer__owner_id", "customer__owner__id", "customer__owner__name",
    ),
    followup=BigAutoField(),
)  # fmt: skip
_DRAFTS = Prepared(
    lambda followup, staff: Draft.objects.filter(followup=followup, staff=staff).values("content", "saved_at"),
    followup=BigAutoField(),
    staff=BigAutoField(),
)
_PLACE = re.compile(r"\{([a-z0-9_.]+)\}")
AT_HAND = ("completed", "callback", "no_answer", "busy", "not_home", "sent", "failed")
"""Outcomes that are chosen most, within reach beside the buttons that save: the first four of them that the channel has."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One occurrence behind the follow-up."""

    programme: str
    cause: str
    purpose: str
    due: date
    deadline: date
    facts: tuple[str, ...]
    playbook: str
    key: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What to say when the customer answers so."""

    title: str
    say: str
    tip: str
    when: str = ""
    """The condition over the answers that opens it; empty: it stands open where there are few."""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the script; `asks` where the questionnaire belongs, `follows` where it depends on the answers."""

    number: int
    title: str
    say: str
    tip: str
    asks: bool
    branches: tuple[Turn, ...]
    when: str = ""
    hidden: bool = False

    @property
    def follows(self) -> bool:
        """Whether it changes with the answers."""
        return not self.asks and bool(self.when or any(branch.when for branch in self.branches))


@dataclass(frozen=True, slots=True)
class Choice:
    """One outcome; `key` is the digit that chooses it among those it stands with."""

    code: str
    title: str
    key: str
    leads: str = ""
    """What follows from it."""


@dataclass(frozen=True, slots=True)
class Work:
    """Everything the middle of the page shows. `state`: mine, free, taken, handed (on to a colleague), done, withdrawn, ahead."""

    id: int
    customer_id: int
    state: str
    fence: int
    taken_by: str
    programme: str
    channel: str
    channel_words: str
    because: str
    promised: bool
    deadline: date
    opens_at: datetime
    closes_at: datetime
    attempts: int
    at_most: int
    handed: str
    """Who had it before, where it was handed over."""
    reasons: tuple[Reason, ...]
    steps: tuple[Step, ...]
    never: tuple[str, ...]
    asked: Together | None
    reached: tuple[Choice, ...]
    missed: tuple[Choice, ...]
    at_hand: tuple[Choice, ...]
    """The most frequent of both."""
    calling_since: datetime | None
    calling_point: int
    by_person: bool
    """Made by a person, who asks the gate's leave first: call, visit, letter, corporate chat."""
    draft: Mapping[str, Any]
    draft_at: datetime | None
    offers: tuple[datetime, ...]
    organisation: str
    version: PlaybookVersion
    playbook: Playbook
    facts: ChainMap[str, object]
    """What the script's conditions know behind the answers."""

    @property
    def over(self) -> bool:
        """Whether nothing is to be asked or said any more."""
        return self.state in (FollowUp.State.DONE, FollowUp.State.WITHDRAWN)


def find(staff: Staff, followup_id: int) -> FollowUp | None:
    """A follow-up in the person's scope, with customer, branches and people joined. One query."""
    for row in _FOUND(staff, followup=followup_id):
        followup, customer = instance(FollowUp, row), instance(Customer, row, "customer__")
        customer.branch, customer.owner = _joined(Branch, row, "customer__branch__"), _joined(Staff, row, "customer__owner__")
        followup.customer, followup.playbook_version = customer, instance(PlaybookVersion, row, "playbook_version__")
        followup.branch, followup.claimed_by = _joined(Branch, row, "branch__"), _joined(Staff, row, "claimed_by__")
        followup.handed_from = _joined(Staff, row, "handed_from__")
        return followup
    return None


def _joined(model: type[M], row: Row, prefix: str) -> M | None:
    return instance(model, row, prefix) if row[f"{prefix}id"] is not None else None


def work_of(staff: Staff, followup: FollowUp, rows: CustomerRows, names: Names, now: datetime, day: date, language: str) -> Work:
    """What to do with a follow-up that `find` has found; `rows` are its customer's. Two queries beside them; in one's own hand five."""
    playbook = playbook_of(followup.playbook_version)
    programme = playbook.programmes[followup.programme]
    occurrences = behind(followup.pk)
    reasons, places = _reasons(followup, occurrences, programme, names, day, language)
    script = playbook.scripts.get(programme.script or "")
    leading = min(occurrences, key=lambda row: row["programme"] != followup.programme, default=None)
    facts = _known_beside(playbook, leading, rows, day)
    said = _places(followup, staff, playbook, followup.customer.name, language) | places
    wanted = _wanted(script) - said.keys()
    said |= {name: said_of(value, language) for name, value in _further(wanted, playbook, occurrences, leading, rows, facts, day).items()}
    offered = [outcome for outcome in outcomes_for(Channel(followup.channel)) if outcome.code != "unknown"]
    under_way = rows.under_way(followup.pk, staff.pk)
    point = (under_way["contact_point_id"] or 0) if under_way else 0
    state = _state(followup, staff, now, day)
    mine = state == "mine"
    leads = ahead(offered, followup, rows, occurrences, playbook, now, language, point) if mine else {}
    reached, missed = (_choices(offered, leads, language, reached=each) for each in (True, False))
    draft = next(iter(_DRAFTS(followup=followup.pk, staff=staff.pk)), None)
    return Work(
        id=followup.pk, customer_id=followup.customer_id, state=state, fence=followup.fence,
        taken_by=_taken_by(followup, state), programme=programme.title.say(language), channel=followup.channel,
        channel_words=CHANNEL_WORDS[Channel(followup.channel)].say(language),
        because=_spoken(followup.because, language),
        promised=followup.promised, deadline=followup.deadline, opens_at=followup.opens_at, closes_at=followup.closes_at,
        attempts=followup.attempts_made, at_most=programme.attempts.at_most,
        handed=_handed(followup, occurrences, staff), reasons=reasons,
        steps=tuple(
            Step(
                number, step.title.say(language), fill(step.say.say(language), said) if step.say else "",
                fill(step.tip.say(language), said) if step.tip else "", step.ask,
                tuple(
                    Turn(
                        b.title.say(language), fill(b.say.say(language), said),
                        fill(b.tip.say(language), said) if b.tip else "", b.if_ or "",
                    )
                    for b in step.branches
                ), step.if_ or "",
            )
            for number, step in enumerate(script.steps, 1)
        ) if script else (),
        never=tuple(never.say(language) for never in script.never) if script else (),
        asked=together(playbook, programmes_of(followup, playbook, occurrences)), reached=reached, missed=missed,
        at_hand=tuple(each for code in AT_HAND for each in (*reached, *missed) if each.code == code)[:4],
        calling_since=under_way["at"] if under_way else None,
        by_person=followup.channel in BY_PERSON,
        calling_point=point, draft=json.loads(draft["content"]) if draft else {},
        draft_at=draft["saved_at"] if draft else None, organisation=said["organisation"],
        offers=offers(staff, followup, rows.customer, playbook, now, day) if mine else (),
        version=followup.playbook_version, playbook=playbook, facts=facts,
    )  # fmt: skip


def _known_beside(playbook: Playbook, leading: Row | None, rows: CustomerRows, day: date) -> ChainMap[str, object]:
    """What conditions of a script know behind the answers: the attributes of the event that made it due, and the customer's facts."""
    kind = playbook.events.get(leading["event__kind"] or "") if leading else None
    event = attributes_of(leading["event__attributes"], kind.attributes) if leading and kind else {}
    return ChainMap(event, Values(playbook, rows, day))  # type: ignore[arg-type]  # nothing is written to it


def _wanted(script: Script | None) -> set[str]:
    """The places of a script."""
    steps = script.steps if script else ()
    turns: list[ScriptStep | Turning] = [*steps, *(branch for step in steps for branch in step.branches)]
    said = (words for each in turns for words in (each.say, each.tip) if words is not None)
    return {name for words in said for name in (*places_in(words.zh), *places_in(words.en))}


def _further(
    wanted: set[str], playbook: Playbook, occurrences: list[Row], leading: Row | None, rows: CustomerRows, facts: Mapping[str, object],
    day: date,
) -> dict[str, object]:  # fmt: skip
    """Places whose rows are read only where a script has them: agreement, facts, what was done in the case; owner and today beside them."""
    owner = rows.customer.owner
    found: dict[str, object] = {"today": day, "owner": owner.name if owner else None} | fact_places(facts, wanted)
    if any(name.startswith("agreement.") for name in wanted):
        found |= agreement_places(rows, playbook, leading["cause_day"] if leading else None, day)
    if "case.result" in wanted:
        found |= case_places(playbook, occurrences, rows.customer.pk)
    return found


def unfold(steps: tuple[Step, ...], answers: Mapping[str, object], day: date) -> tuple[Step, ...]:
    """The script after the answers so far (as `asking_together.seen` gives them; behind them what else is known).

    Branches whose condition holds are open, the others closed and within reach; a step whose condition is known not to hold is hidden.
    """

    def holds(condition: str) -> object:
        return evaluate(_parsed(condition), answers, day)

    found = []
    for step in steps:
        few = len(step.branches) < 3
        branches = tuple(replace(each, open=holds(each.when) is True if each.when else few) for each in step.branches)
        found.append(replace(step, branches=branches, hidden=bool(step.when) and not step.asks and holds(step.when) is False))
    return tuple(found)


@lru_cache(maxsize=512)
def _parsed(condition: str) -> Node:
    return parse(condition)


def _state(followup: FollowUp, staff: Staff, now: datetime, day: date) -> str:
    if followup.state in (FollowUp.State.DONE, FollowUp.State.WITHDRAWN):
        return followup.state
    if followup.day > day:
        return "ahead"
    if followup.state == FollowUp.State.CLAIMED and followup.claimed_by_id == staff.pk:
        return "mine"
    held = followup.state == FollowUp.State.CLAIMED and followup.lease_until is not None and followup.lease_until > now
    if held or dialled(followup):
        return "taken"
    return "handed" if staff.role == Role.AGENT and followup.staff_id not in (None, staff.pk) else "free"


def _taken_by(followup: FollowUp, state: str) -> str:
    if state == "handed" and followup.staff is not None:
        return followup.staff.name
    if followup.claimed_by is not None:
        return followup.claimed_by.name
    return _("The dialler") if dialled(followup) else ""


def dialled(followup: FollowUp) -> bool:
    """Whether a dialler has it in hand: until it tells or a person takes it back, however late it is."""
    return followup.state == FollowUp.State.CLAIMED and followup.claimed_by_id is None and followup.channel == Channel.PHONE


def _reasons(
    followup: FollowUp, occurrences: list[Row], programme: Programme, names: Names, day: date, language: str
) -> tuple[tuple[Reason, ...], dict[str, str]]:
    """The occurrences in words, the leading one first, and what the script's places say about their events."""
    ordered = sorted(occurrences, key=lambda row: row["programme"] != followup.programme)
    meant = ordered[0]["cause_day"] if ordered and isinstance(programme.when, BeforeDate) else followup.deadline
    places: dict[str, str] = {"due": _in_a_sentence(meant, day, language)}
    for row in ordered:
        if row["event__id"] is not None:
            places = _event_places(row, day, language) | places
    return tuple(_reason(row, names, day, language) for row in ordered), places


def _reason(row: Row, names: Names, day: date, language: str) -> Reason:
    facts: tuple[str, ...] = ()
    cause = near_day(row["cause_day"], day, language)
    if row["event__id"] is not None:
        cause = f"{names.event(row['event__kind'])} · {cause}"
        facts = occasions.facts(row, names)
    purpose = PURPOSE_WORDS[Purpose(row["purpose"])].say(language)
    title = names.programme(row["programme"])
    return Reason(title, cause, purpose, row["due"], row["deadline"], facts, row["playbook"], row["programme"])


def _event_places(row: Row, day: date, language: str) -> dict[str, str]:
    kept = {f"event.{name}": str(value) for name, value in row["event__attributes"].items()}
    return kept | {
        "event.day": _in_a_sentence(row["event__day"], day, language), "event.amount": money(row["event__amount"]),
        "event.staff": row["event__staff__name"] or "",
    }  # fmt: skip


def _in_a_sentence(day: date, today: date, language: str) -> str:
    """A day as a script says it. English scripts say "on" or "about" before it, which no "yesterday" follows.

    >>> _in_a_sentence(date(2026, 11, 19), date(2026, 11, 20), "zh-hans"), _in_a_sentence(date(2026, 11, 19), date(2026, 11, 20), "en")
    ('昨天', 'Thu 19 Nov')
    """
    return near_day(day, today, language) if chinese(language) or day.year != today.year else day_words(day, language)


def _places(followup: FollowUp, staff: Staff, playbook: Playbook, customer_name: str, language: str) -> dict[str, str]:
    branch = followup.branch.name if followup.branch else ""
    kept = {f"customer.{name}": str(value) for name, value in followup.customer.attributes.items()}
    return kept | {
        "phone": settings.HUIFANG.phone, "customer": customer_name, "salutation": customer_name, "agent": staff.name, "branch": branch,
        "organisation": branch or playbook.title.say(language),
    }  # fmt: skip


def fill(text: str, places: Mapping[str, str]) -> str:
    """A script's text with its places filled; a place nothing is known for becomes ``……``.

    >>> fill("{customer}您好，{unheard}", {"customer": "王丽华"})
    '王丽华您好，……'
    """
    return _PLACE.sub(lambda found: places.get(found[1]) or "……", text)


def _spoken(because: Mapping[str, Any], language: str) -> str:
    return str(because.get("zh" if language.startswith("zh") else "en", ""))


def _choices(offered: list[Outcome], leads: Mapping[str, str], language: str, *, reached: bool) -> tuple[Choice, ...]:
    wanted = (each for each in offered if each.reached is reached)
    return tuple(
        Choice(each.code, each.words.say(language), str(place % 10) if place <= 10 else "", leads.get(each.code, ""))
        for place, each in enumerate(wanted, 1)
    )  # fmt: skip


def _handed(followup: FollowUp, occurrences: list[Row], staff: Staff) -> str:
    if followup.handed_from is not None:
        return handed_from((followup.handed_from.pk, followup.handed_from.name), staff.pk)
    spoke = next(((row["last_staff_id"], row["last_staff__name"]) for row in occurrences if row["last_staff_id"]), None)
    return handed_from(spoke, staff.pk)


def headline(reasons: tuple[Reason, ...]) -> str:
    """All programmes of a bundled follow-up in one line."""
    return _(" and ").join(dict.fromkeys(reason.programme for reason in reasons))
