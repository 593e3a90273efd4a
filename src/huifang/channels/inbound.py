"""What comes back from a provider: delivery reports and customers' replies, read from one HTTP call and checked to be the provider's.

A driver that can be called back is a `Receiver`. It reads, it never acts; the same call read twice says the same, so that whoever acts can
tell what was there before.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.words import Words

_NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a provider: `query` and `headers` by name (headers in lower case), the body as it came, the moment (UTC) it came."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    now: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message: found by `key` (the ticket's) or by `reference` (the provider's own number), whichever is not empty.

    `permanent`: the number or address itself is wrong.
    """

    arrived: bool
    key: str = ""
    reference: str = ""
    permanent: bool = False
    words: Words = _NOTHING


@dataclass(frozen=True, slots=True)
class Reply:
    """What a customer has written: `sender` is their number, address or member's id; `id` is the provider's, the same when it comes again.

    `complaint`: the customer has marked a message as unwanted; that is a refusal without words. `about`: the key of the message that is
    answered (at least its first 40 digits), where it is known.
    """

    id: str
    sender: str
    text: str
    complaint: bool = False
    about: str = ""
    also: tuple[str, ...] = ()
    """Other ids under which the same person may stand in the register."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a call says, and the answer that the provider expects."""

    reports: tuple[Report, ...] = ()
    replies: tuple[Reply, ...] = ()
    answer: str = ""
    content_type: str = "application/json"


@runtime_checkable
class Receiver(Protocol):
    """A driver whose provider calls back."""

    def take(self, call: Call) -> Taken:
        """Read a call. Raises `NotAllowed` where it is not the provider's, `Invalid` where it cannot be read."""
        ...


_UNSPOKEN = {
    "image": "[图片 picture]", "picture": "[图片 picture]", "sticker": "[表情 sticker]", "voice": "[语音 voice]", "audio": "[语音 voice]",
    "video": "[视频 video]", "shortvideo": "[视频 video]", "media": "[视频 video]", "location": "[位置 place]", "link": "[链接 link]",
    "file": "[文件 file]",
}  # fmt: skip


def unspoken(kind: str) -> str:
    """What stands for a message that is no text: it is a reply all the same, and somebody looks at it where it lies.

    >>> unspoken("voice"), unspoken("hologram")
    ('[语音 voice]', '[其他消息 other]')
    """
    return _UNSPOKEN.get(kind, "[其他消息 other]")


def same(mine: str, theirs: str) -> bool:
    """Whether two signatures are equal, in constant time; an empty one equals nothing."""
    return bool(mine) and hmac.compare_digest(mine.encode(), theirs.encode())


def read_json(body: bytes) -> Any:
    """The body as JSON; raises `Invalid`."""
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise unreadable() from None


def text_of(row: object, name: str) -> str:
    """A field of a JSON object as text; empty where it is missing. Raises `Invalid` where `row` is no object."""
    if not isinstance(row, dict):
        raise unreadable()
    value = row.get(name)
    return "" if value is None else str(value)


def rows_of(data: object) -> list[Any]:
    """A JSON array of at most 1,000 rows, as `data` or as its only row; raises `Invalid`."""
    rows = data if isinstance(data, list) else [data]
    if len(rows) > 1000:
        raise unreadable()
    return rows


def unreadable() -> Invalid:
    """The error for a call that does not have the form its provider documents."""
    return Invalid(
        Problem(
            "hook.unreadable",
            Words("读不懂服务商的回调内容。", "The provider's call cannot be read."),
            Words("请核对该渠道选择的服务商。", "Check which provider is set for this channel."),
        )
    )


def forged() -> NotAllowed:
    """The error for a call whose signature is not the provider's."""
    return NotAllowed(
        Problem(
            "hook.forged",
            Words("回调签名不符。", "The call's signature does not fit."),
            Words("请核对该渠道的密钥和服务器时间。", "Check the channel's secrets and this machine's clock."),
        )
    )
