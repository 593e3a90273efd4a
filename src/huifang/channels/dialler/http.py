"""A dialler with an address: one signed POST for each number, the same key however often it is sent.

``{"key", "number", "customer", "script", "programme", "language", "agent", "call_from", "call_until"}`` with the headers
``Idempotency-Key`` (the key) and ``Huifang-Signature: t=<seconds>,v1=<hex>`` (HMAC-SHA-256 under the secret of ``<seconds>.<body>``).
2xx: taken, and ``{"id"}`` is kept. 408, 429 and 5xx: sent again later. Any other 4xx: refused for good, ``{"code"}`` says why.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from huifang.channels import web
from huifang.channels.dialler.fields import HTTP_FIELDS, setup
from huifang.channels.driver import Delivery, Message, Receipt, ReceiptState, Ticket, require_ticket
from huifang.channels.fields import filled
from huifang.domain.contact import Channel
from huifang.domain.words import Words

Post = Callable[[str, bytes, dict[str, str]], "tuple[int, bytes] | Receipt"]
"""Sends a body to an address that it has checked, and gives status and answer, or the receipt that trouble amounts to."""
_AGAIN = (408, 429)
_NO_WAY = Words("没有到外呼系统的通路。", "There is no way to the dialler.")


class HttpDialler:
    """One dialler. It promises to call each key at most once; so what nobody answered is sent again with the same key."""

    name = "dialler-http"
    delivery = Delivery.DEDUPES
    channels = frozenset({Channel.PHONE})

    def __init__(self, given: Mapping[str, str], clock: Callable[[], datetime], post: Post | None = None) -> None:
        values = filled(HTTP_FIELDS, given)
        self.setup = setup(HTTP_FIELDS, given)
        self.address, self._secret = values["address"], values["secret"]
        self._clock, self._post = clock, post

    def send(self, ticket: Ticket, message: Message) -> Receipt:
        """Hand one number over; `message.values` hold what the row says beside it."""
        require_ticket(ticket, self.channels)
        if self._post is None:
            return Receipt(ReceiptState.FAILED, words=_NO_WAY)
        said = {"key": str(ticket.attempt), "number": self.setup.number(message.to), "script": message.subject,
                "programme": message.content, "language": message.language, **dict(message.values)}  # fmt: skip
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(ticket.attempt), "Huifang-Signature": self._sign(body)}
        heard = self._post(self.address, body, headers)
        return heard if isinstance(heard, Receipt) else _read(*heard)

    def _sign(self, body: bytes) -> str:
        seconds = int(self._clock().timestamp())
        return f"t={seconds},v1={hmac.digest(self._secret.encode(), f'{seconds}.'.encode() + body, 'sha256').hex()}"


def _read(status: int, body: bytes) -> Receipt:
    try:
        data = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        data = {}
    data = data if isinstance(data, dict) else {}
    if 200 <= status < 300:
        return web.sent(data.get("id", ""))
    if status >= 500:
        return web.unknown(str(status))
    return web.failed(str(data.get("code") or status), permanent=400 <= status < 500 and status not in _AGAIN)
