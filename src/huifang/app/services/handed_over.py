"""A list beside the database of what has left the house: one line for each message, on the disk before its driver is called.

A database that is restored from a backup does not know what was sent after the backup; this list does. It is no part of a backup. A line is
the attempt's key and, keyed, what the message was for (customer, programmes and their causes, channel): the same after planning again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from huifang.app.crypto import keyring
from huifang.app.records.models import Attempt, FollowUp
from huifang.app.records.prepared import Row

_LINE = 64 + 1 + 64 + 1


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
    """Whether the database does not know the last message that left the house: it has been restored. Reads one line and asks one query."""
    files = sorted(folder().glob("*.log"))
    if not files:
        return False
    with files[-1].open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - size % _LINE - _LINE))
        key = file.read(64).decode("ascii", "replace")
    return bool(key) and not Attempt.objects.filter(key=key).exists()


def unknown_lines() -> Iterator[tuple[str, str]]:
    """Key and meaning of every line that the database does not know."""
    for path in sorted(folder().glob("*.log")):
        rows = [line.split() for line in path.read_text("ascii", "replace").splitlines()]
        whole = {row[0]: row[1] for row in rows if len(row) == 2 and len(row[1]) == 64}
        keys = list(whole)
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            known = set(Attempt.objects.filter(key__in=some).values_list("key", flat=True))
            yield from ((key, whole[key]) for key in some if key not in known)


def put_away() -> None:
    """Begin a new list; the old ones stay beside it under another name."""
    for path in folder().glob("*.log"):
        number = sum(1 for _ in folder().glob(f"{path.stem}.*"))
        path.rename(path.with_suffix(f".{number}.reconciled"))
