"""The interface and its routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, override
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from huifang.app.api import about, calls, cases, customers, events, feedback, followups, problems, records, webhooks
from huifang.app.api.description import describe

PREFIX = "api/v1/"
api = NinjaAPI(
    title="Huifang 慧访",
    version="1.0",
    description=(
        "Customers, events, follow-ups, records, cases, answers, feedback, calls and webhooks of one installation.\n\n"
        "Send `Authorization: Bearer` and a key. "
        "Lists come in pages: send `next` of a page as `cursor` of the following one. Errors are problem details (RFC 9457) with words in "
        "Chinese and English. Writes may carry an `Idempotency-Key`."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
problems.install(api)
for prefix, router in (
    ("/customers", customers.router),
    ("/events", events.router),
    ("/follow-ups", followups.router),
    ("", records.router),
    ("/cases", cases.router),
    ("/feedback", feedback.router),
    ("/calls", calls.router),
    ("/webhooks", webhooks.router),
    ("", about.router),
):
    api.add_router(prefix, router)


@login_not_required
def description(request: HttpRequest) -> HttpResponse:
    """The description, for programs: in English, with ``?lang=zh`` in Chinese. Holds nothing of the installation."""
    language = "zh" if request.GET.get("lang", "").lower().startswith("zh") else "en"
    return JsonResponse(openapi(language), json_dumps_params={"ensure_ascii": False})


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls it by this name
    """An address of the interface at which there is nothing."""
    return problems.answer(request, 404, (problems.nothing_here(),))


@cache
def openapi(language: str = "en") -> dict[str, Any]:
    """The description of the interface, OpenAPI 3.1; `language`: zh or en. The same each time."""
    with override("zh-hans" if language == "zh" else "en"):
        return describe(api, PREFIX, gettext, language)


def _open(pattern: URLPattern) -> URLPattern:
    """The key is the door, not the session."""
    pattern.callback = _keyed(pattern.callback)
    return pattern


def _keyed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def told(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        if isinstance(answer, HttpResponseNotAllowed):
            methods = ", ".join(sorted(answer.headers["Allow"].split(", ")))
            return problems.answer(request, 405, (problems.not_so(methods),), {"Allow": methods})
        return answer

    return csrf_exempt(login_not_required(told))


urlpatterns = [_open(each) for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root"]
own = [
    path("openapi.json", description, name="api-description"),
    path("", nothing, name="api-root"),
    path("<path:rest>", nothing, name="api-nothing"),
]
