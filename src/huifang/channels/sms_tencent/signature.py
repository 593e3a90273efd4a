"""Tencent Cloud's request signature, version 3 (TC3-HMAC-SHA256), as its public document describes it.

Source: https://cloud.tencent.com/document/api/382/52072
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

CONTENT_TYPE = "application/json; charset=utf-8"


def authorization(secret_id: str, secret_key: str, service: str, host: str, body: bytes, at: datetime) -> str:
    """The Authorization header of a POST of `body`; `at` has a zone and goes along as ``X-TC-Timestamp``."""
    headers = f"content-type:{CONTENT_TYPE}\nhost:{host}\n"
    signed = "content-type;host"
    canonical = "\n".join(("POST", "/", "", headers, signed, hashlib.sha256(body).hexdigest()))
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join(("TC3-HMAC-SHA256", str(int(at.timestamp())), scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
