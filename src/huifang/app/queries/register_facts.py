"""The facts of many customers at once, for the columns of a register."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

from huifang.app.queries.customer_facts import FactRows, aggregate, attributes_of
from huifang.app.records.models import Agreement, Answer, Attempt, Event
from huifang.playbooks.expressions import evaluate
from huifang.playbooks.facts import facts
from huifang.playbooks.known_names import BUILTINS
from huifang.playbooks.schema import Playbook

Row = dict[str, Any]
Read = Iterator[tuple[int, Row]]


def facts_of_many(playbook: Playbook, customers: Mapping[int, Mapping[str, Any]], day: date) -> dict[int, dict[str, object]]:
    """The playbook's facts on `day`, by customer. One query for each source that a fact aggregates.

    `customers` by id, each with ``kind``, ``status``, ``first_seen`` and ``attributes``; built-in names that need more are unknown here.
    """
    wanted = facts(playbook)
    kept: dict[int, dict[str, list[Row]]] = {customer: {source: [] for source in _READERS} for customer in customers}
    for source in sorted({fact.source for fact in wanted} & set(_READERS)):
        for owner, row in _READERS[source](playbook, customers, day):
            kept[owner][source].append(row)
    found: dict[int, dict[str, object]] = {}
    for number, about in customers.items():
        rows = FactRows(kept[number], day)
        values: dict[str, object] = dict.fromkeys(BUILTINS) | {name: about.get(name) for name in ("kind", "status", "first_seen")}
        values |= attributes_of(about["attributes"], playbook.attributes)
        for fact in wanted:
            values[fact.name] = evaluate(fact.expression, values, day) if fact.expression else aggregate(fact, rows.of(fact), day)
        found[number] = {fact.name: values[fact.name] for fact in wanted}
    return found


def _events(playbook: Playbook, customers: Collection[int], _day: date) -> Read:
    declared = {kind: event.attributes for kind, event in playbook.events.items()}
    found = Event.objects.filter(customer__in=customers, kind__in=declared).order_by("at", "pk")
    for customer, kind, day, amount, more in found.values_list("customer_id", "kind", "day", "amount", "attributes"):
        yield customer, {"kind": kind, "day": day, "amount": _number(amount), **attributes_of(more, declared[kind])}


def _contacts(_playbook: Playbook, customers: Collection[int], _day: date) -> Read:
    found = Attempt.objects.filter(customer__in=customers).order_by("at", "pk")
    for customer, channel, day, reached in found.values_list("customer_id", "channel", "day", "reached"):
        yield customer, {"kind": channel, "day": day, "reached": reached}


def _answers(_playbook: Playbook, customers: Collection[int], _day: date) -> Read:
    found = Answer.objects.filter(record__customer__in=customers).order_by("record__saved_at", "pk")
    for customer, question, day, score, value in found.values_list("record__customer_id", "question", "record__day", "score", "value"):
        yield customer, {"kind": question, "day": day, "score": score, "value": value or None}


def _agreements(playbook: Playbook, customers: Collection[int], day: date) -> Read:
    declared = {kind: agreement.attributes for kind, agreement in playbook.agreements.items()}
    active = Agreement.objects.filter(customer__in=customers, kind__in=declared, status=Agreement.Status.ACTIVE).order_by("starts", "pk")
    for customer, kind, starts, ends, amount, more in active.values_list("customer_id", "kind", "starts", "ends", "amount", "attributes"):
        if (starts is None or starts <= day) and (ends is None or day <= ends):
            row = {"kind": kind, "day": starts, "starts": starts, "ends": ends, "amount": _number(amount)}
            yield customer, row | attributes_of(more, declared[kind])


def _number(amount: Any) -> float | None:
    return None if amount is None else float(amount)


_READERS: dict[str, Callable[[Playbook, Collection[int], date], Read]] = {
    "event": _events, "contact": _contacts, "answer": _answers, "agreement": _agreements,
}  # fmt: skip
