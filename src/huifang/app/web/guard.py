"""The lock on every page: which action opens it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from huifang.app import access
from huifang.app.deadlocks import again
from huifang.app.records.models import Staff

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]


def needs(action: str) -> Callable[[View[P, R]], View[P, R]]:
    """Let a view run only for people whose role has `action`; raises `NotAllowed` for the others, before anything is read."""

    def lock(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def locked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            access.require(person(request), action)
            return again(lambda: view(request, *args, **kwargs), lambda: _rewind(request))

        return locked

    return lock


def _rewind(request: HttpRequest) -> None:
    """Files that came with it are read from their beginning again."""
    for _name, files in request.FILES.lists() if request.content_type == "multipart/form-data" else ():
        for file in files:
            file.seek(0)


def person(request: HttpRequest) -> Staff:
    """The signed-in member of staff; only behind Django's login requirement."""
    staff = request.user
    assert isinstance(staff, Staff)  # noqa: S101 - LoginRequiredMiddleware has seen to it
    return staff
