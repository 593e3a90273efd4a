"""Language and theme: kept with the person, and in a cookie for the pages before signing in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from huifang.app.records.models import Staff

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
THEMES = ("system", "light", "dark")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Set the language of the pages."""
    return _keep(request, "language", LANGUAGES, settings.LANGUAGE_COOKIE_NAME)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set light, dark, or as the system says."""
    return _keep(request, "theme", THEMES, "theme")


def _keep(request: HttpRequest, name: str, allowed: tuple[str, ...], cookie: str) -> HttpResponse:
    value = request.POST.get(name, "")
    if value not in allowed:
        raise BadRequest
    if isinstance(request.user, Staff):
        setattr(request.user, name, value)
        request.user.save(update_fields=[name])
    response = HttpResponseRedirect(_back(request))
    response.set_cookie(cookie, value, max_age=365 * 86400, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
