"""Each provider's side of its documented protocol, and a driver set up to speak with it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from huifang.channels.driver import Driver, Message, Ticket
from huifang.channels.registry import KINDS
from huifang.domain.contact import Channel
from tests.channels.provider import Answer, Provider, Request, impatient

MOMENT = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)
NUMBER = "+8613800002046"


@dataclass(frozen=True)
class Case:
    """A driver's name, its settings, whom it sends to, the path that sends, and the provider's side."""

    name: str
    channel: Channel
    settings: Mapping[str, str]
    to: str
    path: str
    answers: Callable[[Request], Answer]
    reference: str
    wrong: str
    """An address that the provider does not know."""

    def driver(self, provider: Provider, clock: Callable[[], datetime] = lambda: MOMENT, **more: str) -> Driver:
        return self.over(impatient(), provider.url, clock, **more)

    def over(
        self, client: httpx.Client, url: str = "https://127.0.0.1", clock: Callable[[], datetime] = lambda: MOMENT, **more: str
    ) -> Driver:
        address = {"address": url} | dict(self.settings) | more
        return KINDS[self.name].make(address, clock, client)  # type: ignore[call-arg]  # every HTTP driver takes a client

    def ticket(self, key: str = "ab" * 32) -> Ticket:
        return Ticket(uuid.UUID(int=7), key, self.channel, MOMENT)

    def message(self, to: str = "") -> Message:
        values = (("customer", "王丽华"), ("event.day", "11月23日"))
        return Message(to or self.to, "", "王丽华您好，11月23日的维修还满意吗？", "zh-hans", content="thanks", values=values)


def aliyun(request: Request) -> Answer:
    """SendSms: checks the signature over what really came."""
    names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
    raw = "&".join(f"{name}={_rfc3986(value)}" for name, value in sorted(request.query.items()))
    lines = "".join(f"{name}:{request.headers[name]}\n" for name in names.split(";"))
    canonical = f"POST\n/\n{raw}\n{lines}\n{names}\n{hashlib.sha256(request.body).hexdigest()}"
    said = hmac.new(b"geheim", b"ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest().encode(), "sha256").hexdigest()
    if request.headers["authorization"] != f"ACS3-HMAC-SHA256 Credential=LTAI,SignedHeaders={names},Signature={said}":
        return 400, {"Code": "SignatureDoesNotMatch", "Message": "…"}
    if request.headers["x-acs-date"] != "2026-11-24T02:20:00Z":
        return 400, {"Code": "InvalidTimeStamp.Expired"}
    codes = {"13800002046": "OK", "4711": "isv.BUSINESS_LIMIT_CONTROL", "4712": "isp.SYSTEM_ERROR"}
    code = codes.get(request.query["PhoneNumbers"], "isv.MOBILE_NUMBER_ILLEGAL")
    return 200, {"Code": code, "Message": code, "BizId": "9006191504124^0", "RequestId": "R"}


def tencent(request: Request) -> Answer:
    """SendSms: checks the signature over what really came."""
    headers = f"content-type:application/json; charset=utf-8\nhost:{request.headers['host']}\n"
    canonical = f"POST\n/\n\n{headers}\ncontent-type;host\n{hashlib.sha256(request.body).hexdigest()}"
    at = request.headers["x-tc-timestamp"]
    text = f"TC3-HMAC-SHA256\n{at}\n2026-11-24/sms/tc3_request\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"TC3geheim"
    for part in (b"2026-11-24", b"sms", b"tc3_request"):
        key = hmac.new(key, part, "sha256").digest()
    if not request.headers["authorization"].endswith(hmac.new(key, text.encode(), "sha256").hexdigest()):
        return 200, {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "…"}, "RequestId": "R"}}
    number = request.json["PhoneNumberSet"][0]
    codes = {NUMBER: "Ok", "+4711": "LimitExceeded.PhoneNumberDailyLimit", "+4712": "InternalError.Timeout"}
    code = codes.get(number, "InvalidParameterValue.IncorrectPhoneNumber")
    return 200, {"Response": {"SendStatusSet": [{"SerialNo": "2028:1", "PhoneNumber": number, "Code": code}], "RequestId": "R"}}


def gateway(request: Request) -> Answer:
    if request.headers.get("authorization") != "Bearer geheim" or not re.fullmatch("[0-9a-f]{64}", request.headers["idempotency-key"]):
        return 401, {"code": "unauthorized"}
    answers: dict[str, Answer] = {
        NUMBER: (202, {"id": "g-1"}), "C-7": (202 if "subject" in request.json else 422, {"id": "a-1"}),
        "+4711": (409, {"code": "busy"}), "+4712": (503, {"code": "down"}),
    }  # fmt: skip
    return answers.get(request.json["to"], (422, {"code": "no such number", "permanent": True}))


def wecom(request: Request) -> Answer:
    if request.path == "/cgi-bin/gettoken":
        good = request.query == {"corpid": "ww1", "corpsecret": "geheim"}
        return 200, {"errcode": 0, "access_token": "T1", "expires_in": 7200} if good else {"errcode": 40013, "errmsg": "invalid corpid"}
    if request.path == "/cgi-bin/webhook/send":
        return 200, {"errcode": 0 if request.query["key"] == "K1" else 93000, "errmsg": ""}
    if request.query["access_token"] != "T1":
        return 200, {"errcode": 42001}
    to = request.json["touser"]
    errors = {"4711": 45009, "nobody": 81013, "half": 0}
    invalid = {"invaliduser": to} if to in ("nobody", "half") else {}
    return 200, {"errcode": errors.get(to, 0), "errmsg": "", "msgid": "m-1"} | invalid


def dingtalk(request: Request) -> Answer:
    if request.path == "/gettoken":
        good = request.query == {"appkey": "k1", "appsecret": "geheim"}
        return 200, {"errcode": 0, "access_token": "T1", "expires_in": 7200} if good else {"errcode": 40089}
    if request.path == "/robot/send":
        text = f"{request.query.get('timestamp')}\nSEC1"
        mine = base64.b64encode(hmac.new(b"SEC1", text.encode(), "sha256").digest()).decode()
        codes = {"open": 0, "K1": 0 if request.query.get("sign") == mine else 310000}
        return 200, {"errcode": codes.get(request.query["access_token"], 300001)}
    if request.query["access_token"] != "T1":
        said = "不合法的access_token"
        return 200, {"errcode": 88, "sub_code": "40014", "sub_msg": said, "errmsg": f"ding talk error[subcode=40014,submsg={said}]"}
    codes = {"nobody": 33012, "4711": 90018}
    return 200, {"errcode": codes.get(request.json["userid_list"], 0), "task_id": 256271667526}


def feishu(request: Request) -> Answer:
    if request.path == "/open-apis/auth/v3/tenant_access_token/internal":
        good = request.json == {"app_id": "cli_1", "app_secret": "geheim"}
        return 200, {"code": 0, "tenant_access_token": "T1", "expire": 7200} if good else {"code": 10003, "msg": "invalid param"}
    if request.path.startswith("/open-apis/bot/v2/hook/"):
        mine = base64.b64encode(hmac.new(f"{request.json.get('timestamp')}\nSEC1".encode(), b"", "sha256").digest()).decode()
        codes = {"open": 0, "K1": 0 if request.json.get("sign") == mine else 19021}
        return 200, {"code": codes.get(request.path.rpartition("/")[2], 19001)}
    if request.headers["authorization"] != "Bearer T1":
        return 400, {"code": 99991663, "msg": "Invalid access token"}
    codes = {"ou_1": 0, "ou_4711": 230020}
    said: Mapping[str, Any] = request.json
    assert json.loads(said["content"])["text"]
    assert len(said["uuid"]) <= 50
    code = codes.get(said["receive_id"], 99992351)
    return 200 if code == 0 else 400, {"code": code, "data": {"message_id": "om_1"}}


def _rfc3986(text: str) -> str:
    plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
    return "".join(chr(byte) if chr(byte) in plain else f"%{byte:02X}" for byte in text.encode())


_NOTICE = "/topapi/message/corpconversation/asyncsend_v2"
_SEND = "/open-apis/im/v1/messages"
_ALI = {"key_id": "LTAI", "key_secret": "geheim", "sign": "安达汽修", "templates": "thanks = SMS_154950909"}
_TEN = {"secret_id": "AKID", "secret_key": "geheim", "app": "14006", "sign": "安达汽修", "templates": "thanks=449739"}
_GATE = {"token": "geheim", "secret": "hook"}
_WE = {"corp": "ww1", "agent": "1000002", "secret": "geheim"}
_DING = {"agent": "77", "key": "k1", "secret": "geheim"}
CASES = {
    case.name: case
    for case in (
        Case("sms-aliyun", Channel.SMS, _ALI, NUMBER, "/", aliyun, "9006191504124^0", "+861"),
        Case("sms-tencent", Channel.SMS, _TEN, NUMBER, "/", tencent, "2028:1", "+861"),
        Case("sms-http", Channel.SMS, _GATE, NUMBER, "/", gateway, "g-1", "+861"),
        Case("in-app", Channel.IN_APP, _GATE, "C-7", "/", gateway, "a-1", "C-0"),
        Case("wecom", Channel.WECOM, _WE, "zhangsan", "/cgi-bin/message/send", wecom, "m-1", "nobody"),
        Case("dingtalk", Channel.DINGTALK, _DING, "u1", _NOTICE, dingtalk, "256271667526", "nobody"),
        Case("feishu", Channel.FEISHU, {"app": "cli_1", "secret": "geheim"}, "ou_1", _SEND, feishu, "om_1", "nobody"),
    )
}
