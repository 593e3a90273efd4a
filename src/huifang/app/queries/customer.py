"""One customer: classes, agreements, and for every occurrence what the plan decided and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huifang.app.access import occurrences_for
from huifang.app.formats import day_words, money
from huifang.app.queries.customer_facts import Values
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Decision, Staff
from huifang.domain.contact import DECISION_WORDS, DecisionKind
from huifang.engine.rules import RULES
from huifang.playbooks.schema import Playbook

_TONES = {"planned": "good", "bundled": "good", "deferred": "warn", "held-out": "accent", "suppressed": "bad", "expired": "bad"}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was last decided about an occurrence, and before that."""

    programme: str
    cause_day: date
    due: date
    decision: str
    tone: str
    why: str
    on: date
    closed: str
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A class or a step of a ladder the customer has in a playbook, or a fact with its value."""

    title: str
    value: str


def decisions_of(staff: Staff, customer_id: int, names: Names, language: str) -> tuple[Decided, ...]:
    """The last 30 occurrences of a customer in the person's scope, newest first. Two queries."""
    rows = occurrences_for(staff).filter(customer=customer_id).order_by("-due", "-id").values()[:30]
    history: dict[int, list[str]] = {}
    past = Decision.objects.filter(occurrence__in=[row["id"] for row in rows]).order_by("-day", "-id")
    for row in past.values("occurrence_id", "day", "decision", "rule", "until", "detail"):
        history.setdefault(row["occurrence_id"], []).append(f"{day_words(row['day'], language)} · {reason(row, language)}")
    return tuple(
        Decided(
            names.programme(row["programme"]), row["cause_day"], row["due"], DECISION_WORDS[DecisionKind(row["decision"])].say(language),
            _TONES.get(row["decision"], ""), reason(row, language), row["decided_on"], _closed(row["closed_as"]),
            tuple(history.get(row["id"], [])[1:6]),
        )
        for row in rows
    )  # fmt: skip


def reason(row: Mapping[str, Any], language: str) -> str:
    """A decision's rule in words, its places filled from the row and its figures."""
    rule = RULES.get(row["rule"])
    if rule is None:
        return str(row["rule"])
    places = {name: value for name, value in ({**row, **(row["detail"] or {})}).items() if value is not None}
    return rule.words.fill({name: day_words(value, language) if isinstance(value, date) else value for name, value in places.items()}).say(
        language
    )


def _closed(code: str) -> str:
    return {
        "done": _("Done"), "expired": _("Expired"), "held-out": _("Held out"), "suppressed": _("Not contacted"), "given-up": _("Given up"),
        "withdrawn": _("Withdrawn"), "replied": _("The customer replied"),
    }.get(code, code)  # fmt: skip


def standing(rows: CustomerRows, playbooks: tuple[Playbook, ...], day: date, language: str) -> tuple[tuple[str, ...], tuple[Standing, ...]]:
    """The classes a customer is in, as words, and the titled facts of the playbooks with their values."""
    classes: list[str] = []
    facts: list[Standing] = []
    for playbook in playbooks:
        values = Values(playbook, rows, day)
        in_money = values.in_money()
        for name, ladder in playbook.ladders.items():
            step = ladder.steps.get(str(values.get(name)))
            classes += [step.title.say(language)] if step else []
        classes += [rule.title.say(language) for name, rule in playbook.classes.items() if values.get(name) is True]
        for name, fact in playbook.facts.items():
            if fact.title and values.get(name) is not None:
                facts.append(Standing(fact.title.say(language), value_words(values[name], in_money=name in in_money)))
    return tuple(dict.fromkeys(classes)), tuple(dict.fromkeys(facts))


def value_words(value: object, *, in_money: bool = False) -> str:
    """A fact's value as it is shown."""
    if in_money and isinstance(value, float | int):
        return money(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,.2f}".removesuffix(".00") if isinstance(value, float) else str(value)
