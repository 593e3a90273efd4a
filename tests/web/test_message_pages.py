"""Messages on the pages: seen as real customers read them, tried on oneself, many at once let go or stopped by a second person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huifang.app.records.models import AuditEntry, ContactPoint, Customer, FollowUp, MassSending, PlaybookVersion
from huifang.app.services import mass_sending


@pytest.fixture(autouse=True)
def _the_shop_has_a_telephone(settings):
    settings.HUIFANG = replace(settings.HUIFANG, phone="0755-26000000")


def test_a_message_is_seen_as_customers_read_it(scene, signed_in):
    client = signed_in(scene.manager, "zh-hans")
    assert f"/playbooks/{scene.version.pk}/messages/service-sms/" in client.get(f"/playbooks/{scene.version.pk}/").content.decode()
    page = client.get(f"/playbooks/{scene.version.pk}/messages/service-sms/").content.decode()
    assert scene.followups[3].customer.name in page
    assert "建议于" in page
    found = client.get(f"/playbooks/{scene.version.pk}/messages/service-sms/?q={scene.first.customer.code}").content.decode()
    assert scene.first.customer.name in found
    assert scene.followups[3].customer.name not in found
    nobody = client.get(f"/playbooks/{scene.version.pk}/messages/service-sms/?q=nobody-of-this-name").content.decode()
    assert "没有找到客户" in nobody
    assert "/trial/" not in nobody
    assert client.get(f"/playbooks/{scene.version.pk}/messages/none/").status_code == 404


def test_an_agent_sees_it_and_cannot_try_it(scene, signed_in):
    client = signed_in(scene.agent)
    url = f"/playbooks/{scene.version.pk}/messages/insurance-sms/"
    page = client.get(url).content.decode()
    assert "Send it to yourself" not in page
    assert "***" in page or "****" in page
    assert client.post(url + "trial/", {"to": "13900001111"}).status_code == 403


def test_a_trial_goes_to_oneself_and_never_to_a_customer(scene, signed_in):
    client, url = signed_in(scene.manager), f"/playbooks/{scene.version.pk}/messages/service-sms/"
    customer = scene.followups[3].customer
    ContactPoint.objects.filter(customer=customer, kind="phone").update(usable=True)
    sent = client.post(url + "trial/", {"to": "139 0000 1111", "customer": customer.pk}, follow=True)
    assert b"Written to the outbox folder" in sent.content
    assert b"+8613900001111" in sent.content
    assert AuditEntry.objects.get(action="content.tested").by == scene.manager
    theirs = customer.contact_points.get(kind="phone").value
    refused = client.post(url + "trial/", {"to": theirs, "customer": customer.pk})
    assert refused.status_code == 422
    assert b"a test never goes to one" in refused.content
    assert client.post(url + "trial/", {"to": "13900001111", "customer": "x"}).status_code == 422
    Customer.objects.update(attributes={})
    hole = client.post(url + "trial/", {"to": "13900001111", "customer": customer.pk})
    assert b"is not known for this customer" in hole.content


def test_a_trial_that_the_provider_refuses_is_said(scene, signed_in, monkeypatch):
    from huifang.app.services import trial_messages
    from huifang.channels.driver import Receipt, ReceiptState
    from huifang.domain.contact import Channel
    from huifang.domain.words import Words

    class Refusing:
        name = "refusing"

        def send(self, _ticket, _message):
            return Receipt(ReceiptState.FAILED, words=Words("拒收。", "Turned away."))

    monkeypatch.setattr(trial_messages, "senders", lambda: {Channel.SMS: Refusing()})
    url = f"/playbooks/{scene.version.pk}/messages/service-sms/"
    to = {"to": "13900001111", "customer": scene.followups[3].customer.pk}
    assert b"Turned away" in signed_in(scene.manager).post(url + "trial/", to, follow=True).content


@pytest.fixture
def many(scene, settings):
    """Three reminders that are to go by themselves today, and a limit of two."""
    settings.HUIFANG = replace(settings.HUIFANG, mass_over=2)
    for followup in scene.followups[:3]:
        FollowUp.objects.filter(pk=followup.pk).update(staff=None, channel="sms", programme="service-due", state="open")
    from huifang.app.business_clock import now

    assert mass_sending.ask(now()) == 1
    return MassSending.objects.get()


def test_many_messages_are_looked_at_and_let_go(scene, signed_in, many):
    client, url = signed_in(scene.manager), f"/outbox/many/{many.pk}/"
    outbox = client.get("/outbox/").content.decode()
    assert url in outbox
    assert "3 messages" in outbox
    assert b"messages wait for your word" in client.get("/notices/").content
    page = client.get(url).content.decode()
    assert "Let these 3 go" in page
    assert scene.first.customer.name in page
    assert client.post(url + "decide/", {"word": "perhaps", "seen": "3"}).status_code == 400
    assert client.post(url + "decide/", {"word": "go", "seen": "many"}).status_code == 400
    assert b"They go out now" in client.post(url + "decide/", {"word": "go", "seen": "3"}, follow=True).content
    many.refresh_from_db()
    assert (many.state, many.decided_by) == ("allowed", scene.manager)
    page = client.get(url).content.decode()
    assert "Stop those that still wait" in page
    assert scene.manager.name in page
    assert b"Stopped. None" in client.post(url + "decide/", {"word": "stop", "seen": "3"}, follow=True).content
    assert b"This batch is decided already" in client.post(url + "decide/", {"word": "go", "seen": "3"}, follow=True).content


def test_whoever_made_the_version_only_looks(scene, signed_in, many):
    PlaybookVersion.objects.update(created_by=scene.manager)
    page = signed_in(scene.manager).get(f"/outbox/many/{many.pk}/").content.decode()
    assert "Somebody else decides" in page
    assert "Let these" not in page
    answer = signed_in(scene.manager).post(f"/outbox/many/{many.pk}/decide/", {"word": "go", "seen": "3"}, follow=True)
    assert b"You made this version" in answer.content
    assert "Let these 3 go" in signed_in(scene.administrator).get(f"/outbox/many/{many.pk}/").content.decode()


def test_a_batch_of_other_branches_is_not_there(scene, signed_in, many):
    scene.supervisor.branch = scene.there
    scene.supervisor.save()
    client = signed_in(scene.supervisor)
    assert client.get(f"/outbox/many/{many.pk}/").status_code == 404
    assert f"/outbox/many/{many.pk}/" not in client.get("/outbox/").content.decode()
