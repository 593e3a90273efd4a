"""A write with an `Idempotency-Key` is done once: sent again it gets the first answer, sent with another content it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from huifang.app import business_clock
from huifang.app.api.door import key_of
from huifang.app.api.problems import Refused
from huifang.app.deadlocks import again
from huifang.app.records.models import AnsweredRequest
from huifang.domain.errors import Problem
from huifang.domain.words import Words

KEPT = timedelta(hours=24)
"""How long an answer is kept."""
LONGEST = 120
P = ParamSpec("P")
Write = Callable[Concatenate[HttpRequest, P], Schema]
PARAMETER: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": (
        f"Drawn by the sender for each new write. The same key within {KEPT.total_seconds() / 3600:.0f} h is answered as the first time; "
        "with another content it is refused with 422."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}


def once(status: int = 200) -> Callable[[Write[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Wrap an operation that writes: everything it does and its answer, with `status`, are one transaction."""

    def wrap(write: Write[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(write)
        def written(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            token, now = request.headers.get("Idempotency-Key", ""), business_clock.now()
            if not token:
                return again(lambda: _json(write(request, *args, **kwargs).model_dump_json(), status))
            key = _checked(token)
            return again(lambda: _answered(request, key, now) or _do(request, token, now, lambda: write(request, *args, **kwargs), status))

        written.__signature__ = signature(write, eval_str=True)  # type: ignore[attr-defined]  # ninja reads names where `write` stands
        return written

    return wrap


def _do(request: HttpRequest, token: str, now: datetime, write: Callable[[], Schema], status: int) -> HttpResponse:
    try:
        with transaction.atomic():
            AnsweredRequest.objects.filter(at__lt=now - KEPT).delete()
            row = AnsweredRequest.objects.create(key=key_of(request), token=token, digest=_digest(request), at=now)
            row.answer, row.status = write().model_dump_json(), status
            row.save(update_fields=["answer", "status"])
    except IntegrityError:
        again = _answered(request, token, now)  # the same request came in beside this one and was first
        if again is None:
            raise
        return again
    return _json(row.answer, status)


def _answered(request: HttpRequest, token: str, now: datetime) -> HttpResponse | None:
    row = AnsweredRequest.objects.filter(key=key_of(request), token=token, at__gte=now - KEPT).first()
    if row is None:
        return None
    if row.digest != _digest(request):
        raise Refused(422, _another(token))
    return _json(row.answer, row.status, {"Idempotency-Replayed": "true"})


def _digest(request: HttpRequest) -> str:
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()


def _json(body: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8", headers=headers or {})


def _checked(token: str) -> str:
    if len(token) > LONGEST or not (token.isascii() and token.isprintable()) or " " in token:
        raise Refused(
            422,
            Problem(
                "api.idempotency-key",
                Words("Idempotency-Key 格式不对。", "The Idempotency-Key is not well formed."),
                Words(f"请用不超过 {LONGEST} 个可见 ASCII 字符。", f"Use at most {LONGEST} visible ASCII characters."),
            ),
        )
    return token


def _another(token: str) -> Problem:
    return Problem(
        "api.idempotency-conflict",
        Words(f"Idempotency-Key “{token}” 已用于另一个请求。", f"The Idempotency-Key “{token}” was used for another request."),
        Words("新的请求请用新的值。", "Draw a new one for a new request."),
    )
