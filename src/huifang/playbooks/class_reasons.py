"""Why a customer has a class: the parts of its condition that hold, each with the customer's own figure.

last purchase 12 days ago (30 days), 9 purchases in 12 months (top 20 %, which is at least 7), Spent 12,300 (>= 10000)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from huifang.domain.words import Words
from huifang.playbooks.expressions import Binary, Call, Constant, NameRef, Node, evaluate, names, parse
from huifang.playbooks.facts import read_facts
from huifang.playbooks.known_names import LEARNED
from huifang.playbooks.schema import Playbook
from huifang.playbooks.vocabulary import vocabulary

RULE = "rule"
"""The `model` of a learned number that stands in for a model which could not be fitted."""
CUTS = "rfm"
"""The `model` of a score by cuts: no model at all, but counting."""
BY_RULE = Words("按规则：未能拟合模型", "by the rule: no model could be fitted")
_SIGNS = {"=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_SHARES = {"p_active", "renewal_chance"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A class that holds, or the step of a ladder (`step`; empty for a class), why, and what it stands on.

    `by`: ``facts``, ``model`` (a number that was learned) or ``rule`` (such a number where no model could be fitted).
    """

    name: str
    step: str
    title: Words
    reason: Words
    by: str


@dataclass(frozen=True, slots=True)
class About:
    """What is known about one customer.

    `values`: every name of conditions; `said`: for a name, words that say more than its value (a score with the cut behind it);
    `models`: what each learned number comes from.
    """

    values: Mapping[str, object]
    day: date
    said: Mapping[str, Words] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


class Reasons:
    """The classes of one playbook's customers; what can be read once is read once."""

    def __init__(self, playbook: Playbook) -> None:
        self.titles = vocabulary(playbook).titles
        self.classes = {name: (rule.title, parse(rule.when)) for name, rule in playbook.classes.items()}
        self.ladders = {
            name: [(key, step.title, None if step.when == "else" else parse(step.when)) for key, step in ladder.steps.items()]
            for name, ladder in playbook.ladders.items()
        }
        self.behind = _behind(playbook)
        self.used: dict[tuple[str, str], frozenset[str]] = {}

    def standings(self, about: About) -> Iterator[Standing]:
        """Every class that holds, and the step of every ladder that has one."""
        for name, (title, condition) in self.classes.items():
            if evaluate(condition, about.values, about.day) is True:
                yield self._standing(name, "", title, condition, about)
        for name, steps in self.ladders.items():
            for step, title, when in steps:
                if when is None or evaluate(when, about.values, about.day) is True:
                    yield self._standing(name, step, title, when, about)
                    break

    def learned(self, name: str, step: str) -> frozenset[str]:
        """The learned numbers that a class, or the step of a ladder, stands on."""
        if (name, step) not in self.used:
            named = frozenset[str]().union(*(names(each) for each in self._conditions(name, step)))
            self.used[name, step] = frozenset[str]().union(*(self.behind.get(one, frozenset()) for one in named))
        return self.used[name, step]

    def stands_on(self, name: str, step: str, models: Mapping[str, str]) -> str:
        """`Standing.by`, where the customer's learned numbers come from these `models`."""
        found = {models[one] for one in self.learned(name, step) if one in models} - {CUTS}
        return RULE if RULE in found else "model" if found else "facts"

    def _conditions(self, name: str, step: str) -> list[Node]:
        """That of a class or step; of ``else`` those of all other steps."""
        if name in self.classes:
            return [self.classes[name][1]]
        own = next((when for key, _, when in self.ladders[name] if key == step), None)
        return [when for _, _, when in self.ladders[name] if when is not None] if own is None else [own]

    def _standing(self, name: str, step: str, title: Words, condition: Node | None, about: About) -> Standing:
        by, conditions = self.stands_on(name, step, about.models), self._conditions(name, step)
        zh, en = self._said(self._because(condition, about) if condition else self._figures(conditions, about))
        if condition is None:
            zh, en = f"不在以上各级：{zh}", f"none of the steps above holds: {en}"
        reason = Words(f"{zh}（{BY_RULE.zh}）", f"{en} ({BY_RULE.en})") if by == RULE else Words(zh, en)
        return Standing(name, step, title, reason, by)

    def _because(self, node: Node, about: About) -> Iterator[Words]:
        """The parts of a condition that hold: all of an `and`, of an `or` the first that does."""
        match node:
            case Binary(op="and"):
                yield from self._because(node.left, about)
                yield from self._because(node.right, about)
            case Binary(op="or"):
                left = evaluate(node.left, about.values, about.day) is True
                yield from self._because(node.left if left else node.right, about)
            case _:
                yield self._part(node, about)

    def _part(self, node: Node, about: About) -> Words:
        """One part with its figures."""
        match node:
            case Binary(op=op, left=NameRef(name=name)) if name in about.said and op in _SIGNS:
                return about.said[name]
            case Binary(op=op, left=NameRef(name=name), right=Constant(value=bound)) if op in _SIGNS:
                return self._figure(name, about, _SIGNS[op], _shown(name, bound))
            case Binary(op=op, left=Call(function="days_since", arguments=(NameRef(name=name),)), right=Constant(value=bound)):
                title, days = self._title(name), evaluate(node.left, about.values, about.day)
                sign = _SIGNS.get(op, op)
                return Words(f"{title.zh}距今 {days} 天（{sign} {bound}）", f"{title.en} {days} days ago ({sign} {bound})")
            case NameRef(name=name):
                return self._title(name)
            case _:
                return Words(*self._said(self._figures([node], about)))

    def _figures(self, nodes: Iterable[Node], about: About) -> Iterator[Words]:
        """Every name that is used, with its figure."""
        for name in sorted(frozenset[str]().union(*(names(node) for node in nodes))):
            yield about.said.get(name) or self._figure(name, about)

    def _said(self, parts: Iterable[Words]) -> tuple[str, str]:
        found = list(parts)
        return "，".join(part.zh for part in found), ", ".join(part.en for part in found)

    def _figure(self, name: str, about: About, sign: str = "", bound: Words | None = None) -> Words:
        title, value = self._title(name), _shown(name, about.values.get(name))
        zh, en = f"{title.zh} {value.zh}", f"{title.en} {value.en}"
        return Words(f"{zh}（{sign} {bound.zh}）", f"{en} ({sign} {bound.en})") if bound else Words(zh, en)

    def _title(self, name: str) -> Words:
        return self.titles.get(name, Words(name, name))


def _shown(name: str, value: object) -> Words:
    """A value as people write it: shares in percent, thousands with commas."""
    if value is None:
        return Words("无", "none")
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    if not isinstance(value, (int, float)):
        return Words(str(value), str(value))
    text = f"{value:.0%}" if name in _SHARES else f"{value:,.2f}".rstrip("0").rstrip(".")
    return Words(text, text)


def _behind(playbook: Playbook) -> dict[str, frozenset[str]]:
    """The learned numbers behind each name that a class can use: they themselves, and the facts that are made of them."""
    found = {name: frozenset({name}) for name in LEARNED}
    for fact in read_facts(playbook)[0]:
        if fact.expression is not None:
            found[fact.name] = frozenset[str]().union(*(found.get(one, frozenset()) for one in names(fact.expression)))
    return found
