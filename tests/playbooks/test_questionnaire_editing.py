"""A questionnaire changed by form: the text around it stays byte for byte, comments inside it stay too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huifang.domain.errors import PlaybookError
from huifang.playbooks import library
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from huifang.playbooks.questionnaire_editing import EditedQuestion, EditedQuestionnaire, as_questionnaire, edit, form_of

TEXT = """\
format: huifang/1
playbook: tiny
title: Tiny
about: Tiny
questionnaires:
  # what we ask
  short:
    title: {zh: 短, en: Short}   # shown on top
    questions:
      # the one that matters
      - {key: quality, ask: {zh: 好吗, en: Good?}, type: csat, required: true}   # keep
      - key: why
        ask: {zh: 为何, en: Why?}
        type: text   # free words
        if: quality <= 2

  other:
    title: Other
    questions: [{key: a, ask: A, type: text}]
# the rules
programmes:
  call: {title: Call, purpose: service, when: {every: 3 months}, within: 5 days, through: [phone], ask: short}
"""


def form(text: str = TEXT) -> EditedQuestionnaire:
    return form_of(loads(text).playbook.questionnaires["short"])


def changed(number: int, **values: object) -> EditedQuestionnaire:
    one = form()
    questions = list(one.questions)
    questions[number] = replace(questions[number], values=questions[number].values | values)
    return replace(one, questions=tuple(questions))


@pytest.mark.parametrize("name", library.names())
def test_a_form_that_changes_nothing_changes_no_byte_of_any_playbook(name: str):
    text = library.text(name)
    for key, questionnaire in loads(text).playbook.questionnaires.items():
        assert edit(text, key, form_of(questionnaire)) == text
        assert as_questionnaire(form_of(questionnaire)).questions == questionnaire.questions


def test_a_change_raises_the_version_and_touches_no_other_line():
    new = edit(TEXT, "short", changed(0, ask={"zh": "修好了吗", "en": "Repaired?"}))
    asked = loads(new).playbook.questionnaires["short"]
    assert (asked.version, asked.questions[0].ask.zh) == (2, "修好了吗")
    before, after = TEXT.splitlines(), new.splitlines()
    assert [line for line in before if line not in after] == [before[10]]
    assert all(
        comment in new for comment in ("# what we ask", "# shown on top", "# the one that matters", "# keep", "# free words", "# the rules")
    )
    assert loads(edit(new, "short", form())).playbook.questionnaires["short"].version == 3


def test_questions_are_added_moved_and_taken_out():
    one = form()
    fresh = EditedQuestion(
        "", {"key": "nps", "ask": {"zh": "推荐吗", "en": "Recommend?"}, "type": "nps", "scale": [0, 10], "required": True}
    )
    new = edit(TEXT, "short", replace(one, questions=(fresh, *one.questions)))
    asked = loads(new).playbook.questionnaires["short"]
    assert [question.key for question in asked.questions] == ["nps", "quality", "why"]
    assert "# free words" in new
    fewer = edit(new, "short", replace(form_of(asked), questions=form_of(asked).questions[1:2]))
    assert [question.key for question in loads(fewer).playbook.questionnaires["short"].questions] == ["quality"]


def test_options_with_points_and_ends_are_written_so_that_they_are_read_again():
    options = {"good": {"zh": "好, 很好", "en": "yes: good"}, "bad": {"zh": "差", "en": "no"}}
    new = edit(
        TEXT,
        "short",
        changed(
            0,
            type="single",
            options=options,
            scores={"good": 3.0, "bad": 0.5},
            ends=[{"zh": "低", "en": "low"}, {"zh": "高", "en": "high"}],
            required=False,
        ),
    )
    question = loads(new).playbook.questionnaires["short"].questions[0]
    assert (question.options["good"].zh, question.options["good"].en, question.scores, question.required) == (
        "好, 很好",
        "yes: good",
        {"good": 3.0, "bad": 0.5},
        False,
    )
    assert question.ends is not None
    assert question.ends[1].en == "high"


def test_what_is_taken_out_is_gone_and_the_own_values_are_written():
    one = form()
    new = edit(
        TEXT, "short", replace(changed(1, **{"if": None}), values=one.values | {"anonymous": True, "intro": {"zh": "请", "en": "Please"}})
    )
    asked = loads(new).playbook.questionnaires["short"]
    assert (asked.anonymous, asked.intro.en, asked.questions[1].if_) == (True, "Please", None)  # type: ignore[union-attr]  # it was just set


def test_a_questionnaire_on_one_line_is_left_alone():
    text = TEXT.replace(
        "  other:\n    title: Other\n    questions: [{key: a, ask: A, type: text}]\n",
        "  other: {title: Other, questions: [{key: a, ask: A, type: text}]}\n",
    )
    with pytest.raises(PlaybookError, match="one line"):
        edit(text, "other", form_of(loads(text).playbook.questionnaires["other"]))


def test_a_good_playbook_stays_good():
    text = library.text("repair-shop")
    asked = form_of(loads(text).playbook.questionnaires["repair-ten"])
    first = replace(asked.questions[0], values=asked.questions[0].values | {"required": True})
    new = edit(text, "repair-ten", replace(asked, questions=(first, *asked.questions[1:])))
    assert check_loaded(loads(new)) == check_loaded(loads(text))
    assert len([line for line in new.splitlines() if line not in text.splitlines()]) == 2
