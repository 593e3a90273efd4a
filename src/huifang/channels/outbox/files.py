"""Writes every message to a file: what would be sent, for trying out and for installations without a provider.

The ticket's key names the file and a file is never written over, so the same ticket sent twice is one message. Numbers and addresses are
masked: what would be said can be read, to whom exactly stands in the register only.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from huifang.channels.driver import Delivery, Message, Receipt, ReceiptState, Ticket, require_ticket
from huifang.channels.mail import compose
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid
from huifang.domain.masking import mask_email, mask_id, mask_phone
from huifang.domain.words import Words

SENDER = "outbox@huifang.invalid"
"""Sender of mails that go nowhere; ``.invalid`` is reserved for such (RFC 2606)."""


class Outbox:
    """A folder with one file a message, by channel and day: ``email/2026-11-24/<key>.eml``, ``sms/2026-11-24/<key>.json``."""

    name = "outbox"
    delivery = Delivery.DEDUPES
    channels = frozenset({Channel.SMS, Channel.EMAIL, Channel.WECOM, Channel.DINGTALK, Channel.FEISHU, Channel.IN_APP})

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """Write the file to the disk, whole or not at all; a wrong e-mail address is refused as a mail server would refuse it."""
        require_ticket(ticket, self.channels)
        mail = ticket.channel is Channel.EMAIL
        try:
            content = _mail(ticket, message) if mail else _sheet(ticket, message)
        except Invalid as error:
            return Receipt(ReceiptState.FAILED, permanent=True, words=error.problems[0].what)
        path = self.path_of(ticket)
        try:
            _write_once(path, content)
        except OSError as error:
            said = os.strerror(error.errno or 0)
            return Receipt(ReceiptState.UNKNOWN, words=Words(f"写入发件箱失败：{said}。", f"The outbox could not be written: {said}."))
        return Receipt(ReceiptState.SENT, reference=path.name, words=Words("已写入发件箱文件夹。", "Written to the outbox folder."))

    def path_of(self, ticket: Ticket) -> Path:
        """Where a ticket's message is."""
        suffix = ".eml" if ticket.channel is Channel.EMAIL else ".json"
        return self.folder / ticket.channel.value / ticket.issued_at.date().isoformat() / (ticket.key + suffix)


def _mail(ticket: Ticket, message: Message) -> bytes:
    """The mail as it would be, but for its recipient. Raises `Invalid` for an address no mail can be sent to."""
    mail = compose(ticket, message, SENDER)
    mail.replace_header("To", mask_email(message.to))
    return mail.as_bytes()


def _masked(ticket: Ticket, to: str) -> str:
    return mask_phone(to) if ticket.channel is Channel.SMS or to.startswith("+") else mask_email(to) if "@" in to else mask_id(to)


def _sheet(ticket: Ticket, message: Message) -> bytes:
    sheet = {
        "channel": ticket.channel.value, "to": _masked(ticket, message.to), "subject": message.subject, "text": message.text,
        "language": message.language, "attempt": str(ticket.attempt), "key": ticket.key, "allowed_at": ticket.issued_at.isoformat(),
    }  # fmt: skip
    return json.dumps(sheet, ensure_ascii=False, indent=2).encode()


def _write_once(path: Path, content: bytes) -> None:
    """Put `content` at `path` unless something is there; on return it is on the disk, and a crash leaves all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            _link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link(unfinished: Path, path: Path) -> None:
    """Give the finished file its name; one that is there first stays."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
