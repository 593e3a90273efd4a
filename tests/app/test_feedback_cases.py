"""Whatever a customer complains of can be dealt with in a case, and what they say again comes to the same case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app.queries import feedback as queries
from huifang.app.records.models import Answer, Case, Feedback, FeedbackGroup, Notice, Record, Role, Staff
from huifang.app.services import cases, feedback_cases, feedback_reading
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.playbooks import activate, add_version
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from huifang.playbooks import library
from tests.app.cast import NOW, Cast, in_hand
from tests.app.test_feedback import said, work_off

KIND = "small-shop:dissatisfied"


def test_a_complaint_from_anywhere_becomes_a_case_with_owner_and_clocks(cast: Cast) -> None:
    row = said(cast, "短信里说过的，多收了一百块")
    assert [one.pk for one in queries.feedback_page(cast.tao, queries.Filters(loose=True)).rows] == [row.pk]
    case = feedback_cases.open_for(cast.chen, row.pk, KIND, NOW)
    assert (case.customer, case.kind, case.owner, case.title) == (row.customer, "dissatisfied", cast.tao, row.words)
    assert case.first_answer_due == NOW + timedelta(hours=2)
    row.refresh_from_db()
    assert feedback_cases.case_of(row) == case
    assert not queries.feedback_page(cast.tao, queries.Filters(loose=True)).rows
    with pytest.raises(Conflict, match="has its case"):
        feedback_cases.open_for(cast.chen, row.pk, KIND, NOW)


def test_kinds_of_several_playbooks_are_told_apart(cast: Cast) -> None:
    assert feedback_cases.kinds_of_case()[KIND].en == "Dissatisfied"
    activate(None, add_version(None, library.text("repair-shop"), "repair-shop.yaml", NOW), NOW)
    kinds = feedback_cases.kinds_of_case()
    assert (kinds[KIND].en, kinds["repair-shop:dissatisfied"].zh) == ("Dissatisfied · Small shop", "不满意客户 · 汽修厂客户回访")


def test_a_kind_or_case_there_is_not_and_people_without_right_are_refused(cast: Cast) -> None:
    row = said(cast, "贵")
    other = cases.open_case(cast.chen, cast.customers[1], "dissatisfied", "x", NOW, version=cast.version)
    with pytest.raises(Invalid, match="No playbook"):
        feedback_cases.open_for(cast.chen, row.pk, "small-shop:gossip", NOW)
    with pytest.raises(Invalid, match="no such case"):
        feedback_cases.add_to(cast.chen, row.pk, other.number, NOW)
    reviewer = Staff.objects.create(code="R", name="质检", role=Role.REVIEWER, branch=cast.branch)
    for who in (cast.stranger, reviewer):
        with pytest.raises(NotAllowed):
            feedback_cases.open_for(who, row.pk, KIND, NOW)
    assert Case.objects.count() == 1


def test_a_statement_is_added_to_the_case_that_is_open(cast: Cast) -> None:
    case = cases.open_case(cast.chen, cast.customers[0], "dissatisfied", "异响", NOW, version=cast.version)
    row = said(cast, "今天又响了")
    before = Notice.objects.filter(to=cast.tao).count()
    assert feedback_cases.add_to(cast.chen, row.pk, case.number, NOW) == case
    assert case.steps.get(what="comment").words == "今天又响了"
    assert Notice.objects.filter(to=cast.tao).count() == before + 1


def test_what_one_customer_says_to_several_departments_is_one_case(cast: Cast) -> None:
    group = FeedbackGroup.objects.create(opened_at=NOW)
    first, second = said(cast, "前台没人理", group=group), said(cast, "和车间也说了没人理", group=group)
    stranger = said(cast, "没人理", 1, group=group)
    case = feedback_cases.open_for(cast.chen, first.pk, KIND, NOW)
    assert set(case.statements.all()) == {first, second}
    third = said(cast, "给经理也说了", group=group)
    assert feedback_cases.said_again(third, NOW) == case
    assert feedback_cases.said_again(third, NOW) is None
    assert (case.statements.count(), case.steps.filter(what="comment").count()) == (3, 1)
    assert feedback_cases.said_again(stranger, NOW) is None
    Case.objects.update(state="closed")
    assert feedback_cases.said_again(said(cast, "又来了", group=group), NOW) is None
    assert feedback_cases.said_again(said(cast, "另一件事"), NOW) is None


def test_a_statement_of_a_record_has_the_case_of_its_record(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 1}, words="异响没修好，太差了"), NOW)
    work_off()
    row = Feedback.objects.get()
    assert feedback_cases.case_of(row) == Case.objects.get()
    assert not queries.feedback_page(cast.tao, queries.Filters(loose=True)).rows
    assert feedback_cases.said_again(row, NOW) is None


def test_what_was_answered_in_words_is_a_statement_of_its_own(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    form = RecordForm("completed", answers={"quality": 5, "wish": "休息室太热，空调坏了"}, words="师傅态度很好，非常满意")
    save(cast.chen, followup.pk, fence, form, NOW)
    work_off()
    answer = Answer.objects.get(question="wish")
    assert dict(Feedback.objects.values_list("source", "words")) == {
        f"answer:{answer.pk}": "休息室太热，空调坏了", f"record:{answer.record_id}": "师傅态度很好，非常满意",
    }  # fmt: skip
    assert feedback_reading.read("answer", answer.pk, NOW) == Feedback.objects.get(source=f"answer:{answer.pk}")
    assert feedback_reading.read("answer", 0, NOW) is None


def test_words_that_only_repeat_an_answer_are_read_once(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 5, "wish": "休息室太热"}, words="休息室太热"), NOW)
    work_off()
    assert Feedback.objects.get().source.startswith("answer:")


def test_what_a_person_entered_stands_for_the_answers_too(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    entered = [{"kind": "suggestion", "topic": "", "words": "装台新空调"}]
    form = RecordForm("completed", answers={"quality": 5, "wish": "装台新空调吧"}, words="装台新空调", feedback=entered)
    save(cast.chen, followup.pk, fence, form, NOW)
    work_off()
    assert [(row.words, row.deed) for row in Feedback.objects.all()] == [("装台新空调", "entered")]
    assert Record.objects.count() == 1
