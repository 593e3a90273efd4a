"""Addresses of customers as they are kept, whoever tells them: an import, another system, a webhook."""

from __future__ import annotations

import re

from huifang.app.services.register.rows import Point, Unreadable
from huifang.domain.words import Words

_EMAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@[^@\s,;<>()\"]+\.[^@\s,;<>()\"]{2,}")
_SEVERAL = re.compile(r"[|,;\r\n]|^@")
"""What chat programs read as a list of members, or (``@all``) as everybody."""
CHATS = ("wecom", "dingtalk", "feishu")
_WITHOUT_CASE = "wecom"
"""WeCom's ids are the same in capitals and in small letters, and come back in small ones."""


def email(said: str) -> Point:
    """One e-mail address, in small letters. Raises `Unreadable`."""
    if not _EMAIL.fullmatch(said):
        raise Unreadable("email.unreadable", Words(f"“{said[:40]}”不是邮箱地址。", f"“{said[:40]}” is not an e-mail address."))
    return Point("email", said.lower())


def chat(kind: str, said: str) -> Point:
    """The id of one member of a chat program (`kind` is one of `CHATS`), or the address of a group's robot. Raises `Unreadable`."""
    if _SEVERAL.search(said):
        raise Unreadable(
            "member.unreadable",
            Words(f"“{said[:40]}”不是一位成员的账号，每个账号请单独登记。",
                  f"“{said[:40]}” is not the id of one member; enter each id by itself."),
        )  # fmt: skip
    return Point(kind, (said.lower() if kind == _WITHOUT_CASE and not said.startswith("robot:") else said)[:200])
