"""What a programme's trigger looks at in one customer's own rows, with its figures: ``上次工单结算 11月20日，共3次；结算后1天``.

Told by `explain` whether the programme is due or not. Days are the business's; nothing after the day of the plan is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from huifang.domain.words import Words
from huifang.engine.keeping import fetch
from huifang.engine.reasons import dated_words, event_words, said_day, said_span
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.triggers.before_date import event_attribute
from huifang.playbooks.schema import (
    AfterEvent,
    Becomes,
    BeforeDate,
    Cadence,
    Lapse,
    OnAnswer,
    Playbook,
    Trigger,
)

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OwnRows:
    """A customer's rows up to a day, oldest first: themselves, events, agreements that stand, contacts that reached them, requests."""

    customer: Row
    events: Sequence[Row]
    agreements: Sequence[Row]
    contacts: Sequence[Row]
    requests: Sequence[Row]


def own_rows(context: PlanContext, own: Inputs) -> OwnRows:
    """Read from `inputs` that hold one customer's rows only. Five queries."""

    def read(table: ir.Table, *order: str) -> list[Row]:
        rows = table.order_by(*order) if order else table
        return [dict(zip(rows.columns, row, strict=True)) for row in fetch(context.connection, rows)]

    events, contacts, requests, agreements = own.events, own.contacts, own.requests, own.agreements
    customer = read(own.customers)
    return OwnRows(
        customer[0] if customer else {},
        read(events.filter(events.day <= context.day), "day", "event_id"),
        read(agreements.filter(agreements.status.fill_null("active") == "active"), "ends", "agreement_id"),
        read(contacts.filter(contacts.reached, contacts.day <= context.day), "day"),
        read(requests.filter(requests.day <= context.day), "day"),
    )


def looked_at(trigger: Trigger, key: str, playbook: Playbook, rows: OwnRows) -> Words | None:
    """Of the trigger of the programme `key`; None where it looks at more than one customer or at no row of theirs."""
    match trigger:
        case AfterEvent(after=kind, wait=wait):
            return _and(_last(playbook, kind, rows), _after(wait.in_words(), wait.amount))
        case Lapse(lapse=kind, exactly=span):
            passed = said_span(span)
            return _and(_last(playbook, kind, rows), Words(f"满{passed.zh}时到期", f"due when {passed.en} have passed"))
        case BeforeDate(before=before, by=by):
            return _and(_dates(playbook, before, rows), _before(by.in_words(), by.amount))
        case Cadence(every=every, since=since):
            return _and(_series(playbook, key, since, rows), Words(f"每{said_span(every).zh}一次", f"every {every}"))
        case Becomes(becomes=condition):
            return Words(f"符合条件时到期：{condition}", f"due when the condition begins to hold: {condition}")
        case OnAnswer():
            asked = [row["day"] for row in rows.requests if row["programme"] == key]
            return _on(Words("上次要求", "last asked for on"), asked[-1]) if asked else Words("还没有要求过", "not asked for yet")
    return None


def _and(first: Words, second: Words) -> Words:
    return Words(f"{first.zh}；{second.zh}", f"{first.en}; {second.en}")


def _on(what: Words, day: object) -> Words:
    assert isinstance(day, date)  # noqa: S101 - the contract's type
    said = said_day(day)
    return Words(f"{what.zh} {day.year}年{said.zh}", f"{what.en} {said.en} {day.year}")


def _after(wait: Words, amount: int) -> Words:
    return Words(f"{wait.zh}后到期".replace(" ", ""), f"due {wait.en} after it") if amount else Words("当天到期", "due on the same day")


def _before(by: Words, amount: int) -> Words:
    return Words(f"提前{by.zh}到期".replace(" ", ""), f"due {by.en} before it") if amount else Words("当天到期", "due on the same day")


def _last(playbook: Playbook, kind: str, rows: OwnRows) -> Words:
    what, days = event_words(playbook, kind), [row["day"] for row in rows.events if row["kind"] == kind]
    if not days:
        return Words(f"还没有{what.zh}", f"no {what.en} yet")
    said = _on(Words(f"上次{what.zh}", f"last {what.en} on"), days[-1])
    return Words(f"{said.zh}，共{len(days)}次", f"{said.en}, {len(days)} in all")


def _dates(playbook: Playbook, before: str, rows: OwnRows) -> Words:
    what = dated_words(playbook, before)
    if before == "birthday":
        found = [rows.customer.get("birthday")]
    elif before.startswith("agreement."):
        kind, _, end = before.removeprefix("agreement.").rpartition(".")
        found = [row[end] for row in rows.agreements if row["kind"] == kind]
    elif (of_event := event_attribute(before)) is None:
        found = [rows.customer.get(before.removeprefix("attribute."))]
    else:
        kind, name = of_event
        found = [row[name] for row in rows.events if row["kind"] == kind and row.get(name) is not None][-1:]
    days = [day for day in found if isinstance(day, date)]
    if not days:
        return Words(f"没有登记{what.zh}", f"{what.en}: not entered")
    said = [_on(Words("", ""), day) for day in days]
    return Words(f"{what.zh}：{'、'.join(one.zh.strip() for one in said)}", f"{what.en}: {', '.join(one.en.strip() for one in said)}")


def _series(playbook: Playbook, key: str, since: str | None, rows: OwnRows) -> Words:
    """What the series is counted from: the programme's last contact, else its beginning."""
    mine = [row["day"] for row in rows.contacts if row["programme"] == key]
    if mine:
        said = _on(Words("上次联系到", "last reached on"), mine[-1])
        return Words(f"{said.zh}，共{len(mine)}次", f"{said.en}, {len(mine)} in all")
    if since is not None:
        what, days = event_words(playbook, since), [row["day"] for row in rows.events if row["kind"] == since]
        return _on(Words(f"首次{what.zh}", f"first {what.en} on"), days[0]) if days else Words(f"还没有{what.zh}", f"no {what.en} yet")
    first = rows.customer.get("first_seen") or next((row["day"] for row in rows.events), None)
    return _on(Words("建档于", "in the register since"), first) if first else Words("没有建档日期", "no first day is known")
