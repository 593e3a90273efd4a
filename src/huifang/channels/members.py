"""Ids of members in a chat program: one person. WeCom and DingTalk read ``a|b``, ``a,b`` and ``@all`` as several people or everybody."""

from __future__ import annotations

import re

from huifang.channels.driver import Receipt, ReceiptState
from huifang.domain.words import Words

_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_@.-]{0,63}")
"""WeCom and DingTalk: up to 64 letters, digits, ``_-@.``, the first a letter or a digit."""


def is_one(to: str) -> bool:
    """Whether an address names one member.

    >>> [is_one(each) for each in ("zhang.san", "@all", "li|wang", "li,wang", "")]
    [True, False, False, False, False]
    """
    return _MEMBER.fullmatch(to) is not None


def nobody() -> Receipt:
    """The receipt of a message to an address that names nobody, or more than one."""
    words = Words("这不是一位成员的账号，没有发送。", "This is not the id of one member; nothing was sent.")
    return Receipt(ReceiptState.FAILED, permanent=True, words=words)


def too_long(most: int) -> Receipt:
    """The receipt of a text of more than `most` bytes, the end of which the provider would cut off."""
    words = Words(
        f"内容超过 {most} 字节（约 {most // 3} 个汉字），没有发送。请缩短后再发。",
        f"The text is longer than {most} bytes; nothing was sent. Make it shorter.",
    )
    return Receipt(ReceiptState.FAILED, words=words)
