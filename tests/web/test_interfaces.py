"""The pages of interfaces: keys and secrets shown once, refused forms kept, the delivery log, the description, one's own calendar."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from huifang.app.api.routes import openapi
from huifang.app.records.models import ApiKey, EventSource, Promise, Subscription, WebhookDelivery
from huifang.app.services import api_keys, calendar_feeds, webhook_targets
from huifang.app.services.webhook_targets import Target
from tests.web.conftest import SignIn
from tests.web.scene import Scene


@pytest.fixture
def page(scene: Scene, signed_in: SignIn):
    return signed_in(scene.administrator)


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        webhook_targets.socket, "getaddrinfo", lambda host, *_a, **_k: [(2, 1, 6, "", (_ADDRESS.get(host, "10.0.0.1"), 443))]
    )


_ADDRESS = {"hooks.example.com": "93.184.215.14"}


def test_a_hint_is_told_of_its_own_choices(page) -> None:
    html = page.get(reverse("interfaces")).content.decode()
    ids, described = (re.findall(rf' {name}="([^"]+)"', html) for name in ("id", "aria-describedby"))
    assert len(ids) == len(set(ids))
    assert {"keys_branches_helptext", "hooks_branches_helptext", "sources_branches_helptext"} <= set(described) <= set(ids)


def test_a_key_is_shown_once_and_revoked_from_the_list(page, scene: Scene) -> None:
    empty = page.get(reverse("interfaces")).content.decode()
    assert "No keys yet" in empty
    form = {"name": "DMS", "scopes": ["events:write"], "branches": [scene.here.pk]}
    shown = page.post(reverse("interface-key-new"), form).content.decode()
    text = shown.split('class="secret break">')[1].split("<")[0]
    key = api_keys.find(text, timezone.now())
    assert key is not None
    assert list(key.acts_as.scope.all()) == [scene.here]
    listed = page.get(reverse("interfaces")).content.decode()
    assert text not in listed
    assert "events:write" in listed
    page.post(reverse("interface-key-revoke", args=[key.pk]))
    assert "Revoked" in page.get(reverse("interfaces")).content.decode()
    assert api_keys.find(text, timezone.now()) is None
    assert key.acts_as.name not in page.get(reverse("settings")).content.decode()


def test_a_form_that_cannot_be_taken_stays_with_what_is_wrong(page) -> None:
    for route in ("interface-key-new", "interface-webhook-new", "interface-source-new"):
        assert page.post(reverse(route), {}).status_code == 422
    assert page.post(reverse("interface-key-new"), {"name": "DMS"}).status_code == 422
    inner = page.post(reverse("interface-webhook-new"), {"name": "DMS", "url": "https://inner.example.com/", "events": ["case.opened"]})
    assert "lies in an internal network" in inner.content.decode()
    for mapping in ("{", "[]", "{}"):
        assert page.post(reverse("interface-source-new"), {"name": "DMS", "mapping": mapping}).status_code == 422
    assert not (ApiKey.objects.exists() or Subscription.objects.exists() or EventSource.objects.exists())


def test_a_webhook_is_added_watched_and_switched(page) -> None:
    form = {"name": "DMS", "url": "https://hooks.example.com/in", "events": ["case.opened"]}
    assert "whs_" in page.post(reverse("interface-webhook-new"), form).content.decode()
    held = Subscription.objects.get()
    log = reverse("interface-webhook", args=[held.pk])
    assert "Nothing delivered yet" in page.get(log).content.decode()
    now = timezone.now()
    for number, state in enumerate(WebhookDelivery.State.values):
        WebhookDelivery.objects.create(
            subscription=held, number=number, event="case.opened", body="{}", state=state, next_at=now, created_at=now, status=500
        )
    shown = page.get(log).content.decode()
    assert all(each in shown for each in ("Delivered", "Failed", "Waiting"))
    page.post(reverse("interface-webhook-switch", args=[held.pk]))
    assert "What happens meanwhile is not told later" in page.get(log).content.decode()


def test_a_source_is_added_and_switched(page, scene: Scene) -> None:
    form = {"name": "收银", "mapping": '{"kind": "=x", "at": "t", "customer": "c"}', "branches": [scene.here.pk]}
    shown = page.post(reverse("interface-source-new"), form).content.decode()
    held = EventSource.objects.get()
    assert reverse("event-intake", args=[held.hook]) in shown
    page.post(reverse("interface-source-switch", args=[held.pk]))
    EventSource.objects.update(last_problem={"zh": "错", "en": "Wrong", "at": ""})
    listed = page.get(reverse("interfaces")).content.decode()
    assert "Switch on" in listed
    assert "Wrong" in listed


def test_the_description_for_people_has_every_operation(client) -> None:
    for language in ("zh", "en"):
        shown = client.get(reverse("api-docs"), headers={"accept-language": language}).content.decode()
        described = client.get(reverse("api-description"), {"lang": language}).json()
        assert described == openapi(language)
        for methods in described["paths"].values():
            for operation in methods.values():
                assert f'id="{operation["operationId"]}"' in shown
                assert f"<h3>{operation['summary']}</h3>" in shown


def test_programs_that_name_no_language_get_the_description_in_english(client) -> None:
    assert client.get(reverse("api-description"), headers={"accept-language": "zh"}).json() == openapi("en")


def test_the_description_says_the_same_in_both_languages() -> None:
    def bones(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {each: bones(held, each) for each, held in value.items()}
        return [bones(each, name) for each in value] if isinstance(value, list) else (name in ("summary", "description", "tags") or value)

    chinese, english = openapi("zh"), openapi("en")
    assert bones(chinese) == bones(english)
    told = [operation for methods in chinese["paths"].values() for operation in methods.values()]
    sentences = [each[name] for each in told for name in ("summary", "description")] + [each["tags"][0] for each in told]
    assert [each for each in sentences if not re.search(r"[\u4e00-\u9fff]", each)] == []
    assert "权限：`customers:read`。" in chinese["paths"]["/api/v1/customers"]["get"]["description"]


def test_ones_appointments_are_read_by_a_secret_address_until_it_is_taken_back(scene: Scene, signed_in: SignIn, client) -> None:
    followup, now = scene.first, timezone.now()
    promise = Promise.objects.create(
        customer=followup.customer, occurrence=followup.occurrences.first(), staff=scene.agent, opens_at=now, closes_at=now,
        day=followup.day, made_at=now,
    )  # fmt: skip
    page = signed_in(scene.agent)
    address = page.post(reverse("calendar-feed")).content.decode().split('mono break">')[1].split("<")[0]
    answer = client.get(address.removeprefix("http://testserver"))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["uid"]), event.start.replace(microsecond=0)) == (f"promise-{promise.pk}@huifang", now.replace(microsecond=0))
    assert followup.customer.name not in str(event["summary"])
    assert calendar_feeds.owner("wrong") is None
    assert "Make a new address" in page.get(reverse("calendar-feed")).content.decode()
    page.post(reverse("calendar-feed"), {"what": "revoke"})
    page.post(reverse("calendar-feed"), {"what": "revoke"})
    assert client.get(address.removeprefix("http://testserver")).status_code == 404


def test_a_colleagues_promise_that_was_handed_over_is_in_the_new_ones_calendar(scene: Scene, client) -> None:
    followup, now = scene.followups[1], timezone.now()
    Promise.objects.create(
        customer=followup.customer, occurrence=followup.occurrences.first(), staff=scene.colleague, opens_at=now, closes_at=now,
        day=followup.day, made_at=now,
    )  # fmt: skip
    tokens = {staff: calendar_feeds.make(staff, now) for staff in (scene.agent, scene.colleague)}
    counts = [client.get(reverse("calendar-file", args=[token])).content.count(b"BEGIN:VEVENT") for token in tokens.values()]
    assert counts == [1, 0]


def test_the_checked_target_is_the_one_that_is_kept(page) -> None:
    found = webhook_targets.check("https://hooks.example.com/in")
    assert isinstance(found, Target)
    assert found.address == "93.184.215.14"
