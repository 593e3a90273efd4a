"""A gateway of one's own, or a small bridge before one: a plain protocol that is written down here and in docs/adding-a-channel.md.

Out: ``POST <address>`` with ``{"key", "to", "text", "language"}`` (to an app also ``"subject"``, and ``to`` is the customer's own code),
``Authorization: Bearer <token>`` and ``Idempotency-Key: <key>``; the answer is 2xx with ``{"id"}``, or 4xx with ``{"code", "permanent"}``.

In: ``POST`` to the channel's hook with ``{"reports": [{"key" or "id", "arrived", "permanent", "code"}],
"replies": [{"id", "from", "text"}]}`` and the header ``X-Signature: <seconds>.<signature>``: HMAC-SHA-256 of ``<seconds>.<body>`` under the
secret, hexadecimal, at most five minutes old.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime

import httpx

from huifang.channels import inbound, web
from huifang.channels.driver import Delivery, Message, Receipt, Ticket, require_ticket
from huifang.channels.fields import Field, address, filled
from huifang.channels.inbound import Call, Reply, Report, Taken
from huifang.domain.contact import Channel
from huifang.domain.words import Words

FIELDS = (
    Field("address", Words("网关地址", "Gateway address"), Words("https:// 开头，接收 JSON。", "Begins with https:// and takes JSON.")),
    Field("token", Words("访问令牌", "Access token"), secret=True, required=False),
    Field("secret", Words("回调密钥", "Secret for calls back"), secret=True, required=False),
    Field(
        "dedupes",
        Words("网关按 Idempotency-Key 去重（yes/no）", "The gateway dedupes by Idempotency-Key (yes/no)"),
        Words("只有网关承诺去重时才填 yes。", "Only where the gateway promises it."),
        default="no",
    ),
)
_OLDEST = 300


class Gateway:
    """One gateway. Blind, unless it promises to deliver each key once."""

    name: str
    channels: frozenset[Channel]

    def __init__(self, given: Mapping[str, str], clock: Callable[[], datetime], http: httpx.Client | None = None) -> None:  # noqa: ARG002
        values = filled(FIELDS, given)
        self._url, self._token, self._secret = address(values["address"]), values["token"], values["secret"]
        self.delivery = Delivery.DEDUPES if values["dedupes"] == "yes" else Delivery.BLIND
        self._http = http or web.client()

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """One text to one number, or to one customer of an app."""
        require_ticket(ticket, self.channels)
        headers = {"Idempotency-Key": ticket.key} | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        body = {"key": ticket.key, "to": message.to, "text": message.text, "language": message.language, **self.more(message)}
        heard = web.ask(self._http, "POST", self._url, json=body, headers=headers)
        if isinstance(heard, Receipt):
            return heard
        if heard.status < 300:
            return web.sent(heard.data.get("id", ""))
        code = str(heard.data.get("code") or heard.status)
        return web.unknown(code) if heard.status >= 500 else web.failed(code, permanent=heard.data.get("permanent") is True)

    def more(self, message: Message) -> Mapping[str, str]:  # noqa: ARG002 - a text has nothing more
        """What else a message says."""
        return {}

    def take(self, call: Call) -> Taken:
        """Reports and replies of one call."""
        seconds, _, theirs = call.headers.get("x-signature", "").partition(".")
        mine = hmac.digest(self._secret.encode(), f"{seconds}.".encode() + call.body, "sha256").hex() if self._secret else ""
        if not inbound.same(mine, theirs) or not seconds.isdecimal() or abs(call.now.timestamp() - int(seconds)) > _OLDEST:
            raise inbound.forged()
        data = inbound.read_json(call.body)
        if not isinstance(data, dict):
            raise inbound.unreadable()
        reports = tuple(map(_report, inbound.rows_of(data.get("reports") or [])))
        replies = tuple(
            Reply(inbound.text_of(row, "id"), inbound.text_of(row, "from"), inbound.text_of(row, "text"))
            for row in inbound.rows_of(data.get("replies") or [])
        )
        return Taken(reports, replies, '{"ok": true}')


def _report(row: object) -> Report:
    code = inbound.text_of(row, "code")[:60]
    arrived = isinstance(row, dict) and row.get("arrived") is True
    permanent = isinstance(row, dict) and row.get("permanent") is True
    words = Words("网关回执：已送达。", "The gateway reports: delivered.")
    if not arrived:
        words = Words(f"网关回执：未送达（{code}）。", f"The gateway reports: not delivered ({code}).")
    return Report(arrived, inbound.text_of(row, "key"), inbound.text_of(row, "id"), permanent, words)
