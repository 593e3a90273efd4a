"""Next week's schedule: proposed, moved, submitted, approved by a second person, and followed by the morning's plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huifang.app.jobs.handlers import propose_week
from huifang.app.queries.week_schedule import board, schedule_of
from huifang.app.records.models import Absence, FollowUp, Job, Notice, Occurrence, Promise, ScheduledContact, Staff, WeekSchedule
from huifang.app.services import audit, week_proposals
from huifang.app.services import week_schedules as services
from huifang.app.services.planning import plan_day
from huifang.domain.errors import Conflict, HuifangError, Invalid, NotAllowed, Problem
from huifang.domain.words import Words
from tests.app.cast import DAY, NOW, Cast, planned, settled

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
WEEK = timedelta(days=7)


@pytest.fixture
def schedule(cast: Cast) -> WeekSchedule:
    """The week after Friday's three jobs, all on Monday and 小林's: 小陈 has one place a day, 小林 three."""
    Staff.objects.filter(pk=cast.chen.pk).update(capacity=1)
    Staff.objects.filter(pk=cast.lin.pk).update(capacity=3)
    made = WeekSchedule.objects.create(branch=cast.branch, first_day=MONDAY, state="draft", asked_by=cast.tao, asked_at=NOW)
    for number, who in enumerate(cast.customers):
        event = settled(who, f"W{number}", DAY)
        ScheduledContact.objects.create(
            schedule=made, customer=who, playbook="small-shop", programme="day-after", cause=str(event.pk),
            because={"zh": "因", "en": "why"}, channel="phone",
            due=DAY + timedelta(days=1), deadline=MONDAY, expires=MONDAY + timedelta(days=4), day=MONDAY, staff=cast.lin,
            proposed_day=MONDAY, proposed_staff=cast.lin,
        )  # fmt: skip
    return made


def test_the_week_is_proposed_day_by_day_with_its_promises_and_what_nobody_has_room_for(cast: Cast) -> None:
    Staff.objects.update(capacity=0)
    Staff.objects.filter(pk=cast.lin.pk).update(capacity=1)
    promised = planned(cast, cast.customers[0], cast.lin)
    opens = NOW + timedelta(days=4)
    Promise.objects.create(
        customer=promised.customer, occurrence=promised.occurrences.get(), staff=cast.lin, day=TUESDAY, opens_at=opens,
        closes_at=opens + timedelta(hours=1), made_at=NOW,
    )  # fmt: skip
    events = [settled(who, f"W{number}", DAY) for number, who in enumerate(cast.customers[1:])]
    made = services.propose(cast.tao, cast.branch.pk, MONDAY + timedelta(days=2), NOW)
    assert Job.objects.filter(kind="week").count() == 1
    propose_week({"first": MONDAY.isoformat()}, NOW)
    assert week_proposals.perform(NOW) == 0
    made.refresh_from_db()
    assert (made.state, made.first_day, made.waiting[MONDAY.isoformat()]) == ("draft", MONDAY, 1)
    contacts = {each.customer_id: each for each in made.contacts.all()}
    assert (contacts[promised.customer_id].day, contacts[promised.customer_id].promised) == (TUESDAY, True)
    on_monday = next(each for each in contacts.values() if each.day == MONDAY)
    assert on_monday.because["zh"] == "11月20日维修结算后第1天"
    assert (on_monday.staff, on_monday.cause in {str(event.pk) for event in events}) == (cast.lin, True)
    assert on_monday.due == DAY + timedelta(days=1)
    assert schedule_of(cast.tao, cast.branch, MONDAY) == made
    assert schedule_of(cast.stranger, cast.branch, MONDAY) is None


def test_all_weeks_that_wait_are_proposed_in_one_run(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    later = [settled(who, f"W{number}", DAY - timedelta(days=number)) for number, who in enumerate(cast.customers)]
    runs = []
    real = week_proposals.simulate
    monkeypatch.setattr(week_proposals, "simulate", lambda *given: runs.append(given[2]) or real(*given))
    second, fourth = MONDAY + WEEK, MONDAY + 3 * WEEK
    services.propose(cast.tao, cast.branch.pk, second, NOW)
    assert services.propose_missing(cast.tao, cast.branch, MONDAY - WEEK, fourth + timedelta(days=2), NOW) == 4
    assert services.propose_missing(cast.tao, cast.branch, MONDAY, fourth, NOW) == 0, "what stands is not asked for again"
    assert week_proposals.perform(NOW) == 5
    assert runs == [(fourth + WEEK - DAY).days]
    weeks = {each.first_day: each for each in WeekSchedule.objects.all()}
    assert {each.state for each in weeks.values()} == {"draft"}
    assert min(weeks) == MONDAY - WEEK, "of the week that goes on, the days that are left"
    assert {each.customer_id for each in weeks[MONDAY].contacts.all()} <= {each.customer_id for each in later}
    assert all(week <= contact.day < week + WEEK for week, made in weeks.items() for contact in made.contacts.all())
    assert sum(made.contacts.count() for made in weeks.values()) == len(later)


def test_what_nobody_may_plan_is_not_proposed(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        services.propose_missing(cast.chen, cast.branch, MONDAY, MONDAY, NOW)
    assert services.propose_missing(cast.tao, cast.other_branch, MONDAY, MONDAY, NOW) == 0
    assert services.propose_missing(cast.wang, None, MONDAY, MONDAY, NOW) >= 1
    WeekSchedule.objects.update(state="failed")
    assert services.propose_missing(cast.tao, None, MONDAY, MONDAY, NOW) == 1, "what failed is tried again"
    assert services.propose_missing(cast.tao, None, MONDAY - 9 * WEEK, MONDAY - 8 * WEEK, NOW) == 0


def test_without_a_playbook_the_week_is_empty(cast: Cast) -> None:
    cast.version.state = "retired"
    cast.version.save()
    made = services.propose(cast.tao, cast.branch.pk, MONDAY, NOW)
    assert week_proposals.perform(NOW) == 1
    assert not made.contacts.exists()


def test_the_board_says_load_against_places_and_marks_what_is_over(cast: Cast, schedule: WeekSchedule) -> None:
    Absence.objects.create(staff=cast.chen, first_day=TUESDAY, last_day=TUESDAY)
    schedule.contacts.update(staff=cast.chen, day=MONDAY)
    ScheduledContact.objects.filter(pk=schedule.contacts.order_by("pk")[0].pk).update(staff=None)
    schedule.waiting = {MONDAY.isoformat(): 2}
    found = board(schedule, DAY, "zh-hans")
    head = found.days[0]
    assert (head.load, head.capacity, head.waiting, head.over) == (3, 4, 2, False)
    assert [(cell.staff_id, cell.day, cell.load) for cell in found.crowded] == [(cast.chen.pk, MONDAY, 2), (0, MONDAY, 1)]
    own = found.rows[[row.id for row in found.rows].index(cast.chen.pk)]
    assert (own.load, own.capacity) == (2, 4)  # five working days, one of them away
    cell = found.cell(cast.chen.pk, TUESDAY)
    assert cell is not None
    assert (cell.away, cell.open_to, cell.capacity, cell.more) == (True, False, 0, 0)
    assert found.days[5].working is False
    assert [row.id for row in found.people] == [row.id for row in found.rows if row.id]
    assert found.load == 3
    assert board(schedule, DAY, "en").cell(cast.chen.pk, MONDAY).shown[0].moved is True  # type: ignore[union-attr]  # it is there


def test_an_approved_schedule_is_what_the_mornings_plan_follows(cast: Cast, schedule: WeekSchedule) -> None:
    first, second, third = schedule.contacts.order_by("pk")
    third.bundled = [["small-shop", "thanks", "9"]]
    third.save()
    now = NOW + timedelta(days=3)
    assert services.move(cast.tao, schedule.pk, [first.pk], cast.chen.pk, MONDAY, NOW) == 1
    assert services.move(cast.tao, schedule.pk, [second.pk, third.pk], cast.lin.pk, TUESDAY, NOW) == 2
    services.submit(cast.tao, schedule.pk, NOW)
    assert Notice.objects.get(to=cast.wang).subject == f"schedule:{schedule.pk}"
    services.decide(cast.wang, schedule.pk, True, "", NOW)
    assert "批准" in Notice.objects.get(to=cast.tao).words["zh"]
    plan_day(MONDAY, now)
    assert [(each.customer_id, each.staff) for each in FollowUp.objects.filter(day=MONDAY)] == [(first.customer_id, cast.chen)]
    waiting = Occurrence.objects.filter(decision="deferred")
    assert {(each.rule, each.until) for each in waiting} == {("deferred.scheduled-later", TUESDAY)}
    assert audit.faults() == []


def test_what_moves_where(cast: Cast, schedule: WeekSchedule) -> None:
    first, second, _third = schedule.contacts.order_by("pk")
    ScheduledContact.objects.filter(pk=second.pk).update(promised=True)
    Absence.objects.create(staff=cast.lin, first_day=TUESDAY, last_day=TUESDAY)
    with pytest.raises(Invalid, match="away"):
        services.move(cast.tao, schedule.pk, [first.pk], cast.lin.pk, TUESDAY, NOW)
    with pytest.raises(Invalid, match="promised"):
        services.move(cast.tao, schedule.pk, [first.pk, second.pk], cast.chen.pk, TUESDAY, NOW)
    with pytest.raises(Invalid, match="working day"):
        services.move(cast.tao, schedule.pk, [first.pk], cast.chen.pk, MONDAY + timedelta(days=5), NOW)
    with pytest.raises(Invalid, match="no such"):
        services.move(cast.tao, schedule.pk, [first.pk], cast.stranger.pk, TUESDAY, NOW)
    with pytest.raises(NotAllowed):
        services.move(cast.chen, schedule.pk, [first.pk], cast.chen.pk, TUESDAY, NOW)
    assert services.move(cast.tao, schedule.pk, [first.pk], cast.chen.pk, TUESDAY, NOW) == 1
    assert services.move(cast.tao, schedule.pk, [first.pk], cast.chen.pk, TUESDAY, NOW) == 0  # it is there already


def test_a_schedule_is_decided_once_and_by_a_second_person(cast: Cast, schedule: WeekSchedule) -> None:
    with pytest.raises(Conflict):
        services.decide(cast.wang, schedule.pk, True, "", NOW)
    services.submit(cast.tao, schedule.pk, NOW)
    for again in (
        lambda: services.submit(cast.tao, schedule.pk, NOW),
        lambda: services.move(cast.tao, schedule.pk, [], cast.chen.pk, TUESDAY, NOW),
        lambda: services.propose(cast.tao, cast.branch.pk, MONDAY, NOW),
    ):
        with pytest.raises(Conflict):
            again()
    with pytest.raises(NotAllowed):
        services.decide(cast.tao, schedule.pk, True, "", NOW)
    with pytest.raises(Invalid, match="remark"):
        services.decide(cast.wang, schedule.pk, False, "  ", NOW)
    assert services.may_decide(cast.wang, services.decide(cast.wang, schedule.pk, False, "周一太满", NOW)) is False
    schedule.refresh_from_db()
    assert (schedule.state, schedule.remark, schedule.decided_by) == ("draft", "周一太满", cast.wang)


def test_nobody_approves_their_own_while_there_is_another_manager(cast: Cast, schedule: WeekSchedule) -> None:
    services.submit(cast.wang, schedule.pk, NOW)
    other = Staff.objects.create(code="w2", name="李经理", sign_in_name="w2", role="manager", branch=cast.branch)
    with pytest.raises(NotAllowed, match="their own"):
        services.decide(cast.wang, schedule.pk, True, "", NOW)
    schedule.refresh_from_db()
    assert not services.may_decide(cast.wang, schedule)
    assert services.may_decide(other, schedule)
    other.delete()
    assert services.may_decide(cast.wang, schedule)
    services.decide(cast.wang, schedule.pk, True, "", NOW)
    assert not Notice.objects.filter(to=cast.wang).exists()


def test_it_is_taken_back_with_a_reason(cast: Cast, schedule: WeekSchedule) -> None:
    with pytest.raises(Conflict):
        services.take_back(cast.tao, schedule.pk, "改", NOW)
    services.submit(cast.tao, schedule.pk, NOW)
    with pytest.raises(Invalid, match="reason"):
        services.take_back(cast.tao, schedule.pk, " ", NOW)
    services.take_back(cast.tao, schedule.pk, "漏了一位", NOW)
    services.submit(cast.tao, schedule.pk, NOW)
    services.decide(cast.wang, schedule.pk, True, "", NOW)
    with pytest.raises(NotAllowed):
        services.take_back(cast.tao, schedule.pk, "改", NOW)
    assert services.take_back(cast.wang, schedule.pk, "有人请假", NOW).state == "draft"


def test_a_week_that_is_over_and_a_strange_branch_are_refused(cast: Cast) -> None:
    with pytest.raises(Conflict, match="over"):
        services.propose(cast.tao, cast.branch.pk, MONDAY - 2 * WEEK, NOW)
    with pytest.raises(NotAllowed):
        services.propose(cast.tao, cast.other_branch.pk, MONDAY, NOW)
    with pytest.raises(NotAllowed):
        services.submit(cast.tao, 999, NOW)


def test_a_week_that_cannot_be_planned_says_why(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = services.propose(cast.tao, cast.branch.pk, MONDAY, NOW)

    def broken(*_given: object) -> None:
        raise HuifangError(Problem("calendar.missing", Words("日历没有 2028 年。", "No 2028."), Words("请补充。", "Add it.")))

    monkeypatch.setattr(week_proposals, "_proposed", broken)
    assert week_proposals.perform(NOW) == 0
    made.refresh_from_db()
    assert (made.state, "2028" in made.error) == ("failed", True)


def test_a_proposal_that_comes_too_late_changes_nothing(cast: Cast, schedule: WeekSchedule, monkeypatch: pytest.MonkeyPatch) -> None:
    WeekSchedule.objects.update(state="proposing")
    before = schedule.contacts.count()

    def meanwhile(*_given: object) -> dict[str, object]:
        WeekSchedule.objects.update(state="draft")
        return {}

    monkeypatch.setattr(week_proposals, "_proposed", meanwhile)
    week_proposals.perform(NOW)
    assert schedule.contacts.count() == before
