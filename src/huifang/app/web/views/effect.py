"""Does it work? The contacted against the hold-out group, programme by programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huifang.app import business_clock
from huifang.app.access import SEE_INDICATORS
from huifang.app.formats import money
from huifang.app.queries import effect as effects
from huifang.app.queries.effect import Effect, Watch
from huifang.app.queries.effect_words import points, said_plainly
from huifang.app.queries.pages import counted, page_behind
from huifang.app.web import indicator_charts, picking
from huifang.app.web.guard import needs, person
from huifang.domain.words import Words

LENGTHS = (90, 180, 365)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One programme's effect as the page writes it."""

    effect: Effect
    plainly: Words
    chart: str
    interval: str
    detectable: str
    cost: str
    each: str
    added: str
    times: str


@require_safe
@needs(SEE_INDICATORS)
def effect(request: HttpRequest) -> HttpResponse:
    """Every programme with a hold-out; those without are named, because nothing can be said of them."""
    language = get_language() or "zh-hans"
    choice = picking.branches(person(request))
    branch, watch = picking.branch_of(request, choice), _watch(request)
    found = effects.effects(person(request), watch, business_clock.today())
    return render(
        request,
        "web/overview/effect.html",
        {
            "found": [_shown(one, language) for one in found],
            "without": [title.say(language) for _playbook, title in effects.without_hold_out()],
            "watch": watch,
            "length": (watch.last - watch.first).days + 1,
            "lengths": LENGTHS,
            "windows": effects.WINDOWS,
            "branches": choice,
            "branch": branch,
            "query": f"days={watch.days}&length={(watch.last - watch.first).days + 1}{f'&branch={branch.pk}' if branch else ''}",
        },
    )


@require_safe
@needs(SEE_INDICATORS)
def members(request: HttpRequest, playbook: str, programme: str, arm: str) -> HttpResponse:
    """The occurrences of one arm."""
    if arm not in ("held", "contacted"):
        raise Http404
    watch, kept = _watch(request), request.GET.copy()
    rows = effects.members(person(request), playbook, programme, watch, arm)
    columns = ("id", "customer_id", "customer__name", "due", "attempts", "closed_as")
    page = page_behind(rows.values(*columns), ("-due", "-id"), picking.after_of(request), PAGE)
    kept.pop("after", None)
    return render(
        request,
        "web/overview/members.html",
        {
            "page": page, "total": counted(rows), "arm": arm, "watch": watch,
            "title": _("Held out") if arm == "held" else _("To be contacted"), "query": kept.urlencode(),
        },
    )  # fmt: skip


def _watch(request: HttpRequest) -> Watch:
    """``?length=365&days=60&branch=…``: the days up to today, and how long each customer is watched."""
    length, days = picking.number_of(request, "length"), picking.number_of(request, "days")
    length, days = length if length in LENGTHS else LENGTHS[-1], days if days in effects.WINDOWS else effects.USUAL
    today = business_clock.today()
    branch = picking.branch_of(request, picking.branches(person(request)))
    return Watch(today - timedelta(days=length - 1), today, branch.pk if branch else None, days)


def _shown(one: Effect, language: str) -> Shown:
    found, chart, interval = one.uplift, "", ""
    if found.difference is not None:
        moved = found.difference
        title = f"{one.title.say(language)}: {points(moved.difference, language)}"
        chart = indicator_charts.interval(title, moved.low, moved.difference, moved.high, lambda each: points(each, language))
        interval = f"{points(moved.low, language)} … {points(moved.high, language)}"
    added, times = one.outcome.added, one.outcome.times
    return Shown(
        effect=one,
        plainly=said_plainly(one),
        chart=chart,
        interval=interval,
        detectable=points(found.detectable, language).lstrip("+") if found.detectable is not None else "",
        cost=money(one.outcome.cost) if one.priced else "",
        each=money(one.outcome.cost / one.contacts) if one.priced and one.contacts else "",
        added=f"{_signed(added.difference)} ({_signed(added.low)} … {_signed(added.high)})" if added else "",
        times=f"{times.difference:.1f} ({times.low:.1f} … {times.high:.1f})".replace("-", "−") if times else "",
    )


def _signed(amount: float) -> str:
    """``−¥1,280.00``."""
    return f"−{money(-amount)}" if amount < 0 else money(amount)
