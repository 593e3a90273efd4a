"""What the shape alone cannot show: names that do not exist, conditions that do not fit, plans that cannot be carried out."""

from __future__ import annotations

from collections.abc import Mapping

from huifang.domain.errors import Problem
from huifang.playbooks.check_cases import check_cases
from huifang.playbooks.check_conditions import check_conditions
from huifang.playbooks.check_languages import check_languages
from huifang.playbooks.check_names import check_names
from huifang.playbooks.check_plan import check_plan
from huifang.playbooks.check_questions import check_questions
from huifang.playbooks.check_texts import check_texts
from huifang.playbooks.check_value import check_value
from huifang.playbooks.findings import Findings
from huifang.playbooks.loader import LoadedPlaybook
from huifang.playbooks.schema import Playbook
from huifang.playbooks.yaml_tree import Path


def check(playbook: Playbook, lines: Mapping[Path, int], file: str = "") -> list[Problem]:
    """Everything that is wrong (severity error) or doubtful (warning) with a playbook of right shape, in the order of the file."""
    findings = Findings(lines, file)
    check_names(playbook, findings)
    check_conditions(playbook, findings)
    check_plan(playbook, findings)
    check_cases(playbook, findings)
    check_questions(playbook, findings)
    check_texts(playbook, findings)
    check_languages(playbook, findings)
    check_value(playbook, findings)
    return sorted(findings.problems, key=lambda problem: (problem.place.line or 0, problem.place.key, problem.code))


def check_loaded(loaded: LoadedPlaybook) -> list[Problem]:
    """`check` of what `loader.load` gave."""
    return check(loaded.playbook, loaded.lines, loaded.file)
