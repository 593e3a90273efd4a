"""Follow-ups in hand: one person at a time, whatever order people and leases come in."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from huifang.app.records.models import Attempt, Draft, FollowUp, Record, Staff
from huifang.app.services import followups, gate
from huifang.app.services.contact_records import RecordForm, save
from huifang.domain.errors import Conflict, NotAllowed
from tests.app.cast import DAY, NOW, Cast, enter, in_hand, planned


def test_opening_takes_it_in_hand_with_a_growing_number(cast: Cast) -> None:
    followup = planned(cast, cast.customers[0], cast.chen)
    first = followups.claim(cast.chen, followup.pk, NOW)
    assert followups.claim(cast.chen, followup.pk, NOW) == first + 1
    followup.refresh_from_db()
    assert (followup.state, followup.claimed_by) == ("claimed", cast.chen)
    assert followup.lease_until is not None
    assert timedelta(minutes=14) < followup.lease_until - timezone.now() <= timedelta(minutes=15)


def test_a_colleagues_follow_up_is_named_as_theirs(cast: Cast) -> None:
    followup = planned(cast, cast.customers[0])
    followups.claim(cast.chen, followup.pk, NOW)
    with pytest.raises(Conflict) as refused:
        followups.claim(cast.tao, followup.pk, NOW)
    assert "小陈" in refused.value.say("zh")
    assert "小陈" in refused.value.say("en")


def test_a_lease_that_ran_out_can_be_taken_over_and_the_call_is_unknown(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    FollowUp.objects.update(staff=None)
    ticket = gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    FollowUp.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert followups.claim(cast.lin, followup.pk, NOW) == fence + 1
    attempt = Attempt.objects.get(pk=ticket.attempt_id)
    assert (attempt.state, attempt.outcome, attempt.counted) == ("unknown", "unknown", True)
    with pytest.raises(Conflict):
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)


def test_expired_leases_are_released(cast: Cast) -> None:
    followup, _ = in_hand(cast)
    assert followups.release_expired() == 0
    FollowUp.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert followups.release_expired() == 1
    followup.refresh_from_db()
    assert (followup.state, followup.claimed_by) == ("open", None)


def test_giving_back_and_typing(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    assert followups.save_draft(cast.chen, followup.pk, {"words": "喂"}, NOW)
    assert not followups.release(cast.chen, followup.pk, fence - 1, NOW)
    assert followups.release(cast.chen, followup.pk, fence, NOW)
    assert not followups.save_draft(cast.chen, followup.pk, {"words": "喂，您好"}, NOW)


def test_what_is_finished_or_of_another_day_or_branch_is_not_opened(cast: Cast) -> None:
    followup = planned(cast, cast.customers[0], cast.chen)
    with pytest.raises(NotAllowed):
        followups.claim(cast.stranger, followup.pk, NOW)
    with pytest.raises(NotAllowed, match="planned for"):
        followups.claim(cast.chen, followup.pk, NOW - timedelta(days=2))
    followups.withdraw(cast.tao, followup.pk, "重复", NOW)
    assert followup.occurrences.get().closed_as == "withdrawn"
    for who, do in ((cast.chen, followups.claim), (cast.tao, lambda by, pk, now: followups.reassign(by, pk, None, now))):
        with pytest.raises(Conflict, match="withdrawn"):
            do(who, followup.pk, NOW)
    FollowUp.objects.update(state="done")
    with pytest.raises(Conflict, match="already done"):
        followups.claim(cast.chen, followup.pk, NOW)


def test_a_supervisor_hands_it_over_and_the_old_hand_is_empty(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    with pytest.raises(NotAllowed):
        followups.reassign(cast.lin, followup.pk, cast.lin.pk, NOW)
    with pytest.raises(NotAllowed):
        followups.reassign(cast.tao, followup.pk, cast.stranger.pk, NOW)
    followups.reassign(cast.tao, followup.pk, cast.lin.pk, NOW)
    with pytest.raises(Conflict):
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert followups.next_for(cast.lin, DAY, NOW) == followup
    assert followups.next_for(cast.chen, DAY, NOW) is None


def test_what_was_typed_goes_with_what_is_handed_on_and_what_is_typed_later_is_kept(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    typed, later = {"words": "先说的"}, RecordForm("completed", answers={"quality": 4}, words="后说的")
    followups.save_draft(cast.chen, followup.pk, typed, NOW, fence)
    followups.reassign(cast.tao, followup.pk, cast.lin.pk, NOW)
    with pytest.raises(Conflict, match=f"handed to {cast.lin.name}"):
        save(cast.chen, followup.pk, fence, later, NOW)
    with pytest.raises(Conflict, match=f"handed to {cast.lin.name}"):
        followups.claim(cast.chen, followup.pk, NOW)
    assert not followups.save_draft(cast.chen, followup.pk, {"words": "后说的"}, NOW, fence)
    kept = {draft.staff: json.loads(draft.content)["words"] for draft in Draft.objects.select_related("staff")}
    assert kept == {cast.lin: "先说的", cast.chen: "后说的"}
    followups.claim(cast.lin, followup.pk, NOW)
    followups.reassign(cast.tao, followup.pk, cast.chen.pk, NOW)
    assert {draft.staff for draft in Draft.objects.all()} == {cast.lin, cast.chen}  # each has words of their own: neither is written over


def test_who_had_it_in_hand_is_who_it_was_handed_on_from(cast: Cast) -> None:
    followup = planned(cast, cast.customers[0])
    followups.claim(cast.chen, followup.pk, NOW)
    followups.reassign(cast.tao, followup.pk, cast.lin.pk, NOW)
    followup.refresh_from_db()
    assert (followup.handed_from, followup.staff) == (cast.chen, cast.lin)


def test_next_is_the_promise_that_is_due_then_ones_own_list(cast: Cast) -> None:
    free = planned(cast, cast.customers[0])
    own = planned(cast, cast.customers[1], cast.chen)
    promised = planned(cast, cast.customers[2], cast.chen)
    FollowUp.objects.filter(pk=promised.pk).update(promised=True, next_at=NOW + timedelta(hours=1))
    assert followups.next_for(cast.chen, DAY, NOW) == own
    assert followups.next_for(cast.chen, DAY, NOW + timedelta(hours=1)) == promised
    assert followups.next_for(cast.lin, DAY, NOW) == free
    FollowUp.objects.update(opens_at=NOW + timedelta(hours=5))
    assert followups.next_for(cast.lin, DAY, NOW) == free


class Morning(RuleBasedStateMachine):
    """Two agents and a supervisor around three follow-ups, with leases that run out in between: no step is ever written twice."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        cast = enter()
        self.people: list[Staff] = [cast.chen, cast.lin, cast.tao]
        self.work = [planned(cast, who).pk for who in cast.customers]
        self.fences: dict[tuple[int, int], int] = {}
        self.holder: dict[int, int] = {}
        self.saved: dict[int, int] = {}

    @rule(person=st.integers(0, 2), work=st.integers(0, 2))
    def open(self, person: int, work: int) -> None:
        held = self.holder.get(work)
        try:
            fence = followups.claim(self.people[person], self.work[work], NOW)
        except Conflict:
            assert work in self.saved or held not in (None, person)
            return
        assert work not in self.saved
        assert held in (None, person)
        assert fence > max((old for (_, which), old in self.fences.items() if which == work), default=0)
        self.fences[person, work], self.holder[work] = fence, person

    @precondition(lambda self: self.fences)
    @rule(data=st.data())
    def call_or_save(self, data: st.DataObject) -> None:
        person, work = data.draw(st.sampled_from(sorted(self.fences)))
        fence = self.fences[person, work]
        mine = self.holder.get(work) == person and work not in self.saved
        if data.draw(st.booleans()):
            self._try(mine, lambda: gate.allow(self.people[person], self.work[work], fence, "phone", None, NOW))
            return
        form = RecordForm("completed", answers={"quality": 5}, token="form")
        if self.saved.get(work) == person:
            assert save(self.people[person], self.work[work], fence, form, NOW).repeated
        elif self._try(mine, lambda: save(self.people[person], self.work[work], fence, form, NOW)):
            self.saved[work] = person

    @staticmethod
    def _try(mine: bool, act: object) -> bool:
        assert callable(act)
        try:
            act()
        except Conflict:
            assert not mine
            return False
        assert mine
        return True

    @precondition(lambda self: self.holder)
    @rule(data=st.data())
    def lease_runs_out(self, data: st.DataObject) -> None:
        work = data.draw(st.sampled_from(sorted(self.holder)))
        FollowUp.objects.filter(pk=self.work[work], state="claimed").update(lease_until=timezone.now() - timedelta(seconds=1))
        followups.release_expired()
        del self.holder[work]

    @invariant()
    def nothing_is_doubled(self) -> None:
        assert Record.objects.count() == len(self.saved)
        for pk in self.work:
            assert Attempt.objects.filter(followup=pk, state="attempting").count() <= 1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)


def test_no_order_of_claims_calls_saves_and_lapses_doubles_anything(db: None) -> None:
    run_state_machine_as_test(
        Morning, settings=settings(max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck))
    )
