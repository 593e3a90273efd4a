"""SendSms of Tencent Cloud (version 2021-01-11), its delivery reports and replies.

Blind: nothing is deduplicated. Reports name the number that sending returned (``SerialNo``); what timed out has none and goes to a person.
Source: https://cloud.tencent.com/document/product/382 (SendSms, 55981; reports and replies, 5807 and 5809; error codes).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from huifang.channels import inbound, web
from huifang.channels.driver import Delivery, Message, Receipt, Ticket, require_ticket
from huifang.channels.fields import Field, address, filled, pairs
from huifang.channels.inbound import Call, Reply, Report, Taken
from huifang.channels.sms_tencent.signature import CONTENT_TYPE, authorization
from huifang.domain.contact import Channel
from huifang.domain.words import Words

FIELDS = (
    Field("secret_id", Words("SecretId", "SecretId")),
    Field("secret_key", Words("SecretKey", "SecretKey"), secret=True),
    Field("app", Words("SDK AppID", "SDK AppID"), Words("短信控制台“应用管理”中的编号。", "From the console's applications.")),
    Field("sign", Words("短信签名", "Signature name"), Words("控制台里审核通过的签名名称。", "As approved in the console.")),
    Field(
        "templates",
        Words("模板", "Templates"),
        Words(
            "每行一个：方案内容的键 = 模板编号。模板的 {1}、{2} 依次是内容里的占位。",
            "A line each: key of the playbook's content = template number. The template's {1}, {2} are the content's places in order.",
        ),
        long=True,
    ),
    Field("region", Words("地域", "Region"), default="ap-guangzhou"),
    Field("address", Words("接口地址", "Address"), default="https://sms.tencentcloudapi.com"),
)
_WRONG_NUMBER = frozenset({"InvalidParameterValue.IncorrectPhoneNumber"})
_GONE = ("空号", "停机")


class TencentSms:
    """One application with one signature; each content has its template."""

    name = "sms-tencent"
    delivery = Delivery.BLIND
    channels = frozenset({Channel.SMS})

    def __init__(self, given: Mapping[str, str], clock: Callable[[], datetime], http: httpx.Client | None = None) -> None:
        self._values = filled(FIELDS, given)
        self._url = address(self._values["address"])
        self._templates = pairs(self._values["templates"])
        self._clock, self._http = clock, http or web.client()

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """One text to one number by its content's template."""
        require_ticket(ticket, self.channels)
        template = self._templates.get(message.content)
        if template is None:
            return web.failed("no template")
        asked = {
            "PhoneNumberSet": [message.to],
            "SmsSdkAppId": self._values["app"],
            "SignName": self._values["sign"],
            "TemplateId": template,
            "TemplateParamSet": [value for _, value in message.values],
            "SessionContext": ticket.key,
        }
        body = json.dumps(asked, ensure_ascii=False).encode()
        heard = web.ask(self._http, "POST", f"{self._url}/", content=body, headers=self._headers(body))
        if isinstance(heard, Receipt):
            return heard
        return _said(heard)

    def _headers(self, body: bytes) -> dict[str, str]:
        values, at, host = self._values, self._clock(), urlsplit(self._url).netloc
        return {
            "Authorization": authorization(values["secret_id"], values["secret_key"], "sms", host, body, at),
            "Content-Type": CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Timestamp": str(int(at.timestamp())),
            "X-TC-Region": values["region"],
        }

    def take(self, call: Call) -> Taken:
        """Reports and replies. Tencent signs nothing; the hook's secret address is what proves it."""
        rows = inbound.rows_of(inbound.read_json(call.body))
        reports = tuple(_report(row) for row in rows if inbound.text_of(row, "report_status"))
        replies = tuple(_reply(row) for row in rows if not inbound.text_of(row, "report_status"))
        return Taken(reports, replies, '{"result": 0, "errmsg": "OK"}')


def _said(heard: web.Heard) -> Receipt:
    answer: Any = heard.data.get("Response")
    if not isinstance(answer, dict):
        return web.unknown(str(heard.status))
    error, rows = answer.get("Error"), answer.get("SendStatusSet")
    if isinstance(error, dict):
        code = str(error.get("Code", ""))
        return web.unknown(code) if code.startswith("InternalError") else web.failed(code, permanent=code in _WRONG_NUMBER)
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        return web.unknown(str(heard.status))
    code = str(rows[0].get("Code", ""))
    if code == "Ok":
        return web.sent(rows[0].get("SerialNo", ""), heard.status)
    return web.unknown(code) if code.startswith("InternalError") else web.failed(code, permanent=code in _WRONG_NUMBER)


def _report(row: object) -> Report:
    arrived = inbound.text_of(row, "report_status") == "SUCCESS"
    code, description = inbound.text_of(row, "errmsg")[:60], inbound.text_of(row, "description")
    words = Words("运营商回执：已送达。", "The carrier reports: delivered.")
    if not arrived:
        words = Words(f"运营商回执：未送达（{code}）。", f"The carrier reports: not delivered ({code}).")
    gone = not arrived and any(word in description for word in _GONE)
    return Report(arrived, reference=inbound.text_of(row, "sid"), permanent=gone, words=words)


def _reply(row: Any) -> Reply:
    number, text = inbound.text_of(row, "mobile"), inbound.text_of(row, "text")
    if not number or "text" not in row:
        raise inbound.unreadable()  # read as empty words, a refusal would go unheard
    at = inbound.text_of(row, "time")
    same = hashlib.sha256(f"{number}|{at}|{text}".encode()).hexdigest()[:32]
    return Reply(same, f"+{inbound.text_of(row, 'nationcode')}{number}" if inbound.text_of(row, "nationcode") else number, text)
