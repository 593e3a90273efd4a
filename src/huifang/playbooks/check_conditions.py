"""Every condition can be read, speaks of names that are there, and says yes or no."""

from __future__ import annotations

from collections.abc import Mapping

from huifang.domain.errors import PlaybookError
from huifang.domain.words import Words
from huifang.playbooks.expressions import ValueType, infer, parse
from huifang.playbooks.facts import read_facts
from huifang.playbooks.findings import Findings
from huifang.playbooks.schema import AfterEvent, Becomes, Playbook, Programme, Questionnaire
from huifang.playbooks.vocabulary import Vocabulary, answer_types, before_classes, vocabulary
from huifang.playbooks.yaml_tree import Path

ELSE = "else"
Types = Mapping[str, ValueType]


def check_conditions(playbook: Playbook, findings: Findings) -> None:
    """Facts, classes, ladders, questionnaires, scripts, content and programmes."""
    for problem in read_facts(playbook)[1]:
        findings.put(("facts", problem.place.key.rpartition(" › ")[2]), [problem])
    words = vocabulary(playbook)
    _classes(playbook, findings, before_classes(playbook))
    for key, questionnaire in playbook.questionnaires.items():
        _questionnaire(findings, ("questionnaires", key), questionnaire)
    for key, programme in playbook.programmes.items():
        _programme(findings, ("programmes", key), programme, words)
    for key, case in playbook.cases.items():
        _holds(findings, ("cases", key, "fast lane", "for"), case.fast_lane.for_ if case.fast_lane else None, words.customer)
    for key, content in playbook.content.items():
        _holds(findings, ("content", key, "for"), content.for_, words.customer)
    _scripts(playbook, findings, words)


def _holds(findings: Findings, at: Path, text: str | None, types: Types, want: ValueType = ValueType.BOOLEAN) -> None:
    if text is None:
        return
    try:
        found = infer(parse(text), types)
    except PlaybookError as error:
        findings.put(at, error.problems)
        return
    if found is not want:
        yes_no = want is ValueType.BOOLEAN
        findings.error(
            at,
            "condition.type",
            Words(f"这里要的是{'是或否' if yes_no else '数字'}。", f"Here {'yes or no' if yes_no else 'a number'} is needed."),
            Words("例如 jobs_12m >= 4。", "As in jobs_12m >= 4.") if yes_no else Words("例如 spent_12m。", "As in spent_12m."),
        )


def _classes(playbook: Playbook, findings: Findings, types: Types) -> None:
    taken = dict.fromkeys([*types], "")
    for group in ("classes", "ladders"):
        for name in getattr(playbook, group):
            if name in taken:
                what = Words(f"名称“{name}”已用于别处。", f"The name “{name}” is taken already.")
                findings.error((group, name), "check.name-taken", what, Words("请换一个名称。", "Choose another name."))
            taken[name] = group
    for name, rule in playbook.classes.items():
        _holds(findings, ("classes", name, "when"), rule.when, types)
    for name, ladder in playbook.ladders.items():
        steps = list(ladder.steps)
        for step, rung in ladder.steps.items():
            if rung.when.strip() != ELSE:
                _holds(findings, ("ladders", name, "steps", step, "when"), rung.when, types)
            elif step != steps[-1]:
                what = Words("else 之后的分层永远轮不到。", "What follows else is never reached.")
                remedy = Words("请把 else 放在最后。", "Put else last.")
                findings.error(("ladders", name, "steps", step, "when"), "check.else-last", what, remedy)


def _questionnaire(findings: Findings, at: Path, questionnaire: Questionnaire) -> None:
    before: dict[str, ValueType] = {}
    for index, question in enumerate(questionnaire.questions):
        _holds(findings, (*at, "questions", index, "if"), question.if_, before)
        before |= answer_types([question])
    _holds(findings, (*at, "satisfied"), questionnaire.satisfied, before | _SCORES)


_SCORES = {"min_score": ValueType.NUMBER, "mean_score": ValueType.NUMBER}


def _programme(findings: Findings, at: Path, programme: Programme, words: Vocabulary) -> None:
    _holds(findings, (*at, "for"), programme.for_, words.customer)
    _holds(findings, (*at, "still"), programme.still, words.customer)
    _holds(findings, (*at, "value"), programme.value, words.customer, ValueType.NUMBER)
    if isinstance(programme.when, AfterEvent):
        _holds(findings, (*at, "when", "where"), programme.when.where, words.events.get(programme.when.after, {}))
    if isinstance(programme.when, Becomes):
        _holds(findings, (*at, "when", "becomes"), programme.when.becomes, words.customer)
    types = reaction_types(programme, words)
    for index, reaction in enumerate(programme.on_answer):
        _holds(findings, (*at, "on answer", index, "if"), reaction.if_, types)


def reaction_types(programme: Programme, words: Vocabulary) -> Types:
    """What a reaction can name: the record, and behind it the attributes of the event and the customer's facts."""
    event = words.events.get(programme.when.after, {}) if isinstance(programme.when, AfterEvent) else {}
    return {**words.customer, **event, **words.records.get(programme.ask or "", words.no_questionnaire)}


def _scripts(playbook: Playbook, findings: Findings, words: Vocabulary) -> None:
    """A script can name the customer's facts and the answers of every questionnaire that is asked with it."""
    for key, script in playbook.scripts.items():
        asked = [one.ask for one in playbook.programmes.values() if one.script == key and one.ask]
        types = {**words.customer, **words.no_questionnaire}
        for name in asked:
            types |= words.records.get(name, {})
        for index, step in enumerate(script.steps):
            at: Path = ("scripts", key, "steps", index)
            _holds(findings, (*at, "if"), step.if_, types)
            for number, branch in enumerate(step.branches):
                _holds(findings, (*at, "branches", number, "if"), branch.if_, types)
