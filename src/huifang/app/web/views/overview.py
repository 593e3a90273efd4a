"""The manager's overview: every indicator against its target, split as wanted, down to the very records."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huifang.app import business_clock
from huifang.app.access import SEE_INDICATORS, branches_for, staff_for
from huifang.app.queries import indicator_figures as figures
from huifang.app.queries import indicator_rows
from huifang.app.queries.group_keys import group_words
from huifang.app.queries.indicator_figures import By, Figure
from huifang.app.queries.indicator_words import better, change, said
from huifang.app.web import indicator_charts, picking, svg
from huifang.app.web.guard import needs, person
from huifang.app.web.indicator_picking import PERIODS, Asked, asked, by_of
from huifang.domain.indicators import COUNTERS, INDICATORS, Counts, Indicator, value
from huifang.domain.periods import label, latest

COLUMNS = ("coverage", "reach", "satisfaction", "csi", "resolution", "opinions")
"""What the tables show."""
PERIOD_NAMES: dict[str, str | Promise] = {
    "week": gettext_lazy("Week"), "month": gettext_lazy("Month"), "quarter": gettext_lazy("Quarter"), "year": gettext_lazy("Year"),
}  # fmt: skip
TABS: tuple[tuple[By, str | Promise], ...] = (
    ("programme", gettext_lazy("By programme")), ("branch", gettext_lazy("By branch")), ("person", gettext_lazy("By colleague")),
    ("department", gettext_lazy("By department")), ("class", gettext_lazy("By class")),
)  # fmt: skip
_ASKS: dict[By, str] = {"programme": "programme", "branch": "branch", "person": "person", "department": "department", "class": "class"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure as the page shows it."""

    figure: Figure
    value: str
    goal: str
    change: str
    better: bool | None
    spark: str
    query: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table and where it leads; `number` is what it rests on."""

    value: str
    number: int
    key: str
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """One branch, programme, person or class."""

    name: str
    cells: tuple[Cell, ...]


@require_safe
@needs(SEE_INDICATORS)
def overview(request: HttpRequest) -> HttpResponse:
    """Tiles with target, change and trend; one table by branch, programme, person or class."""
    language = get_language() or "zh-hans"
    want, staff = asked(request, language), person(request)
    counted_at, _since = figures.kept_until(staff)
    found = figures.figures(staff, want.ground, want.period)
    by = by_of(request, want.ground)
    return render(
        request,
        "web/overview/overview.html",
        {
            **_frame(want),
            "counted_at": counted_at,
            "anything": any(one.counts for one in found),
            "goals": [_tile(one, want, language) for one in found if one.goal],
            "others": [_tile(one, want, language) for one in found if not one.goal],
            "tabs": [(key, title, want.query(by=key)) for key, title in TABS],
            "by": by,
            "by_title": dict(TABS)[by],
            "columns": [INDICATORS[key].title for key in COLUMNS],
            "lines": _lines(request, want, by, language),
        },
    )


@require_safe
@needs(SEE_INDICATORS)
def indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator: what it is, how it went, and the records behind it."""
    key = indicator
    if key not in INDICATORS:
        raise Http404
    language = get_language() or "zh-hans"
    want, staff = asked(request, language), person(request)
    found = figures.figure(staff, want.ground, want.period, key)
    counters = indicator_rows.counters_of(key)
    part = next((one for one in counters if one == request.GET.get("part")), counters[0])
    rows = indicator_rows.page(staff, part, want.ground, business_clock.today(), language, picking.after_of(request))
    periods = latest(want.period.kind, want.period.first, figures.SHOWN[want.period.kind])
    title = f"{found.title.say(language)} {label(want.period)}"
    points = [(label(one), each) for one, each in zip(periods, found.trend, strict=True)]
    chart = indicator_charts.trend(
        title, points, found.goal.bound if found.goal else None, lambda each: said(found.indicator, each, language),
        share=found.indicator.unit == "share",
    )  # fmt: skip
    return render(
        request,
        "web/overview/indicator.html",
        {
            **_frame(want),
            "tile": _tile(found, want, language),
            "about": found.indicator.about,
            "interval": _interval(found, language),
            "chart": chart,
            "parts": [(one, COUNTERS[one], want.query(part=one)) for one in counters],
            "part": part,
            "rows": rows,
            "query": want.query(part=part),
            "back": want.query(),
            "group": group_words(want.ground.group) if want.ground.group not in ("", figures.NONE) else "",
        },
    )


def _frame(want: Asked) -> dict[str, object]:
    return {
        "want": want,
        "period": want.period,
        "label": label(want.period),
        "kinds": [(kind, PERIOD_NAMES[kind], want.query(period=kind)) for kind in PERIODS],
        "before_query": want.query(day=want.period.before.first),
        "after_query": want.query(day=want.after) if want.after else "",
    }


def _tile(one: Figure, want: Asked, language: str) -> Tile:
    goal = ""
    if one.goal and one.goal.bound is not None:
        sign = "≥" if one.goal.at_least is not None else "≤"
        goal = f"{sign} {said(one.indicator, one.goal.bound, language)}"
    known = [each * (100 if one.indicator.unit == "share" else 1) for each in one.trend if each is not None]
    return Tile(
        one, said(one.indicator, one.value, language), goal, change(one.indicator, one.value, one.before, language),
        better(one.indicator, one.value, one.before), svg.sparkline(str(_("Trend")), known) if len(known) > 1 else "",
        want.query(programme=one.programme),
    )  # fmt: skip


def _interval(one: Figure, language: str) -> str:
    if one.interval is None or one.interval.share is None:
        return ""
    return f"{said(one.indicator, one.interval.low, language)} – {said(one.indicator, one.interval.high, language)}"


def _lines(request: HttpRequest, want: Asked, by: By, language: str) -> list[Line]:
    found = figures.split(person(request), want.ground, by)
    names = _names(request, by, list(found), want, language)
    lines = [Line(names[key], tuple(_cell(INDICATORS[column], found[key], want, by, key, language) for column in COLUMNS)) for key in found]
    return sorted((one for one in lines if any(cell.number for cell in one.cells)), key=lambda one: (one.name == "–", one.name))


def _cell(one: Indicator, counts: Counts, want: Asked, by: By, key: str, language: str) -> Cell:
    found = value(one, counts)
    number = int(counts.get(one.whole, 0)) if one.whole else int(found or 0)
    narrow = want.query(**{_ASKS[by]: key or (0 if by == "person" else figures.NONE if by in ("class", "department") else "")})
    return Cell(said(one, found if number else None, language), number, one.key, narrow)


def _names(request: HttpRequest, by: By, keys: list[str], want: Asked, language: str) -> dict[str, str]:
    """What each key is called; a dash for nobody's and none."""
    match by:
        case "branch":
            known = {str(pk): name for pk, name in branches_for(person(request)).values_list("pk", "name")}
        case "person":
            known = {str(pk): name for pk, name in staff_for(person(request)).values_list("pk", "name")}
        case "programme":
            known = dict(want.programmes)
        case "department":
            known = {}
        case _:
            known = {key: group_words(key).say(language) for key in keys if key}
    return {key: known.get(key, key) or "–" for key in keys}
