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
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from huifang.channels import inbound
from huifang.channels.inbound import Call, Reply, Taken

_OLDEST = 3600


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
    if inbound.text_of(message, "message_type") != "text":
        return Taken(answer="{}")
    text = inbound.text_of(inbound.read_json(inbound.text_of(message, "content").encode()), "text")
    ids: Any = about.get("sender", {}).get("sender_id") if isinstance(about.get("sender"), dict) else None
    return Taken(replies=(Reply(inbound.text_of(message, "message_id"), inbound.text_of(ids, "open_id"), text),), answer="{}")


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
