"""Between the request and the pages: the person's language, their due change of password, errors put into words."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from huifang.app.records.models import Staff
from huifang.app.web.views import errors
from huifang.domain.errors import Conflict, HuifangError, NotAllowed

_AS_TOAST = {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend", "HX-Reselect": ".toast", "HX-Push-Url": "false"}
Respond = Callable[[HttpRequest], HttpResponse]
_OPEN_WHILE_PASSWORD_IS_DUE = frozenset({"password", "sign-out", "language", "theme"})


class PersonMiddleware:
    """Speaks the signed-in person's language and sends them to the change of password while that is due.

    A part of a page that is asked for after the session has ended gets 401, so that the page can say so and keep what was typed.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language, then go on."""
        request.user = auth.get_user(request)  # the person, not Django's stand-in: a page asks hundreds of things of them
        if isinstance(request.user, Staff):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.respond(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET" and isinstance(request.user, Staff):
            allowed, response = response.headers["Allow"], errors.only_by_form(request)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _kwargs: object) -> HttpResponse | None:
        """Before the page: 401 for parts without a session; the change of password where it is due."""
        staff = request.user
        if not isinstance(staff, Staff):
            part = request.headers.get("HX-Request") or request.headers.get("X-Part")
            return HttpResponse(status=401) if part and getattr(view, "login_required", True) else None
        match = request.resolver_match
        if staff.must_change_password and match is not None and match.url_name not in _OPEN_WHILE_PASSWORD_IS_DUE:
            return HttpResponseRedirect(reverse("password"))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An error that is written for its reader becomes a page with its words; every other goes its way."""
        if not isinstance(error, HuifangError):
            return None
        status = 403 if isinstance(error, NotAllowed) else 409 if isinstance(error, Conflict) else 422
        if request.headers.get("HX-Request"):
            toast = render(request, "web/parts/problem_toast.html", {"problems": error.problems}, status=status)
            for name, value in _AS_TOAST.items():
                toast.headers[name] = value
            return toast
        return render(request, "web/problem.html", {"problems": error.problems, "status": status}, status=status)
