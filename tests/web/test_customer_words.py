"""What a customer has said about being contacted: entered with its proof, in force at once, and read on the customer's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Consent, Customer, Occurrence
from huifang.app.services import consents
from huifang.app.services.playbooks import activate, add_version
from huifang.playbooks import library
from tests.web import scene as scenes


@pytest.fixture
def who(scene, monkeypatch):
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    Consent.objects.all().delete()
    return scene.first.customer


def enter(client, who, **said):
    form = {"purpose": "marketing", "channel": "sms", "allowed": "1", "proof": "2026-11-01 签署的会员申请表"} | said
    return client.post(reverse("customer-say", args=[who.pk]), form, follow=True)


def test_consent_is_entered_for_one_purpose_on_one_channel_with_its_proof(scene, signed_in, who):
    client = signed_in(scene.agent, "zh-hans")
    enter(client, who)
    row = Consent.objects.get(customer=who)
    assert (row.purpose, row.channel, row.allowed, row.road, row.by, row.proof) == (
        "marketing", "sms", True, "agent", scene.agent, "2026-11-01 签署的会员申请表",
    )  # fmt: skip
    page = client.get(reverse("customer-said", args=[who.pk])).content.decode()
    assert all(words in page for words in ("营销 · 短信", "2026-11-01 签署的会员申请表", "员工登记", scene.agent.name))


def test_separate_consent_to_sensitive_data_can_be_entered(scene, signed_in, who):
    enter(signed_in(scene.agent), who, purpose="sensitive", channel="any")
    assert Consent.objects.filter(customer=who, purpose="sensitive", allowed=True).exists()


def test_where_a_playbook_has_health_data_the_page_says_whether_they_may_be_used(scene, signed_in, who):
    client = signed_in(scene.agent)

    def told() -> list[bool | None]:
        glance = client.get(reverse("customer", args=[who.pk])).context["glance"]
        return [each.allowed for each in glance.permissions if each.title == "Sensitive data"]

    assert told() == []
    text = library.text("repair-shop").replace("\nprogrammes:\n", "\nsensitive: true\nprogrammes:\n", 1)
    activate(scene.manager, add_version(scene.manager, text, "repair-shop.yaml", scenes.NOW), scenes.NOW)
    assert told() == [None]
    enter(client, who, purpose="sensitive", channel="any")
    assert told() == [True]
    enter(client, who, purpose="sensitive", channel="sms", allowed="0")
    assert told() == [False]


def test_consent_without_proof_is_not_entered_and_a_refusal_needs_none(scene, signed_in, who):
    client = signed_in(scene.agent)
    answer = enter(client, who, proof="  ")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert all(words in page for words in ("It is not said how the customer agreed.", "Say what the customer said,"))
    assert '<option value="marketing" selected>' in page, "what was chosen stays"
    assert not Consent.objects.exists()
    enter(client, who, allowed="0", proof="")
    assert Consent.objects.get().allowed is False


@pytest.mark.parametrize("wrong", [{"purpose": "spying"}, {"channel": "telepathy"}, {"allowed": "perhaps"}])
def test_what_cannot_be_said_changes_nothing(scene, signed_in, who, wrong):
    assert enter(signed_in(scene.agent), who, **wrong).status_code == 400
    assert not Consent.objects.exists()


def test_every_road_is_named_and_what_nobody_knows_stands_as_it_is(scene, signed_in, who):
    client = signed_in(scene.reviewer)
    assert "said nothing about being contacted" in client.get(reverse("customer-said", args=[who.pk])).content.decode()
    for number, road in enumerate(("link", "reply", "import", "api", "pigeon")):
        consents.opt_out(None, who, "any", "any", road, scenes.NOW + timedelta(minutes=number))
    page = client.get(reverse("customer-said", args=[who.pk]), headers={"HX-Request": "true"}).content.decode()
    said = [page.index(words) for words in ("pigeon", "interface", "import", "the customer&#x27;s reply", "link in a message")]
    assert said == sorted(said)
    assert reverse("customer-say", args=[who.pk]) not in page


def test_who_has_died_or_whose_file_is_closed_is_not_contacted_any_more(scene, signed_in, who):
    client, address = signed_in(scene.agent), reverse("customer-status", args=[who.pk])
    for status in ("closed", "deceased"):
        client.post(address, {"status": status})
        assert Customer.objects.get(pk=who.pk).status == status
    assert not Occurrence.objects.filter(customer=who, open=True).exists()
    assert client.post(address, {"status": "ghost"}).status_code == 400


def test_only_a_supervisor_takes_it_back(scene, signed_in, who):
    Customer.objects.filter(pk=who.pk).update(status="closed")
    address = reverse("customer-status", args=[who.pk])
    assert signed_in(scene.agent).post(address, {"status": "active"}).status_code == 403
    assert Customer.objects.get(pk=who.pk).status == "closed"
    signed_in(scene.supervisor).post(address, {"status": "active"})
    assert Customer.objects.get(pk=who.pk).status == "active"


def test_customers_of_other_branches_are_not_there(scene, signed_in, who):
    assert signed_in(scene.stranger).get(reverse("customer-said", args=[who.pk])).status_code == 404
    assert enter(signed_in(scene.stranger), who).status_code == 404
    assert signed_in(scene.stranger).post(reverse("customer-status", args=[who.pk]), {"status": "closed"}).status_code == 404
