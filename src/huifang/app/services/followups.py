"""Follow-ups in hand: opening one claims it, typing keeps it, others wait until it is given back or its lease has run out.

A claim is one conditional update with a lease by the database's clock and a fencing number that grows with every claim: whoever holds an
older number is refused, however late they come.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import BigAutoField, DateField, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Now

from huifang.app.access import SEE_DAY, WORK, Person, Scoped, followups_for, readable_followups, require, staff_for
from huifang.app.business_time import business_day
from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import Attempt, Customer, Draft, FollowUp, Occurrence, Promise, Record, Role, Staff
from huifang.app.records.prepared import Place, PreparedForMany, PreparedObjects, instance
from huifang.app.services import audit, refused
from huifang.domain.contact import Channel
from huifang.domain.errors import Conflict, NotAllowed, Problem
from huifang.domain.words import Words
from huifang.engine.rules import RULES

LEASE = timedelta(minutes=15)
"""How long an opened follow-up stays in one's hand after the last sign of life."""
_UNTIL = ExpressionWrapper(Now() + Value(LEASE), output_field=DateTimeField())
_NOT_TYPED = ("token", "seconds", "contact_point_id", "channel")
"""What stands in a form without anybody's doing."""
_LEFT = Q(state=FollowUp.State.CLAIMED, lease_until__lte=Now())
_FREE = Q(state=FollowUp.State.OPEN) | _LEFT & Q(claimed_by__isnull=False)
"""Free for people; what a channel has in hand is its own to settle (`delivery`)."""


def _waiting(staff: Person, day: Place, now: Place) -> QuerySet[FollowUp]:
    people = followups_for(staff).exclude(BY_ITSELF)
    return people.filter(_FREE, Q(next_at=None) | Q(next_at__lte=now), Q(staff=staff.pk) | Q(staff=None), day=day)


_ORDER = ("-promised", F("staff").asc(nulls_last=True), "position", "pk")
_NEXT = Scoped(
    lambda staff, day, now: _waiting(staff, day, now).filter(opens_at__lte=now).order_by(*_ORDER).values("id")[:1],
    day=DateField(),
    now=DateTimeField(),
)
_SOON = Scoped(
    lambda staff, day, now: _waiting(staff, day, now).order_by("opens_at", *_ORDER).values("id")[:1], day=DateField(), now=DateTimeField()
)
_CUSTOMER_OF = PreparedObjects(
    lambda followup: (
        Customer.objects.select_for_update(of=("self",), no_key=True).select_related("branch").filter(followups=followup).order_by("pk")[:1]
    ),
    followup=BigAutoField(),
)
_HELD = PreparedForMany(
    lambda customers: Customer.objects.select_for_update(no_key=True).filter(id__in=customers).order_by("pk").values("id"),
    "id",
    BigAutoField(),
)
_LOCKED = PreparedObjects(
    lambda followup: (
        FollowUp.objects.select_for_update(of=("self",), no_key=True)
        .select_related("playbook_version")
        .defer("playbook_version__text")
        .filter(pk=followup)
    ),
    followup=BigAutoField(),
)
_REACHED = Scoped(lambda staff, followup: readable_followups(staff).filter(pk=followup).values("id"), followup=BigAutoField())


def claim(by: Staff, followup_id: int, now: datetime) -> int:
    """Take a follow-up in hand; the fencing number to show with every write. One's own is taken again with a new number.

    Raises NotAllowed where it is not in one's scope or of a later day, Conflict where a colleague has it or it is finished.
    """
    with transaction.atomic():
        check_reach(by, followup_id)
        held = FollowUp.objects.select_for_update(of=("self",), no_key=True).select_related("claimed_by").get(pk=followup_id)
        if held.day > business_day(now):
            raise NotAllowed(_later(held.day))
        if by.role == Role.AGENT and _handed_on(held, by):
            raise Conflict(_taken(held))
        mine = _FREE | Q(state=FollowUp.State.CLAIMED, claimed_by=by)
        taken = FollowUp.objects.filter(mine, pk=followup_id)
        if not taken.update(state=FollowUp.State.CLAIMED, claimed_by=by, lease_until=_UNTIL, fence=F("fence") + 1):
            raise Conflict(_taken(held))
        if held.claimed_by_id not in (None, by.pk):
            _leave_unknown(followup_id)
        fence = held.fence + 1
        audit.write(by, "followup.opened", f"followup:{followup_id}", fence=fence)
    return fence


def take_for_channels(followup_ids: Sequence[int]) -> list[tuple[FollowUp, bool]]:
    """Take in hand what no person is to do, so that its channel sends it, each with whether a channel had it before and left it.

    One of a customer, in the given order. What somebody has, or whose customer's row somebody holds at this moment, is left alone; what a
    channel had in hand is taken again once the lease has run out. The customers stay locked until the transaction ends. Two queries.
    """
    skip = connection.features.has_select_for_update_skip_locked
    rows = FollowUp.objects.select_for_update(of=("self", "customer"), no_key=True, skip_locked=skip)
    free = rows.filter(Q(state=FollowUp.State.OPEN) | _LEFT, pk__in=followup_ids, staff=None, claimed_by=None)
    beside = free.select_related("customer__branch", "customer__owner", "branch", "playbook_version").defer("playbook_version__text")
    found = {row.pk: row for row in beside}
    firsts: dict[int, FollowUp] = {}
    for followup_id in followup_ids:
        if followup_id in found:
            firsts.setdefault(found[followup_id].customer_id, found[followup_id])
    mine = FollowUp.objects.filter(pk__in=[row.pk for row in firsts.values()])
    mine.update(state=FollowUp.State.CLAIMED, lease_until=_UNTIL, fence=F("fence") + 1)
    taken = []
    for row in firsts.values():
        taken.append((row, row.state == FollowUp.State.CLAIMED))
        row.state, row.fence = FollowUp.State.CLAIMED, row.fence + 1
    return taken


def put_back(followup_ids: Collection[int]) -> None:
    """Put on the list again what a channel has in hand and has not sent; the caller holds the customers' rows."""
    FollowUp.objects.filter(pk__in=followup_ids).update(state=FollowUp.State.OPEN, lease_until=None)


def let_lease_end(followup_ids: Collection[int]) -> None:
    """What a channel has in hand and cannot put back, as it may have left before, is free to be taken again at once."""
    FollowUp.objects.filter(pk__in=followup_ids).update(lease_until=Now())


def take_for_dialler(followup_id: int, until: datetime) -> FollowUp | None:
    """Take in hand what a dialler is to call, until its result comes or a person takes it back; None where it is not free."""
    free = FollowUp.objects.filter(pk=followup_id, state=FollowUp.State.OPEN)
    if not free.update(state=FollowUp.State.CLAIMED, claimed_by=None, lease_until=until, fence=F("fence") + 1):
        return None
    rows = FollowUp.objects.select_related("branch", "staff", "playbook_version").defer("playbook_version__text")
    return rows.get(pk=followup_id)


def give_back_from_dialler(followup_id: int, fence: int) -> bool:
    """Put on the list again what a dialler had; False where it is no longer in its hand under this number."""
    held = FollowUp.objects.filter(pk=followup_id, state=FollowUp.State.CLAIMED, claimed_by=None, fence=fence)
    given_back = bool(held.update(state=FollowUp.State.OPEN, lease_until=None))
    refused.end_of_followups([followup_id])
    return given_back


def release(by: Staff, followup_id: int, fence: int, now: datetime) -> bool:  # noqa: ARG001
    """Give a follow-up back unfinished; False where it is no longer in hand under this number."""
    with transaction.atomic():
        held = FollowUp.objects.filter(pk=followup_id, state=FollowUp.State.CLAIMED, claimed_by=by, fence=fence)
        given_back = bool(held.update(state=FollowUp.State.OPEN, claimed_by=None, lease_until=None))
        if given_back:
            _leave_unknown(followup_id)
            refused.end_of_followups([followup_id])
    return given_back


def release_expired() -> int:
    """Put follow-ups that people left open too long back on the list; how many."""
    with transaction.atomic():
        expired = FollowUp.objects.select_for_update(no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked)
        numbers = list(expired.filter(_LEFT, claimed_by__isnull=False).values_list("pk", flat=True))
        FollowUp.objects.filter(pk__in=numbers).update(state=FollowUp.State.OPEN, claimed_by=None, lease_until=None)
        _leave_unknown(*numbers)
        refused.end_of_followups(numbers)
    return len(numbers)


def next_for(by: Staff, day: date, now: datetime) -> FollowUp | None:
    """What to do next of a day: one's own first, then what nobody has; promises whose time has come before the rest."""
    for row in _NEXT(by, day=day, now=now) or _SOON(by, day=day, now=now):
        return instance(FollowUp, row)
    return None


def form_number(followup_id: int, fence: int, token: object) -> str:
    """The number under which one shown form is saved, once: of the follow-up, the fencing number and the form's own token."""
    return hashlib.sha256(f"{followup_id}|{fence}|{token}".encode()).hexdigest()


def save_draft(by: Staff, followup_id: int, content: dict[str, object], now: datetime, fence: int = -1) -> bool:
    """Keep what has been typed and renew the lease. False: kept, but the follow-up is no longer in one's hand.

    What arrives after its own form has been saved (`fence` and the content's `token` tell) is nobody's unsaved work: it is not kept.
    Nor is a form with nothing in it; what was kept before goes with it.
    """
    require(by, WORK)
    check_reach(by, followup_id)
    with transaction.atomic():
        FollowUp.objects.select_for_update(no_key=True).only("pk").get(pk=followup_id)  # a save under way is waited for
        if Record.objects.filter(token=form_number(followup_id, fence, content.get("token", ""))).exists():
            return True
        if any(value for name, value in content.items() if name not in _NOT_TYPED):
            kept = {"content": json.dumps(content, ensure_ascii=False), "saved_at": now}
            Draft.objects.update_or_create(followup_id=followup_id, staff=by, defaults=kept)
        else:
            Draft.objects.filter(followup_id=followup_id, staff=by).delete()
        held = FollowUp.objects.filter(pk=followup_id, state=FollowUp.State.CLAIMED, claimed_by=by)
        return bool(held.update(lease_until=_UNTIL))


def renew(followup_id: int) -> None:
    """A new lease for what is in somebody's hand; the caller holds the row."""
    FollowUp.objects.filter(pk=followup_id).update(lease_until=_UNTIL)


def throw_away(by: Staff, followup_id: int) -> None:
    """Forget what one has typed and not saved."""
    require(by, WORK)
    check_reach(by, followup_id)
    Draft.objects.filter(followup_id=followup_id, staff=by).delete()


def why_lost(followup_id: int) -> Problem:
    """Why a follow-up that one had open is no longer in one's hand."""
    return _taken(FollowUp.objects.select_related("claimed_by").get(pk=followup_id))


def reassign(by: Staff, followup_id: int, to_id: int | None, now: datetime) -> None:  # noqa: ARG001
    """Hand an unfinished follow-up to a colleague, or to whoever is free first; whoever has it in hand loses it.

    What was promised to the customer goes with it, and what was typed and not saved.
    """
    require(by, SEE_DAY)
    to = staff_for(by).filter(is_active=True, pk=to_id).first() if to_id is not None else None
    if to_id is not None and to is None:
        raise NotAllowed(_missing())
    with transaction.atomic():
        followup = unfinished(by, followup_id)
        before = followup.staff_id
        had = followup.claimed_by_id or before
        followup.staff, followup.state, followup.claimed_by, followup.lease_until = to, FollowUp.State.OPEN, None, None
        followup.fence += 1
        if had != to_id:
            followup.handed_from_id = had
            _pass_draft(followup_id, had, to_id)
        followup.save(update_fields=["staff", "state", "claimed_by", "lease_until", "fence", "handed_from"])
        Promise.objects.filter(occurrence__followup=followup_id, open=True).update(staff=to)
        audit.write(by, "followup.reassigned", f"followup:{followup_id}", before=before, after=to_id)


def _pass_draft(followup_id: int, had: int | None, to_id: int | None) -> None:
    """What was typed goes to whoever takes it over, unless they have typed something themselves."""
    drafts = Draft.objects.filter(followup=followup_id)
    if had is not None and to_id is not None and not drafts.filter(staff=to_id).exists():
        drafts.filter(staff=had).update(staff=to_id)


def _handed_on(followup: FollowUp, by: Staff) -> bool:
    """Whether it is a colleague's now: one may read it still, and not take it."""
    return followup.staff_id not in (None, by.pk) and followup.claimed_by_id != by.pk


def withdraw(by: Staff, followup_id: int, reason: str, now: datetime) -> None:  # noqa: ARG001
    """Take a follow-up and its occurrences off the plan for good."""
    require(by, SEE_DAY)
    with transaction.atomic():
        followup = unfinished(by, followup_id)
        Promise.objects.filter(occurrence__followup=followup, open=True).update(open=False)
        Occurrence.objects.filter(followup=followup, open=True).update(open=False, closed_as="withdrawn")
        followup.state, followup.claimed_by, followup.lease_until = FollowUp.State.WITHDRAWN, None, None
        followup.fence += 1
        followup.save(update_fields=["state", "claimed_by", "lease_until", "fence"])
        audit.write(by, "followup.withdrawn", f"followup:{followup_id}", reason=reason)


def check_reach(by: Staff, followup_id: int) -> None:
    """NotAllowed unless one may read the follow-up, without telling whether it exists."""
    require(by, WORK if by.role == Role.AGENT else SEE_DAY)
    if not _REACHED(by, followup=followup_id):
        raise NotAllowed(_missing())


def lock_customer(followup_id: int) -> Customer:
    """The locked row of a follow-up's customer, with its branch; always locked before the follow-up's."""
    found = _CUSTOMER_OF(followup=followup_id)
    if not found:
        raise NotAllowed(_missing())
    return found[0]


def hold(customer_ids: Collection[int]) -> None:
    """Lock the rows of several customers, in the one order in which everybody locks several."""
    _HELD(sorted(customer_ids))


def unfinished(by: Staff, followup_id: int) -> FollowUp:
    """The locked row of a follow-up that is to do or in hand, its customer locked too."""
    check_reach(by, followup_id)
    lock_customer(followup_id)
    followup = FollowUp.objects.select_for_update(no_key=True).get(pk=followup_id)
    sending = followup.state == FollowUp.State.CLAIMED and followup.claimed_by_id is None
    if sending or followup.state in (FollowUp.State.DONE, FollowUp.State.WITHDRAWN):
        raise Conflict(_taken(followup))
    return followup


def in_hand(by: Staff | None, followup_id: int, fence: int) -> FollowUp:
    """The locked row of a follow-up that is in one's hand (None: a channel's) under this number; Conflict otherwise."""
    followup = _LOCKED(followup=followup_id)[0]
    if (followup.state, followup.claimed_by_id, followup.fence) != (FollowUp.State.CLAIMED, by.pk if by else None, fence):
        raise Conflict(_taken(followup))
    return followup


def _leave_unknown(*followup_ids: int) -> None:
    """Attempts that were begun and not recorded: what came of them is not known; they count."""
    begun = Attempt.objects.filter(followup_id__in=followup_ids, state=Attempt.State.ATTEMPTING)
    begun.update(state=Attempt.State.UNKNOWN, outcome="unknown")


def _taken(followup: FollowUp) -> Problem:
    who = followup.claimed_by.name if followup.claimed_by else ""
    match followup.state:
        case FollowUp.State.DONE:
            what = Words("这个回访任务已经完成。", "This follow-up is already done.")
        case FollowUp.State.WITHDRAWN:
            what = _withdrawn(followup)
        case FollowUp.State.CLAIMED if not who and followup.channel == Channel.PHONE:
            what = Words("这个回访任务在外呼系统手里。", "The dialler has this follow-up in hand.")
        case FollowUp.State.CLAIMED if not who:
            what = Words("这条消息正在发送。", "This message is being sent.")
        case _ if who:
            what = Words(f"这个回访任务已由{who}打开。", f"{who} has this follow-up open.")
        case _ if followup.handed_from_id is not None and followup.staff is not None:
            name = followup.staff.name
            return Problem(
                "followup.taken",
                Words(f"这个回访任务已转给{name}。", f"This follow-up has been handed to {name}."),
                Words("您填写的内容已保留；请转告对方。", "What you typed is kept; tell them what they need of it."),
            )
        case _:
            what = Words("这个回访任务已不在您手中。", "This follow-up is no longer in your hand.")
    return Problem(
        "followup.taken",
        what,
        Words("您填写的内容已保留，请从名单中重新打开。", "What you typed is kept; open it again from the list."),
    )


def _withdrawn(followup: FollowUp) -> Words:
    """That it has been withdrawn, with the customer's own word for it where there is one."""
    ended = Occurrence.objects.filter(followup=followup, closed_as="suppressed").values_list("rule", flat=True).first()
    why = RULES[ended].words if ended in RULES else None
    if why is None:
        return Words("这个回访任务已经撤回。", "This follow-up has been withdrawn.")
    return Words(f"{why.zh}，这个回访任务已经撤回。", f"{why.en}: this follow-up has been withdrawn.")


def _missing() -> Problem:
    return Problem(
        "followup.missing",
        Words("找不到这个回访任务或人员。", "There is no such follow-up or person."),
        Words("它可能属于别的分支机构，请回到名单。", "It may belong to another branch; go back to the list."),
    )


def _later(day: date) -> Problem:
    return Problem(
        "followup.later",
        Words(f"这个回访任务排在 {day.isoformat()}。", f"This follow-up is planned for {day.isoformat()}."),
        Words("请到那一天再打开。", "Open it on that day."),
    )
