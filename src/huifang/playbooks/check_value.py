"""What value is learned from is declared, its cuts run from the best down, and every score that conditions name has cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from huifang.domain.errors import PlaybookError
from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words
from huifang.playbooks.expressions import names, parse
from huifang.playbooks.findings import Findings
from huifang.playbooks.schema import Playbook, ValueRule
from huifang.playbooks.yaml_tree import Path

SCORES = {"recency_score": "recency", "frequency_score": "frequency", "money_score": "money"}
"""Each score, and the key under `value` that holds its cuts."""
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.YEAR: 365}


def check_value(playbook: Playbook, findings: Findings) -> None:
    """The part `value`, and the scores in classes and ladders."""
    rule = playbook.value
    if rule is not None:
        _sources(playbook, rule, findings)
        for key in ("window", "active_for"):
            _in_days(findings, ("value", key.replace("_", " ")), getattr(rule, key))
        for index, span in enumerate(rule.recency):
            _in_days(findings, ("value", "recency", index), span)
        _falling(findings, "recency", [-span.amount * _DAYS.get(span.unit, 0) for span in rule.recency])
        for key in ("frequency", "money"):
            cuts = getattr(rule, key)
            _falling(findings, key, [-_number(cut) for cut in cuts if cut.startswith("top")])
            _falling(findings, key, [_number(cut) for cut in cuts if not cut.startswith("top")])
    for path, text in _conditions(playbook):
        for score in sorted(_named(text) & set(SCORES)):
            if rule is None or not getattr(rule, SCORES[score]):
                what = Words(f"“{score}”没有分界规则。", f"“{score}” has no cut rule.")
                remedy = Words(f"请在 value › {SCORES[score]} 下写明分界。", f"State its cuts under value › {SCORES[score]}.")
                findings.error(path, "check.no-cuts", what, remedy)


def _sources(playbook: Playbook, rule: ValueRule, findings: Findings) -> None:
    for index, kind in enumerate(rule.purchases):
        findings.known(("value", "purchases", index), kind, playbook.events, Words("已声明的业务事件", "declared event"))
    for index, kind in enumerate(rule.contracts):
        findings.known(("value", "contracts", index), kind, playbook.agreements, Words("已声明的合约", "declared agreement"))


def _in_days(findings: Findings, at: Path, span: Span) -> None:
    if span.unit not in _DAYS:
        what = Words(f"这里不能用“{span.in_words().zh}”。", f"“{span}” cannot be used here.")
        findings.error(at, "check.value-span", what, Words("请用天、周、月或年。", "Use days, weeks, months or years."))


def _falling(findings: Findings, key: str, grades: Sequence[float]) -> None:
    """Each cut is easier to reach than the one before."""
    if any(one <= following for one, following in pairwise(grades)):
        what = Words(f"{key} 的分界没有从最好到最差排列。", f"The cuts of {key} do not run from the best down.")
        findings.error(("value", key), "check.cut-order", what, Words("请把最难达到的写在最前。", "Put the hardest to reach first."))


def _number(cut: str) -> float:
    return float(cut.removeprefix("top").strip(" %"))


def _conditions(playbook: Playbook) -> Iterator[tuple[Path, str]]:
    for name, rule in playbook.classes.items():
        yield ("classes", name, "when"), rule.when
    for name, ladder in playbook.ladders.items():
        for step, rung in ladder.steps.items():
            yield ("ladders", name, "steps", step, "when"), rung.when


def _named(text: str) -> frozenset[str]:
    try:
        return names(parse(text))
    except PlaybookError:  # told by check_conditions
        return frozenset()
