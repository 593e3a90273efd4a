"""Another system manages its own webhooks over the interface: no address that is not public, nobody else's, no secret twice."""

from __future__ import annotations

import json

import pytest

from huifang.app.api.webhooks import WebhookIn
from huifang.app.records.models import ApiKey, AuditEntry, Staff, Subscription, WebhookDelivery
from huifang.app.services import api_keys, webhook_targets, webhooks
from huifang.app.services.cases import open_case
from tests.app.api.caller import Caller, key
from tests.app.cast import NOW, Cast

GIVEN = {"name": "DMS", "url": "https://hooks.example.com/in", "events": ["case.opened"]}


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network's names: what is not here is not known; what is here leads where it says."""
    known = {"hooks.example.com": ["93.184.215.14"], "inner.example.com": ["10.0.0.5"], "both.example.com": ["93.184.215.14", "127.0.0.1"]}
    monkeypatch.setattr(webhook_targets.check, "__defaults__", ((), lambda host, _port: known.get(host, [])))


@pytest.fixture
def system(cast: Cast) -> Caller:
    return key(cast.an, "webhooks:write")


def test_a_webhook_is_added_listed_read_changed_switched_and_removed(cast: Cast, system: Caller) -> None:
    made = system("POST", "webhooks", GIVEN)
    assert made.status_code == 201, made.content.decode()
    body = made.json()
    assert body["secret"].startswith("whs_")
    assert (body["branches"], body["active"], body["failures"]) == (["GX", "LX"], True, 0)
    (listed,) = system.get("webhooks")["items"]
    assert listed == {name: value for name, value in body.items() if name != "secret"}
    assert system.get(f"webhooks/{body['id']}") == listed
    changed = system("PUT", f"webhooks/{body['id']}", {"events": ["case.closed", "case.opened"], "name": "DMS 2"}).json()
    assert (changed["name"], changed["events"], changed["url"]) == ("DMS 2", ["case.closed", "case.opened"], GIVEN["url"])
    assert Subscription.objects.get().secret == body["secret"], "the secret stays"
    assert system("PUT", f"webhooks/{body['id']}", {"active": False}).json()["active"] is False
    assert system("PUT", f"webhooks/{body['id']}", {"active": False}).json()["active"] is False
    assert system("PUT", f"webhooks/{body['id']}", {"active": True}).json()["active"] is True
    assert AuditEntry.objects.filter(action__in=("webhook.on", "webhook.off")).count() == 2
    assert system("DELETE", f"webhooks/{body['id']}").json() == {"removed": body["id"]}
    assert system("GET", f"webhooks/{body['id']}").status_code == 404
    assert not Subscription.objects.exists()
    assert system.get("webhooks") == {"items": [], "next": ""}
    assert body["secret"] not in str(list(AuditEntry.objects.values()))


def test_it_is_told_what_happens_in_its_branches_until_it_is_removed(cast: Cast) -> None:
    near, far = (key(cast.an, "webhooks:write", branches=[each]) for each in (cast.branch, cast.other_branch))
    numbers = [each("POST", "webhooks", GIVEN).json()["id"] for each in (near, far)]
    case = open_case(cast.tao, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    got: list[dict[str, object]] = []
    webhooks.deliver_due(NOW, lambda _target, content, _headers: (got.append(json.loads(content)), 204)[1])
    assert [each["data"]["case"] for each in got] == [case.number]  # type: ignore[index]  # a dictionary
    open_case(cast.tao, cast.customers[0], "dissatisfied", "又坏了", NOW)
    webhooks.collect(NOW)
    near("DELETE", f"webhooks/{numbers[0]}")
    assert not WebhookDelivery.objects.filter(subscription=numbers[0]).exists()
    assert webhooks.deliver_due(NOW, lambda *_about: 204) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/in", "https://127.0.0.1/in", "https://10.0.0.1/", "https://[::1]/in", "https://inner.example.com/in",
        "https://both.example.com/in", "https://nobody.example.com/in", "https://user:word@hooks.example.com/", "ftp://hooks.example.com/",
        "https://169.254.169.254/latest", "https://hooks.example.com\\@10.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_when_it_is_saved(cast: Cast, system: Caller, url: str) -> None:
    assert system("POST", "webhooks", {**GIVEN, "url": url}).status_code == 422
    assert not Subscription.objects.exists()
    assert not Staff.objects.filter(role="service", api_key=None).exists()
    number = system("POST", "webhooks", GIVEN).json()["id"]
    assert system("PUT", f"webhooks/{number}", {"url": url, "name": "X"}).status_code == 422
    held = Subscription.objects.get()
    assert (held.url, held.name) == (GIVEN["url"], "DMS")


def test_a_key_reaches_its_own_webhooks_alone(cast: Cast, system: Caller) -> None:
    others = key(cast.an, "webhooks:write")
    number = others("POST", "webhooks", GIVEN).json()["id"]
    by_person, _secret = webhooks.subscribe(cast.an, "ours", GIVEN["url"], GIVEN["events"], None, NOW)
    for each in (number, by_person.pk, 10**9):
        for method, body in (("GET", None), ("PUT", {"active": False}), ("DELETE", None)):
            answer = system(method, f"webhooks/{each}", body)
            assert (answer.status_code, answer.json()["code"]) == (404, "webhook.missing")
    assert system.get("webhooks")["items"] == []
    assert Subscription.objects.filter(active=True).count() == 2


def test_it_hears_of_no_branch_that_its_key_does_not_reach(cast: Cast) -> None:
    near = key(cast.an, "webhooks:write", branches=[cast.branch])
    assert near("POST", "webhooks", GIVEN).json()["branches"] == ["LX"]
    assert near("POST", "webhooks", {**GIVEN, "branches": ["LX"]}).json()["branches"] == ["LX"]
    for codes in (["GX"], ["LX", "GX"], []):
        assert near("POST", "webhooks", {**GIVEN, "branches": codes}).status_code == 404
    assert key(cast.an, "webhooks:write")("POST", "webhooks", {**GIVEN, "branches": ["GX"]}).json()["branches"] == ["GX"]


def test_a_key_that_is_taken_back_tells_nobody_any_more(cast: Cast, system: Caller) -> None:
    system("POST", "webhooks", GIVEN)
    api_keys.revoke(cast.an, ApiKey.objects.get().pk, NOW)
    assert not Subscription.objects.get().active
    assert system("GET", "webhooks").status_code == 401


def test_without_the_scope_or_with_wrong_words_nothing_is_kept(cast: Cast, system: Caller) -> None:
    assert key(cast.an, "events:write")("POST", "webhooks", GIVEN).status_code == 403
    for wrong in ({"events": []}, {"events": ["everything"]}, {"name": ""}, {"name": " "}, {"secret": "mine"}, {"url": ""}):
        assert system("POST", "webhooks", {**GIVEN, **wrong}).status_code == 422
    assert not Subscription.objects.exists()


def test_added_twice_under_one_idempotency_key_it_is_one_with_the_same_secret(cast: Cast, system: Caller) -> None:
    first, again = (system("POST", "webhooks", GIVEN, token="w-1") for _ in range(2))
    assert first.json() == again.json()
    assert Subscription.objects.count() == 1


def test_the_description_names_every_event_there_is() -> None:
    named = WebhookIn.model_json_schema()["properties"]["events"]["items"]["enum"]
    assert set(named) == set(webhooks.EVENTS)
