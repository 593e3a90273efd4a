"""Setting up channels, trying them out, and stopping them at once."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries.channels import asked_of, channel_lines, hook_address
from huifang.app.records.models import ChannelSetting
from huifang.app.services import channels as service
from huifang.app.web.guard import needs, person
from huifang.channels.driver import ReceiptState
from huifang.channels.registry import KINDS, SENT_CHANNELS, SET_CHANNELS, kinds_for
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.errors import HuifangError, Problem


@require_safe
@needs(access.STOP_SENDING)
def channels(request: HttpRequest) -> HttpResponse:
    """Every channel with who sends and whether anything may leave."""
    lines, everywhere = channel_lines(business_day(business_clock.now()))
    return render(request, "web/channels/list.html", {"lines": lines, "everywhere": everywhere, "tab": "channels", **_may(request)})


@require_http_methods(["GET", "POST"])
@needs(access.MANAGE_CHANNELS)
def one(request: HttpRequest, channel: str) -> HttpResponse:
    """Choose a driver and tell it what it must know."""
    wanted = _channel(channel)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            service.save(person(request), channel, request.POST.get("driver", ""), request.POST.dict(), business_clock.now())
            messages.success(request, _("Saved."))
            return redirect("channel", channel)
        except HuifangError as error:
            problems = error.problems
    return _one(request, wanted, problems)


@require_POST
@needs(access.STOP_SENDING)
def state(request: HttpRequest, channel: str) -> HttpResponse:
    """Pause, stop, go on: one channel or all."""
    service.set_state(person(request), channel, request.POST.get("state", ""), business_clock.now())
    return redirect("channels")


@require_POST
@needs(access.MANAGE_CHANNELS)
def test(request: HttpRequest, channel: str) -> HttpResponse:
    """Send a test message to oneself and say what the provider said."""
    _channel(channel, SENT_CHANNELS)
    receipt = service.send_test(person(request), channel, request.POST.get("to", ""), business_clock.now())
    words = receipt.words.say(get_language() or "")
    (messages.success if receipt.state is ReceiptState.SENT else messages.error)(request, words)
    return redirect("channel", channel)


def _one(request: HttpRequest, channel: Channel, problems: tuple[Problem, ...]) -> HttpResponse:
    row = ChannelSetting.objects.filter(channel=channel.value).first()
    current = row.driver if row else ""
    shown = request.POST.get("driver", request.GET.get("driver", current))
    kind = KINDS.get(shown) if shown in {each.name for each in kinds_for(channel)} else None
    about = {
        "channel": channel.value, "title": CHANNEL_WORDS[channel], "kinds": kinds_for(channel), "kind": kind, "current": current,
        "asked": asked_of(kind, row) if kind else [], "hook": hook_address(row) if kind and kind.name == current else "",
        "problems": problems, "tab": "channels", "by_hand": channel is Channel.PHONE, "demo": settings.HUIFANG.demo, **_may(request),
    }  # fmt: skip
    return render(request, "web/channels/one.html", about, status=422 if problems else 200)


def _may(request: HttpRequest) -> dict[str, bool]:
    staff = person(request)
    return {"may_manage": access.may(staff, access.MANAGE_CHANNELS), "may_settings": access.may(staff, access.MANAGE_STAFF)}


def _channel(name: str, among: frozenset[Channel] = SET_CHANNELS) -> Channel:
    found = next((channel for channel in among if channel.value == name), None)
    if found is None:
        raise Http404
    return found
