"""The page behind a link in a message. GET says where it leads and writes nothing; the button counts the click and leads there."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from huifang.app import business_clock
from huifang.app.services import message_links, rate_limits
from huifang.app.services.message_links import Standing

MISSES, PRESSES, PRESSES_OF_A_PLACE = 30, 60, 600
"""In ten minutes: links that do not exist from one address, presses of one link, presses from one address."""
_STATUS = {"open": 200, "over": 410, "used": 410, "unknown": 410, "many": 429}


@csrf_exempt  # the token is the authority; a customer has no session
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, click_token: str) -> HttpResponse:
    """Name the page that one message's link leads to, or lead there."""
    now, place = business_clock.now(), str(request.META.get("REMOTE_ADDR", ""))
    if rate_limits.exhausted("link-miss", place, MISSES, now):
        return _page(request, None, "many")
    link = message_links.find(click_token[:100], now)
    if link is None:
        rate_limits.within("link-miss", place, MISSES, now)
        return _page(request, None, "unknown")
    with translation.override(_language(request, link)):
        if not link.open:
            return _page(request, link, "over")
        if link.used:
            return _page(request, link, "used")
        if request.method != "POST":
            return _page(request, link, "open")
        presses = rate_limits.within("link-press", str(link.row.pk), PRESSES, now)
        if not (presses and rate_limits.within("link-place", place, PRESSES_OF_A_PLACE, now)):
            return _page(request, link, "many")
        if not message_links.click(link, now):
            return _page(request, link, "used")
        return _private(HttpResponseRedirect(link.rule.to))


def _language(request: HttpRequest, link: Standing) -> str:
    said = link.row.followup.customer.language or request.GET.get("language", "") or translation.get_language() or "zh-hans"
    return "zh-hans" if said.lower().startswith("zh") else "en"


def _page(request: HttpRequest, link: Standing | None, state: str) -> HttpResponse:
    branch = link.row.followup.branch if link else None
    about = {
        "state": state,
        "rule": link.rule if link else None,
        "business": branch.name if branch else "",
        "theme": "system",
        "language": translation.get_language(),
    }
    answer = render(request, "web/channels/message_link.html", about, status=_STATUS[state])
    if link is not None and state == "open":  # browsers hold a form's redirects to form-action as well
        answer._csp_update = {"form-action": [f"https://{link.rule.host}"]}  # type: ignore[attr-defined]  # read by django-csp
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    """Neither kept by caches, nor found by search engines, nor told to the page that follows."""
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
