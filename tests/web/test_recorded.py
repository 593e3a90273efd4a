"""What was recorded in a follow-up stands on its page: filled in, marked as saved, and nothing of it looks as if it could be typed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.queries.asking_together import Together, typed
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.recorded import given_of, recorded
from huifang.app.records.models import Answer, FollowUp, Record
from huifang.app.services import followups
from huifang.app.services.answers import answered
from huifang.domain.words import Words
from huifang.playbooks.schema import Question, Questionnaire
from tests.web import scene as scenes
from tests.web import worked

_FIELDS = re.compile(r"<(?:input|textarea|select)\b[^>]*>")


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(6)


def save(client, scene, **form):
    fence = followups.claim(scene.agent, scene.first.pk, business_clock.now())
    given = {"fence": fence, "token": f"t{fence}", "outcome": "completed", "stay": "1"} | form
    assert client.post(reverse("followup-save", args=[scene.first.pk]), given).status_code == 302
    return Record.objects.get(followup=scene.first, attempt__outcome=given["outcome"])


def page(client, scene) -> str:
    return client.get(reverse("followup", args=[scene.first.pk])).content.decode()


def middle(text: str) -> str:
    """The column in which a follow-up is worked on."""
    return text.partition('id="work"')[2].partition('id="customer"')[0]


def live(text: str) -> list[str]:
    """Fields that can be typed in."""
    return [field for field in _FIELDS.findall(text) if 'type="hidden"' not in field and " disabled" not in field]


FORM = {
    "q.quality": "2", "words": "还在响，一上高速就响", "asked": "多久能修好", "replied": "三天", "remark": "下午再打",
    "feedback.complaint": "on", "feedback.complaint.words": "还在响", "attitude": "hostile",
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_finished_follow_up_shows_everything_that_was_recorded_and_who_when(scene, signed_in, language):
    client = signed_in(scene.agent, language)
    save(client, scene, **FORM)
    shown = middle(page(client, scene))
    for words in (
        "还在响，一上高速就响",
        "多久能修好",
        "三天",
        "下午再打",
        "陈晓",
        *({"Saved", "Completed"} if language == "en" else {"已保存"}),
    ):
        assert words in shown, words
    assert re.search(r'id="q-quality-2"[^>]* checked disabled', shown)
    assert "10:20" in shown
    assert ("投诉" if language == "zh-hans" else "Complaint") in shown
    assert live(shown) == []


@pytest.mark.parametrize("state", ["done", "withdrawn", "taken", "free", "ahead"])
@pytest.mark.parametrize("answered", [False, True])
def test_nothing_looks_live_where_nothing_can_be_saved(scene, signed_in, state, answered):
    client = signed_in(scene.agent)
    if answered:
        save(client, scene, **FORM)
    rows = FollowUp.objects.filter(pk=scene.first.pk)
    later = scenes.NOW + timedelta(minutes=9)
    rows.update(**{
        "done": {"state": "done"}, "withdrawn": {"state": "withdrawn"}, "free": {"state": "open"},
        "taken": {"state": "claimed", "claimed_by": scene.colleague, "lease_until": later},
        "ahead": {"state": "open", "day": scenes.DAY + timedelta(days=1)},
    }[state])  # fmt: skip
    shown = middle(page(client, scene))
    assert live(shown) == []
    assert ("还在响，一上高速就响" in shown) is answered
    assert ('class="question"' in shown) is (answered or state not in ("done", "withdrawn"))


def test_of_several_records_the_newest_with_answers_is_filled_in_and_the_others_are_told(scene, signed_in):
    client = signed_in(scene.agent)
    first = save(client, scene, **FORM | {"outcome": "partly"})
    FollowUp.objects.filter(pk=scene.first.pk).update(state="open", done_at=None, day=scenes.DAY)
    save(client, scene, **{"q.quality": "5", "words": "好了"})
    shown = middle(page(client, scene))
    assert shown.index("好了") < shown.index("还在响，一上高速就响")
    assert re.search(r'id="q-quality-5"[^>]* checked disabled', shown)
    assert shown.count('name="q.quality"') == 5
    assert f"<dd>{first.answers.get().value}</dd>" in shown


def test_the_key_of_a_digit_and_the_mark_of_what_must_be_answered_stand_only_in_ones_own_hand(scene, signed_in):
    client = signed_in(scene.agent)
    assert 'class="must"' not in middle(page(client, scene))
    followups.claim(scene.agent, scene.first.pk, scenes.NOW)
    assert 'class="must"' in middle(page(client, scene))


def test_records_of_another_branch_are_not_shown(scene, signed_in):
    save(signed_in(scene.agent), scene, **FORM)
    Record.objects.update(branch=scene.there)
    scene.first.refresh_from_db()
    assert recorded(scene.supervisor, scene.first, str, "en") == ()
    assert "多久能修好" not in middle(page(signed_in(scene.supervisor), scene))


_SAID = {
    "scale": (4, "4"), "nps": (3, "3"), "csat": (2, "2"), "ces": (5, "5"), "number": (2.5, "2.5"), "yes-no": (False, "no"),
    "text": ("都好", "都好"),
    "date": (date(2026, 11, 3), "2026-11-03"), "single": ("a", "a"), "multiple": (["a", "b"], ["a", "b"]),
    "matrix": ({"r": 3, "s": 2.5}, {"r": 3, "s": 2.5}),
    "file": ("单据.pdf", "单据.pdf"), "signature": ("王丽华", "王丽华"),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(_SAID))
def test_an_answer_of_every_type_comes_back_as_the_form_holds_it(kind):
    two = {"a": Words("甲", "A"), "b": Words("乙", "B")}
    question = Question.model_construct(
        key="k", type=kind, ask=Words("问", "Ask"), options=two if kind in ("single", "multiple") else {},
        rows={"r": Words("一", "One"), "s": Words("二", "Two")} if kind == "matrix" else {}, scale=(1, 5), if_=None, required=True,
    )  # fmt: skip
    asked = Questionnaire.model_construct(version=1, questions=(question,), satisfied=None)
    taken, form = _SAID[kind]
    kept = answered(asked, {"k": taken}, date(2026, 11, 24), complete=True).answers
    rows = [Answer(question=each.question, value=each.value, text=each.text) for each in kept]
    given = given_of(Together("q", asked, {}), rows)
    assert given == {"k": form}
    again = answered(asked, typed(asked, given), date(2026, 11, 24), complete=True)
    assert [each.score for each in again.answers] == [each.score for each in kept]
    assert (
        given_of(Together("q", asked, {}), [Answer(question=each.question, value=each.value, text=each.text) for each in again.answers])
        == given
    )


def test_an_answer_to_a_bundled_questionnaire_is_shown_though_its_occurrence_has_gone_on(scene, signed_in):
    client = signed_in(scene.agent)
    record = save(client, scene, **FORM)
    asked = playbook_of(scene.version).questionnaires
    own = {question.key for question in asked[record.questionnaire].questions}
    asked_there = [one for each in asked.values() for one in each.questions if one.key not in own and one.if_ is None and one.options]
    other, code = asked_there[0], next(iter(asked_there[0].options))
    assert other.options[code].en not in middle(page(client, scene))
    Answer.objects.create(record=record, question=other.key, value=code)
    assert re.search(rf'id="q-{other.key}-{code}"[^>]* checked disabled', middle(page(client, scene)))


def test_a_record_of_no_playbook_has_its_words_and_no_questions(scene):
    record = worked.contact(scene, scene.first, words="好")
    Record.objects.filter(pk=record.pk).update(playbook_version=None)
    scene.first.refresh_from_db()
    (shown,) = recorded(scene.agent, scene.first, str, "en")
    assert (shown.words, shown.questions, shown.answers) == ("好", None, ())


def test_answers_whose_questionnaire_no_version_asks_any_more_are_left_out():
    assert given_of(None, [Answer(question="gone", value="1")]) == {}
