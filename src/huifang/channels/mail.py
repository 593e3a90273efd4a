"""An e-mail as it travels: RFC 5322, with a Message-ID that follows from the ticket and a way to unsubscribe (RFC 2369, RFC 8058)."""

from __future__ import annotations

import re
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from huifang.channels.driver import File, Message, Ticket
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_UNSUBSCRIBE = Words("退订：", "Unsubscribe: ")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def compose(ticket: Ticket, message: Message, sender: str, name: str = "") -> EmailMessage:
    """The mail from `sender` (shown as `name`). Raises `Invalid` for an address no mail can be sent to.

    The same ticket gives the same mail to the letter: date and Message-ID come from it.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender, name)
    mail["To"] = _address(message.to)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = ticket.issued_at
    mail["Message-ID"] = f"<{ticket.key[:40]}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    by_mail = f"<mailto:{sender}?subject=unsubscribe>"
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{_CONTROL.sub('', message.unsubscribe)}>, {by_mail}"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        mail["List-Unsubscribe"] = by_mail
    mail.set_content(_with_link(message), charset="utf-8", cte="base64")
    mail["Content-Language"] = "zh-Hans" if message.language.lower().startswith("zh") else "en"
    _attach(mail, message.files, ticket.key[:40])
    return mail


def _with_link(message: Message) -> str:
    """The words, with the address to unsubscribe below them where it must be seen and is not there."""
    link = _CONTROL.sub("", message.unsubscribe)
    if not message.link_shown or not link or link in message.text:
        return message.text
    return f"{message.text}\n\n{_UNSUBSCRIBE.say(message.language)}{link}"


def compose_note(
    sender: str, name: str, to: str, subject: str, text: str, key: str, at: datetime, files: tuple[File, ...] = ()
) -> EmailMessage:
    """A mail of the business to a member of its own staff. The same `key` and `at` give the same mail to the letter.

    Raises `Invalid` for an address no mail can be sent to.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender, name)
    mail["To"] = _address(to)
    mail["Subject"] = one_line(subject)
    mail["Date"] = at
    mail["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, charset="utf-8", cte="base64")
    _attach(mail, files, key)
    return mail


def checked_address(address: str) -> str:
    """The address without blanks around it; raises `Invalid` for one no mail can be sent to."""
    _address(address.strip())
    return address.strip()


def one_line(text: str) -> str:
    r"""Text without line breaks and control characters, so that it cannot begin another header.

    >>> one_line("您好\r\nBcc: x@example.com")
    '您好 Bcc: x@example.com'
    """
    return _CONTROL.sub(" ", text).strip()


def _attach(mail: EmailMessage, files: tuple[File, ...], key: str) -> None:
    """The files behind the words, divided by a boundary that follows from `key`."""
    for file in files:
        main, _, sub = file.kind.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=one_line(file.name))
    if files:
        mail.set_boundary(f"=={key}==")


def _address(address: str, name: str = "") -> Address:
    try:
        if len(address) <= 254 and _ADDRESS.fullmatch(address):
            return Address(display_name=one_line(name), addr_spec=address)
    except (HeaderParseError, ValueError):
        pass
    raise Invalid(
        Problem(
            "email.address",
            Words("这不是可以投递的邮件地址。", "This is no address that mail can be sent to."),
            Words("请核对邮件地址。", "Check the address."),
        )
    )
