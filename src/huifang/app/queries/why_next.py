"""Why not today, and when next: what every programme says about one customer on the day, in words, with the figures it used.

What the morning's plan has decided is told as it was decided; before it has run, by the same rules from the customer's own rows alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huifang.app import snapshot
from huifang.app.access import occurrences_for
from huifang.app.queries.contact_now import account_of, turns
from huifang.app.queries.customer import value_words
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import ContactPolicy, PlanRun, Staff
from huifang.domain.contact import DECISION_WORDS
from huifang.domain.words import Words
from huifang.engine.explain import Line, explain
from huifang.engine.planner import PlanResult
from huifang.engine.simulation import LONGEST
from huifang.engine.stages import PlanContext, inputs
from huifang.engine.tables import DECISIONS
from huifang.playbooks.known_names import BUILTINS
from huifang.playbooks.schema import Playbook

TONES = {"planned": "good", "bundled": "good", "deferred": "warn", "held-out": "accent", "suppressed": "bad", "expired": "bad"}


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


def why_next(staff: Staff, rows: CustomerRows, playbooks: tuple[Playbook, ...], day: date, language: str) -> tuple[Said, ...]:
    """Every programme in force, those that are due first. About twenty-five queries, of one customer's rows alone."""
    if not playbooks:
        return ()
    connection = snapshot.connect()
    try:
        tables = snapshot.load(connection, playbooks, day, rows.customer.pk)
        decided = _decided(connection, staff, rows.customer.pk, day, {book.playbook for book in playbooks})
        context = PlanContext(day, day - timedelta(days=1), playbooks, connection)
        lines = explain(context, inputs(tables), rows.customer.pk, decided, timedelta(days=LONGEST)).lines
    finally:
        connection.disconnect()
    found = tuple(_said(rows, playbooks, lines, day, language))
    return tuple(sorted(found, key=lambda one: (not one.decision, one.next_day or date.max)))


def _decided(connection: Any, staff: Staff, customer: int, day: date, books: set[str]) -> PlanResult | None:
    """What the plan of the day has decided about the customer; None where it has not run. Two queries."""
    if not PlanRun.objects.filter(day=day, state=PlanRun.State.DONE).exists():
        return None
    about = occurrences_for(staff).filter(customer=customer, decided_on=day, playbook__in=books)
    kept = [
        [json.dumps(row["detail"]) if name == "detail" else row.get(name) for name in DECISIONS.names]
        for row in about.values(*(name for name in DECISIONS.names if name not in _NOT_KEPT))
    ]
    table = connection.create_table("kept_decisions", snapshot.arrow(DECISIONS, kept), temp=True)
    return PlanResult(table, table, {})


_NOT_KEPT = ("followup", "value")


def _said(rows: CustomerRows, playbooks: tuple[Playbook, ...], lines: tuple[Line, ...], day: date, language: str) -> Iterator[Said]:
    policy = ContactPolicy.objects.filter(customer=rows.customer.pk).first()
    waiting = turns(policy, rows, playbooks, account_of(rows, playbooks, day), day)
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
