"""What a contact is about: the events behind it, in the same words wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import BigAutoField

from huifang.app.formats import money, near_day
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Record
from huifang.app.records.prepared import PreparedForMany, Row

_LINK = Record.events.through
_EVENTS = PreparedForMany(
    lambda records: (
        _LINK.objects.filter(record__id__in=records)
        .order_by("event__day", "event_id")
        .values("record_id", "event__kind", "event__code", "event__day", "event__amount", "event__attributes")
    ),
    "record_id",
    BigAutoField(),
)


def events_of(records: Sequence[int]) -> dict[int, list[Row]]:
    """The events that records are about, by record, the earliest first. One query for 25 of them."""
    return _EVENTS(records)


def when(row: Row, names: Names, day: date, language: str) -> str:
    """An event's kind and day: ``维修结算 · 昨天``."""
    return f"{names.event(row['event__kind'])} · {near_day(row['event__day'], day, language)}"


def facts(row: Row, names: Names) -> tuple[str, ...]:
    """What the playbook shows of an event, and its amount."""
    amount = row["event__amount"]
    return names.attributes(row["event__kind"], row["event__attributes"]) + ((money(amount),) if amount is not None else ())


def short(rows: Sequence[Row], names: Names) -> str:
    """What tells one contact of a customer from another, each event by the first thing the playbook shows of it, else by its number:
    ``车牌号: 粤B·12345``.
    """
    known = (next(iter(names.attributes(row["event__kind"], row["event__attributes"])), None) for row in rows)
    said = (fact or f"{names.event(row['event__kind'])} {row['event__code']}" for row, fact in zip(rows, known, strict=True))
    return " · ".join(dict.fromkeys(said))
