"""A page that was open during an upgrade is loaded anew, and nothing that was typed is lost by it."""

import json
import re
from html import unescape

import pytest
from django.urls import reverse

from huifang.app import static_files
from huifang.app.records.models import Draft, Record

OLD = {"HX-Request": "true", "X-Version": "0123456789ab"}


def _headers(page):
    """What htmx sends along from an open page."""
    return json.loads(unescape(re.search(r"<body hx-headers='([^']+)'", page.content.decode())[1]))


@pytest.fixture
def agent(scene, signed_in):
    """An agent with a follow-up in hand; what is sent when it is saved."""
    client = signed_in(scene.agent)
    client.post(reverse("followup-take", args=[scene.first.pk]))
    scene.first.refresh_from_db()
    return client, {"fence": str(scene.first.fence), "token": "one", "outcome": "no_answer", "words": "answered by a child"}


def test_a_page_of_this_version_is_answered_with_the_part_it_asks_for(scene, agent):
    client, _sent = agent
    address = reverse("followup", args=[scene.first.pk])
    same = {"HX-Request": "true", "HX-Target": "today", **_headers(client.get(address))}
    assert same["X-Version"] == static_files.version()
    for headers in (same, {"HX-Request": "true", "HX-Target": "today"}):
        answer = client.get(address, headers=headers)
        assert 'id="today"' in answer.content.decode()
        assert not {"HX-Redirect", "HX-Refresh"} & set(answer.headers)


def test_an_older_page_that_saves_is_led_to_the_whole_page_which_says_what_was_saved(scene, agent):
    client, sent = agent
    answer = client.post(reverse("followup-save", args=[scene.first.pk]), sent, headers=OLD | {"HX-Target": "today"})
    assert answer.status_code == 302
    assert Record.objects.get(followup=scene.first).words == "answered by a child"
    on = client.get(answer["Location"], headers=OLD | {"HX-Target": "today"})
    assert (on.status_code, on.content, on["HX-Redirect"]) == (200, b"", answer["Location"])
    assert "Saved." in client.get(on["HX-Redirect"]).content.decode()


def test_words_typed_for_one_customer_are_there_again_after_the_loading_for_another(scene, agent):
    client, sent = agent
    client.post(reverse("followup-draft", args=[scene.first.pk]), sent, headers={"X-Part": "1"})
    other = reverse("followup", args=[scene.followups[1].pk])
    assert client.get(other, headers=OLD | {"HX-Target": "today"})["HX-Redirect"] == other
    assert Draft.objects.filter(followup=scene.first).exists()
    assert "answered by a child" in client.get(reverse("followup", args=[scene.first.pk])).content.decode()


def test_what_is_refused_comes_back_with_its_words_in_the_older_page(scene, agent):
    client, sent = agent
    answer = client.post(reverse("followup-save", args=[scene.first.pk]), sent | {"outcome": ""}, headers=OLD | {"HX-Target": "today"})
    assert answer.status_code == 422
    assert "answered by a child" in answer.content.decode()
    assert "HX-Redirect" not in answer.headers


def test_a_small_part_never_loads_a_page_in_which_somebody_types(scene, agent):
    client, sent = agent
    counted = client.get(reverse("notices-count"), headers=OLD)
    asked = client.post(reverse("followup-questions", args=[scene.first.pk]), sent, headers=OLD | {"HX-Target": "questions"})
    for answer in (counted, asked):
        assert answer.status_code == 200
        assert not {"HX-Redirect", "HX-Refresh"} & set(answer.headers)


def test_what_was_searched_for_is_in_the_address_and_a_page_that_only_shows_is_loaded_where_it_is(scene, signed_in):
    client = signed_in(scene.supervisor)
    found = client.get("/customers/?q=Wang", headers=OLD | {"HX-Target": "found"})
    assert found["HX-Redirect"] == "/customers/?q=Wang"
    assert client.get("/day/?seen=1", headers=OLD | {"HX-Target": "day-live"})["HX-Refresh"] == "true"


def test_who_is_signed_out_is_told_so_first(agent):
    client, _sent = agent
    client.logout()
    assert client.get("/today/", headers=OLD | {"HX-Target": "today"}).status_code == 401
