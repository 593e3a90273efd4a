"""A playbook's content as one customer reads it: the fitting template, in their language, with its places filled.

A value is put in as text, on one line, and never read again; a place without a value is never sent as a hole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from huifang.app.business_time import business_day
from huifang.app.formats import day_words, money
from huifang.app.queries.customer_facts import Values, condition_holds
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import Agreement, Customer, Event, FollowUp, Occurrence
from huifang.app.services import survey_links
from huifang.domain.contact import Channel, Purpose
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words
from huifang.playbooks.placeholders import places_in
from huifang.playbooks.schema import BeforeDate, Content, Playbook

Places = tuple[tuple[str, str], ...]
_LONGEST = 200
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
OPT_OUT = {
    Channel.SMS: Words("退订回T", "Reply STOP to opt out"),
    Channel.EMAIL: Words("如不想再收到此类邮件，请回复“退订”。", "To receive no more of these, reply “unsubscribe”."),
}
_REFUSE = Words("不想再收到请回复“退订”。", "Reply “stop” to receive no more.")


@dataclass(frozen=True, slots=True)
class Written:
    """A message ready to go: the content's key, the language it is in, and the words."""

    content: str
    language: str
    subject: str
    text: str
    values: Places = ()
    """The text's places in order of appearance, each once, with what was filled in."""


class Unwritable(Invalid):
    """There is no content for this channel, or something that it says is not known of this customer."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the places are filled from."""

    followup: FollowUp
    customer: Customer
    playbook: Playbook
    channel: Channel
    language: str
    now: datetime

    @property
    def leading(self) -> Occurrence | None:
        """The occurrence that leads the follow-up."""
        rows = Occurrence.objects.filter(followup=self.followup).select_related("event__staff").order_by("deadline", "pk")
        return min(rows, key=lambda row: row.programme != self.followup.programme, default=None)


def write(followup: FollowUp, customer: Customer, channel: Channel, playbook: Playbook, now: datetime) -> Written:
    """The message of a follow-up. Raises `Unwritable` with what is missing. A refusal way is added to all but service messages."""
    language = customer.language or settings.LANGUAGE_CODE
    ground = _Ground(followup, customer, playbook, channel, language, now)
    key, content = _chosen(ground)
    template, subject = content.text.say(language), content.subject.say(language) if content.subject else ""
    values = _values(ground, {*places_in(template), *places_in(subject)})
    text = fill(template, values)
    if followup.purpose != Purpose.SERVICE and "opt_out" not in places_in(template):
        text += ("\n\n" if channel is Channel.EMAIL else " ") + OPT_OUT.get(channel, _REFUSE).say(language)
    places = dict.fromkeys(places_in(template))
    return Written(key, language, fill(subject, values), text, tuple((name, values[name]) for name in places))


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with its places filled; what a value says is never taken for a place, a format or a command.

    >>> fill("您好，{customer}", {"customer": "{agent} {0.__class__} {{7*7}}"})
    '您好，{agent} {0.__class__} {{7*7}}'
    """
    return Words(template, template).fill(values).zh


def _chosen(ground: _Ground) -> tuple[str, Content]:
    """The programme's first content for the channel whose `for` holds, else its first without one."""
    playbook, day = ground.playbook, business_day(ground.now)
    fitting = [
        (key, playbook.content[key])
        for key in playbook.programmes[ground.followup.programme].send
        if playbook.content[key].channel is ground.channel
    ]
    for key, content in fitting:
        if content.for_ and condition_holds(content.for_, playbook, CustomerRows(ground.customer), day):
            return key, content
    plain = next(((key, content) for key, content in fitting if not content.for_), None)
    if plain is None:
        raise Unwritable(
            Problem(
                "message.no-content",
                Words("回访方案里没有适合这位客户的消息内容。", "The playbook has no content for this customer on this channel."),
                Words("请在方案的 content 里补充，并列入 send。", "Add it under content and name it under send."),
            )
        )
    return plain


def _values(ground: _Ground, wanted: set[str]) -> dict[str, str]:
    known: dict[str, object] = {}
    for source in (_people, _days, _event, _agreement, _customer, _facts, _survey):
        if wanted - known.keys():
            known |= source(ground, wanted)
    said = {name: _said(known.get(name), ground.language) for name in wanted}
    missing = sorted(name for name, text in said.items() if not text)
    if missing:
        names = "、".join(f"{{{name}}}" for name in missing)
        raise Unwritable(
            Problem(
                "message.no-value",
                Words(
                    f"不知道这位客户的 {names}，消息不能留空发出。",
                    f"{names} is not known for this customer; nothing goes out with a hole.",
                ),
                Words("请补充客户资料，或修改消息内容。", "Complete the customer's data, or change the content."),
            )
        )
    return said


def _people(ground: _Ground, _: set[str]) -> dict[str, object]:
    followup, customer, playbook = ground.followup, ground.customer, ground.playbook
    branch = followup.branch.name if followup.branch else ""
    organisation = branch or playbook.title.say(ground.language)
    owner = customer.owner.name if customer.owner else ""
    return {
        "customer": customer.name, "salutation": customer.name, "branch": branch, "organisation": organisation, "owner": owner,
        "agent": owner or organisation, "phone": settings.HUIFANG.phone, "opt_out": OPT_OUT.get(ground.channel, _REFUSE),
        "coupon": customer.attributes.get("coupon"),
    }  # fmt: skip


def _days(ground: _Ground, wanted: set[str]) -> dict[str, object]:
    if not wanted & {"today", "due"}:
        return {}
    leading, trigger = ground.leading, ground.playbook.programmes[ground.followup.programme].when
    meant = leading.cause_day if leading and isinstance(trigger, BeforeDate) else ground.followup.deadline
    return {"today": business_day(ground.now), "due": meant}


def _event(ground: _Ground, wanted: set[str]) -> dict[str, object]:
    leading = ground.leading if _asks(wanted, "event.") else None
    event: Event | None = leading.event if leading else None
    if event is None:
        return {}
    kept = _prefixed("event", event.attributes)
    return kept | {"event.day": event.day, "event.amount": event.amount, "event.staff": event.staff.name if event.staff else ""}


def _agreement(ground: _Ground, wanted: set[str]) -> dict[str, object]:
    """The agreement whose end is the cause, else the one that ends next."""
    if not _asks(wanted, "agreement."):
        return {}
    leading, today = ground.leading, business_day(ground.now)
    rows = list(Agreement.objects.filter(customer=ground.customer, status=Agreement.Status.ACTIVE, ends__gte=today).order_by("ends", "pk"))
    cause = leading.cause_day if leading else None
    found = next((row for row in rows if cause in (row.ends, row.starts)), rows[0] if rows else None)
    if found is None:
        return {}
    kind = ground.playbook.agreements.get(found.kind)
    kept = _prefixed("agreement", found.attributes)
    return kept | {"agreement.ends": found.ends, "agreement.kind": kind.title if kind else found.kind}


def _customer(ground: _Ground, _: set[str]) -> dict[str, object]:
    return _prefixed("customer", ground.customer.attributes)


def _facts(ground: _Ground, wanted: set[str]) -> dict[str, object]:
    if not _asks(wanted, "fact."):
        return {}
    values = Values(ground.playbook, CustomerRows(ground.customer), business_day(ground.now))
    return {name: values.get(name.removeprefix("fact.")) for name in wanted if name.startswith("fact.")}


def _survey(ground: _Ground, wanted: set[str]) -> dict[str, object]:
    """The customer's own link; made here, so that a message that is written again carries the same one."""
    invitation = survey_links.for_followup(ground.followup, ground.now) if "survey" in wanted else None
    return {"survey": survey_links.address_of(invitation)} if invitation else {}


def _asks(wanted: set[str], prefix: str) -> bool:
    return any(name.startswith(prefix) for name in wanted)


def _prefixed(prefix: str, values: Mapping[str, Any]) -> dict[str, object]:
    return {f"{prefix}.{name}": value for name, value in values.items()}


def _said(value: object, language: str) -> str:
    """A value as text on one line; days and money as people write them."""
    match value:
        case None:
            return ""
        case Words():
            return value.say(language)
        case date():
            return day_words(value, language)
        case float() if value.is_integer():
            return str(int(value))
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return _day(value, language)
        case Decimal():
            return money(value)
        case _:
            return _BREAKS.sub(" ", str(value)).strip()[:_LONGEST]


def _day(text: str, language: str) -> str:
    try:
        return day_words(date.fromisoformat(text), language)
    except ValueError:
        return text
