"""What customers write back, by whatever channel: taken once, a refusal heard at once, the rest put before the person who looks after them.

Who has written is found by the keyed hash of number or address. A refusal by somebody nobody knows clings to the number all the same.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from huifang.app.access import WORK, incoming_for, require
from huifang.app.business_time import business_day
from huifang.app.indexes import value_index
from huifang.app.reach import POINT_KINDS
from huifang.app.records.models import Absence, Attempt, Branch, ContactPoint, Customer, Incoming, Message, OptOut, Role, Staff
from huifang.app.services import audit, consents, feedback_reading, replied
from huifang.app.services.imports.phones import phones
from huifang.app.services.notices import SUPERVISORS, people_of, tell
from huifang.app.services.receipts import SHORTEST_KEY
from huifang.app.services.register.rows import Unreadable
from huifang.channels.inbound import Reply
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.optout import is_opt_out, mail_opts_out
from huifang.domain.words import Words

_LONGEST = 5000
_KINDS = Incoming.Kind
_WITHOUT_CASE = (Channel.EMAIL, Channel.WECOM)
"""Whose addresses are the same in capitals and in small letters."""


def take(channel: Channel, driver: str, reply: Reply, now: datetime) -> Incoming:
    """Take a reply. When this returns, a refusal is in force over all channels; the same reply taken again changes nothing."""
    text, forms = reply.text[:_LONGEST], _forms(channel, reply)
    said = reply.id or f"{reply.sender}|{text}|{now:%Y-%m-%dT%H}"
    key = hashlib.sha256(f"{driver}|{said}".encode()).hexdigest()
    indexes = [value_index(form) for form in forms]
    refuses = mail_opts_out if channel is Channel.EMAIL else is_opt_out
    with transaction.atomic():
        taken = Incoming.objects.filter(key=key).first()
        if taken is not None:
            return taken
        people = _people(channel, forms, indexes, reply.about)
        last = _answered(people, reply.about) or _last_message(channel, people, indexes)
        customer = last.followup.customer if last else (people[0] if people else None)
        kind = _KINDS.COMPLAINT if reply.complaint else _KINDS.REFUSAL if refuses(text) else _KINDS.REPLY
        row, created = Incoming.objects.get_or_create(
            key=key,
            defaults={
                "channel": channel.value, "customer": customer, "message": last, "sender": forms[0], "text": text, "kind": kind, "at": now,
            },
        )  # fmt: skip
        if created:
            _act(row, people, indexes, now)
    return row


def mark_read(by: Staff, incoming_id: int, now: datetime) -> bool:
    """Somebody has looked at a reply; False where somebody had before, or it is not theirs to see."""
    require(by, WORK)
    with transaction.atomic():
        mine = incoming_for(by).filter(pk=incoming_id, read_at=None).values("pk")
        done = bool(Incoming.objects.filter(pk__in=list(mine.values_list("pk", flat=True))).update(read_at=now, read_by=by))
        if done:
            audit.write(by, "reply.read", f"incoming:{incoming_id}")
    return done


def _act(row: Incoming, people: list[Customer], indexes: list[str], now: datetime) -> None:
    if row.kind == _KINDS.REPLY:
        row.stopped = replied.stop(people, now)
        row.save(update_fields=["stopped"])
        if row.customer_id is not None:
            feedback_reading.read_later("reply", row.pk, row.text, now)
    else:
        refusals = [OptOut(value_index=index, at=now) for index in indexes]
        OptOut.objects.bulk_create(refusals, ignore_conflicts=True)
        for person in people:
            consents.opt_out(None, person, "any", "any", "reply", now, proof=row.text)
    _tell(row, now)
    audit.write(None, f"incoming.{row.kind}", f"incoming:{row.pk}", channel=row.channel, known=row.customer_id is not None)


def _tell(row: Incoming, now: datetime) -> None:
    channel = CHANNEL_WORDS[Channel(row.channel)]
    words = Words(f"客户通过{channel.zh}回复了，请查看。", f"A customer has replied by {channel.en}: please look.")
    if row.kind != _KINDS.REPLY:
        words = Words(
            f"客户通过{channel.zh}拒绝了联络，已停止一切联络。", f"A customer has refused contact by {channel.en}; all contact has stopped."
        )
    owner = row.customer.owner if row.customer else None
    branch = row.customer.branch if row.customer else None
    tell(_who_looks(owner, branch, now), words, f"incoming:{row.pk}", now)


def _who_looks(owner: Staff | None, branch: Branch | None, now: datetime) -> list[Staff]:
    """The owner; where there is none or they are away, whoever stands in for them; else the supervisors of the branch, of any branch where
    nobody knows who wrote, or the administrators. Somebody always hears of it.
    """
    told = [owner] if owner is not None and owner.is_active else []
    if owner is not None:
        day = business_day(now)
        away = Absence.objects.filter(staff=owner, first_day__lte=day, last_day__gte=day).select_related("substitute").first()
        if away is not None:
            stand_in = away.substitute if away.substitute is not None and away.substitute.is_active else None
            told = [stand_in] if stand_in else []
    active = Staff.objects.filter(is_active=True)
    found = told or people_of(branch, SUPERVISORS) or ([] if branch else list(active.filter(role__in=SUPERVISORS)))
    return found or list(active.filter(role=Role.ADMINISTRATOR))


def _people(channel: Channel, forms: list[str], indexes: list[str], about: str) -> list[Customer]:
    """Everybody who has this number or address (in an app: this code), and whom the answered message went to; merged ones by whom they
    became.

    Their rows are locked in the order everybody locks them.
    """
    kinds = POINT_KINDS[channel]
    found = list(ContactPoint.objects.filter(value_index__in=indexes, kind__in=kinds).values_list("customer_id", "customer__merged_into"))
    if channel is Channel.IN_APP:
        found += Customer.objects.filter(code__in=forms).values_list("pk", "merged_into")
    if len(about) >= SHORTEST_KEY:
        found += Attempt.objects.filter(key__startswith=about).values_list("customer_id", "customer__merged_into")
    numbers: set[int] = {merged or customer for customer, merged in found}
    people = Customer.objects.select_related("branch", "owner").filter(pk__in=numbers).order_by("pk")
    return list(people.select_for_update(of=("self",), no_key=True))


def _answered(people: list[Customer], about: str) -> Message | None:
    """The message that is answered, where the reply names it."""
    if len(about) < SHORTEST_KEY:
        return None
    named = Message.objects.select_related("followup__customer__owner", "followup__customer__branch")
    return named.filter(attempt__key__startswith=about, followup__customer__in=people).first()


def _last_message(channel: Channel, people: list[Customer], indexes: list[str]) -> Message | None:
    sent = Attempt.objects.filter(customer__in=people, channel=channel.value, message__isnull=False)
    if POINT_KINDS[channel]:
        sent = sent.filter(contact_point__value_index__in=indexes)
    last = sent.order_by("-at").values_list("message", flat=True).first()
    if last is None:
        return None
    found = Message.objects.select_related("followup__customer__owner", "followup__customer__branch").get(pk=last)
    return found if found.followup.customer in people else None


def _forms(channel: Channel, reply: Reply) -> list[str]:
    """How a sender may stand in the register: numbers in E.164 (two where it is not said of which country), addresses as written and in
    lower case, ids of every kind.
    """
    sender = reply.sender.strip()[:300]
    if "phone" in POINT_KINDS[channel]:
        return _numbers(sender) or [sender]
    others = (each.strip()[:300] for each in reply.also)
    return list(dict.fromkeys((sender, *others, *((sender.lower(),) if channel in _WITHOUT_CASE else ()))))


def _numbers(sender: str) -> list[str]:
    """A number as it is read here, and with its country in front, as networks often give it without a plus sign; where the register has one
    of the two, that one is meant.
    """
    found: dict[str, str] = {}
    for written in (sender, f"+{sender.lstrip('+')}"):
        with suppress(Unreadable, IndexError):
            value = phones(written)[0].value
            found[value_index(value)] = value
    held = set(ContactPoint.objects.filter(value_index__in=found).values_list("value_index", flat=True)) if len(found) > 1 else set()
    return [value for index, value in found.items() if index in held] or list(found.values())
