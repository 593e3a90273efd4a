"""What customers write back, driver by driver and from the provider's own call on: it stands on their timeline, stops what it should stop,
and reaches whoever looks after them. A refusal does so for everything, whatever the message looks like.
"""

from __future__ import annotations

import json
import mailbox
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from huifang.app import business_clock
from huifang.app.business_time import business_day
from huifang.app.indexes import value_index
from huifang.app.records.models import (
    Absence,
    ChannelSetting,
    Consent,
    ContactPoint,
    Customer,
    FollowUp,
    Incoming,
    Notice,
    Occurrence,
    Staff,
)
from huifang.app.services import channels, delivery, inbound, intake, playbooks
from huifang.app.services import mailbox as mailboxes
from huifang.app.web.views import hooks
from huifang.channels.inbound import Call, Reply
from huifang.domain.contact import Channel
from tests.app.messages import NOW, PLAYBOOK, Business, Provider, business
from tests.channels.protocols import CASES, MOMENT
from tests.channels.test_calls_back import AES_KEY, SECONDS, call, ding, feishu_call, signed, wecom_call

pytestmark = pytest.mark.django_db
STOPS = PLAYBOOK.replace("    send: [thanks-often, thanks]", "    send: [thanks-often, thanks]\n    on reply: stop")
PHONE, MAIL = "13800000001", "user1@example.com"


@dataclass(frozen=True)
class Road:
    """How one driver is told that a customer has written: its channel, the contact point, more settings, and the provider's call."""

    channel: str
    point: tuple[str, str]
    says: Callable[[str], Call]
    given: tuple[tuple[str, str], ...] = ()


def _gateway(text: str) -> Call:
    body = json.dumps({"replies": [{"id": "r1", "from": f"+86{PHONE}", "text": text}]}).encode()
    return call(body, signed(body))


def _app(text: str) -> Call:
    body = json.dumps({"replies": [{"id": "r1", "from": "C-7", "text": text}]}).encode()
    return call(body, signed(body))


def _wecom(text: str) -> Call:
    said = f"<FromUserName><![CDATA[wangli]]></FromUserName><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
    return wecom_call(f"<xml>{said}<MsgId>7</MsgId></xml>")


def _dingtalk(text: str) -> Call:
    return call(
        {"msgtype": "text", "text": {"content": f" {text} "}, "msgId": "m1", "senderStaffId": "u1", "senderId": "$:L"},
        ding(f"{SECONDS}000"),
    )


def feishu(kind: str, content: object) -> Call:
    ids = {"open_id": "ou_1", "user_id": "4d7a3c6g", "union_id": "on_1"}
    message = {"message_id": "om_9", "message_type": kind, "content": json.dumps(content)}
    return feishu_call({"header": {"event_type": "im.message.receive_v1"}, "event": {"sender": {"sender_id": ids}, "message": message}})


def _feishu(text: str) -> Call:
    return feishu("text", {"text": f"@_user_1 {text}"})


def _aliyun(text: str) -> Call:
    return call([{"phone_number": PHONE, "send_time": "2026-11-24 10:20:00", "content": text, "sequence_id": 1}])


def _tencent(text: str) -> Call:
    return call({"extend": "1", "mobile": PHONE, "nationcode": "86", "text": text, "sign": "安达", "time": 1457336869})


ROADS = {
    "sms-aliyun": Road("sms", ("phone", f"+86{PHONE}"), _aliyun),
    "sms-tencent": Road("sms", ("phone", f"+86{PHONE}"), _tencent),
    "sms-http": Road("sms", ("phone", f"+86{PHONE}"), _gateway),
    "in-app": Road("in-app", ("code", "C-7"), _app),
    "wecom": Road("wecom", ("wecom", "wangli"), _wecom, (("token", "T"), ("aes_key", AES_KEY))),
    "dingtalk": Road("dingtalk", ("dingtalk", "u1"), _dingtalk),
    "feishu": Road("feishu", ("feishu", "ou_1"), _feishu, (("encrypt_key", "test key"),)),
}


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> Business:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(hooks, "timezone", SimpleNamespace(now=lambda: MOMENT))
    firm = business()
    firm.version = playbooks.activate(None, playbooks.add_version(None, STOPS, "after-care.yaml", NOW), NOW)
    Staff.objects.create(code="X1", name="管理员", sign_in_name="x1", role="administrator", all_branches=True)
    return firm


def heard(driver: str, said: Call) -> int:
    """Let the provider call; the status it is answered with."""
    road = ROADS[driver]
    row = ChannelSetting.objects.filter(channel=road.channel).first()
    if row is None:
        values = dict(CASES[driver].settings) | {"address": "https://127.0.0.1:9"} | dict(road.given)
        row = channels.save(Staff.objects.get(code="X1"), road.channel, driver, values, NOW)
    path = f"/hooks/{row.hook}/?{urlencode(said.query)}"
    return Client().generic(said.method, path, said.body, "application/json", headers=dict(said.headers)).status_code


def known(firm: Business, kind: str, value: str) -> tuple[Customer, FollowUp, FollowUp]:
    """A customer with this contact point whom the agent looks after: what a reply stops, and what goes on."""
    stops = firm.follow_up()
    customer = stops.customer
    ContactPoint.objects.filter(customer=customer).delete()
    if kind == "code":
        Customer.objects.filter(pk=customer.pk).update(code=value)
    for each, said in (*([] if kind == "code" else [(kind, value)]), ("email", "other@example.com")):
        ContactPoint.objects.create(
            customer=customer, kind=each, value=said, value_index=value_index(said), primary=True, mobile=each == "phone"
        )
    Customer.objects.filter(pk=customer.pk).update(owner=firm.agent)
    return customer, stops, firm.again(customer, "after-mail", "email")


def seen_by(staff: Staff, path: str) -> str:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(path).content.decode()


def lands(firm: Business, customer: Customer, stops: FollowUp, goes_on: FollowUp, words: str) -> None:
    """The reply is where the line says that it is."""
    (taken,) = Incoming.objects.all()
    assert (taken.customer, taken.kind, taken.text.strip()) == (customer, "reply", words)
    assert words in seen_by(firm.supervisor, f"/customers/{customer.pk}/")
    assert words in seen_by(firm.agent, "/replies/")
    assert list(Notice.objects.values_list("to", "subject")) == [(firm.agent.pk, f"incoming:{taken.pk}")]
    stops.refresh_from_db()
    goes_on.refresh_from_db()
    assert (stops.state, goes_on.state) == ("withdrawn", "open")
    assert Occurrence.objects.get(followup=stops).closed_as == "replied"
    assert not Consent.objects.exists()


@pytest.mark.parametrize("driver", ROADS)
def test_a_reply_lands_on_the_timeline_stops_what_it_stops_and_reaches_the_owner(firm: Business, driver: str) -> None:
    rows = known(firm, *ROADS[driver].point)
    for _ in range(2):
        assert heard(driver, ROADS[driver].says("已经预约了")) == 200
    lands(firm, *rows, "已经预约了")


@pytest.mark.parametrize("driver", ROADS)
def test_a_refusal_stops_everything_by_whatever_driver_it_comes(firm: Business, driver: str) -> None:
    customer, _stops, _goes_on = known(firm, *ROADS[driver].point)
    assert heard(driver, ROADS[driver].says("退订")) == 200
    assert Incoming.objects.get().kind == "refusal"
    assert Consent.objects.values_list("customer", "purpose", "channel", "allowed").get() == (customer.pk, "any", "any", False)
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"blocked": 2}
    assert Notice.objects.get().to == firm.agent


def posted(tmp_path: Path, text: str, attached: bytes = b"") -> None:
    """A mail in the mailbox, read."""
    given = {"address": "smtp://127.0.0.1:9?from=care@example.com", "mailbox": f"maildir:{tmp_path}/mail"}
    ChannelSetting.objects.update_or_create(channel="email", defaults={"driver": "email", "values": json.dumps(given)})
    head = f"From: Li <{MAIL}>\r\nTo: care@example.com\r\nMessage-ID: <a1@example.com>\r\nMIME-Version: 1.0\r\n".encode()
    plain = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text.encode() + b"\r\n"
    if attached:
        part = b'--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename="a.png"\r\n\r\n' + attached + b"\r\n--b--\r\n"
        plain = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' + plain + part
    mailbox.Maildir(tmp_path / "mail").add(head + plain)
    assert mailboxes.read(NOW) == 1


@pytest.mark.parametrize("attached", [b"", b"png"])
def test_a_mail_lands_on_the_timeline_stops_what_it_stops_and_reaches_the_owner(firm: Business, tmp_path: Path, attached: bytes) -> None:
    rows = known(firm, "email", MAIL)
    posted(tmp_path, "" if attached else "已经预约了", attached)
    lands(firm, *rows, "[文件 file]" if attached else "已经预约了")


def test_a_refusal_by_mail_stops_everything(firm: Business, tmp_path: Path) -> None:
    known(firm, "email", MAIL)
    posted(tmp_path, "unsubscribe")
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"blocked": 2}


RICH = {"richText": [{"text": "灯还"}, {"pictureDownloadCode": "c"}, {"text": "亮着"}]}


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"msgtype": "richText", "content": RICH}, "灯还亮着"), ({"msgtype": "picture", "content": {}}, "[图片 picture]"),
        ({"msgtype": "audio", "content": {"recognition": "周五来"}}, "周五来"), ({"msgtype": "audio", "content": "?"}, "[语音 voice]"),
        ({"msgtype": "richText", "content": []}, "[其他消息 other]"),
    ],
)  # fmt: skip
def test_what_is_no_text_in_dingtalk_is_a_reply_all_the_same(firm: Business, about: dict[str, Any], words: str) -> None:
    rows = known(firm, "dingtalk", "$:L")
    assert heard("dingtalk", call(about | {"msgId": "m1", "senderStaffId": "u1", "senderId": "$:L"}, ding(f"{SECONDS}000"))) == 200
    lands(firm, *rows, words)


POST = {"title": "照片", "content": [[{"tag": "text", "text": "灯还"}, {"tag": "at"}, {"tag": "a", "text": "亮着"}], [{"tag": "img"}], "?"]}


@pytest.mark.parametrize("point", ["ou_1", "4d7a3c6g", "on_1"])
@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("post", POST, "照片\n灯还亮着"),
        ("image", {"image_key": "k"}, "[图片 picture]"),
        ("post", [], "[其他消息 other]"),
        ("post", {}, "[其他消息 other]"),
    ],
)
def test_what_is_no_text_in_feishu_is_a_reply_by_whichever_id_the_customer_is_known(
    firm: Business, point: str, kind: str, content: object, words: str
) -> None:
    customer, _stops, _goes_on = known(firm, "feishu", point)
    assert heard("feishu", feishu(kind, content)) == 200
    taken = Incoming.objects.get()
    assert (taken.customer, taken.text) == (customer, words)


def test_a_refusal_in_wecom_finds_a_customer_who_was_entered_with_capitals(firm: Business) -> None:
    [point] = intake.points([("wecom", "WangLi", "")])
    customer, _stops, _goes_on = known(firm, "wecom", point.value)
    assert heard("wecom", _wecom("退订")) == 200
    assert Incoming.objects.get().customer == customer
    assert Consent.objects.get(customer=customer).allowed is False


@pytest.mark.parametrize("user", ["wangli", "WangLi"])
def test_what_is_no_text_in_wecom_is_a_reply_whose_sender_has_no_capitals(firm: Business, user: str) -> None:
    rows = known(firm, "wecom", "wangli")
    said = f"<xml><FromUserName>{user}</FromUserName><MsgType>voice</MsgType><MsgId>8</MsgId></xml>"
    assert heard("wecom", wecom_call(said)) == 200
    lands(firm, *rows, "[语音 voice]")
    assert heard("wecom", wecom_call("<xml><FromUserName>wangli</FromUserName><MsgType>event</MsgType></xml>")) == 200
    assert Incoming.objects.count() == 1


def written(number: str = "r1", sender: str = PHONE) -> Incoming:
    return inbound.take(Channel.SMS, "provider", Reply(number, sender, "好的"), NOW)


def test_who_is_away_does_not_keep_a_reply_to_themselves(firm: Business) -> None:
    known(firm, "phone", f"+86{PHONE}")
    away = Absence.objects.create(staff=firm.agent, first_day=business_day(NOW), last_day=business_day(NOW), substitute=firm.stranger)
    written()
    assert Notice.objects.get().to == firm.stranger
    Staff.objects.filter(pk=firm.stranger.pk).update(is_active=False)
    written("r2")
    assert Notice.objects.latest("pk").to == firm.supervisor
    away.first_day = away.last_day = business_day(NOW) - timedelta(days=1)
    away.save()
    written("r3")
    assert Notice.objects.latest("pk").to == firm.agent


def test_somebody_always_hears_of_a_reply(firm: Business) -> None:
    nobody = written(sender="13999990000")
    assert set(Notice.objects.values_list("to", flat=True)) == {firm.supervisor.pk, firm.stranger.pk}, "supervisors of one branch each"
    assert nobody.customer is None
    Staff.objects.exclude(role="administrator").update(is_active=False)
    firm.follow_up()
    written("r2")
    assert Notice.objects.latest("pk").to.role == "administrator"
