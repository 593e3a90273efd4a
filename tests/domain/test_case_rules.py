"""Escalation, compensation, closing, reminders, measures: the plain rules of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.case_clocks import WorkTime
from huifang.domain.case_history import Happening, Terms, What, days_worked, standing
from huifang.domain.closing import Settled, missing
from huifang.domain.compensation import CompensationRule, approvers, needs_approval, why_not_approve, why_not_propose
from huifang.domain.errors import Conflict, Invalid
from huifang.domain.escalation import Called, Level, next_call, reopened_too_often
from huifang.domain.improvement import Effect, Stage, effect, following
from huifang.domain.reminders import reminder_at
from huifang.domain.spans import Span
from huifang.domain.windows import WHOLE_DAY
from tests.domain.made_calendars import china_2026
from tests.domain.test_case_clocks import SHANGHAI, WORK, at

HOUR = timedelta(hours=1)
LEVELS = (Level(Span.parse("2 h"), "unanswered"), Level(Span.parse("1 working day"), again=Span.parse("4 h")))


def stands(*steps: tuple[What, datetime]):
    return standing([Happening(what, when) for what, when in steps])


def test_a_history_begins_with_its_opening():
    with pytest.raises(ValueError, match="opening"):
        standing([])


def test_a_holiday_stops_the_clocks_and_a_make_up_saturday_does_not():
    terms = Terms(Span.parse("2 h"), Span.parse("3 working days"), WORK)
    before = standing([Happening(What.OPENED, at(30, 17, month=4))], terms)
    assert (before.first_answer_due, before.solve_due) == (at(6, 10, month=5), at(8, 18, month=5))
    again = standing([Happening(What.OPENED, at(30, 17, month=4)), Happening(What.REOPENED, at(8, 17, month=5))], terms)
    assert (again.round, again.first_answer_due, again.solve_due) == (2, at(9, 10, month=5), at(12, 18, month=5))


def test_the_first_answers_clock_never_stands_still():
    terms = Terms(Span.parse("2 h"), Span.parse("4 h"), WORK)
    paused = standing([Happening(What.OPENED, at(1, 9)), Happening(What.PAUSED, at(1, 10))], terms)
    assert (paused.first_answer_due, paused.solve_due, paused.paused) == (at(1, 11), None, True)
    on = standing([*[Happening(What.OPENED, at(1, 9)), Happening(What.PAUSED, at(1, 10))], Happening(What.RESUMED, at(1, 11))], terms)
    assert (on.solve_due, on.paused) == (at(1, 16), False)


def test_clocks_may_run_every_day_or_on_weekdays_by_name():
    calendar = china_2026()
    assert days_worked(calendar, "working") is calendar
    assert days_worked(calendar, "every").is_working(at(2, 9, month=5).date())
    assert not days_worked(calendar, ("sat",)).is_working(at(1, 9).date())


def test_each_level_is_called_once_and_again_only_where_the_rule_says_so():
    stand = stands((What.OPENED, at(1, 9)))
    first = next_call(LEVELS, {}, stand, WORK)
    assert first and (first.level, first.times, first.at) == (1, 1, at(1, 11))
    second = next_call(LEVELS, {1: Called(1, at(1, 11))}, stand, WORK)
    assert second and (second.level, second.at) == (2, at(2, 18))
    third = next_call(LEVELS, {1: Called(1, at(1, 11)), 2: Called(1, at(2, 18))}, stand, WORK)
    assert third and (third.level, third.times, third.at) == (2, 2, at(3, 15))


def test_an_answer_or_a_solution_calls_nobody_any_more_and_a_pause_waits():
    answered = stands((What.OPENED, at(1, 9)), (What.ANSWERED, at(1, 10)))
    assert next_call(LEVELS, {}, answered, WORK).level == 2
    assert next_call(LEVELS, {}, stands((What.OPENED, at(1, 9)), (What.SOLVED, at(1, 10))), WORK) is None
    held = stands((What.OPENED, at(1, 9)), (What.ANSWERED, at(1, 10)), (What.PAUSED, at(1, 11)))
    assert next_call(LEVELS, {}, held, WORK) is None


def test_nobody_is_called_at_night_even_where_the_clock_runs_round_the_clock():
    always = WorkTime(_every_day(), (WHOLE_DAY,), SHANGHAI)
    call = next_call((Level(Span.parse("1 h")),), {}, stands((What.OPENED, at(1, 22))), always)
    assert call and call.at == at(2, 8)


def _every_day() -> WorkingCalendar:
    return days_worked(china_2026(), "every")


def test_repeated_reopening_is_noticed():
    assert [reopened_too_often(number, 2) for number in (1, 2, 3)] == [False, False, True]
    assert not reopened_too_often(9, None)


RULE = CompensationRule(Decimal(50), {"supervisor": Decimal(500), "manager": Decimal(5000)})


def test_compensation_is_limited_for_the_case_as_a_whole():
    assert why_not_propose(Decimal(0), Decimal(0), RULE).code == "compensation.amount"
    assert why_not_propose(Decimal(4000), Decimal(1001), RULE).code == "compensation.over-limit"
    assert why_not_propose(Decimal(4000), Decimal(1000), RULE) is None
    assert [needs_approval(Decimal(50), Decimal(given), RULE) for given in (0, 1)] == [False, True]
    assert CompensationRule().most == 0


def test_a_second_person_with_the_limit_approves():
    assert approvers(Decimal(500), RULE) == ("supervisor", "manager")
    assert approvers(Decimal("500.01"), RULE) == ("manager",)
    assert why_not_approve("manager", Decimal(10), RULE, own=True).code == "compensation.own"
    assert why_not_approve("supervisor", Decimal(501), RULE, own=False).code == "compensation.beyond-role"
    assert why_not_approve("agent", Decimal(1), RULE, own=False).code == "compensation.beyond-role"
    assert why_not_approve("manager", Decimal(5000), RULE, own=False) is None


def test_everything_that_is_missing_for_the_closing_is_said_at_once():
    nothing = Settled(("cause", "measure"), answered=False, solved=False, cause=False, measure=False, undecided=True, unkept=True)
    assert [problem.code for problem in missing(nothing)] == [
        "case.not-answered", "case.not-solved", "case.compensation-open", "case.promise-open", "case.no-cause", "case.no-measure",
    ]  # fmt: skip
    assert missing(Settled((), answered=True, solved=True, cause=False, measure=False)) == ()


@pytest.mark.parametrize(
    ("made", "due", "told"),
    [
        (at(1, 9), at(2, 10), at(1, 17)),
        (at(1, 9), at(1, 10), at(1, 9, 30)),
        (at(1, 9), at(6, 10), at(5, 16)),  # a Saturday: two working hours before the end of Friday
        (at(6, 9), at(7, 9), at(6, 9)),  # nobody works in between
    ],
)
def test_a_promise_is_recalled_two_working_hours_ahead(made, due, told):
    assert reminder_at(made, due, WORK) == told


def test_a_measure_goes_through_its_stages_with_evidence():
    stage, seen = Stage.PLAN, []
    while stage is not Stage.DONE:
        seen.append(stage)
        with pytest.raises(Invalid):
            following(stage, " ")
        stage = following(stage, "见附件")
    assert seen == [Stage.PLAN, Stage.DO, Stage.CHECK, Stage.ACT]
    with pytest.raises(Conflict):
        following(stage, "见附件")


def test_an_effect_is_claimed_only_where_chance_is_ruled_out():
    assert effect(-0.01, 0.2, more_is_better=True) == Effect(False, False)
    assert effect(-0.2, -0.01, more_is_better=True) == Effect(False, True)
    assert effect(-0.2, -0.01, more_is_better=False) == Effect(True, False)


def test_moments_are_utc():
    assert reminder_at(at(6, 9), at(7, 9), WORK).tzinfo is UTC
