"""The gate's rules: may this contact happen at this moment?

Rules are asked in order of strength and the first that forbids answers: the person's word, the law, an open promise,
then the firm's own rules. A promise comes before the firm's hours (inside the promised time), complaints, caps and
gaps, account and class; never before an opt-out or the law. Whatever is unknown (zone, needed consent, calendar) forbids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from huifang.domain.calendars import to_utc
from huifang.domain.caps import Cap, Ends, Full, ends, full
from huifang.domain.contact import Purpose
from huifang.domain.contact_facts import ContactFacts, CustomerStatus
from huifang.domain.errors import CalendarError
from huifang.domain.law import Law
from huifang.domain.windows import day_allowed, find_zone, is_open, next_opening, windows_on
from huifang.domain.words import Words

RULES = {
    "status.deceased": Words("客户已去世，停止一切联络。", "The customer has died; all contact stops."),
    "status.closed": Words("客户档案已关闭，停止一切联络。", "The customer's file is closed; all contact stops."),
    "opted-out": Words("客户已拒绝此类联络。", "The customer has refused such contact."),
    "point.missing": Words("没有该渠道的联系方式。", "There is no contact point for this channel."),
    "point.unusable": Words("该渠道的联系方式已知无效。", "The contact point of this channel is known to be wrong."),
    "zone.unknown": Words("客户所在时区不明，请先补充。", "The customer's time zone is not known; enter it first."),
    "law.consent": Words("没有客户同意此类联络的记录。", "There is no record of consent to such contact."),
    "law.sensitive": Words("涉及敏感信息，没有单独同意的记录。", "Sensitive data: there is no record of separate consent."),
    "law.hours": Words("不在“{law}”允许的时段内。", "Outside the hours of “{law}”."),
    "law.hours-somewhere": Words("客户时区不明；按“{law}”，须在该国各时区都允许的时段联络。",
                                 "The customer's time zone is not known: by “{law}” it must be allowed in every zone of the country."),
    "law.cap": Words("已达“{law}”的次数上限：{per}内 {at_most} 次，已联络 {count} 次。",
                     "The cap of “{law}” is reached: {at_most} in {per}, {count} made."),
    "law.conversation": Words("“{law}”：通话后 {gap} 内不得再次联络。", "“{law}”: no contact within {gap} after a conversation."),
    "promise.not-yet": Words("与客户约定的时间还没到。", "The time promised to the customer has not come yet."),
    "complaint.open": Words("客户有未办结的投诉，暂停营销。", "The customer has an open complaint; no marketing meanwhile."),
    "calendar.unknown": Words("缺少该日的工作日历，请先补充。", "The working calendar does not cover the day; complete it first."),
    "hours.closed": Words("不在联络日或联络时段内。", "Outside the days or hours of contact."),
    "account.overdrawn": Words("客户的好感已透支（情感账户 {balance}），现在只做服务联络。",
                               "The customer's goodwill is used up (emotional account {balance}): only service contacts for now."),
    "class.rests": Words("这类客户抱怨被打扰的太多（已达 5%），暂不主动联络。",
                         "Too many customers of this class have complained of being contacted (5 %): none is contacted unasked."),
    "class.slowed": Words("这类客户已放慢联络：间隔由 {per}放宽到 {days} 天。",
                          "This class is contacted less often: {days} days between contacts in place of {per}."),
    "cap.never": Words("联络上限为 0，不允许此类联络。", "The cap is 0: no such contact is allowed."),
    "cap.full": Words("已达联络上限：{per}内 {at_most} 次，已联络 {count} 次。", "The cap is reached: {at_most} in {per}, {count} made."),
    "budget": Words("本月预算 {limit} 已用 {spent}，不够再联络一次。", "This month's budget of {limit} is used up: {spent} spent."),
    "gap": Words("距上次联络不足 {gap}。", "Less than {gap} since the last contact."),
}  # fmt: skip
"""Every rule that can refuse, with what the reader is told."""
_MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Allowed:
    """The contact may happen now; `promised`: because it was promised, whatever caps say. It is counted all the
    same.
    """

    promised: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The contact may not happen now: the rule's code, what the reader is told, and the first moment (UTC) at which
    every rule would allow it if nothing changes; None where waiting does not help.
    """

    rule: str
    words: Words
    next_allowed: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A moment and the facts, with what several rules need."""

    now: datetime
    facts: ContactFacts
    zone: ZoneInfo
    ends: Ends


def decide(moment: datetime, facts: ContactFacts) -> Allowed | Refused:
    """Whether the contact may happen at `moment` (any zone; ValueError without one).

    The same rules find `next_allowed`: each refusal says when it ends, and the rules are asked again then, until all
    agree.
    """
    now = to_utc(moment)
    refused = _refusal(now, facts)
    if refused is None:
        return Allowed(promised=facts.promise is not None)
    return Refused(refused.rule, refused.words, _settled(refused, facts))


def _settled(refused: Refused, facts: ContactFacts) -> datetime | None:
    for _ in range(_MOST_STEPS):
        if refused.next_allowed is None:
            return None
        again = _refusal(refused.next_allowed, facts)
        if again is None:
            return refused.next_allowed
        refused = again
    return None


def _refusal(now: datetime, facts: ContactFacts) -> Refused | None:
    """The strongest rule that forbids contact at `now`, with the moment at which that rule alone ends."""
    lasting = _lasting(facts)
    if lasting is not None:
        return _no(lasting)
    zone = find_zone(facts.zone)
    if zone is None:
        return _no("zone.unknown")
    asked = _Asked(now, facts, zone, partial(ends, zone=zone, calendar=facts.calendar))
    try:
        return next((refused for rule in _TIMED for refused in rule(asked)), None)
    except CalendarError:
        return _no("calendar.unknown")


def _lasting(facts: ContactFacts) -> str | None:
    """The rule that forbids whatever the moment: no waiting helps."""
    consent = facts.consent()
    rules = {
        "status.deceased": facts.status is CustomerStatus.DECEASED,
        "status.closed": facts.status is CustomerStatus.CLOSED,
        "opted-out": consent is False,
        "point.missing": facts.usable is None,
        "point.unusable": facts.usable is False,
        "law.consent": consent is None and facts.consent_wanted(),
        "law.sensitive": facts.sensitive and not facts.separately_agreed(),
    }
    return next((rule for rule, forbids in rules.items() if forbids), None)


def _law_hours(asked: _Asked) -> Iterator[Refused]:
    for law in _laws(asked.facts):
        everywhere = law.zones if asked.facts.zone_assumed else ()
        opening = _lawful_everywhere(law, asked, everywhere) if everywhere else _lawful(asked.now, law, asked, asked.zone)
        if opening != asked.now:
            yield _no("law.hours-somewhere" if everywhere else "law.hours", opening, law=law.title)


def _lawful_everywhere(law: Law, asked: _Asked, zones: Sequence[str]) -> datetime | None:
    """The first moment from now on inside the law's hours in all of the zones; None where there is none in reach."""
    opening, places = asked.now, [ZoneInfo(name) for name in zones]
    for _ in range(_MOST_STEPS):
        later = max(_lawful(opening, law, asked, zone) for zone in places)
        if later == opening:
            return opening
        opening = later
    return None


def _lawful(now: datetime, law: Law, asked: _Asked, zone: ZoneInfo) -> datetime:
    """The first moment from `now` on inside the law's hours, by the clock of a zone or of the law's own."""
    zone = find_zone(law.zone) or zone
    today = now.astimezone(zone).date()
    week = (today + timedelta(days=ahead) for ahead in range(9))
    opening = (window for day in week for window in windows_on(day, (law.hours_on(day.weekday(), asked.facts.region),), zone))
    return next(max(now, window.opens) for window in opening if now < window.closes)


def _law_caps(asked: _Asked) -> Iterator[Refused]:
    for law in _laws(asked.facts):
        for cap in law.caps:
            found = _reached(cap, asked, all_count=law.undelivered_count)
            if found is not None:
                yield _no("law.cap", found.until, law=law.title, **_figures(found))


def _law_conversation(asked: _Asked) -> Iterator[Refused]:
    for law in _laws(asked.facts):
        if law.conversation_gap is not None:
            talks = (each for each in asked.facts.past if each.conversation)
            one = full(Cap(1, law.conversation_gap, channels=law.channels), talks, asked.now, asked.ends, all_count=True)
            if one is not None:
                yield _no("law.conversation", one.until, law=law.title, gap=law.conversation_gap.in_words())


def _promise(asked: _Asked) -> Iterator[Refused]:
    promise = asked.facts.promise
    if promise is not None and promise.opens is not None and asked.now < promise.opens:
        yield _no("promise.not-yet", promise.opens)


def _complaint(asked: _Asked) -> Iterator[Refused]:
    if asked.facts.open_complaint and asked.facts.purpose is Purpose.MARKETING and asked.facts.promise is None:
        yield _no("complaint.open")


def _firm_hours(asked: _Asked) -> Iterator[Refused]:
    facts, zone = asked.facts, asked.zone
    if facts.promise is not None and facts.promise.due(asked.now):
        return
    today = asked.now.astimezone(zone).date()
    if facts.days == "working" and facts.calendar is None:
        yield _no("calendar.unknown")
    elif not (day_allowed(today, facts.days, facts.calendar) and is_open(asked.now, facts.hours, zone)):
        yield _no("hours.closed", _firm_opening(asked))


def _firm_opening(asked: _Asked) -> datetime | None:
    try:
        return next_opening(asked.now, asked.facts.hours, asked.facts.days, asked.facts.calendar, asked.zone)
    except CalendarError:
        return None


def _rests(asked: _Asked) -> Iterator[Refused]:
    if asked.facts.promise is not None:
        return
    today = asked.now.astimezone(asked.zone).date()
    for rest in asked.facts.rests:
        if today < rest.until:
            yield _no(rest.rule, to_utc(datetime.combine(rest.until, time(), asked.zone)), **rest.figures)


def _firm_caps(asked: _Asked) -> Iterator[Refused]:
    if asked.facts.promise is not None:
        return
    for cap in asked.facts.caps:
        found = _reached(cap, asked, all_count=any(law.undelivered_count for law in _laws(asked.facts)))
        if found is not None:
            yield _no("cap.full" if cap.at_most else "cap.never", found.until, **_figures(found))


def _gap(asked: _Asked) -> Iterator[Refused]:
    facts = asked.facts
    if facts.promise is not None:
        return
    for gap in facts.gaps:
        found = _reached(gap, asked, all_count=False)
        if found is not None:
            yield _no("gap", found.until, gap=gap.per.in_words())


def _budget(asked: _Asked) -> Iterator[Refused]:
    budget = asked.facts.budget
    until = budget.until(asked.now) if budget is not None and asked.facts.promise is None else None
    if budget is not None and until is not None:
        yield _no("budget", until, limit=f"{budget.limit:,.2f}", spent=f"{budget.spent:,.2f}")


_TIMED: tuple[Callable[[_Asked], Iterator[Refused]], ...] = (
    _law_hours, _law_caps, _law_conversation, _promise, _complaint, _firm_hours, _rests, _firm_caps, _gap, _budget,
)  # fmt: skip


def _laws(facts: ContactFacts) -> tuple[Law, ...]:
    return tuple(law for law in facts.laws if facts.channel in law.channels)


def _reached(cap: Cap, asked: _Asked, *, all_count: bool) -> Full | None:
    if not cap.covers(asked.facts.channel, asked.facts.purpose):
        return None
    return full(cap, asked.facts.past, asked.now, asked.ends, all_count=all_count)


def _figures(found: Full) -> dict[str, object]:
    return {"per": found.cap.per.in_words(), "at_most": found.cap.at_most, "count": found.count}


def _no(rule: str, until: datetime | None = None, **values: object) -> Refused:
    return Refused(rule, RULES[rule].fill(values), until)
