"""Messages as real customers would read them: of any version of a playbook, before anything is sent. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from huifang.app.access import customers_for, occurrences_for
from huifang.app.business_time import business_day
from huifang.app.queries.customers import search
from huifang.app.queries.glance import masked
from huifang.app.queries.playbooks import playbook_of
from huifang.app.reach import best_point
from huifang.app.records.models import Customer, FollowUp, Staff
from huifang.app.records.prepared import Row
from huifang.app.services import rendering, value_reports
from huifang.app.services.message_ground import Cause, Ground, of_followup
from huifang.domain.contact import Channel, Purpose
from huifang.domain.masking import mask_text
from huifang.domain.words import Words
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.schema import AfterEvent, Playbook

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """One customer's message. `to` is masked and empty where the channel does not reach them; `problem` says why nothing could be written.

    `attached` is the title of the report that goes with it. `fits` is whether the content's `for` holds for this customer.
    """

    customer_id: int
    customer: str
    to: str
    language: str
    subject: str
    text: str
    fits: bool
    problem: Words | None
    attached: Words | None = None


def previews(staff: Staff, book: Playbook, key: str, text: str, now: datetime) -> list[Preview]:
    """The content `key` for customers in the person's scope that `text` finds; without one for those it was last due for."""
    return [_preview(ground(book, key, customer, now), key) for customer in examples(staff, book, key, text)]


def of_messages(rows: Sequence[FollowUp], now: datetime) -> list[Preview]:
    """The messages of follow-ups that wait; rows come with their customer and version."""
    return [_preview(of_followup(row, row.customer, Channel(row.channel), playbook_of(row.playbook_version), now), "") for row in rows]


def examples(staff: Staff, book: Playbook, key: str, text: str) -> list[Customer]:
    """At most `SHOWN` customers in the person's scope."""
    mine = customers_for(staff).select_related("branch", "owner")
    if text.strip():
        found = [row.id for row in search(staff, text).rows[:SHOWN]]
    else:
        senders = _senders(book, key)
        due = occurrences_for(staff).filter(playbook=book.playbook, programme__in=senders).order_by("-pk")
        found = list(dict.fromkeys(due.values_list("customer", flat=True)[: 5 * SHOWN]))[:SHOWN]
        found += list(mine.exclude(pk__in=found).order_by("code").values_list("pk", flat=True)[: SHOWN - len(found)])
    known = {row.pk: row for row in mine.filter(pk__in=found)}
    return [known[pk] for pk in found if pk in known]


def ground(book: Playbook, key: str, customer: Customer, now: datetime) -> Ground:
    """What a content would be filled from were it due for a customer now: its last cause, else the last event of the programme's kind."""
    programme = next(iter(_senders(book, key)), "")
    purpose = book.programmes[programme].purpose if programme else Purpose.SERVICE
    day, channel = business_day(now), book.content[key].channel
    base = Ground(customer, book, programme or next(iter(book.programmes)), channel, purpose, day, customer.branch, now)
    return replace(base, cause=_cause(base, book, programme))


def _cause(base: Ground, book: Playbook, programme: str) -> Cause:
    last = (
        base.customer.occurrences.filter(playbook=book.playbook, programme=programme).select_related("event__staff").order_by("-pk").first()
    )
    event = last.event if last else None
    if event is not None and last is not None:
        staff = event.staff.name if event.staff else ""
        return Cause(last.cause_day, {"attributes": event.attributes, "day": event.day, "amount": event.amount, "staff": staff})
    trigger = book.programmes[programme].when if programme else None
    kind = trigger.after if isinstance(trigger, AfterEvent) else None
    row: Row | None = next((row for row in base.rows.events if row["kind"] == kind), None)
    day = last.cause_day if last else base.deadline
    return Cause(day, {**row, "staff": row["staff__name"]} if row else None)


def _senders(book: Playbook, key: str) -> list[str]:
    """The programmes that send a content."""
    return [name for name, programme in book.programmes.items() if key in programme.send]


def _preview(of: Ground, key: str) -> Preview:
    customer, rule = of.customer, of.playbook.content[key].for_ if key else None
    point = best_point(of.rows.points, of.channel)
    to = masked(point["value"], point["kind"]) if point else ""
    fits = rule is None or evaluate(parse(rule), of.facts, of.day) is True
    try:
        written = rendering.preview(of, key)
        attached = _attached(of, written.content)
    except rendering.Unwritable as error:
        return Preview(customer.pk, customer.name, to, of.language, "", "", fits, error.problems[0].what)
    return Preview(customer.pk, customer.name, to, of.language, written.subject, written.text, fits, None, attached)


def _attached(of: Ground, content: str) -> Words | None:
    """The title of what is attached; its words are looked over, its page is not set. Raises `Unwritable`."""
    name = of.playbook.content[content].attach
    if name is None:
        return None
    value_reports.document(replace(of, followup=None, cause=of.leading), content, mask_text)
    return of.playbook.value_reports[name].title
