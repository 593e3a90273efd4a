"""A saved record is corrected: what it said stays, what the new answers lead to happens once, and whoever builds on it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from huifang.app.queries.last_saved import undoable
from huifang.app.records.models import (
    Answer,
    AuditEntry,
    Case,
    CaseStep,
    Correction,
    DayClosing,
    Feedback,
    FollowUp,
    IndicatorDay,
    Job,
    Notice,
    Record,
    Request,
    Review,
    Staff,
)
from huifang.app.services import audit, feedback_reading, indicator_days
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.correcting import CorrectionForm, correct, find, standing
from huifang.domain.correcting import obstacles
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast, in_hand, put_in_force

SAVED = NOW + timedelta(minutes=3)
LATER = SAVED + timedelta(hours=2)
GOOD = RecordForm(
    "completed", answers={"quality": 5, "speed": 4, "wish": "早点打来"}, words="挺好", remark="下午方便", asked="几点开门", replied="九点"
)
RIGHT = CorrectionForm(
    "打错一格", answers={"quality": 5, "speed": 4, "wish": "早点打来"}, words="挺好", remark="下午方便", asked="几点开门", replied="九点"
)
BAD = replace(RIGHT, answers={"quality": 1, "speed": 4, "wish": "早点打来"})


def saved(cast: Cast, form: RecordForm = GOOD) -> Record:
    followup, fence = in_hand(cast)
    return Record.objects.get(pk=save(cast.chen, followup.pk, fence, form, SAVED).record_id)


def answers(record: Record) -> dict[str, tuple[str, str, float | None]]:
    return {each.question: (each.value, each.text, each.score) for each in Answer.objects.filter(record=record)}


def seen(form: CorrectionForm, number: int) -> CorrectionForm:
    return replace(form, seen=number)


def test_the_record_says_what_is_right_and_what_it_said_stays(cast: Cast) -> None:
    record = saved(cast)
    before = Record.objects.filter(pk=record.pk).values().get()
    form = replace(RIGHT, answers={"quality": 3, "wish": "早点打来，别太早"}, words="还行", remark="", asked="几点关门", replied="六点")
    made = correct(cast.chen, record.pk, form, LATER)
    record.refresh_from_db()
    assert (record.words, record.remark, record.asked, record.replied) == ("还行", "", "几点关门", "六点")
    assert answers(record) == {"quality": ("3", "", 3.0), "wish": ("", "早点打来，别太早", None)}
    assert (record.min_score, record.mean_score, record.satisfied) == (3.0, 3.0, True)
    changed = {"words", "remark", "asked", "replied", "mean_score", "min_score", "satisfied"}
    after = Record.objects.filter(pk=record.pk).values().get()
    assert {key for key in before if before[key] != after[key]} <= changed
    assert made is not None
    assert (made.by, made.at, made.why) == (cast.chen, LATER, "打错一格")
    assert json.loads(made.before) == {
        "words": "挺好", "remark": "下午方便", "asked": "几点开门", "replied": "九点",
        "answers": {"quality": ["5", ""], "speed": ["4", ""], "wish": ["", "早点打来"]},
    }  # fmt: skip
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.action, entry.subject, entry.by) == ("record.corrected", f"record:{record.pk}", cast.chen)
    assert set(entry.detail["changed"]) == {"words", "remark", "asked", "replied", "answer.quality", "answer.speed", "answer.wish"}
    assert audit.faults() == []


@pytest.mark.parametrize("who", ["chen", "lin", "tao", "wang", "an", "stranger"])
@pytest.mark.parametrize(("signed", "reviewed"), list(product((False, True), (None, "waiting", "settled"))))
def test_who_may_correct_until_when(cast: Cast, who: str, signed: bool, reviewed: str | None) -> None:
    record = saved(cast)
    if signed:
        DayClosing.objects.create(branch=cast.branch, day=DAY, figures={}, left={}, signed_by=cast.tao, signed_at=LATER)
    if reviewed:
        Review.objects.create(record=record, branch=cast.branch, staff=cast.chen, day=DAY, road="random", drawn_at=LATER, state=reviewed)
    by: Staff = getattr(cast, who)
    may = who in ("tao", "wang") or (who == "chen" and not signed and reviewed != "settled")
    if may:
        assert correct(by, record.pk, BAD, LATER) is not None
        assert answers(record)["quality"][0] == "1"
        return
    with pytest.raises(NotAllowed if who in ("an", "stranger") else Conflict):
        correct(by, record.pk, BAD, LATER)
    assert answers(record)["quality"][0] == "5"
    assert not Correction.objects.exists()


def test_a_day_that_was_opened_again_is_the_agents_again_and_ones_own_record_is_nobodys_to_settle(cast: Cast) -> None:
    record = saved(cast)
    closing = DayClosing.objects.create(branch=cast.branch, day=DAY, figures={}, left={}, signed_by=cast.tao, signed_at=LATER)
    Record.objects.update(staff=cast.tao)
    record.refresh_from_db()
    assert obstacles(standing(cast.tao, record))
    DayClosing.objects.filter(pk=closing.pk).update(reopened_at=LATER)
    assert correct(cast.tao, record.pk, BAD, LATER) is not None


def test_what_the_customer_filled_in_alone_is_nobodys_to_correct(cast: Cast) -> None:
    record = saved(cast)
    Record.objects.update(staff=None)
    with pytest.raises(Conflict, match="filled this in alone"):
        correct(cast.tao, record.pk, BAD, LATER)
    assert answers(record)["quality"][0] == "5"


def test_the_same_form_twice_corrects_once_and_an_old_form_never_overwrites_a_new_one(cast: Cast) -> None:
    record = saved(cast)
    assert correct(cast.chen, record.pk, BAD, LATER) is not None
    assert correct(cast.chen, record.pk, BAD, LATER) is None
    assert Correction.objects.count() == 1
    with pytest.raises(Conflict, match="Somebody has corrected"):
        correct(cast.tao, record.pk, RIGHT, LATER)
    assert correct(cast.tao, record.pk, seen(RIGHT, 1), LATER) is not None
    assert [each.by for each in Correction.objects.all()] == [cast.chen, cast.tao]


@pytest.mark.parametrize("form", [replace(BAD, why=" "), replace(BAD, answers={"speed": 4}), replace(BAD, answers={"quality": 9})])
def test_what_could_not_be_saved_cannot_be_corrected_to_either_and_a_reason_is_asked(cast: Cast, form: CorrectionForm) -> None:
    record = saved(cast)
    before = answers(record)
    with pytest.raises(Invalid):
        correct(cast.chen, record.pk, form, LATER)
    assert answers(record) == before
    assert not Correction.objects.exists()


def test_a_record_of_a_call_that_was_broken_off_needs_no_answer_it_did_not_need_before(cast: Cast) -> None:
    record = saved(cast, RecordForm("partly", answers={"speed": 4}))
    assert correct(cast.chen, record.pk, CorrectionForm("记反了", answers={"speed": 2}), LATER) is not None
    assert answers(record)["speed"][0] == "2"


def test_where_nothing_was_asked_the_words_are_corrected(cast: Cast) -> None:
    record = saved(cast, RecordForm("no_answer", remark="响了很久"))
    assert correct(cast.chen, record.pk, CorrectionForm("写错", remark="响两声", answers={"quality": 1}), LATER) is not None
    record.refresh_from_db()
    assert (record.remark, answers(record)) == ("响两声", {})


def test_new_answers_lead_to_what_they_would_have_led_to_once_and_old_ones_to_nothing_more(cast: Cast) -> None:
    record = saved(cast)
    before = FollowUp.objects.values().get(), Request.objects.count()
    for number, form in enumerate((BAD, RIGHT, BAD, RIGHT, BAD)):
        assert correct(cast.chen, record.pk, seen(form, number), LATER + timedelta(minutes=number)) is not None
    case = Case.objects.get()
    assert (case.record, case.kind, case.owner is not None) == (record, "dissatisfied", True)
    steps = list(CaseStep.objects.filter(case=case).order_by("pk").values_list("what", "words", "by"))
    assert [what for what, _words, _by in steps] == ["opened", *["corrected"] * 4]
    assert steps[1][1:] == ("打错一格", cast.chen.pk)
    assert Notice.objects.filter(to=cast.tao, subject=f"record:{record.pk}").count() == 1
    assert (FollowUp.objects.values().get(), Request.objects.count()) == before


def test_a_case_that_the_old_answers_opened_stays_and_is_told_and_is_not_opened_again(cast: Cast) -> None:
    record = saved(cast, replace(GOOD, answers={"quality": 1}))
    case = Case.objects.get()
    correct(cast.tao, record.pk, RIGHT, LATER)
    case.refresh_from_db()
    assert case.state == "open"
    assert CaseStep.objects.filter(case=case, what="corrected", by=cast.tao).count() == 1
    assert Notice.objects.filter(to=cast.chen, subject=f"record:{record.pk}").count() == 1
    correct(cast.tao, record.pk, seen(BAD, 1), LATER)
    assert Case.objects.count() == 1


def test_a_complaint_that_was_entered_does_not_open_its_case_twice(cast: Cast) -> None:
    record = saved(cast, replace(GOOD, feedback=[{"kind": "complaint", "topic": "", "words": "挺好"}]))
    correct(cast.chen, record.pk, BAD, LATER)
    assert Case.objects.count() == 1


def test_a_corrected_record_cannot_be_undone_any_more(cast: Cast) -> None:
    record = saved(cast)
    assert record.followup is not None
    assert undoable(cast.chen, record.followup, SAVED)
    correct(cast.chen, record.pk, BAD, SAVED)
    assert not undoable(cast.chen, record.followup, SAVED)


def test_what_was_read_of_the_old_words_is_read_again(cast: Cast) -> None:
    record = saved(cast, replace(GOOD, words="刹车还是响，你们根本没有修好"))
    for job in Job.objects.filter(kind="feedback").order_by("pk"):
        feedback_reading.read(job.payload["source"], job.payload["id"], LATER)
    rows = {str(row.source): row for row in Feedback.objects.all()}
    old = rows[f"record:{record.pk}"]
    Feedback.objects.filter(pk=old.pk).update(state="decided", deed="confirmed", decided_by=cast.tao)
    Job.objects.all().delete()
    form = replace(RIGHT, words="师傅态度很好，修得很快，非常满意", answers={"quality": 5, "speed": 4})
    correct(cast.chen, record.pk, form, LATER)
    assert not Feedback.objects.filter(source__startswith="answer:").exists()  # the wish is gone
    old.refresh_from_db()
    assert (old.words, old.state, old.deed, old.decided_by) == ("师傅态度很好，修得很快，非常满意", "unsure", "", None)
    for job in Job.objects.filter(kind="feedback"):
        feedback_reading.read(job.payload["source"], job.payload["id"], LATER)
    old.refresh_from_db()
    assert old.read_kind == "praise"


def test_a_mark_on_all_that_was_said_goes_on_to_the_new_words_and_one_on_a_part_stays(cast: Cast) -> None:
    marks = [{"kind": "complaint", "topic": "", "words": "挺好"}, {"kind": "suggestion", "topic": "", "words": "早点"}]
    record = saved(cast, replace(GOOD, feedback=marks))
    correct(cast.chen, record.pk, replace(RIGHT, words="不好"), LATER)
    assert sorted(row.words for row in Feedback.objects.filter(record=record)) == ["不好", "早点"]
    assert Job.objects.filter(kind="feedback", payload={"source": "record", "id": record.pk}).count() == 2


def test_what_belongs_to_a_case_stays_with_it_though_nothing_is_said_any_more(cast: Cast) -> None:
    record = saved(cast, replace(GOOD, answers={"quality": 1}))
    about = {
        "customer": record.customer,
        "record": record,
        "kind": "complaint",
        "words": "挺好",
        "at": SAVED,
        "source": f"record:{record.pk}",
    }
    row = Feedback.objects.create(case=Case.objects.get(), **about)
    correct(cast.chen, record.pk, replace(BAD, words=""), LATER)
    assert Feedback.objects.get(pk=row.pk).words == "挺好"


def test_figures_show_what_is_right(cast: Cast) -> None:
    record = saved(cast)
    indicator_days.keep(DAY, LATER)
    figure = IndicatorDay.objects.filter(grain=IndicatorDay.Grain.DAY, kind=IndicatorDay.Kind.ALL, day=DAY, programme="day-after")
    assert figure.get().satisfied == 1
    correct(cast.chen, record.pk, BAD, LATER)
    indicator_days.keep(DAY, LATER)
    assert figure.get().satisfied == 0


@pytest.mark.parametrize(("days", "queued"), [(1, 0), (200, 1)])
def test_days_that_are_not_counted_anew_by_themselves_are_queued(cast: Cast, days: int, queued: int) -> None:
    record = saved(cast)
    correct(cast.tao, record.pk, BAD, SAVED + timedelta(days=days))
    jobs = Job.objects.filter(kind="indicators")
    assert jobs.count() == queued
    assert all(job.payload == {"since": DAY.isoformat()} for job in jobs)


def test_a_matrix_a_file_and_a_signature_are_compared_and_kept_as_they_are(cast: Cast) -> None:
    more = """questions:
      - {key: parts, ask: {zh: 各项, en: Parts}, type: matrix, rows: {r: {zh: 甲, en: A}, s: {zh: 乙, en: B}}}
      - {key: sign, ask: {zh: 签名, en: Sign}, type: signature}
"""
    cast.version = put_in_force(cast.version.text.replace("questions:\n", more, 1))
    record = saved(cast, replace(GOOD, answers={"quality": 5, "parts": {"r": 4, "s": 3}, "sign": "雷华"}))
    same = replace(RIGHT, answers={"quality": 5, "parts": {"r": 4.0, "s": 3.0}, "sign": "别人"})
    assert correct(cast.chen, record.pk, same, LATER) is None
    assert correct(cast.chen, record.pk, replace(same, answers={"quality": 5, "parts": {"r": 1, "s": 3}}), LATER) is not None
    assert answers(record)["sign"][1] == "雷华"


def test_a_record_of_no_follow_up_is_not_there(cast: Cast) -> None:
    record = saved(cast)
    Record.objects.update(followup=None)
    with pytest.raises(NotAllowed):
        find(cast.tao, record.pk)
