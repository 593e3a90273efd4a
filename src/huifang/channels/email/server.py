"""Which mail server, from one address: ``smtp://user:password@mail.example.com:587?from=care@example.com&name=安达汽修``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """One server. `security`: ``starttls`` (``smtp://``), ``ssl`` from the first byte (``smtps://``), ``none`` (``?tls=off``).

    Without encryption only inside one's own network.
    `timeout` in seconds holds for every step of the conversation.
    """

    host: str
    port: int
    user: str
    password: str
    sender: str
    name: str = ""
    security: Literal["starttls", "ssl", "none"] = "starttls"
    timeout: float = 20.0

    @classmethod
    def parse(cls, url: str) -> SmtpServer:
        """Read the address; raises `Invalid` with the form that is understood, never repeating the password."""
        parts = urlsplit(url.strip())
        query = parse_qs(parts.query)
        sender = query.get("from", [""])[0]
        try:
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            port = 0
        if not port or not parts.hostname or "@" not in sender.strip("@"):
            raise Invalid(
                Problem(
                    "smtp.address",
                    Words("读不懂邮件服务器地址 HUIFANG_SMTP。", "HUIFANG_SMTP cannot be read."),
                    Words(
                        "请写成 smtp://用户名:密码@服务器:587?from=发件地址（全程加密用 smtps://）。",
                        "Write smtp://user:password@server:587?from=sender (smtps:// for TLS from the first byte).",
                    ),
                )
            )
        security: Literal["starttls", "ssl", "none"] = "ssl" if parts.scheme == "smtps" else "starttls"
        if query.get("tls") == ["off"]:
            security = "none"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, user, password, sender, query.get("name", [""])[0], security)
