"""Feishu's events: signed with SHA-256, sealed with AES-256-CBC, as its public document describes it.

Signature: SHA-256 of timestamp, nonce, Encrypt Key and the body as it came. Sealed: base64 of a random IV and AES-CBC under the SHA-256 of
the Encrypt Key. The check of an address is sealed but not signed.
Source: https://open.feishu.cn/document/ukTMukTMukTM/uYDNxYjL2QTM24iN0EjN/event-subscription-configure-/encrypt-key-encryption-configuration-case
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from huifang.channels import inbound
from huifang.channels.inbound import Call, Reply, Taken

_OLDEST = 3600
_IDS = ("open_id", "user_id", "union_id")
"""A customer's contact point may be any of them."""
_NAMED = re.compile(r"@_(?:user_\d+|all)\b")
"""In a group, whoever is spoken to stands so in the text; a refusal is one with it as without."""


def read_event(call: Call, encrypt_key: str) -> Taken:
    """What an event says. Raises `NotAllowed` where the signature does not fit or the event is old, `Invalid` where it cannot be read."""
    if not encrypt_key:
        raise inbound.forged()
    event = inbound.read_json(unseal(inbound.text_of(inbound.read_json(call.body), "encrypt"), encrypt_key))
    if inbound.text_of(event, "type") == "url_verification":
        return Taken(answer=json.dumps({"challenge": inbound.text_of(event, "challenge")}))
    _check(call, encrypt_key)
    header, about = event.get("header"), event.get("event")
    if inbound.text_of(header, "event_type") != "im.message.receive_v1" or not isinstance(about, dict):
        return Taken(answer="{}")
    message: Any = about.get("message")
    kind = inbound.text_of(message, "message_type")
    sender: Any = about.get("sender")
    named = sender.get("sender_id") if isinstance(sender, dict) else None
    ids = tuple(filter(None, (inbound.text_of(named or {}, name) for name in _IDS)))
    if not kind or not ids:
        return Taken(answer="{}")
    return Taken(replies=(Reply(inbound.text_of(message, "message_id"), ids[0], _text(kind, message), also=ids[1:]),), answer="{}")


def _text(kind: str, message: Mapping[str, Any]) -> str:
    """The words of a text or a post, without the places of those who are named in it; what stands for anything else."""
    if kind not in ("text", "post"):
        return inbound.unspoken(kind)
    content = inbound.read_json(inbound.text_of(message, "content").encode())
    if not isinstance(content, dict):
        return inbound.unspoken(kind)
    if kind == "text":
        said = inbound.text_of(content, "text")
    else:
        rows = content.get("content")
        lines = [_line(row) for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
        said = "\n".join((inbound.text_of(content, "title"), *lines))
    return _NAMED.sub("", said).strip() or inbound.unspoken(kind)


def _line(row: list[Any]) -> str:
    return "".join(inbound.text_of(part, "text") for part in row if isinstance(part, dict))


def unseal(sealed: str, encrypt_key: str) -> bytes:
    """The bytes of a sealed event; raises `Invalid`."""
    try:
        data = base64.b64decode(sealed, validate=True)
        opened = Cipher(algorithms.AES(hashlib.sha256(encrypt_key.encode()).digest()), modes.CBC(data[:16])).decryptor()
        plain = opened.update(data[16:]) + opened.finalize()
        return plain[: -plain[-1]]
    except (ValueError, IndexError, binascii.Error):
        raise inbound.unreadable() from None


def _check(call: Call, encrypt_key: str) -> None:
    at, nonce = call.headers.get("x-lark-request-timestamp", ""), call.headers.get("x-lark-request-nonce", "")
    mine = hashlib.sha256(f"{at}{nonce}{encrypt_key}".encode() + call.body).hexdigest()
    fresh = at.isdecimal() and abs(call.now.timestamp() - int(at)) <= _OLDEST
    if not fresh or not inbound.same(mine, call.headers.get("x-lark-signature", "")):
        raise inbound.forged()
