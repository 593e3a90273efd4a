"""After an attempt: done, try again not before a moment, given up, or a person has to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from huifang.domain.calendars import WorkingCalendar, later, to_utc
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, Problem
from huifang.domain.outcomes import Effect, Outcome, outcome_of
from huifang.domain.spans import Span
from huifang.domain.windows import DAY_PARTS, WHOLE_DAY, DayPart, Hours, day_part, windows_on
from huifang.domain.words import Words


class NextKind(StrEnum):
    """What becomes of the follow-up."""

    DONE = "done"
    RETRY = "retry"
    GIVEN_UP = "given-up"
    CHECK = "check"


NEXT_WORDS = {
    "done": Words("已办结", "Done"),
    "promised": Words("按约定时间再联络", "Again at the agreed time"),
    "another-channel": Words("联系方式无效，改用其他渠道", "The contact point is wrong; another channel is next"),
    "fallback": Words("多次联系不上，改发消息", "Not reached so often: a message goes out instead"),
    "retry": Words("稍后再试", "To be tried again"),
    "given-up.attempts": Words("已达联络次数上限", "As many attempts as the plan allows"),
    "given-up.expired": Words("下次可试时已过期", "Expired before it could be tried again"),
    "check": Words("结果不明，需人工核实", "Not known whether it arrived; a person checks"),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step and why (`reason`: a key of `NEXT_WORDS`). `attempts` counts this attempt too, where it counts."""

    kind: NextKind
    reason: str
    attempts: int
    not_before: datetime | None = None
    part: DayPart | None = None
    another_channel: bool = False
    message: Channel | None = None
    """The channel that takes over and sends by itself."""

    @property
    def words(self) -> Words:
        """The reason as it is shown."""
        return NEXT_WORDS[self.reason]


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """What decides when the next try may be: zone, hours of contact, calendar (for spans of working days), and parts
    of the day.

    `day_parts`: attempts are spread over at least so many different parts; `tried`: the parts of the earlier
    attempts.
    """

    zone: ZoneInfo
    hours: Sequence[Hours] = (WHOLE_DAY,)
    calendar: WorkingCalendar | None = None
    day_parts: int = 1
    tried: frozenset[DayPart] = frozenset()


def after_attempt(
    code: str,
    attempts_made: int,
    at_most: int,
    moment: datetime,
    overrides: Mapping[str, Span],
    when: TimeOfDay,
    *,
    callback_at: datetime | None = None,
    expires: datetime | None = None,
) -> NextStep:
    """What comes after the outcome `code` of an attempt that ended at `moment`.

    `attempts_made` are the counted attempts before this one; an attempt that did not ring is not counted, so only
    expiry ends a series of those. `overrides` are the playbook's waits by outcome. `callback_at` is the agreed time
    (needed for ``callback``, else `Invalid`); a promise is kept whatever `at_most` says. At or after `expires`
    nothing is tried any more. Moments handed out are UTC.
    """
    outcome = outcome_of(code)
    attempts = attempts_made + outcome.counted
    if outcome.closes:
        return NextStep(NextKind.DONE, "done", attempts)
    if outcome.effect is Effect.CHECK:
        return NextStep(NextKind.CHECK, "check", attempts)
    if outcome.effect is Effect.CALLBACK:
        return NextStep(NextKind.RETRY, "promised", attempts, not_before=_agreed(callback_at, moment))
    if attempts >= at_most:
        return NextStep(NextKind.GIVEN_UP, "given-up.attempts", attempts)
    step = _again(outcome, attempts, to_utc(moment), overrides.get(code), when)
    if expires is not None and step.not_before is not None and step.not_before >= expires:
        return NextStep(NextKind.GIVEN_UP, "given-up.expired", attempts)
    return step


def instead(step: NextStep, way: Channel | None, moment: datetime, *, due: bool) -> NextStep:
    """`step`, or the message that goes out in its place: where `due` (`fallback.FallbackRule`), or where nothing more would be tried.

    What is done, promised or to be looked at stays as it is, and so does a step that another contact point may still bring to its end.
    """
    tried = step.reason == "retry" and due
    if way is None or not (tried or step.kind is NextKind.GIVEN_UP):
        return step
    return NextStep(NextKind.RETRY, "fallback", step.attempts, not_before=to_utc(moment), message=way)


def _again(outcome: Outcome, attempts: int, moment: datetime, override: Span | None, when: TimeOfDay) -> NextStep:
    if outcome.effect is Effect.WRONG_POINT:
        return NextStep(NextKind.RETRY, "another-channel", attempts, not_before=moment, another_channel=True)
    tried = when.tried | {day_part(moment, when.zone)}
    wanted = override or outcome.retry
    if len(tried) < when.day_parts or wanted is None:
        avoid = tried if len(tried) < when.day_parts else frozenset()
        begins, part = next_part(
            moment if wanted is None else later(moment, wanted, when.zone, when.calendar), when, avoid, waited=wanted is not None
        )
        return NextStep(NextKind.RETRY, "retry", attempts, not_before=begins, part=part)
    return NextStep(NextKind.RETRY, "retry", attempts, not_before=later(moment, wanted, when.zone, when.calendar))


def next_part(
    moment: datetime, when: TimeOfDay, avoid: frozenset[DayPart] = frozenset(), *, waited: bool = False
) -> tuple[datetime, DayPart]:
    """The first part of a day that begins after `moment`, overlaps the hours of contact and is not to be avoided (where others are left).

    With `waited`, which says that `moment` is already the end of a wait, the part that is running then will do as well, from the first of
    its hours of contact that is left: four hours after 10:05 is this afternoon, not that of another day.
    """
    inside = [part for part, stretch in DAY_PARTS.items() if any(h.start < stretch.end and stretch.start < h.end for h in when.hours)]
    wanted = [part for part in inside if part not in avoid] or inside or list(DAY_PARTS)
    today = moment.astimezone(when.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(4)]
    begins: list[tuple[datetime, DayPart]] = [
        (window.opens, part)
        for part in wanted
        for day in days
        for window in windows_on(day, (DAY_PARTS[part],), when.zone)
        if window.opens > moment
    ]
    if waited:
        begins.extend(_running(moment, when, wanted))
    return min(begins)


def _running(moment: datetime, when: TimeOfDay, wanted: Sequence[DayPart]) -> Iterator[tuple[datetime, DayPart]]:
    """The part of `wanted` that `moment` lies in, from the first moment of it that is in the hours of contact."""
    today = moment.astimezone(when.zone).date()
    for part in wanted:
        for window in windows_on(today, (DAY_PARTS[part],), when.zone):
            for open_ in windows_on(today, when.hours, when.zone):
                begins = max(moment, open_.opens)
                if window.opens <= moment < window.closes and begins < min(window.closes, open_.closes):
                    yield begins, part


def _agreed(callback_at: datetime | None, moment: datetime) -> datetime:
    if callback_at is None or callback_at <= moment:
        raise Invalid(
            Problem(
                "callback.no-time",
                Words("没有约定再联络的时间，或时间已过。", "There is no time for the callback, or it has passed."),
                Words("请填写与客户约定的时间。", "Enter the time agreed with the customer."),
            )
        )
    return to_utc(callback_at)
