"""SendSms of Aliyun's short message service (version 2017-05-25), its delivery reports (SmsReport) and replies (SmsUp).

Blind: nothing is deduplicated. Our key travels as ``OutId`` and comes back with the report, so a report also settles what timed out.
Source: https://help.aliyun.com/zh/sms/developer-reference/ (SendSms, SmsReport, SmsUp, error codes).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from huifang.channels import inbound, web
from huifang.channels.driver import Delivery, Message, Receipt, Ticket, require_ticket
from huifang.channels.fields import Field, address, filled, pairs
from huifang.channels.inbound import Call, Reply, Report, Taken
from huifang.channels.sms_aliyun.signature import Asked, query_string, signed_headers
from huifang.domain.contact import Channel
from huifang.domain.words import Words

FIELDS = (
    Field("key_id", Words("AccessKey ID", "AccessKey ID")),
    Field("key_secret", Words("AccessKey Secret", "AccessKey Secret"), secret=True),
    Field("sign", Words("短信签名", "Signature name"), Words("控制台里审核通过的签名名称。", "As approved in the console.")),
    Field(
        "templates",
        Words("模板", "Templates"),
        Words(
            "每行一个：方案内容的键 = 模板编号（SMS_…）。模板变量名与内容的占位一致，点号写成下划线。",
            "A line each: key of the playbook's content = template code (SMS_…). The template's variables are the content's places, with "
            "underscores for dots.",
        ),
        long=True,
    ),
    Field("address", Words("接口地址", "Address"), default="https://dysmsapi.aliyuncs.com"),
)
_WRONG_NUMBER = frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "MOBILE_NUMBER_ILLEGAL"})
_THEIR_TROUBLE = frozenset({"isp.SYSTEM_ERROR", "InternalError", "ServiceUnavailable"})
_GONE = frozenset({"MOBILE_NOT_ON_SERVICE", "INVALID_NUMBER"})


class AliyunSms:
    """One account with one signature; each content has its template."""

    name = "sms-aliyun"
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
        query = {
            "PhoneNumbers": message.to.removeprefix("+86").removeprefix("+"),
            "SignName": self._values["sign"],
            "TemplateCode": template,
            "TemplateParam": json.dumps({name.replace(".", "_"): value for name, value in message.values}, ensure_ascii=False),
            "OutId": ticket.key,
        }
        asked = Asked(urlsplit(self._url).netloc, "SendSms", "2017-05-25", query, secrets.token_hex(16), self._clock())
        headers = signed_headers(asked, self._values["key_id"], self._values["key_secret"])
        heard = web.ask(self._http, "POST", f"{self._url}/?{query_string(query)}", headers=headers)
        if isinstance(heard, Receipt):
            return heard
        code = str(heard.data.get("Code") or heard.status)
        if code == "OK":
            return web.sent(heard.data.get("BizId", ""), heard.status)
        if code in _THEIR_TROUBLE or heard.status >= 500:
            return web.unknown(code)
        return web.failed(code, permanent=code in _WRONG_NUMBER)

    def take(self, call: Call) -> Taken:
        """Reports and replies. Aliyun signs nothing; the hook's secret address is what proves it."""
        rows = inbound.rows_of(inbound.read_json(call.body))
        reports = tuple(_report(row) for row in rows if isinstance(row, dict) and "success" in row)
        replies = tuple(_reply(row) for row in rows if not (isinstance(row, dict) and "success" in row))
        return Taken(reports, replies, json.dumps({"code": 0, "msg": "接收成功"}, ensure_ascii=False))


def _report(row: dict[str, object]) -> Report:
    arrived, code = row["success"] in (True, "true"), inbound.text_of(row, "err_code")[:60]
    words = Words("运营商回执：已送达。", "The carrier reports: delivered.")
    if not arrived:
        words = Words(f"运营商回执：未送达（{code}）。", f"The carrier reports: not delivered ({code}).")
    return Report(arrived, inbound.text_of(row, "out_id"), inbound.text_of(row, "biz_id"), code in _GONE, words)


def _reply(row: Any) -> Reply:
    if not inbound.text_of(row, "phone_number") or "content" not in row:
        raise inbound.unreadable()  # read as empty words, a refusal would go unheard
    number = inbound.text_of(row, "sequence_id") or f"{inbound.text_of(row, 'phone_number')} {inbound.text_of(row, 'send_time')}"
    return Reply(number, inbound.text_of(row, "phone_number"), inbound.text_of(row, "content"))
