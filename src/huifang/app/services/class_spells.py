"""The history of classes: every morning, for every playbook that has any, what has changed since the day before, with its reason.

A customer's changes are written together; what is written already is no change, so a morning that was broken off goes on where it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q

from huifang.app import snapshot
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import ClassSpell
from huifang.domain.class_history import Spell, continued
from huifang.domain.words import Words
from huifang.engine.class_standings import Key, Standing, standings
from huifang.engine.stages import PlanContext, inputs

_BATCH = 2_000
_NOT_READ = Words("", "")
"""The reason of a spell that goes on or ends: it stays as it is."""


@dataclass(slots=True)
class Changes:
    """Of some customers: spells that begin, and the rows of those that end or, begun on the same day, are taken back."""

    begun: list[ClassSpell] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)


def worth_keeping() -> bool:
    """Whether a playbook in force has classes, or some that nobody has any more are still to end."""
    return any(each.playbook.classes or each.playbook.ladders for each in in_force()) or ClassSpell.objects.filter(until=None).exists()


def keep_classes(day: date) -> int:
    """Bring the history to the classes of the day; how many rows have changed."""
    playbooks = tuple(each.playbook for each in in_force())
    connection = snapshot.connect()
    try:
        tables = inputs(snapshot.load(connection, playbooks, day))
        return sum(write(each, day) for each in changes(standings(PlanContext(day, None, playbooks, connection), tables), day))
    finally:
        connection.disconnect()


def changes(now: Iterable[list[Standing]], day: date) -> Iterator[Changes]:
    """What has changed for customers who come by number; who does not come has no class any more. One query a batch, and one."""
    after = Q()
    for batch in now:
        last = batch[-1].customer
        yield _changes({one.customer: one for one in batch}, after & Q(customer__lte=last), day)
        after = Q(customer__gt=last)
    yield _changes({}, after, day)


def write(found: Changes, day: date) -> int:
    """Write it, all or nothing; how many rows."""
    with transaction.atomic():
        for start in range(0, len(found.ended), _BATCH):
            ClassSpell.objects.filter(pk__in=found.ended[start : start + _BATCH]).update(until=day)
        for start in range(0, len(found.taken_back), _BATCH):
            ClassSpell.objects.filter(pk__in=found.taken_back[start : start + _BATCH]).delete()
        ClassSpell.objects.bulk_create(found.begun, batch_size=_BATCH)
    return len(found.begun) + len(found.ended) + len(found.taken_back)


def _changes(now: Mapping[Key, Standing], whose: Q, day: date) -> Changes:
    found = Changes()
    opened: dict[Key, list[tuple[Spell, int]]] = defaultdict(list)
    rows = ClassSpell.objects.filter(whose, until=None).order_by("pk")
    for row, customer, playbook, name, step, since, by in rows.values_list("pk", "customer_id", "playbook", "name", "step", "since", "by"):
        opened[customer].append((Spell(playbook, name, step, since, None, _NOT_READ, by), row))
    for one in {**opened, **now}:
        own, stands = opened.get(one, []), now.get(one)
        if stands is None or {spell.key: spell.by for spell, _ in own} != stands.held:
            _change(found, one, own, stands.reasons() if stands else [], day)
    return found


def _change(found: Changes, customer: Key, own: list[tuple[Spell, int]], today: list[Spell], day: date) -> None:
    after = continued([spell for spell, _ in own], today, day)
    kept = {one for one in after if one.until is None and one.reason is _NOT_READ}
    for spell, row in own:
        if spell not in kept:
            (found.ended if spell.since < day else found.taken_back).append(row)
    found.begun += [_row(customer, one) for one in after if one.reason is not _NOT_READ]


def _row(customer: Key, one: Spell) -> ClassSpell:
    return ClassSpell(
        customer_id=customer, playbook=one.playbook, name=one.name, step=one.step, since=one.since, until=one.until, by=one.by,
        reason_zh=one.reason.zh, reason_en=one.reason.en,
    )  # fmt: skip
