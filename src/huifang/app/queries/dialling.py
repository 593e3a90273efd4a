"""What the dialler's pages show: what may be called now, the lists of the last days, and the rows of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from huifang.app.access import dialling_lists_for, dialling_rows_for
from huifang.app.business_time import business_zone
from huifang.app.queries.glance import masked
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import DiallingList, DiallingRow, Staff
from huifang.domain.outcomes import OUTCOMES
from huifang.domain.words import Words

SHOWN = timedelta(days=7)
MOST = 60
_State = DiallingRow.State
_TONES = {"waiting": "", "out": "accent", "unknown": "bad", "done": "good", "returned": ""}


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list and how many of its rows wait, are out, have no result, are done, were taken back."""

    id: int
    made_at: datetime
    made_by: str
    until: datetime
    over: bool
    rows: int
    out: int
    unknown: int
    done: int
    returned: int


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a list; `outcome` is what came of it, `outside` whether it was called against a rule."""

    key: str
    followup_id: int
    customer_id: int
    name: str
    number: str
    programme: str
    agent: str
    state: str
    state_words: str
    tone: str
    outcome: str
    words: str
    outside: bool
    recordings: int
    live: bool


def lists_for(staff: Staff, now: datetime) -> list[ListLine]:
    """Lists of the last days in the person's scope, newest first, counting the rows of their branches. Two queries."""
    found = dialling_lists_for(staff).filter(made_at__gte=now - SHOWN).select_related("made_by").order_by("-made_at", "-pk")[:MOST]
    held = list(found)
    rows = dialling_rows_for(staff).filter(list__in=[each.pk for each in held]).order_by()
    by_state = {name: Count("pk", filter=Q(state__in=states)) for name, states in _COUNTED.items()}
    counts = {row["list"]: row for row in rows.values("list").annotate(rows=Count("pk"), **by_state)}
    return [_line(each, dict(counts.get(each.pk, ())), now) for each in held]


_COUNTED = {"out": ("waiting", "out"), "unknown": ("unknown",), "done": ("done",), "returned": ("returned",)}


def list_line(staff: Staff, held: DiallingList, now: datetime) -> ListLine:
    """One list, counting the rows of the person's branches. One query."""
    rows = dialling_rows_for(staff).filter(list=held)
    by_state = {name: Count("pk", filter=Q(state__in=states)) for name, states in _COUNTED.items()}
    return _line(held, rows.aggregate(rows=Count("pk"), **by_state), now)


def rows_of(staff: Staff, held: DiallingList, language: str) -> list[RowLine]:
    """The rows of a list that lie in the person's branches, as they were handed over. One query, and one for each version met first."""
    about = ("followup__customer", "followup__staff", "followup__playbook_version", "attempt__contact_point", "attempt__staff")
    rows = dialling_rows_for(staff).filter(list=held).select_related(*about).defer("followup__playbook_version__text")
    return [_row(row, row.kept, language) for row in rows.annotate(kept=Count("attempt__recordings")).order_by("pk")]


def beside(row: DiallingRow) -> dict[str, str]:
    """What a row says beside number, key and script: moments in the business's zone."""
    zone, followup = business_zone(), row.followup
    return {
        "customer": followup.customer.name, "agent": followup.staff.code if followup.staff else "",
        "call_from": max(followup.opens_at, row.list.made_at).astimezone(zone).isoformat(timespec="seconds"),
        "call_until": row.until.astimezone(zone).isoformat(timespec="seconds"),
    }  # fmt: skip


def script_of(row: DiallingRow, language: str = "zh") -> str:
    """The title of the script, else of the programme."""
    playbook = playbook_of(row.followup.playbook_version)
    programme = playbook.programmes[row.followup.programme]
    script = playbook.scripts.get(programme.script or "")
    return (script.title if script else programme.title).say(language)


def _line(held: DiallingList, counts: Mapping[str, Any], now: datetime) -> ListLine:
    who = held.made_by.name if held.made_by else ""
    found = {name: counts.get(name, 0) for name in ("rows", *_COUNTED)}
    return ListLine(held.pk, held.made_at, who, held.until, held.until <= now, **found)


def _row(row: DiallingRow, recordings: int, language: str) -> RowLine:
    followup, attempt = row.followup, row.attempt
    outcome = OUTCOMES.get(attempt.outcome) if attempt else None
    point = attempt.contact_point if attempt else None
    spoke = (attempt.staff if attempt and attempt.staff else None) or followup.staff
    words = Words(row.words.get("zh", ""), row.words.get("en", ""))
    programme = playbook_of(followup.playbook_version).programmes[followup.programme]
    return RowLine(
        key=str(row.key), followup_id=followup.pk, customer_id=followup.customer_id, name=followup.customer.name,
        number=masked(point.value, point.kind) if point else "", programme=programme.title.say(language),
        agent=spoke.name if spoke else "",
        state=row.state, state_words=str(_State(row.state).label), tone=_TONES[row.state],
        outcome=outcome.words.say(language) if outcome else "", words=words.say(language), outside=bool(row.outside),
        recordings=recordings, live=row.state in ("waiting", "out", "unknown"),
    )  # fmt: skip
