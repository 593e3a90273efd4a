"""What conditions can name, and of which type, in each of their three places: customers, events, records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from huifang.domain.words import Words
from huifang.playbooks.expression_tree import ValueType
from huifang.playbooks.facts import read_facts
from huifang.playbooks.known_names import BUILTINS, RECORD_NAMES, answer_type, attribute_types, event_types
from huifang.playbooks.schema import Playbook, Question, Questionnaire


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names and types.

    `customer`: built-in names, attributes, facts, classes (boolean) and ladders (text: the key of the step). `events`: by
    kind, for `where` of a trigger: `amount`, `day`, `nth` (1 for the customer's first of this kind) and the kind's
    attributes. `records`: by questionnaire key, its answers with what every record has; `no_questionnaire` for programmes
    that ask nothing. `titles`: words for the customer's names where the playbook or the product has any.
    """

    customer: Mapping[str, ValueType]
    events: Mapping[str, Mapping[str, ValueType]]
    records: Mapping[str, Mapping[str, ValueType]]
    no_questionnaire: Mapping[str, ValueType] = field(default_factory=lambda: dict(RECORD_NAMES))
    titles: Mapping[str, Words] = field(default_factory=dict)


def vocabulary(playbook: Playbook) -> Vocabulary:
    """The vocabulary of a playbook; facts that cannot be read are missing from it (`facts.facts` tells why)."""
    customer = (
        before_classes(playbook) | dict.fromkeys(playbook.classes, ValueType.BOOLEAN) | dict.fromkeys(playbook.ladders, ValueType.TEXT)
    )
    events = {kind: event_types(playbook, kind) | {"nth": ValueType.NUMBER} for kind in playbook.events}
    records = {key: record_types(one) for key, one in playbook.questionnaires.items()}
    return Vocabulary(customer, events, records, titles=_titles(playbook))


def before_classes(playbook: Playbook) -> dict[str, ValueType]:
    """What conditions of classes and ladders can name: built-in names, attributes and facts."""
    types = {name: kind for name, (kind, _) in BUILTINS.items()} | attribute_types(playbook.attributes)
    return types | {fact.name: fact.type for fact in read_facts(playbook)[0]}


def record_types(questionnaire: Questionnaire) -> dict[str, ValueType]:
    """Names of a record with this questionnaire: answers by key, and what every record has."""
    return answer_types(questionnaire.questions) | RECORD_NAMES


def answer_types(questions: Iterable[Question]) -> dict[str, ValueType]:
    """Names and types of the answers to questions."""
    return {question.key: answer_type(question) for question in questions}


def _titles(playbook: Playbook) -> dict[str, Words]:
    titles = {name: words for name, (_, words) in BUILTINS.items()}
    for group in (playbook.attributes, playbook.facts, playbook.classes, playbook.ladders):
        titles |= {name: one.title for name, one in group.items() if one.title is not None}
    return titles
