"""Undo after saving: offered where something was saved, leads back to the follow-up with what was typed, says what stands in the way."""

from __future__ import annotations

import pytest
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Attempt, Case, FollowUp, Record
from huifang.app.services import cases, followups
from huifang.domain.taking_back import TIME
from tests.web import scene as scenes


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(6)


def save(client, scene, **form):
    followup = scene.first
    fence = followups.claim(scene.agent, followup.pk, scenes.NOW)
    given = {"fence": fence, "token": "one", "outcome": "completed", "q.quality": "2", "words": "还在响"} | form
    return client.post(reverse("followup-save", args=[followup.pk]), given, follow=True)


def undo(scene) -> str:
    return reverse("followup-take-back", args=[scene.first.pk])


def text(answer) -> str:
    return answer.content.decode()


def test_the_toast_offers_undo_and_it_leads_back_with_what_was_typed(scene, signed_in):
    client = signed_in(scene.agent)
    page = save(client, scene)
    assert f'action="{undo(scene)}"' in text(page)
    assert page.context["open_id"] != scene.first.pk  # the next one is in hand
    back = client.post(undo(scene), follow=True)
    assert back.redirect_chain == [(reverse("followup", args=[scene.first.pk]), 302)]
    assert "Undone" in text(back)
    assert "还在响" in text(back)
    assert not Record.objects.filter(followup=scene.first).exists()
    assert Attempt.objects.get(followup=scene.first).state == "attempting"
    assert list(FollowUp.objects.filter(claimed_by=scene.agent)) == [scene.first]  # the next one is on the list again


def test_the_toast_leads_to_the_case_that_was_opened(scene, signed_in):
    page = text(save(signed_in(scene.agent), scene))
    number = Case.objects.get(record__followup=scene.first).number
    toast = page[page.index('id="toasts"') :]
    assert f'<a href="{reverse("case", args=[number])}">{number}</a>' in toast[: toast.index("</form>")]


@pytest.mark.parametrize("outcome", ["never_again", "deceased"])
def test_where_the_customer_is_left_in_peace_nothing_is_offered(scene, signed_in, outcome):
    page = save(signed_in(scene.agent), scene, outcome=outcome)
    assert undo(scene) not in text(page)


def test_the_page_of_the_follow_up_offers_it_too_for_as_long_as_the_rule_allows(scene, signed_in, monkeypatch):
    client = signed_in(scene.agent)
    save(client, scene)
    address = reverse("followup", args=[scene.first.pk])
    assert undo(scene) in text(client.get(address))
    assert undo(scene) not in text(signed_in(scene.supervisor).get(address))
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW + 2 * TIME)
    assert undo(scene) not in text(client.get(address))


def test_what_stands_in_the_way_is_said_with_the_way_to_put_it_right_and_nothing_changes(scene, signed_in):
    client = signed_in(scene.agent)
    save(client, scene)
    record = Record.objects.get(followup=scene.first)
    case = Case.objects.get(record=record)
    cases.comment(scene.supervisor, case.pk, "我来打", scenes.NOW)
    answer = client.post(undo(scene))
    assert answer.status_code == 409
    assert "cannot be undone" in text(answer)
    assert case.number in text(answer)
    assert "Write in the case what is wrong" in text(answer)
    assert Record.objects.get(followup=scene.first) == record


def test_pressed_twice_it_leads_to_the_same_page(scene, signed_in):
    client = signed_in(scene.agent)
    save(client, scene)
    for _press in range(2):
        assert client.post(undo(scene)).headers["Location"] == reverse("followup", args=[scene.first.pk])
