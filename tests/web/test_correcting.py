"""Correcting a record in the browser: from the finished follow-up and the customer's timeline, without a script, in both languages."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Answer, Case, Correction, DayClosing, Record
from huifang.app.services import followups
from tests.web import scene as scenes


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(6)


@pytest.fixture
def record(scene, signed_in):
    fence = followups.claim(scene.agent, scene.first.pk, scenes.NOW)
    given = {"fence": fence, "token": "one", "outcome": "partly", "q.quality": "5", "words": "挺好", "stay": "1"}
    assert signed_in(scene.agent).post(reverse("followup-save", args=[scene.first.pk]), given).status_code == 302
    return Record.objects.get(followup=scene.first)


def form(record) -> str:
    return reverse("record-correct", args=[record.pk])


def send(client, record, **fields):
    given = {"q.quality": "2", "words": "还在响", "why": "按错了", "seen": "0"} | fields
    return client.post(reverse("record-correct-save", args=[record.pk]), given, follow=True)


def test_no_link_of_a_follow_up_is_put_into_its_list_unless_it_leads_there(scene, record, signed_in):
    """Links in the form are fetched and only `#today` of what comes is shown: what leads to another kind of page says that it is not."""
    client = signed_in(scene.agent)
    held = followups.claim(scene.agent, scene.followups[1].pk, scenes.NOW)
    assert held
    checked = 0
    for followup in scene.followups[:3]:
        page = client.get(reverse("followup", args=[followup.pk])).content.decode()
        work = page.partition('id="record"')[2].partition("</form>")[0]
        for link in re.findall(r"<a [^>]*>", work):
            address = re.search(r'href="([^"]*)"', link)[1]
            if not address.startswith(("#", "tel:")) and 'hx-boost="false"' not in link and "hx-get" not in link:
                assert 'id="today"' in client.get(address).content.decode(), link
            checked += 1
    assert checked > 3


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_finished_follow_up_to_the_form_and_back_with_what_stood_there_before(scene, record, signed_in, language):
    client = signed_in(scene.agent, language)
    finished = reverse("followup", args=[scene.first.pk])
    assert f'href="{form(record)}"' in client.get(finished).content.decode()
    shown = client.get(form(record)).content.decode()
    assert re.search(r'id="q-quality-5"[^>]* checked', shown)
    assert "挺好" in shown
    page = send(client, record)
    assert page.redirect_chain == [(finished, 302)]
    text = page.content.decode()
    assert ("记录已更正" if language == "zh-hans" else "The record is corrected") in text
    middle = text.partition('id="work"')[2].partition('id="customer"')[0]
    assert re.search(r'id="q-quality-2"[^>]* checked disabled', middle)
    earlier = middle.partition('class="earlier"')[2]
    for words in ("陈晓", "按错了", "挺好", "<dd>5</dd>"):
        assert words in earlier, words
    assert Answer.objects.get(record=record, question="quality").score == 2
    assert Case.objects.filter(record=record).count() == 1


@pytest.mark.parametrize(
    ("who", "offered"), [("agent", True), ("colleague", False), ("supervisor", True), ("reviewer", True), ("administrator", False)]
)
def test_the_customers_timeline_offers_it_to_whoever_may(scene, record, signed_in, who, offered):
    client = signed_in(getattr(scene, who))
    timeline = client.get(reverse("customer", args=[record.customer_id])).content.decode()
    assert (form(record) in timeline) is offered
    send(signed_in(scene.agent), record)
    assert "按错了" in client.get(reverse("customer", args=[record.customer_id])).content.decode()


def test_a_reviewer_comes_back_to_the_customer(scene, record, signed_in):
    page = send(signed_in(scene.reviewer), record)
    assert page.redirect_chain == [(reverse("customer", args=[record.customer_id]), 302)]


def test_the_same_form_sent_twice_changes_nothing_more(scene, record, signed_in):
    client = signed_in(scene.agent)
    send(client, record)
    assert "Nothing was changed" in send(client, record).content.decode()
    assert Correction.objects.count() == 1


def test_what_is_wrong_is_said_beside_the_question_with_what_was_typed(scene, record, signed_in):
    client = signed_in(scene.agent)
    answer = send(client, record, **{"q.quality": "9"})
    assert answer.status_code == 422
    assert 'id="w-quality"' in answer.content.decode()
    answer = send(client, record, why="")
    assert answer.status_code == 422
    assert "There is no reason" in answer.content.decode()
    assert "还在响" in answer.content.decode()
    for seen in ("7", "x"):
        assert send(client, record, seen=seen).status_code == 409
    assert not Correction.objects.exists()


def test_what_follows_from_the_answers_is_shown_without_a_script_and_nothing_is_saved(scene, record, signed_in):
    answer = send(signed_in(scene.agent), record, show="1")
    assert answer.status_code == 200
    assert re.search(r'id="q-quality-2"[^>]* checked', answer.content.decode())
    assert not Correction.objects.exists()


def test_after_the_day_is_closed_the_agent_reads_why_not_and_the_supervisor_what_it_means(scene, record, signed_in):
    DayClosing.objects.create(
        branch=scene.here, day=record.day, figures={}, left={}, signed_by=scene.supervisor, signed_at=scenes.NOW
    )  # fmt: skip
    mine = signed_in(scene.agent).get(form(record)).content.decode()
    assert "Ask a supervisor to correct it" in mine
    assert "<textarea" not in mine
    assert "signed figures stay" in signed_in(scene.supervisor).get(form(record)).content.decode()
    assert send(signed_in(scene.agent), record).status_code == 409


def test_a_record_without_questions_has_its_words(scene, record, signed_in):
    Record.objects.update(questionnaire="")
    shown = signed_in(scene.agent).get(form(record)).content.decode()
    assert "q.quality" not in shown
    send(signed_in(scene.agent), record)
    record.refresh_from_db()
    assert record.words == "还在响"


def test_another_branch_has_no_such_record(scene, record, signed_in):
    assert signed_in(scene.stranger).get(form(record)).status_code in (403, 404)
