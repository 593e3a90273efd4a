"""Everything one case's page shows: its clocks as bars, its history, what was given and promised, what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from huifang.app.access import measures_for, staff_for
from huifang.app.formats import money, span_words
from huifang.app.queries.case_rules import Rules, rules_of, states_of, work_time
from huifang.app.queries.case_standing import given, may_decide, settled, stand_of
from huifang.app.queries.case_words import STEP_ICONS, STEP_TONES, cause_options, cause_title, step_words
from huifang.app.records.models import Case, CaseCompensation, CasePromise, CaseStep, Feedback, Measure, Staff
from huifang.domain.case_clocks import due_at, working_time_between
from huifang.domain.case_history import spent
from huifang.domain.closing import missing
from huifang.domain.errors import Problem
from huifang.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Bar:
    """A clock as a bar: how much of its working time is used, what it says, when it runs out. `tone`: good, warn, bad or none."""

    title: str
    used: int
    """Percent, at most 100."""
    says: str
    tone: str
    due_at: datetime | None
    rule: Span
    met_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One entry of the history."""

    id: int
    at: datetime
    by: str
    title: str
    icon: str
    tone: str
    detail: str
    words: str
    case: str
    """The number of the case it was written in, where that was another one."""
    note: bool
    """It may go over to a case that is split off."""


@dataclass(frozen=True, slots=True)
class Given:
    """A compensation; `mine_to_decide`: this person may say yes or no."""

    row: CaseCompensation
    kind: str
    mine_to_decide: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """The page."""

    bars: tuple[Bar, ...]
    paused_for: str
    state_title: str
    steps: tuple[StepLine, ...]
    states: tuple[tuple[str, str, bool], ...]
    """Key, title, whether the clock stands still."""
    causes: tuple[tuple[str, str], ...]
    cause: str
    given: tuple[Given, ...]
    given_total: Decimal
    kinds_to_give: tuple[tuple[str, str], ...]
    promises: tuple[CasePromise, ...]
    others: tuple[Case, ...]
    measures: tuple[Measure, ...]
    colleagues: tuple[Staff, ...]
    lacking: tuple[Problem, ...]
    statements: tuple[Feedback, ...]
    """What was said of it elsewhere than in the record it was opened from."""


def case_view(staff: Staff, case: Case, now: datetime, language: str) -> CaseView:
    """Read one case's page in a constant number of queries."""
    rules = rules_of(case)
    states = states_of(rules)
    state = states.get(case.work_state)
    title = state.title.say(language) if state else ""
    rows = list(case.compensations.select_related("proposed_by", "decided_by"))
    total = given(case)
    kinds = rules.kind.compensation.kinds if rules and rules.kind.compensation else {}
    causes = rules.playbook.causes if rules else {}
    return CaseView(
        bars=_bars(case, rules, now, language),
        paused_for=title if case.paused_at else "",
        state_title=title,
        steps=_steps(case, rules, language),
        states=tuple((key, each.title.say(language), each.pauses) for key, each in states.items()),
        causes=cause_options(causes, language),
        cause=cause_title(causes, case.cause, language),
        given=tuple(
            Given(row, kinds[row.kind].say(language) if row.kind in kinds else row.kind, may_decide(staff, case, row, total))
            for row in rows
        ),
        given_total=total,
        kinds_to_give=tuple((key, each.say(language)) for key, each in kinds.items()),
        promises=tuple(case.promises.select_related("made_by")),
        others=tuple(
            Case.objects.filter(customer=case.customer_id, branch=case.branch_id).exclude(pk=case.pk).exclude(state="closed")[:10]
        ),
        measures=tuple(measures_for(staff).exclude(stage=Measure.Stage.DONE).select_related("owner").order_by("-pk")[:30]),
        colleagues=tuple(staff_for(staff).filter(is_active=True, sign_in_name__isnull=False).order_by("name")),
        lacking=missing(settled(case, rules.kind.to_close if rules else ())),
        statements=tuple(_statements(case)),
    )


def _statements(case: Case) -> list[Feedback]:
    said = Feedback.objects.filter(Q(case=case) | Q(case__merged_into=case)).order_by("-at", "-pk")
    return [each for each in said[:20] if case.record is None or each.words != case.record.words]


def _bars(case: Case, rules: Rules | None, now: datetime, language: str) -> tuple[Bar, ...]:
    if rules is None:
        return ()
    stand = stand_of(case)
    work, _own = work_time(rules, case.customer, stand.start, now)
    terms = rules.terms(work, fast=case.fast)
    stand = stand_of(case, terms)
    answered, solved = spent(stand, work, now)
    found = []
    for title, rule, used, due, met in (
        (_("First answer"), terms.first_answer, answered, stand.first_answer_due, stand.answered_at),
        (_("Solution"), terms.solve, solved, stand.solve_due, stand.solved_at),
    ):
        end = due_at(stand.start, rule, work) or now
        whole = working_time_between(stand.start, end, work)
        share = 100 * used.total_seconds() / whole.total_seconds() if whole else 100.0
        says, tone = _says(due, met, now, language)
        found.append(Bar(title, min(100, round(share)), says, tone, due, rule, met))
    return tuple(found)


def _says(due: datetime | None, met: datetime | None, now: datetime, language: str) -> tuple[str, str]:
    if met is not None:
        late = due is not None and met > due
        return (_("Done, late") if late else _("Done in time")), ("bad" if late else "good")
    if due is None:
        return _("On hold"), ""
    span = span_words(abs(now - due), language)
    if due < now:
        return _("%(span)s late") % {"span": span}, "bad"
    return _("%(span)s left") % {"span": span}, "warn"


def _steps(case: Case, rules: Rules | None, language: str) -> tuple[StepLine, ...]:
    rows = CaseStep.objects.filter(Q(case=case) | Q(case__merged_into=case)).select_related("by", "case")
    return tuple(
        StepLine(
            row.pk, row.at, row.by.name if row.by else "", step_words(row.what), STEP_ICONS.get(row.what, "message-square"),
            STEP_TONES.get(row.what, ""), _detail(row, rules, language), row.words, row.case.number if row.case_id != case.pk else "",
            row.what == "comment" and row.case_id == case.pk,
        )
        for row in rows
    )  # fmt: skip


def _detail(row: CaseStep, rules: Rules | None, language: str) -> str:
    known = row.detail
    match row.what:
        case "assigned":
            return str(known.get("name", ""))
        case "escalated":
            people = "、".join(known.get("to", ())) or _("nobody could be reached")
            level = _("Level %(level)s") % {"level": known["level"]} if "level" in known else _("Reopened again and again")
            return f"{level} → {people}"
        case "proposed" | "approved" | "refused":
            kinds = rules.kind.compensation.kinds if rules and rules.kind.compensation else {}
            kind = kinds[known["kind"]].say(language) if known.get("kind") in kinds else str(known.get("kind", ""))
            return f"{kind} {money(Decimal(known.get('amount', '0')))}"
        case "paused" | "resumed" | "moved":
            state = states_of(rules).get(str(known.get("state", "")))
            return state.title.say(language) if state else ""
        case "merged" | "split":
            return str(known.get("into") or known.get("to") or known.get("from") or "")
        case "solved":
            return cause_title(rules.playbook.causes if rules else {}, str(known.get("cause", "")), language)
        case _:
            return ""
