"""The list that is asked for again by itself, and what the open follow-up's page is told when it is lost."""

from django.urls import reverse
from django.utils import timezone

from huifang.app.records.models import FollowUp
from huifang.app.services import followups
from huifang.app.web.draft_keys import draft_key


def _list(client, followup):
    return client.get(reverse("today-list"), {"open": followup.pk}).content.decode()


def _take(client, followup):
    client.post(reverse("followup-take", args=[followup.pk]))
    followup.refresh_from_db()


def test_the_list_alone_marks_the_open_follow_up(scene, signed_in):
    client = signed_in(scene.agent)
    _take(client, scene.first)
    text = _list(client, scene.first)
    assert text.lstrip().startswith("<section")
    assert f'data-line="{scene.first.pk}"' in text
    assert text.count('aria-current="true"') == 1
    assert "data-lost" not in text


def test_a_follow_up_that_was_withdrawn_or_handed_over_while_it_is_open_is_told(scene, signed_in):
    client, now = signed_in(scene.agent), timezone.now()
    _take(client, scene.first)
    followups.withdraw(scene.supervisor, scene.first.pk, "duplicate", now)
    assert 'data-lost="This follow-up has been withdrawn.' in _list(client, scene.first)
    draft = client.post(reverse("followup-draft", args=[scene.first.pk]), {"words": "noch da"})
    assert draft.status_code == 409
    assert draft.content.decode().startswith("This follow-up has been withdrawn.")
    saved = client.post(reverse("followup-save", args=[scene.first.pk]), {"words": "noch da", "fence": "1", "outcome": "completed"})
    assert saved.status_code == 409
    assert "noch da" in saved.content.decode() or FollowUp.objects.get(pk=scene.first.pk).drafts.exists()


def test_a_list_without_an_open_follow_up_or_with_nonsense_is_the_list(scene, signed_in):
    client = signed_in(scene.agent)
    for said in ("", "x", "9" * 30, "0"):
        answer = client.get(reverse("today-list"), {"open": said})
        assert answer.status_code == 200
        assert b"data-lost" not in answer.content


def test_the_key_of_what_a_browser_keeps_is_ones_own_and_the_same_again(scene, signed_in):
    assert draft_key(scene.agent) == draft_key(scene.agent)
    assert draft_key(scene.agent) != draft_key(scene.colleague)
    client = signed_in(scene.agent)
    page = reverse("followup", args=[scene.first.pk])
    assert draft_key(scene.agent) not in client.get(page).content.decode()
    _take(client, scene.first)
    assert f'data-seal="{draft_key(scene.agent)}"' in client.get(page).content.decode()
