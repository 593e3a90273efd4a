"""The audit trail: who did what to what. Append-only, chained, without personal data.

Every entry's chain is HMAC-SHA-256, under the installation's key, of the chain before it and the entry; the head row keeps the last number
under a seal of its own. An entry changed, taken out, put in or cut off the end is found by `faults`; nobody without the key can mend it.
Writing locks the head until the transaction ends, so services write the trail last of all.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from huifang.app.crypto import keyring
from huifang.app.records.models import AuditEntry, AuditHead, Staff
from huifang.app.records.prepared import PreparedObjects

Deed = tuple[str, str, dict[str, object]]
"""Action, subject, detail: JSON (numbers, words, codes; no names, no numbers to call)."""
_HEAD = 1
_AT_ONCE = 500
_LOCKED = PreparedObjects(lambda: AuditHead.objects.select_for_update(no_key=True).filter(pk=_HEAD))


def write(by: Staff | None, action: str, subject: str = "", **detail: object) -> AuditEntry:
    """Add an entry within the caller's transaction; `detail` is JSON (numbers, words, codes; no names, no numbers to call)."""
    return write_all(by, [(action, subject, detail)])[0]


def write_all(by: Staff | None, deeds: Sequence[Deed]) -> list[AuditEntry]:
    """Add an entry for each of one person's deeds, in their order; at least one. Three queries."""
    with transaction.atomic():
        head = next(iter(_LOCKED()), None) or _first_head()
        number, chain, at, made = head.number, head.chain, timezone.now(), []
        for number, (action, subject, detail) in enumerate(deeds, head.number + 1):
            entry = AuditEntry(number=number, at=at, by=by, action=action, subject=subject, detail=detail)
            entry.chain = chain = _chain(chain, entry)
            made.append(entry)
        AuditEntry.objects.bulk_create(made)
        AuditHead.objects.filter(pk=_HEAD).update(number=number, chain=chain, seal=_seal(number, chain))
    return made


def take_out(change: Callable[[str, dict[str, Any]], tuple[str, dict[str, Any]]]) -> int:
    """Change subject and detail of entries, for an erasure; how many. The chain is made anew from the first of them on.

    Only the product itself can do this, because only it has the key; the erasure's own entry says how many there were.
    """
    with transaction.atomic():
        _head = next(iter(_LOCKED()), None) or _first_head()
        changed, chain, written = 0, "", list[AuditEntry]()
        for entry in AuditEntry.objects.order_by("number").iterator(_AT_ONCE):
            said = change(entry.subject, entry.detail)
            if said != (entry.subject, entry.detail):
                (entry.subject, entry.detail), changed = said, changed + 1
            if changed:
                entry.chain = _chain(chain, entry)
                written.append(entry)
            chain = entry.chain
        if written:
            AuditEntry.objects.bulk_update(written, ["subject", "detail", "chain"], batch_size=_AT_ONCE)
            AuditHead.objects.filter(pk=_HEAD).update(chain=chain, seal=_seal(_head.number, chain))
    return changed


def _first_head() -> AuditHead:
    """The head of a trail that is still empty, locked; whoever comes second finds it there."""
    AuditHead.objects.get_or_create(pk=_HEAD, defaults={"seal": _seal(0, "")})
    return AuditHead.objects.select_for_update(no_key=True).get(pk=_HEAD)


def faults() -> list[int]:
    """Numbers at which the trail has been tampered with, in order; empty where it is whole. Reads every entry once."""
    found, expected, chain = [], 0, ""
    for entry in AuditEntry.objects.order_by("number").iterator():
        expected += 1
        if entry.number != expected or not hmac.compare_digest(entry.chain, _chain(chain, entry)):
            found.append(entry.number)
        expected, chain = entry.number, entry.chain
    head = AuditHead.objects.filter(pk=_HEAD).first()
    number, last, seal = (head.number, head.chain, head.seal) if head else (0, "", _seal(0, ""))
    if (number, last) != (expected, chain) or not hmac.compare_digest(seal, _seal(number, last)):
        found.append(max(number, expected))
    return found


def _chain(before: str, entry: AuditEntry) -> str:
    row = [before, entry.number, _utc(entry.at), entry.by_id, entry.action, entry.subject, entry.detail]
    return _mac("audit.entry", json.dumps(row, sort_keys=True, ensure_ascii=False, default=str))


def _seal(number: int, chain: str) -> str:
    return _mac("audit.head", f"{number} {chain}")


def _mac(purpose: str, text: str) -> str:
    return hmac.digest(keyring().index, f"{purpose}\0{text}".encode(), "sha256").hex()


def _utc(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1_000_000))
