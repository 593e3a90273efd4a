"""Sends text to a person or chat, or to a group through its robot (an address ``robot:<token>:<secret>``).

Messages dedupe: one ``uuid`` is sent once within an hour. Robots do not; what they leave open is unknown.
Source: https://open.feishu.cn/document/server-docs/im-v1/message/create, /client-docs/bot-v3/add-custom-bot, error codes.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import httpx

from huifang.channels import web
from huifang.channels.driver import Delivery, Message, Receipt, Ticket, require_ticket
from huifang.channels.feishu.events import read_event
from huifang.channels.fields import Field, address, filled
from huifang.channels.inbound import Call, Taken
from huifang.channels.tokens import Token, Tokens, token_in
from huifang.domain.contact import Channel
from huifang.domain.words import Words

FIELDS = (
    Field("app", Words("App ID", "App ID"), Words("开发者后台“凭证与基础信息”。", "From the application's credentials.")),
    Field("secret", Words("App Secret", "App Secret"), secret=True),
    Field(
        "encrypt_key", Words("事件 Encrypt Key", "Encrypt Key of events"), Words("不接收回复可留空。", "Empty: replies are not taken."),
        secret=True, required=False,
    ),
    Field("address", Words("接口地址", "Address"), default="https://open.feishu.cn"),
)  # fmt: skip
_STALE = frozenset({99991661, 99991663, 99991668})
_WRONG = frozenset({99992351, 99992361, 230001, 19001})
"""No such person or chat, no such robot."""
_PREFIXES = {"ou_": "open_id", "on_": "union_id", "oc_": "chat_id"}


class FeishuDriver:
    """One application of one organisation."""

    name = "feishu"
    delivery = Delivery.DEDUPES
    remembers = timedelta(minutes=55)
    """An hour, less the time a request may take."""
    channels = frozenset({Channel.FEISHU})

    def __init__(self, given: Mapping[str, str], clock: Callable[[], datetime], http: httpx.Client | None = None) -> None:
        self._values = filled(FIELDS, given)
        self._url = address(self._values["address"])
        self._http, self._clock = http or web.client(), clock
        self._tokens = Tokens(self._fetch, clock)

    def delivery_to(self, to: str) -> Delivery:
        """Robots know no key."""
        return Delivery.BLIND if to.startswith("robot:") else self.delivery

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """One text to one person, chat or group."""
        require_ticket(ticket, self.channels)
        kind, _, key = message.to.partition(":")
        if kind == "robot":
            token, _, secret = key.partition(":")
            return _said(web.ask(self._http, "POST", f"{self._url}/open-apis/bot/v2/hook/{token}", json=self._robot(message.text, secret)))
        body = {
            "receive_id": message.to, "msg_type": "text", "content": json.dumps({"text": message.text}, ensure_ascii=False),
            "uuid": ticket.key[:50],
        }  # fmt: skip
        return _said(self._tokens.ask(lambda token: self._post(token, id_type(message.to), body), "code", _STALE))

    def _robot(self, text: str, secret: str) -> dict[str, object]:
        said: dict[str, object] = {"msg_type": "text", "content": {"text": text}}
        if secret:
            at = str(int(self._clock().timestamp()))
            said |= {"timestamp": at, "sign": sign(at, secret)}
        return said

    def _post(self, token: str, kind: str, body: dict[str, str]) -> web.Heard | Receipt:
        headers, where = {"Authorization": f"Bearer {token}"}, f"{self._url}/open-apis/im/v1/messages"
        return web.ask(self._http, "POST", where, params={"receive_id_type": kind}, json=body, headers=headers)

    def _fetch(self) -> Token | Receipt:
        asked = {"app_id": self._values["app"], "app_secret": self._values["secret"]}
        heard = web.ask(self._http, "POST", f"{self._url}/open-apis/auth/v3/tenant_access_token/internal", json=asked)
        if isinstance(heard, Receipt):
            return web.nothing_sent(heard)
        if heard.data.get("code") != 0:
            return web.failed(f"tenant_access_token {heard.data.get('code')}")
        return token_in(heard.data, "tenant_access_token", "expire")

    def take(self, call: Call) -> Taken:
        """A person's message to the bot, or Feishu's check of the address."""
        return read_event(call, self._values["encrypt_key"])


def id_type(to: str) -> str:
    """What kind of id an address is.

    >>> id_type("ou_7d8a"), id_type("li@example.com"), id_type("4d7a3c6g")
    ('open_id', 'email', 'user_id')
    """
    return "email" if "@" in to else _PREFIXES.get(to[:3], "user_id")


def sign(at: str, secret: str) -> str:
    """The signature of robots: base64 of HMAC-SHA-256 over nothing, under seconds, line break and secret."""
    return base64.b64encode(hmac.digest(f"{at}\n{secret}".encode(), b"", "sha256")).decode()


def _said(heard: web.Heard | Receipt) -> Receipt:
    if isinstance(heard, Receipt):
        return heard
    code = heard.data.get("code", heard.data.get("StatusCode"))
    if heard.status >= 500 or not isinstance(code, int):
        return web.unknown(str(heard.status))
    if code == 0:
        data = heard.data.get("data")
        return web.sent(data.get("message_id", "") if isinstance(data, dict) else "", heard.status)
    return web.failed(str(code), permanent=code in _WRONG)
