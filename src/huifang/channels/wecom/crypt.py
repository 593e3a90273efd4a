"""WeCom's messages to us: signed with SHA-1, sealed with AES-256-CBC, as its public document describes it.

Sealed: base64 of AES-CBC (key: base64 of the EncodingAESKey and ``=``; first 16 bytes of the key as IV; PKCS#7 to 32) over
16 random bytes, the length in 4 bytes (big-endian), the message, the receiver's id.
Source: https://developer.work.weixin.qq.com/document/path/90968
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from huifang.channels import inbound


@dataclass(frozen=True, slots=True)
class Crypt:
    """The token and key of an application, and whom messages are for."""

    token: str
    aes_key: str
    receiver: str

    def open(self, query: Mapping[str, str], sealed: str) -> str:
        """The message in `sealed`. Raises `NotAllowed` where signature or receiver do not fit, `Invalid` where it does not open."""
        if not self.token or not self.aes_key:
            raise inbound.forged()
        parts = sorted((self.token, query.get("timestamp", ""), query.get("nonce", ""), sealed))
        mine = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()  # the provider's own protocol
        if not inbound.same(mine, query.get("msg_signature", "")):
            raise inbound.forged()
        try:
            key = base64.b64decode(self.aes_key + "=")
            opened = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
            plain = opened.update(base64.b64decode(sealed, validate=True)) + opened.finalize()
            plain = plain[: -plain[-1]]
            length = int.from_bytes(plain[16:20], "big")
            message, receiver = plain[20 : 20 + length].decode("utf-8"), plain[20 + length :].decode("utf-8")
        except (ValueError, IndexError, binascii.Error):
            raise inbound.unreadable() from None
        if receiver != self.receiver:
            raise inbound.forged()
        return message


def field_of(xml: str, name: str) -> str:
    """The text of a field of the flat XML that WeCom sends; empty where it is missing. No parser, so no entities."""
    found = re.search(rf"<{name}>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</{name}>", xml, re.DOTALL)
    return (found[1] or found[2] or "") if found else ""
