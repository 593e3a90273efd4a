"""Mails that come back: bounces (RFC 3464), complaints (ARF, RFC 5965), requests to unsubscribe, and what customers have written.

Our own mails are recognised by the ticket's key in the Message-ID that `mail.compose` gives them.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from contextlib import suppress
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from html import unescape

from huifang.channels.inbound import Reply, Report, Taken, unspoken
from huifang.domain.words import Words

_OURS = re.compile(r"<([0-9a-f]{40})@[^<>\s]+>")
_STATUS = re.compile(r"^Status:\s*([245])\.(\d{1,3})\.(\d{1,3})", re.MULTILINE | re.IGNORECASE)
_ACTION = re.compile(r"^Action:\s*(\w+)", re.MULTILINE | re.IGNORECASE)
_RECIPIENT = re.compile(r"^Original-Rcpt-To:\s*(?:rfc822;)?\s*<?([^<>\s]+)", re.MULTILINE | re.IGNORECASE)
_QUOTED = re.compile(
    r"^[^\S\n]*(?:>|On [^\n]{4,160}(?:\n[^\n]{1,160}){0,2}? ?wrote:|[在于][^\n]{4,120}(?:\n[^\n]{1,120})?? ?写道[:：]|_{10,}[^\S\n]*$"
    r"|-{2,} ?(?:Original|Replied|Forwarded|原始|原邮件|邮件原件|回复的原邮件|转发的邮件)|发件人[:：]|From: )",
    re.IGNORECASE | re.MULTILINE,
)
"""Where what was written before begins, in the words of the programs that people write mails with."""
_UNSEEN = re.compile(r"<(style|script|blockquote)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_LINE_ENDS = re.compile(r"<(?:br|hr|/?(?:p|div|tr|li|h[1-6]))\b[^>]{0,2000}>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]{0,2000}>")
_RE = re.compile(r"^(?:\s*(?:re|回复|答复)\s*[:：])+", re.IGNORECASE)
_WRITER = re.compile(r"^From:[^\n]*?([^\s<>@\",;:()\[\]]+@[^\s<>@\",;:()\[\]]+)", re.MULTILINE | re.IGNORECASE)
_MACHINE = re.compile(
    r"^(?:Auto-Submitted:(?!\s*no\b)|Precedence:\s*(?:bulk|auto[-_]reply|junk)|X-Auto(?:reply|respond|response):|Return-Path:\s*<>)",
    re.MULTILINE | re.IGNORECASE,
)
_AWAY = re.compile(
    r"^\s*(?:auto(?:matic)?[- ]?(?:reply|response|answer)|out of (?:the )?office(?: auto[- ]?reply)?"
    r"|(?:外出|休假|离开|出差)?(?:时的?)?自[动動](?:回复|答复|应答|回覆|回復))\s*(?:[:：]|$)",
    re.IGNORECASE,
)
"""Headings of automatic answers that say so in no other way."""
_SUBJECT = re.compile(r"^Subject:[^\S\n]*(.*)", re.MULTILINE | re.IGNORECASE)
_POSTMAN = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_REFUSED = re.compile(r"(?<![\d.])5(?:\d\d(?![\d.])|\.(\d{1,3})\.(\d{1,3})(?![\d.]))")
"""A mail server's word that it will not take a mail: RFC 5321's three digits, RFC 3463's three numbers."""
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
    if _POSTMAN.match(_sender(mail)):
        return _came_back(raw)
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
    if sender is not None and _POSTMAN.match(sender[1]):
        return _came_back(raw)
    if sender is None or _MACHINE.search(headings) or _AWAY.match(_subject(headings)):
        return Taken()
    if _BASE64.search(headings):
        with suppress(ValueError):
            body = b64decode(body)
    text = _own_words(body.decode("utf-8", "replace"))
    about = answered[1] if answered else ""
    return Taken(replies=(Reply(number, sender[1], text[:_LONGEST] or unspoken(""), about=about),))


def _subject(headings: str) -> str:
    """The subject as it is read, where the headings as a whole cannot be."""
    found = _SUBJECT.search(headings)
    written = found[1] if found else ""
    with suppress(HeaderParseError, LookupError, ValueError):
        return str(make_header(decode_header(written)))
    return written


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


def _came_back(raw: bytes) -> Taken:
    """What a mail server says in its own words, not in the form of RFC 3464: heard where it names our mail and that it was refused."""
    said = raw[:_LARGEST].decode("utf-8", "replace")
    body = message_from_bytes(raw[:_LARGEST], policy=policy.compat32)
    texts = (part.get_payload(decode=True) for part in body.walk() if part.get_content_maintype() == "text")
    words = "\n".join(text.decode("utf-8", "replace") for text in texts if isinstance(text, bytes))
    key = _OURS.search(said) or _OURS.search(words)
    numbers = list(_REFUSED.finditer(words))
    if key is None or not numbers:
        return Taken()
    number = next((each[0] for each in numbers if each[1]), numbers[0][0])
    told = Words(f"邮件被退回（{number}）。", f"The mail came back ({number}).")
    return Taken((Report(arrived=False, key=key[1], permanent=_no_such_address(number), words=told),))


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
    sender = _sender(mail)
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
        lines = _LINE_ENDS.sub("\n", _UNSEEN.sub("\n", str(text))).split("\n")
        shown = (unescape(_MARKUP.sub(" ", line)).strip() for line in lines)
        text = "\n".join(line for line in shown if line)
    return _own_words(str(text))


def _own_words(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.splitlines())
    quoted = _QUOTED.search(lines)
    return lines[: quoted.start()].strip() if quoted else lines.strip()


def _sender(mail: EmailMessage) -> str:
    return parseaddr(str(mail.get("From", "")))[1]


def _automatic(mail: EmailMessage) -> bool:
    """RFC 3834: answers of machines are no customer's word."""
    submitted = str(mail.get("Auto-Submitted", "no")).lower()
    bulk = str(mail.get("Precedence", "")).lower() in ("bulk", "auto_reply", "auto-reply", "junk")
    marked = any(each in mail for each in ("X-Autoreply", "X-Autorespond", "X-Autoresponse"))
    away = bool(_AWAY.match(str(mail.get("Subject", ""))))
    return submitted != "no" or bulk or marked or away or str(mail.get("Return-Path", "")).strip() == "<>"


def _id(mail: EmailMessage, raw: bytes) -> str:
    return str(mail.get("Message-ID", "")).strip() or hashlib.sha256(raw).hexdigest()
