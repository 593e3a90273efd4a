"""Hands one mail to an SMTP server (RFC 5321), and tells apart what failed.

Blind: once the text has gone over and the answer has not come, nobody can say whether it will be delivered.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from huifang.channels.driver import Delivery, Message, Receipt, ReceiptState, Ticket, require_ticket
from huifang.channels.email.server import SmtpServer
from huifang.channels.mail import compose
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid
from huifang.domain.words import Words

_NO_SUCH_CODES = frozenset({550, 551, 553})
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_LOST = Words("邮件已交出，但没有收到服务器的答复。", "The mail was handed over and the server's answer did not come.")


class SmtpDriver:
    """Mails through one server, a connection a mail."""

    name = "email"
    delivery = Delivery.BLIND
    channels = frozenset({Channel.EMAIL})

    def __init__(self, server: SmtpServer, context: ssl.SSLContext | None = None) -> None:
        self.server = server
        self._context = context or ssl.create_default_context()

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """One mail to one recipient."""
        require_ticket(ticket, self.channels)
        try:
            mail = compose(ticket, message, self.server.sender, self.server.name)
        except Invalid as error:
            return Receipt(ReceiptState.FAILED, permanent=True, words=error.problems[0].what)
        return self.hand_over(mail, message.to)

    def hand_over(self, mail: EmailMessage, to: str) -> Receipt:
        """Give a mail that is written to the server: one connection, one recipient."""
        try:
            smtp = self._connect()
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, b"", "sign-in")
        except (OSError, smtplib.SMTPException, ValueError):
            words = Words("连不上邮件服务器。", "The mail server could not be reached.")
            return Receipt(ReceiptState.FAILED, words=words)
        try:
            return _converse(smtp, self.server.sender, to, mail.as_bytes())
        finally:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.security == "ssl":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=self._context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.security == "starttls":
                smtp.starttls(context=self._context)
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _converse(smtp: smtplib.SMTP, sender: str, to: str, mail: bytes) -> Receipt:
    """Sender, recipient, text; up to the text everything that goes wrong is a failure, from there on it is unknown."""
    try:
        code, answer = smtp.mail(sender)
        if code != 250:
            return _refused(code, answer, "sender")
        code, answer = smtp.rcpt(to)
        if code not in (250, 251):
            return _refused(code, answer, "recipient")
    except (OSError, smtplib.SMTPException):
        return Receipt(ReceiptState.FAILED, words=Words("邮件服务器中断了连接。", "The mail server broke off."))
    try:
        code, answer = smtp.data(mail)
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code, b"", "text")
    except (OSError, smtplib.SMTPException):
        return Receipt(ReceiptState.UNKNOWN, words=_LOST)
    if code != 250:
        return _refused(code, answer, "text")
    return Receipt(ReceiptState.SENT, reference=_reference(answer), words=Words("邮件服务器已接收。", "The mail server has taken it."))


_STEPS = {
    "sign-in": Words("登录", "the sign-in"),
    "sender": Words("发件人", "the sender"),
    "recipient": Words("收件人", "the recipient"),
    "text": Words("邮件内容", "the mail"),
}


def _refused(code: int, answer: bytes | str, step: str) -> Receipt:
    """A failure with the server's number; its own words may hold an address and stay out."""
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    found = _ENHANCED.search(said)
    number = f"{code} {found[0]}" if found else str(code)
    what = _STEPS[step]
    words = Words(f"邮件服务器拒绝了{what.zh}（{number}）。", f"The mail server refused {what.en} ({number}).")
    return Receipt(ReceiptState.FAILED, permanent=step == "recipient" and no_such_address(code, said), words=words)


def no_such_address(code: int, answer: str) -> bool:
    """Whether a refusal of the recipient says that the address is wrong for good (RFC 3463: 5.1.x, 5.2.1), not that the mail is unwelcome.

    >>> no_such_address(550, "5.1.1 no such user"), no_such_address(550, "5.7.1 blocked"), no_such_address(452, "4.2.2 full")
    (True, False, False)
    """
    found = _ENHANCED.search(answer)
    if found is None:
        return code in _NO_SUCH_CODES
    return found[1] == "5" and (found[2] == "1" or (found[2], found[3]) == ("2", "1"))


def _reference(answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return said.replace("\n", " ")[:80]
