"""What a customer is promised on the survey page, and what becomes of the answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huifang.app import business_clock
from huifang.app.records.models import (
    Answer,
    AuditEntry,
    Case,
    Promise,
    RateCount,
    Record,
    SurveyAnswer,
    SurveyInvitation,
    SurveyPart,
    SurveyResponse,
)  # fmt: skip
from huifang.app.services import playbooks, survey_links
from huifang.app.web.views import survey as page
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.surveys.asked import NOW, PLAYBOOK, Shop, Visitor, shop


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(business_clock, "today", NOW.date)
    return shop()


def test_an_unhappy_answer_opens_a_case_like_one_that_an_agent_wrote(place: Shop):
    visitor = Visitor(place.link().token)
    assert visitor.questions() == ["quality", "recommend"]
    visitor.answer(quality="1", recommend="3")
    assert visitor.questions() == ["why", "again"]
    visitor.answer(why="等了三个小时", again="no")
    assert visitor.page.context["state"] == "answered"
    record = Record.objects.get()
    assert (record.questionnaire, record.questionnaire_version, record.customer, record.words) == (
        "after-job", 3, place.customer, "等了三个小时",
    )  # fmt: skip
    assert dict(Answer.objects.values_list("question", "value")) == {"quality": "1", "recommend": "3", "why": "", "again": "no"}
    assert Case.objects.get().record == record
    assert SurveyResponse.objects.get().record == record
    assert not SurveyAnswer.objects.exists()


def test_a_question_that_does_not_apply_is_not_asked(place: Shop):
    visitor = Visitor(place.link().token)
    visitor.answer(quality="5")
    assert visitor.questions() == ["again"]
    visitor.answer()
    assert visitor.page.context["state"] == "answered"
    assert not Case.objects.exists()


def test_opening_a_link_any_number_of_times_answers_nothing(place: Shop):
    link = place.link()
    for _scanner in range(3):
        assert Client().get(f"/s/{link.token}/").status_code == 200
        assert Client().head(f"/s/{link.token}/?q.quality=1&go=on").status_code == 200
        Client().get(f"/s/{link.token}/thanks/")
    assert not SurveyPart.objects.exists()
    assert not SurveyResponse.objects.exists()
    link.refresh_from_db()
    assert link.state == "open"


def test_half_answered_is_kept_and_taken_up_on_another_device(place: Shop):
    link = place.link()
    Visitor(link.token).answer(quality="2", recommend="7")
    elsewhere = Visitor(link.token)
    assert elsewhere.questions() == ["why", "again"]
    elsewhere.answer("back")
    assert [line.asked.value for line in elsewhere.page.context["step"].lines] == ["2", "7"]


def test_the_same_form_sent_twice_is_one_answer(place: Shop):
    visitor = Visitor(place.link().token)
    visitor.answer(quality="5")
    visitor.answer(again="yes")
    again = visitor.client.post(visitor.url, visitor.last, follow=True)
    assert again.context["state"] == "answered"
    assert SurveyResponse.objects.count() == Record.objects.count() == 1


def test_an_open_link_takes_many_people_and_each_form_once(place: Shop):
    link = place.link("quarterly", "open")
    for points in ("5", "4"):
        visitor = Visitor(link.token)
        visitor.answer(overall=points)
        visitor.client.post(visitor.url, visitor.last | {"page": "0"}, follow=True)
        visitor.answer() if "step" in visitor.page.context else None
        visitor.client.post(visitor.url, visitor.last, follow=True)
    assert SurveyResponse.objects.count() == 2


def test_nothing_beside_an_anonymous_answer_leads_to_a_person(place: Shop):
    visitor = Visitor(place.link("quarterly").token, REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="A certain phone")
    while "step" in visitor.page.context:
        visitor.answer(overall="4", kinds=["wash"], grid__desk="5", grid__floor="3", cost="12.5", day="2026-11-01", wish="多一点茶")
    response = SurveyResponse.objects.get()
    assert (response.record, response.day.isoformat(), response.way) == (None, "2026-11-24", "personal")
    assert dict(response.answers.values_list("question", "value")) == {
        "overall": "4", "kinds": "wash", "grid": '{"desk":5,"floor":3}', "cost": "12.5", "day": "2026-11-01", "wish": "",
    }  # fmt: skip
    fields = {field.name for model in (SurveyResponse, SurveyAnswer) for field in model._meta.get_fields()}
    assert not fields & {"token", "invitation", "customer", "staff", "at", "saved_at", "seconds", "address", "agent"}
    part = SurveyPart.objects.get()
    assert (part.invitation, part.content, part.used) == (None, "", True)
    assert not AuditEntry.objects.filter(action="survey.answered").exists()
    kept = [str(row) for model in (SurveyResponse, SurveyAnswer, SurveyPart, RateCount) for row in model.objects.values_list()]
    assert not any("203.0.113" in row or "A certain phone" in row or place.customer.code in row for row in kept)
    assert not Record.objects.exists()


def test_anonymity_cannot_be_switched_off_after_the_first_answer(place: Shop):
    named = PLAYBOOK.replace("    anonymous: true\n", "")
    link = place.link("quarterly")
    visitor = Visitor(link.token)
    while "step" in visitor.page.context:
        visitor.answer(overall="4")
    with pytest.raises(Conflict, match="cannot be taken back"):
        playbooks.activate(None, playbooks.add_version(None, named, "link-shop.yaml", NOW), NOW)


def test_before_the_first_answer_a_questionnaire_may_still_change_its_mind(place: Shop):
    place.link("quarterly")
    named = PLAYBOOK.replace("    anonymous: true\n", "")
    playbooks.activate(None, playbooks.add_version(None, named, "link-shop.yaml", NOW), NOW)
    assert not place.link("quarterly").survey.anonymous


def test_a_form_that_was_begun_goes_on_with_its_version(place: Shop):
    visitor = Visitor(place.link("quarterly", "open").token)
    changed = PLAYBOOK.replace("anonymous: true\n", "anonymous: true\n    version: 2\n").replace("key: wish", "key: idea")
    playbooks.activate(None, playbooks.add_version(None, changed, "link-shop.yaml", NOW), NOW)
    while "step" in visitor.page.context:
        visitor.answer(overall="3", wish="旧", idea="新")
    response = SurveyResponse.objects.get()
    assert response.questionnaire_version == 1
    assert set(response.answers.values_list("question", flat=True)) == {"overall", "wish"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quality": "9"}, "not between"),
        ({"quality": "x"}, "must be answered"),
        ({}, "must be answered"),
        ({"quality": "5", "recommend": "11"}, "not between"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_question(place: Shop, given: dict[str, str], said: str):
    visitor = Visitor(place.link().token)
    answer = visitor.answer(**given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not SurveyResponse.objects.exists()


@pytest.mark.parametrize("text", ["😀👍🏽", "。。。", "مرحبا hello 你好", "<script>alert(1)</script>", "{{7*7}} =1+1", "a\x00b"])
def test_any_words_are_taken_as_they_are(place: Shop, text: str):
    visitor = Visitor(place.link().token)
    visitor.answer(quality="1")
    visitor.answer(why=text)
    assert Record.objects.get().words == text.replace("\x00", "")


def test_a_hundred_thousand_letters_are_refused_and_nothing_is_lost(place: Shop):
    visitor = Visitor(place.link().token)
    visitor.answer(quality="1")
    answer = visitor.answer(why="长" * 34_000, again="yes")
    assert answer.status_code == 422
    assert "longer than 4000" in answer.content.decode()
    assert "again" in SurveyPart.objects.get().content


def test_a_missing_answer_of_an_earlier_page_leads_back_to_it(place: Shop):
    visitor = Visitor(place.link().token)
    posted = visitor.hidden() | {"go": "on", "page": "1", "q.again": "yes"}
    answer = visitor.client.post(visitor.url, posted, follow=True)
    assert answer.status_code == 422
    assert answer.context["step"].number == 0


def test_a_token_that_was_never_made_and_one_that_is_tried_too_often(place: Shop):
    assert Client().get("/s/guess/").status_code == 404
    for number in range(page.MISSES):
        Client().get(f"/s/guess{number}/")
    assert Client().get(f"/s/{place.link().token}/").status_code == 429
    assert Client().get(f"/s/{place.link().token}/thanks/").status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.2").get("/s/guess/thanks/").status_code == 404
    assert Client(REMOTE_ADDR="198.51.100.2").get(f"/s/{place.link().token}/").status_code == 200


def test_a_link_sent_off_too_often_is_stopped_for_a_while(place: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page, "SENDINGS", 2)
    visitor = Visitor(place.link().token)
    for _ in range(2):
        visitor.client.post(visitor.url, visitor.hidden() | {"go": "keep", "q.quality": "5"})
    assert visitor.client.post(visitor.url, visitor.hidden() | {"go": "keep", "q.quality": "5"}).status_code == 429


def test_expired_used_and_closed_links_say_so(place: Shop, monkeypatch: pytest.MonkeyPatch):
    link, tablet = place.link(), place.link("quarterly", "tablet")
    survey_links.close(place.agent, tablet.pk, NOW)
    assert Client().get(f"/s/{tablet.token}/").status_code == 410
    with pytest.raises(NotAllowed):
        survey_links.close(place.stranger, tablet.pk, NOW)
    monkeypatch.setattr(business_clock, "now", lambda: NOW + timedelta(days=31))
    answer = Client().get(f"/s/{link.token}/")
    assert (answer.status_code, answer.context["state"]) == (410, "expired")
    assert Client().post(f"/s/{link.token}/", {"q.quality": "1"}).status_code == 410


def test_a_form_key_cannot_be_made_up(place: Shop):
    visitor = Visitor(place.link("quarterly", "open").token)
    for made_up in ("x", "a" * 300, visitor.hidden()["p"] + "x"):
        answer = visitor.client.get(visitor.url, {"p": made_up})
        assert answer.context["form_key"] != made_up


def test_a_tablet_goes_back_to_the_first_page_for_the_next_person(place: Shop):
    link = place.link("quarterly", "tablet")
    visitor = Visitor(link.token)
    while "step" in visitor.page.context:
        visitor.answer(overall="5", wish="好")
    assert 'http-equiv="refresh"' in visitor.page.content.decode()
    fresh = Visitor(link.token)
    assert not any(line.asked.value for line in fresh.page.context["step"].lines)


def test_language_and_theme_change_without_losing_an_answer(place: Shop):
    visitor = Visitor(place.link().token)
    visitor.answer("lang:zh-hans", quality="4")
    assert "修好了吗" in visitor.page.content.decode()
    visitor.answer("theme:dark")
    assert 'data-theme="dark"' in visitor.page.content.decode()
    assert visitor.page.context["step"].lines[0].asked.value == ""
    visitor.answer("lang:xx", quality="4")
    assert visitor.page.context["step"].lines[0].asked.value == "4"


def test_careless_answers_are_marked_and_kept(place: Shop):
    link = place.link("quarterly", "open")
    for _person in range(2):
        visitor = Visitor(link.token)
        while "step" in visitor.page.context:
            visitor.answer(overall="4", kinds=["wash"], grid__desk="4", grid__floor="4", wish="...", cost="1")
    first, second = sorted((response.marks for response in SurveyResponse.objects.all()), key=len)
    assert first == ["fast", "no-words"]
    assert second == ["fast", "duplicate", "no-words"]


def test_a_promised_call_after_a_link_brings_the_occurrence_back(place: Shop):
    followup = place.followup()
    invitation = survey_links.for_followup(followup, NOW)
    assert invitation == survey_links.for_followup(followup, NOW)
    visitor = Visitor(invitation.token)
    visitor.answer(quality="1")
    visitor.answer(why="没修好")
    assert Record.objects.get().followup == followup
    assert Case.objects.count() == 1
    assert Promise.objects.count() == 0  # nothing was open behind this follow-up; the case has its own clock


def test_links_are_given_only_for_what_is_there(place: Shop):
    for key, code in (("nothing", ""), ("after-job", "K9")):
        with pytest.raises(Invalid):
            survey_links.hand_out(place.agent, "link-shop", key, "personal", NOW, customer_code=code)
    with pytest.raises(NotAllowed):
        survey_links.hand_out(place.agent, "link-shop", "quarterly", "open", NOW, branch_id=place.there.pk)
    assert survey_links.hand_out(place.manager, "link-shop", "quarterly", "open", NOW, branch_id=place.there.pk).branch == place.there


def test_a_token_has_more_than_128_bits_and_is_kept_only_sealed(place: Shop):
    from django.db import connection

    link = place.link()
    assert len(link.token) * 6 >= 192
    with connection.cursor() as cursor:
        cursor.execute("SELECT token, token_hash FROM records_surveyinvitation")
        sealed, digest = cursor.fetchone()
    assert link.token.encode() not in bytes(sealed)
    assert link.token not in digest
    assert SurveyInvitation.objects.filter(token_hash=survey_links.hash_of(link.token)).exists()
    assert timezone.is_aware(link.expires_at)
