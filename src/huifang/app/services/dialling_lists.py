"""Handing follow-ups to a dialler and taking them back: each goes through the gate and is in the dialler's hand alone until a moment.

The attempt is written before the list leaves, and counts. Whether a number was called, only the dialler's result tells: a row whose time
has passed without one stays in hand and goes to a person, who brings the results or says that it was not called. Nobody calls it meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from huifang.app.access import DIAL, SEE_NUMBERS, dialling_lists_for, dialling_rows_for, followups_for, require
from huifang.app.business_time import business_day
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import Asked, CustomerRows
from huifang.app.queries.moment import Moment
from huifang.app.records.models import Attempt, ChannelSetting, DiallingList, DiallingRow, FollowUp, LostSend, Occurrence, Staff
from huifang.app.senders import closed
from huifang.app.services import audit, gate, handed_over, reconciling
from huifang.app.services.exports import ALONE
from huifang.app.services.followups import give_back_from_dialler, lock_customer, take_for_dialler
from huifang.app.services.notices import SUPERVISORS, people_of, tell_once
from huifang.app.services.withdrawing import withdraw_waiting
from huifang.channels.dialler import FILE_FIELDS, HTTP_FIELDS, FileDialler, HttpDialler, Setup, setup
from huifang.domain.contact import Channel
from huifang.domain.contact_rules import Refused
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

_State = DiallingRow.State
LIVE = (_State.WAITING, _State.OUT, _State.UNKNOWN)
"""In the dialler's hand."""
_LOST = Words("恢复备份前已交给外呼系统。", "It was handed to the dialler before the backup was restored.")
_TAKEN_BACK = Words("已收回，没有拨打。", "Taken back, not called.")


@dataclass(frozen=True, slots=True)
class Dialler:
    """The dialler that is set up: its driver's name, its setting read, and the row it stands in."""

    name: str
    setup: Setup
    row: ChannelSetting


def dialler() -> Dialler | None:
    """The dialler of this installation; None where calls are made by hand. One query."""
    row = ChannelSetting.objects.filter(channel=Channel.PHONE.value).exclude(driver="").first()
    if row is None:
        return None
    fields = FILE_FIELDS if row.driver == FileDialler.name else HTTP_FIELDS
    return Dialler(row.driver, setup(fields, json.loads(row.values or "{}")), row)


def callable_now(by: Staff, now: datetime) -> QuerySet[FollowUp]:
    """Today's free calls of the person's branches whose time it is, without those at an agreed time; the gate has not been asked yet."""
    rows = followups_for(by).filter(channel=Channel.PHONE.value, state=FollowUp.State.OPEN, day=business_day(now), promised=False)
    return rows.filter(Q(next_at=None) | Q(next_at__lte=now), opens_at__lte=now, closes_at__gt=now).order_by("position", "pk")


def hand_over(by: Staff, now: datetime, staff_id: int | None = None) -> DiallingList:
    """Hand over what may be called now, of one colleague's list or of everybody's; each that the gate refuses is left out with its rule.

    Raises `Conflict` where no dialler is set up, calls are stopped, a backup was just restored, or nothing may be called; `NotAllowed` for
    more rows a day by file than one person may take out.
    """
    require(by, DIAL)
    require(by, SEE_NUMBERS)
    found = _ready(now)
    wanted = callable_now(by, now) if staff_id is None else callable_now(by, now).filter(staff=staff_id)
    numbers = list(wanted.values_list("pk", flat=True)[: _room(by, found, now)])
    if not numbers:
        raise _conflict("dialler.nothing", Words("现在没有可以拨打的回访。", "Nothing may be called at this moment."))
    made = DiallingList.objects.create(
        driver=found.name, day=business_day(now), made_at=now, made_by=by, until=now + found.setup.holds
    )  # fmt: skip
    left_out: dict[str, dict[str, object]] = {}
    rows = [_hand(made, found, number, left_out, now) for number in numbers]
    with transaction.atomic():
        made.left_out = list(left_out.values())
        made.save(update_fields=["left_out"])
        audit.write(by, "dialler.handed", f"dialling-list:{made.pk}", rows=sum(map(bool, rows)), left_out=rows.count(False))
    return made


def take_back(by: Staff, list_id: int, keys: Collection[str], now: datetime) -> int:
    """Say that these rows (none: all without a result) were not called; they are on the list again. How many."""
    require(by, DIAL)
    rows = dialling_rows_for(by).filter(list=list_id, state__in=LIVE)
    numbers = list((rows.filter(key__in=keys) if keys else rows).values_list("pk", flat=True))
    done = sum(return_row(number, _TAKEN_BACK, now) for number in numbers)
    with transaction.atomic():
        audit.write(by, "dialler.taken-back", f"dialling-list:{list_id}", rows=done)
    return done


def return_row(row_id: int, words: Words, now: datetime) -> bool:
    """Put one row's follow-up on the list again; its attempt was none. False where a result has come meanwhile."""
    with transaction.atomic():
        lock_customer(DiallingRow.objects.values_list("followup", flat=True).get(pk=row_id))
        row = DiallingRow.objects.select_for_update(no_key=True).get(pk=row_id)
        if row.state not in LIVE:
            return False
        give_back_from_dialler(row.followup_id, row.fence)
        withdraw_idle(row.followup_id)
        begun = Attempt.objects.filter(dialling=row, state=Attempt.State.ATTEMPTING)
        handed_over.taken_back(list(begun.values_list("key", flat=True)), now)
        begun.delete()
        row.attempt, row.state, row.taken_at, row.words = None, _State.RETURNED, now, {"zh": words.zh, "en": words.en}
        row.save(update_fields=["attempt", "state", "taken_at", "words"])
    return True


def withdraw_idle(followup_id: int) -> None:
    """Take off the list what stands for nothing any more: its customer replied while it was in the dialler's hand."""
    if not Occurrence.objects.filter(followup=followup_id, open=True).exists():
        withdraw_waiting(followup_id)


def take_out(by: Staff, list_id: int, now: datetime, form: str) -> tuple[DiallingList, Dialler, list[DiallingRow]]:
    """The rows of a list that may still be called, for a file; noted. Those whom the gate would refuse by now are not among them.

    Raises `NotAllowed` for a list that another has made, `Conflict` where it goes by HTTP or its time has passed.
    """
    require(by, DIAL)
    require(by, SEE_NUMBERS)
    held = dialling_lists_for(by).filter(pk=list_id).first()
    found = dialler()
    if held is None or not own(by, held):
        raise NotAllowed(
            Problem(
                "dialler.missing",
                Words("没有这份外呼名单，或不是您交出的。", "There is no such dialling list, or you have not made it."),
                Words("请自己交出一份名单。", "Hand over a list of your own."),
            )
        )
    if found is None or held.driver != FileDialler.name or held.until <= now:
        raise _conflict("dialler.over", Words("这份名单已过时，不能再取走。", "This list is past its time and cannot be taken out."))
    rows = held.rows.filter(state=_State.OUT, until__gt=now).select_related(
        "followup__customer__branch", "followup__staff", "attempt__contact_point", "followup__playbook_version"
    )
    allowed = [row for row in rows if still_allowed(row, now) is None]
    for row in allowed:
        note(row)
    with transaction.atomic():
        DiallingList.objects.filter(pk=held.pk, taken_at=None).update(taken_at=now)
        audit.write(by, "dialler.taken-out", f"dialling-list:{held.pk}", rows=len(allowed), form=form)
    return held, found, allowed


def own(by: Staff, held: DiallingList) -> bool:
    """Whether a person may take a list out: whoever has made it, and people of all branches."""
    return held.made_by_id == by.pk or by.all_branches


def still_allowed(row: DiallingRow, now: datetime) -> Words | None:
    """None where a row in the dialler's hand may be called at this moment; else the words that say why not. Writes nothing."""
    if row.state not in (_State.WAITING, _State.OUT):
        return Words("这一行已不在外呼系统手里。", "This row is no longer in the dialler's hand.")
    if row.until <= now:
        return Words("已过名单的时限。", "It is past the list's time.")
    if closed().get(Channel.PHONE):
        return Words("电话外呼已停用。", "Dialling has been stopped.")
    if not Occurrence.objects.filter(followup=row.followup_id, open=True).exists():
        return Words("客户已回复，不再需要这次回访。", "The customer has replied; this follow-up is no longer needed.")
    refused = gate.refusal_of_call(row.followup, row.attempt, now)
    return refused.words if refused is not None else None


def note(row: DiallingRow) -> None:
    """Write on the list beside the database that this row leaves the house; nothing may leave where that fails (OSError)."""
    assert row.attempt is not None  # noqa: S101 - a row in the dialler's hand has one
    meant = handed_over.meaning(row.followup, row.followup.customer.code, behind(row.followup_id))
    handed_over.note(row.attempt.key, meant, f"{row.attempt.at:%Y-%m}")


def anything_over(now: datetime) -> bool:
    """Whether rows have passed their time without a result."""
    return DiallingRow.objects.filter(state__in=(_State.WAITING, _State.OUT), until__lte=now).exists()


def end(now: datetime) -> int:
    """Rows past their time: what never left is on the list again, the rest goes to a person; how many went to one."""
    over = DiallingRow.objects.filter(state__in=(_State.WAITING, _State.OUT), until__lte=now)
    for number in list(over.filter(state=_State.WAITING, maybe=False).values_list("pk", flat=True)):
        return_row(number, Words("没有推送成功，没有拨打。", "It could not be pushed and was not called."), now)
    with transaction.atomic():
        rows = list(over.select_for_update(of=("self",), no_key=True).select_related("branch"))
        DiallingRow.objects.filter(pk__in=[row.pk for row in rows]).update(state=_State.UNKNOWN)
        words = Words("外呼名单已过时，还有没有结果的号码。", "A dialling list is past its time, and some numbers have no result.")
        for branch, number in {(row.branch, row.list_id) for row in rows}:
            tell_once(people_of(branch, SUPERVISORS), words, f"dialling-list:{number}", now)
    return len(rows)


def _ready(now: datetime) -> Dialler:
    found = dialler()
    if found is None:
        raise _conflict("dialler.none", Words("还没有设置外呼系统。", "No dialler is set up."))
    if closed().get(Channel.PHONE):
        raise _conflict("dialler.stopped", Words("电话外呼已停用。", "Dialling has been stopped."))
    if found.name == HttpDialler.name and settings.HUIFANG.demo:
        raise _conflict("dialler.demo", Words("演示系统不推送真实号码。", "A demo pushes no numbers anywhere."))
    if reconciling.needed(now):
        raise _conflict(
            "dialler.restored", Words("数据库由备份恢复，请先在发件箱核对。", "The database was restored: reconcile in the outbox first.")
        )
    return found


def _room(by: Staff, found: Dialler, now: datetime) -> int:
    """How many rows more: by file, a person takes out no more a day than of any export; the rest is a colleague's."""
    if found.name == HttpDialler.name:
        return ALONE
    today = DiallingList.objects.filter(made_by=by, day=business_day(now), driver=FileDialler.name)
    left = ALONE - DiallingRow.objects.filter(list__in=today).count()
    if left <= 0:
        said = Words(f"您今天已交出 {ALONE} 个号码。", f"You have handed over {ALONE} numbers today.")
        raise NotAllowed(Problem("dialler.too-many", said, Words("请另一位主管接着交出。", "Another supervisor hands over the rest.")))
    return left


def _hand(made: DiallingList, found: Dialler, followup_id: int, left_out: dict[str, dict[str, object]], now: datetime) -> bool:
    """One row, through the gate; whether it is on the list."""
    with transaction.atomic():
        customer = lock_customer(followup_id)
        followup = take_for_dialler(followup_id, made.until)
        if followup is None:
            return False
        asked = Asked(followup, CustomerRows(customer), behind(followup_id))
        if LostSend.objects.filter(written=False, meaning=handed_over.meaning(followup, customer.code, asked.occurrences)).exists():
            _leave(followup, "dialler.lost", _LOST, left_out)
            return False
        [answer] = gate.allow_in_hand([asked], Moment(now))
        if isinstance(answer, Refused):
            _leave(followup, answer.rule, answer.words, left_out)
            return False
        until = min(made.until, followup.closes_at)
        state = _State.WAITING if found.name == HttpDialler.name else _State.OUT
        DiallingRow.objects.create(
            list=made, followup=followup, branch_id=followup.branch_id, attempt=answer, key=answer.ticket, fence=followup.fence,
            state=state, until=until, next_at=now if state == _State.WAITING else None,
        )  # fmt: skip
    return True


def _leave(followup: FollowUp, rule: str, words: Words, left_out: dict[str, dict[str, object]]) -> None:
    give_back_from_dialler(followup.pk, followup.fence)
    line = left_out.setdefault(rule, {"rule": rule, "zh": words.zh, "en": words.en, "number": 0})
    line["number"] = int(str(line["number"])) + 1


def _conflict(code: str, what: Words) -> Conflict:
    return Conflict(Problem(code, what, Words("请在“外呼”页面核对。", "See the page “Dialler”.")))


def missing() -> Invalid:
    """The error for a key that was never handed over, or lies in another branch."""
    return Invalid(
        Problem(
            "dialler.unknown-key",
            Words("没有交出过这个编号。", "No number with this key was handed over."),
            Words("请核对编号一列是否完整。", "Check that the key is whole."),
        )
    )
