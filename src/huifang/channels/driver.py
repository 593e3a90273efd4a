"""The port that every channel stands behind: a message goes out with the gate's ticket, and a receipt comes back.

What a driver can do after a crash is its `delivery`:

- ``dedupes``: the same ticket sent again is sent once; whatever was under way is simply sent again. A driver whose provider forgets keys
  says for how long it remembers them (`remembers`); after that nobody can tell.
- ``queryable``: the provider can be asked what became of a ticket; it is asked before anything is sent again.
- ``blind``: nobody can tell; it is never sent again by itself, and a person looks.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.errors import NotAllowed, Problem
from huifang.domain.words import Words

_NOTHING = Words("", "")
_KEY = re.compile(r"[0-9a-f]{64}")


class Delivery(StrEnum):
    """What can be known or repeated after a crash."""

    DEDUPES = "dedupes"
    QUERYABLE = "queryable"
    BLIND = "blind"


class ReceiptState(StrEnum):
    """What became of a message as far as the driver knows."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ticket:
    """The gate's leave for one attempt. `key` (64 hexadecimal digits) names the attempt for ever: it is the same however often it is tried.

    `issued_at` is the moment of the gate's decision, with its zone.
    """

    attempt: uuid.UUID
    key: str
    channel: Channel
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail; `kind` is its media type (``application/pdf``)."""

    name: str
    content: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to whom. `to` is a number (E.164), an address or a member's id; `subject` is empty where the channel has none.

    `unsubscribe` is an https address that takes the customer's refusal by POST (RFC 8058); empty where there is none. With `link_shown` it
    stands in the words of a mail too, as laws ask of advertising. `content` is the key
    of the playbook's content, and `values` are its places in order of appearance with what was filled in, for providers that only take a
    template's number and its values. `files` go with a mail; other channels have none.
    """

    to: str
    subject: str
    text: str
    language: str
    unsubscribe: str = ""
    content: str = ""
    values: tuple[tuple[str, str], ...] = ()
    files: tuple[File, ...] = ()
    link_shown: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of it. `permanent`: the number or address itself is wrong, so that nothing sent there will arrive.

    `reference` is the provider's own number; `words` are for the reader of the ledger and hold no personal data.
    """

    state: ReceiptState
    permanent: bool = False
    reference: str = ""
    words: Words = _NOTHING


@runtime_checkable
class Driver(Protocol):
    """One way out. `send` never raises for what a provider does: that is a receipt. It raises `NotAllowed` without the gate's ticket."""

    name: str
    delivery: Delivery
    channels: frozenset[Channel]

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """Send, once, what the ticket allows."""
        ...


@runtime_checkable
class Queryable(Driver, Protocol):
    """A driver whose provider can be asked."""

    def look(self, ticket: Ticket) -> Receipt | None:
        """What became of an earlier `send` with this ticket; None where the provider has never heard of it."""
        ...


@runtime_checkable
class Forgetful(Driver, Protocol):
    """A driver that dedupes, but only for so long after the first try."""

    remembers: timedelta


@runtime_checkable
class Mixed(Driver, Protocol):
    """A driver whose `delivery` does not hold for every address."""

    def delivery_to(self, to: str) -> Delivery:
        """What can be known or repeated for this address."""
        ...


def delivery_to(driver: Driver, to: str) -> Delivery:
    """What a crash leaves of a message to this address."""
    return driver.delivery_to(to) if isinstance(driver, Mixed) else driver.delivery


def require_ticket(ticket: object, channels: frozenset[Channel]) -> None:
    """Raise `NotAllowed` unless `ticket` is the gate's for one of a driver's own channels; the first line of every `send`."""
    if isinstance(ticket, Ticket) and ticket.channel in channels and _KEY.fullmatch(ticket.key) and ticket.issued_at.tzinfo is not None:
        return
    names = sorted(channels)
    raise NotAllowed(
        Problem(
            "channel.no-ticket",
            Words("没有联络关口为本渠道签发的凭证，不能发送。", "Nothing is sent without the gate's ticket for this channel."),
            Words(
                f"请先由联络关口放行（{'、'.join(CHANNEL_WORDS[each].zh for each in names)}）。",
                f"Ask the gate first ({', '.join(CHANNEL_WORDS[each].en for each in names)}).",
            ),
        )
    )
