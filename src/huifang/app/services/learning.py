"""Learning from the register: the numbers of every customer, and the history of the classes.

It needs the extra `analytics`. What is learned again for a day replaces what that day had.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from huifang.analytics.learning import Learned, learn
from huifang.analytics.newton import Fit
from huifang.analytics.score_words import ScoreWords
from huifang.app import snapshot
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import LearnedNumber
from huifang.app.services import audit
from huifang.app.services.class_spells import changes, write
from huifang.engine.class_standings import standings
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
        tables = inputs(snapshot.load(connection, playbooks, day))
        found = learn(connection, tables.events, tables.agreements, rule, day)
        numbers = found.table()
        earlier = tables.learned.filter(tables.learned.as_of < day)
        today = connection.create_table("learned_today", numbers.cast(earlier.schema().to_pyarrow()), temp=True)
        whole = replace(tables, learned=earlier.union(today))
        changed = list(changes(standings(PlanContext(day, None, playbooks, connection), whole, ScoreWords(found).of), day))
    finally:
        connection.disconnect()
    with transaction.atomic():
        _write_numbers(numbers.to_pylist(), day)
        rows = sum(write(each, day) for each in changed)
        fitted = {fit.model: fit.converged for fit in _fits(found)}
        audit.write(None, "learn.done", day=day.isoformat(), numbers=numbers.num_rows, changed=rows, fitted=fitted)
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
