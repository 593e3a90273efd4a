"""The class that stands beside a customer's name in the list: what is said of them when the day is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from huifang.app.queries.customer_facts import attributes_of
from huifang.app.queries.register_facts import facts_of_many
from huifang.app.records.models import Customer
from huifang.domain.words import Words
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.known_names import BUILTINS
from huifang.playbooks.schema import Playbook

_BATCH = 5000


def classes_of(playbook: Playbook, customers: Iterable[int], day: date) -> dict[int, Words]:
    """Customer → the title of their class on `day`; those of whom nothing special is said are left out."""
    if not playbook.ladders and not playbook.classes:
        return {}
    wanted, found = sorted(set(customers)), {}
    for start in range(0, len(wanted), _BATCH):
        rows = Customer.objects.filter(pk__in=wanted[start : start + _BATCH])
        about = {row["id"]: row for row in rows.values("id", "kind", "status", "first_seen", "attributes")}
        for number, facts in facts_of_many(playbook, about, day).items():
            row = about[number]
            values = dict.fromkeys(BUILTINS) | {name: row[name] for name in ("kind", "status", "first_seen")}
            title = class_of(playbook, values | attributes_of(row["attributes"], playbook.attributes) | facts, day)
            if title is not None:
                found[number] = title
    return found


def class_of(playbook: Playbook, values: Mapping[str, object], day: date) -> Words | None:
    """The step of the first ladder that has more to say than ``else``, otherwise the first class that holds."""
    known = dict(values)
    for name, rule in playbook.classes.items():
        known[name] = evaluate(parse(rule.when), known, day)
    for ladder in playbook.ladders.values():
        for step in ladder.steps.values():
            if step.when == "else":
                break
            if evaluate(parse(step.when), known, day) is True:
                return step.title
    return next((rule.title for name, rule in playbook.classes.items() if known[name] is True), None)
