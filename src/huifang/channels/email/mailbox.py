"""The mailbox that bounces, complaints and answers come to: by IMAP, or a Maildir folder on this machine."""

from __future__ import annotations

import imaplib
import logging
import mailbox
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

log = logging.getLogger("huifang.mailbox")
AT_A_TIME = 100
TIMEOUT = 20.0


def read_new(address: str, take: Callable[[bytes], None]) -> int:
    """Hand each new mail to `take` and mark it as seen when that returns; how many. Raises OSError where the mailbox cannot be reached.

    A mail whose `take` fails stays new, and those behind it are taken all the same. `address` is ``imaps://user:password@host/INBOX``
    (``imap://`` inside one's own network only) or ``maildir:/folder``.
    """
    parts = urlsplit(address)
    return _maildir(Path(parts.path), take) if parts.scheme == "maildir" else _imap(address, take)


def check(address: str) -> str:
    """The address again; raises `Invalid` for one that cannot be read."""
    parts = urlsplit(address)
    if (
        not address
        or (parts.scheme in ("imap", "imaps") and parts.hostname and parts.username)
        or (parts.scheme == "maildir" and parts.path)
    ):
        return address
    raise Invalid(
        Problem(
            "mailbox.address",
            Words("读不懂收件箱地址。", "The mailbox's address cannot be read."),
            Words("请写成 imaps://用户名:密码@服务器/INBOX。", "Write imaps://user:password@server/INBOX."),
        )
    )


def _taken(mail: bytes, take: Callable[[bytes], None]) -> bool:
    try:
        take(mail)
    except Exception:
        log.exception("a mail that came in")
        return False
    return True


def _imap(address: str, take: Callable[[bytes], None]) -> int:
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        box: imaplib.IMAP4 = (
            imaplib.IMAP4_SSL(host, parts.port or 993, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
            if parts.scheme == "imaps"
            else imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
        )
        try:
            box.login(unquote(parts.username or ""), unquote(parts.password or ""))
            return _new_of(box, parts.path.strip("/") or "INBOX", take)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                box.logout()
    except imaplib.IMAP4.error:
        raise OSError("the mail server refused") from None


def _new_of(box: imaplib.IMAP4, folder: str, take: Callable[[bytes], None]) -> int:
    box.select(folder)
    _, found = box.uid("SEARCH", "UNSEEN")
    numbers, done = found[0].split() if found and found[0] else [], 0
    for number in numbers[:AT_A_TIME]:
        _, answer = box.uid("FETCH", number.decode(), "(BODY.PEEK[])")
        mail = next((part[1] for part in answer if isinstance(part, tuple)), b"")
        if _taken(mail, take):
            box.uid("STORE", number.decode(), "+FLAGS", r"(\Seen)")
            done += 1
    return done


def _maildir(folder: Path, take: Callable[[bytes], None]) -> int:
    box = mailbox.Maildir(folder, create=False)
    done = 0
    for key, mail in list(box.items())[: AT_A_TIME * 10]:
        if "S" in mail.get_flags() or done == AT_A_TIME:
            continue
        if not _taken(box.get_bytes(key), take):
            continue
        mail.add_flag("S")
        mail.set_subdir("cur")
        box[key] = mail
        done += 1
    return done
