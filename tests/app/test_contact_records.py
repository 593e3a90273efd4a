"""Saving a record: what happened is kept once, and what follows from it is done."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from huifang.app.records.models import (
    Answer,
    Attempt,
    AuditEntry,
    Case,
    Consent,
    ContactPoint,
    Customer,
    Draft,
    Feedback,
    FollowUp,
    Notice,
    Promise,
    Record,
    Request,
)
from huifang.app.services import audit, consents, gate
from huifang.app.services.contact_records import RecordForm, Saved, save
from huifang.app.services.followups import save_draft
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast, in_hand

GOOD: dict[str, object] = {"quality": 5, "speed": 4, "wish": "多送一张洗车券"}


def called(cast: Cast, form: RecordForm, *, now: datetime = NOW + timedelta(minutes=3)) -> tuple[FollowUp, Saved]:
    followup, fence = in_hand(cast)
    gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    saved = save(cast.chen, followup.pk, fence, form, now)
    followup.refresh_from_db()
    return followup, saved


def test_a_completed_contact_closes_follow_up_and_occurrence(cast: Cast) -> None:
    followup, saved = called(cast, RecordForm("completed", answers=GOOD, words="挺好的", seconds=95))
    record = Record.objects.get(pk=saved.record_id)
    assert (followup.state, followup.outcome, followup.claimed_by) == ("done", "completed", None)
    assert (record.mean_score, record.min_score, record.satisfied, record.words, record.seconds) == (4.5, 4, True, "挺好的", 95)
    assert (record.attempt.state, record.attempt.outcome, record.attempt.reached, record.attempt.counted) == (
        "ended",
        "completed",
        True,
        True,
    )
    occurrence = followup.occurrences.get()
    assert (occurrence.open, occurrence.closed_as, occurrence.attempts, occurrence.last_staff) == (False, "done", 1, cast.chen)
    assert {each.question: (each.value, each.text) for each in Answer.objects.all()}["wish"] == ("", "多送一张洗车券")
    assert audit.faults() == []


def test_the_same_form_sent_twice_is_one_record(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    form = RecordForm("completed", answers=GOOD, token="a1")
    first = save(cast.chen, followup.pk, fence, form, NOW)
    again = save(cast.chen, followup.pk, fence, form, NOW + timedelta(seconds=1))
    assert (again.record_id, again.repeated) == (first.record_id, True)
    assert (Record.objects.count(), Attempt.objects.count()) == (1, 1)


def test_no_answer_waits_for_the_next_part_of_the_day(cast: Cast) -> None:
    followup, saved = called(cast, RecordForm("no_answer"))
    assert saved.next_kind == "retry"
    assert (followup.state, followup.next_at) == ("open", saved.next_at)
    assert saved.next_at is not None
    assert saved.next_at > NOW
    occurrence = followup.occurrences.get()
    assert (occurrence.open, occurrence.attempts) == (True, 1)


def test_a_retry_on_another_day_leaves_todays_list(cast: Cast) -> None:
    followup, saved = called(cast, RecordForm("hung_up"))
    assert (followup.state, saved.next_on) == ("done", date(2026, 11, 21))
    assert followup.occurrences.get().next_on == date(2026, 11, 21)


def test_the_date_a_person_enters_is_the_next_date(cast: Cast) -> None:
    followup, saved = called(cast, RecordForm("not_now", next_on=date(2026, 11, 24)))
    assert (followup.state, saved.next_on, followup.occurrences.get().next_on) == ("done", date(2026, 11, 24), date(2026, 11, 24))


def test_after_the_last_attempt_it_is_given_up(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    followup.occurrences.update(attempts=2)
    saved = save(cast.chen, followup.pk, fence, RecordForm("no_answer"), NOW)
    followup.refresh_from_db()
    assert (saved.next_kind, followup.state, followup.occurrences.get().closed_as) == ("given-up", "done", "given-up")


def test_a_callback_is_a_promise(cast: Cast) -> None:
    at = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    followup, saved = called(cast, RecordForm("callback", callback_at=at))
    promise = Promise.objects.get()
    assert (promise.opens_at, promise.day, promise.staff, promise.open) == (at, DAY, cast.chen, True)
    assert (followup.state, followup.next_at, followup.promised, saved.next_at) == ("open", at, True, at)
    assert Record.objects.get().next_at == at


def test_a_callback_on_monday_is_mondays_work(cast: Cast) -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    followup, saved = called(cast, RecordForm("callback", callback_at=at))
    assert (followup.state, saved.next_on, Promise.objects.get().day) == ("done", date(2026, 11, 23), date(2026, 11, 23))
    assert Record.objects.get().next_at == at, "the hour stays known, not only the day"


def test_never_again_is_an_opt_out_everywhere(cast: Cast) -> None:
    followup, _ = called(cast, RecordForm("never_again"))
    said = Consent.objects.get()
    assert (said.customer, said.purpose, said.channel, said.allowed, said.by) == (followup.customer, "any", "any", False, cast.chen)
    other, fence = in_hand(cast, followup.customer)
    with pytest.raises(gate.ContactRefused):
        gate.allow(cast.chen, other.pk, fence, "phone", None, NOW + timedelta(hours=1))


def test_a_death_stops_everything_that_was_due(cast: Cast) -> None:
    followup, _ = called(cast, RecordForm("deceased"))
    assert Customer.objects.get(pk=followup.customer_id).status == "deceased"
    assert not followup.customer.occurrences.filter(open=True).exists()


def test_a_wrong_number_is_marked_and_the_next_one_tried(cast: Cast) -> None:
    who = cast.customers[0]
    second = ContactPoint.objects.create(customer=who, kind="phone", value="+8613900000001", value_index="x", mobile=True)
    followup, fence = in_hand(cast, who)
    gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    saved = save(cast.chen, followup.pk, fence, RecordForm("invalid_number"), NOW)
    assert not ContactPoint.objects.exclude(pk=second.pk).get(customer=who).usable
    followup.refresh_from_db()
    assert (saved.next_kind, followup.state, followup.next_at) == ("retry", "open", NOW)


def test_with_no_way_left_it_waits_for_the_plan(cast: Cast) -> None:
    followup, saved = called(cast, RecordForm("wrong_person"))
    assert (followup.state, saved.next_on) == ("done", date(2026, 11, 21))


def test_without_a_common_language_the_supervisor_is_told(cast: Cast) -> None:
    followup, _ = called(cast, RecordForm("language"))
    assert followup.staff is None
    assert Notice.objects.get(to=cast.tao).subject == f"followup:{followup.pk}"


def test_an_unknown_end_stays_with_a_person(cast: Cast) -> None:
    followup, saved = called(cast, RecordForm("unknown"))
    assert (saved.next_kind, followup.state, Attempt.objects.get().state) == ("check", "open", "unknown")


def test_low_scores_open_a_case_with_clocks_in_working_time(cast: Cast) -> None:
    _, saved = called(cast, RecordForm("completed", answers={"quality": 1}, words="空调还是不凉"))
    case = Case.objects.get()
    assert saved.cases == (case.number,)
    assert (case.owner, case.title, case.kind) == (cast.tao, "空调还是不凉", "dissatisfied")
    assert case.first_answer_due == datetime(2026, 11, 20, 6, 3, tzinfo=UTC)  # two working hours, lunch left out
    assert {notice.subject.split(":")[0] for notice in Notice.objects.filter(to=cast.tao)} == {"case", "record"}


def test_feedback_keeps_the_customers_words_and_leads_on(cast: Cast) -> None:
    _, saved = called(
        cast, RecordForm("completed", answers=GOOD, feedback=[{"kind": "suggestion", "topic": "休息区", "words": "加个充电口"}])
    )
    assert Feedback.objects.get().words == "加个充电口"
    assert (Request.objects.get().programme, Request.objects.get().source) == ("thanks", f"record:{saved.record_id}")


def test_a_contact_against_the_rules_is_recorded_and_the_trail_says_so(cast: Cast) -> None:
    consents.opt_out(None, cast.customers[0], "any", "any", "reply", NOW)
    followup, fence = in_hand(cast)
    saved = save(cast.chen, followup.pk, fence, RecordForm("completed", answers=GOOD), NOW)
    assert saved.refusal is not None
    assert saved.refusal.rule == "opted-out"
    assert AuditEntry.objects.get(action="contact.outside").detail["rule"] == "opted-out"
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (RecordForm("completed", answers={"speed": 3}, words="话说到一半"), Invalid),
        (RecordForm("delivered", words="话说到一半"), Invalid),
        (RecordForm("nonsense", words="话说到一半"), Invalid),
        (RecordForm("callback", words="话说到一半"), Invalid),
        (RecordForm("completed", answers=GOOD, next_on=date(2026, 12, 1), words="话说到一半"), Invalid),
        (RecordForm("completed", answers=GOOD, feedback=[{"kind": "complaint", "words": " "}], words="话说到一半"), Invalid),
    ],
)
def test_what_was_typed_is_kept_when_it_cannot_be_saved(cast: Cast, form: RecordForm, error: type[Exception]) -> None:
    followup, fence = in_hand(cast)
    with pytest.raises(error):
        save(cast.chen, followup.pk, fence, form, NOW)
    assert json.loads(Draft.objects.get().content)["words"] == "话说到一半"
    assert not Record.objects.exists()
    assert not Attempt.objects.exists()
    followup.refresh_from_db()
    assert followup.state == "claimed"


def test_a_late_save_is_refused_and_kept(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    with pytest.raises(Conflict, match=r"no longer in your hand|has this"):
        save(cast.chen, followup.pk, fence - 1, RecordForm("completed", answers=GOOD, words="迟到的话"), NOW)
    assert json.loads(Draft.objects.get().content)["words"] == "迟到的话"


def test_a_saved_record_leaves_no_draft(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    assert save_draft(cast.chen, followup.pk, {"words": "半句"}, NOW)
    save(cast.chen, followup.pk, fence, RecordForm("completed", answers=GOOD), NOW)
    assert not Draft.objects.exists()


def test_a_form_with_nothing_in_it_is_no_draft_and_an_emptied_one_is_none_any_more(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    empty: dict[str, object] = {**asdict(RecordForm("")), "token": "shown", "seconds": 12}
    assert save_draft(cast.chen, followup.pk, empty, NOW, fence)
    assert not Draft.objects.exists()
    assert save_draft(cast.chen, followup.pk, empty | {"words": "半句"}, NOW, fence)
    assert Draft.objects.count() == 1
    assert save_draft(cast.chen, followup.pk, empty, NOW, fence)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("outcome", ["completed", "no_answer"])
def test_what_is_typed_and_arrives_after_its_form_was_saved_is_no_unsaved_work(cast: Cast, outcome: str) -> None:
    followup, fence = in_hand(cast)
    save(cast.chen, followup.pk, fence, RecordForm(outcome, answers=GOOD if outcome == "completed" else {}, token="shown once"), NOW)
    assert save_draft(cast.chen, followup.pk, {"words": "半句", "token": "shown once"}, NOW, fence)
    assert not Draft.objects.exists()
    assert not save_draft(cast.chen, followup.pk, {"words": "又想起一句", "token": "shown again"}, NOW, fence)
    assert json.loads(Draft.objects.get().content)["words"] == "又想起一句"


def test_nobody_records_for_another_branch(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    with pytest.raises(NotAllowed):
        save(cast.stranger, followup.pk, fence, RecordForm("completed"), NOW)
    assert not Draft.objects.exists()
