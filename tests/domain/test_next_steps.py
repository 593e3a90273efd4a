from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import Invalid
from huifang.domain.next_steps import NEXT_WORDS, NextKind, TimeOfDay, after_attempt, next_part
from huifang.domain.outcomes import OUTCOMES
from huifang.domain.spans import Span
from huifang.domain.windows import DayPart, Hours
from tests.domain.made_calendars import china_2026

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 6, 1, 10, tzinfo=SHANGHAI)
PLAIN = TimeOfDay(SHANGHAI)
OFFICE = TimeOfDay(SHANGHAI, hours=(Hours.parse("09:00-12:00"), Hours.parse("14:00-18:00")), calendar=china_2026())


def after(code, made=0, at_most=3, moment=TEN, overrides=None, when=PLAIN, **more):
    return after_attempt(code, made, at_most, moment, overrides or {}, when, **more)


@pytest.mark.parametrize("code", [code for code, outcome in OUTCOMES.items() if outcome.closes])
def test_a_closing_outcome_is_done_however_many_attempts_are_left(code):
    assert (after(code).kind, after(code).attempts) == (NextKind.DONE, 1)


def test_no_answer_waits_for_the_next_part_of_the_day():
    step = after("no_answer")
    assert (step.kind, step.not_before, step.part) == (NextKind.RETRY, TEN.replace(hour=12), DayPart.NOON)
    evening = after("no_answer", moment=TEN.replace(hour=19))
    assert (evening.not_before, evening.part) == (datetime(2026, 6, 2, tzinfo=SHANGHAI), DayPart.MORNING)


def test_a_part_outside_the_hours_of_contact_is_not_waited_for():
    step = after("no_answer", when=OFFICE)
    assert (step.not_before, step.part) == (TEN.replace(hour=14), DayPart.AFTERNOON)


def test_busy_is_tried_again_in_an_hour_and_does_not_use_up_an_attempt():
    step = after("busy", made=2)
    assert (step.kind, step.attempts, step.not_before) == (NextKind.RETRY, 2, TEN + timedelta(hours=1))


def test_the_last_attempt_that_rang_gives_up():
    step = after("no_answer", made=2)
    assert (step.kind, step.attempts, step.words.en) == (NextKind.GIVEN_UP, 3, "As many attempts as the plan allows")


def test_the_playbook_says_how_long_to_wait():
    step = after("no_answer", overrides={"no_answer": Span.parse("2 h")})
    assert (step.not_before, step.part) == (TEN + timedelta(hours=2), None)
    days = after(
        "partly",
        when=OFFICE,
        overrides={"partly": Span.parse("1 working day")},
        moment=datetime(2026, 5, 8, 10, tzinfo=SHANGHAI),
    )
    assert days.not_before == datetime(2026, 5, 9, 10, tzinfo=SHANGHAI)


def test_attempts_are_spread_over_as_many_parts_of_the_day_as_the_playbook_asks():
    when = TimeOfDay(SHANGHAI, hours=OFFICE.hours, day_parts=2)
    step = after("busy", when=when)
    assert (step.not_before, step.part) == (TEN.replace(hour=14), DayPart.AFTERNOON)
    spread = TimeOfDay(SHANGHAI, hours=OFFICE.hours, day_parts=2, tried=frozenset({DayPart.AFTERNOON}))
    assert after("busy", when=spread).part is None


@pytest.mark.parametrize(
    ("clock", "hours", "begins"),
    [
        ("10:05", "15:00-17:00", (0, 15, 0)),  # four hours on it is afternoon, and the afternoon's hours are still to come
        ("11:30", "15:00-17:00", (0, 15, 30)),
        ("11:59", "15:00-15:30", (1, 14, 0)),  # they are over by then: the afternoon of the next day
        ("07:00", "15:00-17:00", (0, 14, 0)),  # still morning, which is to be avoided
    ],
)
def test_a_wait_that_ends_in_another_part_of_the_same_day_is_over_then(clock, hours, begins):
    hour, minute = map(int, clock.split(":"))
    when = TimeOfDay(SHANGHAI, hours=(Hours.parse("09:00-12:00"), Hours.parse(hours)), day_parts=2)
    step = after("no_answer", moment=TEN.replace(hour=hour, minute=minute), overrides={"no_answer": Span.parse("4 h")}, when=when)
    days, hour, minute = begins
    assert (step.not_before, step.part) == (TEN.replace(hour=hour, minute=minute) + timedelta(days=days), DayPart.AFTERNOON)


def test_where_every_part_was_tried_the_next_one_is_taken():
    assert next_part(TEN, OFFICE, frozenset(DayPart))[1] is DayPart.AFTERNOON
    assert next_part(TEN, TimeOfDay(SHANGHAI, hours=()))[1] is DayPart.NOON


def test_a_promised_callback_is_kept_whatever_the_number_of_attempts():
    at = TEN + timedelta(days=2)
    step = after("callback", made=9, callback_at=at)
    assert (step.kind, step.not_before, step.reason) == (NextKind.RETRY, at, "promised")


@pytest.mark.parametrize("at", [None, TEN, TEN - timedelta(days=1)])
def test_a_callback_needs_a_time_to_come(at):
    with pytest.raises(Invalid, match="Enter the time"):
        after("callback", callback_at=at)


def test_a_wrong_number_moves_on_to_another_channel():
    step = after("invalid_number")
    assert (step.kind, step.another_channel, step.not_before, step.attempts) == (NextKind.RETRY, True, TEN, 0)


def test_what_nobody_knows_is_never_repeated_by_itself():
    assert after("unknown").kind is NextKind.CHECK


def test_what_would_come_after_expiry_is_given_up():
    noon = TEN.replace(hour=12)
    assert after("no_answer", expires=noon).reason == "given-up.expired"
    assert after("no_answer", expires=noon + timedelta(microseconds=1)).kind is NextKind.RETRY


MOMENTS = st.integers(0, 300 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))


@given(
    st.sampled_from(sorted(OUTCOMES)),
    st.integers(0, 5),
    st.integers(1, 5),
    MOMENTS,
    st.integers(1, 4),
    st.frozensets(st.sampled_from(DayPart)),
)
def test_every_outcome_has_a_next_step_and_no_retry_lies_in_the_past(code, made, at_most, moment, parts, tried):
    when = TimeOfDay(SHANGHAI, hours=OFFICE.hours, day_parts=parts, tried=tried)
    step = after(code, made, at_most, moment, when=when, callback_at=moment + timedelta(hours=1))
    assert step.reason in NEXT_WORDS
    assert step.attempts - made == OUTCOMES[code].counted
    assert (step.not_before is not None) == (step.kind is NextKind.RETRY)
    assert step.not_before is None or step.not_before >= moment
    assert step.kind is not NextKind.RETRY or step.reason == "promised" or step.attempts < at_most
