"""The facts of one customer now, in plain Python: what a condition sees at the moment of contact.

The engine computes the same facts for everybody in one pass; the meanings are those of `playbooks.facts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from huifang.app.reach import channels_of
from huifang.app.records.models import Agreement, Answer, Attempt, Case, ContactPoint, Customer, Event
from huifang.domain.spans import shift
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.facts import Fact, facts
from huifang.playbooks.schema import Attribute, Playbook

Row = dict[str, Any]


def condition_holds(condition: str, playbook: Playbook, customer: Customer, day: date) -> bool:
    """Whether a condition over facts holds for a customer on `day`; unknown is no."""
    return evaluate(parse(condition), values_of(playbook, customer, day), day) is True


def values_of(playbook: Playbook, customer: Customer, day: date) -> dict[str, object]:
    """Every name a playbook's conditions over customers can use, with its value on `day`. At most eight queries."""
    values = _built_in(customer, day) | attributes_of(customer.attributes, playbook.attributes)
    rows = _Rows(playbook, customer, day)
    for fact in facts(playbook):
        values[fact.name] = evaluate(fact.expression, values, day) if fact.expression else aggregate(fact, rows.of(fact), day)
    for name, rule in playbook.classes.items():
        values[name] = evaluate(parse(rule.when), values, day)
    for name, ladder in playbook.ladders.items():
        values[name] = next(
            (key for key, step in ladder.steps.items() if step.when == "else" or evaluate(parse(step.when), values, day) is True), None
        )
    return values


def _built_in(customer: Customer, day: date) -> dict[str, object]:
    points = ContactPoint.objects.filter(customer=customer, usable=True).values_list("kind", "mobile")
    channels = {channel.value for kind, mobile in points for channel in channels_of(kind, mobile)}
    counted = [day_ for day_, counts in Attempt.objects.filter(customer=customer).values_list("day", "counted") if counts]
    born = customer.birthday
    return {
        "kind": customer.kind,
        "status": customer.status,
        "branch": customer.branch.code if customer.branch else None,
        "language": customer.language or None,
        "age": day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None,
        "first_seen": customer.first_seen,
        "open_cases": Case.objects.filter(customer=customer).exclude(state=Case.State.CLOSED).count(),
        **{f"has_{channel}": channel in channels for channel in ("phone", "sms", "email", "wecom")},
        "contacts_30d": sum(1 for each in counted if 0 <= (day - each).days < 30),
        "last_contact": max(counted, default=None),
    }


def attributes_of(kept: Mapping[str, Any], declared: Mapping[str, Attribute]) -> dict[str, object]:
    """Kept attributes as values of their declared types."""
    return {name: typed(kept.get(name), attribute.type) for name, attribute in declared.items()}


def typed(value: Any, kind: str) -> object:
    """A kept attribute as a value of its declared type; None where it is none."""
    if value is None or value == "":
        return None
    try:
        match kind:
            case "number":
                return float(value)
            case "date":
                return date.fromisoformat(str(value)[:10])
            case "boolean":
                return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes", "是")
            case _:
                return str(value)
    except ValueError:
        return None


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
        return rows if fact.where is None else [row for row in rows if evaluate(fact.where, row, self._day) is True]

    def _rows(self, source: str) -> list[Row]:
        return self._read[source]


class _Rows(FactRows):
    """The rows of one customer, each source read once, when it is first asked for."""

    def __init__(self, playbook: Playbook, customer: Customer, day: date) -> None:
        super().__init__({}, day)
        self._playbook, self._customer = playbook, customer

    def _rows(self, source: str) -> list[Row]:
        sources: dict[str, Callable[[], list[Row]]] = {
            "event": self._events, "contact": self._contacts, "answer": self._answers, "agreement": self._agreements,
        }  # fmt: skip
        if source not in self._read:
            self._read[source] = sources[source]()
        return self._read[source]

    def _events(self) -> list[Row]:
        declared = {kind: event.attributes for kind, event in self._playbook.events.items()}
        found = Event.objects.filter(customer=self._customer, kind__in=declared).order_by("at", "pk")
        return [
            {"kind": kind, "day": day, "amount": _number(amount), **attributes_of(attributes, declared[kind])}
            for kind, day, amount, attributes in found.values_list("kind", "day", "amount", "attributes")
        ]

    def _contacts(self) -> list[Row]:
        found = Attempt.objects.filter(customer=self._customer).order_by("at", "pk").values_list("channel", "day", "reached")
        return [{"kind": channel, "day": day, "reached": reached} for channel, day, reached in found]

    def _answers(self) -> list[Row]:
        found = Answer.objects.filter(record__customer=self._customer).order_by("record__saved_at", "pk")
        return [
            {"kind": question, "day": day, "score": score, "value": value or None}
            for question, day, score, value in found.values_list("question", "record__day", "score", "value")
        ]

    def _agreements(self) -> list[Row]:
        declared = {kind: agreement.attributes for kind, agreement in self._playbook.agreements.items()}
        active = Agreement.objects.filter(customer=self._customer, kind__in=declared, status=Agreement.Status.ACTIVE)
        columns = ("kind", "starts", "ends", "amount", "attributes")
        return [
            {"kind": kind, "day": starts, "starts": starts, "ends": ends, "amount": _number(amount), **attributes_of(more, declared[kind])}
            for kind, starts, ends, amount, more in active.order_by("starts", "pk").values_list(*columns)
            if (starts is None or starts <= self._day) and (ends is None or self._day <= ends)
        ]


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
