"""The pages of channels and replies, the customer's own page, and the addresses that providers call."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huifang.app.configuration import Configuration
from huifang.app.records.models import Attempt, ChannelSetting, Consent, Incoming, Message, Staff
from huifang.app.services import channels, delivery, inbound, unsubscribing
from huifang.channels.inbound import Reply
from huifang.domain.contact import Channel
from tests.app.messages import NOW, Business, Provider, business
from tests.channels.protocols import CASES

pytestmark = pytest.mark.django_db
ALIYUN = dict(CASES["sms-aliyun"].settings) | {"address": "https://127.0.0.1:9"}


@pytest.fixture
def firm() -> Business:
    firm = business()
    Staff.objects.create(code="X1", name="管理员", sign_in_name="x1", role="administrator", all_branches=True)
    return firm


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def administrator() -> Staff:
    return Staff.objects.get(code="X1")


def sent_mail(firm: Business) -> tuple[Attempt, Provider]:
    firm.follow_up("after-mail", "email")
    provider = Provider()
    delivery.deliver_due(NOW, drivers=provider.drivers)
    return Attempt.objects.get(), provider


# the customer's own page


def test_a_mail_carries_a_link_that_only_shows_a_page_until_the_button_is_pressed(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HUIFANG", Configuration.read({"HUIFANG_PUBLIC_URL": "https://care.example.com/"}))
    attempt, provider = sent_mail(firm)
    link = provider.got[0][1].unsubscribe
    assert link.startswith("https://care.example.com/u/")
    path, client = link.removeprefix("https://care.example.com"), Client()
    for method in (client.get, client.head):
        assert method(path).status_code == 200
    seen = client.get(path)
    assert "不再接收消息？" in seen.content.decode()
    assert "u***@example.com" in seen.content.decode()
    assert "user1@example.com" not in seen.content.decode()
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert not Consent.objects.exists()
    assert "不会再通过任何渠道联络您" in client.post(path, {"what": "everything"}).content.decode()
    assert Consent.objects.values_list("purpose", "channel", "allowed", "road").get() == ("any", "any", False, "link")
    assert firm.again(attempt.customer, "after-sms", "sms")
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"blocked": 1}


def test_a_mail_program_says_it_with_one_click_and_twice_is_once(firm: Business) -> None:
    attempt, _ = sent_mail(firm)
    path = f"/u/{unsubscribing.token_of(attempt.ticket)}/"
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    assert Consent.objects.count() == 1


def test_one_channel_alone_can_be_refused(firm: Business) -> None:
    attempt, _ = sent_mail(firm)
    attempt.customer.language = "en"
    attempt.customer.save()
    said = Client().post(f"/u/{unsubscribing.token_of(attempt.ticket)}/", {"what": "channel"}).content.decode()
    assert "You will not be contacted by E-mail again." in said
    assert Consent.objects.get().channel == "email"


def test_a_made_up_or_cut_link_changes_nothing(firm: Business) -> None:
    attempt, _ = sent_mail(firm)
    token = unsubscribing.token_of(attempt.ticket)
    assert len(token) >= 48
    changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for wrong in (changed, token[:40], "x", "*" * 48, unsubscribing.token_of(uuid.uuid4())):
        assert Client().post(f"/u/{wrong}/").status_code == 404
    assert not Consent.objects.exists()


def test_without_a_public_address_there_is_no_link(firm: Business) -> None:
    assert sent_mail(firm)[1].got[0][1].unsubscribe == ""


# what providers call


def hook(firm: Business, driver: str = "sms-aliyun", channel: str = "sms", **given: str) -> str:
    row = channels.save(administrator(), channel, driver, ALIYUN | given, NOW)
    return f"/hooks/{row.hook}/"


def test_a_reply_pushed_to_the_hook_stops_contact_before_it_is_answered(firm: Business) -> None:
    firm.follow_up()
    row = {"phone_number": "13800000001", "send_time": "2026-11-24 10:20:00", "content": "TD", "sequence_id": 1}
    path = hook(firm)
    for _ in range(3):
        answer = Client().post(path, json.dumps([row]), content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (200, 0)
    assert Incoming.objects.count() == Consent.objects.count() == 1
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"blocked": 1}


def test_a_report_pushed_to_the_hook_is_written_down(firm: Business) -> None:
    firm.follow_up()
    provider = Provider(name="sms-aliyun")
    delivery.deliver_due(NOW, drivers=provider.drivers)
    key = Attempt.objects.get().key
    Client().post(hook(firm), json.dumps([{"success": True, "out_id": key, "biz_id": "9"}]), content_type="application/json")
    assert Attempt.objects.get().outcome == "delivered"


def test_calls_that_are_not_the_provider_s_are_refused_and_write_nothing(firm: Business) -> None:
    path, client = hook(firm), Client()
    assert client.post("/hooks/guessed/", b"[]", content_type="application/json").status_code == 404
    assert client.post(path, b"{", content_type="application/json").status_code == 400
    assert client.post(path, b" " * 1_000_001, content_type="application/json").status_code == 413
    assert client.put(path).status_code == 405
    gateway = hook(firm, "sms-http", token="t", secret="s")
    assert client.post(gateway, b"{}", content_type="application/json", headers={"x-signature": "1.00"}).status_code == 403
    channels.save(administrator(), "sms", "", {}, NOW)
    assert client.post(gateway, b"{}", content_type="application/json").status_code == 404
    assert not Incoming.objects.exists()


def test_a_get_never_acts(firm: Business) -> None:
    path = hook(firm)
    row = [{"phone_number": "13800000001", "content": "TD", "sequence_id": 1}]
    assert Client().generic("GET", path, json.dumps(row), content_type="application/json").status_code == 405
    assert not Incoming.objects.exists()


def test_a_mail_server_calls_nobody(firm: Business) -> None:
    row = channels.save(administrator(), "email", "email", {"address": "smtp://127.0.0.1:9?from=care@example.com"}, NOW)
    assert Client().post(f"/hooks/{row.hook}/").status_code == 404


# pages


def test_a_channel_is_set_up_and_its_secrets_are_never_shown_again(firm: Business) -> None:
    desk = signed_in(administrator())
    assert "AccessKey Secret" in desk.get("/settings/channels/sms/?driver=sms-aliyun").content.decode()
    assert desk.post("/settings/channels/sms/", {"driver": "sms-aliyun", "key_id": "LTAI"}).status_code == 422
    assert desk.post("/settings/channels/sms/", ALIYUN | {"driver": "sms-aliyun"}).status_code == 302
    seen = desk.get("/settings/channels/sms/").content.decode()
    assert "geheim" not in seen
    assert "安达汽修" in seen
    assert "已保存，留空则不变" in seen
    assert ChannelSetting.objects.get().hook in seen
    assert "阿里云短信" in desk.get("/settings/channels/").content.decode()
    assert desk.get("/settings/channels/pigeon/").status_code == 404
    assert desk.get("/settings/channels/email/?driver=sms-aliyun").status_code == 200


def test_a_test_message_says_what_the_provider_said(firm: Business) -> None:
    desk = signed_in(administrator())
    desk.post("/settings/channels/sms/", ALIYUN | {"driver": "sms-aliyun", "templates": "test = SMS_1"})
    said = desk.post("/settings/channels/sms/test/", {"to": "13800002046"}, follow=True).content.decode()
    assert "连不上服务商" in said
    desk.post("/settings/channels/sms/", {"driver": ""})
    assert "已写入发件箱文件夹" in desk.post("/settings/channels/sms/test/", {"to": "13800002046"}, follow=True).content.decode()


def test_a_pause_is_seen_on_the_pages_of_channels_and_outbox(firm: Business) -> None:
    desk = signed_in(firm.supervisor)
    assert "已暂停" not in desk.get("/settings/channels/").content.decode()
    assert desk.post("/settings/channels/sms/state/", {"state": "paused"}).status_code == 302
    assert "已暂停" in desk.get("/settings/channels/").content.decode()
    desk.post("/settings/channels/any/state/", {"state": "stopped"})
    assert "短信：已停止" in desk.get("/outbox/").content.decode()
    assert signed_in(firm.agent).post("/settings/channels/any/state/", {"state": "on"}).status_code == 403


def test_replies_are_read_once_by_those_of_the_branch(firm: Business) -> None:
    followup = firm.follow_up(name="赵回信")
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    inbound.take(Channel.SMS, "p", Reply("1", "13800000001", "<b>周五可以吗</b>"), NOW)
    inbound.take(Channel.SMS, "p", Reply("2", "13999990000", "您是哪位"), NOW)
    desk = signed_in(firm.agent)
    seen = desk.get("/replies/").content.decode()
    assert "赵回信" in seen
    assert "&lt;b&gt;周五可以吗" in seen
    assert "您是哪位" not in seen
    assert "139****0000" in signed_in(firm.supervisor).get("/replies/").content.decode()
    assert "赵回信" not in signed_in(firm.stranger).get("/replies/").content.decode()
    number = Incoming.objects.get(customer=followup.customer).pk
    assert signed_in(firm.stranger).post(f"/replies/{number}/read/").status_code == 404
    desk.post(f"/replies/{number}/read/")
    assert "没有未读回复" in desk.get("/replies/").content.decode()
    assert "陈晓" in desk.get("/replies/?show=all&from=x").content.decode()
    assert "周五可以吗" in desk.get(f"/customers/{followup.customer_id}/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_replies(firm: Business) -> None:
    firm.follow_up()
    desk = signed_in(firm.agent)
    inbound.take(Channel.SMS, "p", Reply("0", "13800000001", "好"), NOW)
    with CaptureQueriesContext(connection) as few:
        desk.get("/replies/")
    for number in range(60):
        inbound.take(Channel.SMS, "p", Reply(f"n{number}", "13800000001", "好"), NOW)
    with CaptureQueriesContext(connection) as many:
        seen = desk.get("/replies/").content.decode()
    assert len(many) <= len(few)
    assert re.search(r"after=[^\"]+", seen)
    assert Message.objects.count() == 0
