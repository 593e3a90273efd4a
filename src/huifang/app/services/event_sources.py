"""Webhooks in: events of other systems in their own words, signed, read by a mapping that says where each value stands.

A mapping gives for each of `FIELDS` a path of keys and list positions (``data.order.no``, ``items.0.sku``); a text that begins with ``=``
is the value itself. `attributes` maps names of the event's attributes to paths, `customer_attributes` those of the customer. A message can
also say when the customer was born and when something that was agreed ends: what is due before a date follows from it.
The sender signs as Huifang does: ``t=<seconds>,v1=<hex>`` over ``<seconds>.<body>``.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from huifang.app.access import MANAGE_STAFF, require
from huifang.app.business_time import business_day, business_zone
from huifang.app.records.models import Branch, EventSource, Staff
from huifang.app.services import audit, intake
from huifang.app.services.api_keys import service_account
from huifang.app.services.imports import values
from huifang.app.services.register.points import CHATS
from huifang.app.services.register.rows import AgreementRow, CustomerRow, EventRow, Row, Unreadable
from huifang.app.services.webhooks import signature
from huifang.domain import time_zones
from huifang.domain.errors import HuifangError, Invalid, NotAllowed, Place, Problem
from huifang.domain.words import Words

FIELDS = (
    "kind", "code", "at", "customer", "name", "phone", "email", "wecom", "dingtalk", "feishu", "amount", "staff", "time_zone", "birthday",
    "birthday_lunar", "agreement", "agreement_code", "agreement_ends",
)  # fmt: skip
GROUPS = ("attributes", "customer_attributes")
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


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message's event: `created`, `updated` or `unchanged`; and its kind."""

    outcome: str
    kind: str


def take(source: EventSource, body: bytes, signed: str, now: datetime) -> Taken:
    """Bring the event of one message in.

    Raises NotAllowed where the signature is not the source's or is stale, Invalid where the message cannot be read; that is noted.
    """
    _check_signature(source.secret, body, signed, now)
    try:
        row = _row(source, body, now)
        outcome = intake.bring(source.acts_as, [row], now)[0]
    except HuifangError as error:
        words = error.problems[0].what
        EventSource.objects.filter(pk=source.pk).update(
            refused=F("refused") + 1, last_problem={"zh": words.zh, "en": words.en, "at": now.isoformat()}
        )
        raise
    EventSource.objects.filter(pk=source.pk).update(taken=F("taken") + 1)
    return Taken(outcome, row.event.kind if row.event else "")


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
        message = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Invalid(_wrong("", "source.unreadable", Words("消息不是 JSON。", "The message is not JSON."))) from None
    said = {name: _text(found(message, source.mapping[name])) for name in FIELDS if source.mapping.get(name)}
    for name in NEEDED:
        if not said.get(name):
            words = Words(f"消息里没有“{source.mapping[name]}”。", f"The message lacks “{source.mapping[name]}”.")
            raise Invalid(_wrong(name, "source.missing-value", words))
    try:
        event_attributes, own = (_plain(message, source.mapping.get(group, {})) for group in GROUPS)
        at, amount = _moment(said["at"], now), values.money(said.get("amount", ""))
        customer, agreements = _customer(source, said, own, business_day(now)), _agreements(said, business_day(now))
    except Unreadable as error:
        raise Invalid(_wrong("", error.code, error.words)) from None
    event = EventRow(
        said["kind"][:60], at, business_day(at), said.get("code", "")[:80], amount, said.get("staff", "")[:80], event_attributes
    )
    return Row(1, customer, event, agreements)


def _plain(message: Any, paths: Mapping[str, str]) -> dict[str, Any]:
    """The attributes that the message tells as texts, numbers or truth values. Raises Unreadable for a number that is too large."""
    told = {name: found(message, path) for name, path in paths.items()}
    for value in told.values():
        if isinstance(value, int | float) and not isinstance(value, bool):
            values.number(value)
    return {name: _readable(value) for name, value in told.items() if isinstance(value, str | int | float | bool) and value != ""}


def _readable(value: Any) -> Any:
    """A text without what no database keeps: null characters, and halves of characters as they are left where a text was cut."""
    return value.replace("\0", "").encode(errors="replace").decode() if isinstance(value, str) else value


def _no_number(word: str) -> None:
    """``NaN`` and ``Infinity`` are no JSON."""
    raise ValueError(word)


def _customer(source: EventSource, said: Mapping[str, str], attributes: dict[str, Any], today: date) -> CustomerRow:
    """Known by number; one with a name who is not known yet is entered with the event. Raises Unreadable."""
    code = said["customer"][:60]
    if said.get("name"):
        points = intake.points([(kind, said[kind], "") for kind in ("phone", "email", *CHATS) if said.get(kind)])
        row = CustomerRow(code=code, name=said["name"][:120], points=points)
    else:
        row = intake.about(intake.known(source.acts_as, [code])[code])
    born, lunar = values.day(said.get("birthday", ""), today, business_zone()), values.boolean(said.get("birthday_lunar", ""))
    return replace(row, birthday=born, birthday_lunar=lunar, time_zone=time_zones.read(said.get("time_zone", "")), attributes=attributes)


def _agreements(said: Mapping[str, str], today: date) -> list[AgreementRow]:
    """What was agreed, where the message names its kind. Raises Unreadable."""
    if not said.get("agreement"):
        return []
    ends = values.day(said.get("agreement_ends", ""), today, business_zone())
    return [AgreementRow(said["agreement"][:60], said.get("agreement_code", "")[:80], ends=ends)]


def _moment(said: str, now: datetime) -> datetime:
    if said.isdecimal() and len(said) in (10, 13):  # seconds or milliseconds of 1970
        moment = datetime.fromtimestamp(int(said[:10]), tz=UTC)
        values.day_in_range(moment.date(), said)
        return moment
    read = values.moment(said, business_day(now), business_zone())
    if not isinstance(read, datetime):
        raise Unreadable("date.unreadable", Words(f"“{said[:40]}”不是时间。", f"“{said[:40]}” is not a date and time."))
    return (read if read.tzinfo else read.replace(tzinfo=business_zone())).astimezone(UTC)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(_readable(str(value))).strip() if isinstance(value, str | int | float) else ""


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
    groups = [mapping.get(group, {}) for group in GROUPS]
    plain = all(isinstance(value, str) for key, value in mapping.items() if key not in GROUPS)
    plain = plain and all(isinstance(group, Mapping) and all(isinstance(path, str) for path in group.values()) for group in groups)
    unknown = sorted(set(mapping) - {*FIELDS, *GROUPS})
    missing = [field for field in NEEDED if not mapping.get(field)]
    if not name.strip() or unknown or missing or not plain:
        wrong = ", ".join([*unknown, *missing]) or "name"
        words = Words(f"来源的名称或字段对照不对：{wrong}。", f"The source's name or mapping is wrong: {wrong}.")
        raise Invalid(_wrong("mapping", "source.mapping", words))


def _wrong(where: str, code: str, words: Words) -> Problem:
    return Problem(code, words, Words("请对照来源的字段对照表改正。", "Mend it by the source's mapping."), Place(key=where))
