"""Group robots as their documents describe them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from huifang.channels import robots, web
from huifang.channels.driver import Receipt, ReceiptState

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECONDS = str(int(NOW.timestamp()))


def test_a_text_for_each_kind_signed_where_there_is_a_secret():
    assert robots.post("wecom", "您好", "ignored", NOW) == robots.Post("", {"msgtype": "text", "text": {"content": "您好"}})
    assert robots.post("dingtalk", "您好", "", NOW).query == ""
    signed = parse_qs(robots.post("dingtalk", "您好", "SEC", NOW).query)
    millis = SECONDS + "000"
    expected = base64.b64encode(hmac.new(b"SEC", f"{millis}\nSEC".encode(), hashlib.sha256).digest()).decode()
    assert signed == {"timestamp": [millis], "sign": [expected]}
    plain = robots.post("feishu", "您好", "", NOW).body
    assert plain == {"msg_type": "text", "content": {"text": "您好"}}
    body = robots.post("feishu", "您好", "SEC", NOW).body
    assert body["timestamp"] == SECONDS
    assert body["sign"] == base64.b64encode(hmac.new(f"{SECONDS}\nSEC".encode(), b"", hashlib.sha256).digest()).decode()


def test_a_long_text_ends_where_the_program_does_and_never_within_a_letter():
    said = robots.post("wecom", "回" * 900, "", NOW).body["text"]["content"]
    assert said == "回" * 666


@pytest.mark.parametrize(
    ("kind", "status", "data", "state", "permanent"),
    [
        ("wecom", 200, {"errcode": 0, "errmsg": "ok"}, "sent", False),
        ("wecom", 200, {"errcode": 45009}, "failed", False),
        ("wecom", 200, {"errcode": 93000}, "failed", True),
        ("dingtalk", 200, {"errcode": 310000}, "failed", True),
        ("feishu", 200, {"code": 0}, "sent", False),
        ("feishu", 200, {"StatusCode": 0}, "sent", False),
        ("feishu", 200, {"code": 9499}, "failed", False),
        ("feishu", 200, {"code": 19021}, "failed", True),
        ("wecom", 502, {"errcode": 0}, "unknown", False),
        ("wecom", 200, {}, "unknown", False),
    ],
)
def test_what_an_answer_amounts_to(kind, status, data, state, permanent):
    receipt = robots.said(kind, web.Heard(status, data))
    assert (receipt.state.value, receipt.permanent) == (state, permanent)


def test_silence_is_what_it_is():
    lost = Receipt(ReceiptState.UNKNOWN)
    assert robots.said("wecom", lost) is lost
