"""What an outcome does to the follow-up, its occurrences and promises, and to what is known of the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.reach import best_point
from huifang.app.records.models import Attempt, ContactPoint, Customer, FollowUp, Occurrence, Promise, Role, Staff
from huifang.app.services import consents, customers
from huifang.app.services.contact_facts import calendar_name, hours_of, zone_of
from huifang.app.services.notices import people_of, tell
from huifang.domain.contact import Channel
from huifang.domain.next_steps import NextKind, NextStep, TimeOfDay, after_attempt
from huifang.domain.outcomes import Effect, Outcome
from huifang.domain.windows import day_part
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook

PROMISED_FOR = timedelta(hours=2)
"""A promised time is kept when the contact is made within so long after it."""
_BY_PERSON = (Channel.PHONE, Channel.VISIT, Channel.WECOM, Channel.LETTER)


@dataclass(frozen=True, slots=True)
class Result:
    """The next step: `next_at` later the same day (UTC), or `next_on` a later day; neither where nothing more is tried."""

    kind: NextKind
    next_at: datetime | None = None
    next_on: date | None = None


def apply(
    by: Staff,
    followup: FollowUp,
    playbook: Playbook,
    attempt: Attempt,
    outcome: Outcome,
    callback_at: datetime | None,
    next_on: date | None,
    now: datetime,
) -> Result:
    """Bring follow-up, occurrences and promises to where the outcome leaves them; the caller holds the customer's and follow-up's rows."""
    step = _step(followup, playbook, outcome, callback_at, now)
    open_ones = Occurrence.objects.filter(followup=followup, open=True)
    Promise.objects.filter(occurrence__in=open_ones, open=True, opens_at__lte=now).update(open=False)
    open_ones.update(attempts=F("attempts") + int(outcome.counted), last_staff=by)
    followup.outcome = outcome.code
    followup.attempts_made += int(outcome.counted)
    followup.claimed_by = followup.lease_until = followup.next_at = None
    match step.kind:
        case NextKind.DONE:
            result = _finish(followup, "done", Result(NextKind.DONE), now)
        case NextKind.GIVEN_UP:
            result = _finish(followup, "given-up", Result(NextKind.GIVEN_UP), now)
        case NextKind.CHECK:
            followup.state = FollowUp.State.OPEN
            result = Result(NextKind.CHECK)
        case NextKind.RETRY:
            result = _again(by, followup, playbook, outcome, step, next_on, now)
    followup.save()
    return result


def affect(by: Staff, customer: Customer, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """What the outcome says about the customer: refused, died, wrong number, another language."""
    match outcome.effect:
        case Effect.OPT_OUT:
            consents.opt_out(by, customer, "any", "any", "agent", now)
        case Effect.DECEASED:
            customers.change_status(by, customer, Customer.Status.DECEASED, now)
        case Effect.WRONG_POINT if attempt.contact_point is not None:
            customers.mark_contact_point(by, attempt.contact_point, False, now)
        case Effect.LANGUAGE:
            words = Words("客户与回访员语言不通，请安排其他同事。", "No common language with the customer: please find a colleague.")
            tell(people_of(customer.branch, (Role.SUPERVISOR,)), words, f"followup:{attempt.followup_id}", now)
        case _:
            pass


def _step(followup: FollowUp, playbook: Playbook, outcome: Outcome, callback_at: datetime | None, now: datetime) -> NextStep:
    programme = playbook.programmes[followup.programme]
    customer = followup.customer
    zone = ZoneInfo(zone_of(customer, playbook))
    tried = frozenset(day_part(at, zone) for at in Attempt.objects.filter(followup=followup).values_list("at", flat=True))
    leading = Occurrence.objects.filter(followup=followup, open=True)
    made = max(leading.values_list("attempts", flat=True), default=followup.attempts_made)
    expires = max(leading.values_list("expires", flat=True), default=followup.deadline)
    when = TimeOfDay(
        zone, hours_of(programme, playbook), working_calendar(calendar_name(customer, playbook), business_day(now)),
        programme.attempts.day_parts, tried,
    )  # fmt: skip
    end = datetime.combine(expires + timedelta(days=1), time.min, zone).astimezone(UTC)
    return after_attempt(
        outcome.code, made, programme.attempts.at_most, now, programme.attempts.retry, when, callback_at=callback_at, expires=end
    )


def _finish(followup: FollowUp, closed_as: str, result: Result, now: datetime) -> Result:
    Occurrence.objects.filter(followup=followup, open=True).update(open=False, closed_as=closed_as, next_on=None)
    Promise.objects.filter(occurrence__followup=followup, open=True).update(open=False)
    followup.state, followup.done_at = FollowUp.State.DONE, now
    return result


def _again(
    by: Staff, followup: FollowUp, playbook: Playbook, outcome: Outcome, step: NextStep, next_on: date | None, now: datetime
) -> Result:
    """Later today it stays on the list; on a later day this follow-up is done and its occurrences wait for that day's plan."""
    begins = step.not_before or now
    if outcome.effect is Effect.CALLBACK:
        promise(by, followup, begins, now)
    if step.another_channel and not _another_way(followup, playbook):
        begins = now + timedelta(days=1)
    today = business_day(now)
    stays = next_on in (None, today) and business_day(begins) == today and (begins < followup.closes_at or outcome.effect is Effect.CALLBACK)
    if outcome.effect is Effect.LANGUAGE:
        followup.staff = None
    if stays:
        followup.state, followup.next_at = FollowUp.State.OPEN, begins
        return Result(NextKind.RETRY, next_at=begins)
    day = max(next_on or business_day(begins), today + timedelta(days=1))
    Occurrence.objects.filter(followup=followup, open=True).update(next_on=day)
    followup.state, followup.done_at = FollowUp.State.DONE, now
    return Result(NextKind.RETRY, next_on=day)


def promise(by: Staff | None, followup: FollowUp, at: datetime, now: datetime) -> None:
    """Promise the customer a contact at a time, for the occurrence that leads the follow-up."""
    occurrences = Occurrence.objects.filter(followup=followup, open=True)
    leading = occurrences.filter(programme=followup.programme).first() or occurrences.first()
    if leading is not None:
        Promise.objects.create(
            customer_id=followup.customer_id, occurrence=leading, staff=by, opens_at=at, closes_at=at + PROMISED_FOR,
            day=business_day(at), made_at=now,
        )  # fmt: skip
    followup.promised = True


def _another_way(followup: FollowUp, playbook: Playbook) -> bool:
    """Turn to the next way that reaches the customer: another point of the channel, else the programme's next channel a person uses."""
    points = list(ContactPoint.objects.filter(customer_id=followup.customer_id, usable=True))
    wrong = Attempt.objects.filter(followup=followup, contact_point__isnull=False).order_by("-at").first()
    left = [point for point in points if wrong is None or point.pk != wrong.contact_point_id]
    through = playbook.programmes[followup.programme].through
    ways = [channel for channel in (Channel(followup.channel), *through) if channel in _BY_PERSON and best_point(left, channel)]
    if ways:
        followup.channel = ways[0].value
    return bool(ways)
