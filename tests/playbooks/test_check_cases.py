"""Rules of cases that cannot be kept are found when the playbook is read."""

from __future__ import annotations

import pytest

from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from tests.app.cast import PLAYBOOK


def codes(rules: str) -> list[str]:
    text = PLAYBOOK.replace("    solve: 2 working days\n", f"    solve: 2 working days\n{rules}\n")
    return [problem.code for problem in check_loaded(loads(text))]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("    escalate: [{after: 2 h, to: supervisor}, {after: 90 min, to: manager}]", ["check.levels-order"]),
        ("    escalate: [{after: 2 h, to: supervisor}, {after: 1 working day, to: manager, again: 0 h}]", ["check.again-zero"]),
        ("    fast lane: {for: jobs_12m >= 4, first answer: 3 h, solve: 1 working day}", ["check.slow-lane"]),
        ("    fast lane: {for: jobs_12m >= 4, first answer: 1 h, solve: 3 working days}", ["check.slow-lane"]),
        ("    fast lane: {for: jobs_12m >= 4, first answer: 1 h, solve: 1 working day}", []),
        ("    fast lane: {for: jobs_12m, first answer: 1 h, solve: 1 working day}", ["condition.type"]),
        ("    compensation: {kinds: {gift: {zh: 礼品, en: Gift}}, free: 600, limits: {supervisor: 500}}", ["check.free-above-limits"]),
        ("    compensation: {kinds: {gift: {zh: 礼品, en: Gift}}, free: 100, limits: {supervisor: 500}}", []),
    ],
)
def test_rules_that_cannot_be_kept_are_found(rules, found):
    assert codes(rules) == found
