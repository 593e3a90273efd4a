"""What places of scripts and messages say about the customer's agreement, facts and case, and how a value is written there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from huifang.app.formats import day_words, money
from huifang.app.queries.case_asked_about import case_asked_about
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import Agreement, Case
from huifang.domain.words import Words
from huifang.playbooks.schema import OnAnswer, Playbook

_LONGEST = 200
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def agreement_places(rows: CustomerRows, playbook: Playbook, cause: date | None, day: date) -> dict[str, object]:
    """The agreement that starts or ends on the day of the cause, else the one that ends next; nothing where none is in force on `day`."""
    active = [row for row in rows.agreements if row["status"] == Agreement.Status.ACTIVE and row["ends"] >= day]
    active.sort(key=lambda row: row["ends"])
    found = next((row for row in active if cause in (row["ends"], row["starts"])), active[0] if active else None)
    if found is None:
        return {}
    kind = playbook.agreements.get(found["kind"])
    return prefixed("agreement", found["attributes"]) | {
        "agreement.ends": found["ends"], "agreement.kind": kind.title if kind else found["kind"],
    }  # fmt: skip


def fact_places(facts: Mapping[str, object], wanted: Iterable[str]) -> dict[str, object]:
    """The wanted facts."""
    return {name: facts.get(name.removeprefix("fact.")) for name in wanted if name.startswith("fact.")}


def case_places(playbook: Playbook, behind: Iterable[Mapping[str, Any]], customer_id: int) -> dict[str, object]:
    """What was done in the case that is asked about again; nothing for a follow-up about something else. At most two queries."""
    on_request = {key for key, programme in playbook.programmes.items() if isinstance(programme.when, OnAnswer)}
    asked = [(row["programme"], row["cause"]) for row in behind if row["playbook"] == playbook.playbook and row["programme"] in on_request]
    case_id = case_asked_about(customer_id, asked)
    if case_id is None:
        return {}
    solution = Case.objects.filter(pk=case_id, customer=customer_id).values_list("solution", flat=True).first()
    return {"case.result": solution}


def prefixed(prefix: str, kept: Mapping[str, Any]) -> dict[str, object]:
    """``plate`` as ``event.plate``."""
    return {f"{prefix}.{name}": value for name, value in kept.items()}


def said_of(value: object, language: str) -> str:
    """A value as text on one line; days and money as people write them."""
    match value:
        case None:
            return ""
        case Words():
            return value.say(language)
        case date():
            return day_words(value, language)
        case float() if value.is_integer():
            return str(int(value))
        case str() if _ISO.fullmatch(value):
            return _day(value, language)
        case Decimal():
            return money(value)
        case _:
            return _BREAKS.sub(" ", str(value)).strip()[:_LONGEST]


def _day(text: str, language: str) -> str:
    try:
        return day_words(date.fromisoformat(text), language)
    except ValueError:
        return text
