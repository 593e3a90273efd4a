"""Handing over the open work of somebody who is away, all at once, and giving back what is still open when they return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import HAND_OVER, absences_for, require, staff_for
from huifang.app.business_time import business_day
from huifang.app.queries import hand_overs as queries
from huifang.app.records.models import Absence, Case, FollowUp, HandedItem, HandOver, Promise, Staff
from huifang.app.services import audit, cases, followups
from huifang.app.services.case_steps import locked, step
from huifang.app.services.notices import tell
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

Kind = HandedItem.Kind
_LIVE = (FollowUp.State.OPEN, FollowUp.State.CLAIMED)


def hand_over(by: Staff, absence_id: int, receivers: Mapping[str, int], now: datetime) -> HandOver:
    """Give what is open to colleagues: item key → id of who takes it; an item that is not named stays. One action, one line a receiver.

    Raises `Invalid` where an appointment is given to nobody or nothing is given at all, `NotAllowed` for people who cannot take it.
    What was finished meanwhile is passed over.
    """
    with transaction.atomic():
        absence = _held(by, absence_id)
        items = queries.open_items(by, absence, business_day(now), "zh")
        people = {each.pk: each for each in queries.colleagues(by, absence)}
        if not set(receivers.values()) <= set(people):
            raise NotAllowed(_missing())
        _check(items, receivers)
        made = HandOver.objects.create(absence=absence, by=by, at=now)
        given: Counter[tuple[int, str]] = Counter()
        for item in items:
            to = receivers.get(item.key)
            if to is not None and _give(by, item.kind, item.number, people[to], now):
                HandedItem.objects.create(hand_over=made, kind=item.kind, number=item.number, customer_id=item.customer_id, to_id=to)
                given[to, item.kind] += 1
        for to in sorted({to for to, _kind in given}):
            tell([people[to]], _received(absence, {kind: given[to, kind] for kind in Kind.values}), f"absence:{absence.pk}", now)
        audit.write(by, "work.handed-over", f"absence:{absence.pk}", items=sum(given.values()), to=sorted({to for to, _kind in given}))
    return made


def give_back(by: Staff, absence_id: int, now: datetime) -> int:
    """Give back what is still open and still with whoever took it; how many pieces."""
    with transaction.atomic():
        absence = _held(by, absence_id)
        return _return(by, absence, now)


def anything_due(day: date) -> bool:
    """Whether somebody has returned and their work has not."""
    return HandOver.objects.filter(returned_at=None, absence__last_day__lt=day).exists()


def return_due(now: datetime) -> int:
    """Give back the work of everybody who has returned; how many pieces. Each absence commits by itself."""
    ids = HandOver.objects.filter(returned_at=None, absence__last_day__lt=business_day(now)).values_list("absence_id", flat=True)
    total = 0
    for absence_id in sorted(set(ids)):
        with transaction.atomic():
            absence = Absence.objects.select_for_update(of=("self",), no_key=True).select_related("staff").get(pk=absence_id)
            total += _return(None, absence, now)
    return total


def _return(by: Staff | None, absence: Absence, now: datetime) -> int:
    handed = list(HandOver.objects.select_for_update(no_key=True).filter(absence=absence, returned_at=None))
    back = 0
    for item in HandedItem.objects.filter(hand_over__in=handed).order_by("pk"):
        if item.to_id is not None and _take_back(by, item, absence.staff, now):
            item.given_back = True
            item.save(update_fields=["given_back"])
            back += 1
    HandOver.objects.filter(pk__in=[each.pk for each in handed]).update(returned_at=now)
    if handed:
        audit.write(by, "work.given-back", f"absence:{absence.pk}", items=back)
    if back:
        words = Words(
            f"您离岗期间交出的 {back} 项工作尚未办完，已交还给您。", f"{back} pieces of the work you handed over are yours again."
        )
        tell([absence.staff], words, f"absence:{absence.pk}", now)
    return back


def _give(by: Staff, kind: str, number: int, to: Staff, now: datetime) -> bool:
    """Whether it was given; False where it was finished meanwhile."""
    try:
        match kind:
            case Kind.FOLLOWUP:
                followups.reassign(by, number, to.pk, now)
            case Kind.CASE:
                cases.assign(by, number, to.pk, now)
            case _:
                return _give_promise(by, number, to, now)
    except Conflict:
        return False
    return True


def _give_promise(by: Staff, number: int, to: Staff, now: datetime) -> bool:
    """The promise, and its contact of the day where the plan has made it already."""
    promise = Promise.objects.select_for_update(no_key=True).get(pk=number)
    live = FollowUp.objects.filter(occurrences=promise.occurrence_id, state__in=_LIVE).first()
    if live is not None:
        followups.reassign(by, live.pk, to.pk, now)
    before, promise.staff = promise.staff_id, to
    promise.save(update_fields=["staff"])
    audit.write(by, "promise.handed-over", f"promise:{promise.pk}", before=before, after=to.pk)
    return True


def _take_back(by: Staff | None, item: HandedItem, to: Staff, now: datetime) -> bool:
    """Whether it went back: only what is open, in nobody's hand, and still with whoever took it."""
    match item.kind:
        case Kind.FOLLOWUP:
            rows = FollowUp.objects.filter(pk=item.number, staff=item.to_id, state=FollowUp.State.OPEN)
            return bool(rows.update(staff=to, handed_from=item.to_id))
        case Kind.CASE:
            case = locked(item.number)
            if case.owner_id != item.to_id or case.state == Case.State.CLOSED:
                return False
            case.owner = to
            step(by, case, "assigned", "", now, to=to.pk, name=to.name)
            return True
        case _:
            promise = Promise.objects.filter(pk=item.number, staff=item.to_id, open=True).first()
            if promise is None:
                return False
            live = FollowUp.objects.filter(occurrences=promise.occurrence_id, staff=item.to_id, state=FollowUp.State.OPEN)
            live.update(staff=to, handed_from=item.to_id)
            return bool(Promise.objects.filter(pk=promise.pk).update(staff=to))


def _check(items: list[queries.Item], receivers: Mapping[str, int]) -> None:
    left = [item for item in items if item.must and item.key not in receivers]
    if left:
        names = "、".join(f"{item.name}（{item.when}）" for item in left[:5])
        raise Invalid(
            Problem(
                "hand-over.appointment",
                Words(f"还有约定没有人接：{names}。", f"Appointments without anybody to keep them: {names}."),
                Words("请逐一选定接手人。", "Choose who keeps each of them."),
            )
        )
    if not any(item.key in receivers for item in items):
        raise Invalid(
            Problem(
                "hand-over.nothing",
                Words("没有选择要交接的工作。", "Nothing was given to anybody."),
                Words("请至少为一项选定接手人。", "Choose somebody for at least one piece."),
            )
        )


def _received(absence: Absence, counts: Mapping[str, int]) -> Words:
    name, last = absence.staff.name, absence.last_day.isoformat()
    promises, tasks, open_cases = (counts[kind] for kind in (Kind.PROMISE, Kind.FOLLOWUP, Kind.CASE))
    return Words(
        f"{name}离岗至 {last}，交给您：约定 {promises} 项，回访任务 {tasks} 项，工单 {open_cases} 件。",
        f"{name} is away until {last} and hands you: {promises} appointments, {tasks} follow-ups, {open_cases} cases.",
    )


def _held(by: Staff, absence_id: int) -> Absence:
    """The absence, locked, of a colleague of one's branches."""
    require(by, HAND_OVER)
    seen = absences_for(by).filter(pk=absence_id, staff__in=staff_for(by).values("pk")).values("pk")
    found = Absence.objects.select_for_update(of=("self",), no_key=True).select_related("staff").filter(pk__in=seen).first()
    if found is None:
        raise NotAllowed(_missing())
    return found


def _missing() -> Problem:
    return Problem(
        "hand-over.missing",
        Words("找不到这条离岗记录，或接手人不能接。", "There is no such absence, or somebody chosen cannot take it."),
        Words("请刷新页面后重选。", "Load the page again and choose anew."),
    )
