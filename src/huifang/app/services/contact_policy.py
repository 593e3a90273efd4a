"""The contact policy, learned each night from the business's own ledger: contacts, purchases, answers, opt-outs, complaints about contact.

It needs the extra `analytics`. What is learned takes the place of what was there; what each night found is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, datetime, time
from math import isnan
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Count, QuerySet

from huifang.analytics.contact_decided import Decided, decided
from huifang.analytics.contact_history import Learning, history
from huifang.analytics.contact_table import ClassLine
from huifang.app import snapshot
from huifang.app.business_time import business_day, business_moment
from huifang.app.queries.contact_now import ABOUT_CONTACT, COMPLAINT
from huifang.app.queries.playbooks import in_force
from huifang.app.records.bulk import insert
from huifang.app.records.models import ContactPolicy, Feedback, PolicyLearning
from huifang.app.services import audit
from huifang.domain.emotional_account import COUNTS_FOR, POINTS, Movement
from huifang.engine import tables
from huifang.engine.stages import Inputs, inputs

LEARNING = Learning(complaint=COMPLAINT)


def learn_policy(day: date, now: datetime) -> PolicyLearning | None:
    """Learn the policy of `day`; None where no playbook is in force. Reads about twenty queries, writes in one transaction."""
    playbooks = tuple(each.playbook for each in in_force())
    if not playbooks:
        return None
    connection = snapshot.connect()
    try:
        rows = _with_feedback(connection, inputs(snapshot.load(connection, playbooks, day)), day)
        counted = history(connection, rows, day, LEARNING)
        praised = connection.create_table("praised", _praised(day), temp=True)
        counted = counted.left_join(praised, [("customer_id", "who")])
        counted = counted.mutate(balance=counted.balance + counted.points.fill_null(0)).drop("who", "points")
        found = decided(connection.to_pyarrow(counted.order_by("customer_id")), day)
    finally:
        connection.disconnect()
    with transaction.atomic():
        return _write(found, day, now)


def _write(found: Decided, day: date, now: datetime) -> PolicyLearning:
    ContactPolicy.objects.all().delete()
    names = found.rows.column_names
    insert(ContactPolicy, names, zip(*(column.to_pylist() for column in found.rows.columns), strict=True))
    about = {
        "learned_at": now, "state": found.state.value, "customers": found.rows.num_rows, "contacts": found.contacts,
        "classes": [_line(line) for line in found.made.lines],
    }  # fmt: skip
    learning, _ = PolicyLearning.objects.update_or_create(day=day, defaults=about)
    audit.write(None, "policy.learned", day=day.isoformat(), state=learning.state, customers=learning.customers, contacts=learning.contacts)
    return learning


def _line(line: ClassLine) -> dict[str, Any]:
    """A class as it is kept."""
    effect = None if isnan(line.effect) else line.effect
    return {"name": line.name, "customers": line.customers, "effect": effect, "planning": line.planning, **asdict(line.guard)}


def _with_feedback(connection: Any, rows: Inputs, day: date) -> Inputs:
    """The inputs with complaints about contact, which are statements and no cases, among the cases."""
    said = connection.create_table("said", snapshot.arrow(tables.CASES, _complaints(day)), temp=True)
    return replace(rows, cases=rows.cases.union(said.cast(rows.cases.schema()), distinct=False))


def _complaints(day: date) -> Iterator[tuple[Any, ...]]:
    found = complaints_about_contact().filter(at__lt=business_moment(day, time.max), customer__merged_into=None)
    for number, customer, at in found.values_list("pk", "customer_id", "at").iterator(20_000):
        yield -number, customer, LEARNING.complaint, False, business_day(at), None


def complaints_about_contact() -> QuerySet[Feedback]:
    """Statements that complain about being contacted."""
    return told().filter(kind=Feedback.Kind.COMPLAINT, topic__in=ABOUT_CONTACT)


def told() -> QuerySet[Feedback]:
    """Statements of known customers that somebody, or the reader without doubt, has put somewhere."""
    return Feedback.objects.filter(customer__isnull=False, state__in=(Feedback.State.DECIDED, Feedback.State.READ))


def _praised(day: date) -> pa.Table:
    """`who`, `points`: praise within the account's year. One query."""
    since, until = business_moment(day - COUNTS_FOR, time.max), business_moment(day, time.max)
    rows = told().filter(kind=Feedback.Kind.PRAISE, at__gt=since, at__lte=until).order_by()
    found = dict(rows.values_list("customer_id").annotate(Count("pk")))
    points = [number * POINTS[Movement.PRAISED] for number in found.values()]
    return pa.table({"who": pa.array(found, pa.int64()), "points": pa.array(points, pa.int64())})
