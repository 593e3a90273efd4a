"""The mailbox that bounces, complaints and answers come to: by IMAP, or a Maildir folder on this machine."""

from __future__ import annotations

import imaplib
import logging
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

log = logging.getLogger("huifang.mailbox")
AT_A_TIME, TRIED = 100, 1_000
"""So many mails are taken at a time, and so many tried: a hundred that cannot be taken do not hold up those behind them."""
TIMEOUT = 20.0

Mail = TypeVar("Mail")
Take = Callable[[bytes], None]


def read_new(address: str, take: Take) -> int:
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


def _each(waiting: Sequence[Mail], read: Callable[[Mail], bytes | None], seen: Callable[[Mail], object], take: Take) -> int:
    done = 0
    for mail in waiting[:TRIED]:
        raw = read(mail)
        if raw is not None and _taken(raw, take):
            seen(mail)
            done += 1
        if done == AT_A_TIME:
            break
    return done


def _taken(mail: bytes, take: Take) -> bool:
    try:
        take(mail)
    except Exception:
        log.exception("a mail that came in")
        return False
    return True


def _imap(address: str, take: Take) -> int:
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


def _new_of(box: imaplib.IMAP4, folder: str, take: Take) -> int:
    def read(number: str) -> bytes | None:
        _, answer = box.uid("FETCH", number, "(BODY.PEEK[])")
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    box.select(folder)
    _, found = box.uid("SEARCH", "UNSEEN")
    numbers = found[0].decode().split() if found and found[0] else []
    return _each(numbers, read, lambda number: box.uid("STORE", number, "+FLAGS", r"(\Seen)"), take)


def _maildir(folder: Path, take: Take) -> int:
    """Only the names of mails that were seen are looked at (https://cr.yp.to/proto/maildir.html): a folder may keep years of them."""

    def read(mail: Path) -> bytes | None:
        try:
            return mail.read_bytes()
        except FileNotFoundError:  # taken by another program
            return None

    def seen(mail: Path) -> None:
        name, flags = _named(mail)
        mail.rename(folder / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")

    files = [mail for part in ("new", "cur") for mail in (folder / part).iterdir() if not mail.name.startswith(".")]
    return _each(sorted((mail for mail in files if "S" not in _named(mail)[1]), key=lambda mail: mail.name), read, seen, take)


def _named(mail: Path) -> tuple[str, str]:
    """What names a mail of a Maildir, and its flags."""
    name, _, flags = mail.name.partition(":2,")
    return name, flags
