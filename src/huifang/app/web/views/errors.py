"""Error pages in words."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huifang.app.api import problems

_FOR_PROGRAMS = ("/api/", "/in/")
"""What is sent there is answered with problem details, whatever goes wrong."""


def _page(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    return render(request, "web/error.html", {"status": status, "title": title, "words": words}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django calls it by this name
    """400."""
    if request.path.startswith(_FOR_PROGRAMS):
        return problems.answer(request, 400, (problems.unreadable(),))
    return _page(request, 400, _("The request could not be read"), _("Go back, reload the page and try once more."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django calls it by this name
    """403."""
    return _page(
        request, 403, _("This is not open to you"), _("Your role does not include this page. If you need it, ask the administrator.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django calls it by this name
    """404; also for what lies outside a person's branches."""
    return _page(request, 404, _("There is nothing here"), _("The page has moved, or it belongs to a branch that is not yours."))


def only_by_form(request: HttpRequest) -> HttpResponse:
    """405: an address that only takes what a form sends was opened by itself, as by reloading after a form was refused."""
    return _page(request, 405, _("This address takes a form"), _("It cannot be opened by itself. Go back and use the button on the page."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    if request.path.startswith(_FOR_PROGRAMS):
        return problems.answer(request, 500, (problems.broken(),))
    return _page(
        request,
        500,
        _("Something went wrong on our side"),
        _("Nothing you saved is lost. Try again in a minute; if it stays, tell the administrator the time."),
    )


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403 for a form that is too old or came from elsewhere."""
    return _page(
        request,
        403,
        _("The page was open too long"),
        _("For your safety the form was not taken. Go back, reload the page and send it again; what you typed for a follow-up is kept."),
    )
