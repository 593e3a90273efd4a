"""A customer's own page to say stop. GET only shows it; the button, or a mail program by RFC 8058, says it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from huifang.app import business_clock
from huifang.app.queries.glance import masked
from huifang.app.records.models import Attempt
from huifang.app.services import unsubscribing
from huifang.domain.contact import CHANNEL_WORDS, Channel


@csrf_exempt  # the token is the authority; a mail program has no cookie
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, link: str) -> HttpResponse:
    """The page of one message; 404 with words for a link that is none."""
    attempt = unsubscribing.attempt_of(link[:100])
    if attempt is None:
        return _page(request, {"state": "unknown"}, 404)
    language = attempt.customer.language or request.GET.get("language", "") or translation.get_language() or "zh-hans"
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        if request.method != "POST":
            return _page(request, _about(attempt, "ask"))
        only = request.POST.get("what") == "channel"
        unsubscribing.refuse(attempt, attempt.channel if only else unsubscribing.EVERYTHING, business_clock.now())
        return _page(request, _about(attempt, "done-channel" if only else "done"))


def _about(attempt: Attempt, state: str) -> dict[str, str]:
    point = attempt.contact_point
    channel = CHANNEL_WORDS[Channel(attempt.channel)].say(translation.get_language() or "")
    return {
        "state": state,
        "to": masked(point.value, point.kind) if point else "",
        "channel": channel,
        "business": attempt.branch.name if attempt.branch else "",
    }


def _page(request: HttpRequest, about: dict[str, str], status: int = 200) -> HttpResponse:
    answer = render(request, "web/channels/unsubscribe.html", about, status=status)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
