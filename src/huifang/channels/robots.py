"""Group robots of chat programs: what is posted to the address that a group gives its robot, and what the answer means.

A robot tells colleagues, never customers: there is no ticket of the gate. Blind: the answer may be lost, and nobody can be asked.
Source: https://developer.work.weixin.qq.com/document/path/91770 (WeCom), https://open.dingtalk.com/document/robots/custom-robot-access
(DingTalk), https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (Feishu).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from huifang.channels import web
from huifang.channels.driver import Receipt
from huifang.domain.words import Words

KINDS: Mapping[str, Words] = {
    "wecom": Words("企业微信群机器人", "WeCom group robot"),
    "dingtalk": Words("钉钉群机器人", "DingTalk group robot"),
    "feishu": Words("飞书群机器人", "Feishu group robot"),
}
_MOST = {"wecom": 2_000, "dingtalk": 18_000, "feishu": 18_000}
"""Bytes of one text (WeCom: 2,048; the others 20,000 with all around it)."""
_GONE = {"wecom": frozenset({93000}), "dingtalk": frozenset({300001, 310000}), "feishu": frozenset({19001, 19021})}
"""No such robot any more, or its secret is wrong."""


@dataclass(frozen=True, slots=True)
class Post:
    """One request: what is added to the address, and the JSON object that is sent."""

    query: str
    body: dict[str, Any]


def post(kind: str, text: str, secret: str, now: datetime) -> Post:
    """What is sent to a robot of `kind` (a key of `KINDS`) at `now`, an aware moment; signed where it has a `secret`."""
    said = _cut(text, _MOST[kind])
    if kind == "feishu":
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": said}}
        if secret:
            at = str(int(now.timestamp()))
            body |= {"timestamp": at, "sign": _base64(hmac.digest(f"{at}\n{secret}".encode(), b"", "sha256"))}
        return Post("", body)
    body = {"msgtype": "text", "text": {"content": said}}
    if kind == "wecom" or not secret:
        return Post("", body)
    at = str(int(now.timestamp() * 1000))
    sign = _base64(hmac.digest(secret.encode(), f"{at}\n{secret}".encode(), "sha256"))
    return Post(f"timestamp={at}&sign={quote(sign, safe='')}", body)


def said(kind: str, heard: web.Heard | Receipt) -> Receipt:
    """What a robot's answer amounts to. `permanent`: the robot is gone or its secret wrong."""
    if isinstance(heard, Receipt):
        return heard
    code = heard.data.get("code", heard.data.get("StatusCode")) if kind == "feishu" else heard.data.get("errcode")
    if heard.status >= 500 or not isinstance(code, int):
        return web.unknown(str(heard.status))
    return web.sent("", heard.status) if code == 0 else web.failed(str(code), permanent=code in _GONE[kind])


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
