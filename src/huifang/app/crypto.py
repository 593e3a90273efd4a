"""Personal data at rest: AES-256-GCM with the field's name as associated data, and a keyed hash to find equal values again.

A sealed value is ``version (1) ‖ key id (1) ‖ nonce (12) ‖ ciphertext and tag``. A value moved to another field does not open.
The blind index is the first 16 bytes of HMAC-SHA-256 under the index key over ``field ‖ 0 ‖ normalised value``, in hexadecimal.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

from huifang.app.keys import Keyring

_VERSION = 1


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def keyring() -> Keyring:
    """The installation's keys."""
    ring: Keyring = settings.HUIFANG_KEYS
    return ring


def seal(text: str, field: str) -> bytes:
    """Encrypt `text` for `field` with the current key."""
    return seal_bytes(text.encode(), field)


def seal_bytes(data: bytes, field: str) -> bytes:
    """Encrypt bytes for `field` with the current key."""
    ring = keyring()
    nonce = os.urandom(12)
    return bytes((_VERSION, ring.current)) + nonce + _cipher(ring.encryption[ring.current]).encrypt(nonce, data, field.encode())


def seal_all(texts: Sequence[str], field: str) -> list[bytes]:
    """Encrypt many texts for `field`, each as `seal` does, with one draw of nonces; the empty text gives empty bytes."""
    ring = keyring()
    encrypt, name, head = _cipher(ring.encryption[ring.current]).encrypt, field.encode(), bytes((_VERSION, ring.current))
    drawn = os.urandom(12 * len(texts))
    nonces = (drawn[at : at + 12] for at in range(0, len(drawn), 12))
    return [head + nonce + encrypt(nonce, text.encode(), name) if text else b"" for text, nonce in zip(texts, nonces, strict=True)]


def unseal(sealed: bytes, field: str) -> str:
    """The text of a sealed value; raises cryptography's InvalidTag where it was altered or belongs to another field."""
    return unseal_bytes(sealed, field).decode()


def unseal_bytes(sealed: bytes, field: str) -> bytes:
    """The bytes of a sealed value; raises as `unseal` does."""
    sealed = bytes(sealed)
    return _cipher(keyring().encryption[sealed[1]]).decrypt(sealed[2:14], sealed[14:], field.encode())


def blind_index(value: str, field: str) -> str:
    """Equal values give equal indexes; nothing else can be told without the key. The empty value has the empty index."""
    if not value:
        return ""
    return hmac.digest(keyring().index, field.encode() + b"\0" + value.encode(), "sha256")[:16].hex()


def blind_indexes(values: Iterable[str], field: str) -> list[str]:
    """`blind_index` of many values of one field, in order. The key is taken in once for all of them, which halves the time."""
    begun = HMAC(keyring().index, SHA256())
    begun.update(field.encode() + b"\0")
    found = []
    for value in values:
        one = begun.copy()
        one.update(value.encode())
        found.append(one.finalize()[:16].hex() if value else "")
    return found
