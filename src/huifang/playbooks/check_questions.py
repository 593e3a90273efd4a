"""Questionnaires that can be answered: options, rows, scales, scores."""

from __future__ import annotations

from huifang.domain.words import Words
from huifang.playbooks.findings import Findings
from huifang.playbooks.schema import Playbook, Question
from huifang.playbooks.yaml_tree import Path


def check_questions(playbook: Playbook, findings: Findings) -> None:
    """Every question of every questionnaire."""
    for key, questionnaire in playbook.questionnaires.items():
        seen: set[str] = set()
        for index, question in enumerate(questionnaire.questions):
            at: Path = ("questionnaires", key, "questions", index)
            if question.key in seen:
                what = Words(f"问题“{question.key}”出现了两次。", f"There are two questions “{question.key}”.")
                findings.error((*at, "key"), "check.question-twice", what, Words("请改名其中一个。", "Rename one of them."))
            seen.add(question.key)
            if questionnaire.anonymous and question.type in {"signature", "file"}:
                what = Words("匿名问卷不能要求签名或文件。", "An anonymous questionnaire cannot ask for a signature or a file.")
                findings.error(
                    (*at, "type"),
                    "check.anonymous-file",
                    what,
                    Words("请改用文字题，或不匿名。", "Ask for text, or do not promise anonymity."),
                )
            _question(findings, at, question)


def _question(findings: Findings, at: Path, question: Question) -> None:
    if question.type in {"single", "multiple"} and not question.options:
        what = Words("选择题没有选项。", "A question of choice has no options.")
        findings.error((*at, "key"), "check.no-options", what, Words("请写 options。", "Write options."))
    if question.type == "matrix" and not question.rows:
        what = Words("矩阵题没有行。", "A matrix has no rows.")
        findings.error((*at, "key"), "check.no-rows", what, Words("请写 rows。", "Write rows."))
    if question.scale[0] >= question.scale[1]:
        what = Words("量表的两端反了。", "The scale is the wrong way round.")
        findings.error(
            (*at, "scale"), "check.scale", what, Words("请把小的数写在前面，例如 [1, 5]。", "Write the lower first, as in [1, 5].")
        )
    options = [*question.options, *(("yes", "no") if question.type == "yes-no" else ())]
    for option in question.scores:
        findings.known((*at, "scores", option), option, options, Words("选项", "option"))
    if question.type == "multiple":
        _parts(findings, at, list(question.options))


def _parts(findings: Findings, at: Path, options: list[str]) -> None:
    for one in options:
        if any(one != other and one in other for other in options):
            what = Words(f"选项“{one}”是另一个选项键的一部分。", f"The option “{one}” is part of another option's key.")
            remedy = Words("contains 会把两者混淆，请改名。", "contains would take one for the other; rename it.")
            findings.warn((*at, "options", one), "check.option-part", what, remedy)
