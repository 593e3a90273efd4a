"""A list beside the database of what has left the house: one line for each message, on the disk before its driver is called.

A database that is restored from a backup does not know what was sent after the backup; this list does. It is no part of a backup. A line is
the attempt's key and, keyed, what the message was for (customer, programmes and their causes, channel): the same after planning again.
Nothing is ever taken off it: the next restore may be of an older backup, or of the same one again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from huifang.app.crypto import keyring
from huifang.app.records.models import Attempt, FollowUp, LostSend
from huifang.app.records.prepared import Row

_WHOLE = re.compile(rb"([0-9a-f]{64}) ([0-9a-f]{64})\n")
"""A line. One that a crash has cut off may stand before it without an end of its own."""
_LONGEST = 130


def folder() -> Path:
    """Where the lists of this database are, a file for each month."""
    name = hashlib.sha256(str(connection.settings_dict["NAME"]).encode()).hexdigest()[:12]
    data: Path = settings.HUIFANG.data
    return data / "handed-over" / name


def meaning(followup: FollowUp, code: str, occurrences: Iterable[Row]) -> str:
    """What a follow-up's message is for (the occurrences behind it), as a keyed hash; `code` is the customer's."""
    rows = (f"{row['playbook']}|{row['programme']}|{row['cause']}" for row in occurrences)
    said = "\n".join(("handed-over", code, followup.channel, *sorted(rows)))
    return hmac.digest(keyring().index, said.encode(), "sha256").hex()


def note(key: str, meant: str, month: str) -> None:
    """Add a line; on return it is on the disk. Raises OSError where it cannot be written: then nothing may be sent."""
    path = folder() / f"{month}.log"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{key} {meant}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def behind() -> bool:
    """Whether the database does not know the last message that left the house: it has been restored. Reads a line; a query or two."""
    files = sorted(folder().glob("*.log"))
    if not files:
        return False
    with files[-1].open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 3 * _LONGEST))
        lines = _WHOLE.findall(file.read())
    return bool(lines) and not _known([lines[-1][0].decode()])


def taken_back(keys: Sequence[str], now: datetime) -> None:
    """What left the house under these keys was taken back, and their attempts are no more: the lines stay known."""
    rows = [LostSend(key=key, found_at=now, written=True) for key in keys]
    LostSend.objects.bulk_create(rows, ignore_conflicts=True)


def unknown_lines() -> Iterator[tuple[str, str]]:
    """Key and meaning of every line that the database does not know, neither as an attempt nor as what a restore has lost."""
    for path in sorted(folder().glob("*.log")):
        whole = {key.decode(): meant.decode() for key, meant in _WHOLE.findall(path.read_bytes())}
        keys = list(whole)
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            known = _known(some)
            yield from ((key, whole[key]) for key in some if key not in known)


def _known(keys: Sequence[str]) -> set[str]:
    """Those of the keys that the database knows. A query, and another where some were lost."""
    known = set(Attempt.objects.filter(key__in=keys).values_list("key", flat=True))
    lost = [key for key in keys if key not in known]
    return known | set(LostSend.objects.filter(key__in=lost).values_list("key", flat=True)) if lost else known
