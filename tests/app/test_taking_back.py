"""What one has just saved is taken back: everything is as before but the attempt in the ledger; what somebody has built on stays."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from huifang.app.queries.last_saved import undoable
from huifang.app.records.models import (
    AnswerFile,
    Attempt,
    AuditEntry,
    Case,
    Consent,
    ContactPoint,
    Customer,
    DayClosing,
    Draft,
    Feedback,
    FollowUp,
    LastSaved,
    Message,
    Notice,
    NoticeDelivery,
    Occurrence,
    Promise,
    Record,
    Request,
    Review,
)
from huifang.app.services import audit, cases, consents, followups, gate, reviews, taking_back, webhooks
from huifang.app.services.contact_records import RecordForm, Saved, save
from huifang.domain.contact import Channel
from huifang.domain.errors import Conflict, NotAllowed
from huifang.domain.outcomes import Effect, outcome_of, outcomes_for
from huifang.domain.taking_back import TIME
from tests.app.cast import DAY, NOW, Cast, in_hand, planned, put_in_force, settled

SAVED = NOW + timedelta(minutes=3)
SOON = SAVED + timedelta(minutes=1)
BAD = RecordForm("completed", answers={"quality": 1, "speed": 2, "wish": "别再这样"}, words="还在响", remark="急", attitude="hostile")
_LEFT_AS_THEY_ARE = {"AuditEntry", "AuditHead", "Draft", "LastSaved", "Job"}
_GROWS = {"fence", "lease_until"}


def saved(cast: Cast, form: RecordForm, *, call: bool = True) -> tuple[FollowUp, Saved]:
    followup, fence = in_hand(cast)
    if call:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    return followup, save(cast.chen, followup.pk, fence, form, SAVED)


def everything() -> dict[str, Any]:
    """Every row of every table, but for the trail and what grows with every claim."""
    found: dict[str, Any] = {}
    for model in apps.get_app_config("records").get_models(include_auto_created=True):
        if model.__name__ not in _LEFT_AS_THEY_ARE:
            rows = model._default_manager.order_by("pk").values()
            found[model.__name__] = [{name: value for name, value in row.items() if name not in _GROWS} for row in rows]
    return found


def stands_in_the_way(cast: Cast, followup: FollowUp) -> set[str]:
    before = everything()
    with pytest.raises(Conflict) as caught:
        taking_back.take_back(cast.chen, followup.pk, SOON)
    assert everything() == before
    return {problem.code.removeprefix("take-back.") for problem in caught.value.problems}


_UNDOABLE = [each.code for each in outcomes_for(Channel.PHONE) if each.effect not in (Effect.OPT_OUT, Effect.DECEASED)]


@pytest.mark.parametrize("promised", [False, True])
@pytest.mark.parametrize("code", _UNDOABLE)
def test_whatever_the_outcome_everything_is_as_it_was_before_saving(cast: Cast, code: str, promised: bool) -> None:
    followup, fence = in_hand(cast)
    if promised:
        occurrence = followup.occurrences.get()
        times = {"opens_at": NOW, "closes_at": NOW + timedelta(hours=2), "day": DAY, "made_at": NOW - timedelta(days=1)}
        Promise.objects.create(customer=followup.customer, occurrence=occurrence, staff=cast.chen, **times)
        FollowUp.objects.filter(pk=followup.pk).update(promised=True)
    gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    before = everything()
    outcome = outcome_of(code)
    form = RecordForm(
        code, answers=dict(BAD.answers) if outcome.reached else {}, words="还在响", callback_at=NOW + timedelta(hours=5),
        feedback=[{"kind": "complaint", "topic": "quality", "words": "还在响"}, {"kind": "suggestion", "topic": "", "words": "早点说"}],
    )  # fmt: skip
    save(cast.chen, followup.pk, fence, form, SAVED)
    assert everything() != before
    taking_back.take_back(cast.chen, followup.pk, SOON)
    assert everything() == before
    draft = json.loads(Draft.objects.get(followup=followup, staff=cast.chen).content)
    assert (draft["outcome"], draft["words"], draft["token"]) == (code, "还在响", "")
    assert audit.faults() == []


def test_the_attempt_stays_in_the_ledger_and_the_trail_says_what_was_done(cast: Cast) -> None:
    followup, done = saved(cast, BAD)
    attempt = Attempt.objects.get()
    assert done.cases
    taking_back.take_back(cast.chen, followup.pk, SOON)
    assert Attempt.objects.get().pk == attempt.pk
    assert Attempt.objects.get().state == "attempting"
    assert not Record.objects.exists()
    trail = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert trail[-2:] == ["case.taken-back", "record.taken-back"]
    assert AuditEntry.objects.get(action="record.taken-back").detail == {"record": done.record_id, "cases": list(done.cases)}
    assert "record.saved" in trail


def test_it_is_saved_anew_on_the_same_attempt(cast: Cast) -> None:
    followup, _done = saved(cast, BAD)
    taking_back.take_back(cast.chen, followup.pk, SOON)
    followup.refresh_from_db()
    again = save(cast.chen, followup.pk, followup.fence, RecordForm("completed", answers={"quality": 5}, words="好"), SOON)
    assert Record.objects.get().pk == again.record_id
    assert Attempt.objects.count() == 1
    assert not Case.objects.exists()


def test_a_contact_made_without_asking_stays_under_way_too(cast: Cast) -> None:
    followup, _done = saved(cast, RecordForm("busy"), call=False)
    taking_back.take_back(cast.chen, followup.pk, SOON)
    assert Attempt.objects.get(followup=followup).state == "attempting"


def test_asked_twice_the_second_time_does_nothing(cast: Cast) -> None:
    followup, _done = saved(cast, BAD)
    taking_back.take_back(cast.chen, followup.pk, SOON)
    before = everything()
    taking_back.take_back(cast.chen, followup.pk, SOON)
    assert everything() == before


def test_a_wrong_number_is_right_again_only_where_this_record_marked_it(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    point = ContactPoint.objects.get(customer=followup.customer)
    gate.allow(cast.chen, followup.pk, fence, "phone", point.pk, NOW)
    ContactPoint.objects.filter(pk=point.pk).update(usable=False)
    save(cast.chen, followup.pk, fence, RecordForm("invalid_number"), SAVED)
    taking_back.take_back(cast.chen, followup.pk, SOON)
    point.refresh_from_db()
    assert not point.usable


def test_a_file_that_was_an_answer_waits_with_the_form_again(cast: Cast) -> None:
    followup, done = saved(cast, BAD)
    file = AnswerFile.objects.create(
        key="0" * 32, question="photo", name="a.png", media_type="image/png", size=0, day=DAY, record_id=done.record_id
    )
    taking_back.take_back(cast.chen, followup.pk, SOON)
    file.refresh_from_db()
    assert (file.record_id, file.followup_id, file.staff_id) == (None, followup.pk, cast.chen.pk)


def test_it_is_late_after_its_time_and_offered_until_then(cast: Cast) -> None:
    followup, _done = saved(cast, BAD)
    followup.refresh_from_db()
    assert undoable(cast.chen, followup, SAVED + TIME)
    assert not undoable(cast.lin, followup, SAVED + TIME)
    late = SAVED + TIME + timedelta(seconds=1)
    assert not undoable(cast.chen, followup, late)
    with pytest.raises(Conflict, match="10"):
        taking_back.take_back(cast.chen, followup.pk, late)


def test_only_the_last_one_and_only_one_s_own(cast: Cast) -> None:
    followup, _done = saved(cast, BAD)
    with pytest.raises(NotAllowed):
        taking_back.take_back(cast.stranger, followup.pk, SOON)
    with pytest.raises(NotAllowed):
        taking_back.take_back(cast.lin, followup.pk, SOON)  # another agent's
    with pytest.raises(Conflict, match="last"):
        taking_back.take_back(cast.tao, followup.pk, SOON)
    other, fence = in_hand(cast, cast.customers[1])
    save(cast.chen, other.pk, fence, RecordForm("busy"), SAVED)
    assert LastSaved.objects.get(staff=cast.chen).followup == other
    assert stands_in_the_way(cast, followup) == {"not-last"}


@pytest.mark.parametrize("code", ["never_again", "deceased"])
def test_what_the_customer_said_of_being_contacted_is_not_taken_back_by_a_button(cast: Cast, code: str) -> None:
    followup, done = saved(cast, RecordForm(code))
    assert not done.may_be_undone
    assert stands_in_the_way(cast, followup) == {"not-last"}


def _signed(cast: Cast, _followup: FollowUp, _done: Saved) -> None:
    DayClosing.objects.create(branch=cast.branch, day=DAY, signed_by=cast.tao, signed_at=SOON)


def _reviewed(cast: Cast, _followup: FollowUp, done: Saved) -> None:
    reviews.choose(cast.tao, done.record_id, SOON)
    assert Review.objects.exists()


def _opened(cast: Cast, followup: FollowUp, _done: Saved) -> None:
    FollowUp.objects.filter(pk=followup.pk).update(state="open", next_at=None)
    followups.claim(cast.lin if followup.staff is None else cast.chen, followup.pk, SOON)


def _planned_elsewhere(cast: Cast, followup: FollowUp, _done: Saved) -> None:
    Occurrence.objects.filter(followup=followup).update(followup=planned(cast, cast.customers[2]))


def _tried_again(_cast: Cast, followup: FollowUp, _done: Saved) -> None:
    old = Attempt.objects.get()
    Attempt.objects.create(
        ticket="1" * 32, key="k", followup=followup, customer=old.customer, channel="sms", purpose="service", programme="day-after",
        at=SOON, day=DAY,
    )  # fmt: skip


def _sent(cast: Cast, followup: FollowUp, done: Saved) -> None:
    _tried_again(cast, followup, done)
    Message.objects.create(followup=followup, attempt=Attempt.objects.get(key="k"), channel="sms", text="您好", at=SOON)


def _refused(cast: Cast, followup: FollowUp, _done: Saved) -> None:
    consents.opt_out(cast.tao, followup.customer, "any", "any", "agent", SOON)
    assert Consent.objects.exists()


def _case_worked_on(cast: Cast, _followup: FollowUp, done: Saved) -> None:
    cases.comment(cast.tao, Case.objects.get(number=done.cases[0]).pk, "我来打", SOON)


def _said_in_the_case_elsewhere(cast: Cast, followup: FollowUp, done: Saved) -> None:
    case = Case.objects.get(number=done.cases[0])
    Feedback.objects.create(customer=followup.customer, kind="complaint", words="还在响", at=SOON, case=case)


def _joined_an_older_case(cast: Cast, followup: FollowUp, done: Saved) -> None:
    case = cases.open_case(cast.tao, followup.customer, "dissatisfied", "上次的", NOW, version=cast.version)
    Feedback.objects.filter(record=done.record_id).update(case=case)


def _decided(cast: Cast, _followup: FollowUp, done: Saved) -> None:
    Feedback.objects.filter(record=done.record_id).update(deed="corrected", decided_by=cast.tao)


def _request_planned(cast: Cast, followup: FollowUp, done: Saved) -> None:
    asked = Request.objects.get(source=f"record:{done.record_id}")
    made = planned(cast, followup.customer, cast.lin, "thanks", "relationship")
    Occurrence.objects.filter(followup=made).update(cause=str(asked.pk))


Happening = Callable[[Cast, FollowUp, Saved], None]


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (_signed, "signed"), (_reviewed, "reviewed"), (_opened, "taken"), (_planned_elsewhere, "taken"), (_tried_again, "taken"),
        (_sent, "sent"), (_refused, "forbidden"), (_case_worked_on, "case"), (_said_in_the_case_elsewhere, "case"),
        (_joined_an_older_case, "told"), (_decided, "decided"), (_request_planned, "planned"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)  # fmt: skip
def test_what_somebody_has_built_on_is_not_taken_back_and_nothing_changes(cast: Cast, happens: Happening, code: str) -> None:
    said = [{"kind": "complaint", "topic": "", "words": "还在响"}, {"kind": "suggestion", "topic": "", "words": "早点说"}]
    form = RecordForm("completed", answers=dict(BAD.answers), words="还在响", feedback=said)
    followup, done = saved(cast, form)
    Request.objects.get_or_create(
        customer=followup.customer, programme="thanks", source=f"record:{done.record_id}", defaults={"playbook": "small-shop", "day": DAY}
    )
    followup.refresh_from_db()
    happens(cast, followup, done)
    assert stands_in_the_way(cast, followup) == {code}


def test_a_case_that_was_reopened_by_the_answer_is_said(cast: Cast) -> None:
    case = cases.open_case(cast.tao, cast.customers[0], "dissatisfied", "异响", NOW - timedelta(days=2), version=cast.version)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=NOW - timedelta(days=1))
    asked = Request.objects.create(customer=case.customer, programme="thanks", source=f"case:{case.pk}:1", playbook="small-shop", day=DAY)
    followup, fence = in_hand(cast, case.customer, "thanks", "relationship")
    Occurrence.objects.filter(followup=followup).update(cause=str(asked.pk))
    put_in_force_revisit(cast, followup)
    save(cast.chen, followup.pk, fence, BAD, SAVED)
    case.refresh_from_db()
    assert case.round == 2
    assert stands_in_the_way(cast, followup) == {"told"}


def put_in_force_revisit(cast: Cast, followup: FollowUp) -> None:
    """The programme that asks again asks the two questions."""
    text = cast.version.text.replace("    when: {on: request, wait: 1 day}\n", "    when: {on: request, wait: 1 day}\n    ask: short\n")
    FollowUp.objects.filter(pk=followup.pk).update(playbook_version=put_in_force(text))


def test_who_has_seen_a_notice_is_told_and_who_has_not_never_sees_it(cast: Cast) -> None:
    followup, done = saved(cast, BAD)
    assert Notice.objects.filter(to=cast.tao).count() == 2  # of the record, and of the case
    seen = Notice.objects.filter(to=cast.tao).order_by("pk").first()
    assert seen
    Notice.objects.filter(pk=seen.pk).update(read_at=SOON)
    statement = Feedback.objects.create(
        customer=followup.customer, record_id=done.record_id, kind="complaint", words="急", at=SAVED, state="read", deed="",
        source=f"record:{done.record_id}",
    )  # fmt: skip
    mailed = Notice.objects.create(to=cast.wang, words={"zh": "急", "en": "Urgent"}, subject=f"feedback:{statement.pk}", at=SAVED)
    NoticeDelivery.objects.create(notice=mailed, way="mail", state="sent", next_at=SAVED, at=SAVED)
    taking_back.take_back(cast.chen, followup.pk, SOON)
    kept = Notice.objects.filter(at__lt=SOON)
    assert set(kept) == {seen, mailed}
    told = Notice.objects.filter(at=SOON)
    assert {(each.to, each.subject) for each in told} == {(cast.tao, f"followup:{followup.pk}"), (cast.wang, f"followup:{followup.pk}")}
    assert "小陈" in told[0].words["zh"]
    assert not Feedback.objects.exists()


def test_a_bundle_comes_back_whole(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    event = settled(followup.customer, "J1", DAY)
    other = followup.occurrences.get()
    other.pk, other.cause, other.event = None, "J1", event
    other.save()
    before = everything()
    save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 5}), SAVED)
    assert list(Record.objects.get().events.all()) == [event]
    assert not Occurrence.objects.filter(followup=followup, open=True).exists()
    taking_back.take_back(cast.chen, followup.pk, SOON)
    after = everything()
    assert [row for row in after["Occurrence"] if row["followup_id"] == followup.pk] == before["Occurrence"]


def test_other_systems_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: [(0, 0, 0, "", ("93.184.215.14", 443))])
    subscription, _secret = webhooks.subscribe(cast.an, "DMS", "https://hooks.example.com/in", ["record.taken-back"], None, NOW)
    followup, done = saved(cast, BAD)
    taking_back.take_back(cast.chen, followup.pk, SOON)
    assert webhooks.collect(SOON) == 1
    body = json.loads(subscription.deliveries.get().body)
    assert body["type"] == "record.taken-back"
    assert body["data"] == {
        "programme": "day-after", "followup": followup.pk, "customer": followup.customer.code, "record": done.record_id,
        "cases": list(done.cases),
    }  # fmt: skip
    assert Customer.objects.count() == 3
