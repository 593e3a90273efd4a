"""A mail server as the settings page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from huifang.channels.email.mailbox import check
from huifang.channels.email.server import SmtpServer
from huifang.channels.email.smtp import SmtpDriver
from huifang.channels.fields import Field, filled
from huifang.domain.words import Words

FIELDS = (
    Field(
        "address",
        Words("邮件服务器", "Mail server"),
        Words(
            "smtp://用户名:密码@服务器:587?from=发件地址&name=名称（全程加密用 smtps://）。",
            "smtp://user:password@server:587?from=sender&name=name (smtps:// for TLS from the first byte).",
        ),
        secret=True,
    ),
    Field(
        "mailbox",
        Words("收件箱", "Mailbox"),
        Words(
            "退信、投诉和回复从这里读取：imaps://用户名:密码@服务器/INBOX。",
            "Bounces, complaints and replies are read from it: imaps://user:password@server/INBOX.",
        ),
        secret=True,
        required=False,
    ),
)


def from_fields(given: Mapping[str, str], clock: Callable[[], datetime]) -> SmtpDriver:  # noqa: ARG001 - mails carry the ticket's moment
    """The driver of a server; raises `Invalid` for an address that cannot be read."""
    values = filled(FIELDS, given)
    check(values["mailbox"])
    return SmtpDriver(SmtpServer.parse(values["address"]))
