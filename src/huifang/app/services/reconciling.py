"""After a backup has been restored: sending waits until what has left the house since the backup is told apart from what has not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.access import STOP_SENDING, require
from huifang.app.queries.customer_rows import Asked
from huifang.app.reach import best_point
from huifang.app.records.models import Attempt, LostSend, Notice, Role, Staff
from huifang.app.records.prepared import Prepared
from huifang.app.services import audit, gate, handed_over
from huifang.app.services.notices import tell
from huifang.channels.registry import SENT_CHANNELS
from huifang.domain.contact import Channel
from huifang.domain.words import Words

_ANY_LOST = Prepared(lambda: LostSend.objects.filter(written=False).order_by("pk").values("id")[:1])
_SUBJECT = "reconciling"
WORDS = Words("恢复备份前已经发送，不再重发，请核实。", "It was sent before the backup was restored; it is not sent again. Please check.")
_WAITING = Words(
    "数据库似乎由备份恢复，自动发送已暂停，请在“发件箱”核对。",
    "The database seems to have been restored; sending waits. Please look in the outbox.",
)


def needed(now: datetime) -> bool:
    """Whether sending must wait; the first time, supervisors and administrators are told."""
    if not handed_over.behind():
        return False
    with transaction.atomic():
        if not Notice.objects.filter(subject=_SUBJECT, read_at=None).exists():
            people = Staff.objects.filter(is_active=True, role__in=(Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR))
            tell(people, _WAITING, _SUBJECT, now)
    return True


def reconcile(by: Staff, now: datetime) -> int:
    """Remember every message that left the house and the database does not know, so that none is sent again; how many. Sending goes on."""
    require(by, STOP_SENDING)
    with transaction.atomic():
        lost = [LostSend(key=key, meaning=meant, found_at=now) for key, meant in handed_over.unknown_lines()]
        LostSend.objects.bulk_create(lost, ignore_conflicts=True)
        Notice.objects.filter(subject=_SUBJECT, read_at=None).update(read_at=now)
        audit.write(by, "sending.reconciled", lost=len(lost))
    return len(lost)


def any_lost() -> bool:
    """Whether something left the house before the restore that has not been written down again. One query."""
    return bool(_ANY_LOST())


def lost_attempt(asked: Asked, now: datetime) -> Attempt | None:
    """The attempt that was made for this follow-up before the restore, written down again; None where none was made.

    It keeps its key, so that the provider's late report still finds it. The caller holds the customer's row.
    """
    followup, rows = asked.followup, asked.rows
    meant = handed_over.meaning(followup, rows.customer.code, asked.occurrences)
    found = LostSend.objects.filter(written=False, meaning=meant).order_by("pk").first()
    if found is None:
        return None
    channel = Channel(followup.channel)
    assert channel in SENT_CHANNELS  # noqa: S101 - only such follow-ups are taken by a channel
    attempt, _ = gate.open_attempt(None, followup, rows, channel, best_point(rows.points, channel), now)
    Attempt.objects.filter(pk=attempt.pk).update(key=found.key)
    LostSend.objects.filter(pk=found.pk).update(written=True)
    return Attempt.objects.select_related("contact_point").get(pk=attempt.pk)
