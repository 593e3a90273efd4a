"""A report filled for a period: sentences, figures against targets, comparisons, trends, opinions, common problems, effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from huifang.app.access import SEE_INDICATORS, branches_for, require
from huifang.app.queries import indicator_figures as kept
from huifang.app.queries.effect import USUAL, Watch, effects
from huifang.app.queries.effect_words import said_plainly
from huifang.app.queries.indicator_figures import By, Figure, Ground
from huifang.app.queries.indicator_rows import programme_words
from huifang.app.queries.indicator_words import change, said
from huifang.app.queries.report_findings import Findings, findings
from huifang.app.queries.report_plans import ReportPlan
from huifang.app.queries.report_words import sentences
from huifang.app.records.models import Branch, Staff
from huifang.domain.indicators import INDICATORS, Standing, value
from huifang.domain.periods import Stretch, label, latest
from huifang.domain.words import Words

COMPARED = ("done", "coverage", "reach", "satisfaction", "opinions")
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it is, its value, the target and whether it is met (empty without one), the value before and the change.

    `indicator` and `programme` (empty for all of the report's) say where its records are.
    """

    title: str
    value: str
    goal: str
    standing: Standing
    before: str
    change: str
    indicator: str
    programme: str


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison: titles of the columns, and rows of texts."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """One indicator over periods; `values` as numbers (a share as 0 to 1), None where nothing was counted."""

    title: str
    share: bool
    goal: float | None
    labels: tuple[str, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class FilledReport:
    """Everything a page or a file of the report says, in one language."""

    playbook: str
    key: str
    title: str
    about: str
    branch: str
    period: Stretch
    over: bool
    """The period has ended."""
    words: tuple[str, ...]
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    trends: tuple[Trend, ...]
    findings: Findings
    effect: tuple[tuple[str, str], ...]
    signatures: tuple[str, ...] = ()
    of: str = ""
    """Weekly, monthly, quarterly, where the title does not say so."""

    @property
    def label(self) -> str:
        """The period's short name."""
        return label(self.period)


def report(
    staff: Staff, plan: ReportPlan, period: Stretch, language: str, today: date, branch: Branch | None = None, *, voices: bool = True
) -> FilledReport:
    """Fill a report with what the person may see; without `voices` no customer's words are in it. A constant number of queries for each
    playbook and programme with a hold-out.
    """
    require(staff, SEE_INDICATORS)
    ground = Ground(period.first, period.last, branch.pk if branch else None, programmes=plan.programmes)
    figures = kept.chosen(staff, ground, period, plan.indicators, plan.playbook)
    heard = findings(staff, plan.playbook, ground, language)
    shown = [one for one in figures if one.goal or any(each for each in one.trend)]
    return FilledReport(
        playbook=plan.playbook.playbook,
        key=plan.key,
        title=plan.title.say(language),
        about=plan.playbook.title.say(language),
        branch=branch.name if branch else "",
        period=period,
        over=period.last < today,
        words=tuple(one.say(language) for one in sentences(figures, heard, language)),
        lines=tuple(_line(one, plan, language) for one in shown),
        tables=tuple(each for each in (_table(staff, ground, by, plan, language) for by in ("programme", "branch", "person")) if each.rows),
        trends=tuple(_trend(one, period, plan, language) for one in shown if one.indicator.key in ("coverage", "satisfaction")),
        findings=heard if voices else replace(heard, voices=()),
        effect=_effect(staff, plan, period, branch, today, language) if plan.effect else (),
        signatures=tuple(each.say(language) for each in plan.signatures),
        of=plan.of.say(language) if plan.of else "",
    )


def _line(one: Figure, plan: ReportPlan, language: str) -> Line:
    goal = ""
    if one.goal and one.goal.bound is not None:
        goal = f"{'≥' if one.goal.at_least is not None else '≤'} {said(one.indicator, one.goal.bound, language)}"
    moved = change(one.indicator, one.value, one.before, language)
    return Line(
        _title(one, plan, language),
        said(one.indicator, one.value, language),
        goal,
        one.standing,
        said(one.indicator, one.before, language),
        moved,
        one.indicator.key,
        one.programme if one.goal else "",
    )


def _title(one: Figure, plan: ReportPlan, language: str) -> str:
    title = one.title.say(language)
    if one.goal and one.programme:
        programme = programme_words(one.programme, [plan.playbook]).say(language)
        return title if programme in title else f"{title} ({programme})"
    return title


_BY: dict[By, Words] = {
    "programme": Words("按回访项目", "By programme"), "branch": Words("按门店", "By branch"), "person": Words("按人员", "By person"),
}  # fmt: skip


def _table(staff: Staff, ground: Ground, by: By, plan: ReportPlan, language: str) -> Table:
    found = kept.split(staff, ground, by)
    names = _names(staff, by, plan, language)
    columns = [INDICATORS[key] for key in COMPARED]
    rows = [
        (names.get(key, key), *(said(one, value(one, counts), language) for one in columns))
        for key, counts in found.items()
        if key and any(value(one, counts) for one in columns)
    ]
    heads = (_BY[by].say(language), *(one.title.say(language) for one in columns))
    return Table(_BY[by].say(language), heads, tuple(sorted(rows)) if len(rows) > 1 or by == "programme" else ())


def _names(staff: Staff, by: By, plan: ReportPlan, language: str) -> dict[str, str]:
    if by == "programme":
        return {key: rule.title.say(language) for key, rule in plan.playbook.programmes.items()}
    people = Staff.objects.filter(branch__in=branches_for(staff).values("pk")) if not staff.all_branches else Staff.objects.all()
    rows = branches_for(staff).values_list("pk", "name") if by == "branch" else people.values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _trend(one: Figure, period: Stretch, plan: ReportPlan, language: str) -> Trend:
    periods = latest(period.kind, period.first, kept.SHOWN[period.kind])
    goal = one.goal.bound if one.goal else None
    return Trend(_title(one, plan, language), one.indicator.unit == "share", goal, tuple(label(each) for each in periods), one.trend)


def _effect(
    staff: Staff, plan: ReportPlan, period: Stretch, branch: Branch | None, today: date, language: str
) -> tuple[tuple[str, str], ...]:
    """The hold-outs of the year up to the period's end: a single period rarely has enough customers."""
    last = min(period.last, today)
    watch = Watch(date.fromordinal(last.toordinal() - _YEAR), last, branch.pk if branch else None, USUAL)
    told = [one for one in effects(staff, watch, today) if one.playbook == plan.playbook.playbook]
    return tuple((one.title.say(language), said_plainly(one).say(language)) for one in told)
