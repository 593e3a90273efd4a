"""Which reports there are: those a playbook states, and 《客户回访报告》 of the week, the month and the quarter for every playbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huifang.app.queries.playbooks import in_force
from huifang.domain.indicators import INDICATORS
from huifang.domain.periods import Kind
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Report

USUAL = ("done", "coverage", "reach", "satisfaction", "csat", "nps", "csi", "first_answer", "resolution", "opinions")
"""What a report tells when the playbook does not say."""
_TITLE = Words("客户回访报告", "Customer follow-up report")
_STANDARD: tuple[tuple[str, Kind, Words], ...] = (
    ("follow-up-week", "week", Words("周报", "weekly")),
    ("follow-up-month", "month", Words("月报", "monthly")),
    ("follow-up-quarter", "quarter", Words("季报", "quarterly")),
)
_SIGNED = (Words("报告人", "Reported by"), Words("主管批示", "Supervisor's comment and decision"))


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """One recurring report of a playbook. `indicators` are keys of ours, in order; `effect`: what the hold-out shows is told too."""

    playbook: Playbook
    key: str
    title: Words
    period: Kind
    programmes: tuple[str, ...]
    indicators: tuple[str, ...]
    effect: bool
    stated: bool
    """The playbook states it; otherwise it is one of the standard ones."""
    signatures: tuple[Words, ...] = ()
    of: Words | None = None
    """Weekly, monthly, quarterly, where reports of the same title differ in nothing else."""

    @property
    def name(self) -> Words:
        """What tells it from the others in a list: the title, and of which period it is where others have the same."""
        title, of = self.title, self.of
        return Words(f"{title.zh}（{of.zh}）", f"{title.en}, {of.en}") if of else title


def report_plans(playbooks: Sequence[Playbook] | None = None) -> list[ReportPlan]:
    """All reports of the playbooks in force, those stated first."""
    books = [one.playbook for one in in_force()] if playbooks is None else playbooks
    found = []
    for book in books:
        found += [_stated(book, key, report) for key, report in book.reports.items()]
        effect = any(rule.hold_out for rule in book.programmes.values())
        found += [ReportPlan(book, key, _TITLE, kind, (), USUAL, effect, False, _SIGNED, of) for key, kind, of in _STANDARD]
    return found


def report_plan(playbook: str, key: str) -> ReportPlan | None:
    """One of them."""
    return next((one for one in report_plans() if one.playbook.playbook == playbook and one.key == key), None)


def _stated(book: Playbook, key: str, report: Report) -> ReportPlan:
    named = tuple(name for name in report.indicators if name in INDICATORS)
    effect = "effect" in report.indicators
    return ReportPlan(book, key, report.title, report.period, report.programmes, named or USUAL, effect, True, report.signatures)
