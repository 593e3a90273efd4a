"""Sends a work notice to a member, or text to a group through its robot (an address ``robot:<token>:<secret>``).

Blind: the number of a notice is only in the answer that may be lost.
Source: https://open.dingtalk.com/document/ (asynchronous work notices, custom robots, receiving of robots' messages, error codes).
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from huifang.channels import inbound, members, web
from huifang.channels.driver import Delivery, Message, Receipt, Ticket, require_ticket
from huifang.channels.fields import Field, address, filled
from huifang.channels.inbound import Call, Reply, Taken
from huifang.channels.tokens import Token, Tokens, token_in
from huifang.domain.contact import Channel
from huifang.domain.words import Words

FIELDS = (
    Field("agent", Words("AgentId", "AgentId"), Words("开发者后台“应用信息”。", "From the application's page in the console.")),
    Field("key", Words("AppKey（Client ID）", "AppKey (Client ID)")),
    Field("secret", Words("AppSecret（Client Secret）", "AppSecret (Client Secret)"), secret=True),
    Field("address", Words("接口地址", "Address"), default="https://oapi.dingtalk.com"),
)
_STALE = frozenset({40001, 40014, 42001})
_WRONG = frozenset({33012, 40003, 60121, 300001})
"""No such member, no such robot."""
_REFUSED = 88
_CODE = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_OLDEST = 3600


class DingtalkDriver:
    """One application of one organisation."""

    name = "dingtalk"
    delivery = Delivery.BLIND
    channels = frozenset({Channel.DINGTALK})

    def __init__(self, given: Mapping[str, str], clock: Callable[[], datetime], http: httpx.Client | None = None) -> None:
        self._values = filled(FIELDS, given)
        self._url = address(self._values["address"])
        self._http, self._clock = http or web.client(), clock
        self._tokens = Tokens(self._fetch, clock)

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """One text to one member or group."""
        require_ticket(ticket, self.channels)
        said = {"msgtype": "text", "text": {"content": message.text}}
        kind, _, key = message.to.partition(":")
        if kind == "robot":
            return _said(web.ask(self._http, "POST", f"{self._url}/robot/send", params=self._robot(key), json=said))
        if not members.is_one(message.to):
            return members.nobody()
        body: dict[str, object] = {"agent_id": self._values["agent"], "userid_list": message.to, "msg": said}
        return _said(self._tokens.ask(lambda token: self._post(token, body), "errcode", _STALE))

    def _robot(self, key: str) -> dict[str, str]:
        token, _, secret = key.partition(":")
        if not secret:
            return {"access_token": token}
        at = str(int(self._clock().timestamp() * 1000))
        return {"access_token": token, "timestamp": at, "sign": sign(at, secret)}

    def _post(self, token: str, body: dict[str, object]) -> web.Heard | Receipt:
        where = f"{self._url}/topapi/message/corpconversation/asyncsend_v2"
        return _outright(web.ask(self._http, "POST", where, params={"access_token": token}, json=body))

    def _fetch(self) -> Token | Receipt:
        asked = {"appkey": self._values["key"], "appsecret": self._values["secret"]}
        heard = web.ask(self._http, "GET", f"{self._url}/gettoken", params=asked)
        if isinstance(heard, Receipt):
            return web.nothing_sent(heard)
        if heard.data.get("errcode") != 0:
            return web.failed(f"gettoken {heard.data.get('errcode')}")
        return token_in(heard.data, "access_token", "expires_in")

    def take(self, call: Call) -> Taken:
        """A member's message to the robot, signed and at most an hour old."""
        at, theirs = call.headers.get("timestamp", ""), call.headers.get("sign", "")
        if (
            not at.isdecimal()
            or abs(call.now.timestamp() - int(at) / 1000) > _OLDEST
            or not inbound.same(sign(at, self._values["secret"]), theirs)
        ):
            raise inbound.forged()
        data = inbound.read_json(call.body)
        kind = inbound.text_of(data, "msgtype")
        ids = tuple(filter(None, (inbound.text_of(data, "senderStaffId"), inbound.text_of(data, "senderId"))))
        if not kind or not ids:
            return Taken(answer="{}")
        return Taken(replies=(Reply(inbound.text_of(data, "msgId"), ids[0], _text(kind, data), also=ids[1:]),), answer="{}")


def _text(kind: str, data: Mapping[str, Any]) -> str:
    """The words of a message: of rich text all of them, of a voice message those that DingTalk has recognised."""
    if kind == "text":
        return inbound.text_of(data.get("text"), "content")
    content = data.get("content")
    said = ""
    if kind == "richText" and isinstance(content, dict) and isinstance(content.get("richText"), list):
        said = "".join(inbound.text_of(part, "text") for part in content["richText"])
    elif kind == "audio" and isinstance(content, dict):
        said = inbound.text_of(content, "recognition")
    return said.strip() or inbound.unspoken(kind)


def sign(at: str, secret: str) -> str:
    """The signature of robots: base64 of HMAC-SHA-256 over milliseconds, line break and secret under the secret."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{at}\n{secret}".encode(), "sha256")).decode()


def _outright(heard: web.Heard | Receipt) -> web.Heard | Receipt:
    """An answer with the code that is meant: 88 only says that access was refused, and `sub_code` why (a stale token, no permission)."""
    if isinstance(heard, Receipt) or heard.data.get("errcode") != _REFUSED:
        return heard
    why = str(heard.data.get("sub_code", ""))
    return web.Heard(heard.status, {**heard.data, "errcode": int(why)}) if _CODE.fullmatch(why) else heard


def _said(heard: web.Heard | Receipt) -> Receipt:
    if isinstance(heard, Receipt):
        return heard
    code = heard.data.get("errcode")
    if heard.status >= 500 or not isinstance(code, int):
        return web.unknown(str(heard.status))
    if code == 0:
        return web.sent(heard.data.get("task_id", ""), heard.status)
    return web.failed(str(code), permanent=code in _WRONG)
