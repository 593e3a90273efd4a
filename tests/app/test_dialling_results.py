"""What a dialler says of its calls becomes outcomes like any other, once, whatever is late, doubled, out of order or cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from huifang.app.queries import dialling as query
from huifang.app.records.models import (
    Attempt,
    AuditEntry,
    ChannelSetting,
    Consent,
    ContactPoint,
    DiallingRow,
    FollowUp,
    Notice,
    Occurrence,
    Promise,
    Record,
    Recording,
    Staff,
)
from huifang.app.services import consents, dialling_lists, dialling_results, followups
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast, planned
from tests.app.dialler import by_file, told

HALF = NOW + timedelta(minutes=30)
LATE = NOW + timedelta(hours=3)


@pytest.fixture
def row(cast: Cast) -> DiallingRow:
    by_file()
    planned(cast, cast.customers[0], cast.chen)
    return dialling_lists.hand_over(cast.tao, NOW).rows.get()


def test_an_answered_call_is_done_with_its_time_its_colleague_its_words_and_its_recording(cast: Cast, row: DiallingRow) -> None:
    said = told(row, agent="LIN", words="都很好", recording="https://pbx.example/r/1")
    assert dialling_results.judge(cast.tao, said, HALF).state == "taken"
    assert not Record.objects.exists()
    assert dialling_results.take(cast.tao, said, HALF) == "taken"
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.outcome, attempt.reached, attempt.staff, attempt.at) == (
        "ended",
        "completed",
        True,
        cast.lin,
        said.began,
    )
    assert (attempt.ticket, attempt.ended_at) == (row.key, said.began + timedelta(seconds=90))
    record = Record.objects.get()
    assert (record.staff, record.seconds, record.words, record.day, record.attempt) == (cast.lin, 90, "都很好", DAY, attempt)
    assert (Recording.objects.get().attempt, Recording.objects.get().link) == (attempt, "https://pbx.example/r/1")
    followup, occurrence = FollowUp.objects.get(), Occurrence.objects.get()
    assert (followup.state, followup.outcome, followup.attempts_made) == ("done", "completed", 1)
    assert (occurrence.closed_as, occurrence.last_staff) == ("done", cast.lin)
    row.refresh_from_db()
    assert (row.state, row.outside) == ("done", "")
    assert AuditEntry.objects.get(action="record.saved").by == cast.tao
    (line,) = query.rows_of(cast.tao, row.list, "en")
    assert (line.outcome, line.recordings, line.agent, line.live) == ("Completed", 1, "小林", False)


def test_a_number_nobody_answers_is_tried_again_by_the_programmes_rules(cast: Cast, row: DiallingRow) -> None:
    Occurrence.objects.update(last_staff=cast.chen)
    assert dialling_results.take(cast.tao, told(row, "NA", seconds=0), HALF) == "taken"
    followup, attempt = FollowUp.objects.get(), Attempt.objects.get()
    assert (followup.state, followup.outcome, followup.lease_until) == ("open", "no_answer", None)
    assert followup.next_at is not None and followup.next_at > HALF
    assert (attempt.counted, attempt.staff) == (False, None)
    assert Occurrence.objects.get().last_staff == cast.chen, "nobody spoke: the customer stays with whom they know"
    assert followups.claim(cast.chen, followup.pk, followup.next_at)


def test_a_busy_line_a_wrong_number_and_a_refusal_do_what_they_do_by_hand(cast: Cast) -> None:
    by_file()
    for who in cast.customers:
        planned(cast, who, cast.chen)
    rows = list(dialling_lists.hand_over(cast.tao, NOW).rows.all())
    for each, code in zip(rows, ("B", "DC", "DNC"), strict=True):
        dialling_results.take(cast.tao, told(each, code, seconds=0), HALF)
    assert [attempt.outcome for attempt in Attempt.objects.order_by("pk")] == ["busy", "invalid_number", "never_again"]
    assert not ContactPoint.objects.get(customer=cast.customers[1]).usable
    assert Consent.objects.get().customer == cast.customers[2]


def test_an_agreed_call_back_is_a_promise_of_the_colleague_who_agreed_it(cast: Cast, row: DiallingRow) -> None:
    when = NOW + timedelta(hours=5)
    dialling_results.take(cast.tao, told(row, "CB", agent="LIN", callback=when), HALF)
    promise = Promise.objects.get()
    assert (promise.opens_at, promise.staff) == (when, cast.lin)
    assert FollowUp.objects.get().promised


def test_the_same_result_again_changes_nothing_and_another_one_is_refused(cast: Cast, row: DiallingRow) -> None:
    said = told(row, "NA")
    assert [dialling_results.take(cast.tao, said, HALF) for _ in range(3)] == ["taken", "known", "known"]
    for other in (replace(said, code="SALE"), replace(said, seconds=91), replace(said, began=said.began + timedelta(minutes=1))):
        with pytest.raises(Conflict, match="The first counts"):
            dialling_results.take(cast.tao, other, HALF)
    assert (Attempt.objects.count(), Record.objects.count(), FollowUp.objects.get().attempts_made) == (1, 1, 1)


def test_a_recording_may_come_later_and_once(cast: Cast, row: DiallingRow) -> None:
    said = told(row)
    dialling_results.take(cast.tao, said, HALF)
    with_it = replace(said, recording="https://pbx.example/r/2")
    assert [dialling_results.take(cast.tao, with_it, LATE) for _ in range(2)] == ["recording", "known"]
    assert Recording.objects.count() == 1
    with pytest.raises(Invalid, match="not a web address"):
        dialling_results.take(cast.tao, replace(said, recording="file:///etc/passwd"), LATE)


def test_a_late_result_is_taken_and_a_call_after_the_time_is_marked(cast: Cast, row: DiallingRow) -> None:
    dialling_lists.end(LATE)
    assert dialling_results.take(cast.tao, told(row), LATE) == "taken"
    row.refresh_from_db()
    assert (row.state, row.outside, FollowUp.objects.get().state) == ("done", "", "done")


def test_a_call_after_the_lists_time_is_never_lost_and_stands_outside_the_rules(cast: Cast, row: DiallingRow) -> None:
    dialling_results.take(cast.tao, told(row, after=timedelta(hours=2, minutes=10)), LATE)
    row.refresh_from_db()
    assert row.outside == "dialler.late"
    assert AuditEntry.objects.get(action="contact.outside").detail["rule"] == "dialler.late"
    assert Notice.objects.filter(to=cast.tao, subject=f"dialling-list:{row.list_id}").exists()
    assert query.rows_of(cast.tao, row.list, "en")[0].outside


def test_a_call_after_the_customer_refused_is_written_down_as_such(cast: Cast, row: DiallingRow) -> None:
    consents.opt_out(None, row.followup.customer, "any", "any", "reply", NOW + timedelta(minutes=5))
    fresh = DiallingRow.objects.select_related("followup__customer", "attempt").get()
    assert dialling_lists.still_allowed(fresh, NOW + timedelta(minutes=6)) is not None
    dialling_results.take(cast.tao, told(row, "NA", seconds=0), HALF)
    row.refresh_from_db()
    assert row.outside == "opted-out"


def test_a_row_that_was_taken_back_and_called_all_the_same_is_in_the_ledger_and_heard(cast: Cast, row: DiallingRow) -> None:
    dialling_lists.take_back(cast.tao, row.list_id, [], NOW)
    fence = followups.claim(cast.chen, row.followup_id, NOW + timedelta(minutes=15))
    assert dialling_results.take(cast.tao, told(row, "DNC", after=timedelta(minutes=20)), HALF) == "taken"
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.ticket, attempt.counted) == ("never_again", row.key, True)
    followup = FollowUp.objects.get()
    assert (followup.state, followup.claimed_by, followup.fence, followup.outcome) == ("withdrawn", None, fence + 1, ""), (
        "nobody calls them again"
    )
    assert Consent.objects.get().allowed is False, "what the customer said holds, however the call came about"
    row.refresh_from_db()
    assert (row.state, row.outside) == ("done", "dialler.taken-back")


@pytest.mark.parametrize("key", ["", "abc", "8e03978e-40d5-43dd-bc93-6894a57f9324"])
def test_a_key_that_was_never_handed_over_is_said(cast: Cast, row: DiallingRow, key: str) -> None:
    with pytest.raises(Invalid, match="No number with this key"):
        dialling_results.take(cast.tao, replace(told(row), key=key), HALF)


def test_what_cannot_be_or_is_not_known_changes_nothing(cast: Cast, row: DiallingRow) -> None:
    wrong = {
        "dialler.before": told(row, after=-timedelta(hours=1)), "dialler.future": told(row, after=timedelta(hours=2)),
        "dialler.code": told(row, "XDROP"), "dialler.agent": told(row, agent="STRANGER"), "dialler.callback": told(row, "CB"),
    }  # fmt: skip
    for code, said in wrong.items():
        with pytest.raises(Invalid) as refused:
            dialling_results.take(cast.tao, said, HALF)
        assert [problem.code for problem in refused.value.problems] == [code]
    with pytest.raises(Invalid, match="looks after"):
        dialling_results.take(cast.tao, told(row, agent="NOBODY"), HALF)
    row.refresh_from_db()
    assert (row.state, Record.objects.count(), FollowUp.objects.get().state) == ("out", 0, "claimed")


def test_results_of_another_branch_are_not_ones_own_to_tell(cast: Cast, row: DiallingRow) -> None:
    Staff.objects.filter(pk=cast.tao.pk).update(branch=cast.other_branch)
    with pytest.raises(Invalid, match="No number with this key"):
        dialling_results.take(Staff.objects.get(pk=cast.tao.pk), told(row), HALF)
    with pytest.raises(NotAllowed):
        dialling_results.judge(cast.chen, told(row), HALF)


def test_when_the_dialler_is_gone_its_results_are_still_read_by_the_usual_words(cast: Cast, row: DiallingRow) -> None:
    ChannelSetting.objects.all().delete()
    assert dialling_results.take(cast.tao, told(row, "ANSWERED"), HALF) == "taken"


def test_results_of_yesterday_stand_on_yesterday(cast: Cast, row: DiallingRow) -> None:
    dialling_results.take(cast.tao, told(row), NOW + timedelta(days=1))
    assert (Record.objects.get().day, Attempt.objects.get().day) == (DAY, DAY)
    assert FollowUp.objects.get().done_at == told(row).began + timedelta(seconds=90)
