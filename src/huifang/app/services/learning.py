"""Learning from the register: the numbers of every customer, and the history of the classes.

It needs the extra `analytics`. What is learned again for a day replaces what that day had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Max

from huifang.analytics.learning import Learned, learn
from huifang.analytics.newton import Fit
from huifang.analytics.standings import Key, standings
from huifang.app import snapshot
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import ClassSpell, LearnedNumber
from huifang.app.services import audit
from huifang.domain.class_history import Spell, continued
from huifang.domain.words import Words
from huifang.engine.stages import PlanContext, inputs

_BATCH = 2_000


def learn_day(day: date) -> Learned | None:
    """Learn as the first playbook in force that has `value` says; None where none has. One transaction writes numbers and history."""
    playbooks = tuple(each.playbook for each in in_force())
    rule = next((playbook.value for playbook in playbooks if playbook.value is not None), None)
    if rule is None:
        return None
    connection = snapshot.connect()
    try:
        rows = inputs(snapshot.load(connection, playbooks, day))
        found = learn(connection, rows.events, rows.agreements, rule, day)
        numbers = found.table()
        earlier = rows.learned.filter(rows.learned.as_of < day)
        today = connection.create_table("learned_today", numbers.cast(earlier.schema().to_pyarrow()), temp=True)
        whole = replace(rows, learned=earlier.union(today))
        now = dict(standings(PlanContext(day, None, playbooks, connection), whole, found))
    finally:
        connection.disconnect()
    with transaction.atomic():
        _write_numbers(numbers.to_pylist(), day)
        changed = _write_history(now, day)
        fitted = {fit.model: fit.converged for fit in _fits(found)}
        audit.write(None, "learn.done", day=day.isoformat(), numbers=numbers.num_rows, changed=changed, fitted=fitted)
    return found


def _fits(found: Learned) -> list[Fit]:
    """All models that were tried."""
    fits = [found.buying.activity, found.buying.amounts] if found.buying else []
    return [*fits, found.contracts.fit] if found.contracts else fits


def _write_numbers(rows: Iterable[dict[str, Any]], day: date) -> None:
    """Today's numbers, beside those of the last learning before."""
    last = LearnedNumber.objects.filter(as_of__lt=day).aggregate(last=Max("as_of"))["last"]
    LearnedNumber.objects.exclude(as_of=last).delete() if last else LearnedNumber.objects.all().delete()
    LearnedNumber.objects.bulk_create((LearnedNumber(**row) for row in rows), batch_size=_BATCH)


def _write_history(now: dict[Key, list[Spell]], day: date) -> int:
    """Ends and begins spells; what goes on is not touched. How many rows have changed."""
    begun: list[ClassSpell] = []
    ended: list[int] = []
    taken_back: list[int] = []
    for customer, own in _open():
        spells = [spell for spell, _ in own]
        after = continued(spells, now.pop(customer, ()), day)
        kept = {one for one in after if one in spells}
        for spell, row in own:
            if spell not in kept:
                (ended if spell.since < day else taken_back).append(row)
        begun += [_row(customer, one) for one in after if one.since == day and one not in kept]
    begun += [_row(customer, one) for customer, spells in now.items() for one in continued((), spells, day)]
    for start in range(0, len(ended), _BATCH):
        ClassSpell.objects.filter(pk__in=ended[start : start + _BATCH]).update(until=day)
    for start in range(0, len(taken_back), _BATCH):
        ClassSpell.objects.filter(pk__in=taken_back[start : start + _BATCH]).delete()
    ClassSpell.objects.bulk_create(begun, batch_size=_BATCH)
    return len(begun) + len(ended) + len(taken_back)


def _open() -> Iterator[tuple[Key, list[tuple[Spell, int]]]]:
    """The spells that have not ended, with their row, customer by customer."""
    rows = ClassSpell.objects.filter(until=None).order_by("customer_id", "pk").iterator(_BATCH)
    for customer, own in groupby(rows, key=lambda row: row.customer_id):
        yield (
            customer,
            [
                (Spell(row.playbook, row.name, row.step, row.since, None, Words(row.reason_zh, row.reason_en), row.by), row.pk)
                for row in own
            ],
        )


def _row(customer: Key, one: Spell) -> ClassSpell:
    return ClassSpell(
        customer_id=customer, playbook=one.playbook, name=one.name, step=one.step, since=one.since, until=one.until, by=one.by,
        reason_zh=one.reason.zh, reason_en=one.reason.en,
    )  # fmt: skip
