"""The door of the interface: a key with the scope, not too many requests, not too large."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from huifang.app import business_clock
from huifang.app.api.limits import PER_MINUTE, Buckets
from huifang.app.api.problems import Refused
from huifang.app.records.models import ApiKey, Staff
from huifang.app.services import api_keys
from huifang.domain.errors import Problem
from huifang.domain.words import Words

LARGEST = 1_000_000
"""Bytes of a request's body."""
buckets = Buckets(PER_MINUTE)


class Key(HttpBearer):
    """`Authorization: Bearer hf_…`."""

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key, where it is in force; raises `Refused` for a wrong scope, too many requests or too large a body."""
        key = api_keys.find(token, business_clock.now())
        if key is None:
            return None
        _not_too_often(key)
        if self.scope and self.scope not in key.scopes:
            raise Refused(403, _wrong_scope(self.scope))
        if int(request.headers.get("Content-Length") or 0) > LARGEST:
            raise Refused(413, too_large())
        return key


def needs(scope: str) -> dict[str, Any]:
    """For an operation: the key must have `scope`, and the description says so."""
    return {"auth": Key(scope), "openapi_extra": {"x-scope": scope}}


def caller(request: HttpRequest) -> Staff:
    """The member of staff that the request's key acts as."""
    found: Staff = key_of(request).acts_as
    return found


def key_of(request: HttpRequest) -> ApiKey:
    """The request's key."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]  # set by ninja once the door has let it in
    return key


def _not_too_often(key: ApiKey) -> None:
    _left, wait = buckets.take(key.pk, monotonic())
    if wait:
        problem = Problem(
            "api.too-many",
            Words(f"请求太频繁（每分钟最多 {buckets.per_minute} 次）。", f"Too many requests (at most {buckets.per_minute} a minute)."),
            Words(f"请 {wait} 秒后再试。", f"Try again in {wait} s."),
        )
        raise Refused(429, problem, {"Retry-After": str(wait)})


def _wrong_scope(scope: str) -> Problem:
    return Problem(
        "api.scope",
        Words(f"这个密钥没有“{scope}”权限。", f"This key lacks the scope “{scope}”."),
        Words("请管理员另生成一个带此权限的密钥。", "Ask the administrator for a key that has it."),
    )


def too_large() -> Problem:
    """413."""
    return Problem(
        "api.too-large",
        Words(f"请求超过 {LARGEST:,} 字节。", f"The request is larger than {LARGEST:,} bytes."),
        Words("请分几次发送。", "Send it in parts."),
    )
