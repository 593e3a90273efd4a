"""Webhooks in: events of other systems in their own words, signed, read by a mapping that says where each value stands.

A mapping gives for each of `FIELDS` a path of keys and list positions (``data.order.no``, ``items.0.sku``); a text that begins with ``=``
is the value itself. `attributes` maps names to paths. The sender signs as Huifang does: ``t=<seconds>,v1=<hex>`` over ``<seconds>.<body>``.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from huifang.app.access import MANAGE_STAFF, require
from huifang.app.business_time import business_day, business_zone
from huifang.app.records.models import Branch, EventSource, Staff
from huifang.app.services import audit, intake
from huifang.app.services.api_keys import service_account
from huifang.app.services.imports import values
from huifang.app.services.register.rows import CustomerRow, EventRow, Row, Unreadable
from huifang.app.services.webhooks import signature
from huifang.domain.errors import HuifangError, Invalid, NotAllowed, Place, Problem
from huifang.domain.words import Words

FIELDS = ("kind", "code", "at", "customer", "name", "phone", "amount", "staff")
NEEDED = ("kind", "at", "customer")
STALE = timedelta(minutes=5)
"""A signature older or younger than this is refused."""


def add(by: Staff, name: str, mapping: Mapping[str, Any], branches: list[Branch] | None, now: datetime) -> tuple[EventSource, str]:
    """A new source and its secret, shown once. Raises Invalid for a mapping that lacks what is needed."""
    require(by, MANAGE_STAFF)
    _check(name, mapping)
    secret = f"whs_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        made = EventSource.objects.create(
            name=name.strip(), hook=secrets.token_urlsafe(12), secret=secret, mapping=dict(mapping),
            acts_as=service_account(name, branches), created_at=now,
        )  # fmt: skip
        audit.write(by, "event-source.added", f"event-source:{made.pk}")
    return made, secret


def switch(by: Staff, source_id: int, now: datetime, *, active: bool) -> None:  # noqa: ARG001
    """Take messages of a source, or none."""
    require(by, MANAGE_STAFF)
    with transaction.atomic():
        EventSource.objects.filter(pk=source_id).update(active=active)
        audit.write(by, "event-source.on" if active else "event-source.off", f"event-source:{source_id}")


def take(source: EventSource, body: bytes, signed: str, now: datetime) -> str:
    """Bring the event of one message in: `created`, `updated` or `unchanged`.

    Raises NotAllowed where the signature is not the source's or is stale, Invalid where the message cannot be read; that is noted.
    """
    _check_signature(source.secret, body, signed, now)
    try:
        outcome = intake.bring(source.acts_as, [_row(source, body, now)], now)[0]
    except HuifangError as error:
        words = error.problems[0].what
        EventSource.objects.filter(pk=source.pk).update(
            refused=F("refused") + 1, last_problem={"zh": words.zh, "en": words.en, "at": now.isoformat()}
        )
        raise
    EventSource.objects.filter(pk=source.pk).update(taken=F("taken") + 1)
    return outcome


def found(message: Any, path: str) -> Any:
    """The value at a path, or None.

    >>> found({"data": {"items": [{"sku": "A1"}]}}, "data.items.0.sku"), found({}, "=order"), found({"a": 1}, "a.b")
    ('A1', 'order', None)
    """
    if path.startswith("="):
        return path[1:]
    for part in path.split("."):
        if isinstance(message, Mapping):
            message = message.get(part)
        elif isinstance(message, list) and part.isdecimal() and int(part) < len(message):
            message = message[int(part)]
        else:
            return None
    return message


def _row(source: EventSource, body: bytes, now: datetime) -> Row:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(_wrong("", "source.unreadable", Words("消息不是 JSON。", "The message is not JSON."))) from None
    said = {name: _text(found(message, source.mapping[name])) for name in FIELDS if source.mapping.get(name)}
    for name in NEEDED:
        if not said.get(name):
            words = Words(f"消息里没有“{source.mapping[name]}”。", f"The message lacks “{source.mapping[name]}”.")
            raise Invalid(_wrong(name, "source.missing-value", words))
    attributes = {name: found(message, path) for name, path in source.mapping.get("attributes", {}).items()}
    kept = {name: value for name, value in attributes.items() if isinstance(value, str | int | float | bool) and value != ""}
    try:
        at, amount = _moment(said["at"], now), values.money(said.get("amount", ""))
    except Unreadable as error:
        raise Invalid(_wrong("at", error.code, error.words)) from None
    event = EventRow(said["kind"][:60], at, business_day(at), said.get("code", "")[:80], amount, said.get("staff", "")[:80], kept)
    return Row(1, _customer(source, said), event)


def _customer(source: EventSource, said: Mapping[str, str]) -> CustomerRow:
    """Known by number; one with a name who is not known yet is entered with the event."""
    code = said["customer"][:60]
    if said.get("name"):
        points = intake.points([("phone", said["phone"], "")]) if said.get("phone") else []
        return CustomerRow(code=code, name=said["name"][:120], points=points)
    return intake.about(intake.known(source.acts_as, [code])[code])


def _moment(said: str, now: datetime) -> datetime:
    if said.isdecimal() and len(said) in (10, 13):  # seconds or milliseconds of 1970
        return datetime.fromtimestamp(int(said[:10]), tz=UTC)
    read = values.moment(said, business_day(now), business_zone())
    if not isinstance(read, datetime):
        raise Unreadable("date.unreadable", Words(f"“{said[:40]}”不是时间。", f"“{said[:40]}” is not a date and time."))
    return (read if read.tzinfo else read.replace(tzinfo=business_zone())).astimezone(UTC)


def _text(value: Any) -> str:
    return str(value).replace("\0", "").strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _check_signature(secret: str, body: bytes, signed: str, now: datetime) -> None:
    stamp = signed.removeprefix("t=").partition(",")[0]
    fresh = stamp.isdecimal() and len(stamp) <= 12 and abs(int(stamp) - now.timestamp()) <= STALE.total_seconds()
    if not fresh or not hmac.compare_digest(signature(secret, int(stamp), body).encode(), signed.encode()):
        raise NotAllowed(
            Problem(
                "source.signature",
                Words("签名不对，或签名时间相差超过 5 分钟。", "The signature is wrong, or its time is more than 5 minutes off."),
                Words("请用来源的密钥按说明签名，并校准时钟。", "Sign with the source's secret as described, and set the clock."),
            )
        )


def _check(name: str, mapping: Mapping[str, Any]) -> None:
    attributes = mapping.get("attributes", {})
    plain = all(isinstance(value, str) for key, value in mapping.items() if key != "attributes") and isinstance(attributes, Mapping)
    unknown = sorted(set(mapping) - {*FIELDS, "attributes"})
    missing = [field for field in NEEDED if not mapping.get(field)]
    if not name.strip() or unknown or missing or not plain or not all(isinstance(path, str) for path in attributes.values()):
        wrong = ", ".join([*unknown, *missing]) or "name"
        words = Words(f"来源的名称或字段对照不对：{wrong}。", f"The source's name or mapping is wrong: {wrong}.")
        raise Invalid(_wrong("mapping", "source.mapping", words))


def _wrong(where: str, code: str, words: Words) -> Problem:
    return Problem(code, words, Words("请对照来源的字段对照表改正。", "Mend it by the source's mapping."), Place(key=where))
