"""Mails that come back: bounces (RFC 3464), complaints (ARF, RFC 5965), requests to unsubscribe, and what customers have written.

Our own mails are recognised by the ticket's key in the Message-ID that `mail.compose` gives them.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

from huifang.channels.inbound import Reply, Report, Taken, unspoken
from huifang.domain.words import Words

_OURS = re.compile(r"<([0-9a-f]{40})@[^<>\s]+>")
_STATUS = re.compile(r"^Status:\s*([245])\.(\d{1,3})\.(\d{1,3})", re.MULTILINE | re.IGNORECASE)
_ACTION = re.compile(r"^Action:\s*(\w+)", re.MULTILINE | re.IGNORECASE)
_RECIPIENT = re.compile(r"^Original-Rcpt-To:\s*(?:rfc822;)?\s*<?([^<>\s]+)", re.MULTILINE | re.IGNORECASE)
_QUOTED = re.compile(r"^\s*(?:>|On .{4,120} wrote:|-{2,} ?(?:Original|原始)|发件人[:：]|From: |在.{4,80}写道[:：])", re.IGNORECASE)
_MARKUP = re.compile(r"<(style|script|blockquote)\b.*?</\1>|<[^>]{0,2000}>", re.DOTALL | re.IGNORECASE)
_RE = re.compile(r"^(?:\s*(?:re|回复|答复)\s*[:：])+", re.IGNORECASE)
_WRITER = re.compile(r"^From:[^\n]*?([^\s<>@\",;:()\[\]]+@[^\s<>@\",;:()\[\]]+)", re.MULTILINE | re.IGNORECASE)
_MACHINE = re.compile(
    r"^(?:Auto-Submitted:(?!\s*no\b)|Precedence:\s*(?:bulk|auto_reply|junk)|X-Autoreply:|Return-Path:\s*<>)", re.MULTILINE | re.IGNORECASE
)
_BASE64 = re.compile(r"^Content-Transfer-Encoding:\s*base64", re.MULTILINE | re.IGNORECASE)
_LARGEST = 2_000_000
_LONGEST = 5000


def read_mail(raw: bytes) -> Taken:
    """What a mail says; nothing for one that says nothing to us, such as an automatic answer. Never raises for what is in a mail."""
    try:
        return _read(raw)
    except Exception:  # noqa: BLE001 - the library breaks on headings such as ``Message-ID: <[`` with errors of any kind
        return _read_plainly(raw)


def _read(raw: bytes) -> Taken:
    mail = message_from_bytes(raw[:_LARGEST], policy=policy.default)
    kind = str(mail.get_param("report-type", "")).lower()
    if mail.get_content_type() == "multipart/report" and kind == "feedback-report":
        return _complaint(_id(mail, raw), raw)
    if mail.get_content_type() == "multipart/report" and kind == "delivery-status":
        return _bounce(raw)
    if _automatic(mail):
        return Taken()
    return _reply(mail, raw)


def _read_plainly(raw: bytes) -> Taken:
    """The same of a mail whose headings cannot be read as such: who wrote, and all that stands behind the headings."""
    head, _, body = raw[:_LARGEST].replace(b"\r\n", b"\n").partition(b"\n\n")
    headings = head.decode("utf-8", "replace")
    number = hashlib.sha256(raw).hexdigest()
    if "feedback-report" in headings.lower():
        return _complaint(number, raw)
    sender, answered = _WRITER.search(headings), _OURS.search(headings)
    if sender is None or _MACHINE.search(headings):
        return Taken()
    if _BASE64.search(headings):
        with suppress(ValueError):
            body = b64decode(body)
    text = _own_words(body.decode("utf-8", "replace"))
    about = answered[1] if answered else ""
    return Taken(replies=(Reply(number, sender[1], text[:_LONGEST] or unspoken(""), about=about),))


def _bounce(raw: bytes) -> Taken:
    said = raw[:_LARGEST].decode("utf-8", "replace")
    key, action, status = _OURS.search(said), _ACTION.search(said), _STATUS.search(said)
    if key is None or action is None or action[1].lower() not in ("failed", "delivered"):
        return Taken()  # delayed, relayed, expanded: not the end
    arrived = action[1].lower() == "delivered"
    number = ".".join(status.groups()) if status else ""
    words = Words("收件服务器已投递。", "The recipient's server has delivered it.")
    if not arrived:
        words = Words(f"邮件被退回（{number}）。", f"The mail came back ({number}).")
    return Taken((Report(arrived, key[1], permanent=not arrived and _no_such_address(number), words=words),))


def _no_such_address(status: str) -> bool:
    """RFC 3463: 5.1.x (bad address) and 5.2.1 (mailbox disabled)."""
    return status.startswith("5.1.") or status == "5.2.1"


def _complaint(number: str, raw: bytes) -> Taken:
    said = raw[:_LARGEST].decode("utf-8", "replace")
    key, recipient = _OURS.search(said), _RECIPIENT.search(said)
    if key is None and recipient is None:
        return Taken()
    sender = recipient[1] if recipient else ""
    return Taken(replies=(Reply(number, sender, "", complaint=True, about=key[1] if key else ""),))


def _reply(mail: EmailMessage, raw: bytes) -> Taken:
    sender = parseaddr(str(mail.get("From", "")))[1]
    answered = _OURS.search(f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}")
    text, subject = _said(mail), _RE.sub("", str(mail.get("Subject", ""))).strip()
    if not text or subject.lower() in ("unsubscribe", "退订"):
        text = subject
    if not text and any(True for _ in mail.iter_attachments()):
        text = unspoken("file")
    if not sender or not text:
        return Taken()
    return Taken(replies=(Reply(_id(mail, raw), sender, text[:_LONGEST], about=answered[1] if answered else ""),))


def _said(mail: EmailMessage) -> str:
    """The writer's own words: the text up to what is quoted."""
    part = mail.get_body(("plain", "html"))
    try:
        text = part.get_content() if part is not None else ""
    except (LookupError, ValueError, KeyError):
        return ""
    if part is not None and part.get_content_subtype() == "html":
        text = _MARKUP.sub(" ", text)
    return _own_words(str(text))


def _own_words(text: str) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        if _QUOTED.match(line):
            break
        lines.append(line.strip())
    return "\n".join(lines).strip()


def _automatic(mail: EmailMessage) -> bool:
    """RFC 3834: answers of machines are no customer's word."""
    submitted = str(mail.get("Auto-Submitted", "no")).lower()
    bulk = str(mail.get("Precedence", "")).lower() in ("bulk", "auto_reply", "junk")
    return submitted != "no" or bulk or "X-Autoreply" in mail or str(mail.get("Return-Path", "")).strip() == "<>"


def _id(mail: EmailMessage, raw: bytes) -> str:
    return str(mail.get("Message-ID", "")).strip() or hashlib.sha256(raw).hexdigest()
