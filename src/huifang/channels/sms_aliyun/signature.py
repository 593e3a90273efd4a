"""Aliyun's request signature, version 3 (ACS3-HMAC-SHA256), as its public document describes it.

Source: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of an action; `nonce` is never used twice, `at` has a zone."""

    host: str
    action: str
    version: str
    query: Mapping[str, str]
    nonce: str
    at: datetime
    body: bytes = b""


def query_string(query: Mapping[str, str]) -> str:
    """Names and values by RFC 3986, in order of names."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def signed_headers(asked: Asked, key_id: str, secret: str) -> dict[str, str]:
    """The headers of the call, its signature among them."""
    digest = hashlib.sha256(asked.body).hexdigest()
    headers = {
        "host": asked.host,
        "x-acs-action": asked.action,
        "x-acs-content-sha256": digest,
        "x-acs-date": f"{asked.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": asked.nonce,
        "x-acs-version": asked.version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(("POST", "/", query_string(asked.query), lines, names, digest))
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()
    return headers | {"Authorization": f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"}
