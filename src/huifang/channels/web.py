"""One request to a provider over HTTP, and what its trouble means: nothing was sent yet, or nobody knows.

Until the request is on its way trouble is a failure. From then on it is unknown: a provider may have taken the message and not answered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from huifang.channels.driver import Receipt, ReceiptState
from huifang.domain.words import Words

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_MOST = 1_000_000
_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
_UNREACHABLE = Words("连不上服务商。", "The provider could not be reached.")
_LOST = Words("请求已发出，但没有收到服务商的答复。", "The request went out and the provider's answer did not come.")
_GARBLED = Words("服务商的答复读不懂，不知是否已接收。", "The provider's answer cannot be read; nobody knows whether it was taken.")


@dataclass(frozen=True, slots=True)
class Heard:
    """A provider's answer: the status and the JSON object in the body (empty where there is none)."""

    status: int
    data: Mapping[str, Any] = field(default_factory=dict)


def client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client that waits no longer than a lease allows, follows nothing and takes no proxy from the environment."""
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False, transport=transport)


def ask(http: httpx.Client, method: str, url: str, **about: Any) -> Heard | Receipt:
    """Send one request; the provider's answer, or the receipt that its silence amounts to. A 5xx is unknown, 429 a failure for now."""
    try:
        with http.stream(method, url, **about) as answer:
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _MOST:
                    return Receipt(ReceiptState.UNKNOWN, words=_GARBLED)
            return _read(answer.status_code, body)
    except _BEFORE:
        return Receipt(ReceiptState.FAILED, words=_UNREACHABLE)
    except httpx.HTTPError:
        return Receipt(ReceiptState.UNKNOWN, words=_LOST)


def nothing_sent(receipt: Receipt) -> Receipt:
    """The receipt of a request that carried no message, such as one for a token: whatever became of it, nothing was sent."""
    return Receipt(ReceiptState.FAILED, words=_UNREACHABLE) if receipt.state is ReceiptState.UNKNOWN else receipt


def _read(status: int, body: bytes) -> Heard | Receipt:
    try:
        data = json.loads(body.decode("utf-8")) if body.strip() else {}
    except (ValueError, RecursionError):
        data = None
    if status == 429:
        return failed("429")
    if status >= 500 and not isinstance(data, dict):
        return unknown(str(status))
    if not isinstance(data, dict):
        return Receipt(ReceiptState.UNKNOWN, words=_GARBLED) if status < 300 else failed(str(status))
    return Heard(status, data)


def sent(reference: object, status: int = 200) -> Receipt:
    """The provider has taken it, and calls it `reference`; where its status says otherwise nobody knows."""
    if status >= 300:
        return unknown(str(status))
    return Receipt(ReceiptState.SENT, reference=_plain(reference, 80), words=Words("服务商已接收。", "The provider has taken it."))


def _plain(said: object, most: int) -> str:
    """What a provider has said, as a text that can be kept: it may be anything, with characters that no database takes."""
    return "".join(each for each in str(said)[:most] if each.isprintable())


def failed(code: str, *, permanent: bool = False) -> Receipt:
    """The provider has refused it with a code of its own."""
    said = _plain(code, 60)
    return Receipt(
        ReceiptState.FAILED, permanent=permanent, words=Words(f"服务商拒绝发送（{said}）。", f"The provider refused it ({said}).")
    )


def unknown(code: str) -> Receipt:
    """The provider had trouble of its own after it had the message."""
    said = _plain(code, 60)
    return Receipt(
        ReceiptState.UNKNOWN,
        words=Words(
            f"服务商内部出错（{said}），不知是否已接收。", f"The provider had trouble ({said}); nobody knows whether it was taken."
        ),
    )
