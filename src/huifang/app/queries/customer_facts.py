"""The facts of one customer now, in plain Python: what a condition sees at the moment of contact.

The engine computes the same facts for everybody in one pass; the meanings are those of `playbooks.facts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from huifang.app.attributes import typed
from huifang.app.queries.customer_rows import CustomerRows, age_on
from huifang.app.records.models import Agreement
from huifang.domain.spans import shift
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.facts import Fact, facts
from huifang.playbooks.known_names import BUILTINS, LEARNED
from huifang.playbooks.money_facts import money_facts
from huifang.playbooks.schema import Attribute, Ladder, Playbook

Row = dict[str, Any]


def condition_holds(condition: str, playbook: Playbook, rows: CustomerRows, day: date) -> bool:
    """Whether a condition over facts holds for a customer on `day`; unknown is no."""
    return evaluate(parse(condition), Values(playbook, rows, day), day) is True


@dataclass(frozen=True, slots=True)
class _Same:
    """A playbook by itself, not by what it says: what is read from it is kept while it is the same object."""

    playbook: Playbook

    def __hash__(self) -> int:
        return id(self.playbook)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.playbook is other.playbook


@lru_cache(maxsize=64)
def _facts_of(same: _Same) -> Mapping[str, Fact]:
    return {fact.name: fact for fact in facts(same.playbook)}


class Values(Mapping[str, object]):
    """Every name a playbook's conditions over customers can use, with its value on `day`: computed, and its rows read, when asked for."""

    def __init__(self, playbook: Playbook, rows: CustomerRows, day: date) -> None:
        self._playbook, self._customer, self._rows, self._day = playbook, rows.customer, rows, day
        self._facts = _facts_of(_Same(playbook))
        self._sources = _Sources(playbook, rows, day)
        self._known: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        """The value of a name; None where it is not known."""
        if name not in self._known:
            self._known[name] = None  # what is made of itself is unknown
            self._known[name] = self._compute(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Built-in names, attributes, facts, classes, ladders."""
        playbook = self._playbook
        return iter(dict.fromkeys((*BUILTINS, *playbook.attributes, *self._facts, *playbook.classes, *playbook.ladders)))

    def __len__(self) -> int:
        """How many names there are."""
        return sum(1 for _ in self)

    def in_money(self) -> frozenset[str]:
        """Names of the facts that are amounts of money."""
        return money_facts(tuple(self._facts.values()))

    def _compute(self, name: str) -> object:
        playbook, day = self._playbook, self._day
        if name in playbook.ladders:
            return self._step(playbook.ladders[name])
        if name in playbook.classes:
            return evaluate(parse(playbook.classes[name].when), self, day)
        if name in self._facts:
            fact = self._facts[name]
            return evaluate(fact.expression, self, day) if fact.expression else aggregate(fact, self._sources.of(fact), day)
        if name in playbook.attributes:
            return typed(self._customer.attributes.get(name), playbook.attributes[name].type)
        if name in LEARNED:
            return next((row["value"] for row in self._rows.learned if row["name"] == name and row["as_of"] <= day), None)
        return self._built_in(name) if name in BUILTINS else None

    def _step(self, ladder: Ladder) -> str | None:
        steps = ladder.steps.items()
        return next((key for key, step in steps if step.when == "else" or evaluate(parse(step.when), self, self._day) is True), None)

    def _built_in(self, name: str) -> object:
        customer, day = self._customer, self._day
        match name:
            case "branch":
                return customer.branch.code if customer.branch else None
            case "language":
                return customer.language or None
            case "age":
                return age_on(day, customer.birthday)
            case "open_cases":
                return len(self._rows.open_cases)
            case "contacts_30d":
                return self._rows.contacts_30d(day)
            case "last_contact":
                return max((row["day"] for row in self._rows.attempts if row["counted"]), default=None)
            case _ if name.startswith("has_"):
                return name.removeprefix("has_") in self._rows.channels
            case _:
                found: object = getattr(customer, name)
                return found


def attributes_of(kept: Mapping[str, Any], declared: Mapping[str, Attribute]) -> dict[str, object]:
    """Kept attributes as values of their declared types."""
    return {name: typed(kept.get(name), attribute.type) for name, attribute in declared.items()}


class FactRows:
    """A customer's rows that facts aggregate, by source, oldest first."""

    def __init__(self, sources: Mapping[str, list[Row]], day: date) -> None:
        self._read, self._day = dict(sources), day

    def of(self, fact: Fact) -> list[Row]:
        """Rows of a fact: of its kind, not after the day, inside its window, for which `where` holds."""
        rows = [row for row in self._rows(fact.source) if fact.kind in (None, row["kind"])]
        if fact.source == "contact" and fact.field == "reached":
            rows = [row for row in rows if row["reached"]]
        if fact.source != "agreement":
            begin = shift(self._day, fact.window, -1) if fact.window else None
            rows = [row for row in rows if row["day"] <= self._day and (begin is None or row["day"] > begin)]
        if fact.source == "answer":
            rows = [{**row, "value": typed(row["value"], fact.said)} for row in rows]
        return rows if fact.where is None else [row for row in rows if evaluate(fact.where, row, self._day) is True]

    def _rows(self, source: str) -> list[Row]:
        return self._read[source]


class _Sources(FactRows):
    """The rows of one customer, each source made ready when it is first asked for."""

    def __init__(self, playbook: Playbook, rows: CustomerRows, day: date) -> None:
        super().__init__({}, day)
        self._playbook, self._customer = playbook, rows

    def _rows(self, source: str) -> list[Row]:
        sources: dict[str, Callable[[], list[Row]]] = {
            "event": self._events, "contact": self._contacts, "answer": self._answers, "agreement": self._agreements,
        }  # fmt: skip
        if source not in self._read:
            self._read[source] = sources[source]()
        return self._read[source]

    def _events(self) -> list[Row]:
        declared = {kind: event.attributes for kind, event in self._playbook.events.items()}
        return [
            {
                "kind": row["kind"], "day": row["day"], "amount": _number(row["amount"]),
                **attributes_of(row["attributes"], declared[row["kind"]]),
            }
            for row in reversed(self._customer.events)
            if row["kind"] in declared
        ]  # fmt: skip

    def _contacts(self) -> list[Row]:
        return [{"kind": row["channel"], "day": row["day"], "reached": row["reached"]} for row in reversed(self._customer.attempts)]

    def _answers(self) -> list[Row]:
        return [
            {"kind": row["question"], "day": row["record__day"], "score": row["score"], "value": row["value"] or None}
            for row in self._customer.answers
        ]

    def _agreements(self) -> list[Row]:
        declared = {kind: agreement.attributes for kind, agreement in self._playbook.agreements.items()}
        return [
            {
                "kind": row["kind"], "day": row["starts"], "starts": row["starts"], "ends": row["ends"], "amount": _number(row["amount"]),
                **attributes_of(row["attributes"], declared[row["kind"]]),
            }
            for row in self._customer.agreements
            if row["kind"] in declared and row["status"] == Agreement.Status.ACTIVE
            if (row["starts"] is None or row["starts"] <= self._day) and (row["ends"] is None or self._day <= row["ends"])
        ]  # fmt: skip


def aggregate(fact: Fact, rows: Iterable[Row], day: date) -> object:
    """What a fact makes of its rows."""
    field = "day" if fact.field in (None, "reached") else str(fact.field)
    found = [row.get(field) for row in rows]
    values: list[Any] = [value for value in found if value is not None]
    match fact.aggregate:
        case "count":
            return len(found if field == "day" else values)
        case "next":
            return min((value for value in values if value >= day), default=None)
        case "sum" | "mean" if values:
            return sum(values) / (len(values) if fact.aggregate == "mean" else 1)
        case "first" | "last" | "min" | "max" if values:
            return {"first": values[0], "last": values[-1], "min": min(values), "max": max(values)}[fact.aggregate]
        case _:
            return None


def _number(amount: Any) -> float | None:
    return None if amount is None else float(amount)
