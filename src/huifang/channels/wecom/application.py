"""Sends text to a member through an application, or to a group through its robot (an address ``robot:<key>``).

Blind: WeCom's check for repeated content compares words, not keys of ours.
Source: https://developer.work.weixin.qq.com/document/path/90236 (send), 91770 (robots), 90313 (error codes), 90238 (messages in).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import httpx

from huifang.channels import inbound, members, web
from huifang.channels.driver import Delivery, Message, Receipt, Ticket, require_ticket
from huifang.channels.fields import Field, address, filled
from huifang.channels.inbound import Call, Reply, Taken
from huifang.channels.tokens import Token, Tokens, token_in
from huifang.channels.wecom.crypt import Crypt, field_of
from huifang.domain.contact import Channel
from huifang.domain.words import Words

FIELDS = (
    Field("corp", Words("企业 ID", "Corporation id"), Words("管理后台“我的企业”最下方。", "At the end of “My company” in the console.")),
    Field("agent", Words("应用 AgentId", "AgentId of the application")),
    Field("secret", Words("应用 Secret", "Secret of the application"), secret=True),
    Field(
        "token", Words("接收消息 Token", "Token for messages in"), Words("不接收回复可留空。", "Empty: replies are not taken."),
        secret=True, required=False,
    ),
    Field("aes_key", Words("接收消息 EncodingAESKey", "EncodingAESKey for messages in"), required=False, secret=True),
    Field("address", Words("接口地址", "Address"), default="https://qyapi.weixin.qq.com"),
)  # fmt: skip
_STALE = frozenset({40014, 41001, 42001})
_WRONG = frozenset({40003, 60111, 81013, 93000})
"""No such member, not visible to the application, no such robot."""
LONGEST = 2048
"""Bytes of one text in UTF-8; what is behind them WeCom cuts off (its documents, 发送应用消息, 文本消息)."""


class WecomDriver:
    """One application of one corporation."""

    name = "wecom"
    delivery = Delivery.BLIND
    channels = frozenset({Channel.WECOM})

    def __init__(self, given: Mapping[str, str], clock: Callable[[], datetime], http: httpx.Client | None = None) -> None:
        self._values = filled(FIELDS, given)
        self._url = address(self._values["address"])
        self._http = http or web.client()
        self._tokens = Tokens(self._fetch, clock)

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """One text to one member or group."""
        require_ticket(ticket, self.channels)
        if len(message.text.encode()) > LONGEST:
            return members.too_long(LONGEST)
        kind, _, key = message.to.partition(":")
        if kind == "robot":
            body: dict[str, object] = {"msgtype": "text", "text": {"content": message.text}}
            return _said(web.ask(self._http, "POST", f"{self._url}/cgi-bin/webhook/send", params={"key": key}, json=body))
        if not members.is_one(message.to):
            return members.nobody()
        body = {"touser": message.to, "msgtype": "text", "agentid": self._values["agent"], "text": {"content": message.text}}
        return _said(self._tokens.ask(lambda token: self._post(token, body), "errcode", _STALE))

    def _post(self, token: str, body: dict[str, object]) -> web.Heard | Receipt:
        return web.ask(self._http, "POST", f"{self._url}/cgi-bin/message/send", params={"access_token": token}, json=body)

    def _fetch(self) -> Token | Receipt:
        asked = {"corpid": self._values["corp"], "corpsecret": self._values["secret"]}
        heard = web.ask(self._http, "GET", f"{self._url}/cgi-bin/gettoken", params=asked)
        if isinstance(heard, Receipt):
            return web.nothing_sent(heard)
        if heard.data.get("errcode") != 0:
            return web.failed(f"gettoken {heard.data.get('errcode')}")
        return token_in(heard.data, "access_token", "expires_in")

    def take(self, call: Call) -> Taken:
        """A member's message, whatever its kind; WeCom's check of the address (GET) is answered with what it sent."""
        crypt = Crypt(self._values["token"], self._values["aes_key"], self._values["corp"])
        if call.method == "GET":
            return Taken(answer=crypt.open(call.query, call.query.get("echostr", "")), content_type="text/plain")
        said = crypt.open(call.query, field_of(call.body.decode("utf-8", "replace"), "Encrypt"))
        kind, sender = field_of(said, "MsgType"), field_of(said, "FromUserName")
        if kind in ("", "event") or not sender:
            return Taken(content_type="text/plain")
        text = field_of(said, "Content") if kind == "text" else inbound.unspoken(kind)
        return Taken(replies=(Reply(field_of(said, "MsgId"), sender, text),), content_type="text/plain")


def _said(heard: web.Heard | Receipt) -> Receipt:
    if isinstance(heard, Receipt):
        return heard
    code = heard.data.get("errcode")
    if heard.status >= 500 or not isinstance(code, int):
        return web.unknown(str(heard.status))
    if code == 0 and not heard.data.get("invaliduser"):
        return web.sent(heard.data.get("msgid", ""), heard.status)
    return web.failed("invaliduser" if code == 0 else str(code), permanent=code == 0 or code in _WRONG)
