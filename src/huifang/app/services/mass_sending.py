"""Many messages at once need a second person: those of one programme on one day wait where they are more than the installation's limit.

Whoever made the playbook's version does not let its messages go alone, unless nobody else could. What was let go holds for the number that
was seen; when it grows by more than the limit, it waits again. What is stopped stays unsent for good, each message with its rule in the
ledger.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from huifang.app.access import ALLOW_SENDING, branches_for, may, require
from huifang.app.business_time import business_day
from huifang.app.queries.accounting import planned_messages
from huifang.app.queries.mass_sendings import messages_of
from huifang.app.records.models import FollowUp, MassSending, PlaybookVersion, Staff
from huifang.app.services import audit, notices
from huifang.domain.errors import Conflict, NotAllowed, Problem
from huifang.domain.words import Words

Batch = tuple[str, str]
"""Playbook and programme."""
_State = MassSending.State
STOPPED = Words("这批消息已由管理人员停止发送。", "A manager has stopped these messages.")


def limit() -> int:
    """How many messages of one programme may go on one day without a second person; 0: any number."""
    return int(settings.HUIFANG.mass_over)


def large(day: date) -> dict[Batch, int]:
    """The batches of a day that are over the limit, with how many messages each has. One query."""
    if not limit():
        return {}
    rows = planned_messages(FollowUp.objects.all(), day).order_by().values_list("playbook_version__playbook", "programme")
    return {(playbook, programme): number for playbook, programme, number in rows.annotate(number=Count("pk")).filter(number__gt=limit())}


def anything_to_ask(now: datetime) -> bool:
    """Whether a batch waits of which nobody has been told."""
    return bool(_to_ask(business_day(now)))


def ask(now: datetime) -> int:
    """Write down the batches that wait from now on and tell those who may let them go; how many."""
    day, asked = business_day(now), 0
    for (playbook, programme), number in _to_ask(day).items():
        with transaction.atomic():
            row, _ = MassSending.objects.select_for_update(no_key=True).get_or_create(
                playbook=playbook, programme=programme, day=day, defaults={"number": number, "asked_at": now}
            )
            row.state, row.number, row.asked_at, row.decided_by, row.decided_at = _State.WAITING, number, now, None, None
            row.save()
            words = Words(f"有 {number} 条消息等待您批准发送。", f"{number} messages wait for your word before they are sent.")
            notices.tell([one for one in _deciders() if sees(one, row)], words, f"mass:{row.pk}", now)
            audit.write(None, "sending.asked", f"mass:{row.pk}", playbook=playbook, programme=programme, number=number)
            asked += 1
    return asked


def held(now: datetime) -> Q:
    """The follow-ups of today whose messages wait for a second person."""
    day, found = business_day(now), Q(pk=None)
    known, counted = _rows(day), large(day)
    waiting = {batch for batch, row in known.items() if row.state == _State.WAITING}
    waiting |= {batch for batch, number in counted.items() if batch not in known or _grown(known[batch], number)}
    for playbook, programme in sorted(waiting):
        found |= Q(playbook_version__playbook=playbook, programme=programme, day=day)
    return found


def states_of(followups: Collection[FollowUp]) -> dict[int, str]:
    """What was said of each follow-up's batch; empty where nobody was asked. One query."""
    rows = MassSending.objects.filter(day__in={each.day for each in followups})
    said = {(row.playbook, row.programme, row.day): str(row.state) for row in rows}
    return {each.pk: said.get((each.playbook_version.playbook, each.programme, each.day), "") for each in followups}


def sees(by: Staff, row: MassSending) -> bool:
    """Whether every message of a batch lies in the person's branches."""
    return by.all_branches or not messages_of(row).exclude(branch__in=branches_for(by).values("pk")).exists()


def may_decide(by: Staff, row: MassSending) -> bool:
    """Whether this person may say the word: sees all of it, and has not made it alone."""
    return may(by, ALLOW_SENDING) and sees(by, row) and not _own(by, row)


def decide(by: Staff, sending_id: int, seen: int, now: datetime, *, allowed: bool) -> MassSending:
    """The second person's word on a batch of `seen` messages. What was let go can still be stopped; nothing starts again by itself.

    Raises `NotAllowed` to those who do not see all of it or made it themselves, `Conflict` where it is decided or has grown meanwhile.
    """
    require(by, ALLOW_SENDING)
    with transaction.atomic():
        row = MassSending.objects.select_for_update(no_key=True).filter(pk=sending_id).first()
        if row is None or not sees(by, row):
            raise _refused("mass.not-yours", Words("没有这批消息，或它不全归您管。", "There is no such batch, or not all of it is yours."))
        if allowed and _own(by, row):
            raise _refused(
                "mass.own", Words("自己做的方案不能自己放行群发。", "You made this version; somebody else lets its messages go.")
            )
        number = messages_of(row).count()
        open_ones = (_State.WAITING,) if allowed else (_State.WAITING, _State.ALLOWED)
        if row.state not in open_ones or (allowed and number > seen):
            raise Conflict(
                Problem(
                    "mass.changed",
                    Words("这批消息已有决定，或数量在您查看之后变了。", "This batch is decided already, or has grown since you looked."),
                    Words("请刷新页面再看一遍。", "Reload the page and look again."),
                )
            )
        row.state, row.number, row.decided_by, row.decided_at = _State.ALLOWED if allowed else _State.STOPPED, number, by, now
        row.save()
        told = {"playbook": row.playbook, "programme": row.programme, "number": number}
        audit.write(by, f"sending.{row.state}", f"mass:{row.pk}", **told)
    return row


def _rows(day: date) -> dict[Batch, MassSending]:
    return {(row.playbook, row.programme): row for row in MassSending.objects.filter(day=day)}


def _grown(row: MassSending, number: int) -> bool:
    return row.state == _State.ALLOWED and number > row.number + limit()


def _to_ask(day: date) -> dict[Batch, int]:
    counted = large(day)
    known = _rows(day) if counted else {}
    return {batch: number for batch, number in counted.items() if batch not in known or _grown(known[batch], number)}


def _deciders() -> list[Staff]:
    return [one for one in Staff.objects.filter(is_active=True).exclude(sign_in_name=None) if may(one, ALLOW_SENDING)]


def _own(by: Staff, row: MassSending) -> bool:
    """Whether the person made the version, and somebody else could decide."""
    made = PlaybookVersion.objects.filter(pk__in=messages_of(row).values("playbook_version"), created_by=by).exists()
    return made and any(one.pk != by.pk and sees(one, row) for one in _deciders())


def _refused(code: str, what: Words) -> NotAllowed:
    return NotAllowed(Problem(code, what, Words("请由另一位经理或管理员决定。", "Another manager or administrator decides it.")))
