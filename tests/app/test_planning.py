"""Planning a day from the database, and what planning it again leaves alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huifang.app.queries.day import overview
from huifang.app.queries.plan import runs
from huifang.app.records.models import Absence, Customer, Decision, FollowUp, Occurrence, PlanRun, Staff
from huifang.app.services import audit, gate, planning, staff
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.followups import claim, reassign, save_draft
from huifang.app.services.planning import plan_day
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast, customer, settled

YESTERDAY = DAY - timedelta(days=1)


def jobs(cast: Cast, day: date = YESTERDAY) -> None:
    for number, who in enumerate(cast.customers):
        settled(who, f"W{day}{number}", day, plate="浙A12345")


def test_yesterdays_jobs_are_todays_follow_ups_with_their_reason(cast: Cast) -> None:
    jobs(cast)
    run = plan_day(DAY, NOW)
    assert (run.state, run.counts["followups"]) == ("done", 3)
    followup = FollowUp.objects.get(customer=cast.customers[0])
    assert followup.because["zh"] == "11月19日维修结算后第1天"
    assert (followup.state, followup.channel, followup.programme, followup.playbook_version) == ("open", "phone", "day-after", cast.version)
    assert followup.staff in (cast.chen, cast.lin)
    occurrence = followup.occurrences.get()
    assert (occurrence.decision, occurrence.rule, occurrence.open) == ("planned", "planned.first", True)
    assert Decision.objects.filter(run=run).count() == 3
    assert audit.faults() == []


def test_planning_again_changes_nothing_and_notes_nothing(cast: Cast) -> None:
    jobs(cast)
    plan_day(DAY, NOW)
    before = sorted(FollowUp.objects.values_list("pk", "customer", "staff"))
    run = plan_day(DAY, NOW)
    assert sorted(FollowUp.objects.values_list("pk", "customer", "staff")) == before
    assert (run.counts["noted"], Decision.objects.count(), Occurrence.objects.count()) == (0, 3, 3)


def test_planning_again_leaves_with_a_person_what_the_supervisor_gave_them_unless_they_are_away(cast: Cast) -> None:
    jobs(cast)
    plan_day(DAY, NOW)
    moved = FollowUp.objects.filter(staff=cast.chen).first() or FollowUp.objects.filter(staff=cast.lin).first()
    assert moved is not None
    before, after = (cast.chen, cast.lin) if moved.staff == cast.chen else (cast.lin, cast.chen)
    reassign(cast.tao, moved.pk, after.pk, NOW)
    plan_day(DAY, NOW)
    moved.refresh_from_db()
    assert (moved.staff, moved.handed_from) == (after, before)
    Absence.objects.create(staff=after, first_day=DAY, last_day=DAY)
    plan_day(DAY, NOW)
    moved.refresh_from_db()
    assert moved.staff != after


def test_planning_again_keeps_what_was_worked_and_what_is_in_hand(cast: Cast) -> None:
    jobs(cast)
    plan_day(DAY, NOW)
    done, tried, held = FollowUp.objects.order_by("pk")
    for followup, outcome in ((done, "completed"), (tried, "no_answer")):
        who = followup.staff
        assert who is not None
        fence = claim(who, followup.pk, NOW)
        gate.allow(who, followup.pk, fence, "phone", None, NOW)
        save(who, followup.pk, fence, RecordForm(outcome, answers={"quality": 4} if outcome == "completed" else {}), NOW)
    assert held.staff is not None
    fence = claim(held.staff, held.pk, NOW)
    settled(customer(cast, "KH4", "周新", "+8613800000004"), "W-new", YESTERDAY)
    plan_day(DAY, NOW)
    states = dict(FollowUp.objects.filter(pk__in=[done.pk, tried.pk, held.pk]).values_list("pk", "state"))
    assert states == {done.pk: "done", tried.pk: "open", held.pk: "claimed"}
    tried.refresh_from_db()
    assert tried.occurrences.get().open
    assert save(held.staff, held.pk, fence, RecordForm("completed", answers={"quality": 5}), NOW).state == "done"
    assert FollowUp.objects.exclude(pk__in=states).count() == 1


def test_a_planning_ends_after_it_began_whatever_day_the_business_lives_in(cast: Cast) -> None:
    run = plan_day(DAY, NOW)
    assert run.finished_at is not None
    assert run.finished_at >= PlanRun.objects.get(pk=run.pk).started_at


def test_yesterdays_leftovers_move_to_today(cast: Cast) -> None:
    jobs(cast, DAY - timedelta(days=2))
    plan_day(YESTERDAY, NOW - timedelta(days=1))
    old = FollowUp.objects.get(customer=cast.customers[0])
    assert old.staff is not None
    save_draft(old.staff, old.pk, {"words": "明天再打"}, NOW)
    plan_day(DAY, NOW)
    assert {(each.day, each.state) for each in FollowUp.objects.all()} == {(YESTERDAY, "withdrawn"), (DAY, "open")}
    assert FollowUp.objects.filter(day=DAY).count() == 3
    assert Occurrence.objects.filter(followup__day=DAY).count() == 3


def test_what_is_decided_is_explained_and_closed(cast: Cast) -> None:
    jobs(cast)
    cast.customers[0].contact_points.update(usable=False)
    plan_day(DAY, NOW)
    occurrence = Occurrence.objects.get(customer=cast.customers[0])
    assert (occurrence.decision, occurrence.rule, occurrence.open, occurrence.closed_as) == (
        "suppressed",
        "suppressed.no-channel",
        False,
        "suppressed",
    )


def test_two_plannings_at_once_do_not_meet(cast: Cast) -> None:
    PlanRun.objects.create(day=DAY, started_at=planning.database_now())
    with pytest.raises(Conflict, match="under way"):
        plan_day(DAY, NOW)


def test_a_dead_planning_is_taken_over_and_its_late_write_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs(cast)
    slow = planning.compute

    def slowly(day: date, active: tuple[planning.InForce, ...], tell: planning.Tell) -> planning.Planned:
        planned = slow(day, active, tell)
        PlanRun.objects.filter(state="running").update(started_at=NOW - timedelta(days=400))
        monkeypatch.setattr(planning, "compute", slow)
        plan_day(DAY, NOW)
        return planned

    monkeypatch.setattr(planning, "compute", slowly)
    with pytest.raises(Conflict, match="taken its place"):
        plan_day(DAY, NOW)
    assert sorted(PlanRun.objects.values_list("state", flat=True)) == ["done", "failed"]
    assert FollowUp.objects.count() == 3


def test_a_planning_that_fails_leaves_the_plan_that_was_there(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs(cast)
    plan_day(DAY, NOW)
    before = sorted(FollowUp.objects.values_list("pk", "customer"))

    def broken(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(planning, "write_plan", broken)
    with pytest.raises(RuntimeError):
        plan_day(DAY, NOW)
    assert sorted(FollowUp.objects.values_list("pk", "customer")) == before
    assert PlanRun.objects.latest("pk").state == "failed"


def test_only_who_may_plan_plans(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        plan_day(DAY, NOW, cast.chen)
    assert plan_day(DAY, NOW, cast.tao).asked_by == cast.tao


def test_a_promised_call_is_planned_for_the_moment_that_was_promised(cast: Cast) -> None:
    jobs(cast)
    plan_day(DAY, NOW)
    followup = FollowUp.objects.order_by("pk").first()
    assert followup is not None
    assert followup.staff is not None
    fence = claim(followup.staff, followup.pk, NOW)
    promised = NOW.replace(hour=7, minute=30, second=0, microsecond=0)
    save(followup.staff, followup.pk, fence, RecordForm("callback", callback_at=promised + timedelta(days=1)), NOW)
    plan_day(DAY + timedelta(days=1), NOW + timedelta(days=1))
    again = FollowUp.objects.get(customer=followup.customer, day=DAY + timedelta(days=1))
    assert (again.promised, again.opens_at) == (True, promised + timedelta(days=1))


def test_where_nobody_has_places_everything_waits_and_the_day_says_so(cast: Cast) -> None:
    jobs(cast)
    Staff.objects.update(capacity=0)
    run = plan_day(DAY, NOW)
    assert (run.counts["followups"], run.counts["places"], run.counts["deferred.no-capacity"]) == (0, 0, 3)
    assert overview(cast.tao, DAY, None, NOW, "en").placeless == 3
    Staff.objects.filter(pk=cast.chen.pk).update(capacity=2)
    run = plan_day(DAY, NOW)
    assert (run.counts["followups"], run.counts["places"]) == (2, 2)
    assert overview(cast.tao, DAY, None, NOW, "en").placeless == 0


def test_a_capacity_below_none_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid, match="cannot be -1"):
        staff.add(None, "X", "新人", "agent", NOW, capacity=-1)
    with pytest.raises(Invalid, match="cannot be -1"):
        staff.change(cast.an, cast.chen, {"capacity": -1}, NOW)


def test_the_run_says_what_cannot_be_right_in_the_data(cast: Cast) -> None:
    jobs(cast)
    settled(cast.customers[0], "W-ahead", DAY + timedelta(days=9))
    Customer.objects.filter(pk=cast.customers[1].pk).update(birthday=DAY)
    plan_day(DAY, NOW)
    assert [words.en for words in runs()[0].left_out] == [
        "Events dated after the day of the plan, left out: 1.",
        "Events before their customer was born, counted as they stand; check the dates: 1.",
    ]
