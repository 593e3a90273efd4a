"""Why, why not, and when next: what every programme says about one customer on any day, in words, with the figures it used.

A day that was planned is told as its plan has decided. Before today's has run the same rules tell it from the customer's own rows alone;
so they do for a day ahead, with what is known today and as if nothing happened until then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from huifang.app import snapshot
from huifang.app.queries.contact_now import account_of, turns
from huifang.app.queries.customer import reason, value_words
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.decided_then import Row, books_then, decided_then, due_after, was_planned
from huifang.app.records.models import ContactPolicy, Staff
from huifang.domain.contact import DECISION_WORDS, DecisionKind
from huifang.domain.words import Words
from huifang.engine.explain import Line, explain
from huifang.engine.planner import PlanResult
from huifang.engine.simulation import LONGEST
from huifang.engine.stages import PlanContext, inputs
from huifang.engine.tables import DECISIONS
from huifang.playbooks.known_names import BUILTINS
from huifang.playbooks.schema import Playbook

TONES = {"planned": "good", "bundled": "good", "deferred": "warn", "held-out": "accent", "suppressed": "bad", "expired": "bad"}
AHEAD = timedelta(days=LONGEST)
"""How far ahead a day can be asked for, and the next one is looked for."""


@dataclass(frozen=True, slots=True)
class Said:
    """One programme: `decision` in a word with its tone (empty: nothing is due), why, what its trigger looks at, figures by title, the
    next day where it is known.
    """

    programme: str
    decision: str
    tone: str
    why: str
    cause: str
    ground: str
    figures: tuple[tuple[str, str], ...]
    next_day: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of `day`. `how`: ``today``, ``kept`` (a past day's plan), ``not-kept`` (none was made, or none is left: no lines),
    ``ahead``.
    """

    day: date
    how: str
    lines: tuple[Said, ...] = ()


def why_next(staff: Staff, rows: CustomerRows, playbooks: tuple[Playbook, ...], day: date, today: date, language: str) -> Told:
    """Every programme in force on the day, those that are due first. About thirty queries, of one customer's rows alone.

    A day after `today` + `AHEAD` is taken for that one.
    """
    day = min(day, today + AHEAD)
    how = "today" if day == today else "ahead" if day > today else "kept"
    if how != "kept" and not playbooks:
        return Told(day, how)
    planned = how != "ahead" and was_planned(day)
    decided = decided_then(staff, rows.customer.pk, day) if planned or how == "kept" else None
    if how == "kept":
        if not planned and not decided:
            return Told(day, "not-kept")
        playbooks = books_then(day, {book.playbook for book in playbooks}, {row["playbook"] for row in decided or ()})
    lines = _lines(rows.customer.pk, playbooks, day, decided) if playbooks else ()
    if how == "kept":
        since = due_after(staff, rows.customer.pk, day)
        lines = tuple(
            line if line.due else replace(line, next_day=since.get((line.playbook, line.programme), line.next_day)) for line in lines
        )
    told = {(line.playbook, line.programme) for line in lines}
    unknown = [row for row in decided or () if (row["playbook"], row["programme"]) not in told]
    found = (*_said(rows, playbooks, lines, day, language, turning=how != "kept"), *(_bare(row, language) for row in unknown))
    return Told(day, how, tuple(sorted(found, key=lambda one: (not one.decision, one.next_day or date.max))))


def _lines(customer: int, playbooks: tuple[Playbook, ...], day: date, decided: Sequence[Row] | None) -> tuple[Line, ...]:
    connection = snapshot.connect()
    try:
        tables = snapshot.load(connection, playbooks, day, customer)
        context = PlanContext(day, day - timedelta(days=1), playbooks, connection)
        return explain(context, inputs(tables), customer, _result(connection, decided), AHEAD).lines
    finally:
        connection.disconnect()


def _result(connection: Any, decided: Sequence[Row] | None) -> PlanResult | None:
    """What was decided, as the engine's table; None where the engine is to decide."""
    if decided is None:
        return None
    kept = [[json.dumps(row["detail"]) if name == "detail" else row.get(name) for name in DECISIONS.names] for row in decided]
    table = connection.create_table("kept_decisions", snapshot.arrow(DECISIONS, kept), temp=True)
    return PlanResult(table, table, {})


def _bare(row: Row, language: str) -> Said:
    """A decision on a programme that none of the playbooks has: its key, and the rule in words."""
    kind = DecisionKind(row["decision"])
    return Said(row["programme"], DECISION_WORDS[kind].say(language), TONES[kind.value], reason(row, language), "", "", (), row["until"])


def _said(
    rows: CustomerRows, playbooks: tuple[Playbook, ...], lines: tuple[Line, ...], day: date, language: str, *, turning: bool
) -> Iterator[Said]:
    """`turning`: a programme that chooses says whose turn it is, by what is learned today."""
    policy = ContactPolicy.objects.filter(customer=rows.customer.pk).first() if turning else None
    waiting = turns(policy, rows, playbooks, account_of(rows, playbooks, day), day) if turning else {}
    titles = {book.playbook: _titles(book, language) for book in playbooks}
    for line in lines:
        why, next_day, own = line.why, line.next_day, waiting.get((line.playbook, line.programme))
        if line.rule == "not-due.compared" and own is not None:
            why, next_day = own.why, own.day if own.day and own.day > day else None
        kind = next((kind for kind in DECISION_WORDS if line.rule.startswith(f"{kind.value}.")), None)
        figures = ((titles[line.playbook].get(name, name), value_words(value)) for name, value in line.figures.items() if value is not None)
        yield Said(
            line.title.say(language), DECISION_WORDS[kind].say(language) if kind else "", TONES[kind.value] if kind else "",
            why.say(language), line.cause.say(language) if line.cause else "", line.ground.say(language) if line.ground else "",
            tuple(figures), next_day,
        )  # fmt: skip


def _titles(book: Playbook, language: str) -> dict[str, str]:
    """Names that conditions can use, as people read them."""
    named: dict[str, Words | None] = {name: one.title for name, one in book.facts.items()}
    named |= {name: one.title for name, one in book.classes.items()} | {name: one.title for name, one in book.ladders.items()}
    named |= {name: one.title for name, one in book.attributes.items()} | {name: words for name, (_, words) in BUILTINS.items()}
    return {name: title.say(language) for name, title in named.items() if title is not None}
