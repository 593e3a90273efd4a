"""Batches of many messages as people see them: how many, of what, and three of them to be shown as their customers will read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from huifang.app.access import followups_for
from huifang.app.queries.accounting import planned_messages
from huifang.app.queries.timeline import Names
from huifang.app.records.models import FollowUp, MassSending, Staff
from huifang.domain.contact import CHANNEL_WORDS, Channel

_SHOWN = 3
_TONES = {"waiting": "warn", "allowed": "good", "stopped": "bad"}


@dataclass(frozen=True, slots=True)
class SendingLine:
    """One batch in a list."""

    id: int
    title: str
    state_words: str
    tone: str
    number: int


@dataclass(frozen=True, slots=True)
class SendingPage:
    """One batch: `parts` are branch or channel names with the number of messages, `examples` are of customers in the person's scope."""

    number: int
    channels: Sequence[tuple[str, int]]
    branches: Sequence[tuple[str, int]]
    examples: Sequence[FollowUp]


def of_day(staff: Staff, names: Names, day: date) -> list[SendingLine]:
    """The batches of a day of which the person may see some messages."""
    rows = MassSending.objects.filter(day=day)
    return [
        SendingLine(row.pk, names.programme(row.programme), str(row.get_state_display()), _TONES[row.state], messages_of(row).count())
        for row in rows
        if messages_of(row).filter(pk__in=followups_for(staff)).exists()
    ]


def page_of(staff: Staff, row: MassSending, language: str) -> SendingPage:
    """A batch with its examples: the first, one from the middle, the last of those that wait."""
    every = messages_of(row).order_by()
    channels = every.values_list("channel").annotate(number=Count("pk")).order_by("-number")
    branches = every.exclude(branch=None).values_list("branch__name").annotate(number=Count("pk")).order_by("-number", "branch__name")
    said = [(CHANNEL_WORDS[Channel(name)].say(language), number) for name, number in channels]
    return SendingPage(every.count(), said, list(branches), _examples(staff, row))


def _examples(staff: Staff, row: MassSending) -> list[FollowUp]:
    mine = messages_of(row).filter(pk__in=followups_for(staff).values("pk")).order_by("position", "pk")
    keys = list(mine.values_list("pk", flat=True))
    chosen = dict.fromkeys(keys[len(keys) * part // (_SHOWN - 1) - (part > 0)] for part in range(_SHOWN) if keys)
    known = mine.filter(pk__in=list(chosen)).select_related("customer__owner", "branch", "playbook_version")
    return list(known)


def messages_of(row: MassSending) -> QuerySet[FollowUp]:
    """The follow-ups of a batch whose messages were sent or are to be sent."""
    rows = planned_messages(FollowUp.objects.all(), row.day)
    return rows.filter(playbook_version__playbook=row.playbook, programme=row.programme)
