"""What time does to cases: levels are called, promises recalled. Sweeping twice calls nobody twice, and nobody is called at night."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.case_rules import rules_of, work_time
from huifang.app.queries.case_standing import called, stand_of
from huifang.app.records.models import Case, CaseCall, CasePromise, Staff
from huifang.app.services.case_people import called_to
from huifang.app.services.case_steps import locked, refresh, step
from huifang.app.services.notices import tell
from huifang.domain.escalation import DAYTIME, Call, next_call
from huifang.domain.windows import is_open
from huifang.domain.words import Words
from huifang.playbooks.schema import Escalation


def anything_due(now: datetime) -> bool:
    """Whether a sweep would do something. Two queries."""
    return _cases(now).exists() or _promises(now).exists()


def sweep(now: datetime) -> tuple[int, int]:
    """Call every level and recall every promise that is due, each case in its own transaction; how many were called and recalled."""
    calls = sum(_call(pk, now) for pk in list(_cases(now).values_list("pk", flat=True)))
    return calls, sum(_recall(pk, now) for pk in list(_promises(now).values_list("pk", flat=True)))


def _cases(now: datetime) -> QuerySet[Case]:
    return Case.objects.filter(next_call_at__lte=now) if _by_day(now) else Case.objects.none()


def _promises(now: datetime) -> QuerySet[CasePromise]:
    return CasePromise.objects.filter(next_notice_at__lte=now) if _by_day(now) else CasePromise.objects.none()


def _by_day(now: datetime) -> bool:
    return is_open(now, DAYTIME, business_zone())


def _call(case_id: int, now: datetime) -> bool:
    with transaction.atomic():
        case = locked(case_id)
        rules = rules_of(case)
        if rules is None or case.next_call_at is None or case.next_call_at > now:
            return False
        stand = stand_of(case)
        work, _own = work_time(rules, case.customer, stand.start, now)
        if not is_open(now, DAYTIME, work.zone):
            return False
        call = next_call(rules.levels, called(case), stand, work)
        if call is None or call.at > now:
            refresh(case, now)
            return False
        _written, new = CaseCall.objects.get_or_create(
            case=case, round=case.round, level=call.level, times=call.times, defaults={"at": now}
        )
        if new:
            _escalate(case, call, rules.kind.escalate[call.level - 1], now)
        return new


def _escalate(case: Case, call: Call, rule: Escalation, now: datetime) -> None:
    people = called_to(case, rule.to, business_day(now))
    after, unanswered = rule.after.in_words(), rule.still == "unanswered"
    words = Words(
        f"工单 {case.number} 已超过 {after.zh}仍未{'答复客户' if unanswered else '解决'}，升级到第 {call.level} 级。",
        f"Case {case.number} is still not {'answered' if unanswered else 'solved'} after {after.en}: level {call.level}.",
    )
    tell(people, words, f"case:{case.pk}", now)
    case.level = max(case.level, call.level)
    if rule.hand_over and people:
        case.owner = people[0]
    step(None, case, "escalated", "", now, level=call.level, times=call.times, to=[each.name for each in people])


def _recall(promise_id: int, now: datetime) -> bool:
    with transaction.atomic():
        case_id = CasePromise.objects.values_list("case_id", flat=True).get(pk=promise_id)
        case = locked(case_id)
        promise = CasePromise.objects.select_for_update(no_key=True).get(pk=promise_id)
        if promise.next_notice_at is None or promise.next_notice_at > now:
            return False
        late = promise.due_at <= now
        clock = timezone.localtime(promise.due_at, business_zone())
        zh, en = ("已过期", "is overdue") if late else ("即将到期", "is due soon")
        words = Words(
            f"工单 {case.number} 对客户的承诺{zh}（{clock:%m-%d %H:%M}）。", f"A promise in case {case.number} {en} ({clock:%d %b %H:%M})."
        )
        tell(_keepers(case, promise, now, late=late), words, f"case:{case.pk}", now)
        promise.reminded_at = promise.reminded_at or now
        promise.next_notice_at = None if late else promise.due_at
        promise.save(update_fields=["reminded_at", "next_notice_at"])
        return True


def _keepers(case: Case, promise: CasePromise, now: datetime, *, late: bool) -> list[Staff]:
    """Who is reminded: the case's owner and who promised; when it is late, supervisors as well."""
    first = [each for each in (case.owner, promise.made_by) if each is not None and each.is_active]
    return [*first, *(called_to(case, "supervisor", business_day(now)) if late or not first else [])]
