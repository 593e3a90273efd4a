"""What providers tell: delivery reports and replies, in the form they document; forged, old and broken calls are refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from huifang.channels.inbound import Call, Receiver, Reply, Report, Taken
from huifang.domain.errors import HuifangError, Invalid, NotAllowed
from tests.channels.protocols import CASES, MOMENT
from tests.channels.provider import Provider

NOWHERE = Provider(lambda _: (200, {}), url="https://127.0.0.1:9")
SECONDS = str(int(MOMENT.timestamp()))
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


def receiver(name: str, **more: str) -> Receiver:
    driver = CASES[name].driver(NOWHERE, **more)
    assert isinstance(driver, Receiver)
    return driver


def call(said: Any, headers: dict[str, str] | None = None, **about: Any) -> Call:
    body = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    return Call("POST", about.get("query", {}), headers or {}, body, MOMENT)


def test_aliyun_s_reports() -> None:
    rows = [
        {"phone_number": "13800002046", "success": True, "err_code": "DELIVERED", "biz_id": "b1", "out_id": "k1"},
        {"phone_number": "13800002047", "success": False, "err_code": "MOBILE_NOT_ON_SERVICE", "biz_id": "b2", "out_id": "k2"},
        {"phone_number": "13800002048", "success": False, "err_code": "CONTENT_KEYWORD", "biz_id": "b3", "out_id": ""},
    ]
    taken = receiver("sms-aliyun").take(call(rows))
    assert [(row.arrived, row.key, row.reference, row.permanent) for row in taken.reports] == [
        (True, "k1", "b1", False), (False, "k2", "b2", True), (False, "", "b3", False),
    ]  # fmt: skip
    assert json.loads(taken.answer)["code"] == 0


def test_aliyun_s_replies() -> None:
    row = {
        "phone_number": "13800002046",
        "send_time": "2026-11-24 10:20:00",
        "content": "TD",
        "dest_code": "1234",
        "sequence_id": 1234567890,
    }
    bare = {"phone_number": "13800002046", "send_time": "2026-11-24 10:20:00", "content": "好的"}
    assert receiver("sms-aliyun").take(call([row, bare])).replies == (
        Reply("1234567890", "13800002046", "TD"), Reply("13800002046 2026-11-24 10:20:00", "13800002046", "好的"),
    )  # fmt: skip


def test_tencent_s_reports_and_replies() -> None:
    report = {"user_receive_time": "2026-11-24 10:20:00", "nationcode": "86", "mobile": "13800002046", "sid": "2028:1"}
    rows = [
        report | {"report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "用户短信送达成功"},
        report | {"report_status": "FAIL", "errmsg": "MK:0001", "description": "空号"},
        report | {"report_status": "FAIL", "errmsg": "MI:0022", "description": "超过频率限制"},
    ]
    taken = receiver("sms-tencent").take(call(rows))
    assert [(row.arrived, row.reference, row.permanent) for row in taken.reports] == [
        (True, "2028:1", False), (False, "2028:1", True), (False, "2028:1", False),
    ]  # fmt: skip
    assert taken.answer == '{"result": 0, "errmsg": "OK"}'
    reply = {"extend": "12", "mobile": "13800002046", "nationcode": "86", "text": "退订", "sign": "安达", "time": 1457336869}
    first, again = (receiver("sms-tencent").take(call(reply)).replies[0] for _ in range(2))
    assert (first.sender, first.text) == ("+8613800002046", "退订")
    assert first == again, "the same reply pushed twice has the same id"
    assert receiver("sms-tencent").take(call(reply | {"nationcode": ""})).replies[0].sender == "13800002046"


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("sms-aliyun", {"phone_number": "13800002046", "send_time": "2026-11-24 10:20:00", "content": "TD", "sequence_id": 1}),
        ("sms-tencent", {"extend": "12", "mobile": "13800002046", "nationcode": "86", "text": "TD", "sign": "安达", "time": 1457336869}),
    ],
)
def test_a_reply_whose_words_stand_elsewhere_is_never_read_as_empty(name: str, row: dict[str, object]) -> None:
    assert receiver(name).take(call(row)).replies[0].text == "TD"
    blank = {key: "" if value == "TD" else value for key, value in row.items()}
    assert [reply.text for reply in receiver(name).take(call([blank, row])).replies] == ["", "TD"], (
        "an empty one keeps no other from being heard"
    )
    for field in [key for key, value in row.items() if value == "TD"]:
        moved = {("said" if key == field else key): value for key, value in row.items()}
        with pytest.raises(Invalid):
            receiver(name).take(call(moved))


def signed(body: bytes, seconds: str = SECONDS, secret: bytes = b"hook") -> dict[str, str]:
    return {"x-signature": f"{seconds}." + hmac.new(secret, f"{seconds}.".encode() + body, "sha256").hexdigest()}


def test_a_gateway_s_reports_and_replies() -> None:
    body = json.dumps(
        {
            "reports": [{"key": "k", "arrived": True}, {"id": "g-1", "arrived": False, "permanent": True, "code": "gone"}],
            "replies": [{"id": "r1", "from": "+8613800002046", "text": "STOP"}],
        }
    ).encode()
    taken = receiver("sms-http").take(call(body, signed(body)))
    assert [(row.arrived, row.key, row.reference, row.permanent) for row in taken.reports] == [
        (True, "k", "", False),
        (False, "", "g-1", True),
    ]
    assert taken.replies == (Reply("r1", "+8613800002046", "STOP"),)


@pytest.mark.parametrize(
    "headers",
    [
        {}, signed(b"{}", secret=b"other"), signed(b"{}", str(int(SECONDS) - 301)), signed(b"{}", str(int(SECONDS) + 301)), signed(b"{ }"),
        signed(b"{}", "x"),
    ],
)  # fmt: skip
def test_a_gateway_s_forged_changed_or_old_call_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        receiver("sms-http").take(call(b"{}", headers))


def test_a_gateway_without_a_secret_cannot_call() -> None:
    with pytest.raises(NotAllowed):
        receiver("sms-http", secret="").take(call(b"{}", signed(b"{}", secret=b"")))


def test_a_gateway_s_call_that_is_no_object_is_told() -> None:
    with pytest.raises(Invalid):
        receiver("sms-http").take(call(b"[]", signed(b"[]")))


def padded(data: bytes, size: int) -> bytes:
    missing = size - len(data) % size
    return data + bytes([missing]) * missing


def wecom_call(xml: str, corp: str = "ww1", method: str = "POST") -> Call:
    key = base64.b64decode(AES_KEY + "=")
    plain = padded(b"r" * 16 + len(xml.encode()).to_bytes(4, "big") + xml.encode() + corp.encode(), 32)
    closing = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = base64.b64encode(closing.update(plain) + closing.finalize()).decode()
    signature = hashlib.sha1("".join(sorted(("T", SECONDS, "n", sealed))).encode()).hexdigest()
    query = {"msg_signature": signature, "timestamp": SECONDS, "nonce": "n"}
    if method == "GET":
        return Call("GET", query | {"echostr": sealed}, {}, b"", MOMENT)
    return call(f"<xml><ToUserName><![CDATA[ww1]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode(), query=query)


def test_wecom_s_messages_and_its_check_of_the_address() -> None:
    we = receiver("wecom", token="T", aes_key=AES_KEY)
    text = (
        "<xml><FromUserName><![CDATA[zhangsan]]></FromUserName><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[退订]]></Content>"
        "<MsgId>7</MsgId></xml>"
    )
    assert we.take(wecom_call(text)).replies == (Reply("7", "zhangsan", "退订"),)
    assert we.take(wecom_call("<xml><MsgType>event</MsgType></xml>")).replies == ()
    assert we.take(wecom_call("4711", method="GET")) == Taken(answer="4711", content_type="text/plain")
    with pytest.raises(NotAllowed):
        we.take(wecom_call(text, corp="another"))
    with pytest.raises(NotAllowed):
        receiver("wecom").take(wecom_call(text))


def ding(at: str, secret: bytes = b"geheim") -> dict[str, str]:
    return {"timestamp": at, "sign": base64.b64encode(hmac.new(secret, f"{at}\n{secret.decode()}".encode(), "sha256").digest()).decode()}


def test_dingtalk_s_messages() -> None:
    said = {"msgtype": "text", "text": {"content": " TD "}, "msgId": "msg1", "senderStaffId": "u1", "senderId": "$:LWCP"}
    dt = receiver("dingtalk")
    now = f"{SECONDS}000"
    assert dt.take(call(said, ding(now))).replies == (Reply("msg1", "u1", " TD ", also=("$:LWCP",)),)
    assert dt.take(call(said | {"senderStaffId": None}, ding(now))).replies[0].sender == "$:LWCP"
    assert dt.take(call({"msgtype": "picture"}, ding(now))).replies == ()
    for headers in ({}, ding(now, b"other"), ding(f"{int(SECONDS) - 3601}000"), ding("x")):
        with pytest.raises(NotAllowed):
            dt.take(call(said, headers))


def feishu_call(event: Any, key: str = "test key", *, seconds: str = SECONDS, sign: bool = True) -> Call:
    iv = b"i" * 16
    closing = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    sealed = base64.b64encode(iv + closing.update(padded(json.dumps(event).encode(), 16)) + closing.finalize()).decode()
    body = json.dumps({"encrypt": sealed}).encode()
    signature = hashlib.sha256(f"{seconds}nonce{key}".encode() + body).hexdigest() if sign else "0" * 64
    return call(body, {"x-lark-request-timestamp": seconds, "x-lark-request-nonce": "nonce", "x-lark-signature": signature})


def test_feishu_s_messages_and_its_check_of_the_address() -> None:
    fs = receiver("feishu", encrypt_key="test key")
    message = {"message_id": "om_9", "message_type": "text", "content": '{"text": "退订"}'}
    event = {
        "header": {"event_type": "im.message.receive_v1"},
        "event": {"sender": {"sender_id": {"open_id": "ou_1"}}, "message": message},
    }
    assert fs.take(feishu_call(event)).replies == (Reply("om_9", "ou_1", "退订"),)
    assert json.loads(fs.take(feishu_call({"type": "url_verification", "challenge": "c"}, sign=False)).answer) == {"challenge": "c"}
    assert fs.take(feishu_call({"header": {"event_type": "other"}})).replies == ()
    picture = {"header": event["header"], "event": {"message": {"message_type": "image"}}}
    assert fs.take(feishu_call(picture)).replies == ()
    for bad in (feishu_call(event, sign=False), feishu_call(event, seconds=str(int(SECONDS) - 3601))):
        with pytest.raises(NotAllowed):
            fs.take(bad)
    with pytest.raises(NotAllowed):
        receiver("feishu").take(feishu_call(event))
    with pytest.raises(Invalid):
        fs.take(feishu_call(event, key="another key"))


@pytest.mark.parametrize("name", ["sms-aliyun", "sms-tencent"])
@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"[{}]", b"\xff", b"[" * 100_000, json.dumps([{}] * 1001).encode()])
def test_a_broken_call_is_told_and_breaks_nothing(name: str, body: bytes) -> None:
    with pytest.raises(Invalid):
        receiver(name).take(call(body))


NAMES = st.sampled_from(["success", "phone_number", "report_status", "mobile", "text", "msgtype", "header", "event", "message"])
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=8)


@given(data=JSON)
def test_whatever_is_called_is_read_or_refused_in_words(data: Any) -> None:
    body = json.dumps(data).encode()
    calls = {
        "sms-aliyun": call(body),
        "sms-tencent": call(body),
        "sms-http": call(body, signed(body)),
        "in-app": call(body, signed(body)),
        "dingtalk": call(body, ding(f"{SECONDS}000")),
        "feishu": feishu_call(data),
    }
    for name, each in calls.items():
        try:
            taken = receiver(name, **({"encrypt_key": "test key"} if name == "feishu" else {})).take(each)
        except HuifangError:
            continue
        assert all(isinstance(row, Report) for row in taken.reports)
        assert all(isinstance(row.text, str) for row in taken.replies)


def test_a_call_from_another_time_is_judged_by_its_own_moment() -> None:
    body = b'{"replies": []}'
    old = replace(call(body, signed(body)), now=MOMENT + timedelta(hours=1))
    with pytest.raises(NotAllowed):
        receiver("sms-http").take(old)
